package role

import "github.com/dave/jennifer/jen"

func init() {
	register(inBool{}, "A bool, which C takes as an int.",
		"name")
}

// in-bool: an int that says yes or no.
type inBool struct{}

func (inBool) Name() string { return "in-bool" }

func (inBool) Fits(a *Arg) error {
	if !a.Param.Type.Is("int", 0) {
		return wants(a, "int")
	}
	return nil
}

func (inBool) Fragment(a *Arg) Fragment {
	return Fragment{
		Params: []Var{{a.GoName, "bool"}},
		Pass:   []jen.Code{c("_Bool").Call(jen.Id(a.GoName))},
		Takes:  []string{"_Bool " + a.Param.Name},
		Give:   map[string]string{a.Param.Name: a.Param.Name},
	}
}
