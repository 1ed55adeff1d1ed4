package role

import "github.com/dave/jennifer/jen"

func init() {
	register(inDict{}, "A map of texts, which C takes as keys and values in turn, each ended by a NUL and the last by another one.",
		"name")
}

// in-dict: keys and values by turns, each closed by a NUL and the last by another
// one. None may have a NUL inside, and no key may be empty, since it would be the end.
type inDict struct{}

func (inDict) Name() string { return "in-dict" }

func (inDict) Fits(a *Arg) error {
	if !a.Param.Type.Is("char", 1) || !a.Param.Type.Const || a.With != nil {
		return wants(a, "const char * without a length")
	}
	return nil
}

func (inDict) Fragment(a *Arg) Fragment {
	flat, name := a.GoName+"Flat", a.Param.Name
	return Fragment{
		Params:  []Var{{a.GoName, "map[string]string"}},
		Before:  []jen.Code{jen.Id(flat).Op(":=").Qual(WirePackage, "JoinDict").Call(jen.Id(a.GoName))},
		Pass:    []jen.Code{jen.Id("bytesPointer").Call(jen.Id(flat)), size(flat), c("size_t").Call(jen.Len(jen.Id(a.GoName)))},
		Takes:   []string{"const char *" + name, "size_t " + name + "_bytes", "size_t " + name + "_count"},
		Prepare: []string{"gorados_dict_check(" + name + ", " + name + "_bytes, " + name + "_count, &ret)"},
		Give:    map[string]string{name: name},
	}
}
