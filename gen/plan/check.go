package plan

import (
	"go/token"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/role"
	"github.com/go-rados/go-rados/gen/spec"
)

// checkConflicts reports what releases declare in different ways.
func (b *builder) checkConflicts() {
	for _, c := range b.Union.Conflicts {
		pos := model.Pos{File: b.Spec.File}
		if f := b.Union.Func(c.Name); f != nil {
			pos = f.Decl.Pos
		}
		b.diags.Add(pos, "%v", c)
	}
}

// claim notes a Go name, which must be the only one of its kind and documented.
func (b *builder) claim(pos model.Pos, name, doc string) {
	if first, ok := b.goNames[name]; ok {
		b.diags.Add(pos, "two things are called %s in Go; the first is at %s", name, first)
		return
	}
	b.goNames[name] = pos
	_, last, isMethod := strings.Cut(name, ".")
	if !isMethod {
		last = name
	}
	if !isExported(last) {
		b.diags.Add(pos, "%q is no name of something public in Go", last)
	}
	switch {
	case doc == "":
		b.diags.Add(pos, "%s has no doc", name)
	case !beginsWith(doc, last):
		first, _, _ := strings.Cut(doc, " ")
		b.diags.Add(pos, "the doc of %s must begin with %q, not %q", name, last, first)
	}
}

func isExported(name string) bool { return token.IsIdentifier(name) && token.IsExported(name) }

// beginsWith reports whether the first word of text is word.
func beginsWith(text, word string) bool {
	rest, ok := strings.CutPrefix(text, word)
	next, _ := utf8.DecodeRuneInString(rest)
	return ok && !unicode.IsLetter(next) && !unicode.IsDigit(next)
}

func (b *builder) checkHandle(h *Handle) {
	b.claim(h.Pos, h.Go, h.Doc)
	for _, need := range []struct{ key, value string }{{"receiver", h.Receiver}, {"free", h.Free}, {"closed", h.Closed}} {
		if need.value == "" {
			b.diags.Add(h.Pos, "handle %s has no %s", h.C, need.key)
		}
	}
	if t := b.Union.Typedef(h.C); t == nil || !t.Decl.Type.IsPointer() {
		b.diags.Add(h.Pos, "handle %s: no release has a pointer type of that name", h.C)
	}
	switch {
	case h.Parent != "" && h.ParentHandle == nil:
		b.diags.Add(h.Pos, "handle %s: its parent %s is no handle above it", h.C, h.Parent)
	case h.ParentHandle != nil && h.ParentHandle.Field == "":
		b.diags.Add(h.Pos, "handle %s: its parent %s has no field, which is what a child calls it", h.C, h.Parent)
	}
	if h.Closed != "" {
		b.errorNamed(h.Pos, h.Closed, "handle "+h.C+", closed")
	}
	if h.Ready != "" {
		b.entry(h.Pos, h.Ready, "handle "+h.C+", ready")
	}
	if h.Free != "" {
		b.freeing(h.Pos, h.Free, "handle "+h.C, h.C)
	}
}

// errorNamed complains if the spec has no error of that name.
func (b *builder) errorNamed(pos model.Pos, name, where string) {
	var names []string
	for _, e := range b.Spec.Errors {
		names = append(names, e.Go)
	}
	if !slices.Contains(names, name) {
		b.diags.Hint(pos, diag.DidYouMean(name, names), "%s: no error is called %s", where, name)
	}
}

// freeing finds the function that frees an object of that C type.
func (b *builder) freeing(pos model.Pos, name, where, ctype string) *Entry {
	e := b.entry(pos, name, where+", free")
	if e == nil {
		return nil
	}
	if params := e.Func.Params; len(params) != 1 || !params[0].Type.Is(ctype, 0) {
		b.diags.Hint(pos, e.Func.Prototype(), "%s can't be freed with %s, which does not take just a %s", where, name, ctype)
		return nil
	}
	return e
}

// checkFrees makes sure that each handle has a method that ends it, and that
// the library's memory can be given back.
func (b *builder) checkFrees() {
	for _, h := range b.Handles {
		ends := func(m *Method) bool { return m.Recv == h && m.Access == Close }
		if e := b.entries[h.Free]; e != nil && !slices.ContainsFunc(b.Methods, ends) {
			b.diags.Add(e.Spec.Pos, "%s frees the handle %s, so it must be a method of it: go: %s.…", h.Free, h.C, h.Go)
		}
	}
	free := b.Spec.Buffers
	if free.Free == "" {
		return
	}
	if e := b.entry(free.Pos, free.Free, "buffers, free"); e != nil {
		if params := e.Func.Params; len(params) != 1 || !params[0].Type.Is("char", 1) || !e.Everywhere {
			b.diags.Hint(free.Pos, e.Func.Prototype(), "buffers can't be freed with %s: every release must have it, and it must take just a char *", free.Free)
		}
	}
}

func (b *builder) checkType(t *spec.Type) {
	b.claim(t.Pos, t.Go, t.Doc)
	if (t.Is == "") == (t.Fields == nil) || t.Is != "" && t.Struct != "" {
		b.diags.Add(t.Pos, "type %s must have either is or fields, the fields with or without struct", t.Go)
	}
	for _, f := range t.Fields {
		switch {
		case !isExported(f.Go):
			b.diags.Add(f.Pos, "%q is no name of something public in Go", f.Go)
		case t.Struct == "" && f.C != "":
			b.diags.Add(f.Pos, "field %s.%s can't be a C member, since %s has no struct", t.Go, f.Go, t.Go)
		case t.Struct == "" && f.Type == "":
			b.diags.Add(f.Pos, "field %s.%s has no type", t.Go, f.Go)
		}
	}
}

// mirrored finds the C struct that t mirrors.
func (b *builder) mirrored(t *spec.Type) *model.Struct {
	st := b.Union.Struct(t.Struct)
	switch {
	case st == nil:
		b.diags.Add(t.Pos, "type %s mirrors %s, which no release has", t.Go, t.Struct)
		return nil
	case !st.Everywhere():
		b.diags.Add(t.Pos, "type %s mirrors %s, which not every release has", t.Go, t.Struct)
		return nil
	}
	for _, other := range b.Structs {
		if other.C == t.Struct {
			b.diags.Add(t.Pos, "type %s mirrors %s, as %s does already", t.Go, t.Struct, other.Go)
			return nil
		}
	}
	return st.Decl
}

func (b *builder) checkConsts() {
	var known, names []string
	for _, c := range b.Union.Consts {
		known = append(known, c.Name)
	}
	for _, g := range b.Spec.Consts {
		for _, c := range g.Consts {
			names = append(names, c.Go)
		}
	}
	for _, g := range b.Spec.Consts {
		for _, c := range g.Consts {
			b.claim(c.Pos, c.Go, c.Doc)
			switch {
			case (c.C == "") == (c.Is == ""):
				b.diags.Add(c.Pos, "const %s must have either c or is", c.Go)
			case c.C != "" && b.Union.Const(c.C) == nil:
				b.diags.Hint(c.Pos, diag.DidYouMean(c.C, known), "no release has a constant %s", c.C)
			case c.Is != "" && (c.Is == c.Go || !slices.Contains(names, c.Is)):
				b.diags.Hint(c.Pos, diag.DidYouMean(c.Is, names), "const %s is %s, which is no const of the spec", c.Go, c.Is)
			}
		}
	}
}

func (b *builder) checkErrors() {
	for _, e := range b.Spec.Errors {
		b.claim(e.Pos, e.Go, e.Doc)
		given := 0
		for _, key := range []string{e.Errno, e.Is, e.Text} {
			if key != "" {
				given++
			}
		}
		switch {
		case given != 1:
			b.diags.Add(e.Pos, "error %s must have one of errno, is and text", e.Go)
		case e.Text == "" && e.Like+e.When != "":
			b.diags.Add(e.Pos, "error %s: like and when belong to an error with text", e.Go)
		case e.Is != "":
			b.errorNamed(e.Pos, e.Is, "error "+e.Go)
		}
	}
}

// fallback finds the function that stands in for e where the library lacks it.
// It is called with those of e's arguments that it has as well.
func (b *builder) fallback(pos model.Pos, e *Entry, name string) *Entry {
	f := b.entry(pos, name, e.Func.Name+", else")
	if f == nil {
		return nil
	}
	both := e.Func.Prototype() + "\n" + f.Func.Prototype()
	switch {
	case e.Everywhere:
		b.diags.Add(pos, "%s needs no else: every release has it", e.Func.Name)
	case !f.Everywhere:
		b.diags.Add(pos, "%s can't stand in for %s: some release lacks it, too", name, e.Func.Name)
	case f.Func.Result.String() != e.Func.Result.String():
		b.diags.Hint(pos, both, "%s can't stand in for %s: it returns another type", name, e.Func.Name)
	}
	for _, p := range f.Func.Params {
		if q := e.Func.Param(p.Name); q == nil || q.Type.String() != p.Type.String() {
			b.diags.Hint(pos, both, "%s can't stand in for %s, which has no %s", name, e.Func.Name, p.Type.Declare(p.Name))
		}
	}
	return f
}

// checkParams makes sure that the spec speaks of parameters that there are.
func (b *builder) checkParams(fn *model.Func, args map[string]*spec.Arg) {
	for name, a := range args {
		if fn.Param(name) == nil {
			b.noParam(a.Pos, fn, name)
		}
	}
}

func (b *builder) noParam(pos model.Pos, fn *model.Func, name string) {
	var names []string
	for _, p := range fn.Params {
		names = append(names, p.Name)
	}
	hint := fn.Prototype()
	if mean := diag.DidYouMean(name, names); mean != "" {
		hint = mean + "\n" + hint
	}
	b.diags.Hint(pos, hint, "%s has no parameter %s", fn.Name, name)
}

// checkKeys makes sure that the role heeds all that the spec says of a.
func (b *builder) checkKeys(a *Arg, sa *spec.Arg) {
	for _, key := range sa.Keys() {
		if !slices.Contains(role.Keys(a.Role), key) {
			b.diags.Add(sa.Pos, "%s: the role %s has no use for %s", a.Param.Name, a.Role.Name(), key)
		}
	}
	if sa.With != "" && a.With == nil {
		b.diags.Add(sa.Pos, "%s is no buffer, so %s can't be its length", a.Param.Name, sa.With)
	}
}

// checkRet makes sure that r can be what the function returns.
func (b *builder) checkRet(pos model.Pos, e *Entry, r *Ret, sr *spec.Ret, makes string) bool {
	result := e.Func.Result
	number, _, isNumber := role.Number(b.basic(result))
	isNumber = isNumber && !result.IsPointer()
	complain := func(format string, args ...any) bool {
		b.diags.Hint(pos, e.Func.Prototype(), format, args...)
		return false
	}
	switch {
	case r.Name == "none":
	case result.IsVoid():
		return complain("ret: %s does not suit %s, which returns nothing", r.Name, e.Func.Name)
	case r.Name == "object" && (isNumber || makes == ""):
		return complain("ret: object is for a step that makes an object: it returns a pointer and has as: NAME")
	case r.Name != "object" && !isNumber:
		return complain("ret: %s does not suit %s, which returns no number", r.Name, e.Func.Name)
	case r.Name != "object" && r.HasError && strings.HasPrefix(number, "uint"):
		return complain("ret: %s does not suit %s, which returns no negative number", r.Name, e.Func.Name)
	}
	if sr != nil && sr.Closed != "" && r.Name != "value" {
		return complain("closed is for ret: value; with %s the method returns an error", r.Name)
	}
	if sr != nil && sr.Type != "" && !r.Result {
		return complain("type is for a return value that is a result; %s is none", r.Name)
	}
	return true
}

// checkDrain makes sure that a step that drains an iterator has pairs to collect.
func (b *builder) checkDrain(m *Method, step *spec.Step, c *Call) {
	if step.Drain == "" {
		return
	}
	fn := c.Entry.Func
	if fn.Param(step.Until) == nil {
		b.noParam(step.Pos, fn, step.Until)
		return
	}
	has := func(name string) bool {
		return slices.ContainsFunc(c.Args, func(a *Arg) bool { return a.Role.Name() == name })
	}
	if !has("drain-key") || !has("drain-value") {
		b.diags.Hint(step.Pos, fn.Prototype(), "a step of %s: to drain %s needs a key, named by until, and a value with its length",
			m.FullName(), fn.Name)
	}
}

// checkOrder makes sure that the order of the parameters leaves none out.
func (b *builder) checkOrder(m *Method) {
	if m.Order == nil {
		return
	}
	var names []string
	for _, p := range m.Params() {
		names = append(names, p.Name)
		if !slices.Contains(m.Order, p.Name) {
			b.diags.Add(m.Pos, "the params of %s leave out %s", m.FullName(), p.Name)
		}
	}
	for _, name := range m.Order {
		if !slices.Contains(names, name) {
			b.diags.Hint(m.Pos, diag.DidYouMean(name, names), "the params of %s have %s, which is no parameter", m.FullName(), name)
		}
	}
}

func (b *builder) checkNamed(m *Method) {
	if m.Named == nil {
		return
	}
	want := len(m.Results())
	if m.HasError() {
		want++
	}
	if len(m.Named) != want {
		b.diags.Add(m.Pos, "%s has %d results, not %d to name", m.FullName(), want, len(m.Named))
	}
}

// checkFields makes sure that the struct of the results gets each of its
// fields, once.
func (b *builder) checkFields(m *Method) {
	var known []string
	if m.Struct != nil {
		for _, f := range m.Struct.Fields {
			known = append(known, f.Go)
		}
	}
	set := make(map[string]bool)
	for _, call := range m.Calls {
		for _, a := range call.Args {
			switch {
			case a.Field == "":
			case m.Struct == nil:
				b.diags.Add(a.Pos, "%s goes into the field %s, but %s has no into", a.Param.Name, a.Field, m.FullName())
			case !slices.Contains(known, a.Field):
				b.diags.Hint(a.Pos, diag.DidYouMean(a.Field, known), "%s has no field %s for %s to go into", m.Struct.Go, a.Field, a.Param.Name)
			case set[a.Field]:
				b.diags.Add(a.Pos, "%s.%s is set twice", m.Struct.Go, a.Field)
			}
			set[a.Field] = true
		}
	}
	for _, field := range known {
		if !set[field] {
			b.diags.Add(m.Pos, "%s leaves %s.%s unset", m.FullName(), m.Struct.Go, field)
		}
	}
}

// bodyNames are what the body of a method calls things itself.
var bodyNames = []string{
	"err", "lane", "ret",
	"C", "bytes", "errors", "flat", "fmt", "handle", "runtime", "syscall", "time", "unsafe",
	"append", "bool", "byte", "error", "false", "int", "int16", "int32", "int64", "int8", "len", "map", "nil",
	"string", "true", "uint", "uint16", "uint32", "uint64", "uint8", "uintptr",
}

// checkNames makes sure that no two things have one name, in Go or in C.
func (b *builder) checkNames(m *Method) {
	inGo, inC := slices.Clone(bodyNames), []string{"ret"}
	if m.Recv != nil {
		inGo = append(inGo, m.Recv.Receiver)
	}
	claim := func(pos model.Pos, language, name string, in *[]string) {
		if slices.Contains(*in, name) || !token.IsIdentifier(name) {
			b.diags.Add(pos, "%s: something else is called %s in %s already, or nothing can be; say another name", m.FullName(), name, language)
		}
		*in = append(*in, name)
	}
	for _, a := range m.Crossing() {
		f := a.Role.Fragment(&a.Arg)
		for _, p := range f.Params {
			claim(a.Pos, "Go", p.Name, &inGo)
		}
		for _, r := range f.Results {
			claim(a.Pos, "Go", r.Name, &inGo)
		}
		for _, decl := range slices.Concat(f.Takes, f.Locals) {
			claim(a.Pos, "C", declared(decl), &inC)
		}
	}
	for i, name := range m.Named {
		if name != "err" || i+1 < len(m.Named) || !m.HasError() {
			claim(m.Pos, "Go", name, &inGo)
		}
	}
}

// declared is the name that a C declaration declares.
func declared(decl string) string {
	decl, _, _ = strings.Cut(decl, " =")
	decl, _, _ = strings.Cut(decl, "[")
	return decl[strings.LastIndexAny(decl, " *")+1:]
}

// checkResults makes sure that what m returns can be told apart.
func (b *builder) checkResults(m *Method) {
	ret := m.Ret()
	grow := 0
	for _, call := range m.Calls {
		for _, a := range call.Args {
			f := a.Role.Fragment(&a.Arg)
			if f.Again != "" {
				grow++
			}
			if f.Adopt != nil && (len(m.Results()) != 1 || len(m.Calls) != 1) {
				b.diags.Add(m.Pos, "%s makes a %s, which must be its only result and come of one call", m.FullName(), f.Adopt.Go)
			}
		}
	}
	switch {
	case grow > 1:
		b.diags.Add(m.Pos, "%s has %d buffers that grow; one is all there can be", m.FullName(), grow)
	case grow == 0 && (ret.Name == "length" || ret.Name == "needed"):
		b.diags.Add(m.Pos, "%s: ret: %s is about a buffer that grows, and there is none; for the caller's own say count", m.FullName(), ret.Name)
	case ret.Name == "value" && m.CanFail() && b.basic(m.Calls[len(m.Calls)-1].Entry.Func.Result) != "uint32_t":
		b.diags.Add(m.Pos, "%s: ret: value leaves no room for an error, and an argument may be refused or the function missing", m.FullName())
	}
}
