package role

import "github.com/dave/jennifer/jen"

func init() {
	register(outValue{}, "A number that C stores.",
		"name", "type", "field")
}

// out-value: a number that C stores for the caller.
type outValue struct{}

func (outValue) Name() string { return "out-value" }

func (outValue) Fits(a *Arg) error {
	if a.Engine && a.Basic != "uint64_t" {
		return wants(a, "a pointer to a uint64_t, of a function that takes a completion")
	}
	if len(a.Param.Type.Stars) != 1 || a.Param.Type.Const || number[a.Basic].goType == "" || a.Basic == "enum" {
		return wants(a, "a pointer to a number")
	}
	return nil
}

func (outValue) Fragment(a *Arg) Fragment {
	n := number[a.Basic]
	typ := a.goType(n.goType)
	f := Fragment{
		Before:  []jen.Code{jen.Var().Id(a.GoName).Add(c(n.cgo))},
		Pass:    []jen.Code{jen.Op("&").Id(a.GoName)},
		Results: []Result{{Name: a.GoName, Type: typ, Value: jen.Id(typ).Call(jen.Id(a.GoName)), Zero: jen.Lit(0)}},
		Takes:   []string{a.Basic + " *" + a.Param.Name},
		Give:    map[string]string{a.Param.Name: a.Param.Name},
	}
	if a.Engine {
		f.Give[a.Param.Name] = "&call->head.number"
		f.Done = []string{ifSync("*" + a.Param.Name + " = call->head.number")}
		f.Sent = []jen.Code{jen.Nil()}
		f.Later = []jen.Code{jen.Id(a.GoName).Op("=").Id("state").Dot("head").Dot("number")}
	}
	return f
}
