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
		"acquire", "changed", "enter", "enterSetup", "exit", "refs", "handle", "limits", "object", "outcome", "recorder",
		"settings", "steps",
	}
	packageNames = []string{
		"asError", "bytesPointer", "markEvents", "nextEvents", "ownBytes", "radosError", "stateError", "stringPointer",
		"callState", "calls", "takeBuffer", "takeOwned", "takeOwnedString", "verdict",
		"errnoText", "filled", "hasCode", "finishCall", "init", "isErrno", "loadedRelease", "missingFunctions", "yield", "takeBufferInto", "takeBufferString", "tooOld",
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
	if name != "" && !IsErrno(name) {
		b.diags.Add(pos, "%q is no errno, such as ENOENT", name)
	}
}

var (
	errnoRE  = regexp.MustCompile(`^E[A-Z0-9]+$`)
	numberRE = regexp.MustCompile(`^-?[0-9]+$`)
)

// IsErrno reports whether name looks like one of the constants in errno.h.
func IsErrno(name string) bool { return errnoRE.MatchString(name) }

func isExported(name string) bool { return token.IsIdentifier(name) && token.IsExported(name) }

// beginsWith reports whether the first word of text is word.
func beginsWith(text, word string) bool {
	rest, ok := strings.CutPrefix(text, word)
	next, _ := utf8.DecodeRuneInString(rest)
	return ok && !unicode.IsLetter(next) && !unicode.IsDigit(next)
}

// checkHandle notes the Go names of h, and finds the functions that belong to it.
func (b *builder) checkHandle(h *Handle) {
	if a := h.Accessor; a != nil {
		b.claim(a.Pos, h.Go+"."+a.Name, a.Doc, true)
		b.checkGoType(a.Pos, a.Type)
	}
	b.claim(h.Pos, h.Go, h.Doc, isExported(h.Go))
	if h.Recorded() {
		b.checkRecorded(h)
		return
	}
	if h.ReadyAfter != "" {
		e := b.entry(h.Pos, h.ReadyAfter, "handle "+h.C+", ready_after")
		if e != nil && (!slices.ContainsFunc(e.Func.Params, func(p model.Param) bool { return p.Type.Is(h.C, 0) }) || !e.Func.Result.Is("int", 0)) {
			b.diags.Hint(h.Pos, e.Func.Prototype(), "handle %s, ready_after: %s must take a %s and return an int", h.C, h.ReadyAfter, h.C)
		}
	}
	if h.Free != "" {
		if e := b.freeing(h.Pos, h.Free, "handle "+h.C, h.C); e != nil && !e.Everywhere {
			b.diags.Add(h.Pos, "handle %s: every release must have %s, or what it frees would stay", h.C, h.Free)
		}
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

// checkBuffers makes sure that the library's memory can be given back.
func (b *builder) checkBuffers() {
	free := b.Spec.Buffers
	if free.Free == "" {
		return
	}
	if e := b.entry(free.Pos, free.Free, "buffers, free"); e != nil && (!takesOnly(e.Func, "char", 1) || !e.Everywhere) {
		b.diags.Hint(free.Pos, e.Func.Prototype(), "buffers can't be freed with %s: every release must have it, and it must take just a char *", free.Free)
	}
}

// checkType notes the Go name of t, and makes sure that there are the types that it has.
func (b *builder) checkType(t *spec.Type) {
	b.claim(t.Pos, t.Go, t.Doc, true)
	b.checkGoType(t.Pos, t.Is)
	for _, f := range t.Fields {
		b.checkGoType(f.Pos, f.Type)
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
