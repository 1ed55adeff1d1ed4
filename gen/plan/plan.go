// Package plan decides everything: it joins what the releases declare with what
// the spec wants, and infers the roles that the spec leaves out. Package check
// judges the result, which has no decision left open for package emit.
package plan

import (
	"go/token"
	"iter"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
	"github.com/go-rados/go-rados/gen/role"
	"github.com/go-rados/go-rados/gen/spec"
)

// Plan is what is to be generated.
type Plan struct {
	Spec    *spec.Spec
	Union   *release.Union
	Handles []*Handle
	Entries []*Entry // one for each C function of any release, sorted
	Methods []*Method
	Structs map[string]*role.Struct // by Go name

	Iterators   []*Iterator
	Completions []*Entry // the functions of the type that stands for an asynchronous call
}

// Entry is one C function and what becomes of it.
type Entry struct {
	Func         *model.Func
	Since, Until string // the first release that has it, the first that lacks it again
	Oldest       bool   // the oldest known release has it
	Everywhere   bool   // every known release has it
	Has          []string
	Spec         *spec.Function
}

// Handle is a Go type with a C handle behind it.
type Handle struct {
	*spec.Handle
	ParentHandle *Handle // nil for the outermost

	// Of a recorded handle: what makes the C object each time it is performed,
	// and what frees it.
	MakeEntry, FreeEntry *Entry
}

// Recorded reports whether the methods of h are steps, which Go records and C
// performs together.
func (h *Handle) Recorded() bool { return h.OpNew != "" }

// Called returns the functions that the shims call, in the order of Entries. Another function that
// is bound is reachable only because one of them does the same.
func (p *Plan) Called() []*Entry {
	used, freed := make(map[*Entry]bool), make(map[string]bool) // the latter by name
	for _, it := range p.Iterators {
		used[it.Call.Entry], used[it.Free] = true, true
	}
	for _, h := range p.Handles {
		if h.Recorded() {
			used[h.MakeEntry], used[h.FreeEntry] = true, true
		}
	}
	for _, e := range p.Completions {
		used[e] = true
	}
	for _, m := range p.Methods {
		for _, call := range m.Calls {
			used[call.Entry] = true
			used[call.Else] = true
			used[call.Free] = true
			for _, a := range call.Args {
				freed[a.Free] = freed[a.Free] || a.Role.Name() == "out-items"
			}
		}
	}
	var called []*Entry
	for _, e := range p.Entries {
		if used[e] || freed[e.Func.Name] || e.Func.Name == p.Spec.Buffers.Free {
			called = append(called, e)
		}
	}
	return called
}

// Iterator is a C type that yields pairs, which a step of an operation makes.
type Iterator struct {
	C    string
	Call *Call  // yields one pair
	Free *Entry // ends it
}

// Limit is the handle by which the calls of h are bounded, h or one that it must not outlive, or
// nil.
func (h *Handle) Limit() *Handle {
	for ; h != nil && !h.Throttled; h = h.ParentHandle {
	}
	return h
}

// Ref is what the roles need to know of h.
func (h *Handle) Ref() *role.Handle {
	r := &role.Handle{Go: h.Go, C: h.C, Receiver: h.Receiver, Recorded: h.Recorded()}
	if h.ParentHandle != nil {
		r.Parent = h.ParentHandle.Ref()
	}
	return r
}

// Access says what a method asks of its handle.
type Access int

// The kinds of access.
const (
	Free   Access = iota // no handle: a package function
	Ready                // the handle must be ready
	Setup                // the handle may not be ready yet
	Held                 // whoever calls it keeps the handle from being freed
	Record               // notes a step, to be performed later
	Close                // ends the handle
)

// Method is one Go function or method.
type Method struct {
	Pos     model.Pos
	Recv    *Handle // nil for a package function
	Name    string  // without the receiver
	Doc     string
	Named   []string // names of the results, where they have names
	Order   []string // the order of the parameters, where C's is not wanted
	Access  Access
	Calls   []*Call
	Struct  *spec.Type // the struct that collects the results, or nil
	Pointer bool       // what is returned is a pointer to it
	Changes bool       // it may change an object, so that one given up has an unknown outcome
	Lingers bool       // librados is at it after its end, until it calls back
	Waits   spec.Waits // what it may block its thread for; "" if it is not asked for
	// Admitted says that the caller has acquired the room that such a call needs.
	Admitted bool
	Instead  []*Entry   // C functions that do no more, and are not called
	Spec     *spec.Call // what the spec says of the one function that m calls, or nil
	Form     bool       // it is listed under the forms of a function
	Async    bool       // it is composed of calls of which one takes a completion
	Ready    bool       // success makes the handle ready
	Amends   bool       // it says something about the step before it, and is none itself
	Keep     string     // the setting that it sets, which a copy of the handle takes over
	Environ  string     // the environment variable that C reads a command line from, or ""
	Shim     string     // the C function that Go calls
	Before   string     // the hand-written method that is called first, or ""
	FreshMap []string   // the errnos after which it is repeated with the newest OSD map
}

// FullName is the name as the spec writes it: "IOContext.Read".
func (m *Method) FullName() string {
	if m.Recv == nil {
		return m.Name
	}
	return m.Recv.Go + "." + m.Name
}

// Blocks reports whether m may block its thread, for which it needs room.
func (m *Method) Blocks() bool { return m.Waits != "" && m.Waits != spec.WaitsNothing }

// Acquires reports whether m acquires the room that it needs itself.
func (m *Method) Acquires() bool { return m.Blocks() && !m.Admitted }

// Private reports whether m is for the package's own files.
func (m *Method) Private() bool { return !token.IsExported(m.Name) }

// Ret is the meaning of the method's own return value: what the last call returns.
func (m *Method) Ret() *Ret { return m.Calls[len(m.Calls)-1].Ret }

// MayLack lists the functions without which m can't work and that some release
// lacks.
func (m *Method) MayLack() []*Entry {
	var list []*Entry
	for _, call := range m.Calls {
		if call.Else == nil && !call.Entry.Everywhere {
			list = append(list, call.Entry)
		}
		if call.Free != nil && !call.Free.Everywhere {
			list = append(list, call.Free)
		}
		for _, a := range call.Args {
			if a.FreeEntry != nil && !a.FreeEntry.Everywhere {
				list = append(list, a.FreeEntry)
			}
		}
	}
	return list
}

// Changing lists the calls of m for which each release has one of two functions, but none
// that all have: a library that is not known may have neither.
func (m *Method) Changing() []*Call {
	var list []*Call
	for _, call := range m.Calls {
		if call.Else != nil && !call.Else.Everywhere {
			list = append(list, call)
		}
	}
	return list
}

// Since is the release that m needs, "" where the oldest known one will do.
func (m *Method) Since() string {
	since := ""
	for _, e := range m.MayLack() {
		if !e.Oldest && (since == "" || release.Compare(e.Since, since) > 0) {
			since = e.Since
		}
	}
	return since
}

// Until is the release that can't serve m any more, or "".
func (m *Method) Until() string {
	until := ""
	for _, e := range m.MayLack() {
		if e.Until != "" && (until == "" || release.Compare(e.Until, until) < 0) {
			until = e.Until
		}
	}
	return until
}

// Call is one C call of a method.
type Call struct {
	Entry *Entry
	Else  *Entry // an older function for where the library lacks Entry
	Twin  *Entry // the function that waits itself, where Entry takes a completion
	Args  []*Arg // in the order of the C parameters; a length goes with its buffer
	Ret   *Ret
	As    string // the local that holds the object it makes
	Free  *Entry // what releases that object in the end
	Until string // drain: repeat until this out parameter is NULL
	// Replaces says that the object takes the place of the receiver's own if all calls
	// succeed, and is freed only otherwise. The first time, the calls that follow are made
	// with the receiver's own object.
	Replaces bool

	said    map[string]*spec.Arg // what the spec says of the parameters
	covered map[string]string    // the parameters that go with another, and with which
}

// Arg is a parameter with its role.
type Arg struct {
	role.Arg
	Pos      model.Pos
	Role     role.Role
	Inferred bool
	// FreeEntry is the function that frees what C has allocated for it, where it has one of
	// its own.
	FreeEntry *Entry

	inC   func(name string) string // what a C parameter is called in the shim
	apart string                   // added to that, so that no two things have one name
}

// Fragment is what a contributes to its method.
func (a *Arg) Fragment() role.Fragment {
	own, names := a.Arg, make(map[string]string)
	rename := func(p model.Param) model.Param {
		name := a.InC(p.Name)
		names[name], p.Name = p.Name, name
		return p
	}
	own.Param = rename(a.Param)
	for _, p := range []**model.Param{&own.With, &own.Count} {
		if *p != nil {
			other := rename(**p)
			*p = &other
		}
	}
	own.Covers = nil
	for _, p := range a.Covers {
		own.Covers = append(own.Covers, rename(p))
	}
	f := a.fragment(&own)
	give := f.Give
	f.Give = make(map[string]string, len(give))
	for name, text := range give {
		f.Give[names[name]] = text
	}
	return f
}

func (a *Arg) fragment(own *role.Arg) role.Fragment {
	if s, ok := a.Role.(role.Stepper); ok && a.Step {
		return s.Record(own)
	}
	return a.Role.Fragment(own)
}

// Parts returns the C parameters that a covers.
func (a *Arg) Parts() []model.Param {
	list := []model.Param{a.Param}
	if a.With != nil {
		list = append(list, *a.With)
	}
	if a.Count != nil {
		list = append(list, *a.Count)
	}
	return append(list, a.Covers...)
}

// InC is what a C parameter of a is called in the shim: as in the header, unless something else
// is called so there.
func (a *Arg) InC(name string) string {
	if a.inC != nil {
		name = a.inC(name)
	}
	return name + a.apart
}

// Declaration is the prototype of e with names for the parameters that can stand in any file.
func (e *Entry) Declaration() string {
	f := *e.Func
	f.Params = slices.Clone(f.Params)
	for i, p := range f.Params {
		if role.IsMacro(p.Name) {
			f.Params[i].Name += "_"
		}
	}
	return f.Prototype()
}

// Ret is a return value with its meaning.
type Ret struct {
	*role.Ret
	Type     string // the Go type of the result, where it is one
	Closed   string // what is returned when the call can't be made
	Codes    []string
	Field    string // the field of the method's struct that it fills, or ""
	Inferred bool
}

// Replaces is the call whose object takes the place of the receiver's own, or nil.
func (m *Method) Replaces() *Call {
	for _, call := range m.Calls {
		if call.Replaces {
			return call
		}
	}
	return nil
}

// Args yields the arguments of all calls of m.
func (m *Method) Args() iter.Seq[*Arg] {
	return func(yield func(*Arg) bool) {
		for _, call := range m.Calls {
			for _, a := range call.Args {
				if !yield(a) {
					return
				}
			}
		}
	}
}

// Has reports whether an argument of m has one of the roles, and a C type that is, or
// points to, ctype.
func (m *Method) Has(roles []string, ctype string) bool {
	for a := range m.Args() {
		if slices.Contains(roles, a.Role.Name()) && a.Param.Type.Base == ctype {
			return true
		}
	}
	return false
}

// Params are the Go parameters of m, in order.
func (m *Method) Params() []role.Var {
	var params []role.Var
	for a := range m.Args() {
		params = append(params, a.Fragment().Params...)
	}
	if m.Order != nil {
		slices.SortStableFunc(params, func(a, b role.Var) int {
			return slices.Index(m.Order, a.Name) - slices.Index(m.Order, b.Name)
		})
	}
	if m.Private() && m.Reports() {
		params = append(params, role.Var{Name: "done", Type: "func(oplog.Outcome)"})
	}
	return params
}

// Reads reports whether m is a step with arguments that C reads back.
func (m *Method) Reads() bool {
	return m.any(func(f role.Fragment) bool { return f.Reads })
}

// Engine reports whether m takes a completion: the call can be in flight while only its goroutine
// is blocked.
func (m *Method) Engine() bool {
	return m.any(func(f role.Fragment) bool { return f.Engine })
}

// Reports reports whether m is a step that says whether it succeeded.
func (m *Method) Reports() bool {
	return m.any(func(f role.Fragment) bool { return f.Reports })
}

// Tells reports whether m is a step that has more to say than that.
func (m *Method) Tells() bool {
	return m.any(func(f role.Fragment) bool { return f.Tells })
}

// Crossing lists the arguments in the order in which they cross to the shim:
// the receiver first, and once even where several calls need it.
func (m *Method) Crossing() []*Arg {
	var receiver, others []*Arg
	for a := range m.Args() {
		if a.Role.Name() == "receiver" {
			receiver = []*Arg{a}
		} else {
			others = append(others, a)
		}
	}
	return append(receiver, others...)
}

// HasError reports whether m returns an error.
func (m *Method) HasError() bool {
	switch {
	case m.Access == Close || m.Access == Record:
		return false
	case m.cFails() || m.Environ != "" || m.any(func(f role.Fragment) bool { return f.Adopt != nil || f.Refuse != nil }):
		return true
	case m.Recv == nil:
		return m.CanFail()
	case m.Ret().Name == "void":
		return true
	}
	// What cannot fail still can't be had of a closed handle; the spec says what
	// is returned then, or the method returns an error.
	return len(m.Results()) > 0 && m.Ret().Closed == ""
}

// CanFail reports whether the shim of m may return an error: because C does,
// because it refuses an argument, or because the library lacks a function.
func (m *Method) CanFail() bool {
	return m.cFails() || m.Prepares() || len(m.MayLack())+len(m.Changing()) > 0
}

func (m *Method) cFails() bool {
	// The end of a call on the engine has a code, even where its start has none.
	return m.Engine() || slices.ContainsFunc(m.Calls, func(c *Call) bool { return c.Ret.HasError })
}

// Prepares reports whether the shim of m may refuse an argument.
func (m *Method) Prepares() bool {
	return m.any(func(f role.Fragment) bool { return f.Prepare != nil })
}

func (m *Method) any(is func(role.Fragment) bool) bool {
	for a := range m.Args() {
		if is(a.Fragment()) {
			return true
		}
	}
	return false
}

// Keeps reports whether m has nowhere to return an error, so that the next
// operation must.
func (m *Method) Keeps() bool {
	return m.Recv != nil && m.Access != Close && m.Access != Record && !m.HasError() && len(m.Results()) == 0
}

// Gated reports whether the shim of m enters and exits the handle itself, which
// spares Go two calls. Its result then has to tell of more than C returned, for
// which there is room in that of a shim that may fail: but not where even an
// error may be an answer, nor where the object that was made is taken charge of
// in Go, before the handle may be left.
func (m *Method) Gated() bool {
	access := m.Access == Ready || m.Access == Setup || m.Access == Held && m.Lingers
	return m.Recv != nil && access && m.HasError() && m.CanFail() &&
		(m.Ret().Name != "verdict" || m.Engine()) && m.Replaces() == nil && !m.any(func(f role.Fragment) bool { return f.Adopt != nil })
}

// Results are the Go results of m without the error, in order.
func (m *Method) Results() []role.Result {
	if m.Access == Close || m.Access == Record {
		return nil
	}
	var results, fields []role.Result
	add := func(field string, list ...role.Result) {
		if field == "" {
			results = append(results, list...)
			return
		}
		for _, r := range list {
			r.Name = field
			fields = append(fields, r)
		}
	}
	if r := m.Ret(); r.Result {
		add(r.Field, r.ToGo(r.Type))
	}
	for a := range m.Args() {
		add(a.Field, a.Fragment().Results...)
	}
	if m.Struct != nil {
		results = append(results, collect(m.Struct, m.Pointer, fields))
	}
	return results
}

// Returns are the names, where they have any, and types of all results of m, the
// error included.
func (m *Method) Returns() []role.Var {
	var vars []role.Var
	for _, r := range m.Results() {
		vars = append(vars, role.Var{Type: r.Type})
	}
	if m.HasError() {
		vars = append(vars, role.Var{Type: "error"})
	}
	for i, name := range m.Named {
		vars[i].Name = name
	}
	return vars
}

// Signature is the Go declaration of m, as godoc shows it.
func (m *Method) Signature() string {
	var b strings.Builder
	b.WriteString("func ")
	if m.Recv != nil {
		b.WriteString("(" + m.Recv.Receiver + " *" + m.Recv.Go + ") ")
	}
	b.WriteString(m.Name + "(")
	params := m.Params()
	for i, p := range params {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.Name)
		if i+1 == len(params) || params[i+1].Type != p.Type {
			b.WriteString(" " + p.Type)
		}
	}
	b.WriteString(")")
	var results []string
	for _, v := range m.Returns() {
		results = append(results, strings.TrimSpace(v.Name+" "+v.Type))
	}
	switch {
	case len(results) == 0:
	case len(results) == 1 && m.Named == nil:
		b.WriteString(" " + results[0])
	default:
		b.WriteString(" (" + strings.Join(results, ", ") + ")")
	}
	return b.String()
}

// Prototypes lists the C functions behind m. Where m is composed of several, the one whose
// job that is comes first.
func (m *Method) Prototypes() []string {
	var list, instead []string
	for _, e := range m.Instead {
		instead = append(instead, e.Func.Prototype())
	}
	if len(m.Calls) > 1 {
		list, instead = instead, nil
	}
	for _, call := range m.Calls {
		if call.Twin != nil {
			list = append(list, call.Twin.Func.Prototype())
		}
		list = append(list, call.Entry.Func.Prototype())
		if call.Free != nil {
			list = append(list, call.Free.Func.Prototype())
		}
	}
	return append(list, instead...)
}
