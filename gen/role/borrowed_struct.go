package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(borrowedStruct{}, "A C struct that remains the memory of the library; the C shim copies it into the Go struct that mirrors it. NULL is nil, the error of `empty`, or, with `empty: errno`, the error in errno if there is one.",
		"name", "field", "type", "empty")
}

// borrowed-struct: a C struct that stays the library's own, such as the one to which readdir returns a
// pointer. The shim copies its members; the result is a pointer, which is nil if there is no struct.
type borrowedStruct struct{}

func (borrowedStruct) Name() string { return "borrowed-struct" }

// fromErrno is the value of empty with which C reports in errno why there is no struct.
const fromErrno = "errno"

func (borrowedStruct) Fits(a *ir.Arg) error {
	if !a.Struct.Mirrors() || len(a.Param.Type.Stars) != 2 || a.With != nil {
		return wants(a, "a pointer to a pointer to a struct that a type of the spec mirrors")
	}
	if a.Keys.Empty == fromErrno && a.Returned {
		return nil
	}
	return fitsEmpty(a)
}

func (borrowedStruct) Part(a *ir.Arg) ir.Part {
	p := bufferPart(a.Param.Name+"_out", ir.Result{Name: a.GoName, Type: "*" + a.Struct.Go})
	p.CNames, p.Checked = append(p.CNames, copied(a)), true
	return p
}

func (borrowedStruct) Code(a *ir.Arg) Code {
	object, out := copied(a), a.Param.Name+"_out"
	f := buffer(a.GoName, out, Value{
		Value: jen.Qual(RecordPackage, "Optional").Call(taken(a.GoName), readStruct(a.Struct)),
		Zero:  jen.Nil(),
	})
	f.Prepare = []string{"gorados_buf_init(" + out + ")"}
	if a.Keys.Empty == fromErrno {
		f.PrepareLast = []string{"errno = 0"}
	}
	borrow(a, &f, appendStruct(a.Struct, object+"->", out)...)
	t := a.Param.Type.Elem()
	t.Base = structType(a)
	f.Locals = []string{t.Declare(object) + " = NULL"}
	return f
}
