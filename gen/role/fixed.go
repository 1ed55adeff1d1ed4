package role

import "errors"

func init() { register(fixed{}, "with") }

// fixed: always the same C expression; Go does not see the argument.
type fixed struct{}

func (fixed) Name() string { return "fixed" }

func (fixed) Fits(a *Arg) error {
	_, isNumber := number[a.Basic]
	switch isNumber = isNumber && !a.Param.Type.IsPointer(); {
	case a.Fixed == "":
		return errors.New("is not for as: write null or a number instead of the mapping")
	case a.Fixed == "NULL" && isNumber:
		return wants(a, "a pointer where null is passed")
	case a.Fixed != "NULL" && !isNumber:
		return wants(a, "a number where a number is passed")
	}
	return nil
}

func (fixed) Fragment(a *Arg) Fragment {
	f := Fragment{Give: map[string]string{a.Param.Name: a.Fixed}}
	if a.With != nil {
		f.Give[a.With.Name] = "0" // nothing has no length
	}
	return f
}
