package cgen

import (
	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/ir"
)

// recorded is what the template sees of a handle whose methods are steps.
type recorded struct {
	*ir.Handle
	Free  string // what gives the library's own memory back
	Steps []step
}

// step is the C function that adds one step to an operation.
type step struct {
	shim
	Code string   // the number under which Go records it
	Pass []string // what it is called with
}

func newRecorded(p *ir.Plan, h *ir.Handle) *recorded {
	r := &recorded{Handle: h, Free: "free"}
	if p.Buffers.Free != nil {
		r.Free = p.Buffers.Free.Name
	}
	for _, m := range p.Steps(h) {
		_, pass := stepArgs(m)
		r.Steps = append(r.Steps, step{newShim(m), ctype.StepCode(m.Shim), pass})
	}
	return r
}

// stepArgs are the parameters of the C function of a step, and what it is called with.
func stepArgs(m *ir.Method) (params, pass []string) {
	params, pass = []string{m.Recv.C + " self"}, []string{"op->object"}
	if m.HasInput {
		params, pass = append(params, "struct gorados_reader *in"), append(pass, "&in")
	}
	if m.HasCode {
		params, pass = append(params, "struct gorados_step_result *step"), append(pass, "&op->results[i]")
	}
	return params, pass
}

// drainShim puts all that an iterator yields into a buffer and ends it. Without
// a buffer it only ends it.
func drainShim(it *ir.Iterator) shim {
	s := shim{
		Name:   "gorados_drain_" + it.C,
		Result: "int64_t",
		Params: []string{it.C + " iter", "struct gorados_buf *pairs"},
	}
	s.Prepare = []string{"if (!pairs)\n\t\tret = -ECANCELED"}
	s.add(it.Call, true, "")
	s.Done = []string{it.Free.Name + "(iter)"} // the buffer stays the caller's
	return s
}
