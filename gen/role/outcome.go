package role

import (
	"errors"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(outcome{}, "The place where a step of an operation stores its return code or result; it is no Go parameter.")
}

// outcome: where a step stores its result. Each step has one struct for that, with a member for
// everything that C may store.
type outcome struct{}

func (outcome) Name() string { return "outcome" }

func (outcome) Fits(a *ir.Arg) error {
	switch {
	case !a.Step:
		return errors.New("is for a step, which is a method of a recorded handle (op_new)")
	case place(a) == "":
		return wants(a, "a pointer to int, size_t, uint64_t, unsigned char, time_t, struct timespec, an iterator or, with buffers.free, a char *")
	}
	return nil
}

func (r outcome) Infers(a *ir.Arg) bool { return r.Fits(a) == nil }

func (outcome) Part(*ir.Arg) ir.Part { return ir.Part{} }

func (outcome) Code(*ir.Arg) Code { return Code{} }

func (outcome) StepPart(a *ir.Arg) ir.Part {
	p := ir.Part{Members: []ir.Member{{Param: a.Param.Name, Name: place(a)}}}
	p.HasCode = place(a) == "code"
	p.HasResult = !p.HasCode
	switch place(a) {
	case "iter":
		p.Drains = a.Param.Type.Base
	case "p":
		p.Frees = a.Free
	}
	if a.With != nil {
		p.Members = append(p.Members, ir.Member{Param: a.With.Name, Name: "n"})
	}
	return p
}

func (outcome) StepCode(a *ir.Arg) Code {
	f := Code{
		CallArgs: map[string]string{a.Param.Name: "&step->" + place(a)},
	}
	switch place(a) {
	case "iter":
		f.CallArgs[a.Param.Name] = "gorados_step_iter(step, gorados_drain_" + a.Param.Type.Base + ")"
	case "code":
		f.CallArgs[a.Param.Name] = "gorados_step_code(step)"
	}
	if a.With != nil {
		f.CallArgs[a.With.Name] = "&step->n"
	}
	return f
}

// place is the member of a step's result for what a points to, or "".
func place(a *ir.Arg) string {
	t := a.Param.Type
	switch {
	case t.Const || len(t.Stars) == 0:
		return ""
	case fillsText(a) && a.With != nil && a.Free != nil:
		return "p"
	case len(t.Stars) != 1:
		return ""
	case a.Iterator:
		return "iter"
	}
	return map[string]string{
		"int":             "code",
		"size_t":          "n",
		"uint64_t":        "size",
		"unsigned char":   "more",
		"struct timespec": "time",
		"time_t":          "time.tv_sec",
	}[t.Base]
}
