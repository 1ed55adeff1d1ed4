package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(inNumbers{}, "A list of 64-bit numbers that C reads during the call.",
		"name", "length", "type")
}

// in-numbers: 64-bit numbers that C reads during the call, straight from Go's memory.
type inNumbers struct{}

func (inNumbers) Name() string { return "in-numbers" }

func (inNumbers) Fits(a *ir.Arg) error {
	if len(a.Param.Type.Stars) != 1 || a.Basic != "uint64_t" || !isLength(a.With) {
		return wants(a, "a pointer to 64-bit numbers, with their number")
	}
	return nil
}

func (inNumbers) Part(a *ir.Arg) ir.Part {
	p := inPart(a, "[]"+a.GoType("uint64"), a.Param.Name, a.With.Name)
	p.Checked, p.Layout = true, ir.Numbers
	return p
}

func (inNumbers) Code(a *ir.Arg) Code {
	first := jen.Qual("unsafe", "Pointer").Call(jen.Qual("unsafe", "SliceData").Call(jen.Id(a.GoName)))
	return Code{
		ShimArgs:   []jen.Code{jen.Parens(jen.Op("*").Add(c("uint64_t"))).Call(first), size(a.GoName)},
		ShimParams: []string{"uint64_t *" + a.Param.Name, "size_t " + a.With.Name},
		Prepare:    []string{"gorados_length_check(" + a.With.Name + ", &ret)"},
		CallArgs:   map[string]string{a.Param.Name: a.Param.Name, a.With.Name: cast(a.With, a.With.Name)},
	}
}
