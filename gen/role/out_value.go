package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(outValue{}, "A number that C stores.",
		"name", "type", "field", "with_error")
}

// out-value: a number that C stores for the caller.
type outValue struct{}

func (outValue) Name() string { return "out-value" }

func (outValue) Fits(a *ir.Arg) error {
	if _, ok := ctype.NumberOf(a.Basic); len(a.Param.Type.Stars) != 1 || a.Param.Type.Const || !ok {
		return wants(a, "a pointer to a number")
	}
	return nil
}

func (outValue) Part(a *ir.Arg) ir.Part {
	n, _ := ctype.NumberOf(a.Basic)
	p := outPart(a, a.GoType(n.Go), a.Param.Name)
	p.Stored, p.Places = true, placesIf(a.Async, "number")
	p.Results[0].Always = a.Keys.WithError
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
		return numberOfCall(a, f, c(n.Cgo))
	}
	return f
}

// numberOfCall has C store the number, whose type in Go is cgo, in the call, which stays until it completes.
// The call has room for any number; a narrower one than its own begins where that does.
func numberOfCall(a *ir.Arg, f Code, cgo *jen.Statement) Code {
	const place = "call->head.number"
	name, number := a.Param.Name, jen.Id("state").Dot("head").Dot("number")
	f.AsyncArgs = []jen.Code{jen.Nil()}
	if a.Basic == "uint64_t" {
		f.CallArgs[name] = "&" + place
		f.Cleanup = []string{unlessAcquired("*" + name + " = " + place)}
	} else {
		f.CallArgs[name] = "(void *)&" + place
		f.Cleanup = []string{unlessAcquired("memcpy(" + name + ", &" + place + ", sizeof *" + name + ")")}
		number = jen.Op("*").Parens(jen.Op("*").Add(cgo)).Call(jen.Qual("unsafe", "Pointer").Call(jen.Op("&").Add(number)))
	}
	f.AfterAsync = []jen.Code{jen.Id(a.GoName).Op("=").Add(number)}
	return f
}
