package role

import "errors"

func init() {
	register(outcome{}, "The place where a step of an operation stores its return code or result; it is no Go parameter.")
}

// outcome: where a step reports what came of it. Each step has one slot for that,
// which has a place for whatever C may want to put there.
type outcome struct{}

func (outcome) Name() string { return "outcome" }

func (outcome) Fits(a *Arg) error {
	switch {
	case !a.Step:
		return errors.New("is for a step, which is a method of a recorded handle (op_new)")
	case Place(a) == "":
		return wants(a, "a pointer to int, size_t, uint64_t, unsigned char, time_t, struct timespec, an iterator or, with buffers.free, a char *")
	}
	return nil
}

func (outcome) Fragment(*Arg) Fragment { return Fragment{} }

func (outcome) Record(a *Arg) Fragment {
	f := Fragment{
		Give:    map[string]string{a.Param.Name: "&step->" + Place(a)},
		Reports: Place(a) == "code",
		Tells:   Place(a) != "code",
	}
	switch Place(a) {
	case "iter":
		f.Give[a.Param.Name] = "gorados_step_iter(step, gorados_drain_" + a.Param.Type.Base + ")"
	case "code":
		f.Give[a.Param.Name] = "gorados_step_code(step)"
	}
	if a.With != nil {
		f.Give[a.With.Name] = "&step->n"
	}
	return f
}

// Place is the member of a step's slot for what a points to, or "".
func Place(a *Arg) string {
	t := a.Param.Type
	switch {
	case t.Const || len(t.Stars) == 0:
		return ""
	case fillsText(a) && a.With != nil && a.Free != "":
		return "p"
	case len(t.Stars) != 1:
		return ""
	case a.Yields:
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
