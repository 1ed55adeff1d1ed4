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

// endBuffer is the statement that gives the buffer out the length of what was appended to it, or the error.
func endBuffer(out string) string {
	return "gorados_buf_set_len(" + out + ", ret < 0 ? ret : (int64_t)" + out + "->len)"
}

// taken is what the C function left in a buffer, as bytes that belong to Go.
func taken(goName string) *jen.Statement {
	return jen.Id("takeBuffer").Call(jen.Op("&").Id(goName))
}
