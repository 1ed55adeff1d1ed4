package role

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(optionalValue{}, "A pointer to a number that C reads; nil passes NULL.",
		"name", "type")
}

// optional-value: a number that may be left out, such as that of a filter. C reads a copy of it.
type optionalValue struct{}

func (optionalValue) Name() string { return "optional-value" }

func (optionalValue) Fits(a *ir.Arg) error {
	if _, ok := ctype.NumberOf(a.Basic); !ok || len(a.Param.Type.Stars) != 1 || a.Async {
		return wants(a, "a pointer to a number, of a function that takes no completion, since C may keep it")
	}
	return nil
}

func (optionalValue) Part(a *ir.Arg) ir.Part {
	n, _ := ctype.NumberOf(a.Basic)
	p := inPart(a, "*"+a.GoType(n.Go), a.Param.Name, given(a))
	p.Locals = []string{a.GoName + "Value"}
	if n.Wider {
		p.CNames, p.Checked = append(p.CNames, copied(a)), true
	}
	return p
}

// given is the C variable that says whether there is a number.
func given(a *ir.Arg) string { return a.Param.Name + "_given" }

func (optionalValue) Code(a *ir.Arg) Code {
	n, _ := ctype.NumberOf(a.Basic)
	name, value, typ, cgo := a.Param.Name, a.GoName+"Value", pointed(a), n.Cgo
	place := "&" + name
	var f Code
	if n.Wider {
		f.Locals = []string{typ + " " + copied(a) + " = (" + typ + ")" + name}
		f.Prepare = []string{fmt.Sprintf("gorados_range_check(%s, %s, %s, &ret)", name, n.Min, n.Max)}
		place, typ, cgo = "&"+copied(a), "int64_t", "int64_t"
	}
	if ctype.IsEnum(a.Basic) {
		place = "(void *)" + place // C has an int in the place of an enum
	}
	f.Before = []jen.Code{
		jen.Var().Id(value).Id(a.GoType(n.Go)),
		jen.If(jen.Id(a.GoName).Op("!=").Nil()).Block(jen.Id(value).Op("=").Op("*").Id(a.GoName)),
	}
	f.ShimArgs = []jen.Code{c(cgo).Call(jen.Id(value)), c("_Bool").Call(jen.Id(a.GoName).Op("!=").Nil())}
	f.ShimParams = []string{typ + " " + name, "_Bool " + given(a)}
	f.CallArgs = map[string]string{name: given(a) + " ? " + place + " : NULL"}
	return f
}
