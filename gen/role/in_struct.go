package role

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(inStruct{}, "A Go struct, which C takes as the C struct that it mirrors.",
		"name", "length", "type")
	register(inStructs{}, "A list of a Go struct, which C takes as an array of the C struct that it mirrors.",
		"name", "length", "type")
	register(inoutStruct{}, "A Go struct, which C takes as the C struct that it mirrors and changes; the result is what it has become.",
		"name", "type")
}

// in-struct: a Go struct, whose members cross as a record. The C struct points into that, so that C
// must not keep it. C takes the struct itself or a pointer to it, and perhaps its size (length).
type inStruct struct{}

func (inStruct) Name() string { return "in-struct" }

func (inStruct) Fits(a *ir.Arg) error {
	stars := len(a.Param.Type.Stars)
	switch {
	case a.Async:
		return wants(a, "a struct of a function that takes no completion, since C may keep it")
	case !a.Struct.Mirrors() || stars > 1 || stars == 0 && !a.Opaque && a.With != nil || a.With != nil && !isLength(a.With):
		return wants(a, "a struct that a type of the spec mirrors, or a pointer to one, and perhaps its size (length)")
	}
	return passable(a.Struct)
}

func (r inStruct) Infers(a *ir.Arg) bool {
	// A pointer may be one to an array, or be written to although it is not const.
	return !a.Param.Type.IsPointer() && !a.Opaque && a.Keys.Type == "" && !a.Step && a.Object == "" && r.Fits(a) == nil
}

func (inStruct) Part(a *ir.Arg) ir.Part {
	return recordPart(a, a.Struct.Go, a.Param.Name)
}

// recordPart is the part of an argument that crosses as a record, for which the C function has those
// parameters.
func recordPart(a *ir.Arg, goType string, params ...string) ir.Part {
	p := inPart(a, goType, append(params, a.Param.Name+"_in", copied(a))...)
	p.Locals, p.Checked = []string{a.GoName + "Record"}, true
	return p
}

// passRecord passes a record that the statements write.
func passRecord(a *ir.Arg, writes ...jen.Code) Code {
	record, name := a.GoName+"Record", a.Param.Name
	return Code{
		Before:     append([]jen.Code{jen.Var().Id(record).Qual(RecordPackage, "Writer")}, writes...),
		ShimArgs:   []jen.Code{jen.Id("bytesPointer").Call(jen.Id(record).Dot("Bytes").Call())},
		ShimParams: []string{"const char *" + name},
		Locals:     []string{"struct gorados_reader " + name + "_in = {" + name + "}"},
	}
}

func (inStruct) Code(a *ir.Arg) Code {
	object := copied(a)
	f := passRecord(a, writeStruct(a.Struct, a.GoName+"Record", jen.Id(a.GoName))...)
	f.Locals = append(f.Locals, structType(a)+" "+object)
	f.Prepare = append([]string{"memset(&" + object + ", 0, sizeof " + object + ")"}, takeStruct(a.Struct, object, a.Param.Name+"_in")...)
	f.CallArgs = map[string]string{a.Param.Name: object}
	if a.Param.Type.IsPointer() || a.Opaque {
		f.CallArgs[a.Param.Name] = "&" + object
	}
	if a.With != nil {
		f.CallArgs[a.With.Name] = castNumber(*a.With, "sizeof "+object)
	}
	return f
}

// in-structs: a list of structs, which cross as one record.
type inStructs struct{}

func (inStructs) Name() string { return "in-structs" }

func (inStructs) Fits(a *ir.Arg) error {
	switch {
	case a.Async:
		return wants(a, "structs of a function that takes no completion, since C may keep them")
	case !a.Struct.Mirrors() || len(a.Param.Type.Stars) != 1 || !isLength(a.With):
		return wants(a, "a pointer to structs that a type of the spec mirrors, and their number (length)")
	}
	return passable(a.Struct)
}

func (inStructs) Part(a *ir.Arg) ir.Part {
	return recordPart(a, "[]"+a.Struct.Go, a.Param.Name, a.With.Name)
}

func (inStructs) Code(a *ir.Arg) Code {
	items, n, item := copied(a), a.With.Name, "each"
	f := passRecord(a, jen.For(jen.List(jen.Id("_"), jen.Id(item)).Op(":=").Range().Id(a.GoName)).Block(
		writeStruct(a.Struct, a.GoName+"Record", jen.Id(item))...))
	f.ShimArgs = append(f.ShimArgs, size(a.GoName))
	f.ShimParams = append(f.ShimParams, "size_t "+n)
	f.Locals = append(f.Locals, structType(a)+" *"+items+" = NULL")
	f.Prepare = []string{
		"gorados_length_check(" + n + ", &ret)",
		fmt.Sprintf("if (ret >= 0 && !(%s = calloc(%s ? %s : 1, sizeof *%s)))\n\t\tret = -ENOMEM", items, n, n, items),
		loop("i", "("+items+" ? "+n+" : 0)", takeStruct(a.Struct, items+"[i]", a.Param.Name+"_in")),
	}
	f.CallArgs = map[string]string{a.Param.Name: items, n: cast(a.With, n)}
	f.Cleanup = []string{"free(" + items + ")"}
	return f
}

// inout-struct: a struct that C reads and changes.
type inoutStruct struct{}

func (inoutStruct) Name() string { return "inout-struct" }

func (inoutStruct) Fits(a *ir.Arg) error {
	switch {
	case a.Async:
		return wants(a, "a struct of a function that takes no completion")
	case !a.Struct.Mirrors() || len(a.Param.Type.Stars) != 1 || a.Param.Type.Const || a.With != nil:
		return wants(a, "a pointer to a struct that a type of the spec mirrors")
	case a.Struct.Points():
		return wants(a, "a struct without pointers, since the memory that they point to has no owner")
	}
	return nil
}

func (inoutStruct) Part(a *ir.Arg) ir.Part {
	p := recordPart(a, a.Struct.Go, a.Param.Name, a.Param.Name+"_out")
	p.Results = []ir.Result{{Name: a.GoName + "Out", Type: a.Struct.Go}}
	return p
}

func (inoutStruct) Code(a *ir.Arg) Code {
	out, local := a.Param.Name+"_out", a.GoName+"Out"
	f := inStruct{}.Code(a)
	b := buffer(local, out, Value{
		Value: jen.Qual(RecordPackage, "One").Call(taken(local), readStruct(a.Struct)),
		Zero:  jen.Id(a.Struct.Go).Values(),
	})
	f.Before = append(f.Before, b.Before...)
	f.ShimArgs = append(f.ShimArgs, b.ShimArgs...)
	f.ShimParams = append(f.ShimParams, b.ShimParams...)
	f.Results = b.Results
	f.Prepare = append(f.Prepare, "gorados_buf_alloc("+out+", 512, &ret)")
	f.Cleanup = append(appendStruct(a.Struct, copied(a)+".", out),
		endBuffer(out))
	return f
}
