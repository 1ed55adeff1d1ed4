package role

import (
	"errors"

	"github.com/dave/jennifer/jen"
)

func init() {
	register(callback{}, "The C function that the library calls back; it is no Go parameter.")
	register(token{}, "The number that the library passes to a callback, in the place of a pointer.",
		"name", "type")
}

// callback: the C function that the library calls; Go never sees it. It is one of
// those in the templates, called as the C type of the callback is.
type callback struct{}

func (callback) Name() string { return "callback" }

func (callback) Fits(a *Arg) error {
	if !a.Called || a.Param.Type.IsPointer() {
		return errors.New("wants a parameter whose type is that of a callback")
	}
	return nil
}

func (callback) Fragment(a *Arg) Fragment {
	return Fragment{Give: map[string]string{a.Param.Name: "gorados_on_" + a.Param.Type.Base}}
}

// token: a number that the library hands to a callback, in the place of a pointer.
type token struct{}

func (token) Name() string { return "token" }

func (token) Fits(a *Arg) error {
	if !a.Param.Type.Is("void", 1) {
		return wants(a, "void *")
	}
	return nil
}

func (token) Fragment(a *Arg) Fragment {
	return Fragment{
		Params: []Var{{a.GoName, a.goType("uintptr")}},
		Pass:   []jen.Code{c("uintptr_t").Call(jen.Id(a.GoName))},
		Takes:  []string{"uintptr_t " + a.Param.Name},
		Give:   map[string]string{a.Param.Name: "(void *)" + a.Param.Name},
	}
}
