package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(seconds{}, "A duration that C counts in whole seconds; it is rounded up.",
		"name")
}

// seconds: a duration that C counts in whole seconds. It is rounded up: none at all
// may mean something else.
type seconds struct{}

func (seconds) Name() string { return "seconds" }

func (seconds) Fits(a *ir.Arg) error {
	if a.Param.Type.IsPointer() || a.Basic != "uint32_t" {
		return wants(a, "uint32_t")
	}
	return nil
}

func (seconds) Part(a *ir.Arg) ir.Part {
	p := inPart(a, "time.Duration", a.Param.Name)
	p.Checked = true
	return p
}

func (seconds) Code(a *ir.Arg) Code {
	name := a.Param.Name
	return Code{
		ShimArgs:   []jen.Code{c("int64_t").Call(jen.Id(a.GoName))},
		ShimParams: []string{"int64_t " + name},
		Prepare:    []string{"gorados_range_check(" + name + ", 0, UINT32_MAX * (int64_t)1000000000, &ret)"},
		CallArgs:   map[string]string{name: "(uint32_t)(" + name + " / 1000000000 + (" + name + " % 1000000000 > 0))"},
	}
}
