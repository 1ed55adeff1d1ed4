package resolve

import (
	"cmp"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/spec"
)

// Mentioned returns the functions that the spec names outside of their own entries, and where
// it does so first. They need no entry: their disposition is there.
func Mentioned(s *spec.Spec) map[string]model.Pos {
	where := make(map[string]model.Pos)
	mention := func(pos model.Pos, names ...string) {
		for _, name := range names {
			if _, known := where[name]; !known && name != "" {
				where[name] = pos
			}
		}
	}
	args := func(args map[string]*spec.Arg) {
		for _, a := range args {
			mention(a.Pos, a.Free)
		}
	}
	for _, h := range s.Handles {
		mention(h.Pos, h.OpNew, h.Perform, h.Free, h.ReadyAfter)
	}
	for _, it := range s.Iterators {
		mention(it.Pos, it.Drain, it.Free)
	}
	c := s.Completions
	mention(c.Pos, c.New, c.Else, c.Ended, c.Wait, c.Value, c.Version, c.Cancel, c.Free)
	mention(s.Buffers.Pos, s.Buffers.Free)
	for _, m := range s.Methods {
		mention(m.Pos, m.Supersedes...)
		for _, step := range m.Steps {
			mention(step.Pos, step.Call, step.Free, cmp.Or(step.Sync, syncOf(s, step.Call)))
			args(step.Args)
		}
	}
	for _, f := range s.Functions {
		mention(f.Pos, f.Else, cmp.Or(f.Sync, syncOf(s, f.C)))
		mention(f.Pos, f.Supersedes...)
		args(f.Args)
		for _, form := range f.Forms {
			args(form.Args)
		}
	}
	return where
}

// syncOf derives the name of the synchronous function that does the same as the asynchronous
// one of that name. It is "" if the name is not that of an asynchronous function.
func syncOf(s *spec.Spec, name string) string {
	before, after, ok := strings.Cut(name, s.Completions.Infix)
	if !ok || s.Completions.Infix == "" {
		return ""
	}
	return before + after
}

// addUsers notes the methods that use each function, the public ones first.
func (r *resolver) addUsers() {
	users := make(map[*ir.Function][]*ir.Method)
	for _, m := range r.Methods {
		for _, f := range r.usedBy(m) {
			if f != nil && !slices.Contains(users[f], m) {
				users[f] = append(users[f], m)
			}
		}
	}
	for f, methods := range users {
		slices.SortFunc(methods, func(m, n *ir.Method) int {
			if m.Private() != n.Private() {
				return map[bool]int{true: 1, false: -1}[m.Private()]
			}
			return strings.Compare(m.FullName(), n.FullName())
		})
		for _, m := range methods {
			f.Users = append(f.Users, m.FullName())
		}
		if f.Spec.Disposition == spec.Via {
			f.Spec.Target = strings.Join(f.Users, ", ")
		}
	}
}

// usedBy lists the functions that m uses, and nil for each that it could use but does not.
func (r *resolver) usedBy(m *ir.Method) []*ir.Function {
	used := slices.Clone(m.Supersedes)
	if m.Async {
		used = append(used, r.Completions.Functions()...)
	}
	for _, call := range m.Calls {
		used = append(used, call.Function, call.Else, call.Sync, call.Free)
		for _, a := range call.Args {
			used = append(used, a.Part.Frees)
			if h := a.Part.Performs; h != nil {
				used = append(used, h.OpNewFunc, h.FreeFunc)
			}
			for _, it := range r.Iterators {
				if it.C == a.Part.Drains {
					used = append(used, it.Call.Function, it.Free)
				}
			}
		}
	}
	return used
}
