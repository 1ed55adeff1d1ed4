package role

import (
	"fmt"

	"github.com/dave/jennifer/jen"
)

func init() {
	register(inItems{name: "in-keys", goType: "[]string", join: "AppendItems", note: "Keys", arrays: 1}, "name", "with", "covers")
	register(inItems{name: "in-pairs", goType: "map[string][]byte", join: "AppendPairs", note: "Pairs", arrays: 2}, "name", "with", "covers")
}

// in-keys, in-pairs: any number of keys, or of keys with their values, of any
// bytes. C wants an array of pointers and one of lengths for each; Go passes one
// buffer, which is on the stack unless there is much, and the shim points into it.
type inItems struct {
	name, goType, join, note string

	arrays int // of pointers
}

func (r inItems) Name() string { return r.name }

func (r inItems) Fits(a *Arg) error {
	if len(a.Covers) != 2*r.arrays-1 || !isLength(a.With) || !a.Param.Type.Is("char", 2) {
		return wants(a, fmt.Sprintf("%d arrays of char * and as many of lengths (covers), and their number (with)", r.arrays))
	}
	return nil
}

func (r inItems) Fragment(a *Arg) Fragment {
	scratch, flat, name := a.GoName+"Scratch", a.GoName+"Flat", a.Param.Name
	f := r.arrayed(a)
	f.Before = []jen.Code{
		jen.Var().Id(scratch).Index(jen.Lit(512)).Byte(),
		jen.Id(flat).Op(":=").Qual(FlatPackage, r.join).Call(jen.Id(scratch).Index(jen.Empty(), jen.Lit(0)), jen.Id(a.GoName)),
	}
	f.Pass = []jen.Code{jen.Id("bytesPointer").Call(jen.Id(flat)), size(flat), c("size_t").Call(jen.Len(jen.Id(a.GoName)))}
	f.Takes = []string{"const char *" + name, "size_t " + name + "_bytes", "size_t " + a.With.Name}
	f.Prepare = append([]string{fmt.Sprintf("go_length_check(%s_bytes, &ret)", name)}, f.Prepare...)
	return f
}

// Record notes the items as they would cross.
func (r inItems) Record(a *Arg) Fragment {
	name, arrays := a.Param.Name, r.arrayed(a)
	f := recordedAs(a, r.goType, r.note, jen.Id(a.GoName),
		takeNumber("size_t", a.With.Name),
		"size_t "+name+"_bytes = 0",
		"const char *"+name+" = go_take_bytes(in, &"+name+"_bytes)")
	f.Locals = append(f.Locals, arrays.Locals...)
	f.Prepare, f.Give, f.Done = arrays.Prepare, arrays.Give, arrays.Done
	return f
}

// arrayed makes the arrays that C wants of the buffer called as the parameter.
func (r inItems) arrayed(a *Arg) Fragment {
	name := a.Param.Name
	f := Fragment{
		Params: []Var{{a.GoName, r.goType}},
		Give:   map[string]string{a.With.Name: cast(a.With, a.With.Name)},
	}
	// The arrays of pointers come first, then those of lengths, in the same order.
	params := append([]string{name}, names(a)...)
	for i := range r.arrays {
		items := params[i] + "_c"
		f.Locals = append(f.Locals, "struct go_items "+items)
		f.Prepare = append(f.Prepare, fmt.Sprintf("go_items_make(&%s, %s, %s_bytes, %s, %d, %d, &ret)", items, name, name, a.With.Name, i, r.arrays))
		f.Give[params[i]] = items + ".p"
		f.Give[params[r.arrays+i]] = items + ".n"
		f.Done = append(f.Done, "go_items_drop(&"+items+")")
	}
	return f
}

func names(a *Arg) []string {
	var list []string
	for _, p := range a.Covers {
		list = append(list, p.Name)
	}
	return list
}
