package plan

import (
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/role"
	"github.com/go-rados/go-rados/gen/spec"
)

// args gives every parameter of c a role. What the form says of a parameter
// counts before what the function says; locals are the objects that earlier
// steps made, by their C type.
func (b *builder) args(m *Method, c *Call, of, form map[string]*spec.Arg, locals map[string]string) []*Arg {
	fn := c.Entry.Func
	b.checkNames(fn, of)
	b.checkNames(fn, form)
	lengths := b.lengths(fn, of)
	covered := make(map[string]bool)
	for _, with := range lengths {
		covered[with] = true
	}
	var args []*Arg
	for _, p := range fn.Params {
		if covered[p.Name] {
			continue
		}
		sa := of[p.Name]
		if f := form[p.Name]; f != nil {
			sa = merge(sa, f)
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

// merge lets the form's word on an argument override the function's.
func merge(base, form *spec.Arg) *spec.Arg {
	if base == nil || form.Fixed != nil {
		return form
	}
	merged := *base
	merged.Pos = form.Pos
	for _, pair := range []struct{ to, from *string }{
		{&merged.As, &form.As}, {&merged.Name, &form.Name}, {&merged.Type, &form.Type},
		{&merged.Field, &form.Field}, {&merged.With, &form.With}, {&merged.On, &form.On},
		{&merged.Prepend, &form.Prepend}, {&merged.Empty, &form.Empty},
	} {
		if *pair.from != "" {
			*pair.to = *pair.from
		}
	}
	if form.First != 0 {
		merged.First = form.First
	}
	return &merged
}

func (b *builder) checkNames(fn *model.Func, args map[string]*spec.Arg) {
	var names []string
	for _, p := range fn.Params {
		names = append(names, p.Name)
	}
	for name, a := range args {
		if fn.Param(name) == nil {
			b.diags.Hint(a.Pos, joinHints(diag.DidYouMean(name, names), fn.Prototype()), "%s has no parameter %s", fn.Name, name)
		}
	}
}

func joinHints(hints ...string) string {
	return strings.Join(slices.DeleteFunc(hints, func(h string) bool { return h == "" }), "\n")
}

// lengths finds, for each buffer, the parameter that holds its length: the one
// that the spec names, or the one whose name has the same stem. That two
// parameters stand side by side proves nothing.
func (b *builder) lengths(fn *model.Func, args map[string]*spec.Arg) map[string]string {
	found := make(map[string]string)
	for _, p := range fn.Params {
		if !p.Type.IsPointer() || p.Type.Base != "char" {
			continue
		}
		if a := args[p.Name]; a != nil && a.With != "" {
			if fn.Param(a.With) == nil {
				b.diags.Hint(a.Pos, fn.Prototype(), "%s has no parameter %s", fn.Name, a.With)
				continue
			}
			found[p.Name] = a.With
			continue
		}
		for _, name := range lengthNames(p.Name) {
			if q := fn.Param(name); q != nil && (q.Type.Base == "size_t" || !q.Type.IsPointer()) {
				found[p.Name] = name
				break
			}
		}
	}
	return found
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
	a := &Arg{Arg: role.Arg{
		Param:   p,
		With:    with,
		Basic:   b.basic(p.Type),
		GoName:  sa.Name,
		GoType:  sa.Type,
		Field:   sa.Field,
		On:      sa.On,
		First:   sa.First,
		Prepend: sa.Prepend,
		Empty:   sa.Empty,
		Ret:     c.Ret.Name,
		Free:    b.Spec.Buffers.Free,
	}}
	if a.GoName == "" {
		a.GoName = camel(p.Name)
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
	if err := a.Role.Fits(&a.Arg); err != nil {
		b.diags.Hint(sa.Pos, c.Entry.Func.Prototype(), "%s: the role %s of %s %s", c.Entry.Func.Name, name, p.Name, err)
		return nil
	}
	return a
}

// infer finds the one role that the header leaves no doubt about, or "".
func (b *builder) infer(m *Method, c *Call, a *Arg, sa *spec.Arg, locals map[string]string) string {
	p := a.Param
	switch stars := len(p.Type.Stars); {
	case sa.Fixed != nil:
		a.Fixed = *sa.Fixed
		return "fixed"
	case stars == 0 && locals[p.Type.Base] != "":
		a.Fixed = locals[p.Type.Base]
		return "local"
	case stars == 1 && c.As != "" && c.Ret.Name != "object":
		if !strings.HasSuffix(p.Type.Base, "_t") || p.Type.Const {
			break
		}
		a.Fixed = c.As
		return "made"
	case stars == 0 && m.Recv != nil && p.Type.Base == m.Recv.C:
		return "receiver"
	case stars == 1 && a.Handle != nil && !p.Type.Const:
		return "out-handle"
	case stars == 2 && c.Until == p.Name:
		return "drain-key"
	case stars == 2 && c.Until != "":
		return "drain-value"
	}
	switch {
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

func (b *builder) unknownRole(c *Call, a *Arg, sa *spec.Arg, name string) {
	fn := c.Entry.Func
	if name != "" {
		b.diags.Hint(sa.Pos, diag.DidYouMean(name, role.Names()), "%q is no role", name)
		return
	}
	var fitting []string
	for _, n := range role.Names() {
		if n != "fixed" && n != "local" && role.ByName(n).Fits(&a.Arg) == nil {
			fitting = append(fitting, n)
		}
	}
	hint := fn.Prototype()
	if fitting != nil {
		hint = "say as: one of " + strings.Join(fitting, ", ") + "\n" + hint
	}
	b.diags.Hint(sa.Pos, hint, "%s: what %s means for Go can't be inferred", fn.Name, a.Param.Name)
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
