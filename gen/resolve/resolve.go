// Package resolve makes the intermediate representation: it joins the declarations of
// all releases with the spec, infers the roles that the spec leaves out, applies
// defaults, and derives what follows from the roles. It refuses only what it cannot
// represent: names that stand for nothing, keys without which nothing can be looked
// up, arguments and return values without a fitting role. Every other rule is in
// package check.
package resolve

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
	"github.com/go-rados/go-rados/gen/spec"
)

// Roles is the vocabulary of what arguments and return values mean.
type Roles interface {
	// Names lists the roles of arguments, sorted.
	Names() []string
	// Known reports whether there is a role of that name.
	Known(name string) bool
	// Steps reports whether an argument of a step can have the role of that name.
	Steps(name string) bool
	// Infer returns the role that a has beyond doubt, or "".
	Infer(a *ir.Arg) string
	// Fits returns the reason why a cannot have the role of that name, or nil.
	Fits(name string, a *ir.Arg) error
	// Part returns what a, which has a role, contributes to its method.
	Part(a *ir.Arg) ir.Part
	// Environ returns the reason for which a method is refused whose C function reads
	// a command line from the environment.
	Environ() ir.Refusal
	// Ret returns the role of return values of that name, or nil.
	Ret(name string) *ir.RetRole
	// RetNames lists the roles of return values.
	RetNames() []string
	// InferRet returns the role of a return value, or "". makes reports whether the
	// call makes an object for the calls after it.
	InferRet(result model.Type, makes bool) string
}

// Plan makes the plan for s and u. Anything that cannot be resolved is left out of it and
// has a diagnostic.
func Plan(s *spec.Spec, u *release.Union, roles Roles) (*ir.Plan, *diag.List) {
	r := &resolver{
		Plan:      &ir.Plan{File: s.File, Library: cmp.Or(s.Library, &spec.Library{}), Releases: u.Releases, Skips: s.Skips, Accepts: s.Accepts, BareErrors: s.BareErrors, Buffers: ir.Buffers{Pos: s.Buffers.Pos}},
		spec:      s,
		union:     u,
		roles:     roles,
		functions: make(map[string]*ir.Function),
		handles:   make(map[string]*ir.Handle),
		mirrors:   make(map[string]*ir.Type),
		iterators: make(map[string]bool),
		defaulted: make(map[string]bool),
		sentences: make(map[string]bool),
		defaultTo: make(map[string]bool),
	}
	r.addFunctions()
	r.addHandles()
	if s.Buffers.Free != "" {
		r.Buffers.Free = r.function(s.Buffers.Pos, s.Buffers.Free, "buffers, free")
	}
	r.addCompletions()
	r.addIterators()
	r.addEvents()
	r.addTypes()
	r.addResults()
	r.addSingle()
	r.addComposed()
	r.addConsts()
	r.addErrors()
	r.addUsers()
	r.addOthers()
	r.addCTypes()
	r.unusedDefaults()
	return r.Plan, &r.diags
}

type resolver struct {
	*ir.Plan
	spec  *spec.Spec
	union *release.Union
	roles Roles
	diags diag.List

	functions map[string]*ir.Function // by C name
	handles   map[string]*ir.Handle   // by C type
	mirrors   map[string]*ir.Type     // by C type
	iterators map[string]bool         // by C type
	defaulted map[string]bool         // by the names of parameters: a default was applied
	sentences map[string]bool         // by what a method waits for: the sentence about it was used
	defaultTo map[string]bool         // by names of functions in blocking: one had its waits from there
}

// unusedDefaults refuses a default that no function needs, and a sentence that no doc needs.
func (r *resolver) unusedDefaults() {
	for name, a := range r.spec.Defaults {
		if !r.defaulted[name] {
			r.diags.Add(a.Pos, "default %s has no effect: each function with such a parameter says what it means", name)
		}
	}
	for waits, b := range r.spec.Blocking {
		switch {
		case !spec.Waits(waits).Known() && b.Functions != nil:
			r.diags.Add(b.Pos, "blocking %s: %s is no value of waits", waits, waits)
		case !r.sentences[waits] && (b.Doc != "" || b.Functions == nil):
			r.diags.Add(b.Pos, "blocking %s has no effect: no method with waits: %s has %s in its doc", waits, waits, waitsMark)
		}
		for _, name := range b.Functions {
			if !r.defaultTo[name] {
				r.diags.Add(b.Pos, "blocking %s: %s has no effect: there is no such function whose entry needs waits and lacks it", waits, name)
			}
		}
	}
}

// name adds a Go name that the generated package declares.
func (r *resolver) name(pos model.Pos, name, doc string, public bool) {
	r.Names = append(r.Names, ir.Name{Pos: pos, Go: name, Doc: doc, Public: public})
}

// addFunctions pairs the declarations of the releases with the functions of the spec:
// each must have the other, unless the spec names the function elsewhere.
func (r *resolver) addFunctions() {
	bySpec := make(map[string]*spec.Function)
	for _, f := range r.spec.Functions {
		bySpec[f.C] = f
	}
	where := Mentioned(r.spec)
	var names []string
	for _, f := range r.union.Funcs {
		names = append(names, f.Name)
		e := &ir.Function{
			Func:       named(f.Decl),
			Since:      f.Since,
			Until:      f.Until,
			Oldest:     f.Oldest,
			Everywhere: f.Everywhere(),
			Uniform:    f.Uniform,
			Has:        f.Has,
			Spec:       r.like(bySpec[f.Name], f.Decl, bySpec),
		}
		if pos, ok := where[f.Name]; ok && e.Spec == nil {
			e.Spec = &spec.Function{Pos: pos, C: f.Name, Disposition: spec.Via}
		}
		if e.Spec == nil {
			r.diags.Hint(model.Pos{File: r.spec.File}, Stub(named(f.Decl)),
				"%s of Ceph %s has no entry; paste this below functions: and complete it", f.Name, f.Since)
			continue
		}
		e.Lengths = inferLengths(e.Func)
		e.Sync = cmp.Or(e.Spec.Sync, syncOf(r.spec, e.Name))
		r.Functions = append(r.Functions, e)
		r.functions[f.Name] = e
	}
	for _, f := range r.spec.Functions {
		if r.functions[f.C] == nil {
			r.unknown(f.Pos, f.C, names, "no release has a function %s", f.C)
		}
	}
}

// like returns f, the entry of decl, with the keys that it has from the entry of another function.
func (r *resolver) like(f *spec.Function, decl *model.Func, entries map[string]*spec.Function) *spec.Function {
	if f == nil || f.Like == "" {
		return f
	}
	other := entries[f.Like]
	switch {
	case other == nil || other.Disposition != spec.Go && other.Disposition != spec.Private:
		r.diags.Hint(f.Pos, diag.DidYouMean(f.Like, slices.Sorted(maps.Keys(entries))), "%s, like: %s has no entry with go or private", f.C, f.Like)
		return f
	case other.Like != "":
		r.diags.Add(f.Pos, "%s, like: the entry of %s is like another itself", f.C, f.Like)
		return f
	}
	whole := *f
	whole.Call = f.Completed(&other.Call)
	if methodOf(f.Target) != methodOf(other.Target) {
		whole.Doc = f.Doc // the other's begins with another name
	}
	args := maps.Clone(other.Args)
	maps.DeleteFunc(args, func(name string, _ *spec.Arg) bool { return decl.Param(name) == nil })
	whole.Args = overlay(args, f.Args)
	return &whole
}

// named returns f with names for the parameters that have none in the header: arg1, arg2, …
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

// Stub returns the entry to paste into the spec for a function that it does not have.
func Stub(f *model.Func) string {
	return fmt.Sprintf("# %s\n%s: {todo: \"say go, private or skip\"}", f.Prototype(), f.Name)
}

// function returns the C function of that name, which the spec mentions somewhere.
func (r *resolver) function(pos model.Pos, name, where string) *ir.Function {
	if f := r.functions[name]; f != nil {
		return f
	}
	var names []string
	for _, f := range r.Functions {
		names = append(names, f.Name)
	}
	r.unknown(pos, name, names, "%s: no release has a function %s", where, name)
	return nil
}

// unknown adds a diagnostic about a C name that is none of names, with the reason if a release declares
// it in a way that is not supported.
func (r *resolver) unknown(pos model.Pos, name string, names []string, format string, args ...any) {
	hint := diag.DidYouMean(name, names)
	if o := r.union.Omitted(name); o != nil {
		hint = o.String()
	}
	r.diags.Hint(pos, hint, format, args...)
}

func (r *resolver) addHandles() {
	byGo := make(map[string]*ir.Handle)
	for _, sh := range r.spec.Handles {
		h := &ir.Handle{Handle: sh, Owner: byGo[sh.Parent]}
		byGo[sh.Go] = h
		r.handles[sh.C] = h
		r.Handles = append(r.Handles, h)
		if h.Imported {
			h.Package = path.Base(r.Library.Parent)
			continue
		}
		if a := h.Accessor; a != nil {
			r.name(a.Pos, h.Go+"."+a.Name, a.Doc, true)
		}
		r.name(h.Pos, h.Go, h.Doc, isExported(h.Go))
		where := "handle " + h.C
		if h.Free != "" {
			h.FreeFunc = r.function(h.Pos, h.Free, where+", free")
		}
		if h.Recorded() {
			h.OpNewFunc = r.function(h.Pos, h.OpNew, where+", op_new")
		} else if h.ReadyAfter != "" {
			h.ReadyFunc = r.function(h.Pos, h.ReadyAfter, where+", ready_after")
		}
	}
}

func (r *resolver) addTypes() {
	for _, st := range r.spec.Types {
		r.name(st.Pos, st.Go, st.Doc, true)
		t := &ir.Type{Pos: st.Pos, Go: st.Go, Is: st.Is, C: st.Struct, Header: st.Header, Doc: st.Doc}
		if t.C != "" && t.Header == "" {
			if decl := r.union.Struct(t.C); decl != nil {
				t.Struct = decl.Decl
			} else {
				r.unknown(t.Pos, t.C, nil, "type %s mirrors %s, which no release has", t.Go, t.C)
			}
		}
		for _, f := range st.Fields {
			t.Fields = append(t.Fields, r.field(t, f))
		}
		if t.Mirrors() && r.mirrors[t.C] == nil {
			r.mirrors[t.C] = t
		}
		r.Types = append(r.Types, t)
	}
	for _, t := range r.Types { // all types are known now
		for i := range t.Fields {
			r.fieldKind(t, &t.Fields[i])
		}
	}
}

// field resolves a field of t. Its type is by default the one for the type of the C member.
func (r *resolver) field(t *ir.Type, sf *spec.TypeField) ir.Field {
	f := ir.Field{Pos: sf.Pos, Go: sf.Go, Type: sf.Type, C: sf.C, Param: sf.Param, Length: sf.Length, Doc: r.predicate(sf.Pos, sf.Go, sf.Doc)}
	if !t.Mirrors() {
		return f
	}
	if f.C == "" {
		f.C = strings.ToLower(sf.Go[:1]) + sf.Go[1:]
	}
	return f
}

// fieldKind finds out what the member is that f, a field of t, mirrors.
func (r *resolver) fieldKind(t *ir.Type, f *ir.Field) {
	switch {
	case t.Header != "":
		f.Kind, f.Of = r.trustedKind(f), r.typeOf(f.Type)
		return
	case t.Struct == nil:
		return
	}
	m := r.member(t, f, f.C)
	if m == nil {
		f.Kind = ir.FieldNumber // nothing is known of it
		return
	}
	if f.Length != "" {
		if n := r.member(t, f, f.Length); n == nil || n.Type.IsPointer() || !ctype.IsInteger(r.union.Basic(n.Type)) {
			r.diags.Add(f.Pos, "%s.%s, length: %s is no number", t.Go, f.Go, f.Length)
			return
		}
	}
	f.Of = r.mirrors[m.Type.Base]
	f.Kind = r.memberKind(f, m)
	if zero := r.zeroWithout(t.C, m.Name); zero != "" {
		f.Doc = cmp.Or(f.Doc, f.Go+" is the member "+m.Name+" in C.") + " " + zero
	}
}

// member returns the member of that name of the struct that t mirrors.
func (r *resolver) member(t *ir.Type, f *ir.Field, name string) *model.Field {
	var names []string
	for i, m := range t.Struct.Fields {
		if names = append(names, m.Name); m.Name == name {
			return &t.Struct.Fields[i]
		}
	}
	r.diags.Hint(f.Pos, diag.DidYouMean(name, names), "%s has no member %q", t.C, name)
	return nil
}

// memberKind returns what m is, the member of the field f, whose Go type is by default that of its kind.
func (r *resolver) memberKind(f *ir.Field, m *model.Field) ir.FieldKind {
	n, isNumber := ctype.NumberOf(r.union.Basic(m.Type))
	is := func(kind ir.FieldKind, goType string) ir.FieldKind {
		if f.Type = cmp.Or(f.Type, goType); goType != "" && f.Type != goType {
			return ""
		}
		return kind
	}
	stars := len(m.Type.Stars)
	switch {
	case m.Array > 0 && m.Type.Is("char", 0):
		return is(ir.FieldArray, "string")
	case m.Array > 0:
		return r.fixedKind(f, m)
	case m.Type.Is("struct sockaddr_storage", 0):
		return is(ir.FieldAddress, "netip.AddrPort")
	case m.Type.Is("time_t", 0) && f.Type == "time.Time":
		return ir.FieldSeconds
	case m.Type.Is("struct timespec", 0):
		return is(ir.FieldTimespec, "time.Time")
	case m.Type.Is("char", 1) && f.Length == "":
		return is(ir.FieldText, "string")
	case m.Type.Is("char", 1) && f.Type == "[]string":
		return ir.FieldTexts
	case stars == 1 && slices.Contains([]string{"char", "unsigned char", "uint8_t", "void"}, m.Type.Base) && f.Length != "":
		return is(ir.FieldBytes, "[]byte")
	case stars == 0 && f.Of != nil:
		return is(ir.FieldStruct, f.Of.Go)
	case stars == 1 && f.Of != nil && f.Length != "":
		return is(ir.FieldList, "[]"+f.Of.Go)
	case stars == 0 && isNumber && cmp.Or(f.Type, n.Go) == "bool":
		return is(ir.FieldBool, "bool")
	case stars == 0 && isNumber && !strings.HasPrefix(n.Go, "float") && r.isInteger(cmp.Or(f.Type, n.Go)):
		return is(ir.FieldNumber, cmp.Or(f.Type, n.Go))
	case stars == 0 && m.Type.Base == "time_t" && r.isInteger(cmp.Or(f.Type, "int64")):
		return is(ir.FieldNumber, cmp.Or(f.Type, "int64"))
	}
	return ""
}

var integerRE = regexp.MustCompile(`^(byte|u?int(8|16|32|64)?|C\..*)$`)

// isInteger reports whether a Go type, which may be one of the spec, is an integer.
func (r *resolver) isInteger(goType string) bool {
	if t := r.typeOf(goType); t != nil {
		goType = t.Is
	}
	return integerRE.MatchString(goType)
}

// fixedKind returns what m is, a member that is an array of a fixed length.
func (r *resolver) fixedKind(f *ir.Field, m *model.Field) ir.FieldKind {
	length := fmt.Sprintf("[%d]", m.Array)
	elem, isArray := strings.CutPrefix(f.Type, length)
	if f.Length != "" || f.Type != "" && !isArray {
		return ""
	}
	f.Count, f.Elem = m.Array, &ir.Field{Go: f.Go, C: f.C, Type: elem, Of: f.Of}
	if f.Elem.Kind = r.memberKind(f.Elem, &model.Field{Name: m.Name, Type: m.Type}); f.Elem.Kind == "" {
		return ""
	}
	f.Type = length + f.Elem.Type
	return ir.FieldFixed
}

// trustedKind returns what the member of f is according to the Go type, since the declaration of its
// struct is not known.
func (r *resolver) trustedKind(f *ir.Field) ir.FieldKind {
	switch {
	case f.Length != "":
		return ""
	case f.Type == "string":
		return ir.FieldArray
	case f.Type == "bool":
		return ir.FieldBool
	case f.Type == "time.Time":
		return ir.FieldTimespec
	case f.Type == "netip.AddrPort":
		return ir.FieldAddress
	case r.typeOf(f.Type).Mirrors():
		return ir.FieldStruct
	case strings.HasPrefix(f.Type, "int"), strings.HasPrefix(f.Type, "uint"), r.typeOf(f.Type) != nil:
		return ir.FieldNumber
	}
	return ""
}

// typeOf returns the type of that name in the spec, or nil.
func (r *resolver) typeOf(name string) *ir.Type {
	i := slices.IndexFunc(r.Types, func(t *ir.Type) bool { return t.Go == name })
	if i < 0 {
		return nil
	}
	return r.Types[i]
}

// predicate returns the doc comment of name, which the spec writes without the name.
func (r *resolver) predicate(pos model.Pos, name, doc string) string {
	if doc == "" {
		return ""
	}
	if strings.HasPrefix(doc, name) {
		r.diags.Add(pos, "the doc of %s begins with its name, which is put before it", name)
	}
	if strings.HasPrefix(doc, ",") {
		return name + doc
	}
	return name + " " + doc
}

func (r *resolver) addConsts() {
	for _, sg := range r.spec.Consts {
		g := &ir.ConstGroup{Pos: sg.Pos, String: sg.String, Type: cmp.Or(sg.StringOf, sg.Type), StringOf: sg.StringOf != ""}
		derived := false
		for _, sc := range sg.Consts {
			text := cmp.Or(r.predicate(sc.Pos, sc.Go, sc.Doc), former(sc.Go, sc.Is))
			r.name(sc.Pos, sc.Go, text, true)
			c := &ir.Const{Pos: sc.Pos, Go: sc.Go, Type: cmp.Or(sc.Type, sg.Type), Is: sc.Is, C: cmp.Or(sc.C, r.constOf(sg, sc)), Doc: text}
			derived = derived || c.C != sc.C
			if decl := r.union.Const(c.C); c.C != "" && decl != nil {
				c.Decl, c.Everywhere = decl.Decl, decl.Everywhere()
			}
			g.Consts = append(g.Consts, c)
		}
		if !derived && len(sg.Consts) > 0 && sg.Prefix+sg.CPrefix != "" {
			r.diags.Add(sg.Pos, "prefix and c_prefix have no effect: no const of the group has its value by both")
		}
		r.Consts = append(r.Consts, g)
	}
}

// constOf returns the C constant that c is called like, if its group says how the names differ.
func (r *resolver) constOf(g *spec.ConstGroup, c *spec.Const) string {
	name, ok := strings.CutPrefix(c.Go, g.Prefix)
	if c.Is != "" || g.Prefix == "" || g.CPrefix == "" || !ok {
		return ""
	}
	flat := func(text string) string { return strings.ToUpper(strings.ReplaceAll(text, "_", "")) }
	for _, decl := range r.union.Consts {
		if rest, ok := strings.CutPrefix(decl.Name, g.CPrefix); ok && flat(rest) == flat(name) {
			return decl.Name
		}
	}
	return g.CPrefix + strings.ToUpper(name) // which package check refuses
}

func (r *resolver) addErrors() {
	for _, se := range r.spec.Errors {
		e := *se
		e.Doc = cmp.Or(e.Doc, former(e.Go, e.Is))
		r.name(e.Pos, e.Go, e.Doc, true)
		r.Errors = append(r.Errors, &e)
	}
}

// former returns the doc comment of a name that is an alias of another, or "".
func former(name, is string) string {
	if !isExported(is) || is == name {
		return ""
	}
	return fmt.Sprintf("%s is the former name of %s.\n\nDeprecated: use %s.", name, is, is)
}

// addCompletions finds the functions by which the end of asynchronous calls is learned.
func (r *resolver) addCompletions() {
	sc := r.spec.Completions
	if sc.Type == "" {
		return
	}
	c := &ir.Completions{Pos: sc.Pos, Type: sc.Type}
	for _, f := range []struct {
		key, name string
		to        **ir.Function
	}{
		{"new", sc.New, &c.New}, {"else", sc.Else, &c.Else}, {"ended", sc.Ended, &c.Ended}, {"wait", sc.Wait, &c.Wait},
		{"cancel", sc.Cancel, &c.Cancel}, {"value", sc.Value, &c.Value}, {"version", sc.Version, &c.Version}, {"free", sc.Free, &c.Free},
	} {
		switch {
		case f.name != "":
			*f.to = r.function(c.Pos, f.name, "completions, "+f.key)
		case f.to != &c.Else && f.to != &c.Cancel && f.to != &c.Version:
			r.diags.Add(c.Pos, "completions have no %s", f.key)
		}
	}
	r.Completions = c
}

// addIterators resolves how each iterator is drained. One that cannot be drained has no call.
func (r *resolver) addIterators() {
	for _, si := range r.spec.Iterators {
		if it := r.iterator(si, "iterator "+si.C); it != nil {
			r.iterators[si.C] = it.Call != nil
			r.Iterators = append(r.Iterators, it)
		}
	}
}

func (r *resolver) iterator(si *spec.Iterator, where string) *ir.Iterator {
	missing := false
	for _, need := range []struct{ key, value string }{{"drain", si.Drain}, {"until", si.Until}, {"free", si.Free}} {
		if need.value == "" {
			r.diags.Add(si.Pos, "%s has no %s", where, need.key)
			missing = true
		}
	}
	if missing {
		return nil
	}
	if t := r.union.Typedef(si.C); t == nil || !t.Decl.Type.Is("void", 1) {
		r.diags.Add(si.Pos, "%s: no release has a type of that name that is a void *", where)
		return nil
	}
	f := r.function(si.Pos, si.Drain, where+", drain")
	it := &ir.Iterator{Pos: si.Pos, C: si.C, Free: r.function(si.Pos, si.Free, where+", free")}
	if f == nil || it.Free == nil {
		return it
	}
	if f.Param(si.Until) == nil {
		r.noParam(si.Pos, f, si.Until)
		return it
	}
	call := &ir.Call{Pos: si.Pos, Function: f, Until: si.Until}
	if call.Ret = r.ret(si.Pos, f, nil, ""); call.Ret == nil {
		return it
	}
	r.args(&ir.Method{Pos: si.Pos}, call, si.Args, map[string]string{si.C: "iter"})
	r.separate(where, call.Args)
	it.Call = call
	return it
}
