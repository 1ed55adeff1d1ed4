package role

import "github.com/dave/jennifer/jen"

func init() { register(document{}, "name", "with", "type") }

// document: a command that is one JSON document.
type document struct{}

func (document) Name() string { return "document" }

func (document) Fits(a *Arg) error { return listFits(a) }

func (document) Fragment(a *Arg) Fragment {
	name := a.Param.Name
	return Fragment{
		Params:  []Var{{a.GoName, a.goType("[]byte")}},
		Pass:    []jen.Code{jen.Id("bytesPointer").Call(jen.Id(a.GoName)), size(a.GoName)},
		Takes:   []string{"const char *" + name, "size_t " + name + "_len"},
		Locals:  []string{"struct go_name " + copied(a)},
		Prepare: []string{"go_name_copy(&" + copied(a) + ", " + name + ", " + name + "_len, &ret)"},
		Give:    map[string]string{name: "(const char *[]){" + copied(a) + ".s}", a.With.Name: "1"},
		Done:    []string{"go_name_drop(&" + copied(a) + ")"},
	}
}
