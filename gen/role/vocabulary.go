package role

import (
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
)

// Vocabulary gives package resolve the data of the roles, without what renders them.
type Vocabulary struct{}

// Names lists the roles of arguments, sorted.
func (Vocabulary) Names() []string { return Names() }

// Known reports whether there is a role of that name.
func (Vocabulary) Known(name string) bool { return ByName(name) != nil }

// Steps reports whether an argument of a step can have the role of that name.
func (Vocabulary) Steps(name string) bool {
	_, ok := ByName(name).(Stepper)
	return ok
}

// Keys lists the keys of the spec that have an effect on the role of that name.
func (Vocabulary) Keys(name string) []string { return registry[name].keys }

// Infer returns the role that a has beyond doubt, or "".
func (Vocabulary) Infer(a *ir.Arg) string {
	for _, name := range Names() {
		r, ok := ByName(name).(Inferrer)
		if ok && r.Infers(a) && (a.Keys.Fixed == nil || part(ByName(name), a).Fixed) {
			return name
		}
	}
	return ""
}

// Fits returns the reason why a cannot have the role of that name, or nil.
func (Vocabulary) Fits(name string, a *ir.Arg) error { return ByName(name).Fits(a) }

// Part returns what a contributes to its method.
func (Vocabulary) Part(a *ir.Arg) ir.Part {
	p := part(ByName(a.Role), a.InC())
	for _, param := range a.Parts() {
		for i, m := range p.Members {
			if m.Param == a.CName(param.Name) {
				p.Members[i].Param = param.Name
			}
		}
	}
	return p
}

func part(r Role, a *ir.Arg) ir.Part {
	if s, ok := r.(Stepper); ok && a.Step {
		return s.StepPart(a)
	}
	return r.Part(a)
}

// Environ returns the reason for which a method is refused whose C function reads a command
// line from the environment.
func (Vocabulary) Environ() ir.Refusal { return unsafeArgument }

// Ret returns the role of return values of that name, or nil.
func (Vocabulary) Ret(name string) *ir.RetRole { return RetByName(name) }

// RetNames lists the roles of return values.
func (Vocabulary) RetNames() []string { return RetNames() }

// InferRet returns the role of a return value, or "". makes reports whether the call makes an
// object for the calls after it.
func (Vocabulary) InferRet(result model.Type, makes bool) string { return inferRet(result, makes) }
