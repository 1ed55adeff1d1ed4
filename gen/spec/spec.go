// Package spec reads spec/bindings.yaml: the disposition of each C function, in
// the closed vocabulary described in docs/SPEC.md. It checks the form and
// knows every position; whether the content fits the header is for packages resolve and check.
//
// Each key of the file is one field of a struct in spec.go: its tag has the key,
// its comment is the meaning that docs/SPEC.md and the JSON Schema print. Decode is
// driven by the same fields (see Describe).
package spec

import (
	"slices"

	"github.com/go-rados/go-rados/gen/model"
)

// Spec is the whole file.
type Spec struct {
	File string
	// The C library that the spec is about, and the Go package that binds it.
	Library *Library `key:"library"`
	// The C handle types that become Go types with a life cycle.
	Handles []*Handle `key:"handles" item:"handle "`
	// How memory that the C library allocates is released.
	Buffers Buffers `key:"buffers"`
	// The public Go types that are not handles.
	Types []*Type `key:"types" item:"type "`
	// The public Go types that steps of operations return.
	Results []*StepResult `key:"results" item:"result "`
	// The public constants, in groups.
	Consts []*ConstGroup `key:"consts" item:"a group of consts" of:" of groups"`
	// The public error values.
	Errors []*Error `key:"errors" item:"error "`
	// The methods whose errors are bare values.
	BareErrors BareErrors `key:"bare_errors"`
	// The C functions of the library, each with its disposition.
	Functions []*Function `key:"functions" item:"function "`
	// The C constants, structs and callbacks that are not bound, each with the reason.
	Skips []*Omission `key:"skip" item:"skip "`
	// The C names whose declarations differ between releases in a way that makes no difference here, each with the reason: values of the same width with another sign, or a struct of the same size with other fields.
	Accepts []*Acceptance `key:"accept" item:"accept " example:"{set_length: no length is above 1<<63}"`
	// The Go methods that consist of several C calls.
	Methods []*Method `key:"methods" item:"method "`
	// What a C parameter of that name means where the entry of its function says nothing of it.
	Defaults map[string]*Arg `key:"defaults" item:"default "`
	// Facts about calls by the value of `waits`: sentences for doc comments, and functions that need no `waits` of their own.
	Blocking map[string]*Blocking `key:"blocking" item:"blocking "`
	// The C iterators that a step of an operation makes.
	Iterators []*Iterator `key:"iterators" item:"iterator "`
	// What an event keeps of the parameters with which the library calls back, by the C type of the callback.
	Events []*Event `key:"events" item:"event "`
	// How the end of an asynchronous C call is detected.
	Completions Completions `key:"completions"`
}

// Library is the C library that a spec is about, and the Go package that binds it.
type Library struct {
	Pos model.Pos

	// The name of the library in doc comments.
	Product string `key:"product"`
	// The folder of the Go package, which is named like its last element.
	Folder string `key:"folder"`
	// The Go package, another generated one, of the handles with `imported`. Errors and tasks are those of that package, too.
	Parent string `key:"parent" example:"base"`
	// The C header, as an #include has it.
	Header string `key:"header"`
	// The folders of other headers that the header includes, as an #include has them.
	Includes []string `key:"includes" example:"[other]"`
	// How the names of the C functions begin.
	Prefix string `key:"prefix"`
	// How the names of the C constants begin.
	ConstPrefixes []string `key:"const_prefixes"`
	// The flags of the linker.
	Link string `key:"link"`
	// How the names of the generated C functions and types begin, in lower case: those of two packages must differ in a program that has both.
	Symbols string `key:"symbols"`
	// The hand-written Go type of the errors that are an errno.
	Errnos string `key:"errnos"`
	// The Go method that bounds the asynchronous calls in flight, for doc comments.
	InFlight string `key:"in_flight"`
	// The Go method that bounds the calls that block a thread, for doc comments.
	MaxBlocking string `key:"max_blocking"`
	// The file that is written with a list of the functions and their Go names.
	Coverage string `key:"coverage"`
	// The Go file that is written with the exported functions of the package, for tests that call each of them.
	Exports string `key:"exports"`
	// The Go file that is written with what the methods wait for, for tests that make them wait.
	Waits string `key:"waits"`
	// The C file that is written with the functions of a fake library, for tests.
	Fake string `key:"fake"`
}

// Handle is a C handle type that becomes a Go type with a life cycle.
type Handle struct {
	Pos model.Pos
	C   string `name:"the C type"`

	// The Go type.
	Go string `key:"go"`
	// The name of the receiver in the methods of the Go type.
	Receiver string `key:"receiver"`
	// The name of the field in which a child of the handle keeps it.
	Field string `key:"field"`
	// The Go type of the handle that must outlive this one.
	Parent string `key:"parent"`
	// Whether the handle is one of the package that is the `parent` of the library. It has no other key but `go`.
	Imported bool `key:"imported" example:"true"`
	// The hand-written Go type of which the handle has a value, in its field state.
	State string `key:"state" example:"layout"`
	// The C function that frees the handle.
	Free string `key:"free"`
	// The C function that makes a C object each time the recorded steps are performed; the methods of such a handle are steps.
	OpNew string `key:"op_new"`
	// The C function that performs the recorded steps in methods with `op`.
	Perform string `key:"perform"`
	// The error that the results of the steps return until the operation has been performed, and for ever if it failed before the step.
	IncompleteError string `key:"incomplete_error"`
	// The C function that must have succeeded before methods without `before_connect` are called.
	ReadyAfter string `key:"ready_after"`
	// The error that methods return after the handle has been freed.
	ClosedError string `key:"closed_error"`
	// The method that returns the C handle itself.
	Accessor *Accessor `key:"accessor" what:"the accessor of $Go"`
	// Whether the number of calls in flight, and of those that block a thread, is limited for each such handle.
	Throttled bool `key:"throttled"`
	// Whether the handle has settings (`replay`) that its copies take over.
	Settings bool `key:"settings"`
	// The hand-written method that makes a copy of the handle with its settings except one, which a function sets; see `with`.
	Copy string `key:"copy"`
	// The hand-written method that waits for the newest OSD map until a context is done; see `fresh_map`.
	Refresh string `key:"refresh"`
	// The sentence in doc comments about what `refresh` waits for, by default that of `parent`; `{map}` in a doc stands for it, and `{context}` in it for a link to the form with a context.
	RefreshDoc string `key:"refresh_doc"`
	// The hand-written Go type with a method for each public asynchronous method of the handle that concerns an object and is not `detached`: it makes a Task for that method.
	Tasks string `key:"tasks"`
	// The doc comment of the Go type.
	Doc string `key:"doc"`
}

// Accessor is a Go method that returns the C handle itself.
type Accessor struct {
	Pos model.Pos

	// The name of the method.
	Name string `key:"name"`
	// The Go type of the result.
	Type string `key:"type"`
	// The doc comment of the method.
	Doc string `key:"doc"`
}

// Completions names the functions of the C type that stands for an asynchronous call.
type Completions struct {
	Pos model.Pos

	// The C type that stands for an asynchronous call.
	Type string `key:"type"`
	// The sentence in doc comments about what an asynchronous method blocks for; `{waits}` in a doc stands for it, and `{context}` in it for a link to the form with a context.
	Doc string `key:"doc"`
	// The part of the name of an asynchronous function that the name of the synchronous one lacks; see `sync`.
	Infix string `key:"infix"`
	// The C function that makes one.
	New string `key:"new"`
	// An older C function that makes one, for releases without the function of `new`.
	Else string `key:"else"`
	// The C function that reports whether the call is complete.
	Ended string `key:"ended"`
	// The C function that blocks until the call is complete.
	Wait string `key:"wait"`
	// The C function that returns the return value of the call.
	Value string `key:"value"`
	// The C function that returns the version of the object after the call.
	Version string `key:"version"`
	// The C function that cancels the call.
	Cancel string `key:"cancel"`
	// The C function that frees the object.
	Free string `key:"free"`
}

// Blocking is what calls have in common that block for one thing.
type Blocking struct {
	Pos model.Pos

	// The sentence in doc comments about what a call blocks for; `{waits}` in a doc stands for it, and `{context}` in it for a link to the form with a context.
	Doc string `key:"doc"`
	// The C functions that have this `waits` unless their entries say otherwise; a name that ends with `*` stands for all that begin like it.
	Functions []string `key:"functions"`
}

// BareErrors lists the functions and methods whose errors programs compare with ==, because another package has them. The error of each other public method is an ObjectError that names it.
type BareErrors struct {
	Pos model.Pos

	// Their names.
	Names []string `key:"names"`
}

// Buffers says how memory that the C library allocates is released.
type Buffers struct {
	Pos model.Pos

	// The C function that frees a buffer.
	Free string `key:"free"`
}

// Type is a public Go type. It has either `is` or `fields`.
type Type struct {
	Pos model.Pos
	Go  string `name:"the Go type"`

	// The underlying type.
	Is string `key:"is"`
	// The C struct that the type mirrors.
	Struct string `key:"struct"`
	// The header of the C library that declares the struct, if the header of the library does not. The fields need a `type` then, and the C compiler checks them.
	Header string `key:"header" example:"sys/stat.h"`
	// The fields of a struct type.
	Fields []*TypeField `key:"fields" what:"the fields of $Go" item:"field $Go."`
	// The doc comment of the type.
	Doc string `key:"doc"`
}

// TypeField is one field of a struct type.
type TypeField struct {
	Pos model.Pos
	Go  string `name:"the Go field"`

	// The Go type of the field; by default the one for the type of the C member.
	Type string `key:"type"`
	// The member of the C struct that the field mirrors; by default the one with its name, which begins in lower case in C.
	C string `key:"c" example:"kb_used"`
	// The member of the C struct with the length of the bytes, or the number of the texts or structs, to which the member of the field points.
	Length string `key:"length" example:"num_items"`
	// The parameter that the field stands for in an error form with `options`; by default the one with its name, which begins in lower case.
	Param string `key:"param"`
	// The comment of the field without its name, with which the comment in Go begins.
	Doc string `key:"doc"`
}

// StepResult is a public Go type that a step of an operation returns. Its values are those of the step once the operation has been performed.
type StepResult struct {
	Pos model.Pos
	Go  string `name:"the Go type"`

	// The name of the receiver in the methods of the type; by default s.
	Receiver string `key:"receiver"`
	// The fields and methods of the type.
	Values []*StepValue `key:"values" what:"the values of $Go" item:"value $Go."`
	// The doc comment of the type.
	Doc string `key:"doc"`
}

// StepValue is one value of the result of a step.
type StepValue struct {
	Pos model.Pos
	Go  string `name:"the Go method or field"`

	// What the value is. `code`: the return code of the step. `count`: the number of bytes that C stored in the buffer of the caller. `more`: whether there is more than the step returned. `bytes`: those bytes, or those that C allocated. `map`, `keys`, `next`: all pairs, their keys, or the next pair, which is nil after the last. `stat`: the size and the modification time of the object. A method returns an error as well, except for `code`, `count` and `more`.
	Is StepValueKind `key:"is"`
	// The struct type of `stat`, which has a uint64 and a time.Time, or of `next`, which has a string and a []byte.
	Type string `key:"type"`
	// Whether the value is a field instead of a method.
	Field bool `key:"field"`
	// The doc comment of the method or field, which begins with its name.
	Doc string `key:"doc"`
}

// StepValueKind is what a value of the result of a step is.
type StepValueKind string

// What a value of the result of a step can be.
const (
	StepCode  StepValueKind = "code"
	StepCount StepValueKind = "count"
	StepMore  StepValueKind = "more"
	StepBytes StepValueKind = "bytes"
	StepMap   StepValueKind = "map"
	StepKeys  StepValueKind = "keys"
	StepNext  StepValueKind = "next"
	StepStat  StepValueKind = "stat"
)

// values lists what a value can be.
func (StepValueKind) values() []string {
	return []string{string(StepCode), string(StepCount), string(StepMore), string(StepBytes), string(StepMap), string(StepKeys), string(StepNext), string(StepStat)}
}

// ConstGroup is one const block.
type ConstGroup struct {
	Pos model.Pos

	// The Go type of the constants of the block.
	Type string `key:"type"`
	// How the Go names of the block begin; see `c_prefix`.
	Prefix string `key:"prefix"`
	// How the C names of the block begin: a constant with neither `c` nor `is` has the value of the C constant with the same name after that, apart from case and underscores.
	CPrefix string `key:"c_prefix"`
	// How the String method formats values of the type: `flags` joins the names of the bits, `value` returns the name of the value. Without it the type has no String method.
	String Stringer `key:"string"`
	// The Go type that gets the String method, if the constants are untyped; by default `type`.
	StringOf string `key:"string_of"`
	// The constants of the block.
	Consts []*Const `key:"names" what:"the names of a group of consts" item:"const "`
}

// Stringer is how a String method formats values.
type Stringer string

// How a String method can format values.
const (
	StringFlags Stringer = "flags"
	StringValue Stringer = "value"
)

// values lists how values can be formatted.
func (Stringer) values() []string { return []string{string(StringFlags), string(StringValue)} }

// Const is a public constant. It has either `c` or `is`, unless its group has `c_prefix`.
type Const struct {
	Pos model.Pos
	Go  string `name:"the Go constant"`

	// The C constant whose value it has.
	C string `key:"c"`
	// The Go type, instead of that of the group; a constant with neither is untyped.
	Type string `key:"type" example:"OpFlags"`
	// Another Go constant of which it is an alias, or, with `type`, its number. An alias without `doc` is the former name of the other.
	Is string `key:"is"`
	// The doc comment of the constant without its name, with which the comment in Go begins.
	Doc string `key:"doc"`
}

// Error is a public error value. It has one of `errno`, `is` and `text`.
type Error struct {
	Pos model.Pos
	Go  string `name:"the Go error"`

	// The errno of a constant, which is negative in Go.
	Errno string `key:"errno"`
	// Another Go error of which it is an alias; one without `doc` is the former name of the other.
	Is string `key:"is"`
	// The message of a variable.
	Text string `key:"text"`
	// The errno that errors.Is finds in the variable.
	IsErrno string `key:"is_errno"`
	// The errno in whose error errors.Is finds the variable.
	MatchesErrno string `key:"matches_errno"`
	// The code of the generated C functions for which the error stands; `NUL` is the only one.
	ShimCode string `key:"shim_code"`
	// The doc comment of the error.
	Doc string `key:"doc"`
}

// Disposition says what the package does with a C function.
type Disposition string

// The dispositions.
const (
	Go      Disposition = "go"      // a Go function or method of its own
	Via     Disposition = "via"     // part of other methods; it has no entry
	Private Disposition = "private" // a private method for a hand-written file
	Skip    Disposition = "skip"    // not bound, for a reason
	Todo    Disposition = "todo"    // not yet decided
)

// Function is one C function. It has exactly one disposition: `go`, `private`, `skip` or `todo`. A function that the spec names elsewhere needs no entry.
type Function struct {
	Pos         model.Pos
	C           string `name:"the C function"`
	Disposition Disposition
	Target      string // the value of the key that is the disposition
	choice
	// Another function: this entry has the keys of that function's entry which it does not have itself, and the `args` of parameters that both functions have, but not `forms`, `error_forms`, `older_task`, what names C functions, and the `doc` of another name.
	Like string `key:"like"`
	Call        // how it is called, for Go
	// Other Go names for the same C function.
	Forms []*Form `key:"forms" what:"the forms of $C" item:"form "`
	// The Go methods that return the codes of `codes` as errors.
	ErrorForms []*ErrorForm `key:"error_forms" what:"the error forms of $C" item:"error form "`
	// The Go functions that make a handle as this one does, and set it up.
	Configured []*Configured `key:"configured" what:"the configured forms of $C" item:"configured form " example:"{NewWithLayout: {options: Layout, setters: [SetObjectSize], doc: NewWithLayout is New with a layout.}}"`
	// The Go method that returns a copy of the handle with the setting of `replay`, and does not change the handle.
	With *With `key:"with" what:"with of $C"`
}

// choice has the keys of which a function has exactly one. Those that are alone
// allow for no other key.
type choice struct {
	// The Go function, or TYPE.METHOD, that calls the C function.
	Go string `key:"go" choice:"open"`
	// The private TYPE.METHOD that hand-written Go calls; it needs no `doc`.
	Private string `key:"private" choice:"open"`
	// The reason why the C function is not bound.
	Skip string `key:"skip" choice:"alone"`
	// A note on a C function that is not decided yet.
	Todo string `key:"todo" choice:"alone" example:"the rest of the library"`
}

// Omission is a C constant, struct or callback that is not bound. Structs and callbacks that a C function has which is bound need no entry.
type Omission struct {
	Pos model.Pos
	C   string `name:"the C constant, struct or callback"`

	// The reason why it is not bound.
	Reason string `key:"reason" example:"every release has it"`
}

// Acceptance is a C name whose declarations differ between releases in a way that makes no difference here. The newest declaration is used.
type Acceptance struct {
	Pos model.Pos
	C   string `name:"the C name"`

	// The reason why the difference does not matter.
	Reason string `key:"reason" example:"no length is above 1<<63"`
}

// Waits is what a C call may block its thread for.
type Waits string

// What a call may wait for. How many calls block a thread at the same time is bounded for each
// of these, so that calls that wait for one do not wait for those that wait for another.
const (
	WaitsOSD     Waits = "osd"
	WaitsMon     Waits = "mon"
	WaitsMgr     Waits = "mgr"
	WaitsAck     Waits = "ack"     // for room in the bounds of the library itself, for an acknowledgement
	WaitsNothing Waits = "nothing" // it returns without waiting for the network
)

// values lists what a call may wait for.
func (Waits) values() []string {
	return []string{string(WaitsOSD), string(WaitsMon), string(WaitsMgr), string(WaitsAck), string(WaitsNothing)}
}

// Known reports whether w is something that a call may wait for.
func (w Waits) Known() bool { return slices.Contains(w.values(), string(w)) }

// Call is how one C function is called and its results are returned.
type Call struct {
	// The doc comment, which begins with the Go name.
	Doc string `key:"doc"`
	// What the parameters mean, where it cannot be inferred from the header. `returns` stands for a pointer that the function returns: it has a role, too, as if the function stored the pointer.
	Args map[string]*Arg `key:"args" item:"argument "`
	// What the return value means; by default an `int` is an `errno`, and a pointer is what `args` says. An `int` may be a number of bytes instead, for which the header has no type of its own: the generator asks if the function fills a buffer, or if its name says that it gets something that no parameter takes. For others, `gen explain` prints whether `errno` was inferred; compare it with the comment in the header.
	Ret *Ret `key:"ret"`
	// The struct type that collects the results, or a pointer to it.
	ReturnsStruct string `key:"returns_struct"`
	// The names of the Go results, for functions whose results are named.
	ResultNames []string `key:"result_names"`
	// Whether the method may be called before the handle is ready.
	BeforeConnect bool `key:"before_connect"`
	// Whether the caller, which is written by hand, keeps the handle from being freed during the call.
	Unguarded bool `key:"unguarded"`
	// What the C function may block its thread for, unless it takes a completion: `osd`, `mon` and `mgr` for an answer of the daemon, `room` for room in the bounds of the library.
	Waits Waits `key:"waits"`
	// Whether the caller has acquired the room that a call which `waits` needs.
	Admitted bool `key:"admitted"`
	// An older C function with the same parameters that does the same job, for releases without this one.
	Else string `key:"else"`
	// The type of `results` that a step returns.
	Result string `key:"result"`
	// The name of the setting that the method sets: the last call for each name is repeated for a copy of the handle.
	Replay string `key:"replay"`
	// Whether the call may change an object, so that the result of a cancelled one is unknown.
	Changes bool `key:"changes"`
	// Whether the library uses the memory of the call after its end, until it calls back.
	CompletesOnCallback bool `key:"completes_on_callback"`
	// Whether hand-written code starts the call of a private or `detached` method itself: for a method X, startX does that.
	Start bool `key:"start"`
	// The reason why the type of `tasks` has no method that makes a Task for this one.
	NoTask string `key:"no_task" example:"it has two results"`
	// The deprecated TYPE.METHOD that makes the same Task as the method of the type of `tasks`.
	OlderTask string `key:"older_task"`
	// Whether the library does not cancel the call: its form with a context returns when the context is done, and the call goes on. A private method that `waits` or `completes_on_callback` takes a context then; public ones always have a form that does.
	Detached bool `key:"detached"`
	// The method that undoes a call which succeeds after its form with a context has returned. That of a `detached` call is given the result; That of a call which returns 0 is given the parameters named, as in release(oid).
	Undo string `key:"undo"`
	// The synchronous C function that does the same as this one, which takes a completion, or `none`; by default the one named by `infix`.
	Sync string `key:"sync"`
	// The C functions that need no binding because this one does all they do.
	Supersedes []string `key:"supersedes"`
	// Whether the function changes the step before it instead of adding a step.
	ModifiesPrevious bool `key:"modifies_previous"`
	// The environment variable from which the C function reads a command line.
	Env string `key:"env"`
	// The hand-written method that is called first, as in check or check(oid) with parameters of the method; if it returns an error, C is not called. The parameter ctx is the context of the form with one: such a method may wait.
	Before string `key:"before"`
	// The errnos that an old OSD map may cause: C is called again with the newest map.
	FreshMap []string `key:"fresh_map"`
}

// Iterator is a C type that yields pairs, which a step of an operation makes.
type Iterator struct {
	Pos model.Pos
	C   string `name:"the C type"`

	// The C function that yields the next pair; it is called until there are no others.
	Drain string `key:"drain"`
	// The parameter of that function that is NULL at the end.
	Until string `key:"until"`
	// The C function that frees the iterator.
	Free string `key:"free"`
	// What the parameters of the function of `drain` mean.
	Args map[string]*Arg `key:"args" item:"argument "`
}

// Event is what C keeps of the parameters of a callback until Go takes it. A parameter that is not named is dropped.
type Event struct {
	Pos model.Pos
	C   string `name:"the C type of the callback"`

	// The `void *` with which the callback was registered; see the role `token`.
	Token string `key:"token"`
	// The parameters that are the numbers of the event, in their order: at most 3.
	Numbers []string `key:"numbers"`
	// The `int` that is the errno of the event, or 0.
	Error string `key:"error"`
	// The bytes that are the data of the event.
	Data string `key:"data"`
	// The parameter that holds the length of `data`; by default the one that is named like it.
	Length string `key:"length" example:"size"`
	// The texts that are the data of the event instead, each with its NUL.
	Texts []string `key:"texts"`
	// The number that the callback returns to C, if it returns one.
	Returns string `key:"returns" example:"0"`
}

// Form is another Go name for the same C function. Its arguments take precedence over those of the function.
type Form struct {
	Pos model.Pos
	Go  string `name:"the Go function, or TYPE.METHOD"`

	// The doc comment, which begins with the Go name.
	Doc string `key:"doc"`
	// What the parameters mean in this form, where it differs from the function.
	Args map[string]*Arg `key:"args" item:"argument "`
	// What the return value means in this form, where it differs from the function.
	Ret *Ret `key:"ret" example:"length"`
	// The hand-written method that is called first in this form, where it differs from that of the function.
	Before string `key:"before" example:"checkDefaultConfigFile"`
	// Whether calls of this form may change an object, where those of the function do not.
	Changes bool `key:"changes" example:"true"`
}

// ErrorForm is a Go method that calls that of the function and returns its code as an error.
type ErrorForm struct {
	Pos model.Pos
	Go  string `name:"the TYPE.METHOD"`

	// The doc comment, which begins with the Go name.
	Doc string `key:"doc"`
	// The struct type whose fields stand for parameters; it is the type of the last parameter.
	Options string `key:"options"`
}

// Configured is a Go function that calls another one, which makes a handle, and then the setters of the handle.
type Configured struct {
	Pos model.Pos
	Go  string `name:"the Go function"`

	// The doc comment, which begins with the Go name.
	Doc string `key:"doc" example:"NewWithLayout is New with a layout."`
	// The struct type of the last parameter.
	Options string `key:"options" example:"Layout"`
	// The methods that are called, each with the field of the struct that is in its place.
	Setters []string `key:"setters" example:"[SetObjectSize]"`
}

// With is a Go method that returns a copy of a handle on which a setting differs.
type With struct {
	Pos model.Pos

	// The name of the method.
	Name string `key:"name"`
	// The doc comment, which begins with that name.
	Doc string `key:"doc"`
}

// Method is a Go method composed of several C calls. It has either `op` or `steps`.
type Method struct {
	Pos model.Pos
	Go  string `name:"the Go function, or TYPE.METHOD"`

	// The doc comment, which begins with the Go name.
	Doc string `key:"doc"`
	// The order of the Go parameters, where it differs from the order in C.
	Params []string `key:"params"`
	// Whether the method may be called before the handle is ready.
	BeforeConnect bool `key:"before_connect"`
	// What the steps may block their thread for, unless they take a completion.
	Waits Waits `key:"waits"`
	// Whether the method may change an object, so that the result of a cancelled call is unknown.
	Changes bool `key:"changes" example:"true"`
	// Whether the caller has acquired the room that a method which `waits` needs.
	Admitted bool `key:"admitted" example:"true"`
	// The reason why the type of `tasks` has no method that makes a Task for this one.
	NoTask string `key:"no_task" example:"it has two results"`
	// The deprecated TYPE.METHOD that makes the same Task as the method of the type of `tasks`.
	OlderTask string `key:"older_task" example:"IOContext.ReadTask"`
	// The hand-written method that is called first, as in check or check(oid) with parameters of the method; if it returns an error, C is not called. The parameter ctx is the context of the form with one: such a method may wait.
	Before string `key:"before" example:"latestMap(ctx)"`
	// The C functions that need no binding because this method does all they do.
	Supersedes []string `key:"supersedes"`
	// The step that the method performs alone, TYPE.METHOD; its arguments come after those of `perform`.
	Op string `key:"op"`
	// The C calls, in their order.
	Steps []*Step `key:"steps" what:"the steps of $Go" item:"a step of $Go"`
}

// Step is one C call of a composed method.
type Step struct {
	Pos model.Pos

	// The C function that is called.
	Call string `key:"call"`
	// The name of the C object that the step makes, for the steps after it.
	As string `key:"as"`
	// The C function that frees that object.
	Free string `key:"free"`
	// Whether the object takes the place of the receiver's own, instead of being freed, if all steps succeed.
	Replaces bool `key:"replaces"`
	// The synchronous C function that does the same as this one, which takes a completion; by default the one named by `infix`.
	Sync string `key:"sync" example:"walk"`
	// What the parameters mean, where it cannot be inferred from the header.
	Args map[string]*Arg `key:"args" item:"argument "`
	// What the return value means; by default an `int` is an `errno`.
	Ret *Ret `key:"ret"`
}

// FreeMembers is the value of `free` that stands for the function of the C library.
const FreeMembers = "free"

// NoSync is the value of `sync` of a function of which the library has no synchronous form.
const NoSync = "none"

// Arg says how a C parameter appears in Go.
type Arg struct {
	Pos model.Pos

	// The role: what the parameter means; by default it is inferred.
	As string `key:"as" words:"roles"`
	// The name of the Go parameter or result; by default that of the C parameter.
	Name string `key:"name"`
	// The Go type; by default the one in `types` with the C type, or else that of the role.
	Type string `key:"type"`
	// The field of the struct in `returns_struct` that the result fills; by default the one with its name, which begins in upper case.
	Field string `key:"field"`
	// The C parameter that holds the length; by default the one that is named like it.
	Length string `key:"length"`
	// The C parameters that go with this one, such as arrays of the same length, in addition to `length`.
	Parallel []string `key:"parallel"`
	// The C parameter in which C stores how many bytes of the buffer, or elements of the arrays, it filled.
	Count string `key:"count"`
	// The errno by which C asks for a larger buffer.
	RetryOn string `key:"retry_on"`
	// The size of the buffer that is tried first, in bytes, or the number of elements that it has room for.
	InitialSize int `key:"initial_size"`
	// The text before the first entry of the caller's list.
	Argv0 string `key:"argv0"`
	// The C function that frees what C allocates; by default the one in `buffers`. For `out-struct`, `free` is that of the C library, which frees each member that is a pointer.
	Free string `key:"free"`
	// How an empty value, which has no bytes or is the number 0, is treated: `stat` (C is called, to find out whether the object exists), `reject`, or the errno of the error that is returned. For a pointer that C stores or returns, what NULL stands for: an errno, or `errno`, the variable in which C has one.
	Empty string `key:"empty"`
	// Whether the texts remain in one buffer, the caller's memory, which hand-written Go decodes. Of a function that returns one entry at a time, as many as the caller asks for are put there in one crossing; an error comes with the entries before it.
	Page bool `key:"page" example:"true"`
	// When the library may call back for the last time, with this token: `call`, before the C function returns. Without it hand-written Go registers the function that handles the events, in its variable callbacks, and removes it.
	Last Last `key:"last" example:"call"`
	// Whether the result is returned even with an error, which it explains, such as where data differs.
	WithError bool `key:"with_error" example:"true"`
	// The Go constants that the value may be; others are refused.
	Allowed []string `key:"allowed"`
	// The noun for the argument in the ObjectErrors of the method, which then have the argument in addition to the object.
	Noun string `key:"noun"`

	Fixed *string // no Go parameter: always this C expression
}

// Last is when a callback may come last.
type Last string

// LastCall is before the C function returns that takes the callback.
const LastCall Last = "call"

// values lists when a callback may come last.
func (Last) values() []string { return []string{string(LastCall)} }

// Ret says what the return value of a C function means.
type Ret struct {
	Pos model.Pos

	// The meaning of the return value.
	As string `key:"as" words:"returns"`
	// The Go type of the result; by default the one for the C type.
	Type string `key:"type"`
	// The field of the struct in `returns_struct` that the result fills.
	Field string `key:"field"`
	// The errnos that are answers, not errors.
	Codes []string `key:"codes"`
	// What a method without an error returns when C cannot be called.
	ClosedValue string `key:"closed_value"`
}
