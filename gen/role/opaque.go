package role

import (
	"errors"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(opaque{}, "A C object that hand-written Go keeps as a number.",
		"name")
}

// opaque: a C object that Go keeps as a number, because hand-written code looks after
// it. Where C wants a pointer to it, the object itself is changed.
type opaque struct{}

func (opaque) Name() string { return "opaque" }

func (opaque) Fits(a *ir.Arg) error {
	if !a.Unknown && !a.Opaque || a.Handle != nil || len(a.Param.Type.Stars) > 1 {
		return errors.New("wants a type of C that is a pointer and no handle, a pointer to one, or a pointer to a struct that is unknown")
	}
	return nil
}

func (opaque) Part(a *ir.Arg) ir.Part {
	p := inPart(a, "uintptr", a.Param.Name)
	if changes(a) {
		p.CNames = append(p.CNames, copied(a))
	}
	return p
}

// changes reports whether a points to the object.
func changes(a *ir.Arg) bool { return a.Param.Type.IsPointer() && !a.Unknown }

func (opaque) Code(a *ir.Arg) Code {
	name, object := a.Param.Name, "("+a.Param.Type.Base+")"+a.Param.Name
	if a.Unknown {
		object = "(" + a.Param.Type.String() + ")" + name
	}
	f := Code{
		ShimArgs:   []jen.Code{c("uintptr_t").Call(jen.Id(a.GoName))},
		ShimParams: []string{"uintptr_t " + name},
		CallArgs:   map[string]string{name: object},
	}
	if changes(a) {
		f.Locals = []string{a.Param.Type.Base + " " + copied(a) + " = " + object}
		f.CallArgs[name] = "&" + copied(a)
	}
	return f
}
