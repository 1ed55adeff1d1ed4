package role

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(outHandle{}, "A C object that the call makes, returned as a Go type with a life cycle.",
		"name", "empty")
}

// out-handle: a C object that the call makes; Go gets it as a type of its own
// with a life cycle. A function that has no other way to say that it has made none stores or
// returns NULL, which is the error of empty. An asynchronous call stores it in the call; the method takes it
// from there before it leaves the owner of the new handle.
type outHandle struct{}

func (outHandle) Name() string { return "out-handle" }

func (outHandle) Fits(a *ir.Arg) error {
	if a.Handle == nil || a.Handle.Recorded() || a.Depth != 1 || a.Param.Type.Const {
		return wants(a, "a pointer to a handle that is not recorded")
	}
	switch {
	case !a.Ret.HasError && !mayBeNull(a):
		return fmt.Errorf("wants a function that says whether it has made one, not ret: %s", a.Ret.Name)
	case mayBeNull(a) && !errno.MatchString(a.Keys.Empty):
		return fmt.Errorf("wants empty: the errno that NULL stands for, such as ENOMEM, not %q", a.Keys.Empty)
	case !mayBeNull(a) && a.Keys.Empty != "":
		return fmt.Errorf("wants no empty: with ret: %s the function says whether it has made one", a.Ret.Name)
	}
	if p := a.Handle.Owner; p != nil && p != a.Recv && !(p.Imported && a.Recv == nil) {
		return fmt.Errorf("wants a method of %s, to which each %s belongs", p.Go, a.Handle.Go)
	}
	return nil
}

// mayBeNull reports whether NULL in the place of an object is how the function says that it has made none.
func mayBeNull(a *ir.Arg) bool { return a.Ret.Nothing && !a.Ret.Probes && !a.Async }

// Infers reports whether C stores the object. One that a function returns may be borrowed.
func (outHandle) Infers(a *ir.Arg) bool {
	return !a.Returned && a.Handle != nil && a.Depth == 1 && !a.Param.Type.Const && !a.Step && a.Object == ""
}

func (outHandle) Part(a *ir.Arg) ir.Part {
	p := outPart(a, "*"+a.Handle.Go)
	p.Adopts, p.Checked = a.Handle, mayBeNull(a)
	if a.Async {
		p.Stored, p.Places = true, []string{"p"}
	} else {
		p.CNames = []string{a.Param.Name}
	}
	return p
}

// CgoHandle is the C type of h in cgo.
func CgoHandle(h *ir.Handle) *jen.Statement {
	if base, isStruct := strings.CutPrefix(h.C, "struct "); isStruct {
		return jen.Op("*").Add(c("struct_" + strings.TrimSuffix(base, " *")))
	}
	return c(h.C)
}

func (outHandle) Code(a *ir.Arg) Code {
	if a.Async {
		return handleOfCall(a)
	}
	name := a.Param.Name
	f := Code{
		Before:   []jen.Code{jen.Var().Id(a.GoName).Add(CgoHandle(a.Handle))},
		ShimArgs: []jen.Code{jen.Op("&").Id(a.GoName)},
		Results: []Value{{
			Zero: jen.Nil(),
		}},
		ShimParams: []string{a.Param.Type.Declare(name)},
		CallArgs:   map[string]string{name: name},
	}
	if mayBeNull(a) {
		f.Prepare = []string{"*" + name + " = NULL"}
		f.Cleanup = []string{"if (ret >= 0 && !*" + name + ")\n\t\tret = -" + a.Keys.Empty}
	}
	return f
}

// handleOfCall has C store the object in the call, which is always one that Go has acquired.
func handleOfCall(a *ir.Arg) Code {
	object := CgoHandle(a.Handle)
	if strings.HasPrefix(a.Handle.C, "struct ") {
		object = jen.Parens(object)
	}
	stored := jen.Qual("unsafe", "Pointer").Call(jen.Id("callState").Call(jen.Id("call")).Dot("p"))
	return Code{
		Results:    []Value{{Zero: jen.Nil()}},
		CallArgs:   map[string]string{a.Param.Name: "(void *)&call->p"},
		AfterAsync: []jen.Code{jen.Id(a.GoName).Op(":=").Add(object).Call(stored)},
	}
}
