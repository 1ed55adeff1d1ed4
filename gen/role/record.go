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
func readStruct(t *ir.Type) *jen.Statement { return readRecord(t.Go, structValue(t)) }

// readRecord is the Go function that reads a value of that type.
func readRecord(goType string, value jen.Code) *jen.Statement {
	return jen.Func().Params(jen.Id("rec").Op("*").Qual(RecordPackage, "Reader")).Add(NamedType(goType)).Block(jen.Return(value))
}

// NamedType is the Go type of that name, which may be one of time or net/netip.
func NamedType(name string) *jen.Statement {
	if pkg, name, ok := strings.Cut(name, "."); ok {
		return jen.Qual(map[string]string{"time": "time", "netip": "net/netip"}[pkg], name)
	}
	return jen.Id(name)
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
	case ir.FieldAddress:
		return read("Address")
	case ir.FieldStruct:
		return structValue(f.Of)
	case ir.FieldTexts:
		return jen.Qual(RecordPackage, "List").Call(jen.Id("rec"), jen.Qual(RecordPackage, "Text"))
	case ir.FieldList:
		return jen.Qual(RecordPackage, "List").Call(jen.Id("rec"), readStruct(f.Of))
	case ir.FieldFixed:
		elements := jen.Qual(RecordPackage, "Fixed").Call(jen.Id("rec"), jen.Lit(f.Count), readElement(f.Elem))
		return jen.Index(jen.Lit(f.Count)).Add(NamedType(f.Elem.Type)).Call(elements)
	}
	if f.Type == "uint64" {
		return read("Number")
	}
	return jen.Id(f.Type).Call(read("Number"))
}

// readElement returns the Go function that reads a value that is mirrored like f.
func readElement(f *ir.Field) jen.Code {
	if f.Kind == ir.FieldText {
		return jen.Qual(RecordPackage, "Text")
	}
	return readRecord(f.Type, fieldValue(f))
}

// appendStruct returns the C statements that append the members of t to the buffer out. A member is
// the C expression object with its name, as in "info." or "info->".
func appendStruct(t *ir.Type, object, out string) []string {
	var list []string
	for _, f := range t.Fields {
		list = append(list, appendMember(&f, object+f.C, object+f.Length, out)...)
	}
	return list
}

// appendMember returns the C statements that append a member, which is mirrored like f, to the buffer out.
func appendMember(f *ir.Field, member, length, out string) []string {
	call := func(function string, args ...string) string {
		return fmt.Sprintf("gorados_buf_append_%s(%s, %s, &ret)", function, out, strings.Join(args, ", "))
	}
	switch f.Kind {
	case ir.FieldText:
		return []string{call("text", member)}
	case ir.FieldArray:
		return []string{call("array", member, "sizeof "+member)}
	case ir.FieldBytes:
		return []string{call("item", "(const char *)"+member, member+" ? "+length+" : 0")}
	case ir.FieldTexts:
		return []string{call("texts", member, length)}
	case ir.FieldSeconds:
		return []string{call("number", "(uint64_t)"+member), call("number", "0")}
	case ir.FieldTimespec:
		return []string{call("number", "(uint64_t)"+member+".tv_sec"), call("number", "(uint64_t)"+member+".tv_nsec")}
	case ir.FieldAddress:
		return []string{call("item", "(const char *)&"+member, "sizeof "+member)}
	case ir.FieldStruct:
		return appendStruct(f.Of, member+".", out)
	case ir.FieldFixed:
		i := counter(member)
		return []string{loop(i, fmt.Sprint(f.Count), appendMember(f.Elem, member+"["+i+"]", "", out))}
	case ir.FieldList:
		i := counter(member)
		return []string{
			call("number", member+" ? "+length+" : 0"),
			loop(i, "(size_t)("+member+" ? "+length+" : 0)", appendStruct(f.Of, member+"["+i+"].", out)),
		}
	}
	return []string{call("number", "(uint64_t)"+member)}
}

// counter returns the variable of the loop over the elements of member: lists in lists have variables of
// their own.
func counter(member string) string { return strings.Repeat("i", 1+strings.Count(member, "[")) }

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
		list = append(list, writeMember(&f, writer, value.Clone().Dot(f.Go))...)
	}
	return list
}

// writeMember returns the Go statements that write a member, which is mirrored like f.
func writeMember(f *ir.Field, writer string, member *jen.Statement) []jen.Code {
	call := func(method string, arg jen.Code) []jen.Code { return []jen.Code{jen.Id(writer).Dot(method).Call(arg)} }
	switch f.Kind {
	case ir.FieldBool:
		return call("Bool", member)
	case ir.FieldText, ir.FieldArray:
		return call("Text", member)
	case ir.FieldBytes:
		return call("Data", member)
	case ir.FieldSeconds, ir.FieldTimespec:
		return call("Time", member)
	case ir.FieldStruct:
		return writeStruct(f.Of, writer, member)
	case ir.FieldFixed:
		return []jen.Code{jen.For(jen.List(jen.Id("_"), jen.Id("each")).Op(":=").Range().Add(member)).Block(
			writeMember(f.Elem, writer, jen.Id("each"))...)}
	}
	if f.Type != "uint64" {
		member = jen.Uint64().Call(member)
	}
	return call("Number", member)
}

// takeStruct returns the C statements that read the members of t from in into the object, which points
// into the record afterwards.
func takeStruct(t *ir.Type, object, in string) []string {
	var list []string
	for _, f := range t.Fields {
		list = append(list, takeMember(&f, object+"."+f.C, object+"."+f.Length, in)...)
	}
	return list
}

// takeMember returns the C statements that read a member, which is mirrored like f.
func takeMember(f *ir.Field, member, length, in string) []string {
	switch f.Kind {
	case ir.FieldText:
		return []string{fmt.Sprintf("%s = (char *)gorados_read_name(&%s, &ret)", member, in)}
	case ir.FieldArray:
		return []string{fmt.Sprintf("gorados_read_array(&%s, %s, sizeof %s, &ret)", in, member, member)}
	case ir.FieldBytes:
		return []string{fmt.Sprintf("%s = (void *)gorados_read_data(&%s, &%s)", member, in, length)}
	case ir.FieldSeconds:
		return []string{readMember(member, in), fmt.Sprintf("gorados_read_number(&%s)", in)}
	case ir.FieldTimespec:
		return []string{readMember(member+".tv_sec", in), readMember(member+".tv_nsec", in)}
	case ir.FieldStruct:
		return takeStruct(f.Of, member, in)
	case ir.FieldFixed:
		i := counter(member)
		return []string{loop(i, fmt.Sprint(f.Count), takeMember(f.Elem, member+"["+i+"]", "", in))}
	}
	return []string{readMember(member, in)}
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
		case f.Single().Kind == ir.FieldAddress:
			return fmt.Errorf("wants no address in a struct for C, such as %s.%s", t.Go, f.Go)
		case f.Single().Kind == ir.FieldStruct:
			if err := passable(f.Single().Of); err != nil {
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

// hasFree reports whether the struct of a points to memory that the C function frees.
func hasFree(a *ir.Arg) bool { return a.OwnFree != nil || a.Keys.Free == spec.FreeMembers }

// frees returns the reason why the function of free cannot free the struct of a, or nil.
func frees(a *ir.Arg) error {
	f := a.OwnFree
	switch {
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
	if pointers != 1 || numbers > 1 || pointers+numbers != len(f.Params) {
		return fmt.Errorf("wants free: a function of the struct, and perhaps its size, not %s", f.Prototype())
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
	if a.OwnFree == nil && a.Keys.Free == spec.FreeMembers {
		return freeMembers(a.Struct, members)
	}
	if a.OwnFree == nil {
		return nil
	}
	var args []string
	for _, p := range a.OwnFree.Params {
		if p.Type.IsPointer() {
			args = append(args, object)
		} else {
			args = append(args, castNumber(p, "sizeof("+structType(a)+")"))
		}
	}
	return []string{a.OwnFree.Name + "(" + strings.Join(args, ", ") + ")"}
}

// freeMembers returns the statements that free what the members of t point to.
func freeMembers(t *ir.Type, members string) []string {
	var list []string
	for _, f := range t.Fields {
		list = append(list, freeMember(&f, members+f.C, members+f.Length)...)
	}
	return list
}

// freeMember returns the statements that free what a member points to, which is mirrored like f.
func freeMember(f *ir.Field, member, length string) []string {
	switch f.Kind {
	case ir.FieldText, ir.FieldBytes, ir.FieldTexts:
		return []string{"free((void *)" + member + ")"}
	case ir.FieldStruct:
		return freeMembers(f.Of, member+".")
	case ir.FieldFixed:
		i := counter(member)
		if free := freeMember(f.Elem, member+"["+i+"]", ""); free != nil {
			return []string{loop(i, fmt.Sprint(f.Count), free)}
		}
	case ir.FieldList:
		i := counter(member)
		list := []string{"free(" + member + ")"}
		if f.Of.Points() {
			list = append([]string{loop(i, "(size_t)("+member+" ? "+length+" : 0)", freeMembers(f.Of, member+"["+i+"]."))}, list...)
		}
		return list
	}
	return nil
}

// castNumber converts the C expression, a size_t, to the type of p.
func castNumber(p model.Param, expr string) string {
	if p.Type.Base == "size_t" {
		return expr
	}
	return "(" + p.Type.Base + ")" + expr
}
