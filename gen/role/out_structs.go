package role

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(outStructs{}, "An array of C structs that C fills, returned as a list of the Go struct that mirrors them; if the array is too short, C is called again with a longer one.",
		"name", "length", "type", "parallel", "initial_size", "retry_on", "free")
}

// out-structs: an array of C structs that C fills, whose length is not known in advance. C either
// reads and writes the number of structs (length), and asks for more with ERANGE, or returns the number
// (ret: length), and may ask for more with retry_on. A function that takes the size of a struct has it
// in parallel. What C has allocated for the structs is freed.
type outStructs struct{}

func (outStructs) Name() string { return "out-structs" }

func (outStructs) Fits(a *ir.Arg) error {
	switch {
	case a.Async:
		return wants(a, "structs of a function that takes no completion")
	case !a.Struct.Mirrors() || len(a.Param.Type.Stars) != 1 || a.Param.Type.Const || !isLength(a.With) && !storesCount(a):
		return wants(a, "a pointer to structs that a type of the spec mirrors, and their number (length)")
	case len(a.Covers) > 1 || len(a.Covers) == 1 && !isLength(&a.Covers[0]):
		return wants(a, "to cover nothing, or the size of a struct (parallel)")
	case a.Keys.InitialSize <= 0:
		return fmt.Errorf("wants initial_size: the number of structs to try first")
	case storesCount(a) && a.Keys.RetryOn != "":
		return fmt.Errorf("wants no retry_on, since C stores the number that it needs and says ERANGE")
	case !storesCount(a) && !a.Ret.Sizes:
		return fmt.Errorf("wants ret: length, the number of structs, not %s", a.Ret.Name)
	}
	return frees(a, true)
}

// storesCount reports whether C stores the number of structs.
func storesCount(a *ir.Arg) bool {
	return a.With != nil && (isCount(a.With) || a.With.Type.Is("int", 1) && !a.With.Type.Const)
}

func (outStructs) Part(a *ir.Arg) ir.Part {
	name := a.Param.Name
	p := bufferPart(name+"_out", ir.Result{Name: a.GoName, Type: "[]" + a.Struct.Go})
	p.CNames = append(p.CNames, copied(a), name+"_p", name+"_n")
	p.Checked, p.Retried, p.Frees, p.Array = true, true, a.OwnFree, a.Struct.C
	return p
}

func (outStructs) Code(a *ir.Arg) Code {
	array, out, n, items := copied(a), a.Param.Name+"_out", a.Param.Name+"_n", a.Param.Name+"_p"
	typ := structType(a)
	f := buffer(a.GoName, out, Value{
		Value: jen.Qual(RecordPackage, "Lists").Call(taken(a.GoName), readStruct(a.Struct)),
		Zero:  jen.Nil(),
	})
	f.Locals = []string{"struct gorados_array " + array, typ + " *" + items, "size_t " + n}
	f.Prepare = []string{
		fmt.Sprintf("gorados_array_init(&%s, sizeof(%s), %d, &ret)", array, typ, a.Keys.InitialSize),
		"gorados_buf_alloc(" + out + ", 512, &ret)",
	}
	f.CallArgs = map[string]string{a.Param.Name: array + ".p"}
	filled := "ret"
	switch {
	case a.With.Type.Is("int", 1):
		f.CallArgs[a.With.Name] = "gorados_array_count(&" + array + ")"
		f.RetryIf = fmt.Sprintf("gorados_array_resize(&%s, %s.count, &ret)", array, array)
		filled = array + ".count"
	case a.With.Type.IsPointer():
		f.CallArgs[a.With.Name] = "gorados_array_n(&" + array + ")"
		f.RetryIf = fmt.Sprintf("gorados_array_resize(&%s, (int64_t)%s.n, &ret)", array, array)
		filled = "(int64_t)" + array + ".n"
	default:
		f.CallArgs[a.With.Name] = castNumber(*a.With, array+".cap")
		if a.Keys.RetryOn != "" {
			f.RetryIf = fmt.Sprintf("ret == -%s && gorados_array_reserve(&%s, 2 * %s.cap, &ret)", a.Keys.RetryOn, array, array)
		}
	}
	if a.Ret.Sizes {
		filled = "ret"
	}
	for _, p := range a.Covers {
		f.CallArgs[p.Name] = castNumber(p, "sizeof("+typ+")")
	}
	f.Cleanup = []string{
		fmt.Sprintf("%s = ret < 0 ? 0 : gorados_array_filled(&%s, %s)", n, array, filled),
		items + " = " + array + ".p",
		fmt.Sprintf("gorados_buf_append_number(%s, %s, &ret)", out, n),
		loop("i", n, appendStruct(a.Struct, items+"[i].", out)),
	}
	if a.OwnFree != nil {
		f.Cleanup = append(f.Cleanup, fmt.Sprintf("if (%s)\n\t\t%s", n, freeStructs(a.OwnFree, items, "sizeof("+typ+")", n)))
	}
	f.Cleanup = append(f.Cleanup,
		"free("+items+")",
		"gorados_buf_set_len("+out+", ret < 0 ? ret : (int64_t)"+out+"->len)",
	)
	return f
}
