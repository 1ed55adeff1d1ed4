package role

import (
	"errors"
	"fmt"
)

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
		return fmt.Errorf("passes NULL, but %s is no pointer", a.Param.Type.Declare(a.Param.Name))
	case a.Fixed != "NULL" && !isNumber:
		return fmt.Errorf("passes %s, but %s is no number", a.Fixed, a.Param.Type.Declare(a.Param.Name))
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

// Record is Fragment: there is nothing to record.
func (r fixed) Record(a *Arg) Fragment { return r.Fragment(a) }
