package role

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(inoutValue{}, "A number that C reads and changes; the result is what it has become.",
		"name", "type")
}

// inout-value: a number that C reads and changes. The shim passes its own variable, since the Go type may
// be wider than the C type.
type inoutValue struct{}

func (inoutValue) Name() string { return "inout-value" }

func (inoutValue) Fits(a *ir.Arg) error {
	if _, ok := ctype.NumberOf(a.Basic); len(a.Param.Type.Stars) != 1 || a.Param.Type.Const || !ok || a.Async {
		return wants(a, "a pointer to a number, of a function that takes no completion")
	}
	return nil
}

func (inoutValue) Part(a *ir.Arg) ir.Part {
	n, _ := ctype.NumberOf(a.Basic)
	p := inPart(a, a.GoType(n.Go), a.Param.Name, copied(a))
	p.Results = []ir.Result{{Name: a.GoName + "Out", Type: a.GoType(n.Go)}}
	p.Checked = n.Wider
	return p
}

func (inoutValue) Code(a *ir.Arg) Code {
	n, _ := ctype.NumberOf(a.Basic)
	name, local, typ, cgo := a.Param.Name, a.GoName+"Out", pointed(a), n.Cgo
	f := Code{
		Locals:   []string{typ + " " + copied(a) + " = (" + typ + ")*" + name},
		CallArgs: map[string]string{name: "&" + copied(a)},
		Cleanup:  []string{"*" + name + " = " + copied(a)},
	}
	if ctype.IsEnum(a.Basic) {
		f.CallArgs[name] = "(void *)&" + copied(a) // C has an int in the place of an enum
	}
	if n.Wider {
		typ, cgo = "int64_t", "int64_t"
		f.Prepare = []string{fmt.Sprintf("gorados_range_check(*%s, %s, %s, &ret)", name, n.Min, n.Max)}
	}
	f.Before = []jen.Code{jen.Id(local).Op(":=").Add(c(cgo)).Call(jen.Id(a.GoName))}
	f.ShimArgs = []jen.Code{jen.Op("&").Id(local)}
	f.ShimParams = []string{typ + " *" + name}
	f.Results = []Value{{Value: jen.Id(a.GoType(n.Go)).Call(jen.Id(local)), Zero: jen.Lit(n.Zero())}}
	return f
}
