package ir

import (
	"go/token"
	"iter"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
	"github.com/go-rados/go-rados/gen/spec"
)

// Access is how a method uses its handle.
type Access string

// The kinds of access.
const (
	NoHandle  Access = "none"      // a package function
	Ready     Access = "ready"     // the handle must be ready
	Setup     Access = "setup"     // the handle need not be ready yet
	Unguarded Access = "unguarded" // the caller keeps the handle from being freed
	Record    Access = "record"    // the method records a step, to be performed later
	Close     Access = "close"     // the method closes the handle
)

// Precheck is a hand-written method that a method calls before C.
type Precheck struct {
	Name string
	Args []string // parameters of the method that calls it
}

// String returns the call as the spec has it.
func (p *Precheck) String() string {
	if p.Args == nil {
		return p.Name
	}
	return p.Name + "(" + strings.Join(p.Args, ", ") + ")"
}

// Method is one Go function or method.
type Method struct {
	Pos                 model.Pos
	Recv                *Handle // nil for a package function
	Name                string  // without the receiver
	Doc                 string
	Shim                string // the C function that Go calls
	Access              Access
	Calls               []*Call
	ResultNames         []string   // names of the results, where they have names
	Order               []string   // the order of the parameters, where it differs from the order in C
	Struct              *Type      // the struct that collects the results, or nil
	Pointer             bool       // the method returns a pointer to it
	Changes             bool       // it may change an object, so that the result of a cancelled call is unknown
	Detached            bool       // the library does not cancel it: its form with a context returns before it ends
	Undo                string     // the method that undoes a call which ends too late, or ""
	UndoArgs            []string   // parameters that it is given instead of the result
	CompletesOnCallback bool       // the library uses the memory of the call after its end, until it calls back
	Start               bool       // hand-written code starts the call itself
	NoTask              string     // why no Task performs it, although one could
	OlderTask           string     // the deprecated method that makes a Task that performs it, or ""
	Waits               spec.Waits // what it may block its thread for; "" if it is not asked for
	Sentence            string     `tree:"-"` // what the spec has for doc comments about that, or ""
	Admitted            bool       // the caller has acquired the room that such a call needs
	Ready               bool       // success makes the handle ready
	ModifiesPrevious    bool       // it modifies the step before it instead of adding one
	Replay              string     // the setting that it sets, which a copy of the handle takes over
	Env                 string     // the environment variable from which C reads a command line, or ""
	Before              *Precheck  // the hand-written method that is called first, or nil
	Subject             string     // the parameter that names the object or the pool that it is about, or ""
	FreshMap            []string   // the errnos after which it is repeated with the newest OSD map

	StepResult *StepResult   // what a step returns, or nil
	Configured []*Configured // the functions that call it and set the handle up that it makes
	ErrorForms []*ErrorForm  // the methods that return its code as an error
	With       *spec.With    // the method that returns a copy of the handle with the setting, or nil
	Supersedes []*Function   // C functions that need no call because m does all they do
	Library    *spec.Library `tree:"-"`
	Spec       *spec.Call    `tree:"-"` // what the spec says of the only function that m calls, or nil
	Form       bool          // it is listed under the forms of a function
	Composed   bool          // it is composed of calls, of which one takes a completion

	// What follows from the calls and their arguments.
	Params      []Var
	Results     []Result // without the error
	Refusals    []Refusal
	HasError    bool // it returns an error
	BareError   bool // that is a bare value; otherwise it is an ObjectError, unless it is of a package function
	CanFail     bool // its C function may return an error
	StoresError bool // it cannot return an error, so that the next operation must
	GuardedInC  bool // its C function enters and exits the handle
	Async       bool // it takes a completion: its goroutine can block without a thread
	HasInput    bool // a step with arguments that C reads back
	HasCode     bool // a step that reports whether it succeeded
	HasResult   bool // a step that reports more than that
	Task        bool // there is a method that makes a Task that performs it
}

// ErrorForm is a method that calls another and returns its code as an error.
type ErrorForm struct {
	Pos     model.Pos
	Name    string // without the receiver, which is that of the other
	Doc     string
	Params  []Var
	Options *Type // the type of the last parameter, whose fields stand for parameters of the other, or nil
}

// Configured is a function that calls another one and then setters of the handle that this has made.
type Configured struct {
	Pos     model.Pos
	Name    string
	Doc     string
	Options *Type
	Setters []*Method // in the order of the fields of Options
}

// OptionsName is the name of the parameter that has the options.
const OptionsName = "opts"

// Var is a Go parameter, or a result with the error among them.
type Var struct{ Name, Type string }

// Result is a Go result.
type Result struct {
	Name, Type string
	Always     bool // it is valid even if there is an error
}

// Refusal is a reason for which Go returns an error instead of calling C.
type Refusal struct {
	Error string // the Go error
	Errno string // or the errno that the library would return
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

// NamesError reports whether the error of m itself, rather than of its form with a context, is an
// ObjectError.
func (m *Method) NamesError() bool {
	return m.HasError && !m.BareError && !m.Private() && m.Recv != nil
}

// Nouns returns the arguments that the ObjectErrors of m have in addition to the object, in the order of
// the Go parameters.
func (m *Method) Nouns() []*Arg {
	var list []*Arg
	for a := range m.Args() {
		if a.Keys.Noun != "" && len(a.Part.Params) == 1 && a.Part.Params[0].Name != m.Subject {
			list = append(list, a)
		}
	}
	at := func(a *Arg) int { return slices.Index(m.Params, a.Part.Params[0]) }
	slices.SortFunc(list, func(a, b *Arg) int { return at(a) - at(b) })
	return list
}

// Private reports whether m is for the package's own files.
func (m *Method) Private() bool { return !token.IsExported(m.Name) }

// Ret is the meaning of the return value of the last call, which is that of m.
func (m *Method) Ret() *Ret { return m.Calls[len(m.Calls)-1].Ret }

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

// Imports returns the arguments of m that are handles of another package.
func (m *Method) Imports() []*Arg {
	var list []*Arg
	for a := range m.Args() {
		if a.Part.Imported {
			list = append(list, a)
		}
	}
	return list
}

// Any reports whether an argument of m has a property.
func (m *Method) Any(has func(*Part) bool) bool {
	for a := range m.Args() {
		if has(&a.Part) {
			return true
		}
	}
	return false
}

// ShimArgs lists the arguments in the order in which they are passed to the C function of m:
// the receiver first, and once even where several calls need it.
func (m *Method) ShimArgs() []*Arg {
	var receiver, others []*Arg
	for a := range m.Args() {
		if a.Part.Receiver {
			receiver = []*Arg{a}
		} else {
			others = append(others, a)
		}
	}
	return append(receiver, others...)
}

// Uses reports whether a call of m is one of f, or has it as an alternative or to free an object.
func (m *Method) Uses(f *Function) bool {
	return slices.ContainsFunc(m.Calls, func(c *Call) bool {
		return slices.Contains([]*Function{c.Function, c.Else, c.Sync, c.Free}, f)
	})
}

// Replaces returns the call whose object takes the place of the receiver's own, or nil.
func (m *Method) Replaces() *Call {
	for _, call := range m.Calls {
		if call.Replaces {
			return call
		}
	}
	return nil
}

// Adopts returns the handle that m makes and returns, or nil.
func (m *Method) Adopts() *Handle {
	for a := range m.Args() {
		if a.Part.Adopts != nil {
			return a.Part.Adopts
		}
	}
	return nil
}

// MayLack lists the functions that m needs and some release lacks.
func (m *Method) MayLack() []*Function {
	var list []*Function
	for _, call := range m.Calls {
		if call.Else == nil && !call.Function.Everywhere {
			list = append(list, call.Function)
		}
		if call.Free != nil && !call.Free.Everywhere {
			list = append(list, call.Free)
		}
		for _, a := range call.Args {
			if a.OwnFree != nil && !a.OwnFree.Everywhere {
				list = append(list, a.OwnFree)
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

// Since returns the release that m needs, or "" where the oldest known one suffices.
func (m *Method) Since() string {
	since := ""
	for _, f := range m.MayLack() {
		if !f.Oldest && (since == "" || release.Compare(f.Since, since) > 0) {
			since = f.Since
		}
	}
	return since
}

// Until returns the first release that lacks a function of m again, or "".
func (m *Method) Until() string {
	until := ""
	for _, f := range m.MayLack() {
		if f.Until != "" && (until == "" || release.Compare(f.Until, until) < 0) {
			until = f.Until
		}
	}
	return until
}

// Forms returns the names of the private methods that m has for parts of its job.
func (m *Method) Forms() []string {
	lower := Unexported(m.Name)
	var forms []string
	if m.HasAsyncForm() {
		forms = append(forms, lower+"Async")
	}
	if m.HasStarter() {
		forms = append(forms, "start"+strings.ToUpper(m.Name[:1])+m.Name[1:])
	}
	if m.HasFinisher() {
		forms = append(forms, "finish"+strings.ToUpper(m.Name[:1])+m.Name[1:])
	}
	return append(forms, m.blockingForms(lower)...)
}

// HasAsyncForm reports whether m has an asynchronous form. A private method that is never
// synchronous is its own.
func (m *Method) HasAsyncForm() bool { return m.Async && !(m.CompletesOnCallback && m.Private()) }

// HasStarter reports whether m has a form that only starts its call.
func (m *Method) HasStarter() bool { return m.Start || m.Task }

// HasFinisher reports whether m has a form that only takes the results of its call.
func (m *Method) HasFinisher() bool { return m.Task && len(m.Results) > 0 }

// CanBeTask reports whether a Pipeline can perform m: it concerns one object, its call can be
// cancelled, and it ends before the library calls back.
func (m *Method) CanBeTask() bool {
	return m.Recv != nil && m.Recv.Tasks != "" && m.Async && !m.Private() &&
		!m.CompletesOnCallback && m.Subject != ""
}

// TaskArgs returns the name of the type with the arguments of m in a Task.
func (m *Method) TaskArgs() string { return strings.ToLower(m.Name[:1]) + m.Name[1:] + "Args" }

// taskFields has the fields of Task for the results of methods, by type.
var taskFields = map[string]string{"int": "N", "ObjectStat": "Stat"}

// TaskField returns the field of Task for the result of m. It is "" if m has none but an error, or if
// fits is false.
func (m *Method) TaskField() (field string, fits bool) {
	if len(m.Results) == 0 {
		return "", true
	}
	field = taskFields[m.Results[0].Type]
	return field, field != "" && len(m.Results) == 1
}

// Returns are the types of all results of m, and their names if they have any, the
// error included.
func (m *Method) Returns() []Var {
	var vars []Var
	for _, r := range m.Results {
		vars = append(vars, Var{Type: r.Type})
	}
	if m.HasError {
		vars = append(vars, Var{Type: "error"})
	}
	for i, name := range m.ResultNames {
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
	for i, p := range m.Params {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.Name)
		if i+1 == len(m.Params) || m.Params[i+1].Type != p.Type {
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
	case len(results) == 1 && m.ResultNames == nil:
		b.WriteString(" " + results[0])
	default:
		b.WriteString(" (" + strings.Join(results, ", ") + ")")
	}
	return b.String()
}

// Implements lists the C functions that m implements. Where m is composed of several calls,
// the function whose job m does comes first.
func (m *Method) Implements() []string {
	var list, supersedes []string
	for _, f := range m.Supersedes {
		supersedes = append(supersedes, f.Name)
	}
	if len(m.Calls) > 1 {
		list, supersedes = supersedes, nil
	}
	for _, call := range m.Calls {
		for _, f := range []*Function{call.Sync, call.Function, call.Free} {
			if f != nil && !slices.Contains(list, f.Name) {
				list = append(list, f.Name)
			}
		}
	}
	return append(list, supersedes...)
}

// ReturnedName is the name of the argument that is the pointer which a C function returns.
const ReturnedName = "returns"

// Call is one C call of a method.
type Call struct {
	Pos      model.Pos
	Function *Function
	Else     *Function // an older function for libraries without Function
	Sync     *Function // the function that blocks until the job is done, where Function takes a completion
	Args     []*Arg    // in the order of the C parameters; a length goes with its buffer
	Ret      *Ret
	As       string    // the C variable with the object that the call makes
	Free     *Function // frees that object
	Until    string    // the out parameter that is NULL at the end, if the call drains an iterator
	// Replaces reports that the object takes the place of the receiver's own if all calls
	// succeed, and is freed only otherwise. The first time, the calls that follow are made
	// with the receiver's own object.
	Replaces bool
}

// Ret is the meaning of a return value.
type Ret struct {
	RetRole
	Pos      model.Pos
	Type     string // the Go type of the result, where it is one
	Given    string // the Go type that the spec asks for, or ""
	Closed   string // the result when C cannot be called
	Codes    []string
	Field    string // the field of the method's struct that it fills, or ""
	Inferred bool
}

// RetRole is an entry of the vocabulary of return values.
type RetRole struct {
	Name       string
	Meaning    string `tree:"-"`
	HasError   bool   // a negative value is an error
	Result     bool   // the value is a result of the method
	Number     bool   // it fits numbers alone
	Nothing    bool   // the value is ignored
	Probes     bool   // the method returns an error, though C has none
	Answers    bool   // some errnos are answers, not errors
	Object     bool   // it is a C object for the calls that follow
	Kept       bool   // it is a C object that Go keeps as a number
	Pointer    bool   // it is an argument of its own, which has the name ReturnedName
	EitherSign bool   // a positive value is an error as well
	Sizes      bool   // it is the size of a buffer that grows
	Needed     bool   // that size is what the buffer must have
	Grows      bool   // it suits a buffer that grows
	Counts     bool   // it is the number of bytes that C has stored
	Closable   bool   // the spec may have the result for when C cannot be called
}

// DrainsPairs reports whether c yields keys and values.
func (c *Call) DrainsPairs() bool {
	has := func(part func(*Part) bool) bool {
		return slices.ContainsFunc(c.Args, func(a *Arg) bool { return part(&a.Part) })
	}
	return has(func(p *Part) bool { return p.Key }) && has(func(p *Part) bool { return p.Value })
}

// EndsWith reports whether the parameter of that name is the key that c yields.
func (c *Call) EndsWith(name string) bool {
	return slices.ContainsFunc(c.Args, func(a *Arg) bool { return a.Param.Name == name && a.Part.Key })
}

// Made returns the C type of the object that c makes, or "".
func (c *Call) Made() string {
	if c.Ret.Object {
		return c.Function.Result.Base
	}
	for _, a := range c.Args {
		if a.Part.Makes {
			return a.Param.Type.Base
		}
	}
	return ""
}
