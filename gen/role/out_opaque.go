package role

import (
	"errors"

	"github.com/dave/jennifer/jen"
)

func init() {
	register(outOpaque{}, "A C object that the call makes, returned as a number for hand-written Go.",
		"name")
}

// out-opaque: a C object that the call makes, which Go keeps as a number; see opaque.
type outOpaque struct{}

func (outOpaque) Name() string { return "out-opaque" }

func (outOpaque) Fits(a *Arg) error {
	if !a.Opaque || a.Handle != nil || len(a.Param.Type.Stars) != 1 || a.Param.Type.Const {
		return errors.New("wants a pointer to a type of C that is a pointer and no handle")
	}
	return nil
}

func (outOpaque) Fragment(a *Arg) Fragment {
	name := a.Param.Name
	return Fragment{
		Before:  []jen.Code{jen.Var().Id(a.GoName).Add(c("uintptr_t"))},
		Pass:    []jen.Code{jen.Op("&").Id(a.GoName)},
		Results: []Result{{Name: a.GoName, Type: "uintptr", Value: jen.Uintptr().Call(jen.Id(a.GoName)), Zero: jen.Lit(0)}},
		Takes:   []string{"uintptr_t *" + name},
		Locals:  []string{a.Param.Type.Base + " " + copied(a) + " = NULL"},
		Give:    map[string]string{name: "&" + copied(a)},
		Done:    []string{"*" + name + " = (uintptr_t)" + copied(a)},
	}
}
