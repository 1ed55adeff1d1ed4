package role

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"
)

func init() {
	register(value{}, "A number, or a set of flags or an enumeration where it has a Go type of its own.",
		"name", "type", "allowed")
}

// value: a number, passed as it is. With a type of its own it is an enum or a
// set of flags. Where the constants that it may be are listed (allowed), any other
// value is refused.
type value struct{}

func (value) Name() string { return "value" }

func (value) Fits(a *Arg) error {
	if a.Param.Type.IsPointer() || number[a.Basic].goType == "" {
		return wants(a, "a number")
	}
	return nil
}

func (value) Fragment(a *Arg) Fragment {
	n := number[a.Basic]
	f := Fragment{
		Params: []Var{{a.GoName, a.goType(n.goType)}},
		Pass:   []jen.Code{c(n.cgo).Call(jen.Id(a.GoName))},
		Takes:  []string{ctype(a) + " " + a.Param.Name},
		Give:   map[string]string{a.Param.Name: a.Param.Name},
	}
	if n.wider {
		// The Go type has values that the C type has not: they are refused
		// rather than taken for another number.
		f.Pass = []jen.Code{c("int64_t").Call(jen.Id(a.GoName))}
		f.Takes = []string{"int64_t " + a.Param.Name}
		f.Prepare = []string{fmt.Sprintf("gorados_range_check(%s, %s, %s, &ret)", a.Param.Name, n.min, n.max)}
		f.Give = map[string]string{a.Param.Name: "(" + ctype(a) + ")" + a.Param.Name}
	}
	if len(a.Allowed) > 0 {
		f.Refuse = []Refusal{{If: disallowed(a), Errno: "EINVAL"}}
	}
	return f
}

// disallowed is the condition that the value is none of those that are allowed.
func disallowed(a *Arg) jen.Code {
	other := jen.Null()
	for i, name := range a.Allowed {
		if i > 0 {
			other.Op("&&")
		}
		other.Id(a.GoName).Op("!=").Id(name)
	}
	return other
}

// ctype is the C type of the number; an enum has no name but its typedef's.
func ctype(a *Arg) string {
	if a.Basic == "enum" {
		return a.Param.Type.Base
	}
	return a.Basic
}

// number says what Go type holds the values of a C type, and how cgo calls it.
var number = map[string]struct {
	goType, cgo string
	wider       bool // the Go type is wider than the C type
	min, max    string
}{
	"int":      {"int", "int", true, "INT_MIN", "INT_MAX"},
	"enum":     {"int", "int", true, "0", "INT_MAX"},
	"int8_t":   {"int8", "int8_t", false, "", ""},
	"int64_t":  {"int64", "int64_t", false, "", ""},
	"uint8_t":  {"uint8", "uint8_t", false, "", ""},
	"uint32_t": {"uint32", "uint32_t", false, "", ""},
	"uint64_t": {"uint64", "uint64_t", false, "", ""},
	"ssize_t":  {"int64", "ssize_t", false, "", ""},
	"size_t":   {"uint64", "size_t", false, "", ""},
}

// Number is the Go type for a C type of number, and cgo's name of it; ok is
// false for any other C type.
func Number(basic string) (goType, cgo string, ok bool) {
	n, ok := number[basic]
	return n.goType, n.cgo, ok
}

// IsInteger reports whether a C type is an integer that may count something, which an enum
// does not.
func IsInteger(basic string) bool {
	bits, _ := intSize(basic)
	return bits > 1
}

// IsNumber reports whether a C type is an integer of any kind, or a floating point number.
func IsNumber(basic string) bool {
	bits, _ := intSize(basic)
	return bits > 0 || basic == "enum" || strings.HasPrefix(basic, "enum ") || basic == "float" || basic == "double"
}

// intSize is how many bits an integer type has, on the machines that there are; 0 for any
// other type.
func intSize(basic string) (bits int, unsigned bool) {
	switch basic {
	case "_Bool":
		return 1, true
	case "char", "signed char", "int8_t":
		return 8, false
	case "unsigned char", "uint8_t", "__u8":
		return 8, true
	case "short", "int16_t":
		return 16, false
	case "unsigned short", "uint16_t", "__u16":
		return 16, true
	case "int", "int32_t":
		return 32, false
	case "unsigned int", "unsigned", "uint32_t", "__u32":
		return 32, true
	case "long", "long long", "int64_t", "ssize_t", "intptr_t", "intmax_t", "ptrdiff_t", "off_t", "loff_t", "time_t", "suseconds_t":
		return 64, false
	case "unsigned long", "unsigned long long", "uint64_t", "size_t", "uintptr_t", "uintmax_t", "__u64":
		return 64, true
	}
	return 0, false
}

// Record notes the number; one that the C type can't hold is refused at once.
func (value) Record(a *Arg) Fragment {
	n := number[a.Basic]
	note, typ := "Number", "uint64"
	switch {
	case a.Basic == "enum":
		note, typ = "Enum", "int"
	case n.wider:
		note, typ = "Int", "int"
	}
	goType, v := a.goType(n.goType), jen.Id(a.GoName)
	if goType != typ {
		v = jen.Id(typ).Call(v)
	}
	f := recordedAs(a, goType, note, v, takeNumber(ctype(a), a.Param.Name))
	if len(a.Allowed) > 0 {
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
