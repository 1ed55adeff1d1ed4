package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

// inPart is the part of an argument that is a Go parameter, and of which the C function
// has variables of those names.
func inPart(a *ir.Arg, goType string, cNames ...string) ir.Part {
	return ir.Part{Params: []ir.Var{{Name: a.GoName, Type: goType}}, CNames: cNames}
}

// outPart is the part of an argument that is a Go result, and of which the C function has
// variables of those names.
func outPart(a *ir.Arg, goType string, cNames ...string) ir.Part {
	return ir.Part{Results: []ir.Result{{Name: a.GoName, Type: goType}}, CNames: cNames}
}

// bufferPart is the part of a result in a buffer that is called cName in the C function.
func bufferPart(cName string, result ir.Result) ir.Part {
	return ir.Part{Results: []ir.Result{result}, CNames: []string{cName}}
}

// buffer passes a buffer called goName in Go and cName in the C function, which fills
// it. The result is made of what it is filled with.
func buffer(goName, cName string, result Value) Code {
	return Code{
		Before:     []jen.Code{jen.Var().Id(goName).Add(c("struct_gorados_buf"))},
		ShimArgs:   []jen.Code{jen.Op("&").Id(goName)},
		Results:    []Value{result},
		ShimParams: []string{"struct gorados_buf *" + cName},
	}
}

// pagePart is the part of a page: Go gives its memory, and how many entries there may be.
func pagePart(a *ir.Arg) ir.Part {
	p := bufferPart(a.Param.Name+"_out", ir.Result{Name: a.GoName, Type: "[]byte"})
	p.Params = []ir.Var{{Name: "memory", Type: "[]byte"}, {Name: a.GoName + "Max", Type: "int"}}
	return p
}

// page passes a buffer for a page, and how many entries there may be, which is called most in the C function.
func page(a *ir.Arg, most string) Code {
	f := buffer(a.GoName, a.Param.Name+"_out", Value{
		Value: jen.Id("takeBufferInto").Call(jen.Id("memory").Index(jen.Empty(), jen.Lit(0)), jen.Op("&").Id(a.GoName)),
		Zero:  jen.Nil(),
	})
	limit(a, &f, most)
	return f
}

// limit passes the Go parameter that says how many entries there may be.
func limit(a *ir.Arg, f *Code, most string) {
	f.ShimArgs = append([]jen.Code{c("size_t").Call(jen.Id(a.GoName + "Max"))}, f.ShimArgs...)
	f.ShimParams = append([]string{"size_t " + most}, f.ShimParams...)
}

// endBuffer is the statement that gives the buffer out the length of what was appended to it, or the error.
func endBuffer(out string) string {
	return "gorados_buf_set_len(" + out + ", ret < 0 ? ret : (int64_t)" + out + "->len)"
}

// taken is what the C function left in a buffer, as bytes that belong to Go.
func taken(goName string) *jen.Statement {
	return jen.Id("takeBuffer").Call(jen.Op("&").Id(goName))
}
