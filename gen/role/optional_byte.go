package role

import "github.com/dave/jennifer/jen"

func init() {
	register(optionalByte{}, "Flags in one byte; nil passes 0.",
		"name")
}

// optional-byte: flags that may be left out: nil is none of them.
type optionalByte struct{}

func (optionalByte) Name() string { return "optional-byte" }

func (optionalByte) Fits(a *Arg) error {
	if a.Param.Type.IsPointer() || a.Basic != "uint8_t" {
		return wants(a, "uint8_t")
	}
	return nil
}

func (optionalByte) Fragment(a *Arg) Fragment {
	bits := a.GoName + "Set"
	return Fragment{
		Params: []Var{{a.GoName, "*byte"}},
		Before: []jen.Code{
			jen.Var().Id(bits).Byte(),
			jen.If(jen.Id(a.GoName).Op("!=").Nil()).Block(jen.Id(bits).Op("=").Op("*").Id(a.GoName)),
		},
		Pass:  []jen.Code{c("uint8_t").Call(jen.Id(bits))},
		Takes: []string{"uint8_t " + a.Param.Name},
		Give:  map[string]string{a.Param.Name: a.Param.Name},
	}
}
