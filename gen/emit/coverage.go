package emit

import (
	"github.com/go-rados/go-rados/gen/plan"
	"github.com/go-rados/go-rados/gen/release"
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
	c.Go, c.Via, c.Raw, c.Skip, c.Todo = by[spec.Go], by[spec.Via], by[spec.Raw], by[spec.Skip], by[spec.Todo]
	c.Reachable = c.Go + c.Via + c.Raw
	return c
}

// In says how a program finds a function in a release's library: it is linked
// to what each release has, and looks for anything else at run time.
func (v *view) In(e *plan.Entry, of string) string {
	switch {
	case e.Everywhere:
		return "linked"
	case release.Compare(of, e.Since) < 0 || e.Until != "" && release.Compare(of, e.Until) >= 0:
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
