package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(outValue{}, "A number that C stores.",
		"name", "type", "field")
}

// out-value: a number that C stores for the caller.
type outValue struct{}

func (outValue) Name() string { return "out-value" }

func (outValue) Fits(a *ir.Arg) error {
	if a.Async && a.Basic != "uint64_t" {
		return wants(a, "a pointer to a uint64_t, of a function that takes a completion")
	}
	if _, ok := ctype.NumberOf(a.Basic); len(a.Param.Type.Stars) != 1 || a.Param.Type.Const || !ok {
		return wants(a, "a pointer to a number")
	}
	return nil
}

func (outValue) Part(a *ir.Arg) ir.Part {
	n, _ := ctype.NumberOf(a.Basic)
	p := outPart(a, a.GoType(n.Go), a.Param.Name)
	p.Stored = true
	return p
}

// pointed is the C type of the number that a points to. An enum is an int to cgo.
func pointed(a *ir.Arg) string {
	if ctype.IsEnum(a.Basic) {
		return "int"
	}
	return a.Basic
}

func (outValue) Code(a *ir.Arg) Code {
	n, _ := ctype.NumberOf(a.Basic)
	typ := a.GoType(n.Go)
	f := Code{
		Before:     []jen.Code{jen.Var().Id(a.GoName).Add(c(n.Cgo))},
		ShimArgs:   []jen.Code{jen.Op("&").Id(a.GoName)},
		Results:    []Value{{Value: jen.Id(typ).Call(jen.Id(a.GoName)), Zero: jen.Lit(n.Zero())}},
		ShimParams: []string{pointed(a) + " *" + a.Param.Name},
		CallArgs:   map[string]string{a.Param.Name: a.Param.Name},
	}
	if a.Async {
		f.CallArgs[a.Param.Name] = "&call->head.number"
		f.Cleanup = []string{unlessAcquired("*" + a.Param.Name + " = call->head.number")}
		f.AsyncArgs = []jen.Code{jen.Nil()}
		f.AfterAsync = []jen.Code{jen.Id(a.GoName).Op("=").Id("state").Dot("head").Dot("number")}
	}
	return f
}
