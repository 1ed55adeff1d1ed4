package plan

import (
	"slices"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/role"
)

// addContexts finds the steps by which methods get a form with a context.
func (b *builder) addContexts() {
	byName := make(map[string]*Method)
	var names []string
	for _, m := range b.Methods {
		byName[m.FullName()] = m
		names = append(names, m.FullName())
	}
	for _, e := range b.Entries {
		if m := byName[e.Spec.Target]; e.Spec.Context != "" && m != nil {
			b.context(m, e.Spec.Context, byName, names)
		}
	}
	for _, sm := range b.Spec.Methods {
		if m := byName[sm.Go]; sm.Context != "" && m != nil {
			b.context(m, sm.Context, byName, names)
		}
	}
}

// context gives m a form with a context. The step takes what m takes behind the
// object's name.
func (b *builder) context(m *Method, name string, byName map[string]*Method, names []string) {
	step := byName[name]
	switch {
	case step == nil:
		b.diags.Hint(m.Pos, diag.DidYouMean(name, names), "context of %s: there is no %s", m.FullName(), name)
	case step.Access != Record || step.Private():
		b.diags.Add(m.Pos, "context of %s: %s is no public step", m.FullName(), name)
	case m.Recv == nil || !m.HasError() || len(m.Results()) > 0 || len(m.Params()) == 0:
		b.diags.Add(m.Pos, "context of %s: it must be a method that takes the name of an object and returns just an error", m.FullName())
	case !slices.EqualFunc(m.Params()[1:], step.Params(), func(a, b role.Var) bool { return a.Type == b.Type }):
		b.diags.Hint(m.Pos, m.Signature()+"\n"+step.Signature(), "context of %s: %s takes something else", m.FullName(), name)
	default:
		b.claim(m.Pos, m.FullName()+"Context", m.Name+"Context", true)
		m.Context = step
	}
}
