package role

import "github.com/dave/jennifer/jen"

func init() {
	register(inNumbers{}, "A list of 64-bit numbers that C reads during the call.",
		"name", "with", "type")
}

// in-numbers: 64-bit numbers that C reads during the call, straight from Go's memory.
type inNumbers struct{}

func (inNumbers) Name() string { return "in-numbers" }

func (inNumbers) Fits(a *Arg) error {
	if len(a.Param.Type.Stars) != 1 || a.Basic != "uint64_t" || !isLength(a.With) {
		return wants(a, "a pointer to 64-bit numbers, with their number")
	}
	return nil
}

func (inNumbers) Fragment(a *Arg) Fragment {
	first := jen.Qual("unsafe", "Pointer").Call(jen.Qual("unsafe", "SliceData").Call(jen.Id(a.GoName)))
	return Fragment{
		Params:  []Var{{a.GoName, "[]" + a.goType("uint64")}},
		Pass:    []jen.Code{jen.Parens(jen.Op("*").Add(c("uint64_t"))).Call(first), size(a.GoName)},
		Takes:   []string{"uint64_t *" + a.Param.Name, "size_t " + a.With.Name},
		Prepare: []string{"gorados_length_check(" + a.With.Name + ", &ret)"},
		Give:    map[string]string{a.Param.Name: a.Param.Name, a.With.Name: cast(a.With, a.With.Name)},
	}
}
