package plan

import (
	"slices"

	"github.com/go-rados/go-rados/gen/model"
)

// addCompletions finds the functions by which the end of asynchronous calls is learned.
func (b *builder) addCompletions() {
	c := b.Spec.Completions
	if c.Type == "" {
		return
	}
	entries := make(map[string]*Entry) // by key
	for _, f := range []struct {
		key, name  string
		everywhere bool
	}{
		{"make", c.Make, c.Else == ""}, {"else", c.Else, false}, {"ended", c.Ended, true}, {"wait", c.Wait, true},
		{"cancel", c.Cancel, true}, {"value", c.Value, true}, {"version", c.Version, true}, {"free", c.Free, true},
	} {
		if f.name == "" {
			if f.key != "else" {
				b.diags.Add(c.Pos, "completions have no %s", f.key)
			}
			continue
		}
		e := b.entry(c.Pos, f.name, "completions, "+f.key)
		if e == nil {
			continue
		}
		if f.everywhere && !e.Everywhere {
			b.diags.Add(c.Pos, "completions: every release must have %s", f.name)
		}
		b.Completions = append(b.Completions, e)
		entries[f.key] = e
	}
	first, then := entries["make"], entries["else"]
	if first == nil || then == nil {
		return
	}
	switch without := b.without(first, then); {
	case first.Everywhere:
		b.diags.Add(c.Pos, "completions: %s needs no else: every release has it", c.Make)
	case without != "":
		b.diags.Add(c.Pos, "completions: %s can't stand in for %s: Ceph %s has neither", c.Else, c.Make, without)
	}
}

// without is the first release that has neither function, or "".
func (b *builder) without(e, f *Entry) string {
	for _, release := range b.Union.Releases {
		if !slices.Contains(e.Has, release) && !slices.Contains(f.Has, release) {
			return release
		}
	}
	return ""
}

// twin finds the function of that name, which does the same as e and waits itself: it has
// the same parameters, but for what stands for the call.
func (b *builder) twin(pos model.Pos, e *Entry, name string) *Entry {
	takes := slices.ContainsFunc(e.Func.Params, b.ends)
	if name == "" {
		if takes && e.Func.Name != b.Spec.Completions.Cancel {
			b.diags.Hint(pos, e.Func.Prototype(), "%s takes a completion: say twin, the function that does the same without", e.Func.Name)
		}
		return nil
	}
	twin := b.entry(pos, name, e.Func.Name+", twin")
	if twin == nil {
		return nil
	}
	both := e.Func.Prototype() + "\n" + twin.Func.Prototype()
	if !takes {
		b.diags.Hint(pos, both, "%s takes no completion, so it needs no twin", e.Func.Name)
	}
	same := slices.EqualFunc(
		slices.DeleteFunc(slices.Clone(e.Func.Params), b.ends), twin.Func.Params,
		func(a, b model.Param) bool { return a.Type.String() == b.Type.String() })
	if !same {
		b.diags.Hint(pos, both, "%s is no twin of %s: it takes something else", name, e.Func.Name)
	}
	return twin
}

// instead finds the functions of those names, whose job m does.
func (b *builder) instead(m *Method, names []string) {
	for _, name := range names {
		if e := b.entry(m.Pos, name, m.FullName()+", instead"); e != nil {
			m.Instead = append(m.Instead, e)
		}
	}
}

// checkEngine makes sure that m can be under way while its goroutine is parked.
func (b *builder) checkEngine(m *Method) {
	switch {
	case !m.Engine():
		if m.Changes {
			b.diags.Add(m.Pos, "%s takes no completion, so changes says nothing", m.FullName())
		}
		if m.Lingers {
			b.diags.Add(m.Pos, "%s takes no completion, so lingers says nothing", m.FullName())
		}
	case m.Changes && m.Lingers:
		b.diags.Add(m.Pos, "%s both changes and lingers, which no method does yet", m.FullName())
	case !m.Gated():
		b.diags.Add(m.Pos, "%s takes a completion, so it must be a method that returns an error and may be refused at its handle", m.FullName())
	case !m.Private():
		b.claim(m.Pos, m.FullName()+"Context", m.Name+"Context", true)
	}
}
