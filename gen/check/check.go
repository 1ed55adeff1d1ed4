// Package check holds the rules that refuse a plan, and those about the project's sources.
// Each rule has a bad input in testdata. All diagnostics of a call are returned as one error.
package check

import (
	"regexp"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
)

// Roles is what the rules need to know of the roles of arguments.
type Roles interface {
	// Keys lists the keys of the spec that have an effect on the role of that name.
	Keys(name string) []string
}

// Plan applies the rules to p, which was made from u. The diagnostics that there are already
// are those about the parts that p lacks.
func Plan(p *ir.Plan, u *release.Union, roles Roles, diags *diag.List) error {
	k := &checker{
		Plan:      p,
		union:     u,
		roles:     roles,
		diags:     diags,
		functions: make(map[string]*ir.Function),
		shims:     make(map[string]*ir.Method),
	}
	for _, f := range p.Functions {
		k.functions[f.Name] = f
	}
	k.names()
	k.conflicts()
	for _, h := range p.Handles {
		k.handle(h)
	}
	k.buffers()
	k.completions()
	for _, it := range p.Iterators {
		k.iterator(it)
	}
	for _, e := range k.Events {
		k.event(e)
	}
	for _, t := range p.Types {
		k.goType(t)
		k.options(t)
	}
	for _, r := range p.StepResults {
		k.stepResult(r)
	}
	k.consts()
	k.errors()
	k.bareErrors()
	k.dispositions()
	k.uses()
	for _, m := range p.Methods {
		k.method(m)
	}
	return diags.Err()
}

// checker applies the rules to a plan, which may be incomplete: what could not be resolved is
// in diags and left out.
type checker struct {
	*ir.Plan
	union     *release.Union
	roles     Roles
	diags     *diag.List
	functions map[string]*ir.Function // by C name
	shims     map[string]*ir.Method   // by the name of the C function
}

// method applies the rules for one method.
func (k *checker) method(m *ir.Method) {
	if !m.Form { // the method that it is a form of is checked
		k.waits(m)
		k.inputs(m)
	}
	k.access(m)
	k.environ(m)
	for _, call := range m.Calls {
		k.call(m, call)
	}
	k.replaces(m)
	k.shim(m)
	k.order(m)
	k.named(m)
	k.mentionsContext(m)
	k.fields(m)
	k.variables(m)
	k.results(m)
	k.record(m)
	k.returned(m)
	k.async(m)
	k.places(m)
	k.task(m)
	k.refusals(m)
	k.supersedes(m)
	k.objects(m)
	k.around(m)
	k.detached(m)
	for _, form := range m.ErrorForms {
		k.errorForm(m, form)
	}
	k.with(m)
}

var errnoRE = regexp.MustCompile(`^E[A-Z0-9]+$`)

// errno makes sure that name looks like one of the constants in errno.h.
func (k *checker) errno(pos model.Pos, name string) {
	if name != "" && !errnoRE.MatchString(name) {
		k.diags.Add(pos, "%q is no errno, such as ENOENT", name)
	}
}
