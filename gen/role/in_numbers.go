package role

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(inNumbers{}, "A list of numbers that C reads during the call.",
		"name", "length", "type")
	register(fillNumbers{}, "The list of the caller, which C fills with numbers.",
		"name", "length", "type")
}

// element returns the Go type of the same size and sign as the number that a points to, or "".
func element(a *ir.Arg) string {
	switch bits, unsigned := ctype.IntSize(a.Basic); {
	case a.Basic == "float":
		return "float32"
	case a.Basic == "double":
		return "float64"
	case ctype.IsEnum(a.Basic):
		return "int32"
	case bits < 16: // texts and bytes have roles of their own
		return ""
	case unsigned:
		return fmt.Sprintf("uint%d", bits)
	default:
		return fmt.Sprintf("int%d", bits)
	}
}

// numbers passes the address of the first element, whose type in C is the one that cgo has for it.
func numbers(a *ir.Arg) Code {
	first := jen.Qual("unsafe", "Pointer").Call(jen.Qual("unsafe", "SliceData").Call(jen.Id(a.GoName)))
	typ := numberOfSize[element(a)]
	pass := a.Param.Name
	if typ != a.Basic {
		pass = "(void *)" + pass
	}
	return Code{
		ShimArgs:   []jen.Code{jen.Parens(jen.Op("*").Add(c(typ))).Call(first), size(a.GoName)},
		ShimParams: []string{typ + " *" + a.Param.Name, "size_t " + a.With.Name},
		Prepare:    []string{"gorados_length_check(" + a.With.Name + ", &ret)"},
		CallArgs:   map[string]string{a.Param.Name: pass, a.With.Name: cast(a.With, a.With.Name)},
	}
}

// numberOfSize has the C types of elements.
var numberOfSize = map[string]string{
	"int16": "int16_t", "int32": "int32_t", "int64": "int64_t", "uint16": "uint16_t", "uint32": "uint32_t", "uint64": "uint64_t",
	"float32": "float", "float64": "double",
}

// fill-numbers: the caller's list, which C fills during the call. How many it has filled is what it returns.
type fillNumbers struct{}

func (fillNumbers) Name() string { return "fill-numbers" }

func (fillNumbers) Fits(a *ir.Arg) error {
	if len(a.Param.Type.Stars) != 1 || a.Param.Type.Const || element(a) == "" || !isLength(a.With) || a.Async {
		return wants(a, "a pointer to numbers of at least 16 bits, with their number, of a function that takes no completion")
	}
	return nil
}

func (fillNumbers) Part(a *ir.Arg) ir.Part {
	p := inPart(a, "[]"+a.GoType(element(a)), a.Param.Name, a.With.Name)
	p.Checked, p.Fills, p.Layout = true, true, ir.Numbers
	return p
}

func (fillNumbers) Code(a *ir.Arg) Code { return numbers(a) }

// in-numbers: numbers that C reads during the call, straight from Go's memory.
type inNumbers struct{}

func (inNumbers) Name() string { return "in-numbers" }

func (inNumbers) Fits(a *ir.Arg) error {
	if len(a.Param.Type.Stars) != 1 || element(a) == "" || !isLength(a.With) || a.Async && a.Basic != "uint64_t" {
		return wants(a, "a pointer to numbers of at least 16 bits, with their number")
	}
	return nil
}

func (inNumbers) Part(a *ir.Arg) ir.Part {
	p := inPart(a, "[]"+a.GoType(element(a)), a.Param.Name, a.With.Name)
	p.Checked, p.Layout = true, ir.Numbers
	return p
}

func (inNumbers) Code(a *ir.Arg) Code { return numbers(a) }
