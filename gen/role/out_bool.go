package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(outBool{}, "A bool, which C stores as an int.",
		"name", "field")
}

// out-bool: an int that C sets to say yes or no.
type outBool struct{}

func (outBool) Name() string { return "out-bool" }

func (outBool) Fits(a *ir.Arg) error {
	if !a.Param.Type.Is("int", 1) || a.Param.Type.Const {
		return wants(a, "int *")
	}
	return nil
}

func (outBool) Part(a *ir.Arg) ir.Part {
	p := outPart(a, "bool", a.Param.Name)
	p.Stored, p.Places = true, placesIf(a.Async, "number")
	return p
}

func (outBool) Code(a *ir.Arg) Code {
	f := Code{
		Before:     []jen.Code{jen.Var().Id(a.GoName).Add(c("int"))},
		ShimArgs:   []jen.Code{jen.Op("&").Id(a.GoName)},
		Results:    []Value{{Value: jen.Id(a.GoName).Op("!=").Lit(0), Zero: jen.False()}},
		ShimParams: []string{"int *" + a.Param.Name},
		CallArgs:   map[string]string{a.Param.Name: a.Param.Name},
	}
	if a.Async {
		return numberOfCall(a, f, c("int"))
	}
	return f
}
