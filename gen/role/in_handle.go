package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(inHandle{}, "Another handle, which the call enters; one of another package owns the handle that the call makes.",
		"name")
}

// in-handle: a handle that is not the receiver. The call enters it, so that it cannot be freed during the
// call. To one of another package the handle belongs that the call makes.
type inHandle struct{}

func (inHandle) Name() string { return "in-handle" }

func (inHandle) Fits(a *ir.Arg) error {
	switch {
	case a.Handle == nil || a.Depth != 0 || a.Handle.Recorded() || a.Step:
		return wants(a, "a handle that is not recorded")
	case a.Async:
		return wants(a, "a handle of a function that takes no completion, since the call would outlive the method")
	case a.Handle.Imported && a.Recv != nil:
		return wants(a, "a function without a receiver, since the handle is imported")
	}
	return nil
}

// Infers reports whether the function has a receiver of another type, or the handle is imported: of two with
// the same type one is the receiver, and a method of one that the function does not take is a mistake.
func (r inHandle) Infers(a *ir.Arg) bool {
	return r.Fits(a) == nil && a.Handle != a.Recv && (a.Received || a.Handle.Imported) && a.Object == ""
}

func (inHandle) Part(a *ir.Arg) ir.Part {
	if !a.Handle.Imported {
		p := inPart(a, "*"+a.Handle.Go, a.Param.Name)
		p.Enters, p.Locals = true, []string{EnteredShard(a)}
		p.Refusals = nil
		return p
	}
	p := inPart(a, "*"+a.Handle.Package+"."+a.Handle.Go, a.Param.Name)
	p.Imported, p.Locals = true, []string{OwnerName(a)}
	if a.Second {
		p.Locals = append(p.Locals, EnteredShard(a))
	}
	return p
}

func (inHandle) Code(a *ir.Arg) Code {
	name := a.Param.Name
	if !a.Handle.Imported {
		return Code{
			ShimArgs:   []jen.Code{jen.Id(a.GoName).Dot("object").Call()},
			ShimParams: []string{"uintptr_t " + name},
			CallArgs:   map[string]string{name: "(" + a.Handle.C + ")" + name},
		}
	}
	return Code{
		ShimArgs:   []jen.Code{c("uintptr_t").Call(jen.Qual(SharedPackage, "Object").Call(jen.Id(OwnerName(a))))},
		ShimParams: []string{"uintptr_t " + name},
		CallArgs:   map[string]string{name: "(" + a.Handle.C + ")" + name},
	}
}

// EnteredShard is the name of the variable with the shard of the handle a that was entered.
func EnteredShard(a *ir.Arg) string { return a.GoName + "Shard" }

// OwnerName is the name of the variable with a, a handle of the other package.
func OwnerName(a *ir.Arg) string {
	if a.Second {
		return a.GoName + "Owner"
	}
	return "owner"
}

// SharedPackage is what a package with handles of another one knows of that.
const SharedPackage = "github.com/go-rados/go-rados/internal/shared"
