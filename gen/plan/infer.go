package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/role"
	"github.com/go-rados/go-rados/gen/spec"
)

// args gives every parameter of c a role. of is what the spec says of them;
// locals are the objects that earlier steps made, by their C type.
func (b *builder) args(m *Method, c *Call, of map[string]*spec.Arg, locals map[string]string) []*Arg {
	fn := c.Entry.Func
	c.said = of
	b.checkParams(fn, of)
	lengths := b.lengths(fn, of)
	covered := make(map[string]string)
	for buf, with := range lengths {
		covered[with] = buf
	}
	for name, sa := range of {
		for _, other := range sa.Covers {
			if fn.Param(other) == nil {
				b.noParam(sa.Pos, fn, other)
			}
			covered[other] = name
		}
		if sa.Count == "" {
			continue
		}
		if fn.Param(sa.Count) == nil || sa.Count == name {
			b.noParam(sa.Pos, fn, sa.Count)
		}
		covered[sa.Count] = name
	}
	c.covered = covered
	var args []*Arg
	for _, p := range fn.Params {
		sa := of[p.Name]
		if buf := covered[p.Name]; buf != "" {
			if sa != nil {
				b.diags.Hint(sa.Pos, fn.Prototype(), "%s: %s goes with %s and can't be an argument of its own", fn.Name, p.Name, buf)
			}
			continue
		}
		if sa == nil {
			sa = &spec.Arg{Pos: m.Pos}
		}
		if a := b.arg(m, c, p, fn.Param(lengths[p.Name]), sa, locals); a != nil {
			args = append(args, a)
		}
	}
	return args
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
		fixed.With, fixed.Count = base.With, base.Count // what covers them still does
		return &fixed
	}
	return base.Overlay(form)
}

// lengths finds, for each buffer, the parameter that holds its length: the one
// that the spec names, or the one whose name has the same stem. That two
// parameters stand side by side proves nothing.
func (b *builder) lengths(fn *model.Func, args map[string]*spec.Arg) map[string]string {
	found := make(map[string]string)
	for _, p := range fn.Params {
		a := args[p.Name]
		switch {
		case !p.Type.IsPointer():
		case a != nil && a.With != "" && (fn.Param(a.With) == nil || a.With == p.Name):
			b.noParam(a.Pos, fn, a.With)
		case a != nil && a.With != "":
			found[p.Name] = a.With
		case p.Type.Base == "char":
			if with := inferLength(fn, p.Name); with != "" {
				found[p.Name] = with
			}
		}
	}
	return found
}

func inferLength(fn *model.Func, buf string) string {
	for _, name := range lengthNames(buf) {
		if q := fn.Param(name); q != nil && (q.Type.Base == "size_t" || !q.Type.IsPointer()) {
			return name
		}
	}
	return ""
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
func (b *builder) arg(m *Method, c *Call, p model.Param, with *model.Param, sa *spec.Arg, locals map[string]string) *Arg {
	a := &Arg{Pos: sa.Pos, inC: b.inC, Arg: role.Arg{
		Param:   p,
		With:    with,
		Basic:   b.Basic(p.Type),
		GoName:  sa.Name,
		GoType:  sa.Type,
		Field:   sa.Field,
		On:      sa.On,
		First:   sa.First,
		Prepend: sa.Prepend,
		Empty:   sa.Empty,
		Allowed: sa.Allowed,
		Ret:     c.Ret.Name,
		Drained: c.Until != "",
		Step:    m.Access == Record,
		Yields:  b.iterators[p.Type.Base] != nil,
		Ends:    b.ends(p),
		Engine:  m.Async || slices.ContainsFunc(c.Entry.Func.Params, b.ends),
		Opaque:  b.isOpaque(p.Type.Base),
		Texts:   b.texts(p.Type.Base),
		Called:  b.Union.Callback(p.Type.Base) != nil,
		Number:  !p.Type.IsPointer() && role.IsNumber(b.Basic(p.Type)),
		Pointer: p.Type.IsPointer() || b.isOpaque(p.Type.Base) || b.Union.Callback(p.Type.Base) != nil,
		Free:    b.Spec.Buffers.Free,
	}}
	if a.GoName == "" {
		a.GoName = camel(p.Name)
	}
	if sa.Free != "" {
		if a.FreeEntry = b.entry(sa.Pos, sa.Free, c.Entry.Func.Name+", free of "+p.Name); a.FreeEntry != nil {
			a.Free = sa.Free
		}
	}
	for _, name := range sa.Covers {
		if other := c.Entry.Func.Param(name); other != nil {
			a.Covers = append(a.Covers, *other)
		}
	}
	if sa.Count != "" {
		a.Count = c.Entry.Func.Param(sa.Count)
	}
	if m.Recv != nil {
		a.Method = m.Recv.Go
	}
	if h := b.handles[p.Type.Base]; h != nil {
		a.Handle = h.Ref()
	}
	for _, s := range b.Structs {
		if s.C == p.Type.Base {
			a.Struct = s
		}
	}
	name := sa.As
	if name == "" {
		name, a.Inferred = b.infer(m, c, a, sa, locals), true
	}
	if a.Role = role.ByName(name); a.Role == nil {
		b.unknownRole(c, a, sa, name)
		return nil
	}
	if _, ok := a.Role.(role.Stepper); a.Step && !ok {
		b.diags.Hint(sa.Pos, c.Entry.Func.Prototype(), "%s: the role %s of %s can't be recorded in a step", c.Entry.Func.Name, name, p.Name)
		return nil
	}
	if err := a.Role.Fits(&a.Arg); err != nil {
		b.diags.Hint(sa.Pos, c.Entry.Func.Prototype(), "%s: the role %s of %s %s", c.Entry.Func.Name, name, p.Name, err)
		return nil
	}
	if !a.onEngine() {
		b.diags.Hint(sa.Pos, c.Entry.Func.Prototype(), "%s: the role %s of %s can't be had in a function that takes a completion, nor in a method with one",
			c.Entry.Func.Name, name, p.Name)
		return nil
	}
	for _, part := range a.Parts() {
		if why := unpassable(part, part.Name != p.Name || a.With != nil); why != "" && name != "fixed" {
			b.diags.Hint(sa.Pos, c.Entry.Func.Prototype(), "%s: the role %s of %s can't be had, since %s %s",
				c.Entry.Func.Name, name, p.Name, part.Name, why)
			return nil
		}
	}
	b.checkKeys(a, sa)
	b.checkItemsFree(c, a, sa)
	if sa.Type == "" { // the type is the role's own choice, and may be one of the spec
		for _, param := range a.Fragment().Params {
			b.checkGoType(sa.Pos, param.Type)
		}
	}
	return a
}

// onEngine reports whether a can be an argument of a call that goes on when its shim has
// returned, if it is one: then there is no memory for an answer but the call itself, and
// nothing is refused but with an errno.
func (a *Arg) onEngine() bool {
	if !a.Engine {
		return true
	}
	f := a.Fragment()
	named := func(r role.Refusal) bool { return r.Errno == "" }
	return f.Again == "" && (len(f.Results) == 0 || f.Sent != nil || f.Later != nil) && !slices.ContainsFunc(f.Refuse, named)
}

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
		return "is an array without a length: say with, or covers"
	}
	return ""
}

// inC is what a parameter of that name is called in a shim.
func (b *builder) inC(name string) string {
	for role.ReservedInC(name) || b.Union.Func(name) != nil || b.Union.Typedef(name) != nil ||
		b.Union.Callback(name) != nil || b.Union.Struct(name) != nil || b.Union.Const(name) != nil {
		name += "_"
	}
	return name
}

// ends reports whether p stands for an asynchronous call.
func (b *builder) ends(p model.Param) bool {
	return b.Spec.Completions.Type != "" && p.Type.Is(b.Spec.Completions.Type, 0)
}

// isOpaque reports whether base is a pointer by another name.
func (b *builder) isOpaque(base string) bool {
	for range 8 { // deeper typedefs than that are a loop
		t := b.Union.Typedef(base)
		if t == nil || t.Decl.Type.IsPointer() {
			return t != nil
		}
		base = t.Decl.Type.Base
	}
	return false
}

// texts lists the members of a struct that are texts with a length beside them.
func (b *builder) texts(base string) []string {
	st := b.Union.Struct(base)
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

// infer finds the one role that the header leaves no doubt about, or "".
func (b *builder) infer(m *Method, c *Call, a *Arg, sa *spec.Arg, locals map[string]string) string {
	p := a.Param
	switch stars := len(p.Type.Stars); {
	case sa.Fixed != nil:
		a.Fixed = *sa.Fixed
		return "fixed"
	case unpassable(p, a.With != nil) != "":
		return ""
	case stars == 0 && (locals[p.Type.Base] != "" || a.Ends || m.Recv != nil && p.Type.Base == m.Recv.C) && b.several(c, p):
		return "" // which of them is it?
	case stars == 1 && c.As != "" && c.Ret.Name != "object" && a.Opaque && !p.Type.Const && b.several(c, p):
		return ""
	case stars == 0 && locals[p.Type.Base] != "":
		a.Fixed = locals[p.Type.Base]
		return "local"
	case stars == 1 && c.As != "" && c.Ret.Name != "object":
		if !a.Opaque || p.Type.Const {
			break
		}
		a.Fixed = c.As
		return "made"
	case stars == 0 && m.Recv != nil && p.Type.Base == m.Recv.C:
		return "receiver"
	case a.Ends:
		return "completion"
	case stars == 0 && a.Handle != nil && a.Handle.Recorded:
		return "recorded"
	case stars == 0 && a.Called:
		return "callback"
	case a.Step && role.ByName("outcome").Fits(&a.Arg) == nil:
		return "outcome"
	case stars == 1 && a.Handle != nil && !p.Type.Const:
		return "out-handle"
	case stars == 2 && c.Until == p.Name:
		return "drain-key"
	case stars == 2 && c.Until != "":
		return "drain-value"
	}
	switch {
	case p.Type.Is("char", 1) && p.Type.Const && a.With == nil && sa.With == "" && b.mayBeLength(c, p) != nil:
		return "" // C may count on as many bytes
	case p.Type.Is("char", 1) && p.Type.Const && a.With == nil:
		return "in-string"
	case p.Type.Is("char", 1) && p.Type.Const:
		return "in-bytes"
	}
	if _, _, ok := role.Number(a.Basic); ok && !p.Type.IsPointer() {
		return "value"
	}
	return ""
}

// mayBeLength is the parameter behind p if it may be the length of p: any integer that is no
// length of something else, and of which the spec does not say what else it is.
func (b *builder) mayBeLength(c *Call, p model.Param) *model.Param {
	params := c.Entry.Func.Params
	i := 1 + slices.IndexFunc(params, func(q model.Param) bool { return q.Name == p.Name })
	if i == len(params) || c.covered[params[i].Name] != "" {
		return nil
	}
	q := &params[i]
	if sa := c.said[q.Name]; sa != nil && (sa.As != "" || sa.Type != "" || sa.Allowed != nil || sa.Fixed != nil) {
		return nil
	}
	if q.Type.IsPointer() || !role.IsInteger(b.Basic(q.Type)) {
		return nil
	}
	return q
}

// several reports whether c has more than one parameter of p's type of which the spec says
// nothing, so that it is not clear which of them stands for the one object that there is.
func (b *builder) several(c *Call, p model.Param) bool {
	n := 0
	for _, q := range c.Entry.Func.Params {
		if sa := c.said[q.Name]; q.Type.Is(p.Type.Base, len(p.Type.Stars)) && (sa == nil || sa.Fixed == nil && sa.As == "") {
			n++
		}
	}
	return n > 1
}

func (b *builder) unknownRole(c *Call, a *Arg, sa *spec.Arg, name string) {
	fn, p := c.Entry.Func, a.Param
	if name != "" {
		hint := diag.DidYouMean(name, role.Names())
		if hint == "" {
			hint = "known are " + strings.Join(role.Names(), ", ")
		}
		b.diags.Hint(sa.Pos, hint, "%s: %q, for %s, is no role", fn.Name, name, a.Param.Name)
		return
	}
	hint := "no role suits it: null passes NULL, a number that number"
	if why := unpassable(p, a.With != nil); why != "" {
		hint = "it " + why + "; null passes NULL"
	} else if fitting := suiting(a.Arg); len(fitting) > 0 {
		hint = "say as: one of " + strings.Join(fitting, ", ")
		if object := p.Type; (a.Opaque || a.Handle != nil) && !object.Const && b.several(c, p) {
			hint = "it may be one of several " + object.String() + "; " + hint
		}
		if q := b.mayBeLength(c, p); q != nil && p.Type.Is("char", 1) && p.Type.Const && a.With == nil {
			hint = q.Name + ", which follows, may be its length: say with: " + q.Name + ", or as: in-string if it ends with a NUL"
		}
	} else if a.Handle != nil && !a.Param.Type.IsPointer() {
		hint = "say go: " + a.Handle.Go + ".…, since a " + a.Handle.C + " is the receiver of its methods"
	}
	b.diags.Hint(sa.Pos, hint+"\n"+fn.Prototype(), "%s: what %s means for Go can't be inferred", fn.Name, a.Param.Name)
}

// suiting lists the roles that the argument could have.
func suiting(a role.Arg) []string {
	a.First, a.On = 1, "ERANGE" // would be said along with the role
	return slices.DeleteFunc(role.Names(), func(name string) bool {
		r := role.ByName(name)
		_, inStep := r.(role.Stepper)
		return a.Step && !inStep || r.Fits(&a) != nil
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
