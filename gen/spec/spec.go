// Package spec reads spec/bindings.yaml: what becomes of each C function, in
// the closed vocabulary described in CONTRIBUTING.md. It checks the form and
// knows every position; whether the content fits the header is for package plan.
package spec

import "github.com/go-rados/go-rados/gen/model"

// Spec is the whole file.
type Spec struct {
	File      string
	Handles   []*Handle
	Buffers   Buffers
	Types     []*Type
	Consts    []*ConstGroup
	Errors    []*Error
	Functions []*Function
	Methods   []*Method
	Iterators []*Iterator
	// Completions say how the end of an asynchronous call is learned.
	Completions Completions
}

// Handle is a C handle type that becomes a Go type with a life cycle.
type Handle struct {
	Pos      model.Pos
	C        string // rados_ioctx_t
	Go       string // IOContext
	Receiver string // ioctx
	Field    string // what a child calls its parent
	Parent   string // the Go type of the handle it must not outlive, or ""
	Free     string // the C function that ends it
	Make     string // recorded: the C function that makes one each time it is performed, or ""
	Ready    string // the C function that must have succeeded before others, or ""
	Closed   string // the error of a call after the end
	Accessor *Accessor
	Limited  bool   // how many calls are in flight, and how many block a thread, is bounded
	Settings bool   // it has settings, which its copies take over
	Refresh  string // the hand-written method that waits for the newest OSD map, or ""
	Doc      string
}

// Accessor is a Go method that hands out the C handle itself.
type Accessor struct {
	Pos             model.Pos
	Name, Type, Doc string
}

// Completions name the functions of the C type that stands for an asynchronous call.
type Completions struct {
	Pos     model.Pos
	Type    string // rados_completion_t
	Make    string // makes one
	Else    string // an older function that does the same job
	Ended   string // tells whether the call has ended
	Wait    string // waits until the call has ended
	Value   string // what the call returned
	Version string // of the object, after the call
	Cancel  string // gives a call up
	Free    string // ends one
}

// Buffers names what the library's own memory is given back with.
type Buffers struct {
	Pos  model.Pos
	Free string
}

// Type is a public Go type.
type Type struct {
	Pos    model.Pos
	Go     string
	Is     string // its underlying type: "int", "C.rados_t"
	Struct string // or the C struct it mirrors
	Fields []*TypeField
	Doc    string
}

// TypeField is one field of a struct type.
type TypeField struct {
	Pos  model.Pos
	Go   string
	Type string
	C    string // the member of the C struct, where there is one
	Doc  string
}

// ConstGroup is one const block.
type ConstGroup struct {
	Pos    model.Pos
	Doc    string
	Consts []*Const
}

// Const is a public constant.
type Const struct {
	Pos  model.Pos
	Go   string
	C    string // the C constant
	Type string // of this Go type; untyped when empty
	Is   string // or another Go constant, of which it is an alias
	Doc  string
}

// Error is a public error value.
type Error struct {
	Pos   model.Pos
	Go    string
	Errno string // a constant: this errno, negative
	Is    string // a constant: an alias of another
	Text  string // a variable: its message
	Like  string // a variable: the errno that errors.Is finds in it
	Tells string // a variable: the errno in whose error errors.Is finds it
	When  string // a variable: the shim's own code that it stands for
	Doc   string
}

// Disposition says what became of a function.
type Disposition string

// The dispositions.
const (
	Go   Disposition = "go"   // a Go function or method of its own
	Via  Disposition = "via"  // an ingredient of another Go method
	Raw  Disposition = "raw"  // a private thunk for a hand-written file
	Skip Disposition = "skip" // not bound, for a reason
	Todo Disposition = "todo" // not yet decided
)

// Dispositions lists them all.
var Dispositions = []Disposition{Go, Via, Raw, Skip, Todo}

// Function is one C function.
type Function struct {
	Pos         model.Pos
	C           string
	Disposition Disposition
	// Target is what the disposition says: the Go name, the Go method it is
	// reached through, the thunk, or the reason.
	Target string
	Call   // how it is called, for Go
	Forms  []*Form
}

// Waits says what a C call may block its thread for.
type Waits string

// What a call may wait for. How many calls block a thread at the same time is bounded for each
// of these, so that calls that wait for one are not stuck behind those that wait for another.
const (
	WaitsOSD     Waits = "osd"
	WaitsMon     Waits = "mon"
	WaitsMgr     Waits = "mgr"
	WaitsRoom    Waits = "room"    // in the bounds of librados itself, for something that no other call may delay
	WaitsNothing Waits = "nothing" // it returns without waiting for the network
)

// AllWaits lists what a call may wait for.
var AllWaits = []Waits{WaitsOSD, WaitsMon, WaitsMgr, WaitsRoom, WaitsNothing}

// Call is how one C function is called and its results are handed on.
type Call struct {
	Doc   string
	Args  map[string]*Arg
	Ret   *Ret
	Into  string // the struct type that collects the results, or a pointer to it
	Named []string
	Setup bool  // may be called before the handle is ready
	Held  bool  // the caller keeps the handle from being freed
	Waits Waits // what it may block its thread for, unless it takes a completion
	// Admitted says that the caller has acquired the room that such a call needs.
	Admitted bool
	Else     string // an older C function that does the same job
	Keep     string // the setting that it sets, which a copy of the handle takes over
	Changes  bool   // it may change an object, so that the result of a cancelled one is unknown
	Lingers  bool   // librados uses its memory after its end, until it calls back
	Twin     string // the C function that waits itself, of one that takes a completion
	// Instead lists C functions that do no more than this one, and are not called: older ones,
	// and those that do the same as a step, but as a call of their own.
	Instead []string
	// Amends says that it is about the step before it, rather than a step.
	Amends bool
	// Environ is the environment variable that C reads a command line from.
	Environ string
	// Before is the hand-written method that is called first, without parameters. If it returns
	// an error, C is not called.
	Before string
	// FreshMap are the errnos that may come from an old OSD map: C is called again with the
	// newest one.
	FreshMap []string
}

// Iterator is a C type that yields pairs, which a step of an operation makes.
type Iterator struct {
	Pos   model.Pos
	C     string // rados_omap_iter_t
	Drain string // call this function until it has no more
	Until string // the out parameter that is NULL at the end
	Free  string // what ends it
	Args  map[string]*Arg
}

// Form is another Go name for the same C function, with some arguments fixed.
type Form struct {
	Pos   model.Pos
	Go    string
	Doc   string
	Args  map[string]*Arg
	Named []string
}

// Method is a Go method composed of several C calls.
type Method struct {
	Pos     model.Pos
	Go      string
	Doc     string
	Named   []string
	Params  []string // the order of the Go parameters, where C's is not wanted
	Setup   bool     // may be called before the handle is ready
	Waits   Waits    // what it may block its thread for, unless it takes a completion
	Changes bool     // it may change an object, so that the result of a cancelled one is unknown
	Before  string   // the hand-written method that is called first; see Call.Before
	// Instead lists C functions that do the same, but have no twin that takes a completion, and
	// older ones of them.
	Instead []string
	Steps   []*Step
}

// Step is one C call of a composed method.
type Step struct {
	Pos   model.Pos
	Call  string // call this function once
	Drain string // or call it until it has no more
	Until string // the out parameter that is NULL at the end
	As    string // the name of the object that it makes
	Free  string // the function that frees that object in the end
	// Replaces says that the object takes the place of the receiver's own if all
	// steps succeed, instead of being freed; the first time, the steps that follow are made with
	// the receiver's own.
	Replaces bool
	Twin     string // the C function that waits itself, of one that takes a completion
	Args     map[string]*Arg
	Ret      *Ret
}

// Arg says how a parameter appears in Go.
type Arg struct {
	Pos     model.Pos
	As      string   // the role; inferred when empty
	Name    string   // the Go name
	Type    string   // the Go type
	Field   string   // the field of the Into struct that it fills
	With    string   // the parameter that holds its length
	Covers  []string // the parameters that go with it, besides With
	Count   string   // the parameter in which C stores how many bytes of it were filled
	On      string   // the errno that asks for a larger buffer
	First   int      // the size tried first, in bytes
	Prepend string   // put ahead of the caller's list
	Free    string   // what frees what C has allocated for it
	Empty   string   // what is done with an empty one, where the role has a choice
	Allowed []string // the constants that it may be, where others are refused
	Fixed   *string  // no Go parameter: always this C expression
}

// Keys lists what the spec says of a, besides its role: the keys that it has.
func (a *Arg) Keys() []string {
	var keys []string
	for _, k := range []struct {
		key  string
		here bool
	}{
		{"name", a.Name != ""},
		{"type", a.Type != ""},
		{"field", a.Field != ""},
		{"with", a.With != ""},
		{"covers", a.Covers != nil},
		{"count", a.Count != ""},
		{"on", a.On != ""},
		{"first", a.First != 0},
		{"prepend", a.Prepend != ""},
		{"empty", a.Empty != ""},
		{"free", a.Free != ""},
		{"allowed", a.Allowed != nil},
	} {
		if k.here {
			keys = append(keys, k.key)
		}
	}
	return keys
}

// Ret says what the C function's return value means.
type Ret struct {
	Pos   model.Pos
	As    string
	Type  string
	Field string // the field of the Into struct that it fills
	// Codes are the errnos that are answers rather than errors.
	Codes []string
	// Closed is what a method without an error returns when the call can't be made.
	Closed string
}
