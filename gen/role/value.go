package role

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(value{}, "A number, or a set of flags or an enumeration where it has a Go type of its own.",
		"name", "type", "allowed", "empty", "noun")
}

// value: a number, passed as it is. With a type of its own it is an enum or a
// set of flags. Where the constants that it may be are listed (allowed), any other
// value is refused, and so is 0 where it names nothing (empty).
type value struct{}

func (value) Name() string { return "value" }

func (value) Fits(a *ir.Arg) error {
	n, ok := ctype.NumberOf(a.Basic)
	if a.Param.Type.IsPointer() || !ok {
		return wants(a, "a number")
	}
	if a.Step && (n.Go == "bool" || strings.HasPrefix(n.Go, "float")) {
		return wants(a, "an integer, which a step can record")
	}
	if a.Step && a.Keys.Empty != "" {
		return errors.New("has no empty: in a step")
	}
	return fitsEmpty(a)
}

func (r value) Infers(a *ir.Arg) bool { return r.Fits(a) == nil && a.Object == "" }

func (value) Part(a *ir.Arg) ir.Part {
	n, _ := ctype.NumberOf(a.Basic)
	p := inPart(a, a.GoType(n.Go), a.Param.Name)
	p.Checked = n.Wider || a.Keys.Empty != ""
	if len(a.Keys.Allowed) > 0 {
		p.Refusals = []ir.Refusal{{Errno: "EINVAL"}}
	}
	return p
}

func (value) Code(a *ir.Arg) Code {
	n, _ := ctype.NumberOf(a.Basic)
	f := Code{
		ShimArgs:   []jen.Code{c(n.Cgo).Call(jen.Id(a.GoName))},
		ShimParams: []string{spelledNumber(a) + " " + a.Param.Name},
		CallArgs:   map[string]string{a.Param.Name: a.Param.Name},
	}
	if n.Wider {
		// The Go type has values that the C type has not: they are refused
		// rather than cut to another number.
		f.ShimArgs = []jen.Code{c("int64_t").Call(jen.Id(a.GoName))}
		f.ShimParams = []string{"int64_t " + a.Param.Name}
		f.Prepare = []string{fmt.Sprintf("gorados_range_check(%s, %s, %s, &ret)", a.Param.Name, n.Min, n.Max)}
		f.CallArgs = map[string]string{a.Param.Name: "(" + spelledNumber(a) + ")" + a.Param.Name}
	}
	if a.Keys.Empty != "" {
		f.Prepare = append(f.Prepare, fmt.Sprintf("gorados_zero_check(%s, -%s, &ret)", a.Param.Name, a.Keys.Empty))
	}
	if len(a.Keys.Allowed) > 0 {
		f.Refuse = []jen.Code{disallowed(a)}
	}
	return f
}

// disallowed is the condition that the value is none of those that are allowed.
func disallowed(a *ir.Arg) jen.Code {
	other := jen.Null()
	for i, name := range a.Keys.Allowed {
		if i > 0 {
			other.Op("&&")
		}
		other.Id(a.GoName).Op("!=").Id(name)
	}
	return other
}

// spelledNumber is the C type of the number; an enum has no name but its typedef's.
func spelledNumber(a *ir.Arg) string {
	switch {
	case a.Basic == "enum":
		return a.Param.Type.Base
	case ctype.IsEnum(a.Basic):
		return "int" // which generated C declares in its place
	}
	return a.Basic
}

func (value) StepPart(a *ir.Arg) ir.Part {
	n, _ := ctype.NumberOf(a.Basic)
	return stepPart(a, a.GoType(n.Go), a.Param.Name)
}

// StepCode notes the number; one that the C type can't hold is refused immediately.
func (value) StepCode(a *ir.Arg) Code {
	n, _ := ctype.NumberOf(a.Basic)
	note, typ := "Number", "uint64"
	switch {
	case ctype.IsEnum(a.Basic):
		note, typ = "Enum", "int"
	case n.Wider:
		note, typ = "Int", "int"
	}
	goType, v := a.GoType(n.Go), jen.Id(a.GoName)
	if goType != typ {
		v = jen.Id(typ).Call(v)
	}
	f := stepCode(a, note, v, takeNumber(spelledNumber(a), a.Param.Name))
	if len(a.Keys.Allowed) > 0 {
		f.Before = append([]jen.Code{jen.If(disallowed(a)).Block(jen.Id("step").Dot("Invalid").Call())}, f.Before...)
	}
	return f
}

// takeNumber declares a number that a step reads back.
func takeNumber(ctype, name string) string {
	cast := ""
	if ctype != "uint64_t" {
		cast = "(" + ctype + ")"
	}
	return ctype + " " + name + " = " + cast + "gorados_read_number(in)"
}
