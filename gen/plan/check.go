package plan

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/spec"
)

// checkConflicts reports what releases declare in different ways, as far as it
// is used: one binary cannot serve both.
func (b *builder) checkConflicts() {
	for _, c := range b.Union.Conflicts {
		if pos, used := b.use(c.Name); used {
			b.diags.Hint(pos, c.OldPos.String()+": Ceph "+c.OldRelease+": "+c.Old+"\n"+c.NewPos.String()+": Ceph "+c.NewRelease+": "+c.New,
				"%s differs between releases, and one binary can't serve both: skip it", c.Name)
		}
	}
}

// use finds where the spec makes use of a C declaration.
func (b *builder) use(name string) (pos model.Pos, used bool) {
	if e := b.entries[name]; e != nil {
		return e.Spec.Pos, e.Spec.Disposition != spec.Skip && e.Spec.Disposition != spec.Todo
	}
	for _, t := range b.Spec.Types {
		if t.Struct == name {
			return t.Pos, true
		}
	}
	for _, g := range b.Spec.Consts {
		for _, c := range g.Consts {
			if c.C == name {
				return c.Pos, true
			}
		}
	}
	// Other types are used by way of the functions that have them.
	return model.Pos{File: b.Spec.File}, b.Union.Typedef(name) != nil || b.Union.Callback(name) != nil
}

// claim notes a Go name, which must be the only one of its kind and documented.
// What is not public is for the hand-written files of the package.
func (b *builder) claim(pos model.Pos, name, doc string, public bool) {
	if first, ok := b.goNames[name]; ok {
		b.diags.Add(pos, "two things are called %s in Go; the first is at %s", name, first)
		return
	}
	b.goNames[name] = pos
	_, last, isMethod := strings.Cut(name, ".")
	if !isMethod {
		last = name
	}
	switch {
	case public && !isExported(last):
		b.diags.Add(pos, "%q is no name of something public in Go", last)
	case !public && (!token.IsIdentifier(last) || isExported(last)):
		b.diags.Add(pos, "%q is no name of something private in Go", last)
	case isMethod && slices.Contains(memberNames, last), !isMethod && (slices.Contains(packageNames, last) || b.lifeCycle(last)):
		b.diags.Add(pos, "%s is something else in the generated code already; say another name", name)
	}
	switch {
	case doc == "":
		b.diags.Add(pos, "%s has no doc", name)
	case !beginsWith(doc, last):
		first, _, _ := strings.Cut(doc, " ")
		b.diags.Add(pos, "the doc of %s must begin with %q, not %q", name, last, first)
	}
}

// IsTaken reports whether the generated code has something of its own of that name, TYPE.NAME
// for a method.
func IsTaken(p *Plan, full string) bool {
	if _, name, isMethod := strings.Cut(full, "."); isMethod {
		return slices.Contains(memberNames, name)
	}
	return slices.Contains(packageNames, full) || (&builder{Plan: p}).lifeCycle(full)
}

// lifeCycle reports whether that is the name of what makes or frees a handle.
func (b *builder) lifeCycle(name string) bool {
	of := func(h *spec.Handle) bool {
		return h.Go != "" && slices.Contains([]string{"new", "free"}, strings.TrimSuffix(name, strings.ToUpper(h.Go[:1])+h.Go[1:]))
	}
	return slices.ContainsFunc(b.Spec.Handles, of)
}

// What the generated code has of its own: in each type with a C object behind it,
// and in the package.
var (
	memberNames = []string{
		"acquire", "blocking", "changed", "enter", "enterSetup", "exit", "gate", "handle", "inflight", "object", "outcome", "recorder",
		"settings", "starting", "steps",
	}
	packageNames = []string{
		"asError", "bytesPointer", "event", "markEvents", "nextEvents", "ownBytes", "radosError", "stateError", "stringPointer",
		"callSlot", "calls", "takeBuffer", "takeOwned", "takeOwnedString", "verdict",
		"errnoText", "filled", "hasCode", "finishCall", "init", "isErrno", "loadedRelease", "missingFunctions", "rest", "takeBufferInto", "takeBufferString", "tooOld",
	}
)

// checkGoType makes sure that text is a type that Go code may name.
func (b *builder) checkGoType(pos model.Pos, text string) {
	if text == "" {
		return
	}
	if expr, err := parser.ParseExpr(text); err != nil || !b.isGoType(expr) {
		known := []string{"time.Time", "time.Duration"}
		for _, t := range b.Spec.Types {
			known = append(known, t.Go)
		}
		b.diags.Hint(pos, diag.DidYouMean(text, known), "there is no Go type %s", text)
	}
}

func (b *builder) isGoType(expr ast.Expr) bool {
	switch e := expr.(type) {
	case *ast.Ident:
		known := func(t *spec.Type) bool { return t.Go == e.Name }
		_, predeclared := types.Universe.Lookup(e.Name).(*types.TypeName)
		return predeclared || slices.ContainsFunc(b.Spec.Types, known)
	case *ast.StarExpr:
		return b.isGoType(e.X)
	case *ast.ArrayType:
		return e.Len == nil && b.isGoType(e.Elt)
	case *ast.MapType:
		return b.isGoType(e.Key) && b.isGoType(e.Value)
	case *ast.SelectorExpr:
		pkg, ok := e.X.(*ast.Ident)
		return ok && slices.Contains([]string{"C", "time", "unsafe"}, pkg.Name)
	}
	return false
}

// checkErrno makes sure that name looks like one of the constants in errno.h.
func (b *builder) checkErrno(pos model.Pos, name string) {
	if name != "" && !errnoRE.MatchString(name) {
		b.diags.Add(pos, "%q is no errno, such as ENOENT", name)
	}
}

var (
	errnoRE  = regexp.MustCompile(`^E[A-Z0-9]+$`)
	numberRE = regexp.MustCompile(`^-?[0-9]+$`)

	variableRE = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)
)

func isExported(name string) bool { return token.IsIdentifier(name) && token.IsExported(name) }

// beginsWith reports whether the first word of text is word.
func beginsWith(text, word string) bool {
	rest, ok := strings.CutPrefix(text, word)
	next, _ := utf8.DecodeRuneInString(rest)
	return ok && !unicode.IsLetter(next) && !unicode.IsDigit(next)
}

func (b *builder) checkHandle(h *Handle) {
	if a := h.Accessor; a != nil {
		b.claim(a.Pos, h.Go+"."+a.Name, a.Doc, true)
		b.checkGoType(a.Pos, a.Type)
	}
	b.claim(h.Pos, h.Go, h.Doc, isExported(h.Go))
	for _, need := range []struct{ key, value string }{{"receiver", h.Receiver}, {"free", h.Free}, {"closed", h.Closed}} {
		if need.value == "" && (need.key != "closed" || !h.Recorded()) {
			b.diags.Add(h.Pos, "handle %s has no %s", h.C, need.key)
		}
	}
	for _, name := range []string{h.Receiver, h.Field} {
		if name != "" && (!token.IsIdentifier(name) || slices.Contains(bodyNames, name)) {
			b.diags.Add(h.Pos, "handle %s can't be called %s in Go", h.C, name)
		}
	}
	if t := b.Union.Typedef(h.C); t == nil || !t.Decl.Type.IsPointer() {
		b.diags.Add(h.Pos, "handle %s: no release has a pointer type of that name", h.C)
	}
	if h.Recorded() {
		b.checkRecorded(h)
		return
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
		e := b.entry(h.Pos, h.Ready, "handle "+h.C+", ready")
		if e != nil && (!slices.ContainsFunc(e.Func.Params, func(p model.Param) bool { return p.Type.Is(h.C, 0) }) || !e.Func.Result.Is("int", 0)) {
			b.diags.Hint(h.Pos, e.Func.Prototype(), "handle %s, ready: %s must take a %s and return an int", h.C, h.Ready, h.C)
		}
	}
	if h.Free != "" {
		if e := b.freeing(h.Pos, h.Free, "handle "+h.C, h.C); e != nil && !e.Everywhere {
			b.diags.Add(h.Pos, "handle %s: every release must have %s, or what it frees would stay", h.C, h.Free)
		}
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
	if !takesOnly(e.Func, ctype, 0) {
		b.diags.Hint(pos, e.Func.Prototype(), "%s: %s can't free a %s, since it takes something else", where, name, ctype)
		return nil
	}
	return e
}

func takesOnly(fn *model.Func, base string, stars int) bool {
	return len(fn.Params) == 1 && fn.Params[0].Type.Is(base, stars)
}

// checkFrees makes sure that each handle has a method that ends it, and that
// the library's memory can be given back.
func (b *builder) checkFrees() {
	for _, h := range b.Handles {
		ends := func(m *Method) bool { return m.Recv == h && m.Access == Close }
		if e := b.entries[h.Free]; e != nil && !h.Recorded() && takesOnly(e.Func, h.C, 0) && !slices.ContainsFunc(b.Methods, ends) {
			b.diags.Add(e.Spec.Pos, "%s frees the handle %s, so it must be a method of it: go: %s.…", h.Free, h.C, h.Go)
		}
	}
	free := b.Spec.Buffers
	if free.Free == "" {
		return
	}
	if e := b.entry(free.Pos, free.Free, "buffers, free"); e != nil && (!takesOnly(e.Func, "char", 1) || !e.Everywhere) {
		b.diags.Hint(free.Pos, e.Func.Prototype(), "buffers can't be freed with %s: every release must have it, and it must take just a char *", free.Free)
	}
}

func (b *builder) checkType(t *spec.Type) {
	b.claim(t.Pos, t.Go, t.Doc, true)
	if (t.Is == "") == (t.Fields == nil) || t.Is != "" && t.Struct != "" {
		b.diags.Add(t.Pos, "type %s must have either is or fields, the fields with or without struct", t.Go)
	}
	b.checkGoType(t.Pos, t.Is)
	for _, f := range t.Fields {
		b.checkGoType(f.Pos, f.Type)
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
	case st.Decl.Packed:
		b.diags.Add(t.Pos, "type %s mirrors %s, which is packed: Go can't read its fields where they are", t.Go, t.Struct)
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
			b.claim(c.Pos, c.Go, c.Doc, true)
			b.checkGoType(c.Pos, c.Type)
			switch {
			case (c.C == "") == (c.Is == ""):
				b.diags.Add(c.Pos, "const %s must have either c or is", c.Go)
			case c.C != "" && b.Union.Const(c.C) == nil:
				b.diags.Hint(c.Pos, diag.DidYouMean(c.C, known), "no release has a constant %s", c.C)
			case c.Is != "" && (c.Type == "" || !numberRE.MatchString(c.Is)) && (c.Is == c.Go || !slices.Contains(names, c.Is)):
				b.diags.Hint(c.Pos, diag.DidYouMean(c.Is, names), "const %s is %s, which is no const of the spec", c.Go, c.Is)
			}
		}
	}
}

func (b *builder) checkErrors() {
	for _, e := range b.Spec.Errors {
		b.claim(e.Pos, e.Go, e.Doc, true)
		b.checkErrno(e.Pos, e.Errno)
		b.checkErrno(e.Pos, e.Like)
		b.checkErrno(e.Pos, e.Tells)
		given := 0
		for _, key := range []string{e.Errno, e.Is, e.Text} {
			if key != "" {
				given++
			}
		}
		switch {
		case given != 1:
			b.diags.Add(e.Pos, "error %s must have one of errno, is and text", e.Go)
		case e.Text == "" && e.Like+e.Tells+e.When != "":
			b.diags.Add(e.Pos, "error %s: like, tells and when belong to an error with text", e.Go)
		case e.When != "" && e.When != "NUL":
			b.diags.Add(e.Pos, "error %s: when must be NUL, a code of the shims", e.Go)
		case e.Is != "":
			b.errorNamed(e.Pos, e.Is, "error "+e.Go)
		}
	}
}
