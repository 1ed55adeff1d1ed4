package role

import (
	"fmt"

	"github.com/dave/jennifer/jen"
)

func init() {
	register(inString{}, "A text that ends with a NUL in C; one that contains a NUL is refused.",
		"name", "type", "empty")
}

// in-string: a name. The shim copies it to its own stack and adds the NUL that
// Go strings lack; a name that has one inside is refused, never cut short.
type inString struct{}

func (inString) Name() string { return "in-string" }

func (inString) Fits(a *Arg) error {
	if !a.Param.Type.Is("char", 1) || a.With != nil {
		return wants(a, "char * without a length")
	}
	if a.Step && !a.Param.Type.Const {
		return wants(a, "const char *, since C gets what has been recorded")
	}
	if a.Empty != "" && a.Empty != "refuse" {
		return fmt.Errorf("wants empty: refuse, not %q", a.Empty)
	}
	return nil
}

func (inString) Fragment(a *Arg) Fragment {
	f := text(a, a.goType("string"))
	if a.Empty == "refuse" {
		f.Prepare = append(f.Prepare, "gorados_empty_check("+a.Param.Name+"_len, &ret)")
	}
	return f
}

// Record notes the name with a NUL behind it: C points into the record.
func (inString) Record(a *Arg) Fragment {
	note := "Text"
	if a.Empty == "refuse" {
		note = "Name"
	}
	return recordedAs(a, a.goType("string"), note, jen.Id(a.GoName),
		"const char *"+a.Param.Name+" = gorados_read_text(in)")
}

// text passes a text of type typ, which the shim copies.
func text(a *Arg, typ string) Fragment {
	own := a.Param.Name + "_own"
	return Fragment{
		Params:  []Var{{a.GoName, typ}},
		Pass:    []jen.Code{jen.Id(pointerTo(typ)).Call(jen.Id(a.GoName)), size(a.GoName)},
		Takes:   []string{"const char *" + a.Param.Name, "size_t " + a.Param.Name + "_len"},
		Locals:  []string{"char " + own + "[GORADOS_NAME_SIZE]", "char *" + copied(a)},
		Prepare: []string{copied(a) + " = gorados_name_copy(" + own + ", " + a.Param.Name + ", " + a.Param.Name + "_len, &ret)"},
		Give:    map[string]string{a.Param.Name: copied(a)},
		Done:    []string{"gorados_name_free(" + own + ", " + copied(a) + ")"},
	}
}

// copied is the shim's local for what a names.
func copied(a *Arg) string { return a.Param.Name + "_c" }

// pointerTo is the helper that yields the C pointer to the bytes of that type.
func pointerTo(goType string) string {
	if goType == "[]byte" {
		return "bytesPointer"
	}
	return "stringPointer"
}
