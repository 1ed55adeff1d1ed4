package role

import (
	"errors"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	registerInferred(inObject{}, "A C object that an earlier step of the method made; it is no Go parameter.")
	registerInferred(outObject{}, "The place where C stores an object for later steps; it is no Go parameter.")
}

// in-object: an object that an earlier step of a composed method made.
type inObject struct{}

func (inObject) Name() string { return "in-object" }

func (inObject) Fits(a *ir.Arg) error {
	if a.Object == "" {
		return errors.New("is not for as: the object that an earlier step made is passed without being asked for")
	}
	return nil
}

func (inObject) Infers(a *ir.Arg) bool { return a.Object != "" && a.Earlier }

func (inObject) Part(*ir.Arg) ir.Part { return ir.Part{} }

func (inObject) Code(a *ir.Arg) Code {
	return Code{CallArgs: map[string]string{a.Param.Name: a.Object}}
}

// out-object: where C puts an object that later steps use.
type outObject struct{}

func (outObject) Name() string { return "out-object" }

func (outObject) Fits(a *ir.Arg) error {
	switch {
	case a.Object == "":
		return errors.New("is not for as: it is inferred where the step says as: NAME")
	case !a.Param.Type.IsPointer():
		return wants(a, "a pointer to where the object is put")
	}
	return nil
}

func (outObject) Infers(a *ir.Arg) bool { return a.Object != "" && !a.Earlier }

func (outObject) Part(a *ir.Arg) ir.Part { return ir.Part{Makes: true, CNames: []string{a.Object}} }

func (outObject) Code(a *ir.Arg) Code {
	return Code{
		Locals:   []string{a.Param.Type.Elem().Declare(a.Object) + " = NULL"},
		CallArgs: map[string]string{a.Param.Name: "&" + a.Object},
	}
}
