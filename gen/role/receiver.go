package role

import "github.com/dave/jennifer/jen"

func init() { register(receiver{}) }

// receiver: the handle whose method this is.
type receiver struct{}

func (receiver) Name() string { return "receiver" }

func (receiver) Fits(a *Arg) error {
	if a.Handle == nil || a.Param.Type.IsPointer() {
		return wants(a, "a handle")
	}
	return nil
}

func (receiver) Fragment(a *Arg) Fragment {
	return Fragment{
		Pass:  []jen.Code{jen.Id(a.Handle.Receiver).Dot("object").Call()},
		Takes: []string{"uintptr_t " + a.Param.Name},
		Give:  map[string]string{a.Param.Name: "(" + a.Handle.C + ")" + a.Param.Name},
	}
}
