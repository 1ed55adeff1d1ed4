package role

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
)

func init() {
	register(inItems{name: "in-keys", goType: "[]string", pack: "PackItems", note: "Keys", arrays: 1, layout: ir.Keys},
		"A list of keys of any bytes, which C takes as an array of pointers and an array of lengths.",
		"name", "length", "parallel")
	register(inItems{name: "in-pairs", goType: "map[string][]byte", pack: "PackPairs", note: "Pairs", arrays: 2, layout: ir.Pairs},
		"A map of keys and values of any bytes, which C takes as arrays of pointers and arrays of lengths.",
		"name", "length", "parallel")
}

// in-keys, in-pairs: any number of keys, or of keys with their values, of any
// bytes. C wants an array of pointers and one of lengths for each; Go passes one
// buffer, which is used again, and the shim points into it.
type inItems struct {
	name, goType, pack, note string

	arrays int // of pointers
	layout ir.Layout
}

func (r inItems) Name() string { return r.name }

func (r inItems) Fits(a *ir.Arg) error {
	complaint := wants(a, fmt.Sprintf("%d arrays of const char * and as many of size_t (parallel), and their number (length)", r.arrays))
	if len(a.Covers) != 2*r.arrays-1 || !isLength(a.With) {
		return complaint
	}
	for i, p := range append([]model.Param{a.Param}, a.Covers...) {
		texts := p.Type.Is("char", 2) && p.Type.Const
		if sizes := p.Type.Is("size_t", 1); i < r.arrays && !texts || i >= r.arrays && !sizes {
			return complaint
		}
	}
	return nil
}

func (r inItems) Part(a *ir.Arg) ir.Part {
	name := a.Param.Name
	p := inPart(a, r.goType, name, name+"_bytes", a.With.Name, name+"_c")
	p.Locals, p.Checked, p.Layout = []string{a.GoName + "Flat"}, true, r.layout
	return p
}

func (r inItems) Code(a *ir.Arg) Code {
	flat, name := a.GoName+"Flat", a.Param.Name
	f := r.arrayed(a)
	f.Before = []jen.Code{jen.Id(flat).Op(":=").Qual(WirePackage, r.pack).Call(jen.Id(a.GoName))}
	f.Free = jen.Id(flat).Dot("Free").Call()
	bytes := jen.Id(flat).Dot("Bytes")
	f.ShimArgs = []jen.Code{jen.Id("bytesPointer").Call(bytes), c("size_t").Call(jen.Len(bytes.Clone())), c("size_t").Call(jen.Len(jen.Id(a.GoName)))}
	f.ShimParams = []string{"const char *" + name, "size_t " + name + "_bytes", "size_t " + a.With.Name}
	f.Prepare = append([]string{fmt.Sprintf("gorados_length_check(%s_bytes, &ret)", name)}, f.Prepare...)
	return f
}

func (r inItems) StepPart(a *ir.Arg) ir.Part {
	name := a.Param.Name
	p := stepPart(a, r.goType, a.With.Name, name+"_bytes", name, name+"_c")
	p.Checked, p.Layout = true, r.layout
	return p
}

// StepCode notes the items as they would cross.
func (r inItems) StepCode(a *ir.Arg) Code {
	name, arrays := a.Param.Name, r.arrayed(a)
	f := stepCode(a, r.note, jen.Id(a.GoName),
		takeNumber("size_t", a.With.Name),
		"size_t "+name+"_bytes = 0",
		"const char *"+name+" = gorados_read_bytes(in, &"+name+"_bytes)")
	f.Locals = append(f.Locals, arrays.Locals...)
	f.Prepare, f.CallArgs, f.Cleanup = arrays.Prepare, arrays.CallArgs, arrays.Cleanup
	return f
}

// arrayed makes the arrays that C wants of the buffer called as the parameter.
func (r inItems) arrayed(a *ir.Arg) Code {
	name := a.Param.Name
	f := Code{
		CallArgs: map[string]string{a.With.Name: cast(a.With, a.With.Name)},
	}
	// The arrays of pointers come first, then those of lengths, in the same order.
	params, items := append([]string{name}, names(a)...), name+"_c"
	f.Locals = []string{fmt.Sprintf("struct gorados_items %s[%d]", items, r.arrays)}
	f.Prepare = []string{fmt.Sprintf("gorados_items_init(%s, %d, %s, %s_bytes, %s, &ret)", items, r.arrays, name, name, a.With.Name)}
	for i := range r.arrays {
		f.CallArgs[params[i]] = fmt.Sprintf("%s[%d].p", items, i)
		f.CallArgs[params[r.arrays+i]] = fmt.Sprintf("%s[%d].n", items, i)
	}
	f.Cleanup = []string{fmt.Sprintf("gorados_items_free(%s, %d)", items, r.arrays)}
	return f
}

func names(a *ir.Arg) []string {
	var list []string
	for _, p := range a.Covers {
		list = append(list, p.Name)
	}
	return list
}
