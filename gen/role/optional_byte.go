package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(optionalByte{}, "Flags in one byte; nil passes 0.",
		"name")
}

// optional-byte: flags that may be left out: nil is none of them.
type optionalByte struct{}

func (optionalByte) Name() string { return "optional-byte" }

func (optionalByte) Fits(a *ir.Arg) error {
	if a.Param.Type.IsPointer() || a.Basic != "uint8_t" {
		return wants(a, "uint8_t")
	}
	return nil
}

func (optionalByte) Part(a *ir.Arg) ir.Part {
	p := inPart(a, "*byte", a.Param.Name)
	p.Locals = []string{a.GoName + "Set"}
	return p
}

func (optionalByte) Code(a *ir.Arg) Code {
	bits := a.GoName + "Set"
	return Code{
		Before: []jen.Code{
			jen.Var().Id(bits).Byte(),
			jen.If(jen.Id(a.GoName).Op("!=").Nil()).Block(jen.Id(bits).Op("=").Op("*").Id(a.GoName)),
		},
		ShimArgs:   []jen.Code{c("uint8_t").Call(jen.Id(bits))},
		ShimParams: []string{"uint8_t " + a.Param.Name},
		CallArgs:   map[string]string{a.Param.Name: a.Param.Name},
	}
}
