package role

import "errors"

func init() {
	register(completion{}, "The C object that stands for an asynchronous call; it is no Go parameter.")
}

// completion: what stands for the call while librados is at it. A method with one is on
// the engine: its shim waits in one of the few places that there are for that, or, given a
// call whose goroutine is parked, only starts it. Where librados leaves its answer is then
// the call itself, which both sides can read.
type completion struct{}

func (completion) Name() string { return "completion" }

func (completion) Fits(a *Arg) error {
	if !a.Ends {
		return errors.New("wants the type of completions")
	}
	return nil
}

func (completion) Fragment(a *Arg) Fragment {
	return Fragment{
		Engine: true,
		Takes:  []string{"struct gorados_call *parked"},
		Give:   map[string]string{a.Param.Name: "call->completion"},
	}
}

// unparked is a statement of a shim for when it has waited itself.
func unparked(statement string) string { return "if (!parked)\n\t\t" + statement }
