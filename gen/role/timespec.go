package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(timespec{}, "A time; nil passes NULL.",
		"name", "type")
}

// timespec: a time; nil is none, which is NULL in C. The Go type has the seconds
// and nanoseconds in fields called Sec and Nsec.
type timespec struct{}

func (timespec) Name() string { return "timespec" }

func (timespec) Fits(a *ir.Arg) error {
	if !a.Param.Type.Is("struct timespec", 1) && !a.Param.Type.Is("time_t", 1) {
		return wants(a, "struct timespec *, or time_t * for the seconds alone")
	}
	return nil
}

func (timespec) Part(a *ir.Arg) ir.Part {
	p := inPart(a, "*"+a.GoType("Timespec"), a.Param.Name)
	p.Locals = []string{a.GoName + "C"}
	return p
}

func (timespec) Code(a *ir.Arg) Code {
	name, local := a.Param.Name, a.GoName+"C"
	give := name
	if a.Param.Type.Base == "time_t" {
		give = name + " ? &" + name + "->tv_sec : NULL"
	}
	return Code{
		Before: []jen.Code{
			jen.Var().Id(local).Op("*").Add(c("struct_timespec")),
			jen.If(jen.Id(a.GoName).Op("!=").Nil()).Block(
				jen.Id(local).Op("=").Op("&").Add(Literal(c("struct_timespec"),
					Field{"tv_sec", c("time_t").Call(jen.Id(a.GoName).Dot("Sec"))},
					Field{"tv_nsec", c("long").Call(jen.Id(a.GoName).Dot("Nsec"))},
				)),
			),
		},
		ShimArgs:   []jen.Code{jen.Id(local)},
		ShimParams: []string{"struct timespec *" + name},
		CallArgs:   map[string]string{name: give},
	}
}
