package role

import (
	"errors"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(completion{}, "The C object that stands for an asynchronous call; it is no Go parameter.")
}

// completion: the completion of a call. The C function of a method with one waits until the call
// has completed; given an asynchronous call, it only starts that. The library then stores its answer in
// the C half of the call, which both sides can read.
type completion struct{}

func (completion) Name() string { return "completion" }

func (completion) Fits(a *ir.Arg) error {
	if !a.Ends {
		return errors.New("wants the type of completions")
	}
	return nil
}

func (completion) Infers(a *ir.Arg) bool { return a.Ends && a.Object == "" }

func (completion) Part(*ir.Arg) ir.Part {
	return ir.Part{Completion: true, CNames: []string{"acquired"}}
}

func (completion) Code(a *ir.Arg) Code {
	return Code{
		ShimParams: []string{"struct gorados_call *acquired"},
		CallArgs:   map[string]string{a.Param.Name: "call->completion"},
	}
}

// unlessAcquired returns a statement of a shim for calls that are not asynchronous.
func unlessAcquired(statement string) string { return "if (!acquired)\n\t\t" + statement }

// placesIf returns names, the places of a result in the C half of a call, if the call is asynchronous.
func placesIf(async bool, names ...string) []string {
	if async {
		return names
	}
	return nil
}
