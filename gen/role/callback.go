package role

import (
	"errors"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(callback{}, "The C function that the library calls back; it is no Go parameter.")
	register(token{}, "The number that the library passes to a callback, in the place of a pointer.",
		"name", "type")
}

// callback: the C function that the library calls; Go never sees it. It is generated from the event
// of the callback's C type.
type callback struct{}

func (callback) Name() string { return "callback" }

func (callback) Fits(a *ir.Arg) error {
	if !a.Callback || a.Param.Type.IsPointer() {
		return errors.New("wants a parameter whose type is that of a callback")
	}
	return nil
}

func (r callback) Infers(a *ir.Arg) bool { return r.Fits(a) == nil }

func (callback) Part(a *ir.Arg) ir.Part { return ir.Part{CallsBack: a.Param.Type.Base} }

func (callback) Code(a *ir.Arg) Code {
	return Code{CallArgs: map[string]string{a.Param.Name: "gorados_on_" + a.Param.Type.Base}}
}

// token: a number that the library hands to a callback, in the place of a pointer.
type token struct{}

func (token) Name() string { return "token" }

func (token) Fits(a *ir.Arg) error {
	if !a.Param.Type.Is("void", 1) {
		return wants(a, "void *")
	}
	return nil
}

func (token) Part(a *ir.Arg) ir.Part { return inPart(a, a.GoType("uintptr"), a.Param.Name) }

func (token) Code(a *ir.Arg) Code {
	return Code{
		ShimArgs:   []jen.Code{c("uintptr_t").Call(jen.Id(a.GoName))},
		ShimParams: []string{"uintptr_t " + a.Param.Name},
		CallArgs:   map[string]string{a.Param.Name: "(void *)" + a.Param.Name},
	}
}
