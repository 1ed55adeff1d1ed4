package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(retryString{}, "A text in a buffer whose size is not known in advance.",
		"name", "length", "field", "retry_on", "initial_size")
}

// retry-string: a text that C writes into a buffer whose size is not known in advance.
type retryString struct{}

func (retryString) Name() string         { return "retry-string" }
func (retryString) Fits(a *ir.Arg) error { return retryFits(a) }

func (retryString) Part(a *ir.Arg) ir.Part { return retryPart(a, "string", ir.Text) }

func (retryString) Code(a *ir.Arg) Code {
	return retry(a, Value{
		Value: jen.Id("takeBufferString").Call(jen.Op("&").Id(a.GoName)),
		Zero:  jen.Lit(""),
	})
}
