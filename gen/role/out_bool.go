package role

import "github.com/dave/jennifer/jen"

func init() {
	register(outBool{}, "A bool, which C stores as an int.",
		"name", "field")
}

// out-bool: an int that C sets to say yes or no.
type outBool struct{}

func (outBool) Name() string { return "out-bool" }

func (outBool) Fits(a *Arg) error {
	if !a.Param.Type.Is("int", 1) || a.Param.Type.Const {
		return wants(a, "int *")
	}
	return nil
}

func (outBool) Fragment(a *Arg) Fragment {
	return Fragment{
		Before:  []jen.Code{jen.Var().Id(a.GoName).Add(c("int"))},
		Pass:    []jen.Code{jen.Op("&").Id(a.GoName)},
		Results: []Result{{Name: a.GoName, Type: "bool", Value: jen.Id(a.GoName).Op("!=").Lit(0), Zero: jen.False()}},
		Takes:   []string{"int *" + a.Param.Name},
		Give:    map[string]string{a.Param.Name: a.Param.Name},
	}
}
