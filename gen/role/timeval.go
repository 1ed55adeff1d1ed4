package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(timeval{}, "A duration; 0 passes NULL, which sets no limit.",
		"name")
}

// timeval: a duration. None at all is NULL in C, and means no end.
type timeval struct{}

func (timeval) Name() string { return "timeval" }

func (timeval) Fits(a *ir.Arg) error {
	if !a.Param.Type.Is("struct timeval", 1) {
		return wants(a, "struct timeval *")
	}
	return nil
}

func (timeval) Part(a *ir.Arg) ir.Part {
	p := inPart(a, "time.Duration", a.Param.Name, copied(a))
	p.Checked = true
	return p
}

func (timeval) Code(a *ir.Arg) Code {
	name := a.Param.Name
	return Code{
		ShimArgs:   []jen.Code{c("int64_t").Call(jen.Id(a.GoName))},
		ShimParams: []string{"int64_t " + name},
		Locals:     []string{"struct timeval " + copied(a)},
		Prepare:    []string{"gorados_timeval_init(&" + copied(a) + ", " + name + ", &ret)"},
		CallArgs:   map[string]string{name: name + " ? &" + copied(a) + " : NULL"},
	}
}
