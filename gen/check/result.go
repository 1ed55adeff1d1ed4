package check

import (
	"go/token"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/spec"
)

// stepResult makes sure that r can be returned by steps, all of one handle.
func (k *checker) stepResult(r *ir.StepResult) {
	switch {
	case r.Values == nil:
		k.diags.Add(r.Pos, "result %s has no values", r.Go)
	case r.Handle == nil:
		k.diags.Add(r.Pos, "no step returns the result %s", r.Go)
	case r.Has((*ir.StepValue).HasError) && r.Handle.IncompleteError == "":
		k.diags.Add(r.Pos, "result %s needs incomplete_error of the handle %s, the error before the operation", r.Go, r.Handle.Go)
	}
	if !token.IsIdentifier(r.Receiver) || slices.Contains(append([]string{"key", "ok", "rest", "value"}, bodyNames...), r.Receiver) {
		k.diags.Add(r.Pos, "the receiver of %s can't be called %s", r.Go, r.Receiver)
	}
	for _, v := range r.Values {
		k.stepValue(r, v)
	}
}

// stepValue makes sure that v can be a method or field of r.
func (k *checker) stepValue(r *ir.StepResult, v *ir.StepValue) {
	complain := func(format string, args ...any) {
		k.diags.Add(v.Pos, "value %s.%s "+format, append([]any{r.Go, v.Go}, args...)...)
	}
	switch {
	case v.Is == "":
		complain("must have is")
	case v.Field && v.HasError():
		complain("can't be a field: with is: %s it has an error, which a method returns", v.Is)
	case !v.Field && v.Is != spec.StepCode && v.Is != spec.StepNext && !canBeField(v.Member()):
		complain("must have another name: the type can't have a field %s for it", v.Member())
	}
	switch fields := v.StructFields(); {
	case fields == nil && v.Struct != nil:
		complain("is %s, so type has no effect", v.Is)
	case fields != nil && v.Type == "":
		complain("has no type")
	case v.Struct != nil && (len(v.Struct.Fields) != len(fields) || slices.ContainsFunc(fields, func(typ string) bool { return v.Struct.FieldOf(typ) == "" })):
		complain("is %s: %s must have two fields, a %s", v.Is, v.Struct.Go, strings.Join(fields, " and a "))
	}
}

// canBeField reports whether the generated type of a result has no other field of that name.
func canBeField(name string) bool {
	return token.IsIdentifier(name) && !slices.Contains([]string{"code", "mu", "ran", "rest", "steps"}, name)
}

// returned makes sure that m, if it returns a result, can set all values of it.
func (k *checker) returned(m *ir.Method) {
	r := m.StepResult
	if r == nil {
		return
	}
	says := func(why string) { k.diags.Add(m.Pos, "%s %s, so result has no effect", m.FullName(), why) }
	switch {
	case m.Access != ir.Record:
		says("is no step of an operation")
		return
	case m.Private():
		says("is private: its caller gets the outcome")
		return
	case r.Handle != m.Recv:
		k.diags.Add(m.Pos, "%s can't return %s, which steps of %s return", m.FullName(), r.Go, r.Handle.Go)
	}
	told := make(map[string]bool)
	for _, v := range r.Values {
		sources := m.Sources(v)
		if sources == nil && v.Is != "" {
			k.diags.Hint(v.Pos, m.Calls[0].Function.Prototype(), "%s.%s is %s, which %s does not report", r.Go, v.Go, v.Is, m.FullName())
		}
		for _, name := range sources {
			told[name] = true
		}
	}
	for a := range m.Args() {
		for _, member := range a.Part.Members {
			if member.Name != "code" && !told[member.Whole()] {
				k.diags.Hint(a.Pos, m.Calls[0].Function.Prototype(), "%s reports %s, which no value of %s is; null passes NULL for it", m.FullName(), member.Param, r.Go)
			}
		}
	}
}
