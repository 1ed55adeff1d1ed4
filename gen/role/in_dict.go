package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(inDict{}, "A map of texts, which C takes as keys and values in turn, each ended by a NUL and the last by another one.",
		"name")
}

// in-dict: keys and values by turns, each closed by a NUL and the last by another
// one. None may have a NUL inside, and no key may be empty, since it would be the end.
type inDict struct{}

func (inDict) Name() string { return "in-dict" }

func (inDict) Fits(a *ir.Arg) error {
	if !a.Param.Type.Is("char", 1) || !a.Param.Type.Const || a.With != nil {
		return wants(a, "const char * without a length")
	}
	return nil
}

func (inDict) Part(a *ir.Arg) ir.Part {
	name := a.Param.Name
	p := inPart(a, "map[string]string", name, name+"_bytes", name+"_count")
	p.Locals, p.Checked, p.Layout = []string{a.GoName + "Flat"}, true, ir.Dict
	return p
}

func (inDict) Code(a *ir.Arg) Code {
	flat, name := a.GoName+"Flat", a.Param.Name
	return Code{
		Before:     []jen.Code{jen.Id(flat).Op(":=").Qual(WirePackage, "JoinDict").Call(jen.Id(a.GoName))},
		ShimArgs:   []jen.Code{jen.Id("bytesPointer").Call(jen.Id(flat)), size(flat), c("size_t").Call(jen.Len(jen.Id(a.GoName)))},
		ShimParams: []string{"const char *" + name, "size_t " + name + "_bytes", "size_t " + name + "_count"},
		Prepare:    []string{"gorados_dict_check(" + name + ", " + name + "_bytes, " + name + "_count, &ret)"},
		CallArgs:   map[string]string{name: name},
	}
}
