package plan

import (
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/model"
)

// addCompletions finds the functions by which the end of asynchronous calls is learned.
func (b *builder) addCompletions() {
	c := b.Spec.Completions
	if c.Type == "" {
		return
	}
	if t := b.Union.Typedef(c.Type); t == nil || !t.Decl.Type.IsPointer() {
		b.diags.Add(c.Pos, "completions: no release has a pointer type %s", c.Type)
	}
	entries := make(map[string]*Entry) // by key
	for _, f := range []struct {
		key, name  string
		everywhere bool
	}{
		{"new", c.New, c.Else == ""}, {"else", c.Else, false}, {"ended", c.Ended, true}, {"wait", c.Wait, true},
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
		b.checkCompletion(f.key, e)
		b.Completions = append(b.Completions, e)
		entries[f.key] = e
	}
	first, then := entries["new"], entries["else"]
	if first == nil || then == nil {
		return
	}
	switch without := b.without(first, then); {
	case first.Everywhere:
		b.diags.Add(c.Pos, "completions: %s needs no else: every release has it", c.New)
	case without != "":
		b.diags.Add(c.Pos, "completions: %s can't stand in for %s: Ceph %s has neither", c.Else, c.New, without)
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
			b.diags.Hint(pos, e.Func.Prototype(), "%s takes a completion: say sync: the function that does the same without one", e.Func.Name)
		}
		return nil
	}
	twin := b.entry(pos, name, e.Func.Name+", sync")
	if twin == nil {
		return nil
	}
	both := e.Func.Prototype() + "\n" + twin.Func.Prototype()
	if !takes {
		b.diags.Hint(pos, both, "%s takes no completion, so sync has no effect", e.Func.Name)
	}
	if !e.Func.Result.IsVoid() && twin.Func.Result.String() != e.Func.Result.String() {
		b.diags.Hint(pos, both, "sync: %s does not do the same as %s: it returns another type", name, e.Func.Name)
	}
	same := slices.EqualFunc(
		slices.DeleteFunc(slices.Clone(e.Func.Params), b.ends), twin.Func.Params,
		func(a, b model.Param) bool { return a.Type.String() == b.Type.String() })
	if !same {
		b.diags.Hint(pos, both, "sync: %s does not do the same as %s: it takes other parameters", name, e.Func.Name)
	}
	return twin
}

// instead finds the functions of those names, whose job m does.
func (b *builder) instead(m *Method, names []string) {
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			b.diags.Add(m.Pos, "%s, supersedes: %s is named twice", m.FullName(), name)
			continue
		}
		if e := b.entry(m.Pos, name, m.FullName()+", supersedes"); e != nil {
			m.Instead = append(m.Instead, e)
		}
	}
}

// checkCompletion makes sure that a function for completions looks as the shims call it.
func (b *builder) checkCompletion(key string, e *Entry) {
	c, fn := b.Spec.Completions, e.Func
	takes := func(types ...model.Type) bool {
		return slices.EqualFunc(fn.Params, types, func(p model.Param, t model.Type) bool {
			return p.Type.Base == t.Base && len(p.Type.Stars) == len(t.Stars)
		})
	}
	own := model.Type{Base: c.Type}
	fits, want := false, ""
	switch key {
	case "new", "else":
		fits, want = b.makesCompletion(fn), "take a void *, callbacks that take a "+c.Type+" and a void *, and a "+c.Type+" *, and return an int"
	case "ended", "wait", "value":
		fits, want = takes(own) && fn.Result.Is("int", 0), "take just a "+c.Type+" and return an int"
	case "version":
		fits, want = takes(own) && fn.Result.Is("uint64_t", 0), "take just a "+c.Type+" and return a uint64_t"
	case "free":
		fits, want = takes(own), "take just a "+c.Type
	case "cancel":
		fits = len(fn.Params) == 2 && b.handles[fn.Params[0].Type.Base] != nil &&
			takes(model.Type{Base: fn.Params[0].Type.Base}, own) && fn.Result.Is("int", 0)
		want = "take a handle and a " + c.Type + " and return an int"
	}
	if !fits {
		b.diags.Hint(c.Pos, fn.Prototype(), "completions, %s: %s must %s", key, fn.Name, want)
	}
}

// makesCompletion reports whether fn makes what stands for a call.
func (b *builder) makesCompletion(fn *model.Func) bool {
	args, objects, callbacks := 0, 0, 0
	for _, p := range fn.Params {
		cb := b.Union.Callback(p.Type.Base)
		switch {
		case p.Type.Is("void", 1):
			args++
		case p.Type.Is(b.Spec.Completions.Type, 1):
			objects++
		case cb != nil && !p.Type.IsPointer() && cb.Decl.Result.IsVoid() && len(cb.Decl.Params) == 2 && b.ends(cb.Decl.Params[0]) && cb.Decl.Params[1].Type.Is("void", 1):
			callbacks++
		default:
			return false
		}
	}
	return args == 1 && objects == 1 && callbacks > 0 && fn.Result.Is("int", 0)
}

// Forms are the names of the private methods that m has for parts of its job.
func (m *Method) Forms() []string {
	first, rest := m.Name[:1], m.Name[1:]
	var forms []string
	if m.Engine() {
		forms = append(forms, strings.ToLower(first)+rest+"Async", "start"+strings.ToUpper(first)+rest)
	}
	if m.FreshMap != nil {
		forms = append(forms, strings.ToLower(first)+rest+"Once")
	}
	return forms
}

// claimForms notes the names of the forms of m.
func (b *builder) claimForms(m *Method) {
	if m.Recv == nil || m.Name == "" {
		return // which is said elsewhere
	}
	for _, name := range m.Forms() {
		b.claim(m.Pos, m.Recv.Go+"."+name, name, false)
	}
	if m.Engine() && m.Gated() && !(m.Changes && m.Lingers) && !m.Private() {
		b.claim(m.Pos, m.FullName()+"Context", m.Name+"Context", true)
	}
}
