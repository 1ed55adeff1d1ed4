package role

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(receiver{}, "The handle whose method this is.")
}

// receiver: the handle whose method this is.
type receiver struct{}

func (receiver) Name() string { return "receiver" }

func (receiver) Fits(a *ir.Arg) error {
	switch {
	case a.Handle == nil || a.Depth != 0:
		return wants(a, "a handle")
	case a.Handle != a.Recv:
		return fmt.Errorf("wants a method of %s", a.Handle.Go)
	}
	return nil
}

func (receiver) Infers(a *ir.Arg) bool { return isReceiver(a) && a.Object == "" }

// isReceiver reports whether a has the C type of the handle whose method this is.
func isReceiver(a *ir.Arg) bool { return a.Recv != nil && a.Handle == a.Recv && a.Depth == 0 }

func (receiver) Part(a *ir.Arg) ir.Part {
	name := "self" // its C name may differ from step to step
	if a.Guarded {
		name = "refs"
	}
	return ir.Part{Receiver: true, CNames: []string{name}}
}

func (receiver) Code(a *ir.Arg) Code {
	if a.Guarded {
		return Code{
			ShimArgs:   []jen.Code{jen.Id(a.Handle.Receiver).Dot("refs").Call()},
			ShimParams: []string{"struct gorados_refs *refs"},
			CallArgs:   map[string]string{a.Param.Name: "(" + a.Handle.C + ")gorados_object(refs)"},
		}
	}
	return Code{
		ShimArgs:   []jen.Code{jen.Id(a.Handle.Receiver).Dot("object").Call()},
		ShimParams: []string{"uintptr_t self"}, // its C name may differ from step to step
		CallArgs:   map[string]string{a.Param.Name: "(" + a.Handle.C + ")self"},
	}
}

func (receiver) StepPart(*ir.Arg) ir.Part { return ir.Part{Receiver: true} }

// StepCode gives the C object that the steps are added to.
func (receiver) StepCode(a *ir.Arg) Code {
	return Code{CallArgs: map[string]string{a.Param.Name: "self"}}
}
