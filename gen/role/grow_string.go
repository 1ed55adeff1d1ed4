package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(growString{}, "A text in a buffer whose size is not known in advance.",
		"name", "with", "field", "on", "first")
}

// grow-string: a text that C writes into a buffer whose size nobody knows ahead.
type growString struct{}

func (growString) Name() string         { return "grow-string" }
func (growString) Fits(a *ir.Arg) error { return growFits(a) }

func (growString) Part(a *ir.Arg) ir.Part { return growPart(a, "string") }

func (growString) Code(a *ir.Arg) Code {
	return grow(a, Value{
		Value: jen.Id("takeBufferString").Call(jen.Op("&").Id(a.GoName)),
		Zero:  jen.Lit(""),
	})
}
