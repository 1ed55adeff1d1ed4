package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(inBool{}, "A bool, which C takes as an int.",
		"name")
}

// in-bool: an int that says yes or no.
type inBool struct{}

func (inBool) Name() string { return "in-bool" }

func (inBool) Fits(a *ir.Arg) error {
	if !a.Param.Type.Is("int", 0) {
		return wants(a, "int")
	}
	return nil
}

func (inBool) Part(a *ir.Arg) ir.Part { return inPart(a, "bool", a.Param.Name) }

func (inBool) Code(a *ir.Arg) Code {
	return Code{
		ShimArgs:   []jen.Code{c("_Bool").Call(jen.Id(a.GoName))},
		ShimParams: []string{"_Bool " + a.Param.Name},
		CallArgs:   map[string]string{a.Param.Name: a.Param.Name},
	}
}
