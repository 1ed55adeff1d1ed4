package ir

import (
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/spec"
)

// StepResult is a public Go type that steps return.
type StepResult struct {
	Pos      model.Pos
	Go       string
	Receiver string
	Handle   *Handle // whose steps return it; nil if no step does
	Values   []*StepValue
	Doc      string
}

// ReceiverType returns the name of the Go type that stores the outcome of a step in r.
func (r *StepResult) ReceiverType() string { return Unexported(r.Go) + "Receiver" }

// Has reports whether a value of r has a property.
func (r *StepResult) Has(property func(*StepValue) bool) bool {
	return slices.ContainsFunc(r.Values, property)
}

// Named returns the names of the type, its fields and its methods, as declarations have them.
func (r *StepResult) Named() []string {
	names := []string{r.Go}
	for _, v := range r.Values {
		if !v.Field {
			names = append(names, r.Go+"."+v.Go)
		}
	}
	return names
}

// StepValue is a value of the result of a step.
type StepValue struct {
	Pos    model.Pos
	Go     string // the method or field
	Is     spec.StepValueKind
	Type   string // the Go type of the value
	Struct *Type  // the struct type that the value is or points to, or nil
	Field  bool   // it is a field instead of a method
	Doc    string

	BareError bool // its error, if it has one, is a bare value; otherwise it is an ObjectError
}

// HasError reports whether the value is missing if the step failed, so that a method returns an
// error as well.
func (v *StepValue) HasError() bool {
	return v.Is != spec.StepCode && v.Is != spec.StepCount && v.Is != spec.StepMore
}

// NamesError reports whether v has an error that is an ObjectError.
func (v *StepValue) NamesError() bool { return v.HasError() && !v.BareError }

// IsNext reports whether the value is the next pair.
func (v *StepValue) IsNext() bool { return v.Is == spec.StepNext }

// Member returns the name of the field with the value.
func (v *StepValue) Member() string {
	switch {
	case v.Field:
		return v.Go
	case v.Is == spec.StepCode:
		return "code"
	}
	first := min(1, len(v.Go)) // the check that it has a name comes later
	return strings.ToLower(v.Go[:first]) + v.Go[first:]
}

// StructFields returns the types of the fields that the struct of v has, or nil if v is no struct.
func (v *StepValue) StructFields() []string {
	switch v.Is {
	case spec.StepStat:
		return []string{"uint64", "time.Time"}
	case spec.StepNext:
		return []string{"string", "[]byte"}
	}
	return nil
}

// FieldOf returns the name of the first field of t that has the Go type, or "".
func (t *Type) FieldOf(goType string) string {
	for _, f := range t.Fields {
		if f.Type == goType {
			return f.Go
		}
	}
	return ""
}

// Sources returns the members of a step's result in C that v consists of, or nil if m, a step, does
// not store all of them.
func (m *Method) Sources(v *StepValue) []string {
	var all []string
	switch filled := m.Filled() != ""; v.Is {
	case spec.StepCode:
		all = []string{"code"}
	case spec.StepMore:
		all = []string{"more"}
	case spec.StepStat:
		all = []string{"size", "time"}
	case spec.StepMap, spec.StepKeys, spec.StepNext:
		all = []string{"iter"}
	case spec.StepBytes:
		if all = []string{"n"}; !filled {
			all = []string{"p", "n"}
		}
	case spec.StepCount:
		if filled {
			all = []string{"n"}
		}
	}
	for _, name := range all {
		if !m.Any(func(p *Part) bool { return p.stores(name) }) {
			return nil
		}
	}
	return all
}

// stores reports whether C stores a parameter in that member of a step's result, or in a part of it.
func (p *Part) stores(name string) bool {
	return slices.ContainsFunc(p.Members, func(m Member) bool { return m.Whole() == name })
}

// Filled returns the Go parameter of m, a step, with the buffer that C fills, or "".
func (m *Method) Filled() string {
	for a := range m.Args() {
		if a.Part.Filled != "" {
			return a.Part.Filled
		}
	}
	return ""
}
