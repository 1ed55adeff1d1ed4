package role

import (
	"errors"
	"fmt"
	"math/big"
)

func init() {
	registerInferred(fixed{}, "The same C expression in every call, written as null or as a number; it is no Go parameter.",
		"with")
}

// fixed: always the same C expression; Go does not see the argument.
type fixed struct{}

func (fixed) Name() string { return "fixed" }

func (fixed) Fits(a *Arg) error {
	switch {
	case a.Fixed == "":
		return errors.New("is not for as: write null or a number instead of the mapping")
	case a.Fixed == "NULL" && !a.Pointer:
		return fmt.Errorf("passes NULL, but %s is no pointer", a.Param.Declare())
	case a.Fixed != "NULL" && !a.Number:
		return fmt.Errorf("passes %s, but %s is no number", a.Fixed, a.Param.Declare())
	case a.Fixed != "NULL" && !holds(a.Basic, a.Fixed):
		return fmt.Errorf("passes %s, which %s can't be", a.Fixed, a.Param.Declare())
	}
	return nil
}

// holds reports whether a C type can be that number. Of an unsigned type -1 is the largest.
func holds(basic, text string) bool {
	n, ok := new(big.Int).SetString(text, 10)
	bits, unsigned := intSize(basic)
	switch {
	case !ok:
		return false
	case bits == 0: // it holds any
		return true
	case n.Sign() < 0 && unsigned:
		return n.IsInt64() && n.Int64() == -1
	case n.Sign() < 0:
		n.Not(n)
	}
	if !unsigned {
		bits--
	}
	return n.BitLen() <= bits
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
