package role

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/spec"
)

// RecordPackage encodes the members of structs for one crossing into C and back.
const RecordPackage = "github.com/go-rados/go-rados/internal/record"

// readStruct is the Go function that reads the members of t, in their order, into a value of it.
func readStruct(t *ir.Type) *jen.Statement {
	return jen.Func().Params(jen.Id("rec").Op("*").Qual(RecordPackage, "Reader")).Id(t.Go).Block(jen.Return(structValue(t)))
}

// structValue reads the members of t. Go calls the functions in a literal from left to right.
func structValue(t *ir.Type) *jen.Statement {
	var fields []Field
	for _, f := range t.Fields {
		fields = append(fields, Field{f.Go, fieldValue(&f)})
	}
	return Literal(jen.Id(t.Go), fields...)
}

func fieldValue(f *ir.Field) jen.Code {
	read := func(method string) *jen.Statement { return jen.Id("rec").Dot(method).Call() }
	switch f.Kind {
	case ir.FieldBool:
		return read("Bool")
	case ir.FieldText, ir.FieldArray:
		return read("Text")
	case ir.FieldBytes:
		return read("Data")
	case ir.FieldSeconds, ir.FieldTimespec:
		return read("Time")
	case ir.FieldStruct:
		return structValue(f.Of)
	case ir.FieldTexts:
		return jen.Qual(RecordPackage, "List").Call(jen.Id("rec"), jen.Qual(RecordPackage, "Text"))
	case ir.FieldList:
		return jen.Qual(RecordPackage, "List").Call(jen.Id("rec"), readStruct(f.Of))
	}
	if f.Type == "uint64" {
		return read("Number")
	}
	return jen.Id(f.Type).Call(read("Number"))
}

// appendStruct returns the C statements that append the members of t to the buffer out. A member is
// the C expression object with its name, as in "info." or "info->".
func appendStruct(t *ir.Type, object, out string) []string {
	var list []string
	for _, f := range t.Fields {
		member, length := object+f.C, object+f.Length
		call := func(function string, args ...string) {
			list = append(list, fmt.Sprintf("gorados_buf_append_%s(%s, %s, &ret)", function, out, strings.Join(args, ", ")))
		}
		switch f.Kind {
		case ir.FieldText:
			call("text", member)
		case ir.FieldArray:
			call("array", member, "sizeof "+member)
		case ir.FieldBytes:
			call("item", "(const char *)"+member, member+" ? "+length+" : 0")
		case ir.FieldTexts:
			call("texts", member, length)
		case ir.FieldSeconds:
			call("number", "(uint64_t)"+member)
			call("number", "0")
		case ir.FieldTimespec:
			call("number", "(uint64_t)"+member+".tv_sec")
			call("number", "(uint64_t)"+member+".tv_nsec")
		case ir.FieldStruct:
			list = append(list, appendStruct(f.Of, member+".", out)...)
		case ir.FieldList:
			call("number", member+" ? "+length+" : 0")
			// Lists in lists count with variables of their own.
			i := "i" + strings.Repeat("_", strings.Count(object, "["))
			list = append(list, loop(i, "(size_t)("+member+" ? "+length+" : 0)", appendStruct(f.Of, member+"["+i+"].", out)))
		default:
			call("number", "(uint64_t)"+member)
		}
	}
	return list
}

// function returns a C function.
func function(declaration string, locals, statements []string) string {
	var b strings.Builder
	b.WriteString("static inline " + declaration + "\n{\n")
	for _, l := range locals {
		b.WriteString("\t" + l + ";\n")
	}
	b.WriteString("\n")
	for _, s := range statements {
		b.WriteString("\t" + ended(s) + "\n")
	}
	return b.String() + "}"
}

// ended ends a C statement, unless it is a block.
func ended(statement string) string {
	if strings.HasSuffix(statement, "}") {
		return statement
	}
	return statement + ";"
}

// loop returns the C statement that repeats statements n times.
func loop(i, n string, statements []string) string {
	return block(fmt.Sprintf("for (size_t %[1]s = 0; %[1]s < %[2]s; %[1]s++)", i, n), statements)
}

// block returns the C statement that has statements after head.
func block(head string, statements []string) string {
	var body strings.Builder
	for _, s := range statements {
		body.WriteString("\n\t\t" + strings.ReplaceAll(ended(s), "\n", "\n\t"))
	}
	return head + " {" + body.String() + "\n\t}"
}

// writeStruct returns the Go statements that write the members of a value of t to a record.Writer.
func writeStruct(t *ir.Type, writer string, value *jen.Statement) []jen.Code {
	var list []jen.Code
	for _, f := range t.Fields {
		member := value.Clone().Dot(f.Go)
		call := func(method string, arg jen.Code) { list = append(list, jen.Id(writer).Dot(method).Call(arg)) }
		switch f.Kind {
		case ir.FieldBool:
			call("Bool", member)
		case ir.FieldText, ir.FieldArray:
			call("Text", member)
		case ir.FieldBytes:
			call("Data", member)
		case ir.FieldSeconds, ir.FieldTimespec:
			call("Time", member)
		case ir.FieldStruct:
			list = append(list, writeStruct(f.Of, writer, member)...)
		default:
			if f.Type != "uint64" {
				member = jen.Uint64().Call(member)
			}
			call("Number", member)
		}
	}
	return list
}

// takeStruct returns the C statements that read the members of t from in into the object, which points
// into the record afterwards.
func takeStruct(t *ir.Type, object, in string) []string {
	var list []string
	for _, f := range t.Fields {
		member := object + "." + f.C
		switch f.Kind {
		case ir.FieldText:
			list = append(list, fmt.Sprintf("%s = (char *)gorados_read_name(&%s, &ret)", member, in))
		case ir.FieldArray:
			list = append(list, fmt.Sprintf("gorados_read_array(&%s, %s, sizeof %s, &ret)", in, member, member))
		case ir.FieldBytes:
			list = append(list, fmt.Sprintf("%s = (void *)gorados_read_data(&%s, &%s.%s)", member, in, object, f.Length))
		case ir.FieldSeconds:
			list = append(list, readMember(member, in), fmt.Sprintf("gorados_read_number(&%s)", in))
		case ir.FieldTimespec:
			list = append(list, readMember(member+".tv_sec", in), readMember(member+".tv_nsec", in))
		case ir.FieldStruct:
			list = append(list, takeStruct(f.Of, member, in)...)
		default:
			list = append(list, readMember(member, in))
		}
	}
	return list
}

func readMember(member, in string) string {
	return fmt.Sprintf("GORADOS_READ_MEMBER(%s, &%s, &ret)", member, in)
}

// passable returns the reason why Go cannot pass a value of t to C, or nil.
func passable(t *ir.Type) error {
	for _, f := range t.Fields {
		switch {
		case f.Kind == ir.FieldTexts || f.Kind == ir.FieldList:
			return fmt.Errorf("wants no list in a struct for C, such as %s.%s", t.Go, f.Go)
		case f.Kind == ir.FieldStruct:
			if err := passable(f.Of); err != nil {
				return err
			}
		}
	}
	return nil
}

// structType is the C type of the struct that a is or points to: that of the Go type if the spec names one.
func structType(a *ir.Arg) string {
	if a.Struct.Header != "" {
		return a.Struct.C
	}
	return ctype.OwnStruct(a.Struct.C)
}

// hasFree reports whether the structs of a point to memory that the C function frees.
func hasFree(a *ir.Arg) bool { return a.OwnFree != nil || a.Keys.Free == spec.FreeMembers }

// frees returns the reason why the function of free cannot free the structs of a, or nil. list
// reports whether there may be several.
func frees(a *ir.Arg, list bool) error {
	f := a.OwnFree
	switch {
	case a.Keys.Free == spec.FreeMembers && list:
		return errors.New("wants free: a function of the library, which frees the structs")
	case a.Keys.Free == spec.FreeMembers:
		return freeable(a.Struct)
	case f == nil && !a.Struct.Points():
		return nil
	case f == nil:
		return errors.New("wants free: the function that frees the memory to which the struct points")
	}
	pointers, numbers := 0, 0
	for _, p := range f.Params {
		switch {
		case len(p.Type.Stars) == 1:
			pointers++
		case isLength(&p):
			numbers++
		}
	}
	if pointers != 1 || pointers+numbers != len(f.Params) || numbers > 2 || numbers == 2 && !list {
		return fmt.Errorf("wants free: a function of the structs, and perhaps the size of one and their number, not %s", f.Prototype())
	}
	return nil
}

// freeable returns the reason why the memory to which the members of t point cannot be freed one by one,
// or nil.
func freeable(t *ir.Type) error {
	if t.Struct == nil {
		return fmt.Errorf("wants a struct of the library, not %s", t.C)
	}
	for _, member := range t.Struct.Fields {
		if member.Type.IsPointer() && !slices.ContainsFunc(t.Fields, func(f ir.Field) bool { return f.C == member.Name }) {
			return fmt.Errorf("wants a field of %s for the member %s, whose memory must be freed, too", t.Go, member.Name)
		}
	}
	for _, f := range t.Fields {
		if f.Of == nil {
			continue
		}
		if err := freeable(f.Of); err != nil {
			return err
		}
	}
	return nil
}

// freeStruct returns the statements that free what the struct of a points to, to which the C expression
// object points. A member is the expression members with its name.
func freeStruct(a *ir.Arg, object, members string) []string {
	if a.OwnFree != nil {
		return []string{freeStructs(a.OwnFree, object, "sizeof("+structType(a)+")", "")}
	}
	if a.Keys.Free == spec.FreeMembers {
		return freeMembers(a.Struct, members)
	}
	return nil
}

// freeMembers returns the statements that free what the members of t point to.
func freeMembers(t *ir.Type, members string) []string {
	var list []string
	for _, f := range t.Fields {
		member := members + f.C
		switch f.Kind {
		case ir.FieldText, ir.FieldBytes, ir.FieldTexts:
			list = append(list, "free((void *)"+member+")")
		case ir.FieldStruct:
			list = append(list, freeMembers(f.Of, member+".")...)
		case ir.FieldList:
			if f.Of.Points() {
				i := "i" + strings.Repeat("_", strings.Count(members, "["))
				list = append(list, loop(i, "(size_t)("+member+" ? "+members+f.Length+" : 0)", freeMembers(f.Of, member+"["+i+"].")))
			}
			list = append(list, "free("+member+")")
		}
	}
	return list
}

// freeStructs returns the call that frees n structs, or one if n is "".
func freeStructs(f *ir.Function, object, size, n string) string {
	numbers := []string{n}
	if count := len(f.Params); n == "" || count == 3 {
		numbers = []string{size, n}
	}
	var args []string
	for _, p := range f.Params {
		if p.Type.IsPointer() {
			args = append(args, object)
			continue
		}
		args = append(args, castNumber(p, numbers[0]))
		numbers = numbers[1:]
	}
	return f.Name + "(" + strings.Join(args, ", ") + ")"
}

// castNumber converts the C expression, a size_t, to the type of p.
func castNumber(p model.Param, expr string) string {
	if p.Type.Base == "size_t" {
		return expr
	}
	return "(" + p.Type.Base + ")" + expr
}
