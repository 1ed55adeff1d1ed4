package role

import "github.com/dave/jennifer/jen"

func init() { register(fill{}) }

// fill: the caller's buffer, which C fills. Its length must fit the int that
// says how much was filled.
type fill struct{}

func (fill) Name() string { return "fill" }

func (fill) Fits(a *Arg) error {
	if !a.Param.Type.Is("char", 1) || a.Param.Type.Const || !isLength(a.With) {
		return wants(a, "char * with a length")
	}
	return nil
}

func (fill) Fragment(a *Arg) Fragment {
	return Fragment{
		Params:  []Var{{a.GoName, a.goType("[]byte")}},
		Pass:    []jen.Code{jen.Id("bytesPointer").Call(jen.Id(a.GoName)), size(a.GoName)},
		Takes:   []string{"char *" + a.Param.Name, "size_t " + a.With.Name},
		Prepare: []string{"go_length_check(" + a.With.Name + ", &ret)"},
		Give: map[string]string{
			a.Param.Name: a.Param.Name,
			a.With.Name:  cast(a.With, a.With.Name),
		},
	}
}
