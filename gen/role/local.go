package role

import "errors"

func init() {
	registerInferred(local{}, "A C object that an earlier step of the method made; it is no Go parameter.")
	registerInferred(made{}, "The place where C stores an object for later steps; it is no Go parameter.")
}

// local: an object that an earlier step of a composed method made.
type local struct{}

func (local) Name() string { return "local" }

func (local) Fits(a *Arg) error {
	if a.Fixed == "" {
		return errors.New("is not for as: the object that an earlier step made is passed without being asked for")
	}
	return nil
}

func (local) Fragment(a *Arg) Fragment {
	return Fragment{Give: map[string]string{a.Param.Name: a.Fixed}}
}

// made: where C puts an object that later steps use.
type made struct{}

func (made) Name() string { return "made" }

func (made) Fits(a *Arg) error {
	switch {
	case a.Fixed == "":
		return errors.New("is not for as: it is inferred where the step says as: NAME")
	case !a.Param.Type.IsPointer():
		return wants(a, "a pointer to where the object is put")
	}
	return nil
}

func (made) Fragment(a *Arg) Fragment {
	return Fragment{
		Locals: []string{a.Param.Type.Elem().Declare(a.Fixed) + " = NULL"},
		Give:   map[string]string{a.Param.Name: "&" + a.Fixed},
	}
}
