package check

import (
	"go/token"
	"regexp"
	"slices"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/spec"
)

var (
	numberRE  = regexp.MustCompile(`^-?[0-9]+$`)
	integerRE = regexp.MustCompile(`^u?int(8|16|32|64)?$`)
)

// errorNamed complains if the spec has no error of that name.
func (k *checker) errorNamed(pos model.Pos, name, where string) {
	var names []string
	for _, e := range k.Errors {
		names = append(names, e.Go)
	}
	if !slices.Contains(names, name) {
		k.diags.Hint(pos, diag.DidYouMean(name, names), "%s: no error is called %s", where, name)
	}
}

// structPointerRE matches the C type of a handle that is a pointer to a struct.
var structPointerRE = regexp.MustCompile(`^struct \w+ \*$`)

// handle makes sure that h has the keys that it needs, and those alone, and that a method
// ends it.
func (k *checker) handle(h *ir.Handle) {
	if h.Imported {
		k.imported(h)
		return
	}
	for _, need := range []struct{ key, value string }{{"receiver", h.Receiver}, {"free", h.Free}, {"closed_error", h.ClosedError}} {
		if need.value == "" && (need.key != "closed_error" || !h.Recorded()) {
			k.diags.Add(h.Pos, "handle %s has no %s", h.C, need.key)
		}
	}
	for _, name := range []string{h.Receiver, h.Field} {
		if name != "" && (!token.IsIdentifier(name) || slices.Contains(bodyNames, name)) {
			k.diags.Add(h.Pos, "handle %s can't be called %s in Go", h.C, name)
		}
	}
	if a := h.Accessor; a != nil {
		k.typeNamed(a.Pos, a.Type)
	}
	if t := k.union.Typedef(h.C); !structPointerRE.MatchString(h.C) && (t == nil || !t.Decl.Type.IsPointer()) {
		k.diags.Add(h.Pos, "handle %s: no release has a pointer type of that name", h.C)
	}
	k.freeing(h.Pos, h.FreeFunc, "handle "+h.C, h.C)
	if h.Recorded() {
		k.recorded(h)
		return
	}
	switch {
	case h.Parent != "" && h.Owner == nil:
		k.diags.Add(h.Pos, "handle %s: its parent %s is no handle above it", h.C, h.Parent)
	case h.Owner != nil && h.Owner.Field == "" && !h.Owner.Imported:
		k.diags.Add(h.Pos, "handle %s: its parent %s has no field, which is what a child calls it", h.C, h.Parent)
	}
	if f := h.ReadyFunc; f != nil && (!slices.ContainsFunc(f.Params, func(p model.Param) bool { return p.Type.Is(h.C, 0) }) || !f.Result.Is("int", 0)) {
		k.diags.Hint(h.Pos, f.Prototype(), "handle %s, ready_after: %s must take a %s and return an int", h.C, f.Name, h.C)
	}
	if f := h.FreeFunc; f != nil && k.takesOnly(f.Func, h.C) && !f.Everywhere {
		k.diags.Add(h.Pos, "handle %s: every release must have %s, or what it frees would stay", h.C, h.Free)
	}
	if h.RefreshDoc != "" && h.Refresh == "" {
		k.diags.Add(h.Pos, "handle %s has no refresh, so refresh_doc has no effect", h.C)
	}
	if h.Copy != "" && !h.Settings {
		k.diags.Add(h.Pos, "handle %s has no settings, so copy has no effect", h.C)
	}
	for _, useless := range []struct{ key, value string }{{"perform", h.Perform}, {"incomplete_error", h.IncompleteError}} {
		if useless.value != "" {
			k.diags.Add(h.Pos, "handle %s is not recorded (op_new), so %s has no effect", h.C, useless.key)
		}
	}
	if h.ClosedError != "" {
		k.errorNamed(h.Pos, h.ClosedError, "handle "+h.C+", closed_error")
	}
	ends := func(m *ir.Method) bool { return m.Recv == h && m.Access == ir.Close }
	e := k.functions[h.Free]
	if e != nil && len(e.Params) == 1 && e.Params[0].Type.Is(h.C, 0) && !slices.ContainsFunc(k.Methods, ends) {
		k.diags.Add(e.Spec.Pos, "%s frees the handle %s, so it must be a method of it: go: %s.…", h.Free, h.C, h.Go)
	}
}

// imported makes sure that a handle of another package has no key of one of this package.
func (k *checker) imported(h *ir.Handle) {
	if k.Library.Parent == "" {
		k.diags.Add(h.Pos, "handle %s is imported, but the library has no parent, the package that it is of", h.C)
	}
	own := *h.Handle
	own.Pos, own.C, own.Go, own.Imported = model.Pos{}, "", "", false
	if own != (spec.Handle{}) {
		k.diags.Add(h.Pos, "handle %s is imported, so it can have no key but go", h.C)
	}
}

// recorded makes sure that the C object of h can be made and freed, and that h has no key of a
// handle with a life cycle in Go.
func (k *checker) recorded(h *ir.Handle) {
	for _, f := range []*ir.Function{h.OpNewFunc, h.FreeFunc} {
		if f != nil && !f.Everywhere {
			k.diags.Add(h.Pos, "handle %s: every release must have %s", h.C, f.Name)
		}
	}
	if f := h.OpNewFunc; f != nil && (len(f.Params) > 0 || !f.Result.Is(h.C, 0)) {
		k.diags.Hint(h.Pos, f.Prototype(), "handle %s: %s does not make a %s out of nothing", h.C, f.Name, h.C)
	}
	for _, useless := range []struct{ key, value string }{
		{"field", h.Field}, {"parent", h.Parent}, {"ready_after", h.ReadyAfter}, {"closed_error", h.ClosedError}, {"copy", h.Copy},
	} {
		if useless.value != "" {
			k.diags.Add(h.Pos, "handle %s is recorded (op_new), so %s has no effect", h.C, useless.key)
		}
	}
	returned := func(r *ir.StepResult) bool { return r.Handle == h && r.Has((*ir.StepValue).HasError) }
	switch {
	case h.IncompleteError == "":
	case !slices.ContainsFunc(k.StepResults, returned):
		k.diags.Add(h.Pos, "handle %s has no step that returns a result with an error, so incomplete_error has no effect", h.C)
	default:
		k.errorNamed(h.Pos, h.IncompleteError, "handle "+h.C+", incomplete_error")
	}
	if h.Settings {
		k.diags.Add(h.Pos, "handle %s is recorded (op_new), so settings has no effect", h.C)
	}
	if h.Accessor != nil {
		k.diags.Add(h.Pos, "handle %s is recorded (op_new), so there is no C object to hand out: no accessor", h.C)
	}
}

// goType makes sure that t is either another type or a struct, whose fields are complete.
func (k *checker) goType(t *ir.Type) {
	if (t.Is == "") == (t.Fields == nil) || t.Is != "" && t.C != "" {
		k.diags.Add(t.Pos, "type %s must have either is or fields, the fields with or without struct", t.Go)
	}
	k.typeNamed(t.Pos, t.Is)
	k.mirrors(t)
	for _, f := range t.Fields {
		k.typeNamed(f.Pos, f.Type)
		switch {
		case !token.IsIdentifier(f.Go) || !token.IsExported(f.Go):
			k.diags.Add(f.Pos, "%q is no name of something public in Go", f.Go)
		case t.C == "" && f.C != "":
			k.diags.Add(f.Pos, "field %s.%s can't be a C member, since %s has no struct", t.Go, f.Go, t.Go)
		case t.C == "" && f.Type == "":
			k.diags.Add(f.Pos, "field %s.%s has no type", t.Go, f.Go)
		}
	}
}

// mirrors makes sure that t can mirror its C struct.
func (k *checker) mirrors(t *ir.Type) {
	switch {
	case t.Header != "" && k.union.Struct(t.C) != nil:
		k.diags.Add(t.Pos, "type %s: the header of the library declares %s, so header has no effect", t.Go, t.C)
	case t.Header != "" && t.C == "":
		k.diags.Add(t.Pos, "type %s has no struct, so header has no effect", t.Go)
	case t.Header != "":
		k.fieldKinds(t)
	}
	if t.Struct == nil {
		return
	}
	switch first := slices.IndexFunc(k.Types, func(other *ir.Type) bool { return other.C == t.C }); {
	case k.Types[first] != t:
		k.diags.Add(t.Pos, "type %s mirrors %s, as %s does already", t.Go, t.C, k.Types[first].Go)
	default:
		k.fieldKinds(t)
	}
}

// fieldKinds makes sure that the members that t mirrors have a meaning in Go.
func (k *checker) fieldKinds(t *ir.Type) {
	for _, f := range t.Fields {
		if f.Kind == "" {
			as := ""
			if f.Type != "" {
				as = " as " + f.Type
			}
			k.diags.Add(f.Pos, "%s.%s%s can't be mirrored: it is no number, text, time, address or mirrored struct, no array of these, nor a pointer to one with a length", t.C, f.C, as)
		}
	}
}

// constNames returns the Go names of the constants.
func (k *checker) constNames() []string {
	var names []string
	for _, g := range k.Consts {
		for _, c := range g.Consts {
			names = append(names, c.Go)
		}
	}
	return names
}

// consts makes sure that a constant has one value, which is known.
func (k *checker) consts() {
	var known []string
	for _, c := range k.union.Consts {
		known = append(known, c.Name)
	}
	names := k.constNames()
	for _, g := range k.Consts {
		k.stringer(g)
		for _, c := range g.Consts {
			k.typeNamed(c.Pos, c.Type)
			switch {
			case (c.C == "") == (c.Is == ""):
				k.diags.Add(c.Pos, "const %s must have either c or is, or the prefix of a group with c_prefix", c.Go)
			case c.C != "" && c.Decl == nil:
				hint := diag.DidYouMean(c.C, known)
				if o := k.union.Omitted(c.C); o != nil {
					hint = o.String()
				}
				k.diags.Hint(c.Pos, hint, "no release has a constant %s", c.C)
			case c.Is != "" && (c.Type == "" || !numberRE.MatchString(c.Is)) && (c.Is == c.Go || !slices.Contains(names, c.Is)):
				k.diags.Hint(c.Pos, diag.DidYouMean(c.Is, names), "const %s is %s, which is no const of the spec", c.Go, c.Is)
			}
		}
	}
}

// stringer makes sure that a group with string has a type that is an integer, and constants of that type.
func (k *checker) stringer(g *ir.ConstGroup) {
	if g.String == "" {
		if g.StringOf {
			k.diags.Add(g.Pos, "string_of has no effect without string")
		}
		return
	}
	i := slices.IndexFunc(k.Types, func(t *ir.Type) bool { return t.Go == g.Type })
	if i < 0 || !integerRE.MatchString(k.Types[i].Is) {
		k.diags.Add(g.Pos, "string needs a type, or string_of, that is an integer type of the spec")
		return
	}
	for _, c := range g.Consts {
		if c.Type != "" && c.Type != g.Type || !c.IsNumber() {
			k.diags.Add(c.Pos, "const %s is not a number of the type %s, so string can't name it", c.Go, g.Type)
		}
	}
}

// errors makes sure that an error has one source, and only the keys that go with it.
func (k *checker) errors() {
	for _, e := range k.Errors {
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

// uses makes sure that the spec has a disposition of each function: one without an entry
// must be used, and one that is left out must not be.
func (k *checker) uses() {
	complete := k.diags.Err() == nil // or else methods may be missing
	for _, f := range k.Functions {
		switch d := f.Spec.Disposition; {
		case d == spec.Via && f.Users == nil && complete:
			k.diags.Hint(f.Spec.Pos, f.Prototype(), "no method uses %s, which is named here: give it an entry below functions", f.Name)
		case (d == spec.Skip || d == spec.Todo) && f.Users != nil:
			k.diags.Add(f.Spec.Pos, "%s is %s, yet %s uses it: remove the entry", f.Name, d, f.Users[0])
		}
	}
}

// bareErrors makes sure that each name of bare_errors is that of something public with an error, once.
func (k *checker) bareErrors() {
	withError := make(map[string]bool)
	for _, m := range k.Methods {
		withError[m.FullName()] = m.HasError && !m.Private()
		for _, c := range m.Configured {
			withError[c.Name] = true
		}
	}
	for _, r := range k.StepResults {
		for _, v := range r.Values {
			withError[r.Go+"."+v.Go] = v.HasError()
		}
	}
	for i, name := range k.BareErrors.Names {
		switch {
		case !withError[name]:
			k.diags.Add(k.BareErrors.Pos, "bare_errors: %s is no public function or method that returns an error", name)
		case slices.Contains(k.BareErrors.Names[:i], name):
			k.diags.Add(k.BareErrors.Pos, "bare_errors: %s is given twice", name)
		}
	}
}
