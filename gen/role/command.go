package role

import "github.com/dave/jennifer/jen"

func init() {
	register(command{}, "A command as a list of arguments.",
		"name", "with", "type")
}

// command: a command as a list of arguments. It crosses as one buffer of
// NUL-terminated texts; the shim points into it.
type command struct{}

func (command) Name() string { return "command" }

func (command) Fits(a *Arg) error { return listFits(a) }

func (command) Fragment(a *Arg) Fragment {
	return list(a, a.goType("[][]byte"), jen.Id(a.GoName))
}

func listFits(a *Arg) error {
	if !a.Param.Type.Is("char", 2) || !a.Param.Type.Const || !isLength(a.With) {
		return wants(a, "const char ** with a length")
	}
	return nil
}

// list passes the texts that items yields in Go. An empty list is refused: no
// C function that takes one has a use for it, and some read its first element.
func list(a *Arg, goType string, items *jen.Statement) Fragment {
	name, flat := a.Param.Name, a.GoName+"Flat"
	var check []string
	if a.With.Type.Base != "size_t" {
		check = []string{"gorados_length_check(" + a.With.Name + ", &ret)"}
	}
	bytes := name + "_bytes" // not "_len": that may be what C calls the number of texts
	return Fragment{
		Params: []Var{{a.GoName, goType}},
		Refuse: []Refusal{{
			If:    jen.Len(items.Clone()).Op("==").Lit(0),
			Error: "ErrEmptyArgument",
		}},
		Before: []jen.Code{jen.Id(flat).Op(":=").Qual(WirePackage, "JoinList").Call(items.Clone())},
		Pass:   []jen.Code{jen.Id("bytesPointer").Call(jen.Id(flat)), size(flat), c("size_t").Call(jen.Len(items.Clone()))},
		Takes:  []string{"const char *" + name, "size_t " + bytes, "size_t " + a.With.Name},
		Locals: []string{"const char **" + copied(a) + " = NULL"},
		Prepare: append(check,
			copied(a)+" = gorados_list_new("+name+", "+bytes+", "+a.With.Name+", &ret)",
		),
		Give: map[string]string{name: copied(a), a.With.Name: cast(a.With, a.With.Name)},
		Done: []string{"free((void *)" + copied(a) + ")"},
	}
}
