// Package ir is the intermediate representation of the generator: every decision
// about the generated code, as plain data. Package resolve makes it from the spec
// and the declarations of all releases, package check judges it, and the packages
// that render Go, C and documentation read nothing else but the roles. It has no
// text of generated code.
package ir

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/spec"
)

// Plan is everything that is generated.
type Plan struct {
	File        string // the spec
	Library     *spec.Library
	Releases    []string // the oldest first
	Names       []Name   // what the generated package declares because of the spec
	Handles     []*Handle
	Types       []*Type
	StepResults []*StepResult
	Consts      []*ConstGroup
	Errors      []*spec.Error
	BareErrors  spec.BareErrors
	Skips       []*spec.Omission   // constants, structs and callbacks that are not bound
	Others      []*Declaration     // what the headers declare except functions and typedefs
	Accepts     []*spec.Acceptance // differences between releases
	Functions   []*Function        // one for each C function of any release, sorted
	Methods     []*Method
	CTypes      []*CType // those that the generated C declares, each after the types it consists of
	Iterators   []*Iterator
	Events      []*Event
	Completions *Completions // nil if no C type stands for an asynchronous call
	Buffers     Buffers
}

// Declaration is a constant, struct or callback of some release, or a declaration that the generator
// leaves out.
type Declaration struct {
	C       string
	Kind    string // "constant", "type" (a struct) or "callback"; "unsupported" or "left-out" if the generator leaves it out
	Text    string `tree:"-"` // in C, with what it stands for
	Since   string `tree:"-"`
	GoName  string // the public constant or type that stands for it, or ""
	User    string // the first C function that has it and is not skipped, or ""
	Skipped string // why it is not bound, or ""
}

// Used reports whether Go code has d, or a function that is not skipped.
func (d *Declaration) Used() bool { return d.GoName != "" || d.User != "" }

// Path returns the path of a file of the generated package, below the module's root.
func (p *Plan) Path(name string) string { return path.Join(p.Library.Folder, name) }

// Package returns the name of the generated package.
func (p *Plan) Package() string { return path.Base(p.Library.Folder) }

// symbols is how C names begin in the templates, and in what renders C.
const symbols = "gorados_"

// Named gives the C names in generated code the beginning that the library has.
func (p *Plan) Named(text string) string {
	own := p.Library.Symbols
	if own == "" || own == symbols {
		return text
	}
	return strings.NewReplacer(symbols, own, strings.ToUpper(symbols), strings.ToUpper(own)).Replace(text)
}

// Name is a name that the generated package declares: NAME, or TYPE.NAME for a method.
type Name struct {
	Pos    model.Pos
	Go     string
	Doc    string
	Public bool // it should be exported
}

// Function is one C function.
type Function struct {
	*model.Func
	Since, Until string // the first release that has it, the first that lacks it again
	Oldest       bool   // the oldest known release has it
	Everywhere   bool   // every known release has it
	Uniform      bool   `tree:"-"` // their declarations are equal but for the names of parameters
	Has          []string
	Spec         *spec.Function
	Users        []string // the methods that use it, the public ones first

	// Lengths has the length of each buffer, as far as the names of the parameters tell.
	Lengths map[string]string `tree:"-"`
	// Sync names the function that does the same and blocks until it is done, if the spec or the
	// function's own name tells one. There need not be such a function.
	Sync string `tree:"-"`
}

// CType is a C type that the generated C declares, so that it does not depend on the installed header.
// What of Typedef, Callback and Struct it is not is nil; a struct whose fields are unknown is neither.
type CType struct {
	Name       string // in the header: "handle_t", "struct stat_t"
	Typedef    *model.Typedef
	Callback   *model.Callback
	Struct     *model.Struct // the largest of all releases
	Common     []model.Field // those that every release has
	Everywhere bool          // every release has the type
	Uniform    bool          // their declarations are equal
}

// Handle is a Go type with a C handle.
type Handle struct {
	*spec.Handle
	Owner   *Handle // the handle that must outlive it, or nil
	Package string  // the Go package of an imported handle, or ""

	OpNewFunc *Function // of a recorded handle: makes the C object each time its steps are performed
	FreeFunc  *Function // frees the C object
	ReadyFunc *Function // makes it ready, or nil
}

// Recorded reports whether the methods of h are steps, which Go records and C
// performs together.
func (h *Handle) Recorded() bool { return h.OpNew != "" }

// IsImported reports whether the parent of h is a handle of another package.
func (h *Handle) IsImported() bool { return h != nil && h.Owner != nil && h.Owner.Imported }

// Throttle returns the handle whose calls are limited together with those of h: h or
// one that it must not outlive, or nil.
func (h *Handle) Throttle() *Handle {
	for ; h != nil && !h.Throttled && !h.Imported; h = h.Owner {
	}
	return h
}

// Type is a public Go type that is not a handle.
type Type struct {
	Pos    model.Pos
	Go     string
	Is     string // the underlying type, or ""
	C      string // the C struct that it mirrors, or ""
	Header string // that declares the C struct, if the header of the library does not
	Struct *model.Struct
	Fields []Field
	Doc    string
}

// Mirrors reports whether t mirrors a C struct.
func (t *Type) Mirrors() bool { return t != nil && (t.Struct != nil || t.Header != "") }

// Plain reports whether all members that t mirrors are numbers, which Go can read where they are.
func (t *Type) Plain() bool {
	return t.Header == "" && !t.Struct.Packed && !slices.ContainsFunc(t.Fields, func(f Field) bool { return f.Kind != FieldNumber })
}

// Points reports whether a member that t mirrors points to memory that may have to be freed.
func (t *Type) Points() bool {
	return slices.ContainsFunc(t.Fields, func(f Field) bool {
		one := f.Single()
		return slices.Contains([]FieldKind{FieldText, FieldBytes, FieldTexts, FieldList}, one.Kind) ||
			one.Kind == FieldStruct && one.Of.Points()
	})
}

// FieldKind is what the member is that a field mirrors.
type FieldKind string

// The kinds of fields.
const (
	FieldNumber   FieldKind = "number"   // a number, or a bool
	FieldBool     FieldKind = "bool"     // a number that is a bool in Go
	FieldText     FieldKind = "text"     // a pointer to a text
	FieldArray    FieldKind = "array"    // an array of char with a text
	FieldBytes    FieldKind = "bytes"    // a pointer to bytes, with a length
	FieldTexts    FieldKind = "texts"    // a pointer to texts that stand one after the other, with their number
	FieldSeconds  FieldKind = "seconds"  // a time in whole seconds
	FieldTimespec FieldKind = "timespec" // a time with nanoseconds
	FieldAddress  FieldKind = "address"  // a socket address
	FieldFixed    FieldKind = "fixed"    // an array of a fixed length of anything of these but texts in arrays
	FieldStruct   FieldKind = "struct"   // a struct that a type mirrors
	FieldList     FieldKind = "list"     // a pointer to such structs, with their number
)

// Field is one field of a struct.
type Field struct {
	Pos      model.Pos
	Go, Type string
	C        string    // the member that it mirrors, or ""
	Param    string    // the parameter that it stands for in a method with options, or "" for the one with its name
	Kind     FieldKind // what the member is, or "" if it cannot be mirrored
	Length   string    // the member with the length or the number of what the member points to, or ""
	Of       *Type     `tree:"-"` // the type that mirrors the struct that the member is, or points to
	Elem     *Field    `tree:"-"` // what the elements are of a member that is an array, or nil
	Count    int       `tree:"-"` // how many they are
	Doc      string
}

// Single returns f, or what its elements are.
func (f *Field) Single() *Field {
	if f.Kind == FieldFixed {
		return f.Elem
	}
	return f
}

// Stands returns the name of the parameter that f stands for in a method with options.
func (f *Field) Stands() string {
	first := min(1, len(f.Go)) // the check that it has a name comes later
	return cmp.Or(f.Param, strings.ToLower(f.Go[:first])+f.Go[first:])
}

// Option returns the field of t that stands for the parameter, or nil. t may be nil.
func (t *Type) Option(param string) *Field {
	if t == nil {
		return nil
	}
	for i := range t.Fields {
		if t.Fields[i].Stands() == param {
			return &t.Fields[i]
		}
	}
	return nil
}

// ConstGroup is one block of constants.
type ConstGroup struct {
	Pos      model.Pos
	String   spec.Stringer // how the String method of Type formats values, or ""
	Type     string        // the type with that method, or the type that the constants have by default, or ""
	StringOf bool          // Type is that of string_of
	Consts   []*Const
}

// Const is a public constant.
type Const struct {
	Pos        model.Pos
	Go         string
	Type       string       // "" if it is untyped
	Is         string       // another constant, or a number, or ""
	C          string       // the C constant whose value it has, or ""
	Decl       *model.Const // its declaration
	Everywhere bool         // every header has it
	Doc        string
}

// IsNumber reports whether c has a value of its own that is a number.
func (c *Const) IsNumber() bool {
	if c.C != "" {
		return !c.IsText()
	}
	return c.Is != "" && strings.Trim(c.Is, "-0123456789") == ""
}

// IsText reports whether c is a C string.
func (c *Const) IsText() bool { return c.Decl != nil && strings.HasPrefix(c.Decl.Value, `"`) }

// Iterator is a C type that yields pairs, which a step of an operation makes.
type Iterator struct {
	Pos  model.Pos
	C    string
	Call *Call     // yields one pair
	Free *Function // frees the iterator
}

// Event is what C keeps of the parameters of a callback. What the spec does not name is nil.
type Event struct {
	Pos          model.Pos
	Callback     *model.Callback
	Token        *model.Param
	Numbers      []*model.Param
	Error        *model.Param
	Data, Length *model.Param
	Texts        []*model.Param
	Returns      string // the number that the callback returns, or ""
}

// Event returns the event of a C type of callbacks, or nil.
func (p *Plan) Event(callback string) *Event {
	for _, e := range p.Events {
		if e.Callback.Name == callback {
			return e
		}
	}
	return nil
}

// IsToken reports whether p can be the token of an event.
func IsToken(p *model.Param) bool { return p.Type.Is("void", 1) && !p.Type.Const }

// IsErrno reports whether p can be the errno of an event.
func IsErrno(p *model.Param) bool { return p.Type.Is("int", 0) }

// IsData reports whether p can be the data of an event, if it has a length.
func IsData(p *model.Param) bool { return p.Type.Is("void", 1) || p.Type.Is("char", 1) }

// IsText reports whether p can be one of the texts of an event.
func IsText(p *model.Param) bool { return p.Type.Is("char", 1) && p.Type.Const }

// Completions are the functions of the C type that stands for an asynchronous call.
type Completions struct {
	Pos     model.Pos
	Type    string
	New     *Function
	Else    *Function // an older one of the same job, or nil
	Ended   *Function
	Wait    *Function
	Value   *Function
	Version *Function
	Cancel  *Function
	Free    *Function
}

// Functions lists all of them.
func (c *Completions) Functions() []*Function {
	var list []*Function
	for _, f := range []*Function{c.New, c.Else, c.Ended, c.Wait, c.Cancel, c.Value, c.Version, c.Free} {
		if f != nil {
			list = append(list, f)
		}
	}
	return list
}

// Buffers is how memory that the C library allocates is released.
type Buffers struct {
	Pos  model.Pos
	Free *Function // or nil
}

// IsType reports whether t stands for an asynchronous call.
func (c *Completions) IsType(t model.Type) bool { return c != nil && t.Is(c.Type, 0) }

// TakenBy reports whether f takes what stands for an asynchronous call.
func (c *Completions) TakenBy(f *model.Func) bool {
	return slices.ContainsFunc(f.Params, func(p model.Param) bool { return c.IsType(p.Type) })
}

// Function returns the C function of that name, or nil.
func (p *Plan) Function(name string) *Function {
	i, ok := slices.BinarySearchFunc(p.Functions, name, func(f *Function, name string) int { return strings.Compare(f.Name, name) })
	if !ok {
		return nil
	}
	return p.Functions[i]
}

// Called returns the functions that the C code calls, in the order of p.Functions. Any other
// function that is bound needs no call because one of them does the same.
func (p *Plan) Called() []*Function {
	used := map[*Function]bool{p.Buffers.Free: true}
	for _, it := range p.Iterators {
		if it.Call != nil { // or else package resolve has refused it
			used[it.Call.Function] = true
		}
		used[it.Free] = true
	}
	for _, h := range p.Handles {
		used[h.OpNewFunc], used[h.FreeFunc] = true, true
	}
	if p.Completions != nil {
		for _, f := range p.Completions.Functions() {
			used[f] = true
		}
	}
	for _, m := range p.Methods {
		for _, call := range m.Calls {
			used[call.Function], used[call.Else], used[call.Free] = true, true, true
			for _, a := range call.Args {
				used[a.Part.Frees] = true
			}
		}
	}
	var called []*Function
	for _, f := range p.Functions {
		if used[f] {
			called = append(called, f)
		}
	}
	return called
}

// Lacking lists the functions that some release lacks and some method needs.
func (p *Plan) Lacking() []*Function {
	var list []*Function
	for _, f := range p.Functions {
		needs := func(m *Method) bool {
			either := func(call *Call) bool { return call.Function == f }
			return slices.Contains(m.MayLack(), f) || slices.ContainsFunc(m.Changing(), either)
		}
		if slices.ContainsFunc(p.Methods, needs) {
			list = append(list, f)
		}
	}
	return list
}

// Steps lists the methods of h, a recorded handle, sorted by their C functions.
func (p *Plan) Steps(h *Handle) []*Method {
	var list []*Method
	for _, m := range p.Methods {
		if m.Recv == h {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b *Method) int { return strings.Compare(a.Shim, b.Shim) })
	return list
}
