package check

import (
	"go/token"
	"regexp"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/plan"
	"github.com/go-rados/go-rados/gen/spec"
)

var numberRE = regexp.MustCompile(`^-?[0-9]+$`)

// conflicts reports what releases declare in different ways, as far as it
// is used: one binary cannot serve both.
func (k *checker) conflicts() {
	for _, c := range k.Union.Conflicts {
		if pos, used := k.use(c.Name); used {
			k.diags.Hint(pos, c.OldPos.String()+": Ceph "+c.OldRelease+": "+c.Old+"\n"+c.NewPos.String()+": Ceph "+c.NewRelease+": "+c.New,
				"%s differs between releases, and one binary can't serve both: skip it", c.Name)
		}
	}
}

// use finds where the spec makes use of a C declaration.
func (k *checker) use(name string) (pos model.Pos, used bool) {
	if e := k.entries[name]; e != nil {
		return e.Spec.Pos, e.Spec.Disposition != spec.Skip && e.Spec.Disposition != spec.Todo
	}
	for _, t := range k.Spec.Types {
		if t.Struct == name {
			return t.Pos, true
		}
	}
	for _, g := range k.Spec.Consts {
		for _, c := range g.Consts {
			if c.C == name {
				return c.Pos, true
			}
		}
	}
	// Other types are used by way of the functions that have them.
	return model.Pos{File: k.Spec.File}, k.Union.Typedef(name) != nil || k.Union.Callback(name) != nil
}

// errorNamed complains if the spec has no error of that name.
func (k *checker) errorNamed(pos model.Pos, name, where string) {
	var names []string
	for _, e := range k.Spec.Errors {
		names = append(names, e.Go)
	}
	if !slices.Contains(names, name) {
		k.diags.Hint(pos, diag.DidYouMean(name, names), "%s: no error is called %s", where, name)
	}
}

// handle makes sure that h has the keys that it needs, and those alone, and that a method
// ends it.
func (k *checker) handle(h *plan.Handle) {
	for _, need := range []struct{ key, value string }{{"receiver", h.Receiver}, {"free", h.Free}, {"closed_error", h.ClosedError}} {
		if need.value == "" && (need.key != "closed_error" || !h.Recorded()) {
			k.diags.Add(h.Pos, "handle %s has no %s", h.C, need.key)
		}
	}
	for _, name := range []string{h.Receiver, h.Field} {
		if name != "" && (!token.IsIdentifier(name) || plan.IsBodyName(name)) {
			k.diags.Add(h.Pos, "handle %s can't be called %s in Go", h.C, name)
		}
	}
	if t := k.Union.Typedef(h.C); t == nil || !t.Decl.Type.IsPointer() {
		k.diags.Add(h.Pos, "handle %s: no release has a pointer type of that name", h.C)
	}
	if h.Recorded() {
		k.recorded(h)
		return
	}
	switch {
	case h.Parent != "" && h.ParentHandle == nil:
		k.diags.Add(h.Pos, "handle %s: its parent %s is no handle above it", h.C, h.Parent)
	case h.ParentHandle != nil && h.ParentHandle.Field == "":
		k.diags.Add(h.Pos, "handle %s: its parent %s has no field, which is what a child calls it", h.C, h.Parent)
	}
	if h.ClosedError != "" {
		k.errorNamed(h.Pos, h.ClosedError, "handle "+h.C+", closed_error")
	}
	ends := func(m *plan.Method) bool { return m.Recv == h && m.Access == plan.Close }
	e := k.entries[h.Free]
	if e != nil && len(e.Func.Params) == 1 && e.Func.Params[0].Type.Is(h.C, 0) && !slices.ContainsFunc(k.Methods, ends) {
		k.diags.Add(e.Spec.Pos, "%s frees the handle %s, so it must be a method of it: go: %s.…", h.Free, h.C, h.Go)
	}
}

// recorded makes sure that h has no key of a handle with a C object behind it.
func (k *checker) recorded(h *plan.Handle) {
	for _, useless := range []struct{ key, value string }{
		{"field", h.Field}, {"parent", h.Parent}, {"ready_after", h.ReadyAfter}, {"closed_error", h.ClosedError},
	} {
		if useless.value != "" {
			k.diags.Add(h.Pos, "handle %s is recorded (op_new), so %s has no effect", h.C, useless.key)
		}
	}
	if h.Settings {
		k.diags.Add(h.Pos, "handle %s is recorded (op_new), so settings has no effect", h.C)
	}
	if h.Accessor != nil {
		k.diags.Add(h.Pos, "handle %s is recorded (op_new), so there is no C object to hand out: no accessor", h.C)
	}
}

// goType makes sure that t is either another type or a struct, whose fields are complete.
func (k *checker) goType(t *spec.Type) {
	if (t.Is == "") == (t.Fields == nil) || t.Is != "" && t.Struct != "" {
		k.diags.Add(t.Pos, "type %s must have either is or fields, the fields with or without struct", t.Go)
	}
	for _, f := range t.Fields {
		switch {
		case !token.IsIdentifier(f.Go) || !token.IsExported(f.Go):
			k.diags.Add(f.Pos, "%q is no name of something public in Go", f.Go)
		case t.Struct == "" && f.C != "":
			k.diags.Add(f.Pos, "field %s.%s can't be a C member, since %s has no struct", t.Go, f.Go, t.Go)
		case t.Struct == "" && f.Type == "":
			k.diags.Add(f.Pos, "field %s.%s has no type", t.Go, f.Go)
		}
	}
}

// constNames returns the Go names of the constants.
func (k *checker) constNames() []string {
	var names []string
	for _, g := range k.Spec.Consts {
		for _, c := range g.Consts {
			names = append(names, c.Go)
		}
	}
	return names
}

// consts makes sure that a constant has one value, which is known.
func (k *checker) consts() {
	var known []string
	for _, c := range k.Union.Consts {
		known = append(known, c.Name)
	}
	names := k.constNames()
	for _, g := range k.Spec.Consts {
		for _, c := range g.Consts {
			switch {
			case (c.C == "") == (c.Is == ""):
				k.diags.Add(c.Pos, "const %s must have either c or is", c.Go)
			case c.C != "" && k.Union.Const(c.C) == nil:
				k.diags.Hint(c.Pos, diag.DidYouMean(c.C, known), "no release has a constant %s", c.C)
			case c.Is != "" && (c.Type == "" || !numberRE.MatchString(c.Is)) && (c.Is == c.Go || !slices.Contains(names, c.Is)):
				k.diags.Hint(c.Pos, diag.DidYouMean(c.Is, names), "const %s is %s, which is no const of the spec", c.Go, c.Is)
			}
		}
	}
}

// errors makes sure that an error has one source, and only the keys that go with it.
func (k *checker) errors() {
	for _, e := range k.Spec.Errors {
		k.errno(e.Pos, e.Errno)
		k.errno(e.Pos, e.IsErrno)
		k.errno(e.Pos, e.MatchesErrno)
		given := 0
		for _, key := range []string{e.Errno, e.Is, e.Text} {
			if key != "" {
				given++
			}
		}
		switch {
		case given != 1:
			k.diags.Add(e.Pos, "error %s must have one of errno, is and text", e.Go)
		case e.Text == "" && e.IsErrno+e.MatchesErrno+e.ShimCode != "":
			k.diags.Add(e.Pos, "error %s: is_errno, matches_errno and shim_code belong to an error with text", e.Go)
		case e.ShimCode != "" && e.ShimCode != "NUL":
			k.diags.Add(e.Pos, "error %s: shim_code must be NUL, a code of the shims", e.Go)
		case e.Is != "":
			k.errorNamed(e.Pos, e.Is, "error "+e.Go)
		}
	}
}

// vias makes sure that what is said to be reached through a Go method is.
func (k *checker) vias() {
	var names []string
	uses := make(map[string][]*plan.Method) // by C name
	for _, m := range k.Methods {
		names = append(names, m.FullName())
		for _, name := range k.usedBy(m) {
			uses[name] = append(uses[name], m)
		}
	}
	for _, e := range k.Entries {
		f := e.Spec
		if f.Disposition != spec.Via {
			continue
		}
		if !slices.Contains(names, f.Target) {
			k.diags.Hint(f.Pos, diag.DidYouMean(f.Target, names), "%s is reached via %s, which does not exist", f.C, f.Target)
			continue
		}
		if !slices.ContainsFunc(uses[f.C], func(m *plan.Method) bool { return m.FullName() == f.Target }) {
			k.diags.Add(f.Pos, "%s is said to be reached via %s, which does not use it", f.C, f.Target)
		}
	}
	for name, methods := range uses {
		e := k.entries[name]
		if e == nil || slices.Contains([]spec.Disposition{spec.Go, spec.Via, spec.Private}, e.Spec.Disposition) {
			continue
		}
		k.diags.Add(e.Spec.Pos, "%s is %s, yet %s uses it: say via", name, e.Spec.Disposition, methods[0].FullName())
	}
}

// usedBy lists the C functions that m uses.
func (k *checker) usedBy(m *plan.Method) []string {
	var names []string
	add := func(entries ...*plan.Entry) {
		for _, e := range entries {
			if e != nil {
				names = append(names, e.Func.Name)
			}
		}
	}
	if m.Engine() {
		add(k.Completions...)
	}
	add(m.Instead...)
	for _, call := range m.Calls {
		add(call.Entry, call.Else, call.Twin, call.Free)
		for _, a := range call.Args {
			if strings.HasPrefix(a.Role.Name(), "owned-") || a.Role.Name() == "out-items" ||
				a.Role.Name() == "outcome" && a.Param.Type.Base == "char" {
				names = append(names, a.Free)
			}
			for _, h := range k.Handles {
				if h.C == a.Param.Type.Base && a.Role.Name() == "recorded" {
					add(h.MakeEntry, h.FreeEntry)
				}
			}
			for _, it := range k.Iterators {
				if it.C == a.Param.Type.Base && a.Role.Name() == "outcome" {
					add(it.Call.Entry, it.Free)
				}
			}
		}
	}
	return names
}
