package role

import (
	"errors"

	"github.com/dave/jennifer/jen"
)

func init() {
	register(completion{})
	register(pending{}, "name")
}

// completion: what stands for the call, which goes on when the shim has returned. Go
// gets it as a number, to learn what came of the call once the listener of the token
// has been told that it has ended.
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
		Pending: true,
		Params:  []Var{{"token", "uintptr"}},
		Before:  []jen.Code{jen.Var().Id("pending").Add(c("uintptr_t"))},
		Pass:    []jen.Code{c("uintptr_t").Call(jen.Id("token")), jen.Op("&").Id("pending")},
		Results: []Result{{Name: "pending", Type: "uintptr", Value: jen.Uintptr().Call(jen.Id("pending")), Zero: jen.Lit(0)}},
		Takes:   []string{"uintptr_t token", "uintptr_t *pending"},
		Locals:  []string{"struct go_aio *aio = NULL"},
		Prepare: []string{"aio = go_aio_new(token, &ret)"},
		Give:    map[string]string{a.Param.Name: "aio->completion"},
		Done:    []string{"*pending = go_aio_started(aio, ret)"},
	}
}

// pending: a call that is under way, as the role completion hands it out.
type pending struct{}

func (pending) Name() string { return "pending" }

func (pending) Fits(a *Arg) error {
	if !a.Ends {
		return errors.New("wants the type of completions")
	}
	return nil
}

func (pending) Fragment(a *Arg) Fragment {
	return Fragment{
		Params: []Var{{a.GoName, "uintptr"}},
		Pass:   []jen.Code{c("uintptr_t").Call(jen.Id(a.GoName))},
		Takes:  []string{"uintptr_t " + a.Param.Name},
		Give:   map[string]string{a.Param.Name: "((struct go_aio *)" + a.Param.Name + ")->completion"},
	}
}
