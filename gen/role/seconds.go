package role

import "github.com/dave/jennifer/jen"

func init() {
	register(seconds{}, "A duration that C counts in whole seconds; it is rounded up.",
		"name")
}

// seconds: a duration that C counts in whole seconds. It is rounded up: none at all
// may mean something else.
type seconds struct{}

func (seconds) Name() string { return "seconds" }

func (seconds) Fits(a *Arg) error {
	if a.Param.Type.IsPointer() || a.Basic != "uint32_t" {
		return wants(a, "uint32_t")
	}
	return nil
}

func (seconds) Fragment(a *Arg) Fragment {
	name := a.Param.Name
	return Fragment{
		Params:  []Var{{a.GoName, "time.Duration"}},
		Pass:    []jen.Code{c("int64_t").Call(jen.Id(a.GoName))},
		Takes:   []string{"int64_t " + name},
		Prepare: []string{"gorados_range_check(" + name + ", 0, UINT32_MAX * (int64_t)1000000000, &ret)"},
		Give:    map[string]string{name: "(uint32_t)(" + name + " / 1000000000 + (" + name + " % 1000000000 > 0))"},
	}
}
