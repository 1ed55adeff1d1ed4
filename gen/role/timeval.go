package role

import "github.com/dave/jennifer/jen"

func init() {
	register(timeval{}, "A duration; 0 passes NULL, which sets no limit.",
		"name")
}

// timeval: a duration. None at all is NULL in C, and means no end.
type timeval struct{}

func (timeval) Name() string { return "timeval" }

func (timeval) Fits(a *Arg) error {
	if !a.Param.Type.Is("struct timeval", 1) {
		return wants(a, "struct timeval *")
	}
	return nil
}

func (timeval) Fragment(a *Arg) Fragment {
	name := a.Param.Name
	return Fragment{
		Params:  []Var{{a.GoName, "time.Duration"}},
		Pass:    []jen.Code{c("int64_t").Call(jen.Id(a.GoName))},
		Takes:   []string{"int64_t " + name},
		Locals:  []string{"struct timeval " + copied(a)},
		Prepare: []string{"gorados_timeval_init(&" + copied(a) + ", " + name + ", &ret)"},
		Give:    map[string]string{name: name + " ? &" + copied(a) + " : NULL"},
	}
}
