package check

import (
	"fmt"

	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
	"github.com/go-rados/go-rados/gen/spec"
)

// conflicts reports the used declarations that differ between releases, unless the spec accepts the
// difference: one binary cannot serve both.
func (k *checker) conflicts() {
	accepted := make(map[string]*spec.Acceptance)
	for _, a := range k.Accepts {
		accepted[a.C] = a
	}
	effective := make(map[string]bool)
	for _, c := range k.union.Conflicts {
		pos, used := k.use(c.Name)
		if !used {
			continue
		}
		effective[c.Name] = true
		if accepted[c.Name] != nil && c.SameWidth {
			continue
		}
		k.diags.Hint(pos, fmt.Sprintf("%v: Ceph %s: %s\n%v: Ceph %s: %s%s", c.OldPos, c.OldRelease, c.Old, c.NewPos, c.NewRelease, c.New, k.advice(c)),
			"%s differs between releases, and one binary can't serve both", c.Name)
	}
	for _, a := range k.Accepts {
		if !effective[a.C] {
			k.diags.Add(a.Pos, "accept %s has no effect: no difference between releases concerns it", a.C)
		}
	}
}

// advice returns the ways out of a conflict, on a line of their own.
func (k *checker) advice(c *release.Conflict) string {
	switch {
	case c.SameWidth:
		text := fmt.Sprintf("\nif the values have the same meaning here, paste this below accept: and complete it; or else skip it\n%s: say why", c.Name)
		if c.OtherSign && k.union.Callback(c.Name) == nil {
			text += "\nthe Go type of the number is then that of Ceph " + c.NewRelease + ", unless its entry keeps the former one with type:"
		}
		return text
	case k.union.Const(c.Name) != nil:
		return fmt.Sprintf("\na Go constant has one value: list %s below skip:, and choose the value by loadedRelease in a method that is written by hand", c.Name)
	}
	return "\nskip it"
}

// use finds where the spec makes use of a C declaration.
func (k *checker) use(name string) (pos model.Pos, used bool) {
	if e := k.functions[name]; e != nil {
		return e.Spec.Pos, bound(e.Spec)
	}
	for _, t := range k.Types {
		if t.C == name {
			return t.Pos, true
		}
	}
	for _, e := range k.Events {
		if e.Callback.Name == name {
			return e.Pos, true
		}
	}
	for _, g := range k.Consts {
		for _, c := range g.Consts {
			if c.C == name {
				return c.Pos, true
			}
		}
	}
	users := make(map[string]string)
	for _, f := range k.Functions { // other types are used by the functions that have them
		if bound(f.Spec) {
			k.union.AddUser(users, f.Name, f.Result, f.Params)
		}
	}
	if user := k.functions[users[name]]; user != nil {
		return user.Spec.Pos, true
	}
	return model.Pos{}, false
}

// bound reports whether the C function of an entry is called.
func bound(f *spec.Function) bool {
	return f.Disposition != spec.Skip && f.Disposition != spec.Todo
}
