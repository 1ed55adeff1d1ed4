package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(inList{}, "A list of texts, which C takes as an array of pointers, with their number or with NULL after the last.",
		"name", "length")
	register(inPacked{}, "A list of texts, which C takes one after the other, each ended by a NUL, with their size or with another NUL after the last.",
		"name", "length")
}

// in-list: texts as an array of pointers. It has a NULL at the end, whether C gets the number of texts
// or not.
type inList struct{}

func (inList) Name() string { return "in-list" }

func (inList) Fits(a *ir.Arg) error {
	if !a.Param.Type.Is("char", 2) || a.With != nil && !isLength(a.With) || a.Async {
		return wants(a, "char ** with or without a length, of a function that takes no completion")
	}
	return nil
}

func (inList) Part(a *ir.Arg) ir.Part {
	name := a.Param.Name
	p := inPart(a, "[]string", name, name+"_bytes", itemsOf(a), copied(a))
	p.Locals, p.Checked = []string{a.GoName + "Flat"}, true
	return p
}

// itemsOf is the parameter of the C function with the number of texts.
func itemsOf(a *ir.Arg) string {
	if a.With != nil {
		return a.With.Name
	}
	return a.Param.Name + "_items"
}

func (inList) Code(a *ir.Arg) Code {
	name, flat, n := a.Param.Name, a.GoName+"Flat", itemsOf(a)
	f := Code{
		Before:     []jen.Code{jen.Id(flat).Op(":=").Qual(WirePackage, "JoinList").Call(jen.Id(a.GoName))},
		ShimArgs:   []jen.Code{jen.Id("bytesPointer").Call(jen.Id(flat)), size(flat), size(a.GoName)},
		ShimParams: []string{"const char *" + name, "size_t " + name + "_bytes", "size_t " + n},
		Locals:     []string{"const char **" + copied(a) + " = NULL"},
		Prepare: []string{
			"gorados_length_check(" + n + ", &ret)",
			copied(a) + " = gorados_list_new(" + name + ", " + name + "_bytes, " + n + ", &ret)",
		},
		CallArgs: map[string]string{name: "(void *)" + copied(a)},
		Cleanup:  []string{"free((void *)" + copied(a) + ")"},
	}
	if a.With != nil {
		f.CallArgs[n] = cast(a.With, n)
	}
	return f
}

// in-packed: texts one after the other. An empty one would be the end where C does not get the size.
type inPacked struct{}

func (inPacked) Name() string { return "in-packed" }

func (inPacked) Fits(a *ir.Arg) error {
	if !a.Param.Type.Is("char", 1) || !a.Param.Type.Const || a.With != nil && !isLength(a.With) || a.Async {
		return wants(a, "const char * with or without a length, of a function that takes no completion")
	}
	return nil
}

func (inPacked) Part(a *ir.Arg) ir.Part {
	name := a.Param.Name
	p := inPart(a, "[]string", name, name+"_bytes", name+"_items")
	p.Locals, p.Checked = []string{a.GoName + "Flat"}, true
	return p
}

func (inPacked) Code(a *ir.Arg) Code {
	name, flat := a.Param.Name, a.GoName+"Flat"
	ends := "1"
	f := Code{CallArgs: map[string]string{name: name}}
	if a.With != nil {
		ends = "0"
		f.CallArgs[a.With.Name] = cast(a.With, name+"_bytes - 1")
	}
	f.Before = []jen.Code{jen.Id(flat).Op(":=").Append(jen.Qual(WirePackage, "JoinList").Call(jen.Id(a.GoName)), jen.Lit(0))}
	f.ShimArgs = []jen.Code{jen.Id("bytesPointer").Call(jen.Id(flat)), size(flat), size(a.GoName)}
	f.ShimParams = []string{"const char *" + name, "size_t " + name + "_bytes", "size_t " + name + "_items"}
	f.Prepare = []string{"gorados_packed_check(" + name + ", " + name + "_bytes, " + name + "_items, " + ends + ", &ret)"}
	return f
}
