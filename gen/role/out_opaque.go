package role

import (
	"errors"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(outOpaque{}, "A C object that the call makes, returned as a number for hand-written Go.",
		"name")
}

// out-opaque: a C object that the call makes, which Go keeps as a number; see opaque.
type outOpaque struct{}

func (outOpaque) Name() string { return "out-opaque" }

func (outOpaque) Fits(a *ir.Arg) error {
	if !a.Opaque || a.Handle != nil || len(a.Param.Type.Stars) != 1 || a.Param.Type.Const {
		return errors.New("wants a pointer to a type of C that is a pointer and no handle")
	}
	return nil
}

func (outOpaque) Part(a *ir.Arg) ir.Part { return outPart(a, "uintptr", a.Param.Name, copied(a)) }

func (outOpaque) Code(a *ir.Arg) Code {
	name := a.Param.Name
	return Code{
		Before:     []jen.Code{jen.Var().Id(a.GoName).Add(c("uintptr_t"))},
		ShimArgs:   []jen.Code{jen.Op("&").Id(a.GoName)},
		Results:    []Value{{Value: jen.Uintptr().Call(jen.Id(a.GoName)), Zero: jen.Lit(0)}},
		ShimParams: []string{"uintptr_t *" + name},
		Locals:     []string{a.Param.Type.Base + " " + copied(a) + " = NULL"},
		CallArgs:   map[string]string{name: "&" + copied(a)},
		Cleanup:    []string{"*" + name + " = (uintptr_t)" + copied(a)},
	}
}
