package plan

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
	"github.com/go-rados/go-rados/gen/role"
	"github.com/go-rados/go-rados/gen/spec"
)

// Resolve makes the plan that package check judges. What can't be resolved is left out of it and
// has a diagnostic.
func Resolve(s *spec.Spec, u *release.Union) (*Plan, *diag.List) {
	b := &builder{
		Plan:    &Plan{Spec: s, Union: u, Structs: make(map[string]*role.Struct)},
		entries: make(map[string]*Entry),
		handles: make(map[string]*Handle),
		goNames: make(map[string]model.Pos),

		iterators: make(map[string]*Iterator),
	}
	b.addEntries()
	b.addHandles()
	b.addIterators()
	b.addCompletions()
	b.addTypes()
	b.addFunctions()
	b.addMethods()
	b.checkBuffers()
	b.addConsts()
	b.addErrors()
	return b.Plan, &b.diags
}

type builder struct {
	*Plan
	diags   diag.List
	entries map[string]*Entry  // by C name
	handles map[string]*Handle // by C type
	goNames map[string]model.Pos

	iterators map[string]*Iterator // by C type
}

// addEntries pairs what the releases declare with what the spec says of it:
// each must have the other.
func (b *builder) addEntries() {
	bySpec := make(map[string]*spec.Function)
	for _, f := range b.Spec.Functions {
		bySpec[f.C] = f
	}
	var names []string
	for _, f := range b.Union.Funcs {
		names = append(names, f.Name)
		e := &Entry{
			Func:       named(f.Decl),
			Since:      f.Since,
			Until:      f.Until,
			Oldest:     f.Oldest,
			Everywhere: f.Everywhere(),
			Has:        f.Has,
			Spec:       bySpec[f.Name],
		}
		if e.Spec == nil {
			b.diags.Hint(model.Pos{File: b.Spec.File}, Stanza(named(f.Decl)),
				"%s of Ceph %s has no entry; paste this below functions: and complete it", f.Name, f.Since)
			continue
		}
		b.Entries = append(b.Entries, e)
		b.entries[f.Name] = e
	}
	for _, f := range b.Spec.Functions {
		if b.entries[f.C] == nil {
			b.diags.Hint(f.Pos, diag.DidYouMean(f.C, names), "no release has a function %s", f.C)
		}
	}
}

// named is f with names for the parameters that have none in the header: arg1, arg2, …
func named(f *model.Func) *model.Func {
	has := func(name string) bool { return f.Param(name) != nil }
	if !has("") {
		return f
	}
	whole := *f
	whole.Params = slices.Clone(f.Params)
	for i := range whole.Params {
		name := fmt.Sprintf("arg%d", i+1)
		for has(name) {
			name += "_"
		}
		if whole.Params[i].Name == "" {
			whole.Params[i].Name = name
		}
	}
	return &whole
}

// Stanza is what to paste into the spec for a function that it does not have.
func Stanza(f *model.Func) string {
	return fmt.Sprintf("# %s\n%s: {todo: \"say go, via, private or skip\"}", f.Prototype(), f.Name)
}

func (b *builder) addHandles() {
	byGo := make(map[string]*Handle)
	for _, sh := range b.Spec.Handles {
		h := &Handle{Handle: sh, ParentHandle: byGo[sh.Parent]}
		b.checkHandle(h)
		byGo[sh.Go] = h
		b.handles[sh.C] = h
		b.Handles = append(b.Handles, h)
	}
}

// entry finds the entry of a C function that the spec mentions somewhere.
func (b *builder) entry(pos model.Pos, name, where string) *Entry {
	if e := b.entries[name]; e != nil {
		return e
	}
	var names []string
	for _, e := range b.Entries {
		names = append(names, e.Func.Name)
	}
	b.diags.Hint(pos, diag.DidYouMean(name, names), "%s: no release has a function %s", where, name)
	return nil
}

func (b *builder) addTypes() {
	for _, t := range b.Spec.Types {
		if b.checkType(t); t.Struct == "" {
			continue
		}
		if st := b.mirrored(t); st != nil {
			b.Structs[t.Go] = b.mirror(t, st)
		}
	}
}

func (b *builder) mirror(t *spec.Type, st *model.Struct) *role.Struct {
	var members []string
	for _, f := range st.Fields {
		members = append(members, f.Name)
	}
	r := &role.Struct{Go: t.Go, C: t.Struct}
	for _, f := range t.Fields {
		i := slices.Index(members, f.C)
		if i < 0 {
			b.diags.Hint(f.Pos, diag.DidYouMean(f.C, members), "%s has no member %q", t.Struct, f.C)
			continue
		}
		typ, _, ok := role.Number(b.Basic(st.Fields[i].Type))
		if !ok || st.Fields[i].Type.IsPointer() || st.Fields[i].Array > 0 {
			b.diags.Add(f.Pos, "%s.%s is no number, and nothing else can be mirrored", t.Struct, f.C)
		}
		if f.Type == "" {
			f.Type = typ
		}
		r.Fields = append(r.Fields, role.StructField{Go: f.Go, Type: f.Type, C: f.C})
	}
	return r
}

// addConsts notes the Go names of the constants.
func (b *builder) addConsts() {
	for _, g := range b.Spec.Consts {
		for _, c := range g.Consts {
			b.claim(c.Pos, c.Go, c.Doc, true)
			b.checkGoType(c.Pos, c.Type)
		}
	}
}

// addErrors notes the Go names of the errors.
func (b *builder) addErrors() {
	for _, e := range b.Spec.Errors {
		b.claim(e.Pos, e.Go, e.Doc, true)
	}
}

// Basic follows typedefs to the type behind t's base.
func (p *Plan) Basic(t model.Type) string {
	base := t.Base
	for range 8 { // deeper typedefs than that are a loop
		def := p.Union.Typedef(base)
		if def == nil || def.Decl.Type.IsPointer() {
			return base
		}
		base = def.Decl.Type.Base
	}
	return base
}

func (b *builder) addFunctions() {
	for _, e := range b.Entries {
		f := e.Spec
		if f.Disposition != spec.Go && f.Disposition != spec.Private {
			continue
		}
		public := f.Disposition == spec.Go
		m := b.method(f.Pos, f.Target, f.Doc, f.ResultNames, public)
		b.addFunction(m, e, &f.Call, nil)
		for _, form := range f.Forms {
			m := b.method(form.Pos, form.Go, form.Doc, form.ResultNames, public)
			b.addFunction(m, e, &f.Call, form.Args)
		}
	}
}

// method starts a Go method of that full name.
func (b *builder) method(pos model.Pos, full, doc string, named []string, public bool) *Method {
	b.claim(pos, full, doc, public)
	m := &Method{Pos: pos, Name: full, Doc: doc, Named: named}
	if recv, name, ok := strings.Cut(full, "."); ok {
		m.Name = name
		var known []string
		for _, h := range b.Handles {
			known = append(known, h.Go)
			if h.Go == recv {
				m.Recv = h
			}
		}
		if m.Recv == nil {
			b.diags.Hint(pos, diag.DidYouMean(recv, known), "%s: no handle has the Go name %s", full, recv)
		}
	}
	return m
}

// addFunction completes m as a Go method over the one C function of e. The
// form's arguments, if it is a form, take precedence.
func (b *builder) addFunction(m *Method, e *Entry, call *spec.Call, form map[string]*spec.Arg) {
	m.Access = b.access(m, e, call)
	m.Keep, m.Amends, m.Changes, m.Lingers = call.Replay, call.ModifiesPrevious, call.Changes, call.CompletesOnCallback
	m.Waits, m.Admitted = call.Waits, call.Admitted
	m.Ready = m.Recv != nil && m.Recv.ReadyAfter == e.Func.Name
	m.Shim = "gorados_" + e.Func.Name
	if form != nil {
		m.Shim = shimName(m)
	}
	m.Environ = call.Env
	m.Before, m.FreshMap = call.Before, call.FreshMap
	if call.ReturnsStruct != "" {
		name, isPointer := strings.CutPrefix(call.ReturnsStruct, "*")
		m.Struct, m.Pointer = b.typeNamed(m.Pos, name), isPointer
	}
	c := &Call{Entry: e, Ret: b.ret(m.Pos, e, call.Ret, "")}
	if call.Else != "" {
		c.Else = b.fallback(m.Pos, e, call.Else)
	}
	c.Twin = b.twin(m.Pos, e, call.Sync)
	b.instead(m, call.Supersedes)
	if c.Ret == nil {
		return
	}
	c.Args = b.args(m, c, overlay(call.Args, form), nil)
	m.Calls = []*Call{c}
	m.Spec, m.Form = call, form != nil
	b.finish(m)
}

func (b *builder) access(m *Method, e *Entry, call *spec.Call) Access {
	switch {
	case m.Recv == nil:
		return Free
	case m.Recv.Recorded():
		return Record
	case m.Recv.Free == e.Func.Name:
		return Close
	case call.Unguarded:
		return Held
	case call.BeforeConnect || m.Recv.ReadyAfter == e.Func.Name:
		return Setup
	}
	return Ready
}

func shimName(m *Method) string {
	return "gorados_" + strings.ToLower(strings.ReplaceAll(m.FullName(), ".", "_"))
}

func (b *builder) typeNamed(pos model.Pos, name string) *spec.Type {
	var names []string
	for _, t := range b.Spec.Types {
		if t.Go == name {
			return t
		}
		names = append(names, t.Go)
	}
	b.diags.Hint(pos, diag.DidYouMean(name, names), "no type is called %s", name)
	return nil
}

func (b *builder) addMethods() {
	for _, sm := range b.Spec.Methods {
		name := sm.Go[strings.LastIndexByte(sm.Go, '.')+1:]
		m := b.method(sm.Pos, sm.Go, sm.Doc, sm.ResultNames, isExported(name))
		m.Shim, m.Order, m.Changes, m.Waits, m.Before = shimName(m), sm.Params, sm.Changes, sm.Waits, sm.Before
		b.instead(m, sm.Supersedes)
		m.Async = slices.ContainsFunc(sm.Steps, b.completes)
		switch {
		case sm.BeforeConnect:
			m.Access = Setup
		case m.Recv != nil:
			m.Access = Ready
		}
		locals := make(map[string]string) // C type → name
		for _, step := range sm.Steps {
			if c := b.step(m, step, locals); c != nil {
				m.Calls = append(m.Calls, c)
			}
		}
		b.checkReplaces(m)
		switch {
		case len(sm.Steps) == 0:
			b.diags.Add(sm.Pos, "%s has no steps", sm.Go)
		case m.Recv != nil && m.Recv.Recorded():
			b.diags.Add(sm.Pos, "%s is a step of an operation, which is a single call: say it under functions", sm.Go)
		case len(m.Calls) == len(sm.Steps):
			b.finish(m)
		}
	}
}

// completes reports whether the function of step takes a completion.
func (b *builder) completes(step *spec.Step) bool {
	e := b.entries[step.Call]
	return e != nil && slices.ContainsFunc(e.Func.Params, b.ends)
}

func (b *builder) step(m *Method, step *spec.Step, locals map[string]string) *Call {
	name := step.Call
	switch {
	case (step.Call == "") == (step.Drain == ""):
		b.diags.Add(step.Pos, "a step of %s must have either call or drain", m.FullName())
		return nil
	case (step.Drain == "") != (step.Until == ""):
		b.diags.Add(step.Pos, "a step of %s must have drain and until together", m.FullName())
		return nil
	case step.Drain != "":
		name = step.Drain
	}
	e := b.entry(step.Pos, name, m.FullName())
	if e == nil {
		return nil
	}
	c := &Call{Entry: e, As: step.As, Until: step.Until, Replaces: step.Replaces}
	c.Twin = b.twin(step.Pos, e, step.Sync)
	c.Ret = b.ret(step.Pos, e, step.Ret, step.As)
	if c.Ret == nil {
		return nil
	}
	c.Args = b.args(m, c, step.Args, locals)
	b.checkDrain(m, step, c)
	if step.As == "" {
		if step.Free != "" {
			b.diags.Add(step.Pos, "a step of %s frees what it makes, but does not name it: say as", m.FullName())
		}
		return c
	}
	made := madeType(c)
	if made == "" {
		b.diags.Hint(step.Pos, e.Func.Prototype(), "a step of %s: %s makes no object to be called %s", m.FullName(), name, step.As)
		return c
	}
	if !token.IsIdentifier(step.As) || b.inC(step.As) != step.As {
		b.diags.Add(step.Pos, "a step of %s: nothing can be called %q in C; say as: another name", m.FullName(), step.As)
	}
	locals[made] = step.As
	if step.Free != "" {
		c.Free = b.freeing(step.Pos, step.Free, m.FullName(), made)
	}
	return c
}

// madeType is the C type of the object that c makes.
func madeType(c *Call) string {
	if c.Ret.Name == "object" {
		return c.Entry.Func.Result.Base
	}
	for _, a := range c.Args {
		if a.Role.Name() == "made" {
			return a.Param.Type.Base
		}
	}
	return ""
}

// ret decides what the return value means. An int is an errno unless the spec
// says otherwise; any other number must be explained.
func (b *builder) ret(pos model.Pos, e *Entry, sr *spec.Ret, makes string) *Ret {
	r := &Ret{Inferred: true}
	name := ""
	switch result := e.Func.Result; {
	case sr != nil && sr.As != "":
		name, r.Inferred, pos = sr.As, false, sr.Pos
	case result.IsVoid():
		name = "none"
	case result.Is("int", 0):
		name = "errno"
	case makes != "":
		name = "object"
	default:
		b.diags.Hint(pos, e.Func.Prototype(), "what %s returns can't be inferred: say ret, one of %s",
			e.Func.Name, strings.Join(role.RetNames(), ", "))
		return nil
	}
	if r.Ret = role.RetByName(name); r.Ret == nil {
		hint := diag.DidYouMean(name, role.RetNames())
		if hint == "" {
			hint = "known are " + strings.Join(role.RetNames(), ", ")
		}
		b.diags.Hint(pos, hint, "%q is no meaning of a return value", name)
		return nil
	}
	if !b.checkRet(pos, e, r, sr, makes) {
		return nil
	}
	if r.Result {
		r.Type, _, _ = role.Number(b.Basic(e.Func.Result))
	}
	if r.Name == "opaque" {
		r.Type = "uintptr"
	}
	if sr != nil {
		r.Closed, r.Codes, r.Field = sr.ClosedValue, sr.Codes, sr.Field
		if sr.Type != "" {
			r.Type = sr.Type
		}
	}
	return r
}

// finish names what is in a complete method, and adds it to the plan.
func (b *builder) finish(m *Method) {
	gated := m.Gated()
	for a := range m.Args() {
		a.Gated = gated
	}
	var objects []string
	for _, call := range m.Calls {
		if call.Ret.Name == "object" {
			objects = append(objects, call.As)
		}
	}
	b.separate(m.FullName(), m.Crossing(), objects...)
	b.claimForms(m)
	b.Methods = append(b.Methods, m)
}

// collect makes one struct of the results that are its fields, in the order in which the type
// declares them.
func collect(t *spec.Type, pointer bool, fields []role.Result) role.Result {
	var values []role.Field
	for _, f := range fields {
		values = append(values, role.Field{Name: f.Name, Value: f.Value})
	}
	declared := func(f role.Field) int {
		return slices.IndexFunc(t.Fields, func(d *spec.TypeField) bool { return d.Go == f.Name })
	}
	slices.SortStableFunc(values, func(a, b role.Field) int { return declared(a) - declared(b) })
	if pointer {
		return role.Result{
			Name:  t.Go,
			Type:  "*" + t.Go,
			Value: jen.Op("&").Add(role.Literal(jen.Id(t.Go), values...)),
			Zero:  jen.Nil(),
		}
	}
	return role.Result{
		Name:  t.Go,
		Type:  t.Go,
		Value: role.Literal(jen.Id(t.Go), values...),
		Zero:  jen.Id(t.Go).Values(),
	}
}

// Empty is the struct that m returns, with nothing in it.
func Empty(m *Method) jen.Code { return collect(m.Struct, m.Pointer, nil).Value }
