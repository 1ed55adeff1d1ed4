// Package role holds the closed vocabulary of what an argument or a return
// value of a C function can mean for Go. Each role has a file of its own, which
// says what the role contributes to the Go method and to the C shim below it.
// Adding a role is adding a file.
package role

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/model"
)

// Role is what one argument means.
type Role interface {
	// Name is what the spec calls it.
	Name() string
	// Fits says why the argument can't have this role, or nil.
	Fits(a *Arg) error
	// Fragment is what the argument contributes. It is called once Fits agreed.
	Fragment(a *Arg) Fragment
}

// Stepper is a role that an argument of a step can have: a step is recorded in
// Go, and performed later in C along with others.
type Stepper interface {
	// Record is Fragment for a step: Before records the argument, Locals read it
	// back in C.
	Record(a *Arg) Fragment
}

// Arg is an argument that has been given a role.
type Arg struct {
	Param  model.Param   // the C parameter
	With   *model.Param  // the one that holds its length, where there is one
	Covers []model.Param // those that go with it, besides With
	Count  *model.Param  // the one in which C stores how many bytes of it were filled, or nil
	Basic  string        // the C type behind the parameter's typedef: "uint64_t"
	GoName string
	GoType string // as the spec wants it, or "" for the role's own
	Field  string // the field of the method's struct that it fills, or ""
	On     string // the errno that asks for a larger buffer, or ""
	First  int    // the size to try first, or 0
	Fixed  string // the C expression that is always passed

	Prepend string   // put ahead of the caller's list
	Allowed []string // the Go constants that it may be, where others are refused
	Empty   string   // what is done with an empty one, where the role has a choice
	Ret     string   // the role of the return value
	Free    string   // the C function that releases what the library allocates
	Handle  *Handle  // the Go type that the parameter's C type belongs to, or nil
	Struct  *Struct  // the Go struct that mirrors the parameter's C struct, or nil
	Method  string   // the Go type whose method this is, or ""
	Number  bool     // the parameter's C type is that of a number
	Pointer bool     // it is a pointer, be it by another name
	Drained bool     // the function is called until it has no more
	Ends    bool     // the parameter's C type stands for an asynchronous call
	Engine  bool     // the function takes a completion
	Gated   bool     // the shim enters and exits the receiver itself
	Step    bool     // the method is a step of an operation
	Yields  bool     // the parameter's C type is an iterator
	Called  bool     // the parameter's C type is a callback
	Opaque  bool     // the parameter's C type is a pointer by another name
	Texts   []string // the texts in the parameter's C struct, each of which has a length beside it
}

// Handle is a Go type with a C handle behind it.
type Handle struct {
	Go       string // IOContext
	C        string // rados_ioctx_t
	Receiver string // ioctx
	Parent   *Handle
	Recorded bool // its methods are steps
}

// Struct is a Go struct that mirrors a C struct.
type Struct struct {
	Go     string
	C      string // struct rados_pool_stat_t
	Fields []StructField
}

// StructField is one field of a Struct.
type StructField struct{ Go, Type, C string }

// Var is a Go parameter.
type Var struct{ Name, Type string }

// Result is a Go result: its value after success, and its zero.
type Result struct {
	Name, Type  string
	Value, Zero jen.Code
	Always      bool // it counts even when there is an error
}

// Fragment is what an argument adds to the Go method and to its shim.
type Fragment struct {
	Params  []Var      // parameters of the method
	Before  []jen.Code // statements ahead of the crossing
	Refuse  []Refusal  // what is refused ahead of the crossing
	Pass    []jen.Code // arguments of the shim
	Results []Result   // results of the method
	Adopt   *Handle    // the object that the method makes and returns

	Takes   []string // parameters of the shim
	Locals  []string // declarations in it
	Prepare []string // statements ahead of the call; they may set ret below 0
	Late    []string // the same, behind those of all arguments: they cost more
	// Give has the expression for each C parameter that the argument covers.
	Give  map[string]string
	Again string   // the condition on which the call is repeated, or ""
	Each  []string // statements for each item of a drained list
	Done  []string // statements after the call, also when it failed

	Engine bool       // the method is on the engine
	Later  []jen.Code // statements once a parked call has ended: they take the answer from its slot
	Sent   []jen.Code // arguments of the shim that only starts a call whose answer is in its slot, if it is
	Pin    jen.Code   // what C fills while the call is parked

	// Of a step: whether it reads something back, says whether it succeeded, and
	// has more to say than that.
	Reads, Reports, Tells bool
}

// Refusal is an argument that is refused before anything is sent.
type Refusal struct {
	If    jen.Code
	Error string // the Go error
	Errno string // or the errno that librados would return
}

// registered is a role with what the reference of the spec says of it.
type registered struct {
	Role
	meaning  string
	keys     []string
	inferred bool
}

var registry = make(map[string]registered)

// register adds a role. meaning is its meaning in one sentence, for docs/SPEC.md. heeds are the
// keys of an argument in the spec, besides "as", that have an effect on it; plan refuses others.
func register(r Role, meaning string, heeds ...string) { add(registered{r, meaning, heeds, false}) }

// registerInferred adds a role that cannot be written as "as".
func registerInferred(r Role, meaning string, heeds ...string) {
	add(registered{r, meaning, heeds, true})
}

func add(r registered) {
	switch {
	case registry[r.Name()].Role != nil:
		panic("role: two roles are called " + r.Name())
	case !strings.HasSuffix(r.meaning, "."):
		panic("role: the meaning of " + r.Name() + " is not a sentence")
	}
	registry[r.Name()] = r
}

// ByName returns the role of that name, or nil.
func ByName(name string) Role { return registry[name].Role }

// Keys lists the keys of an argument in the spec that r heeds, besides "as".
func Keys(r Role) []string { return registry[r.Name()].keys }

// Meaning is the meaning of r in one sentence.
func Meaning(r Role) string { return registry[r.Name()].meaning }

// Inferred reports whether r is always inferred: it cannot be written as "as".
func Inferred(r Role) bool { return registry[r.Name()].inferred }

// Names lists the roles, sorted.
func Names() []string { return slices.Sorted(maps.Keys(registry)) }

// c is a name of the C side.
func c(name string) *jen.Statement { return jen.Qual("C", name) }

// recordedAs is what an argument of a step adds: the step notes the value, and C reads
// it back with the declarations.
func recordedAs(a *Arg, goType, note string, value jen.Code, declarations ...string) Fragment {
	return Fragment{
		Params: []Var{{a.GoName, goType}},
		Before: []jen.Code{jen.Id("step").Dot(note).Call(value)},
		Locals: declarations,
		Give:   asNamed(a),
		Reads:  true,
	}
}

// asNamed gives C what is called as the parameters are.
func asNamed(a *Arg) map[string]string {
	give := map[string]string{a.Param.Name: a.Param.Name}
	if a.With != nil {
		give[a.With.Name] = cast(a.With, a.With.Name)
	}
	return give
}

// size is len(name) for C.
func size(name string) *jen.Statement { return c("size_t").Call(jen.Len(jen.Id(name))) }

// wants is the usual complaint of Fits.
func wants(a *Arg, what string) error {
	got := a.Param.Type.Declare(a.Param.Name)
	if a.With != nil {
		got += ", " + a.With.Type.Declare(a.With.Name)
	}
	return fmt.Errorf("wants %s, not %s", what, got)
}

// goType is the type that the spec asks for, or the role's own.
func (a *Arg) goType(own string) string {
	if a.GoType != "" {
		return a.GoType
	}
	return own
}

// isLength reports whether p can hold a length.
func isLength(p *model.Param) bool {
	if p == nil || p.Type.IsPointer() {
		return false
	}
	switch p.Type.Base {
	case "size_t", "ssize_t", "unsigned", "unsigned int", "int", "uint32_t", "int32_t", "uint64_t", "int64_t",
		"unsigned long", "long", "unsigned long long", "long long":
		return true
	}
	return false
}

// isCount reports whether p points to where a length is put.
func isCount(p *model.Param) bool {
	return p != nil && p.Type.Is("size_t", 1) && !p.Type.Const
}

// cast is the C expression name, converted where the parameter is narrower
// than the size_t that the shim takes.
func cast(p *model.Param, expr string) string {
	if p.Type.Base == "size_t" {
		return expr
	}
	return "(" + strings.TrimSpace(p.Type.String()) + ")" + expr
}
