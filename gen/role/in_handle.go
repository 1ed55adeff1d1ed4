package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(inHandle{}, "A handle of another package, which owns the handle that the call makes.",
		"name")
}

// in-handle: a handle of another package. The call enters it, and the handle that the call makes
// belongs to it.
type inHandle struct{}

func (inHandle) Name() string { return "in-handle" }

func (inHandle) Fits(a *ir.Arg) error {
	if a.Handle == nil || !a.Handle.Imported || a.Param.Type.IsPointer() || a.Recv != nil {
		return wants(a, "a function without a receiver, and a handle that is imported")
	}
	return nil
}

func (r inHandle) Infers(a *ir.Arg) bool { return r.Fits(a) == nil && a.Object == "" }

func (inHandle) Part(a *ir.Arg) ir.Part {
	p := inPart(a, "*"+a.Handle.Package+"."+a.Handle.Go, a.Param.Name)
	p.Imported, p.Locals = true, []string{ownerName}
	return p
}

func (inHandle) Code(a *ir.Arg) Code {
	name := a.Param.Name
	return Code{
		ShimArgs:   []jen.Code{c("uintptr_t").Call(jen.Qual(SharedPackage, "Object").Call(jen.Id(ownerName)))},
		ShimParams: []string{"uintptr_t " + name},
		CallArgs:   map[string]string{name: "(" + a.Handle.C + ")" + name},
	}
}

// ownerName is the name of the variable with the handle of the other package.
const ownerName = "owner"

// SharedPackage is what a package with handles of another one knows of that.
const SharedPackage = "github.com/go-rados/go-rados/internal/shared"
