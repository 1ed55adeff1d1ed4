package resolve

import (
	"slices"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/spec"
)

// operation returns the calls of a method that performs one step alone: they make the C
// object, add the step and perform it. It returns nil after a diagnostic.
func (r *resolver) operation(m *ir.Method, sm *spec.Method) []*spec.Step {
	switch {
	case sm.Steps != nil:
		r.diags.Add(sm.Pos, "%s must have either op or steps", sm.Go)
		return nil
	case sm.Params != nil:
		r.diags.Add(sm.Pos, "%s has op, so params has no effect", sm.Go)
	case sm.Changes:
		r.diags.Add(sm.Pos, "%s has op, so changes has no effect", sm.Go)
	}
	f, h := r.opNamed(sm)
	if f == nil {
		return nil
	}
	perform := r.function(h.Pos, h.Perform, "handle "+h.C+", perform")
	if perform == nil {
		return nil
	}
	i := slices.IndexFunc(perform.Params, func(p model.Param) bool { return p.Type.Is(h.C, 0) })
	if i < 0 {
		r.diags.Hint(h.Pos, perform.Prototype(), "handle %s, perform: %s must take a %s", h.C, h.Perform, h.C)
		return nil
	}
	m.Changes = perform.Spec.Changes
	return []*spec.Step{
		{Pos: sm.Pos, Call: h.OpNew, As: perform.Params[i].Name, Free: h.Free},
		{Pos: sm.Pos, Call: f.C, Args: f.Args},
		{Pos: sm.Pos, Call: h.Perform},
	}
}

// opNamed finds the step that sm performs, and the recorded handle that it is a method of.
func (r *resolver) opNamed(sm *spec.Method) (*spec.Function, *ir.Handle) {
	var names []string
	for _, f := range r.Functions {
		for _, h := range r.Handles {
			if !h.Recorded() || !slices.ContainsFunc(f.Params, func(p model.Param) bool { return p.Type.Is(h.C, 0) }) {
				continue
			}
			switch names = append(names, f.Spec.Target); {
			case f.Spec.Target != sm.Op:
			case h.Perform == "":
				r.diags.Add(sm.Pos, "%s: op: %s needs perform, the C function that performs the steps of %s", sm.Go, sm.Op, h.C)
				return nil, nil
			default:
				return f.Spec, h
			}
		}
	}
	r.diags.Hint(sm.Pos, diag.DidYouMean(sm.Op, names), "%s: op: there is no step %s", sm.Go, sm.Op)
	return nil, nil
}

// operationOrder returns the names of the Go parameters of m: those of the call that performs
// the step come first.
func operationOrder(m *ir.Method) []string {
	var order []string
	calls := slices.Clone(m.Calls)
	slices.Reverse(calls)
	for _, call := range calls {
		for _, a := range call.Args {
			for _, p := range a.Part.Params {
				order = append(order, p.Name)
			}
		}
	}
	return order
}
