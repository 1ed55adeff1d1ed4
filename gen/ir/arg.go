package ir

import (
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/spec"
)

// Arg is a C parameter, with those that belong to it, and its role.
type Arg struct {
	Pos      model.Pos
	Role     string
	Inferred bool
	Param    model.Param
	With     *model.Param  // the one that holds its length, or nil
	Covers   []model.Param // those that belong to it, in addition to With
	Count    *model.Param  // the one in which C stores how many bytes of it were filled, or nil
	Keys     *spec.Arg     // what the spec says of it
	GoName   string        // the name of the Go parameter or result
	Object   string        // the C variable that it is about: an object of an earlier call, or of this one
	Free     *Function     `tree:"-"` // frees what C allocates for it, or nil
	OwnFree  *Function     // the same, if the spec says so for this argument alone

	Facts `tree:"facts"`
	Part  Part

	// Names has the names that parameters have in the C function, where they differ
	// from those in the header.
	Names map[string]string
}

// Facts are the facts about an argument that do not depend on its role.
type Facts struct {
	// What the C declarations say.
	Basic    string    // the C type that the parameter's typedef stands for: "uint64_t"
	Handle   *Handle   // the Go type of the parameter's C type, or nil
	Depth    int       `tree:"-"` // how many stars the parameter's C type has in addition to that of Handle
	Struct   *Type     // the Go struct that mirrors the parameter's C struct, or nil
	Elements []Element `tree:"-"` // of the arrays that the parameter and those that go with it are, if they are pointers
	Rows     *Type     `tree:"-"` // the Go struct in the spec with a field for each of them, or nil
	Number   bool      // the parameter's C type is that of a number
	Pointer  bool      // it is a pointer, even if by another name
	Unknown  bool      // the parameter points to a struct whose members are not known
	Opaque   bool      // the parameter's C type is a pointer by another name
	Callback bool      // the parameter's C type is a callback
	Iterator bool      // the parameter's C type is an iterator
	Ends     bool      // the parameter's C type stands for an asynchronous call
	Texts    []string  // the texts in the parameter's C struct, each of which has a length

	// Where it stands.
	Shim     string  `tree:"-"` // the C function of the method
	Second   bool    // an earlier parameter of the function is a handle of another package, too
	Returned bool    // it is the pointer that the C function returns
	Received bool    `tree:"-"` // a parameter of the function has the type of Recv
	Recv     *Handle `tree:"-"` // the handle whose method this is, or nil
	Ret      RetRole `tree:"-"` // of its call
	Step     bool    // the method is a step of an operation
	Drained  bool    // the function is called until it has no other
	Until    bool    // this argument is NULL then
	Async    bool    // the method takes a completion
	Guarded  bool    // the C function enters and exits the receiver itself
	Earlier  bool    // Object was made by an earlier call
}

// Element is what the elements of an array are: a field of a Go struct, or a variable. It has no Kind if Go
// has nothing for them.
type Element struct {
	Field
	Array model.Param // a pointer to the first
	Basic string      // the C type that their typedef stands for
}

// Part is what an argument contributes to its method, according to its role.
type Part struct {
	Params   []Var     // parameters of the Go function
	Results  []Result  // results of the Go function
	Refusals []Refusal // reasons for which Go refuses the argument
	Locals   []string  // other variables of the Go function
	CNames   []string  // parameters and variables of the C function

	Receiver   bool      // it is the handle of the method
	Fixed      bool      // it is the same in every call
	Completion bool      // it is the completion: the method is asynchronous
	Makes      bool      // C stores an object there for later calls
	Enters     bool      // it is another handle, which the method enters
	Sized      bool      // it has room for an array of a fixed length
	Imported   bool      // it is a handle of another package, which the method enters
	Adopts     *Handle   // the Go type of the object that C makes and the method returns
	Performs   *Handle   // the recorded handle whose steps are performed
	CallsBack  string    // the C type of the function that the library calls back
	Drains     string    // the C type of the iterator that the C function drains
	Frees      *Function // frees what C has allocated
	Key, Value bool      // it is half of a pair that an iterator yields
	Sends      bool      // it is data of any size that is sent
	Fills      bool      // it is the buffer that the C function fills
	Checked    bool      // the C function may refuse it
	Retried    bool      // the call is repeated with a larger buffer
	Page       string    // what the names of the page begin with that calls of the C function fill, or ""
	Stored     bool      // an asynchronous call stores its result
	Places     []string  // the members of the C half of such a call in which it does

	// Arrays has the C structs of which C fills several.
	Arrays []string `tree:"-"`

	Layout Layout `tree:"-"` // of the data that C reads or writes

	Filled string // of a step: the Go parameter with the buffer that C fills, or ""

	// Of a step: it is read back from the record, it reports whether the step
	// succeeded, or more than that; and where C stores that in the step's result.
	HasInput, HasCode, HasResult bool
	Members                      []Member
}

// Layout is how C lays out the data of a parameter, where the parameter's type does not tell it.
type Layout string

// The layouts.
const (
	Text    Layout = "text"    // bytes that end with a NUL
	List    Layout = "list"    // texts, each of which ends with a NUL
	Lists   Layout = "lists"   // two lists, the keys and the values, each with its length
	Dict    Layout = "dict"    // the same, keys and values in turn
	Keys    Layout = "keys"    // an array of pointers, and one of lengths
	Pairs   Layout = "pairs"   // an array of keys and one of values, and the lengths of either
	Numbers Layout = "numbers" // an array of numbers
)

// Member is the member of a step's result in which C stores a parameter.
type Member struct{ Param, Name string }

// Whole returns the name of the member of which m may be a part: "time" of "time.tv_sec".
func (m Member) Whole() string {
	whole, _, _ := strings.Cut(m.Name, ".")
	return whole
}

// Lists returns the list of the keys and that of the values of a, whose layout is Lists, as
// arguments of their own. Values tend to be longer than their keys.
func (a *Arg) Lists() (keys, values *Arg) {
	k, v := *a, *a
	k.Covers, v.Covers = nil, nil
	v.Param, v.With = a.Covers[0], &a.Covers[1]
	v.GoName += "Values"
	v.Keys = &spec.Arg{InitialSize: 4 * a.Keys.InitialSize}
	k.Part, v.Part = Part{Layout: List}, Part{Layout: List}
	return &k, &v
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

// Rename gives a parameter another name in the C function than in the header.
func (a *Arg) Rename(name, other string) {
	if a.Names == nil {
		a.Names = make(map[string]string)
	}
	a.Names[name] = other
}

// CName returns the name of a parameter in the C function.
func (a *Arg) CName(name string) string {
	if other := a.Names[name]; other != "" {
		return other
	}
	return name
}

// InC returns a copy of a whose parameters have the names that they have in the C function.
func (a *Arg) InC() *Arg {
	own := *a
	rename := func(p model.Param) model.Param {
		p.Name = a.CName(p.Name)
		return p
	}
	own.Param = rename(a.Param)
	for _, p := range []**model.Param{&own.With, &own.Count} {
		if *p != nil {
			other := rename(**p)
			*p = &other
		}
	}
	own.Covers = slices.Clone(a.Covers)
	for i, p := range own.Covers {
		own.Covers[i] = rename(p)
	}
	own.Elements = slices.Clone(a.Elements)
	for i, e := range own.Elements {
		own.Elements[i].Array = rename(e.Array)
	}
	return &own
}

// Coarser reports whether old, a parameter of an older function, takes the seconds of what
// p points to, a time with nanoseconds.
func Coarser(old, p model.Param) bool {
	return old.Type.Is("time_t", 1) && p.Type.Is("struct timespec", 1)
}

// GoType returns the type that the spec asks for, or the role's own.
func (a *Arg) GoType(own string) string {
	if a.Keys.Type != "" {
		return a.Keys.Type
	}
	return own
}
