package emit

import (
	"slices"

	"github.com/go-rados/go-rados/gen/plan"
	"github.com/go-rados/go-rados/gen/spec"
)

// Coverage counts C functions by what became of them.
type Coverage struct {
	Total, Reachable int
	Go, Via, Raw     int
	Skip, Todo       int
	Public           int // Go names
}

// Count counts the functions of p.
func Count(p *plan.Plan) Coverage {
	c := Coverage{Total: len(p.Entries)}
	for _, m := range p.Methods {
		if !m.Private() {
			c.Public++
		}
	}
	by := make(map[spec.Disposition]int)
	for _, e := range p.Entries {
		by[e.Spec.Disposition]++
	}
	c.Go, c.Via, c.Raw, c.Skip, c.Todo = by[spec.Go], by[spec.Via], by[spec.Private], by[spec.Skip], by[spec.Todo]
	c.Reachable = c.Go + c.Via + c.Raw
	return c
}

// In says how a program finds a function in a release's library: it is linked
// to what each release has, and looks for anything else at run time.
func (v *view) In(e *plan.Entry, of string) string {
	switch {
	case e.Everywhere:
		return "linked"
	case !slices.Contains(e.Has, of):
		return "absent"
	}
	return "run-time"
}

// Ways counts what In says of a release.
func (v *view) Ways(of string) map[string]int {
	count := make(map[string]int)
	for _, e := range v.Entries {
		count[v.In(e, of)]++
	}
	return count
}

// Called returns the number of C functions that are called.
func (v *view) Called() int { return len(v.Declared) }

// Uncalled returns the number of reachable functions that are not called,
// because another function does their job.
func (v *view) Uncalled() int { return Count(v.Plan).Reachable - v.Called() }

// Calls reports whether e is called: "yes", "no", or "" for a function that is
// not bound.
func (v *view) Calls(e *plan.Entry) string {
	switch {
	case e.Spec.Disposition == spec.Skip, e.Spec.Disposition == spec.Todo:
		return ""
	case slices.Contains(v.Declared, e):
		return "yes"
	}
	return "no"
}
