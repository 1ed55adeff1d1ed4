package check

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
)

// call applies the rules for one call of m.
func (k *checker) call(m *ir.Method, c *ir.Call) {
	k.fallback(m, c)
	k.sync(c)
	k.ret(c)
	for _, a := range c.Args {
		k.arg(c, a)
	}
	k.freeing(c.Pos, c.Free, m.FullName(), c.Made())
}

// freeing makes sure that f, which is to free an object of that C type, takes nothing else.
func (k *checker) freeing(pos model.Pos, f *ir.Function, where, ctype string) {
	if f != nil && !k.takesOnly(f.Func, ctype) {
		k.diags.Hint(pos, f.Prototype(), "%s: %s can't free a %s, since it takes something else", where, f.Name, ctype)
	}
}

// takesOnly reports whether f has one parameter, of that C type.
func (k *checker) takesOnly(f *model.Func, ctype string) bool {
	if len(f.Params) != 1 {
		return false
	}
	t := f.Params[0].Type
	t.Const, t.Base = false, cmp.Or(structOf(k, t), t.Base)
	return strings.TrimSpace(t.String()) == ctype
}

// structOf returns the struct that t is or points to by another name, or "".
func structOf(k *checker, t model.Type) string {
	if basic := k.union.Basic(t); strings.HasPrefix(basic, "struct ") {
		return basic
	}
	return ""
}

// fallback makes sure that the older function does the same job wherever it is needed: it has
// the same parameters, but for such as the call always passes the same for.
func (k *checker) fallback(m *ir.Method, c *ir.Call) {
	if c.Else == nil {
		return
	}
	e, f := c.Function, c.Else
	both := e.Prototype() + "\n" + f.Prototype()
	k.needed(m.Pos, e, f, "")
	if !e.Everywhere && k.without(e, f) == "" && f.Result.String() != e.Result.String() {
		k.diags.Hint(m.Pos, both, "%s can't stand in for %s: it returns another type", f.Name, e.Name)
	}
	for _, p := range f.Params {
		if q := e.Param(p.Name); q == nil || q.Type.String() != p.Type.String() && !ir.Coarser(p, *q) {
			k.diags.Hint(m.Pos, both, "%s can't stand in for %s, which has no %s", f.Name, e.Name, p.Type.Declare(p.Name))
		}
	}
	if e.Everywhere {
		return
	}
	for _, a := range c.Args {
		for _, p := range a.Parts() {
			if !a.Part.Fixed && f.Param(p.Name) == nil {
				k.diags.Hint(m.Pos, both, "%s can't stand in for %s: it takes no %s", f.Name, e.Name, p.Type.Declare(p.Name))
			}
		}
	}
}

// needed makes sure that f, an older function of the same job as e, is needed and suffices.
func (k *checker) needed(pos model.Pos, e, f *ir.Function, where string) {
	switch without := k.without(e, f); {
	case e.Everywhere:
		k.diags.Add(pos, "%s%s needs no else: every release has it", where, e.Name)
	case without != "":
		k.diags.Add(pos, "%s%s can't stand in for %s: Ceph %s has neither", where, f.Name, e.Name, without)
	}
}

// without returns the first release that has neither function, or "".
func (k *checker) without(e, f *ir.Function) string {
	for _, release := range k.Releases {
		if !slices.Contains(e.Has, release) && !slices.Contains(f.Has, release) {
			return release
		}
	}
	return ""
}

// sync makes sure that the synchronous function of c does the same: it has the same
// parameters, but for the completion.
func (k *checker) sync(c *ir.Call) {
	e, f := c.Function, c.Sync
	if f == nil {
		return
	}
	both := e.Prototype() + "\n" + f.Prototype()
	if !k.Completions.TakenBy(e.Func) {
		k.diags.Hint(c.Pos, both, "%s takes no completion, so sync has no effect", e.Name)
	}
	if !e.Result.IsVoid() && f.Result.String() != e.Result.String() {
		k.diags.Hint(c.Pos, both, "sync: %s does not do the same as %s: it returns another type", f.Name, e.Name)
	}
	ends := func(p model.Param) bool { return k.Completions.IsType(p.Type) }
	same := slices.EqualFunc(slices.DeleteFunc(slices.Clone(e.Params), ends), f.Params,
		func(a, b model.Param) bool { return a.Type.String() == b.Type.String() })
	if !same {
		k.diags.Hint(c.Pos, both, "sync: %s does not do the same as %s: it takes other parameters", f.Name, e.Name)
	}
}

// ret makes sure that the keys of a return value suit its role.
func (k *checker) ret(c *ir.Call) {
	r, f := c.Ret, c.Function
	k.typeNamed(r.Pos, r.Given)
	for _, code := range r.Codes {
		k.errno(r.Pos, code)
	}
	complain := func(format string, args ...any) { k.diags.Hint(r.Pos, f.Prototype(), format, args...) }
	switch {
	case r.Answers != (r.Codes != nil):
		complain("codes lists the errnos that are answers; it is for ret: codes, which needs it")
	case r.Closed != "" && !r.Closable:
		complain("closed_value is for ret: value and opaque; with %s the method returns an error", r.Name)
	case r.Closed != "" && !numberRE.MatchString(r.Closed):
		complain("closed_value must be a number, not %s", r.Closed)
	case strings.HasPrefix(r.Closed, "-") && k.isUnsigned(f.Result):
		complain("closed_value is %s, which %s never returns", r.Closed, f.Name)
	case r.Inferred && r.Number && !r.Result && fillsUncounted(c):
		complain("%s fills a buffer and may return how many bytes that were: say ret: count, or ret: errno if it does not", f.Name)
	case r.Given != "" && !r.Result:
		complain("type is for a return value that is a result; %s is none", r.Name)
	}
}

// fillsUncounted reports whether c fills a buffer of the caller and stores nowhere how many bytes that were.
func fillsUncounted(c *ir.Call) bool {
	return slices.ContainsFunc(c.Args, func(a *ir.Arg) bool { return a.Part.Fills && a.Count == nil })
}

// isUnsigned reports whether Go has t as an unsigned number.
func (k *checker) isUnsigned(t model.Type) bool {
	n, _ := ctype.NumberOf(k.union.Basic(t))
	return strings.HasPrefix(n.Go, "uint")
}

// arg makes sure that the role of a uses all that the spec says of it.
func (k *checker) arg(c *ir.Call, a *ir.Arg) {
	k.typeNamed(a.Pos, a.Keys.Type)
	if a.Keys.Type == "" { // the type is the role's own choice, and may be one of the spec
		for _, param := range a.Part.Params {
			k.typeNamed(a.Pos, param.Type)
		}
	}
	k.errno(a.Pos, a.Keys.RetryOn)
	k.allowed(a)
	for _, key := range a.Keys.Keys() {
		switch {
		case key == "length" && a.With == nil && !a.Param.Type.IsPointer():
			k.diags.Add(a.Pos, "%s is no buffer, so %s can't be its length", a.Param.Name, a.Keys.Length)
		case key == "length" && a.With == nil: // package resolve has said why
		case !slices.Contains(k.roles.Keys(a.Role), key):
			k.diags.Add(a.Pos, "%s: the role %s has no use for %s", a.Param.Name, a.Role, key)
		}
	}
	for _, name := range a.Part.Arrays {
		if e := k.union.Struct(name); e != nil && release.Varies(e) {
			k.diags.Hint(a.Pos, c.Function.Prototype(), "%s: the size of %s depends on the release, so C and Go would not agree where the elements of an array are: skip it",
				c.Function.Name, e.Name)
		}
	}
	if reason := noPage(c, a); reason != "" {
		k.diags.Hint(a.Pos, c.Function.Prototype(), "%s: %s can't be a page, since %s", c.Function.Name, a.Param.Name, reason)
	}
	if !storedByCall(a) {
		k.diags.Hint(a.Pos, c.Function.Prototype(), "%s: the role %s of %s can't be had in a function that takes a completion, nor in a method with one",
			c.Function.Name, a.Role, a.Param.Name)
	}
}

// noPage returns why a can't be a page that several calls of the C function fill, or "" if it can, or is none.
func noPage(c *ir.Call, a *ir.Arg) string {
	switch {
	case a.Part.Page == "":
		return ""
	case c.Else != nil:
		return c.Else.Name + " stands in for the function"
	case !c.Ret.HasError || c.Ret.Result:
		return "the function does not return an errno, which ends a page"
	case slices.ContainsFunc(c.Args, func(other *ir.Arg) bool { return other != a && len(other.Part.Results) > 0 }):
		return "the function has another result, of which only that of the last call would be left"
	}
	return ""
}

// storedByCall reports whether a can be an argument of a call that goes on after its C function
// has returned, if it is one: then the only memory for a result is the call itself, and
// an argument is refused only with an errno.
func storedByCall(a *ir.Arg) bool {
	named := func(r ir.Refusal) bool { return r.Errno == "" }
	return !a.Async || !a.Part.Retried && (len(a.Part.Results) == 0 || a.Part.Stored) && !slices.ContainsFunc(a.Part.Refusals, named)
}

// allowed makes sure that the values that a may have are constants of its type.
func (k *checker) allowed(a *ir.Arg) {
	consts := make(map[string]*ir.Const)
	for _, g := range k.Consts {
		for _, c := range g.Consts {
			consts[c.Go] = c
		}
	}
	known := slices.Sorted(maps.Keys(consts))
	for i, name := range a.Keys.Allowed {
		c := consts[name]
		for c != nil && c.Is != "" && consts[c.Is] != nil {
			c = consts[c.Is]
		}
		switch {
		case c == nil:
			k.diags.Hint(a.Pos, diag.DidYouMean(name, known), "%s: allowed has %s, which is no const of the spec", a.Param.Name, name)
		case slices.Contains(a.Keys.Allowed[:i], name):
			k.diags.Add(a.Pos, "%s: allowed has %s twice", a.Param.Name, name)
		case c.Type != "" && c.Type != a.Keys.Type:
			k.diags.Add(a.Pos, "%s: allowed has %s, whose type is %s", a.Param.Name, name, c.Type)
		case c.IsText():
			k.diags.Add(a.Pos, "%s: allowed has %s, which is no number", a.Param.Name, name)
		}
	}
}

// replaces makes sure that what takes the place of the receiver's object is
// one like it that is made ready, so that a failure leaves nothing half done.
func (k *checker) replaces(m *ir.Method) {
	var made []*ir.Call
	readies := false
	for _, call := range m.Calls {
		if call.Replaces {
			made = append(made, call)
		}
		readies = readies || len(made) > 0 && m.Recv != nil && call.Function.Name == m.Recv.ReadyAfter
	}
	switch {
	case len(made) == 0:
	case len(made) > 1:
		k.diags.Add(m.Pos, "%s: two steps can't replace the same object", m.FullName())
	case m.Recv == nil || m.Access != ir.Setup || !readies:
		k.diags.Add(m.Pos, "%s: replaces is for a method with before_connect: true, of a handle that a later step makes ready", m.FullName())
	case made[0].Free == nil || made[0].Free.Name != m.Recv.Free || len(m.Results) > 0:
		k.diags.Add(m.Pos, "%s: what replaces a %s must be freed with %s, and nothing but an error be returned", m.FullName(), m.Recv.Go, m.Recv.Free)
	}
}
