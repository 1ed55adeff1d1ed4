package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(jsonList{}, "A command as a list of arguments.",
		"name", "length", "type")
}

// json-list: a command as a list of arguments. It crosses as one buffer of
// NUL-terminated texts; the shim points into it.
type jsonList struct{}

func (jsonList) Name() string { return "json-list" }

func (jsonList) Fits(a *ir.Arg) error { return listFits(a) }

func (jsonList) Part(a *ir.Arg) ir.Part { return listPart(a, a.GoType("[][]byte")) }

func (jsonList) Code(a *ir.Arg) Code {
	return list(a, jen.Id(a.GoName))
}

func listFits(a *ir.Arg) error {
	if !a.Param.Type.Is("char", 2) || !a.Param.Type.Const || !isLength(a.With) {
		return wants(a, "const char ** with a length")
	}
	return nil
}

// listPart is the part of a list of texts. An empty list is refused: no C function that
// takes one has a use for it, and some read its first element.
func listPart(a *ir.Arg, goType string) ir.Part {
	name := a.Param.Name
	p := inPart(a, goType, name, name+"_bytes", a.With.Name, copied(a))
	p.Locals, p.Checked = []string{a.GoName + "Flat"}, true
	p.Refusals = []ir.Refusal{{Error: "ErrEmptyArgument"}}
	return p
}

// list passes the texts that items yields in Go.
func list(a *ir.Arg, items *jen.Statement) Code {
	name, flat := a.Param.Name, a.GoName+"Flat"
	var check []string
	if a.With.Type.Base != "size_t" {
		check = []string{"gorados_length_check(" + a.With.Name + ", &ret)"}
	}
	bytes := name + "_bytes" // not "_len": that may be what C calls the number of texts
	return Code{
		Refuse:     []jen.Code{jen.Len(items.Clone()).Op("==").Lit(0)},
		Before:     []jen.Code{jen.Id(flat).Op(":=").Qual(WirePackage, "JoinList").Call(items.Clone())},
		ShimArgs:   []jen.Code{jen.Id("bytesPointer").Call(jen.Id(flat)), size(flat), c("size_t").Call(jen.Len(items.Clone()))},
		ShimParams: []string{"const char *" + name, "size_t " + bytes, "size_t " + a.With.Name},
		Locals:     []string{"const char **" + copied(a) + " = NULL"},
		Prepare: append(check,
			copied(a)+" = gorados_list_new("+name+", "+bytes+", "+a.With.Name+", &ret)",
		),
		CallArgs: map[string]string{name: copied(a), a.With.Name: cast(a.With, a.With.Name)},
		Cleanup:  []string{"free((void *)" + copied(a) + ")"},
	}
}
