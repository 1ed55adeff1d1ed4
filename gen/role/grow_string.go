package role

import "github.com/dave/jennifer/jen"

func init() {
	register(growString{}, "A text in a buffer whose size is not known in advance.",
		"name", "with", "field", "on", "first")
}

// grow-string: a text that C writes into a buffer whose size nobody knows ahead.
type growString struct{}

func (growString) Name() string      { return "grow-string" }
func (growString) Fits(a *Arg) error { return growFits(a) }

func (growString) Fragment(a *Arg) Fragment {
	return grow(a, Result{
		Name:  a.GoName,
		Type:  "string",
		Value: jen.Id("takeBufferString").Call(jen.Op("&").Id(a.GoName)),
		Zero:  jen.Lit(""),
	})
}
