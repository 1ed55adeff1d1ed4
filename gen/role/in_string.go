package role

import (
	"errors"
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(inString{}, "A text that ends with a NUL in C; one that contains a NUL is refused.",
		"name", "type", "empty", "noun")
}

// in-string: a name. The shim copies it to its own stack and adds the NUL that
// Go strings lack; a name that has one inside is refused, never cut short.
type inString struct{}

func (inString) Name() string { return "in-string" }

func (inString) Fits(a *ir.Arg) error {
	if !a.Param.Type.Is("char", 1) || a.With != nil {
		return wants(a, "char * without a length")
	}
	if a.Step && !a.Param.Type.Const {
		return wants(a, "const char *, since C gets what has been recorded")
	}
	if a.Keys.Empty != "" && a.Keys.Empty != "reject" {
		return fmt.Errorf("wants empty: reject, not %q", a.Keys.Empty)
	}
	if a.Step && a.Keys.Type != "" {
		return errors.New("wants no type in a step, which records a string")
	}
	return textual(a)
}

func (inString) Infers(a *ir.Arg) bool {
	return a.Param.Type.Is("char", 1) && a.Param.Type.Const && a.With == nil
}

func (inString) Part(a *ir.Arg) ir.Part {
	p := textPart(a, a.GoType("string"))
	p.Layout = ir.Text
	return p
}

func (inString) Code(a *ir.Arg) Code {
	f := text(a, a.GoType("string"))
	if a.Keys.Empty == "reject" {
		f.Prepare = append(f.Prepare, "gorados_empty_check("+a.Param.Name+"_len, &ret)")
	}
	return f
}

func (inString) StepPart(a *ir.Arg) ir.Part { return stepPart(a, a.GoType("string"), a.Param.Name) }

// StepCode records the name with a NUL after it: C points into the record.
func (inString) StepCode(a *ir.Arg) Code {
	note := "Text"
	if a.Keys.Empty == "reject" {
		note = "Name"
	}
	return stepCode(a, note, jen.Id(a.GoName),
		"const char *"+a.Param.Name+" = gorados_read_text(in)")
}

// textPart is the part of a text of type typ.
func textPart(a *ir.Arg, typ string) ir.Part {
	name := a.Param.Name
	p := inPart(a, typ, name, name+"_len", name+"_own", copied(a))
	p.Checked = true
	return p
}

// text passes a text of type typ, which the C function copies.
func text(a *ir.Arg, typ string) Code {
	own := a.Param.Name + "_own"
	return Code{
		ShimArgs:   []jen.Code{jen.Id(pointerTo(typ)).Call(jen.Id(a.GoName)), size(a.GoName)},
		ShimParams: []string{"const char *" + a.Param.Name, "size_t " + a.Param.Name + "_len"},
		Locals:     []string{"char " + own + "[GORADOS_NAME_SIZE]", "char *" + copied(a)},
		Prepare:    []string{copied(a) + " = gorados_name_copy(" + own + ", " + a.Param.Name + ", " + a.Param.Name + "_len, &ret)"},
		CallArgs:   map[string]string{a.Param.Name: copied(a)},
		Cleanup:    []string{"gorados_name_free(" + own + ", " + copied(a) + ")"},
	}
}

// copied returns the name of the C variable with a copy of a.
func copied(a *ir.Arg) string { return a.Param.Name + "_c" }

// pointerTo is the helper that yields the C pointer to the bytes of that type.
func pointerTo(goType string) string {
	if goType == "[]byte" {
		return "bytesPointer"
	}
	return "stringPointer"
}
