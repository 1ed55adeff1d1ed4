package role

import (
	"fmt"

	"github.com/dave/jennifer/jen"
)

func init() {
	register(receiver{}, "The handle whose method this is.")
}

// receiver: the handle whose method this is.
type receiver struct{}

func (receiver) Name() string { return "receiver" }

func (receiver) Fits(a *Arg) error {
	switch {
	case a.Handle == nil || a.Param.Type.IsPointer():
		return wants(a, "a handle")
	case a.Handle.Go != a.Method:
		return fmt.Errorf("wants a method of %s", a.Handle.Go)
	}
	return nil
}

func (receiver) Fragment(a *Arg) Fragment {
	if a.Gated {
		return Fragment{
			Pass:  []jen.Code{jen.Id(a.Handle.Receiver).Dot("refs").Call()},
			Takes: []string{"struct gorados_refs *refs"},
			Give:  map[string]string{a.Param.Name: "(" + a.Handle.C + ")gorados_object(refs)"},
		}
	}
	return Fragment{
		Pass:  []jen.Code{jen.Id(a.Handle.Receiver).Dot("object").Call()},
		Takes: []string{"uintptr_t self"}, // its C name may differ from step to step
		Give:  map[string]string{a.Param.Name: "(" + a.Handle.C + ")self"},
	}
}

// Record gives the C object that the steps are added to.
func (receiver) Record(a *Arg) Fragment {
	return Fragment{Give: map[string]string{a.Param.Name: "self"}}
}
