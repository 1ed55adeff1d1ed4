package role

import (
	"errors"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(callback{}, "The C function that the library calls back; it is no Go parameter.")
	register(token{}, "The number that the library passes to a callback, in the place of a pointer. With `last: call` the Go parameter is the function that handles the events instead, which must not block; nil is EINVAL. The method returns after the last event.",
		"name", "type", "last")
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

// token: a number that the library hands to a callback, in the place of a pointer. If the library calls back
// only during the call (last: call), the method registers the handler of the events, and removes it when C has
// returned and all events have been delivered. Otherwise hand-written code does so, since it depends on other
// calls which event is the last.
type token struct{}

func (token) Name() string { return "token" }

func (token) Fits(a *ir.Arg) error {
	switch {
	case !a.Param.Type.Is("void", 1):
		return wants(a, "void *")
	case a.Keys.Last != "" && (a.Async || a.Step):
		return errors.New("wants no last in a step or a function that takes a completion, which calls back after it has returned")
	case a.Keys.Last != "" && a.Keys.Type != "":
		return errors.New("wants no type: with last it is a function")
	}
	return nil
}

func (token) Part(a *ir.Arg) ir.Part {
	if a.Keys.Last == "" {
		return inPart(a, a.GoType("uintptr"), a.Param.Name)
	}
	p := inPart(a, "func(callback.Event)", a.Param.Name)
	p.Locals, p.Refusals = []string{a.GoName + "Token"}, []ir.Refusal{{Errno: "EINVAL"}}
	return p
}

func (token) Code(a *ir.Arg) Code {
	number := jen.Id(a.GoName)
	f := Code{
		ShimParams: []string{"uintptr_t " + a.Param.Name},
		CallArgs:   map[string]string{a.Param.Name: "(void *)" + a.Param.Name},
	}
	if a.Keys.Last != "" {
		f.Refuse = []jen.Code{number.Clone().Op("==").Nil()}
		number = jen.Id(a.GoName + "Token")
		f.Before = []jen.Code{number.Clone().Op(":=").Id("callbacks").Dot("Add").Call(jen.Id(a.GoName))}
		f.Free = jen.Id("callbacks").Dot("Finish").Call(number.Clone())
	}
	f.ShimArgs = []jen.Code{c("uintptr_t").Call(number)}
	return f
}
