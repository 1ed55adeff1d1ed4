// Package role is the closed vocabulary of what an argument or a return value of a
// C function means for Go. Each role of an argument is one file with two halves: the
// first classifies the argument, and describes as data what it contributes to its
// method; the second renders that as Go and C. Adding a role is adding a file.
package role

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
)

// Role is the meaning of an argument.
type Role interface {
	// Name returns the name in the spec.
	Name() string
	// Fits returns the reason why the argument cannot have this role, or nil.
	Fits(a *ir.Arg) error
	// Part returns what the argument contributes. It is called after Fits.
	Part(a *ir.Arg) ir.Part
	// Code renders the argument. It is called after Fits.
	Code(a *ir.Arg) Code
}

// Stepper is a role that an argument of a step can have: a step is recorded in
// Go, and performed later in C along with others.
type Stepper interface {
	// StepPart is Part for a step.
	StepPart(a *ir.Arg) ir.Part
	// StepCode is Code for a step: Before records the argument, Locals read it
	// back in C.
	StepCode(a *ir.Arg) Code
}

// Inferrer is a role that can be inferred where the spec does not name one.
type Inferrer interface {
	// Infers reports whether the argument has the role beyond doubt. At most one
	// role infers an argument whose value the spec does not fix.
	Infers(a *ir.Arg) bool
}

// Code is what an argument adds to the Go method and to its C function.
type Code struct {
	Before   []jen.Code // statements before C is called
	Refuse   []jen.Code // the condition of each refusal
	Free     jen.Code   // the statement that frees what Before allocates, or nil
	ShimArgs []jen.Code // arguments of the C function
	Results  []Value    // the values of the results

	ShimParams  []string // parameters of the C function
	Locals      []string // declarations in it
	Prepare     []string // statements before the call; they may set ret below 0
	PrepareLast []string // the same, after those of all arguments: they cost more
	// CallArgs has the expression for each C parameter that the argument covers.
	CallArgs map[string]string
	RetryIf  string   // the condition on which the call is repeated, or ""
	PerItem  []string // statements for each item of a drained list
	Cleanup  []string // statements after the call, even if it failed

	Functions []string // C functions that the C function uses, written before it

	AfterAsync []jen.Code // statements after an asynchronous call: they take the result from it
	AsyncArgs  []jen.Code // arguments of the C function instead of ShimArgs if it only starts the call, or nil
	Pinned     jen.Code   // the memory that C fills during an asynchronous call
	Kept       jen.Code   // what Free frees, which an asynchronous call keeps until its end
}

// Value is a Go result: its value after success, and its zero.
type Value struct{ Value, Zero jen.Code }

// registered is a role with what the reference of the spec says of it.
type registered struct {
	Role
	meaning  string
	keys     []string
	inferred bool
}

var registry = make(map[string]registered)

// register adds a role. meaning is its meaning in one sentence, for docs/SPEC.md. keys are the
// keys of an argument in the spec, in addition to "as", that have an effect on it; others are refused.
func register(r Role, meaning string, keys ...string) { add(registered{r, meaning, keys, false}) }

// registerInferred adds a role that cannot be written as "as".
func registerInferred(r Role, meaning string, keys ...string) {
	add(registered{r, meaning, keys, true})
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

// Keys lists the keys of an argument in the spec that have an effect on r, without "as".
func Keys(r Role) []string { return registry[r.Name()].keys }

// Meaning is the meaning of r in one sentence.
func Meaning(r Role) string { return registry[r.Name()].meaning }

// Inferred reports whether r is always inferred: it cannot be written as "as".
func Inferred(r Role) bool { return registry[r.Name()].inferred }

// Names lists the roles, sorted.
func Names() []string { return slices.Sorted(maps.Keys(registry)) }

// Render renders a, whose parameters have the names that they have in the C function.
func Render(a *ir.Arg) Code {
	own := a.InC()
	code := render(own)
	args := code.CallArgs
	code.CallArgs = make(map[string]string, len(args))
	for _, p := range a.Parts() {
		if text, ok := args[a.CName(p.Name)]; ok {
			code.CallArgs[p.Name] = text
		}
	}
	return code
}

func render(a *ir.Arg) Code {
	r := ByName(a.Role)
	if s, ok := r.(Stepper); ok && a.Step {
		return s.StepCode(a)
	}
	return r.Code(a)
}

// c is a name of the C side.
func c(name string) *jen.Statement { return jen.Qual("C", name) }

// stepPart is the part of an argument that a step records, and that C reads back into
// variables of those names.
func stepPart(a *ir.Arg, goType string, cNames ...string) ir.Part {
	return ir.Part{Params: []ir.Var{{Name: a.GoName, Type: goType}}, CNames: cNames, HasInput: true}
}

// stepCode is the code of an argument of a step: the step records the value, and C reads
// it back with the declarations.
func stepCode(a *ir.Arg, record string, value jen.Code, declarations ...string) Code {
	return Code{
		Before:   []jen.Code{jen.Id("step").Dot(record).Call(value)},
		Locals:   declarations,
		CallArgs: byName(a),
	}
}

// byName passes variables that have the names of the parameters.
func byName(a *ir.Arg) map[string]string {
	args := map[string]string{a.Param.Name: a.Param.Name}
	if a.With != nil {
		args[a.With.Name] = cast(a.With, a.With.Name)
	}
	return args
}

// size is len(name) for C.
func size(name string) *jen.Statement { return c("size_t").Call(jen.Len(jen.Id(name))) }

// wants is the usual error of Fits.
func wants(a *ir.Arg, what string) error {
	got := a.Param.Type.Declare(a.Param.Name)
	if a.With != nil {
		got += ", " + a.With.Type.Declare(a.With.Name)
	}
	return fmt.Errorf("wants %s, not %s", what, got)
}

// textual returns an error unless a is a string or a []byte in Go.
func textual(a *ir.Arg) error {
	if typ := a.GoType("string"); typ != "string" && typ != "[]byte" {
		return fmt.Errorf("wants type: string or []byte, not %s", typ)
	}
	return nil
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

// cast is the C expression, converted where the parameter is narrower than the size_t
// that the C function takes.
func cast(p *model.Param, expr string) string {
	if p.Type.Base == "size_t" {
		return expr
	}
	return "(" + strings.TrimSpace(p.Type.String()) + ")" + expr
}
