package role

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(outHandle{}, "A C object that the call makes, returned as a Go type with a life cycle.",
		"name")
}

// out-handle: a C object that the call makes; Go gets it as a type of its own
// with a life cycle.
type outHandle struct{}

func (outHandle) Name() string { return "out-handle" }

func (outHandle) Fits(a *ir.Arg) error {
	if a.Handle == nil || a.Handle.Recorded() || a.Depth != 1 || a.Param.Type.Const {
		return wants(a, "a pointer to a handle that is not recorded")
	}
	if !a.Ret.HasError {
		return fmt.Errorf("wants a function that says whether it has made one, not ret: %s", a.Ret.Name)
	}
	if p := a.Handle.Owner; p != nil && p != a.Recv && !(p.Imported && a.Recv == nil) {
		return fmt.Errorf("wants a method of %s, to which each %s belongs", p.Go, a.Handle.Go)
	}
	return nil
}

func (outHandle) Infers(a *ir.Arg) bool {
	return a.Handle != nil && a.Depth == 1 && !a.Param.Type.Const && !a.Step && a.Object == ""
}

func (outHandle) Part(a *ir.Arg) ir.Part {
	p := outPart(a, "*"+a.Handle.Go, a.Param.Name)
	p.Adopts = a.Handle
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
	return Code{
		Before:   []jen.Code{jen.Var().Id(a.GoName).Add(CgoHandle(a.Handle))},
		ShimArgs: []jen.Code{jen.Op("&").Id(a.GoName)},
		Results: []Value{{
			Zero: jen.Nil(),
		}},
		ShimParams: []string{a.Param.Type.Declare(a.Param.Name)},
		CallArgs:   map[string]string{a.Param.Name: a.Param.Name},
	}
}
