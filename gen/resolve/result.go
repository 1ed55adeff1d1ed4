package resolve

import (
	"cmp"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/spec"
)

// stepTypes has the Go types of the values of results. Those of the others are named in the spec.
var stepTypes = map[spec.StepValueKind]string{
	spec.StepCode:  "int",
	spec.StepCount: "int64",
	spec.StepMore:  "bool",
	spec.StepBytes: "[]byte",
	spec.StepMap:   "map[string][]byte",
	spec.StepKeys:  "[]string",
}

// addResults adds the types that steps return.
func (r *resolver) addResults() {
	for _, sr := range r.spec.Results {
		r.name(sr.Pos, sr.Go, sr.Doc, true)
		result := &ir.StepResult{Pos: sr.Pos, Go: sr.Go, Receiver: cmp.Or(sr.Receiver, "s"), Doc: sr.Doc}
		for _, sv := range sr.Values {
			r.name(sv.Pos, sr.Go+"."+sv.Go, sv.Doc, true)
			v := r.stepValue(sv)
			v.BareError = r.bareError(sr.Go + "." + sv.Go)
			result.Values = append(result.Values, v)
		}
		r.StepResults = append(r.StepResults, result)
	}
}

func (r *resolver) stepValue(sv *spec.StepValue) *ir.StepValue {
	v := &ir.StepValue{Pos: sv.Pos, Go: sv.Go, Is: sv.Is, Type: stepTypes[sv.Is], Field: sv.Field, Doc: sv.Doc}
	if sv.Type == "" {
		return v
	}
	v.Type, v.Struct = sv.Type, r.typeNamed(sv.Pos, sv.Type)
	if v.Is == spec.StepNext {
		v.Type = "*" + v.Type
	}
	return v
}

// resultNamed returns the type of that name that m, a step, returns.
func (r *resolver) resultNamed(pos model.Pos, m *ir.Method, name string) *ir.StepResult {
	var names []string
	for _, result := range r.StepResults {
		if result.Go != name {
			names = append(names, result.Go)
			continue
		}
		if result.Handle == nil {
			result.Handle = m.Recv
		}
		return result
	}
	r.diags.Hint(pos, diag.DidYouMean(name, names), "%s: no result is called %s", m.FullName(), name)
	return nil
}
