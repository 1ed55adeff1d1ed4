package role

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	registerInferred(fixed{}, "The same C expression in every call, written as null or as a number; it is no Go parameter.",
		"length")
}

// fixed: always the same C expression; Go does not see the argument.
type fixed struct{}

func (fixed) Name() string { return "fixed" }

func (fixed) Fits(a *ir.Arg) error {
	switch {
	case a.Keys.Fixed == nil:
		return errors.New("is not for as: write null or a number instead of the mapping")
	case *a.Keys.Fixed == "NULL" && !a.Pointer:
		return fmt.Errorf("passes NULL, but %s is no pointer", a.Param.Declare())
	case *a.Keys.Fixed != "NULL" && !a.Number:
		return fmt.Errorf("passes %s, but %s is no number", *a.Keys.Fixed, a.Param.Declare())
	case *a.Keys.Fixed != "NULL" && !holds(a.Basic, *a.Keys.Fixed):
		return fmt.Errorf("passes %s, which %s can't be", *a.Keys.Fixed, a.Param.Declare())
	}
	return nil
}

// holds reports whether a C type can be that number. Of an unsigned type -1 is the largest.
func holds(basic, text string) bool {
	n, ok := new(big.Int).SetString(text, 10)
	bits, unsigned := ctype.IntSize(basic)
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

func (fixed) Infers(a *ir.Arg) bool { return a.Keys.Fixed != nil }

func (fixed) Part(*ir.Arg) ir.Part { return ir.Part{Fixed: true} }

func (fixed) Code(a *ir.Arg) Code {
	f := Code{CallArgs: map[string]string{a.Param.Name: *a.Keys.Fixed}}
	if a.With != nil {
		f.CallArgs[a.With.Name] = "0" // nothing has no length
	}
	return f
}

func (r fixed) StepPart(a *ir.Arg) ir.Part { return r.Part(a) }

// StepCode is Code, since it records nothing.
func (r fixed) StepCode(a *ir.Arg) Code { return r.Code(a) }
