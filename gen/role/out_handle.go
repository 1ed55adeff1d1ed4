package role

import (
	"fmt"

	"github.com/dave/jennifer/jen"
)

func init() {
	register(outHandle{}, "A C object that the call makes, returned as a Go type with a life cycle.",
		"name")
}

// out-handle: a C object that the call makes; Go gets it as a type of its own
// with a life cycle.
type outHandle struct{}

func (outHandle) Name() string { return "out-handle" }

func (outHandle) Fits(a *Arg) error {
	if a.Handle == nil || a.Handle.Recorded || len(a.Param.Type.Stars) != 1 || a.Param.Type.Const {
		return wants(a, "a pointer to a handle that is not recorded")
	}
	if r := RetByName(a.Ret); !r.HasError {
		return fmt.Errorf("wants a function that says whether it has made one, not ret: %s", a.Ret)
	}
	if p := a.Handle.Parent; p != nil && p.Go != a.Method {
		return fmt.Errorf("wants a method of %s, to which each %s belongs", p.Go, a.Handle.Go)
	}
	return nil
}

func (outHandle) Fragment(a *Arg) Fragment {
	return Fragment{
		Before: []jen.Code{jen.Var().Id(a.GoName).Add(c(a.Handle.C))},
		Pass:   []jen.Code{jen.Op("&").Id(a.GoName)},
		Results: []Result{{
			Name: a.GoName,
			Type: "*" + a.Handle.Go,
			Zero: jen.Nil(),
		}},
		Adopt: a.Handle,
		Takes: []string{a.Param.Type.Declare(a.Param.Name)},
		Give:  map[string]string{a.Param.Name: a.Param.Name},
	}
}
