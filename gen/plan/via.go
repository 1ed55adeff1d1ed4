package plan

import (
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/spec"
)

// checkVias makes sure that what is said to be reached through a Go method is.
func (b *builder) checkVias() {
	var names []string
	uses := make(map[string][]*Method) // by C name
	for _, m := range b.Methods {
		names = append(names, m.FullName())
		for _, name := range b.usedBy(m) {
			uses[name] = append(uses[name], m)
		}
	}
	for _, e := range b.Entries {
		f := e.Spec
		if f.Disposition != spec.Via {
			continue
		}
		if !slices.Contains(names, f.Target) {
			b.diags.Hint(f.Pos, diag.DidYouMean(f.Target, names), "%s is reached via %s, which does not exist", f.C, f.Target)
			continue
		}
		if !slices.ContainsFunc(uses[f.C], func(m *Method) bool { return m.FullName() == f.Target }) {
			b.diags.Add(f.Pos, "%s is said to be reached via %s, which does not use it", f.C, f.Target)
		}
	}
	for name, methods := range uses {
		e := b.entries[name]
		if e == nil || slices.Contains([]spec.Disposition{spec.Go, spec.Via, spec.Raw}, e.Spec.Disposition) {
			continue
		}
		b.diags.Add(e.Spec.Pos, "%s is %s, yet %s uses it: say via", name, e.Spec.Disposition, methods[0].FullName())
	}
}

// usedBy lists the C functions that m uses.
func (b *builder) usedBy(m *Method) []string {
	var names []string
	add := func(entries ...*Entry) {
		for _, e := range entries {
			if e != nil {
				names = append(names, e.Func.Name)
			}
		}
	}
	if m.Engine() {
		add(b.Completions...)
	}
	add(m.Instead...)
	for _, call := range m.Calls {
		add(call.Entry, call.Else, call.Twin, call.Free)
		for _, a := range call.Args {
			if strings.HasPrefix(a.Role.Name(), "owned-") || a.Role.Name() == "out-items" ||
				a.Role.Name() == "outcome" && a.Param.Type.Base == "char" {
				names = append(names, a.Free)
			}
			if h := b.handles[a.Param.Type.Base]; h != nil && a.Role.Name() == "recorded" {
				add(h.MakeEntry, h.FreeEntry)
			}
			if it := b.iterators[a.Param.Type.Base]; it != nil && a.Role.Name() == "outcome" {
				add(it.Call.Entry, it.Free)
			}
		}
	}
	return names
}
