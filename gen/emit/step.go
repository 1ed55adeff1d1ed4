package emit

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/plan"
)

// recorded is what the template sees of a handle whose methods are steps.
type recorded struct {
	*plan.Handle
	Free  string // what gives the library's own memory back
	Steps []step
}

// step is the C function that adds one step to an operation.
type step struct {
	shim
	Code string   // the number under which Go records it
	Pass []string // what it is called with
}

func newRecorded(p *plan.Plan, h *plan.Handle) *recorded {
	r := &recorded{Handle: h, Free: cmp.Or(p.Spec.Buffers.Free, "free")}
	for _, m := range stepsOf(p, h) {
		_, pass := stepArgs(m)
		r.Steps = append(r.Steps, step{newShim(m), stepCode(m), pass})
	}
	return r
}

// stepsOf lists the methods of h, sorted by their C functions.
func stepsOf(p *plan.Plan, h *plan.Handle) []*plan.Method {
	var list []*plan.Method
	for _, m := range p.Methods {
		if m.Recv == h {
			list = append(list, m)
		}
	}
	slices.SortFunc(list, func(a, b *plan.Method) int { return strings.Compare(a.Shim, b.Shim) })
	return list
}

func stepCode(m *plan.Method) string { return strings.ToUpper(m.Shim) }

// stepArgs are the parameters of the C function of a step, and what it is called with.
func stepArgs(m *plan.Method) (params, pass []string) {
	params, pass = []string{m.Recv.C + " self"}, []string{"op->object"}
	if m.Reads() {
		params, pass = append(params, "struct gorados_reader *in"), append(pass, "&in")
	}
	if m.Reports() {
		params, pass = append(params, "struct gorados_step_result *step"), append(pass, "&op->results[i]")
	}
	return params, pass
}

// drainShim puts all that an iterator yields into a buffer and ends it. Without
// a buffer it only ends it.
func drainShim(it *plan.Iterator) shim {
	s := shim{
		Name:   "gorados_drain_" + it.C,
		Result: "int64_t",
		Params: []string{it.C + " iter", "struct gorados_buf *pairs"},
	}
	s.Prepare = []string{"if (!pairs)\n\t\tret = -ECANCELED"}
	s.add(it.Call, true, "")
	s.Done = []string{it.Free.Func.Name + "(iter)"} // the buffer stays the caller's
	return s
}

// record writes the body of a step: nothing is sent, all of it is noted.
func (w *body) record(g *jen.Group) {
	step := g.Id("step").Op(":=").Id(w.m.Recv.Receiver).Dot("recorder").Call()
	code := jen.Qual("C", stepCode(w.m))
	switch {
	case w.m.Amends:
		step.Dot("BeginModifier").Call(code)
	case w.m.Private() && w.m.Reports():
		step.Dot("Begin").Call(code, jen.Id("done"))
	default:
		step.Dot("Begin").Call(code, jen.Nil())
	}
	for _, a := range w.m.Crossing() {
		for _, s := range a.Fragment().Before {
			g.Add(s)
		}
	}
	g.Id("step").Dot("End").Call()
}

// recordedType writes a type whose methods are steps.
func recordedType(f *jen.File, h *plan.Handle) {
	recv := jen.Id(h.Receiver).Op("*").Id(h.Go)
	doc(f, h.Doc)
	f.Type().Id(h.Go).Struct(
		jen.Id("steps").Qual(oplogPackage, "Recorder"),
	).Line()
	doc(f, "recorder notes the steps. A nil "+h.Go+" has one that is of no more use.")
	f.Func().Params(recv.Clone()).Id("recorder").Params().Op("*").Qual(oplogPackage, "Recorder").Block(
		jen.If(jen.Id(h.Receiver).Op("==").Nil()).Block(jen.Return(jen.Qual(oplogPackage, "NewReleased").Call())),
		jen.Return(jen.Op("&").Id(h.Receiver).Dot("steps")),
	).Line()
}
