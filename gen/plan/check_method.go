package plan

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/role"
	"github.com/go-rados/go-rados/gen/spec"
)

// fallback finds the function that stands in for e where the library lacks it. It has
// the same parameters, but for such as e is always passed the same for; see checkFallback.
func (b *builder) fallback(pos model.Pos, e *Entry, name string) *Entry {
	f := b.entry(pos, name, e.Func.Name+", else")
	if f == nil {
		return nil
	}
	both := e.Func.Prototype() + "\n" + f.Func.Prototype()
	switch without := b.without(e, f); {
	case e.Everywhere:
		b.diags.Add(pos, "%s needs no else: every release has it", e.Func.Name)
	case without != "":
		b.diags.Add(pos, "%s can't stand in for %s: Ceph %s has neither", name, e.Func.Name, without)
	case f.Func.Result.String() != e.Func.Result.String():
		b.diags.Hint(pos, both, "%s can't stand in for %s: it returns another type", name, e.Func.Name)
	}
	for _, p := range f.Func.Params {
		if q := e.Func.Param(p.Name); q == nil || q.Type.String() != p.Type.String() && !Coarser(p, *q) {
			b.diags.Hint(pos, both, "%s can't stand in for %s, which has no %s", name, e.Func.Name, p.Type.Declare(p.Name))
		}
	}
	return f
}

// Coarser reports whether old, a parameter of a fallback, takes the seconds of what
// p points to, a time with nanoseconds.
func Coarser(old, p model.Param) bool {
	return old.Type.Is("time_t", 1) && p.Type.Is("struct timespec", 1)
}

// checkItemsFree makes sure that what frees the items of an array takes just their number
// and the array.
func (b *builder) checkItemsFree(c *Call, a *Arg, sa *spec.Arg) {
	if a.FreeEntry == nil {
		return
	}
	params, base := a.FreeEntry.Func.Params, a.Param.Type.Base
	if len(params) != 2 || !params[0].Type.Is("size_t", 0) || !params[1].Type.Is(base, 1) || params[1].Type.Const {
		b.diags.Hint(sa.Pos, a.FreeEntry.Func.Prototype(), "%s: %s can't free what %s gets: it must take a size_t and a %s *",
			c.Entry.Func.Name, sa.Free, a.Param.Name, base)
	}
}

// checkReplaces makes sure that what takes the place of the receiver's object is
// one like it that is made ready, so that a failure leaves nothing half done.
func (b *builder) checkReplaces(m *Method) {
	var made []*Call
	readies := false
	for _, call := range m.Calls {
		if call.Replaces {
			made = append(made, call)
		}
		readies = readies || len(made) > 0 && m.Recv != nil && call.Entry.Func.Name == m.Recv.ReadyAfter
	}
	switch {
	case len(made) == 0:
	case len(made) > 1:
		b.diags.Add(m.Pos, "%s: two steps can't replace the same object", m.FullName())
	case m.Recv == nil || m.Access != Setup || !readies:
		b.diags.Add(m.Pos, "%s: replaces is for a method with before_connect: true, of a handle that a later step makes ready", m.FullName())
	case made[0].Free == nil || made[0].Free.Func.Name != m.Recv.Free || len(m.Results()) > 0:
		b.diags.Add(m.Pos, "%s: what replaces a %s must be freed with %s, and nothing but an error be returned", m.FullName(), m.Recv.Go, m.Recv.Free)
	}
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
	b.checkGoType(sa.Pos, sa.Type)
	b.checkErrno(sa.Pos, sa.On)
	b.checkAllowed(a, sa)
	for _, key := range sa.Keys() {
		switch {
		case key == "with" && a.With == nil && !a.Param.Type.IsPointer():
			b.diags.Add(sa.Pos, "%s is no buffer, so %s can't be its length", a.Param.Name, sa.With)
		case key == "with" && a.With == nil: // lengths has said why
		case !slices.Contains(role.Keys(a.Role), key):
			b.diags.Add(sa.Pos, "%s: the role %s has no use for %s", a.Param.Name, a.Role.Name(), key)
		}
	}
}

// checkAllowed makes sure that the values that a may have are constants of its
// type.
func (b *builder) checkAllowed(a *Arg, sa *spec.Arg) {
	consts := make(map[string]*spec.Const)
	for _, g := range b.Spec.Consts {
		for _, c := range g.Consts {
			consts[c.Go] = c
		}
	}
	known := slices.Sorted(maps.Keys(consts))
	for i, name := range sa.Allowed {
		c := consts[name]
		for c != nil && c.Is != "" && consts[c.Is] != nil {
			c = consts[c.Is]
		}
		switch {
		case c == nil:
			b.diags.Hint(sa.Pos, diag.DidYouMean(name, known), "%s: allowed has %s, which is no const of the spec", a.Param.Name, name)
		case slices.Contains(sa.Allowed[:i], name):
			b.diags.Add(sa.Pos, "%s: allowed has %s twice", a.Param.Name, name)
		case c.Type != "" && c.Type != a.GoType:
			b.diags.Add(sa.Pos, "%s: allowed has %s, whose type is %s", a.Param.Name, name, c.Type)
		case b.isText(c):
			b.diags.Add(sa.Pos, "%s: allowed has %s, which is no number", a.Param.Name, name)
		}
	}
}

// isText reports whether the C constant of c is a text.
func (b *builder) isText(c *spec.Const) bool {
	decl := b.Union.Const(c.C)
	return decl != nil && strings.HasPrefix(decl.Decl.Value, `"`)
}

// checkRet makes sure that r can be what the function returns.
func (b *builder) checkRet(pos model.Pos, e *Entry, r *Ret, sr *spec.Ret, makes string) bool {
	result := e.Func.Result
	number, _, isNumber := role.Number(b.Basic(result))
	isNumber = isNumber && !result.IsPointer()
	complain := func(format string, args ...any) bool {
		b.diags.Hint(pos, e.Func.Prototype(), format, args...)
		return false
	}
	switch {
	case r.Name == "verdict" && !result.Is("int", 0):
		return complain("ret: verdict does not suit %s, which returns no int", e.Func.Name)
	case r.Name == "void" && !result.IsVoid():
		return complain("ret: void does not suit %s, which returns something", e.Func.Name)
	case r.Name == "none", r.Name == "void":
	case result.IsVoid():
		return complain("ret: %s does not suit %s, which returns nothing", r.Name, e.Func.Name)
	case r.Name == "object" && (isNumber || makes == ""):
		return complain("ret: object is for a step that makes an object: it returns a pointer and has as: NAME")
	case r.Name == "opaque" && (isNumber || !b.isOpaque(result.Base)):
		return complain("ret: opaque is for a C object; what %s returns is none", e.Func.Name)
	case r.Name != "object" && r.Name != "opaque" && !isNumber:
		return complain("ret: %s does not suit %s, which returns no number", r.Name, e.Func.Name)
	case r.Name != "object" && r.HasError && strings.HasPrefix(number, "uint"):
		return complain("ret: %s does not suit %s, which returns no negative number", r.Name, e.Func.Name)
	}
	if sr == nil {
		return true
	}
	b.checkGoType(pos, sr.Type)
	for _, code := range sr.Codes {
		b.checkErrno(pos, code)
	}
	switch {
	case (r.Name == "verdict") != (sr.Codes != nil):
		return complain("codes, the errnos that are answers, is for ret: verdict, which needs it")
	case sr.ClosedValue != "" && r.Name != "value" && r.Name != "opaque":
		return complain("closed_value is for ret: value and opaque; with %s the method returns an error", r.Name)
	case sr.ClosedValue != "" && !numberRE.MatchString(sr.ClosedValue):
		return complain("closed_value must be a number, not %s", sr.ClosedValue)
	case strings.HasPrefix(sr.ClosedValue, "-") && strings.HasPrefix(number, "uint"):
		return complain("closed_value is %s, which %s never returns", sr.ClosedValue, e.Func.Name)
	case sr.Type != "" && !r.Result:
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
	if !c.drainsPairs() || !c.endsWith(step.Until) {
		b.diags.Hint(step.Pos, fn.Prototype(), "a step of %s: to drain %s needs a key, named by until, and a value with its length",
			m.FullName(), fn.Name)
	}
}

// bodyNames are what the body of a method calls things itself.
var bodyNames = []string{
	"done", "err", "found", "shard", "other", "ret", "step",
	"C", "bytes", "cmdline", "errors", "fmt", "handle", "runtime", "oplog", "replay", "slices", "syscall", "time", "unsafe", "wire",
	"asError", "bytesPointer", "hasCode", "radosError", "stringPointer", "takeBuffer", "takeBufferInto", "takeBufferString",
	"takeOwned", "takeOwnedString", "verdict",
	"append", "bool", "byte", "error", "false", "int", "int16", "int32", "int64", "int8", "len", "map", "nil",
	"string", "true", "uint", "uint16", "uint32", "uint64", "uint8", "uintptr",
}

// IsBodyName reports whether the body of a method uses name itself.
func IsBodyName(name string) bool { return slices.Contains(bodyNames, name) }

// engineNames are what the other forms of a method call things that is on the engine.
var engineNames = []string{
	"call", "ctx", "state", "started",
	"admit", "callErrors", "callState", "aio", "context", "filled", "min",
}

// Taken are the names that the body of m has for things of its own, or uses.
func (m *Method) Taken() []string {
	taken := slices.Clone(bodyNames)
	if m.Recv != nil {
		taken = append(taken, m.Recv.Receiver)
	}
	if m.Replaces() != nil {
		taken = append(taken, "own", "replacement")
	}
	if m.Acquires() {
		taken = append(taken, "context", "room", "throttle")
	}
	if m.Engine() {
		taken = append(taken, engineNames...)
		if m.Struct != nil { // what the form with a context calls the result
			taken = append(taken, strings.ToLower(m.Struct.Go[:1])+m.Struct.Go[1:])
		}
	}
	if m.Keep != "" && m.Recv != nil {
		taken = append(taken, m.Recv.Go)
	}
	if m.Struct != nil {
		taken = append(taken, m.Struct.Go)
	}
	return taken
}

// Locals are the names that a declares in the body of a method, besides those of its
// parameters and results.
func (a *Arg) Locals() []string {
	f := a.Fragment()
	var text strings.Builder
	for _, s := range f.Before {
		fmt.Fprintf(&text, "%#v\n", s)
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc f() {\n"+text.String()+"}", parser.SkipObjectResolution)
	if err != nil {
		return nil // what is written will not parse either, which says where
	}
	var names []string
	for _, s := range file.Decls[0].(*ast.FuncDecl).Body.List {
		switch s := s.(type) {
		case *ast.AssignStmt:
			for _, left := range s.Lhs {
				if name, ok := left.(*ast.Ident); ok && s.Tok == token.DEFINE {
					names = append(names, name.Name)
				}
			}
		case *ast.DeclStmt:
			for _, of := range s.Decl.(*ast.GenDecl).Specs {
				for _, name := range of.(*ast.ValueSpec).Names {
					names = append(names, name.Name)
				}
			}
		}
	}
	for _, r := range f.Results {
		names = slices.DeleteFunc(names, func(name string) bool { return name == r.Name })
	}
	return names
}

// separate makes sure that no two things have one name in a shim: it takes the names that the
// header has, as long as that is so.
func (b *builder) separate(where string, args []*Arg, taken ...string) {
	for _, a := range args {
		names := a.declares()
		collides := func() bool {
			return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(taken, name) })
		}
		for range 8 { // there are not as many names that end in so many
			if !collides() {
				break
			}
			a.apart += "_"
			names = a.declares()
		}
		if collides() {
			b.diags.Add(a.Pos, "%s: its C function would have two things called %s, of which %s is one", where, names[0], a.Param.Name)
		}
		taken = append(taken, names...)
	}
}

// declares are the names that a declares in a shim.
func (a *Arg) declares() []string {
	f := a.Fragment()
	var names []string
	for _, decl := range slices.Concat(f.Takes, f.Locals) {
		names = append(names, declared(decl))
	}
	return names
}

// declared is the name that a C declaration declares.
func declared(decl string) string {
	decl, _, _ = strings.Cut(decl, " =")
	decl, _, _ = strings.Cut(decl, "[")
	return decl[strings.LastIndexAny(decl, " *")+1:]
}
