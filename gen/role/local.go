package role

import (
	"errors"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	registerInferred(local{}, "A C object that an earlier step of the method made; it is no Go parameter.")
	registerInferred(made{}, "The place where C stores an object for later steps; it is no Go parameter.")
}

// local: an object that an earlier step of a composed method made.
type local struct{}

func (local) Name() string { return "local" }

func (local) Fits(a *ir.Arg) error {
	if a.Object == "" {
		return errors.New("is not for as: the object that an earlier step made is passed without being asked for")
	}
	return nil
}

func (local) Infers(a *ir.Arg) bool { return a.Object != "" && a.Earlier }

func (local) Part(*ir.Arg) ir.Part { return ir.Part{} }

func (local) Code(a *ir.Arg) Code {
	return Code{CallArgs: map[string]string{a.Param.Name: a.Object}}
}

// made: where C puts an object that later steps use.
type made struct{}

func (made) Name() string { return "made" }

func (made) Fits(a *ir.Arg) error {
	switch {
	case a.Object == "":
		return errors.New("is not for as: it is inferred where the step says as: NAME")
	case !a.Param.Type.IsPointer():
		return wants(a, "a pointer to where the object is put")
	}
	return nil
}

func (made) Infers(a *ir.Arg) bool { return a.Object != "" && !a.Earlier }

func (made) Part(a *ir.Arg) ir.Part { return ir.Part{Makes: true, CNames: []string{a.Object}} }

func (made) Code(a *ir.Arg) Code {
	return Code{
		Locals:   []string{a.Param.Type.Elem().Declare(a.Object) + " = NULL"},
		CallArgs: map[string]string{a.Param.Name: "&" + a.Object},
	}
}
