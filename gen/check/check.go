// Package check holds the rules that refuse what the generator reads and what the project's
// sources contain. All diagnostics of a call are returned as one error.
package check

import (
	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/plan"
	"github.com/go-rados/go-rados/gen/release"
	"github.com/go-rados/go-rados/gen/spec"
)

// Build plans what s makes of the declarations in u, and applies the rules.
func Build(s *spec.Spec, u *release.Union) (*plan.Plan, error) {
	p, diags := plan.Resolve(s, u)
	k := &checker{
		Plan:    p,
		diags:   diags,
		entries: make(map[string]*plan.Entry),
		shims:   make(map[string]*plan.Method),
	}
	for _, e := range p.Entries {
		k.entries[e.Func.Name] = e
	}
	k.conflicts()
	for _, h := range p.Handles {
		k.handle(h)
	}
	for _, t := range s.Types {
		k.goType(t)
	}
	k.consts()
	k.errors()
	k.vias()
	for _, m := range p.Methods {
		k.method(m)
	}
	if err := diags.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

// checker applies the rules to a plan, which may be incomplete: what could not be resolved is
// in diags and left out.
type checker struct {
	*plan.Plan
	diags   *diag.List
	entries map[string]*plan.Entry  // by C name
	shims   map[string]*plan.Method // by the name of the C function
}

// method applies the rules for one method.
func (k *checker) method(m *plan.Method) {
	if !m.Form { // the method that it is a form of is checked
		k.waits(m)
	}
	k.access(m)
	k.environ(m)
	for _, call := range m.Calls {
		k.fallback(m, call)
	}
	k.shim(m)
	k.order(m)
	k.named(m)
	k.fields(m)
	k.names(m)
	k.results(m)
	k.record(m)
	k.engine(m)
	k.refusals(m)
	k.instead(m)
	k.objects(m)
	k.around(m)
}

// errno makes sure that name looks like one of the constants in errno.h.
func (k *checker) errno(pos model.Pos, name string) {
	if name != "" && !plan.IsErrno(name) {
		k.diags.Add(pos, "%q is no errno, such as ENOENT", name)
	}
}
