package resolve

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/spec"
)

// A caller resolves the arguments of one call.
type caller struct {
	*resolver
	m       *ir.Method
	c       *ir.Call
	of      map[string]*spec.Arg // what the spec says of the parameters
	covered map[string]string    // the parameters that belong to another, and to which
	locals  map[string]string    // the objects that earlier calls made, by their C type
}

// args gives every parameter of c a role. of is what the spec says of them;
// locals are the objects that earlier calls made, by their C type.
func (r *resolver) args(m *ir.Method, c *ir.Call, of map[string]*spec.Arg, locals map[string]string) {
	f := c.Function
	of = r.withDefaults(f, of)
	for name, a := range of {
		if f.Param(name) == nil && !(c.Ret.Pointer && name == ir.ReturnedName) {
			r.noParam(a.Pos, f, name)
		}
	}
	lengths := r.lengths(f, of)
	covered := make(map[string]string)
	for buf, with := range lengths {
		covered[with] = buf
	}
	for name, sa := range of {
		for _, other := range sa.Parallel {
			if f.Param(other) == nil {
				r.noParam(sa.Pos, f, other)
			}
			covered[other] = name
		}
		if sa.Count == "" {
			continue
		}
		if f.Param(sa.Count) == nil || sa.Count == name {
			r.noParam(sa.Pos, f, sa.Count)
		}
		covered[sa.Count] = name
	}
	b := &caller{r, m, c, of, covered, locals}
	params := f.Params
	if c.Ret.Pointer {
		params = append([]model.Param{returned(f)}, params...)
	}
	for _, p := range params {
		sa := of[p.Name]
		if buf := covered[p.Name]; buf != "" {
			if sa != nil && sa != r.spec.Defaults[p.Name] {
				r.diags.Hint(sa.Pos, f.Prototype(), "%s: %s goes with %s and can't be an argument of its own", f.Name, p.Name, buf)
			}
			continue
		}
		if sa == nil {
			sa = &spec.Arg{Pos: m.Pos}
		}
		if a := b.arg(p, f.Param(lengths[p.Name]), sa); a != nil {
			c.Args = append(c.Args, a)
		}
	}
}

// returned is what f returns, a pointer, as a parameter: f returns the pointer instead of storing it there.
func returned(f *ir.Function) model.Param {
	t := f.Result
	t.Stars = append(slices.Clone(t.Stars), false)
	return model.Param{Name: ir.ReturnedName, Type: t}
}

// withDefaults adds the defaults of the spec to what it says of the parameters of f.
func (r *resolver) withDefaults(f *ir.Function, of map[string]*spec.Arg) map[string]*spec.Arg {
	all := maps.Clone(of)
	if all == nil {
		all = make(map[string]*spec.Arg)
	}
	for _, p := range f.Params {
		if a := r.spec.Defaults[p.Name]; a != nil && all[p.Name] == nil {
			all[p.Name] = a
			r.defaulted[p.Name] = true
		}
	}
	return all
}

func (r *resolver) noParam(pos model.Pos, f *ir.Function, name string) {
	var names []string
	for _, p := range f.Params {
		names = append(names, p.Name)
	}
	hint := f.Prototype()
	if mean := diag.DidYouMean(name, names); mean != "" {
		hint = mean + "\n" + hint
	}
	r.diags.Hint(pos, hint, "%s has no parameter %s", f.Name, name)
}

// overlay joins what a form says of the arguments with what the function says.
func overlay(function, form map[string]*spec.Arg) map[string]*spec.Arg {
	both := maps.Clone(function)
	if both == nil {
		both = make(map[string]*spec.Arg)
	}
	for name, a := range form {
		both[name] = merge(both[name], a)
	}
	return both
}

// merge lets the form's word on an argument override the function's.
func merge(base, form *spec.Arg) *spec.Arg {
	if base == nil {
		return form
	}
	if form.Fixed != nil {
		fixed := *form
		fixed.Length, fixed.Count = base.Length, base.Count // what covers them still does
		return &fixed
	}
	return base.Overlay(form)
}

// lengths finds, for each buffer, the parameter that holds its length: the one
// that the spec names, or the one whose name has the same stem. That two
// parameters stand side by side proves nothing.
func (r *resolver) lengths(f *ir.Function, args map[string]*spec.Arg) map[string]string {
	found := make(map[string]string)
	for _, p := range f.Params {
		a := args[p.Name]
		switch {
		case !p.Type.IsPointer() && !r.isOpaque(p.Type.Base):
		case a != nil && a.Length != "" && (f.Param(a.Length) == nil || a.Length == p.Name):
			r.noParam(a.Pos, f, a.Length)
		case a != nil && a.Length != "":
			found[p.Name] = a.Length
		case f.Lengths[p.Name] != "":
			found[p.Name] = f.Lengths[p.Name]
		}
	}
	return found
}

// inferLengths returns the parameter with the length of each buffer of f, as far as their names
// tell.
func inferLengths(f *model.Func) map[string]string {
	found := make(map[string]string)
	for _, p := range f.Params {
		if !p.Type.IsPointer() || p.Type.Base != "char" {
			continue
		}
		if with := inferLength(f, p.Name); with != "" {
			found[p.Name] = with
		}
	}
	return found
}

func inferLength(f *model.Func, buf string) string {
	for _, name := range lengthNames(buf) {
		q := f.Param(name)
		if q == nil || q.Type.Base != "size_t" && q.Type.IsPointer() {
			continue
		}
		if (name == "len" || name == "maxlen") && otherLength(f, name) {
			return "" // as in write_same(offset, len, buf, data_len)
		}
		return name
	}
	return ""
}

// otherLength reports whether f has another parameter that may be a length, and that belongs to no other
// parameter by its name.
func otherLength(f *model.Func, name string) bool {
	return slices.ContainsFunc(f.Params, func(q model.Param) bool {
		stem, isLength := strings.CutSuffix(q.Name, "len")
		owner := func(p model.Param) bool {
			return p.Type.IsPointer() && strings.TrimSuffix(strings.TrimSuffix(p.Name, "buf"), "_") == strings.TrimSuffix(stem, "_")
		}
		return isLength && q.Name != name && !slices.ContainsFunc(f.Params, owner)
	})
}

// lengthNames are the names under which the header keeps the length of a
// buffer of that name.
func lengthNames(buf string) []string {
	stem := strings.TrimSuffix(strings.TrimSuffix(buf, "buf"), "_")
	names := []string{buf + "_len", buf + "len", stem + "_len", stem + "len"}
	if buf == "buf" || buf == "buffer" {
		names = append(names, "len", "maxlen")
	}
	return names
}

// arg gives p its role.
func (b *caller) arg(p model.Param, with *model.Param, sa *spec.Arg) *ir.Arg {
	a := b.facts(p, with, sa)
	f := b.c.Function
	a.Role = sa.As
	if a.Role == "" {
		a.Inferred = true
		if b.object(a); !b.ambiguous(a) {
			a.Role = b.roles.Infer(a)
		}
	}
	if !b.roles.Known(a.Role) {
		b.unknownRole(a)
		return nil
	}
	if a.Step && !b.roles.Steps(a.Role) {
		b.diags.Hint(sa.Pos, f.Prototype(), "%s: the role %s of %s can't be recorded in a step", f.Name, a.Role, p.Name)
		return nil
	}
	if err := b.roles.Fits(a.Role, a); err != nil {
		b.diags.Hint(sa.Pos, f.Prototype(), "%s: the role %s of %s %s", f.Name, a.Role, p.Name, err)
		return nil
	}
	a.Part = b.roles.Part(a)
	if a.Returned && !isResult(a) {
		b.diags.Hint(sa.Pos, f.Prototype(), "%s: the role %s is for a parameter, not for what a function returns", f.Name, a.Role)
		return nil
	}
	for _, part := range a.Parts() {
		if why := unpassable(part, part.Name != p.Name || a.With != nil); why != "" && !a.Part.Fixed && !(a.Part.Sized && len(part.Dims) == 1) {
			b.diags.Hint(sa.Pos, f.Prototype(), "%s: the role %s of %s can't be had, since %s %s",
				f.Name, a.Role, p.Name, part.Name, why)
			return nil
		}
		if name := b.inC(part.Name); name != part.Name {
			a.Rename(part.Name, name)
		}
	}
	a.Part = b.roles.Part(a)
	b.fills(a)
	b.callsBack(a)
	return a
}

// isResult reports whether a is a result of its method and nothing else.
func isResult(a *ir.Arg) bool { return len(a.Part.Results) > 0 && len(a.Part.Params) == 0 }

// fills finds the field of the method's struct that a, a result of that name, fills.
func (b *caller) fills(a *ir.Arg) {
	if b.m.Struct == nil || a.Keys.Field != "" || len(a.Part.Results) == 0 {
		return
	}
	name := strings.ToUpper(a.GoName[:1]) + a.GoName[1:]
	if slices.ContainsFunc(b.m.Struct.Fields, func(f ir.Field) bool { return f.Go == name }) {
		keys := *a.Keys
		keys.Field, a.Keys = name, &keys
	}
}

// facts returns the facts about p that do not depend on its role.
func (b *caller) facts(p model.Param, with *model.Param, sa *spec.Arg) *ir.Arg {
	handle, depth := b.handleOf(p.Type)
	isCallback := b.union.Callback(p.Type.Base) != nil
	a := &ir.Arg{
		Pos:    sa.Pos,
		Param:  p,
		With:   with,
		Keys:   sa,
		GoName: sa.Name,
		Free:   b.Buffers.Free,
		Facts: ir.Facts{
			Basic:    b.union.Basic(p.Type),
			Handle:   handle,
			Depth:    depth,
			Struct:   b.mirrors[p.Type.Base],
			Shim:     b.m.Shim,
			Second:   handle != nil && handle.Imported && b.importsBefore(p),
			Returned: b.c.Ret.Pointer && p.Name == ir.ReturnedName,
			Recv:     b.m.Recv,
			Received: b.m.Recv != nil && slices.ContainsFunc(b.c.Function.Params, func(q model.Param) bool {
				h, depth := b.handleOf(q.Type)
				return h == b.m.Recv && depth == 0
			}),
			Ret:      b.c.Ret.RetRole,
			Drained:  b.c.Until != "",
			Until:    b.c.Until == p.Name,
			Step:     b.m.Access == ir.Record,
			Iterator: b.iterators[p.Type.Base],
			Ends:     b.Completions.IsType(p.Type),
			Async:    b.m.Composed || b.takesCompletion(b.c.Function),
			Unknown:  b.isUnknown(p.Type),
			Opaque:   b.isOpaque(p.Type.Base),
			Texts:    b.texts(p.Type.Base),
			Callback: isCallback,
		},
	}
	switch t := b.typeOf(sa.Type); {
	case t.Mirrors():
		a.Struct = t
	case t != nil && t.Fields != nil:
		a.Rows = t
	}
	if typ := b.goTypeOf(p, sa); typ != "" {
		keys := *sa
		keys.Type, a.Keys = typ, &keys
	}
	a.Number = !p.Type.IsPointer() && ctype.IsNumber(a.Basic)
	a.Pointer = p.Type.IsPointer() || a.Opaque || isCallback
	if a.GoName == "" {
		a.GoName = camel(p.Name)
	}
	if sa.Free != "" && sa.Free != spec.FreeMembers {
		if a.OwnFree = b.function(sa.Pos, sa.Free, b.c.Function.Name+", free of "+p.Name); a.OwnFree != nil {
			a.Free = a.OwnFree
		}
	}
	for _, name := range sa.Parallel {
		if other := b.c.Function.Param(name); other != nil {
			a.Covers = append(a.Covers, *other)
		}
	}
	if sa.Count != "" {
		a.Count = b.c.Function.Param(sa.Count)
	}
	a.Elements = b.elements(a)
	return a
}

// importsBefore reports whether a parameter before p is a handle of another package.
func (b *caller) importsBefore(p model.Param) bool {
	for _, q := range b.c.Function.Params {
		if q.Name == p.Name {
			break
		}
		if h, depth := b.handleOf(q.Type); h != nil && h.Imported && depth == 0 {
			return true
		}
	}
	return false
}

// elements returns what the elements are of the arrays that the parameter of a and those that go with it
// may be: fields of the Go struct that the spec names, in their order, or values.
func (b *caller) elements(a *ir.Arg) []ir.Element {
	var list []ir.Element
	for _, p := range append([]model.Param{a.Param}, a.Covers...) {
		if !p.Type.IsPointer() {
			continue
		}
		e := ir.Element{Array: p, Field: ir.Field{Go: camel(p.Name), C: p.Name, Type: a.Keys.Type}}
		if a.Rows != nil && len(list) < len(a.Rows.Fields) {
			field := a.Rows.Fields[len(list)]
			e.Go, e.Type = field.Go, field.Type
		}
		t := p.Type.Elem()
		e.Basic, e.Of = b.union.Basic(t), b.mirrors[t.Base]
		if mirror := b.typeOf(e.Type); mirror.Mirrors() {
			e.Of = mirror
		}
		e.Kind = b.memberKind(&e.Field, &model.Field{Name: p.Name, Type: t})
		list = append(list, e)
	}
	return list
}

// goTypeOf returns the Go type whose underlying type is the number that p is or points to,
// unless the spec says another one, or "".
func (b *caller) goTypeOf(p model.Param, sa *spec.Arg) string {
	if sa.Type != "" || sa.Fixed != nil || !ctype.IsNumber(b.union.Basic(p.Type)) {
		return ""
	}
	var fitting []string
	for _, t := range b.spec.Types {
		if t.Is == "C."+p.Type.Base {
			fitting = append(fitting, t.Go)
		}
	}
	switch len(fitting) {
	case 0:
		return ""
	case 1:
		return fitting[0]
	}
	b.diags.Hint(sa.Pos, b.c.Function.Prototype(), "%s: the type of %s may be one of %s: say type", b.c.Function.Name, p.Name, strings.Join(fitting, ", "))
	return ""
}

// object finds the C variable that a is about, if it is: an object that an earlier call made, or
// the one that this call makes.
func (b *caller) object(a *ir.Arg) {
	t := a.Param.Type
	switch {
	case a.Keys.Fixed != nil || unpassable(a.Param, a.With != nil) != "":
	case len(t.Stars) == 0 && b.locals[t.Base] != "":
		a.Object, a.Earlier = b.locals[t.Base], true
	case len(t.Stars) == 1 && b.makes() && a.Opaque && !t.Const:
		a.Object = b.c.As
	}
}

// makes reports whether a parameter of the call points to where an object is put.
func (b *caller) makes() bool { return b.c.As != "" && !b.c.Ret.Object }

// ambiguous reports whether the header leaves it open what a is.
func (b *caller) ambiguous(a *ir.Arg) bool {
	p := a.Param
	stars := len(p.Type.Stars)
	single := stars == 0 && (a.Object != "" || a.Ends) || a.Handle != nil && a.Depth == 0 && a.Handle == b.m.Recv ||
		stars == 1 && a.Object != ""
	switch {
	case a.Keys.Fixed != nil:
		return false
	case unpassable(p, a.With != nil) != "":
		return true
	case single && b.several(p):
		return true // which of them is it?
	}
	return p.Type.Is("char", 1) && p.Type.Const && a.With == nil && a.Keys.Length == "" &&
		(b.mayBeLength(p) != nil || dataRE.MatchString(p.Name) && slices.ContainsFunc(b.c.Function.Params, b.isUnknownInteger))
}

// dataRE matches the names of pointers to bytes, which need not end with a NUL.
var dataRE = regexp.MustCompile(`(?i)(buf|buffer|data)$`)

// unpassable says why no role can pass p, or "". It may be one of several parameters that
// one role passes together, as an array and its length.
func unpassable(p model.Param, together bool) string {
	switch {
	case p.Type.Volatile && p.Type.IsPointer():
		return "is volatile, so that C may look at it after the call"
	case len(p.Dims) > 1:
		return "is an array of arrays"
	case p.Dims != nil && p.Dims[0] > 1:
		return fmt.Sprintf("is an array of %d, for which no role makes sure that there is room", p.Dims[0])
	case p.Dims != nil && p.Dims[0] == 0 && !together && !p.Type.Is("char", 1):
		return "is an array without a length: say length, or parallel"
	}
	return ""
}

// inC returns the name of a parameter in the C function: as in the header, unless something
// else has that name there.
func (r *resolver) inC(name string) string {
	u := r.union
	for ctype.IsReserved(name) || u.Func(name) != nil || u.Typedef(name) != nil ||
		u.Callback(name) != nil || u.Struct(name) != nil || u.Const(name) != nil {
		name += "_"
	}
	return name
}

// handleOf returns the handle whose C type t is or points to, and how many stars t has in addition.
func (r *resolver) handleOf(t model.Type) (h *ir.Handle, depth int) {
	if h := r.handles[t.Base]; h != nil {
		return h, len(t.Stars)
	}
	if h := r.handles[r.union.Basic(t)+" *"]; h != nil && t.IsPointer() {
		return h, len(t.Stars) - 1
	}
	return nil, 0
}

// isOpaque reports whether base is a pointer by another name.
func (r *resolver) isOpaque(base string) bool {
	for range 8 { // deeper typedefs than that are a loop
		t := r.union.Typedef(base)
		if t == nil || t.Decl.Type.IsPointer() {
			return t != nil
		}
		base = t.Decl.Type.Base
	}
	return false
}

// isUnknown reports whether t points to a struct whose members no header declares.
func (r *resolver) isUnknown(t model.Type) bool {
	name := r.union.Basic(t)
	return len(t.Stars) == 1 && strings.HasPrefix(name, "struct ") && r.union.Struct(name) == nil && r.union.Struct(t.Base) == nil && !ctype.IsSystemStruct(name)
}

// texts lists the members of a struct that are texts with a length beside them.
func (r *resolver) texts(base string) []string {
	st := r.union.Struct(base)
	if st == nil {
		return nil
	}
	var texts []string
	for _, f := range st.Decl.Fields {
		length := func(other model.Field) bool { return other.Name == f.Name+"_length" && other.Type.Is("size_t", 0) }
		if f.Type.Is("char", 1) && slices.ContainsFunc(st.Decl.Fields, length) {
			texts = append(texts, f.Name)
		}
	}
	return texts
}

// mayBeLength returns the parameter after p if it may be the length of p: any integer that is no
// length of something else, and of which the spec does not say what else it is.
func (b *caller) mayBeLength(p model.Param) *model.Param {
	params := b.c.Function.Params
	i := 1 + slices.IndexFunc(params, func(q model.Param) bool { return q.Name == p.Name })
	if i == len(params) || b.covered[params[i].Name] != "" || !b.isUnknownInteger(params[i]) {
		return nil
	}
	return &params[i]
}

// isUnknownInteger reports whether q is an integer of which the spec does not say what it is.
func (b *caller) isUnknownInteger(q model.Param) bool {
	if sa := b.of[q.Name]; sa != nil && (sa.As != "" || sa.Type != "" || sa.Allowed != nil || sa.Fixed != nil) {
		return false
	}
	return b.goTypeOf(q, &spec.Arg{}) == "" && !q.Type.IsPointer() && ctype.IsInteger(b.union.Basic(q.Type))
}

// several reports whether the call has more than one parameter of p's type of which the spec says
// nothing, so that it is not clear which of them stands for the one object that there is.
func (b *caller) several(p model.Param) bool {
	n := 0
	for _, q := range b.c.Function.Params {
		same := q.Type.Is(p.Type.Base, len(p.Type.Stars))
		if h, depth := b.handleOf(q.Type); h != nil { // its C type may be written in several ways
			other, otherDepth := b.handleOf(p.Type)
			same = h == other && depth == otherDepth
		}
		if sa := b.of[q.Name]; same && (sa == nil || sa.Fixed == nil && sa.As == "") {
			n++
		}
	}
	return n > 1
}

func (b *caller) unknownRole(a *ir.Arg) {
	f, p := b.c.Function, a.Param
	if a.Role != "" {
		hint := diag.DidYouMean(a.Role, b.roles.Names())
		if hint == "" {
			hint = "known are " + strings.Join(b.roles.Names(), ", ")
		}
		b.diags.Hint(a.Pos, hint, "%s: %q, for %s, is no role", f.Name, a.Role, p.Name)
		return
	}
	hint := "no role suits it: null passes NULL, a number that number"
	if why := unpassable(p, a.With != nil); why != "" {
		hint = "it " + why + "; null passes NULL"
	} else if a.Handle != nil && a.Depth == 0 && !a.Received && !b.several(p) {
		hint = "say go: " + a.Handle.Go + ".…, since a " + a.Handle.C + " is the receiver of its methods, or as: in-handle"
	} else if fitting := b.suiting(*a); len(fitting) > 0 {
		hint = "say as: one of " + strings.Join(fitting, ", ")
		if object := p.Type; (a.Opaque || a.Handle != nil) && !object.Const && b.several(p) {
			hint = "it may be one of several " + object.String() + "; " + hint
		}
		if q := b.mayBeLength(p); q != nil && p.Type.Is("char", 1) && p.Type.Const && a.With == nil {
			hint = q.Name + ", which follows, may be its length: say length: " + q.Name + ", or as: in-string if it ends with a NUL"
		}
	}
	if a.Returned {
		hint += ", for " + ir.ReturnedName + " in args; or say ret: opaque"
	}
	b.diags.Hint(a.Pos, hint+"\n"+f.Prototype(), "%s: what %s means for Go can't be inferred", f.Name, p.Name)
}

// suiting lists the roles that the argument could have.
func (b *caller) suiting(a ir.Arg) []string {
	keys := *a.Keys
	keys.InitialSize, keys.RetryOn = 1, "ERANGE" // would be said along with the role
	if a.Returned {
		keys.Empty = "ENOENT" // the same
	}
	a.Keys, a.Object = &keys, ""
	return slices.DeleteFunc(slices.Clone(b.roles.Names()), func(name string) bool {
		if a.Step && !b.roles.Steps(name) || b.roles.Fits(name, &a) != nil {
			return true
		}
		if !a.Returned {
			return false
		}
		a.Role = name
		a.Part = b.roles.Part(&a)
		return !isResult(&a)
	})
}

// camel turns a C name into a Go name: "pool_name" into "poolName".
func camel(name string) string {
	words := strings.Split(name, "_")
	for i, w := range words[1:] {
		if w != "" {
			words[i+1] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, "")
}
