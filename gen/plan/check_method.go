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

// checkFallback makes sure that the function that stands in heeds all that the caller says,
// and answers all that the caller asks.
func (b *builder) checkFallback(m *Method, c *Call) {
	if c.Else == nil || c.Entry.Everywhere {
		return
	}
	e, f := c.Entry.Func, c.Else.Func
	for _, a := range c.Args {
		if a.Role.Name() == "fixed" {
			continue
		}
		for _, p := range a.parts() {
			if f.Param(p.Name) == nil {
				b.diags.Hint(m.Pos, e.Prototype()+"\n"+f.Prototype(), "%s can't stand in for %s: it takes no %s",
					f.Name, e.Name, p.Type.Declare(p.Name))
			}
		}
	}
}

// parts are the C parameters that a covers.
func (a *Arg) parts() []model.Param {
	list := []model.Param{a.Param}
	if a.With != nil {
		list = append(list, *a.With)
	}
	if a.Count != nil {
		list = append(list, *a.Count)
	}
	return append(list, a.Covers...)
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

// checkEnviron makes sure that name looks like an environment variable.
func (b *builder) checkEnviron(pos model.Pos, name string) {
	if name != "" && !variableRE.MatchString(name) {
		b.diags.Add(pos, "environ: %q is no environment variable, such as CEPH_ARGS", name)
	}
}

// checkAround makes sure that m can do what is said of the time before and after its call.
func (b *builder) checkAround(m *Method) {
	for _, code := range m.FreshMap {
		b.checkErrno(m.Pos, code)
	}
	for _, word := range []struct {
		key  string
		said bool
	}{{"before", m.Before != ""}, {"fresh_map", m.FreshMap != nil}} {
		switch {
		case !word.said:
		case m.Recv == nil, m.Access == Record, m.Access == Close, m.Access == Held, m.Engine(), m.Lingers:
			b.diags.Add(m.Pos, "%s: %s is for a method of a handle that calls C at once and is not held", m.FullName(), word.key)
		case !m.HasError():
			b.diags.Add(m.Pos, "%s: %s needs a method that returns an error", m.FullName(), word.key)
		}
	}
	if m.Before != "" && (!token.IsIdentifier(m.Before) || isExported(m.Before)) {
		b.diags.Add(m.Pos, "%s: before: %q is not the name of a private method", m.FullName(), m.Before)
	}
	if m.FreshMap != nil && m.Recv != nil && m.Recv.Refresh == "" {
		b.diags.Add(m.Pos, "%s: fresh_map needs refresh, the method of %s that waits for the newest map", m.FullName(), m.Recv.Go)
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
		readies = readies || len(made) > 0 && m.Recv != nil && call.Entry.Func.Name == m.Recv.Ready
	}
	switch {
	case len(made) == 0:
	case len(made) > 1:
		b.diags.Add(m.Pos, "%s: two steps can't replace the same object", m.FullName())
	case m.Recv == nil || m.Access != Setup || !readies:
		b.diags.Add(m.Pos, "%s: replaces is for a method with setup: true, of a handle that a later step makes ready", m.FullName())
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
	number, _, isNumber := role.Number(b.basic(result))
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
	case sr.Closed != "" && r.Name != "value" && r.Name != "opaque":
		return complain("closed is for ret: value and opaque; with %s the method returns an error", r.Name)
	case sr.Closed != "" && !numberRE.MatchString(sr.Closed):
		return complain("closed must be a number, not %s", sr.Closed)
	case strings.HasPrefix(sr.Closed, "-") && strings.HasPrefix(number, "uint"):
		return complain("closed is %s, which %s never returns", sr.Closed, e.Func.Name)
	case sr.Type != "" && !r.Result:
		return complain("type is for a return value that is a result; %s is none", r.Name)
	}
	return true
}

// checkAccess makes sure that what the spec says of m's access to its handle means
// something.
func (b *builder) checkAccess(m *Method, call *spec.Call) {
	says := func(key, why string) { b.diags.Add(m.Pos, "%s is %s, so %s says nothing", m.FullName(), why, key) }
	for _, word := range []struct {
		key  string
		said bool
	}{{"setup", call.Setup}, {"held", call.Held}, {"keep", call.Keep != ""}} {
		switch {
		case !word.said:
		case m.Recv == nil:
			says(word.key, "no method")
		case m.Access == Record:
			says(word.key, "a step of an operation")
		case m.Access == Close:
			says(word.key, "what ends its handle")
		}
	}
	switch {
	case m.Access == Held && !m.Private():
		b.diags.Add(m.Pos, "%s is public, so nobody sees to it that its handle is held: say raw, not go", m.FullName())
	case m.Access == Held && call.Setup:
		says("setup", "held")
	}
	if m.Keep == "" || m.Recv == nil || m.Access == Record || m.Access == Close {
		return
	}
	switch {
	case !m.Recv.Settings:
		b.diags.Add(m.Pos, "%s keeps a setting, but %s has no settings", m.FullName(), m.Recv.Go)
	case len(m.Results()) > 0:
		b.diags.Add(m.Pos, "%s keeps a setting, but is no setter: it returns more than an error", m.FullName())
	}
}

// checkWaits makes sure that it is known of each C call whether it may block its thread, where
// the number of such calls is bounded: one that was forgotten could take any number of threads.
func (b *builder) checkWaits(m *Method) {
	says := func(why string) {
		if m.Waits != "" {
			b.diags.Add(m.Pos, "%s %s, so waits says nothing", m.FullName(), why)
		}
	}
	switch {
	case m.Recv == nil:
		says("is no method")
	case m.Access == Record:
		says("is a step of an operation")
	case m.Access == Close:
		says("ends its handle, which must not wait for room")
	case m.Engine():
		says("takes a completion")
	case m.Recv.Limit() == nil:
		says("belongs to no handle that is limited")
	case m.Waits == "":
		b.diags.Add(m.Pos, "%s may block its thread: say what it waits for, waits: %s, %s, %s, %s or %s",
			m.FullName(), spec.WaitsOSD, spec.WaitsMon, spec.WaitsMgr, spec.WaitsRoom, spec.WaitsNothing)
	case m.Access == Held && m.Acquires():
		b.diags.Add(m.Pos, "%s is called while its handle is being closed, when no call gets room: say admitted, and acquire it in Go", m.FullName())
	case m.Keeps() && m.Blocks():
		b.diags.Add(m.Pos, "%s waits, but has no way to say that it was not called", m.FullName())
	}
	switch {
	case !m.Admitted:
	case !m.Blocks():
		b.diags.Add(m.Pos, "%s waits for nothing, so admitted says nothing", m.FullName())
	case !m.Private():
		b.diags.Add(m.Pos, "%s is public, so its caller has not acquired room: say raw, not go", m.FullName())
	}
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
		b.diags.Add(m.Pos, "%s: named has %d names, but the number of results is %d", m.FullName(), len(m.Named), want)
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
	if field := m.Ret().Field; field != "" {
		if !slices.Contains(known, field) {
			b.diags.Hint(m.Pos, diag.DidYouMean(field, known), "%s: there is no field %s for the return value to go into", m.FullName(), field)
		}
		set[field] = true
	}
	for a := range m.Args() {
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
	for _, field := range known {
		if !set[field] {
			b.diags.Add(m.Pos, "%s leaves %s.%s unset", m.FullName(), m.Struct.Go, field)
		}
	}
}

// bodyNames are what the body of a method calls things itself.
var bodyNames = []string{
	"done", "err", "found", "lane", "other", "ret", "step",
	"C", "bytes", "cmdline", "errors", "flat", "fmt", "handle", "runtime", "settings", "slices", "steps", "syscall", "time", "unsafe",
	"asError", "bytesPointer", "hasCode", "radosError", "stringPointer", "takeBuffer", "takeBufferInto", "takeBufferString",
	"takeOwned", "takeOwnedString", "verdict",
	"append", "bool", "byte", "error", "false", "int", "int16", "int32", "int64", "int8", "len", "map", "nil",
	"string", "true", "uint", "uint16", "uint32", "uint64", "uint8", "uintptr",
}

// engineNames are what the other forms of a method call things that is on the engine.
var engineNames = []string{
	"call", "ctx", "slot", "started",
	"callSlot", "context", "engine", "filled", "leastRetained", "min", "unknown",
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
		taken = append(taken, "context", "inflight", "room")
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

// packageLevel are the names that a method may use because of the spec: those of types,
// constants and errors, and of what makes handles.
func (b *builder) packageLevel() []string {
	var names []string
	for _, t := range b.Spec.Types {
		names = append(names, t.Go)
	}
	for _, g := range b.Spec.Consts {
		for _, c := range g.Consts {
			names = append(names, c.Go)
		}
	}
	for _, e := range b.Spec.Errors {
		names = append(names, e.Go)
	}
	for _, h := range b.Spec.Handles {
		names = append(names, "new"+strings.ToUpper(h.Go[:min(1, len(h.Go))])+h.Go[min(1, len(h.Go)):])
	}
	return names
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

// checkNames makes sure that no two things have one name in the method.
func (b *builder) checkNames(m *Method) {
	taken := append(m.Taken(), b.packageLevel()...)
	claim := func(pos model.Pos, name string) {
		switch {
		case !token.IsIdentifier(name):
			b.diags.Add(pos, "%s: nothing can be called %q in Go; say another name", m.FullName(), name)
		case slices.Contains(taken, name):
			b.diags.Add(pos, "%s: something else is called %s already; say another name", m.FullName(), name)
		}
		taken = append(taken, name)
	}
	for _, a := range m.Crossing() {
		f := a.Fragment()
		for _, p := range f.Params {
			claim(a.Pos, p.Name)
		}
		for _, r := range f.Results {
			claim(a.Pos, r.Name)
		}
		for _, name := range a.Locals() {
			claim(a.Pos, name)
		}
	}
	for i, name := range m.Named {
		if name != "err" || i+1 < len(m.Named) || !m.HasError() {
			claim(m.Pos, name)
		}
	}
	var objects []string
	for _, call := range m.Calls {
		if call.Ret.Name == "object" {
			objects = append(objects, call.As)
		}
	}
	b.separate(m.FullName(), m.Crossing(), objects...)
}

// checkRefusals makes sure that the errors are there with which m refuses an argument.
func (b *builder) checkRefusals(m *Method) {
	for a := range m.Args() {
		for _, r := range a.Fragment().Refuse {
			if r.Error != "" {
				b.errorNamed(a.Pos, r.Error, m.FullName()+", "+a.Param.Name)
			}
		}
	}
	if m.Environ != "" {
		b.errorNamed(m.Pos, role.ArgvIn(m.Environ).Error, m.FullName()+", environ")
	}
}

// checkShim makes sure that m has a C function to itself: those that have no name in C
// are called as the Go method is, in lower case.
func (b *builder) checkShim(m *Method) {
	if other := b.shims[m.Shim]; other != nil && other.FullName() != m.FullName() {
		b.diags.Add(m.Pos, "%s and %s would have one C function, %s: say another name", m.FullName(), other.FullName(), m.Shim)
	}
	b.shims[m.Shim] = m
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

// checkResults makes sure that what m returns can be told apart.
func (b *builder) checkResults(m *Method) {
	ret, grow, counts := m.Ret(), 0, 0
	tellsLength := ret.Name == "length" || ret.Name == "needed"
	for a := range m.Args() {
		f := a.Fragment()
		if f.Again != "" {
			grow++
		}
		if a.Count != nil {
			counts++
		}
		if f.Adopt != nil && (len(m.Results()) != 1 || len(m.Calls) != 1) {
			b.diags.Add(m.Pos, "%s returns a new %s, which must be its only result and come of a single call", m.FullName(), f.Adopt.Go)
		}
	}
	switch {
	case counts > 1 || counts == 1 && ret.Result:
		b.diags.Add(m.Pos, "%s: count is for the one number that a method returns, and there are more", m.FullName())
	case ret.Name == "verdict" && m.Access != Close && len(m.Results()) > 1:
		b.diags.Add(m.Pos, "%s: ret: verdict must be the only result", m.FullName())
	case grow > 1 && tellsLength:
		b.diags.Add(m.Pos, "%s: ret: %s is about one buffer that grows, and there are %d", m.FullName(), ret.Name, grow)
	case grow == 0 && tellsLength:
		b.diags.Add(m.Pos, "%s: ret: %s is about a buffer that grows, and there is none; for the caller's own say count", m.FullName(), ret.Name)
	case ret.Name == "value" && m.CanFail() && b.basic(m.Calls[len(m.Calls)-1].Entry.Func.Result) != "uint32_t":
		b.diags.Add(m.Pos, "%s: ret: value leaves no room for an error, and an argument may be refused or the function missing", m.FullName())
	}
}
