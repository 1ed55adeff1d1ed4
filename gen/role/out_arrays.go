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

func init() {
	register(outArrays{}, "Arrays of the same length that C fills with texts, numbers, addresses or structs, returned as one list: several of them (`parallel`) as a list of the struct in `type`, which has a field for each, in their order. The caller limits the length if C stores it in `count`; otherwise C is called again with longer arrays if they are too short.",
		"name", "length", "count", "type", "parallel", "initial_size", "retry_on", "free")
}

// out-arrays: arrays that C fills. The length is one of the caller, and C stores how many elements it has
// filled (count), or one that C reads and changes, or the return value (ret: length). In the last two C asks
// for longer arrays: with ERANGE, and the length that it needs, or with retry_on, and without. A function
// that takes the size of a struct has it in parallel. What C has allocated for the elements is freed.
type outArrays struct{}

func (outArrays) Name() string { return "out-arrays" }

func (outArrays) Fits(a *ir.Arg) error {
	switch {
	case a.Async:
		return wants(a, "arrays of a function that takes no completion")
	case len(a.Elements) == 0 || !isLength(a.With) && !storesNumber(a.With):
		return wants(a, "pointers to elements, and their number (length)")
	case len(a.Elements) > 1 && a.Rows == nil || a.Rows != nil && len(a.Elements) != len(a.Rows.Fields):
		return fmt.Errorf("wants type: a struct type with a field for each of the arrays, of which there are %d", len(a.Elements))
	case len(structSizes(a)) > 1 || slices.ContainsFunc(structSizes(a), func(p model.Param) bool { return !isLength(&p) }):
		return wants(a, "to go with arrays, and the size of a struct (parallel)")
	}
	for _, e := range a.Elements {
		if e.Kind == "" || isInput(e) {
			as := ""
			if e.Type != "" {
				as = " as " + e.Type
			}
			return fmt.Errorf("wants pointers to texts, numbers, addresses or structs that a type of the spec mirrors, not %s%s", e.Array.Declare(), as)
		}
	}
	if err := numberFits(a); err != nil {
		return err
	}
	_, err := freeArrays(a, "")
	return err
}

// isInput reports whether C only reads the elements of an array.
func isInput(e ir.Element) bool {
	t := e.Array.Type
	return t.Const && e.Kind != ir.FieldText || e.Kind == ir.FieldText && t.Stars[0]
}

// numberFits returns the reason why the number of elements cannot be known, or nil.
func numberFits(a *ir.Arg) error {
	switch {
	case a.Count != nil && (!storesNumber(a.Count) || !isLength(a.With)):
		return wants(a, "a number as length, and count: a pointer to a size_t or an int")
	case a.Count != nil && (a.Keys.InitialSize != 0 || a.Keys.RetryOn != ""):
		return errors.New("wants neither initial_size nor retry_on, since the caller limits the length (count)")
	case a.Count == nil && a.Keys.InitialSize <= 0:
		return errors.New("wants initial_size: the number of elements to try first, or count")
	case a.Count == nil && isLength(a.With) && !a.Ret.Sizes:
		return fmt.Errorf("wants count, or ret: length, the number of elements, not %s", a.Ret.Name)
	}
	return nil
}

// storesNumber reports whether p points to where C stores a number of elements.
func storesNumber(p *model.Param) bool {
	return p != nil && (isCount(p) || p.Type.Is("int", 1) && !p.Type.Const)
}

// structSizes returns the parameters that go with arrays and are none.
func structSizes(a *ir.Arg) []model.Param {
	return slices.DeleteFunc(slices.Clone(a.Covers), func(p model.Param) bool { return p.Type.IsPointer() })
}

// row returns the Go type of an element of the list.
func row(a *ir.Arg) string {
	if a.Rows != nil {
		return a.Rows.Go
	}
	return a.Elements[0].Type
}

// readRow returns the Go function that reads an element of the list.
func readRow(a *ir.Arg) jen.Code {
	if a.Rows == nil {
		return readElement(&a.Elements[0].Field)
	}
	var fields []Field
	for _, e := range a.Elements {
		fields = append(fields, Field{e.Go, fieldValue(&e.Field)})
	}
	return readRecord(a.Rows.Go, Literal(jen.Id(a.Rows.Go), fields...))
}

func (outArrays) Part(a *ir.Arg) ir.Part {
	p := bufferPart(a.Param.Name+"_out", ir.Result{Name: a.GoName, Type: "[]" + row(a)})
	if a.Count != nil {
		p.Params = []ir.Var{{Name: a.GoName + "Max", Type: "int"}}
		p.CNames = []string{a.With.Name, a.Param.Name + "_out"}
	}
	for _, e := range a.Elements {
		p.CNames = append(p.CNames, e.Array.Name+"_c", e.Array.Name+"_p")
		if e.Kind == ir.FieldStruct {
			p.Arrays = append(p.Arrays, e.Of.C)
		}
	}
	p.CNames = append(p.CNames, a.Param.Name+"_n")
	p.Checked, p.Retried, p.Frees = true, tryAgain(a) != "", a.OwnFree
	return p
}

// tryAgain returns the condition on which C is called with longer arrays, or "".
func tryAgain(a *ir.Arg) string {
	first := copied(a)
	condition := ""
	switch {
	case a.Keys.RetryOn != "":
		condition = fmt.Sprintf("ret == -%s && gorados_array_reserve(&%s, 2 * %s.cap, &ret)", a.Keys.RetryOn, first, first)
	case a.Count == nil && a.With.Type.IsPointer():
		condition = fmt.Sprintf("gorados_array_resize(&%s, %s, &ret)", first, stored(a.With, first))
	default:
		return ""
	}
	for _, e := range a.Elements[1:] {
		condition += fmt.Sprintf(" && gorados_array_reserve(&%s_c, %s.cap, &ret)", e.Array.Name, first)
	}
	return condition
}

// member is the member of the array in which C stores the number of elements, to which p points.
func member(p *model.Param, array string) string {
	if isCount(p) {
		return array + ".n"
	}
	return array + ".count"
}

// stored is the number of elements that C has stored there.
func stored(p *model.Param, array string) string {
	if isCount(p) {
		return "(int64_t)" + member(p, array)
	}
	return member(p, array)
}

// passNumber passes the number of elements to C, and returns the one that C has filled.
func passNumber(a *ir.Arg, args map[string]string) (filled string) {
	first := copied(a)
	filled = "ret"
	switch {
	case a.Count != nil:
		args[a.With.Name] = cast(a.With, a.With.Name)
		args[a.Count.Name] = "&" + member(a.Count, first)
		filled = stored(a.Count, first)
	case isCount(a.With):
		args[a.With.Name] = "gorados_array_n(&" + first + ")"
		filled = stored(a.With, first)
	case a.With.Type.IsPointer():
		args[a.With.Name] = "gorados_array_count(&" + first + ")"
		filled = stored(a.With, first)
	default:
		args[a.With.Name] = castNumber(*a.With, first+".cap")
	}
	if a.Ret.Sizes {
		return "ret"
	}
	return filled
}

func (outArrays) Code(a *ir.Arg) Code {
	out, n := a.Param.Name+"_out", a.Param.Name+"_n"
	f := buffer(a.GoName, out, Value{Value: jen.Qual(RecordPackage, "Lists").Call(taken(a.GoName), readRow(a)), Zero: jen.Nil()})
	first := fmt.Sprint(a.Keys.InitialSize)
	if a.Count != nil {
		first = a.With.Name
		f.ShimArgs = append([]jen.Code{c("size_t").Call(jen.Id(a.GoName + "Max"))}, f.ShimArgs...)
		f.ShimParams = append([]string{"size_t " + first}, f.ShimParams...)
		f.Prepare = []string{"gorados_length_check(" + first + ", &ret)"}
	}
	f.CallArgs = make(map[string]string)
	filled := passNumber(a, f.CallArgs)
	f.Cleanup = []string{fmt.Sprintf("%s = ret < 0 ? 0 : gorados_array_filled(&%s, %s)", n, copied(a), filled)}
	var appends, frees []string
	for _, e := range a.Elements {
		array, p, typ := e.Array.Name+"_c", e.Array.Name+"_p", elementType(e)
		f.Locals = append(f.Locals, "struct gorados_array "+array, declareElements(e, p))
		f.Prepare = append(f.Prepare, fmt.Sprintf("gorados_array_init(&%s, sizeof(%s), %s, &ret)", array, typ, first))
		f.CallArgs[e.Array.Name] = array + ".p"
		f.Cleanup = append(f.Cleanup, p+" = "+array+".p")
		appends = append(appends, appendMember(&e.Field, p+"[i]", "", out)...)
		frees = append(frees, "free("+p+")")
	}
	for _, p := range structSizes(a) {
		f.CallArgs[p.Name] = castNumber(p, "sizeof("+elementType(a.Elements[0])+")")
	}
	f.Locals = append(f.Locals, "size_t "+n)
	f.Prepare = append(f.Prepare, "gorados_buf_alloc("+out+", 512, &ret)")
	f.RetryIf = tryAgain(a)
	f.Cleanup = append(f.Cleanup, fmt.Sprintf("gorados_buf_append_number(%s, %s, &ret)", out, n), loop("i", n, appends))
	if a.OwnFree != nil {
		call, _ := freeArrays(a, n)
		f.Cleanup = append(f.Cleanup, fmt.Sprintf("if (%s)\n\t\t%s", n, call))
	}
	f.Cleanup = append(append(f.Cleanup, frees...), endBuffer(out))
	return f
}

// declareElements declares a pointer to the elements of an array.
func declareElements(e ir.Element, name string) string {
	if typ := elementType(e); !strings.HasSuffix(typ, "*") {
		return typ + " *" + name
	}
	return e.Array.Type.Declare(name)
}

// elementType returns the C type of an element in the C function.
func elementType(e ir.Element) string {
	switch {
	case e.Kind == ir.FieldStruct && e.Of.Header == "":
		return ctype.OwnStruct(e.Of.C)
	case e.Kind == ir.FieldStruct:
		return e.Of.C
	case ctype.IsEnum(e.Basic):
		return "int"
	}
	return strings.TrimSpace(e.Array.Type.Elem().String())
}

// pointsTo reports whether the elements of an array point to memory that has to be freed.
func pointsTo(e ir.Element) bool {
	return e.Kind == ir.FieldText && !e.Array.Type.Const || e.Kind == ir.FieldStruct && e.Of.Points()
}

// freeArrays returns the call of the function of free for n elements of the arrays, which it takes by their
// types, or the reason why that cannot free them.
func freeArrays(a *ir.Arg, n string) (string, error) {
	f, left := a.OwnFree, slices.Clone(a.Elements)
	if a.Keys.Free == spec.FreeMembers {
		return "", errors.New("wants free: a function of the library")
	}
	if f == nil && slices.ContainsFunc(left, pointsTo) {
		return "", errors.New("wants free: the function that frees the memory to which the elements point")
	}
	if f == nil {
		return "", nil
	}
	numbers := []string{n}
	if lengths := slices.DeleteFunc(slices.Clone(f.Params), func(p model.Param) bool { return !isLength(&p) }); len(lengths) == 2 {
		numbers = []string{"sizeof(" + elementType(left[0]) + ")", n}
	}
	var args []string
	fits := true
	for _, p := range f.Params {
		i := slices.IndexFunc(left, func(e ir.Element) bool { return e.Array.Type.String() == p.Type.String() })
		switch {
		case i >= 0:
			args = append(args, left[i].Array.Name+"_p")
			left = slices.Delete(left, i, i+1)
		case isLength(&p) && len(numbers) > 0:
			args = append(args, castNumber(p, numbers[0]))
			numbers = numbers[1:]
		default:
			fits = false
		}
	}
	if !fits || len(left) == len(a.Elements) || slices.ContainsFunc(left, pointsTo) {
		return "", fmt.Errorf("wants free: a function of the arrays whose elements point to memory, and perhaps the size of a struct and their number, not %s", f.Prototype())
	}
	return f.Name + "(" + strings.Join(args, ", ") + ")", nil
}
