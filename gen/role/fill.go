package role

import (
	"errors"
	"fmt"

	"github.com/dave/jennifer/jen"
)

func init() {
	register(fill{}, "The buffer of the caller, which C fills.",
		"name", "with", "type", "empty", "count")
}

// fill: the caller's buffer, which C fills. Its length must fit the int that
// says how much was filled. Where that is not the return value of the function,
// "count: PARAMETER" names the size_t * in which C stores it, and the method
// returns it. With "empty: probe" an empty buffer asks for one byte
// into scratch memory instead: to the OSD, no length means the whole object.
type fill struct{}

func (fill) Name() string { return "fill" }

func (fill) Fits(a *Arg) error {
	if !a.Param.Type.Is("char", 1) || a.Param.Type.Const || !isLength(a.With) {
		return wants(a, "char * with a length")
	}
	if a.Empty != "" && a.Empty != "probe" {
		return fmt.Errorf("wants empty: probe, not %q", a.Empty)
	}
	switch {
	case a.Count == nil:
	case a.Step:
		return errors.New("wants no count in a recorded step: its result is an outcome")
	case !isCount(a.Count):
		return fmt.Errorf("wants count: a size_t *, not %s", a.Count.Type.Declare(a.Count.Name))
	case a.Ret == "count":
		return errors.New("wants no count: with ret: count the function returns it")
	}
	return nil
}

func (fill) Fragment(a *Arg) Fragment {
	buf, n := a.Param.Name, a.With.Name
	f := Fragment{
		Params:  []Var{{a.GoName, a.goType("[]byte")}},
		Pass:    []jen.Code{jen.Id("bytesPointer").Call(jen.Id(a.GoName)), size(a.GoName)},
		Takes:   []string{"char *" + buf, "size_t " + n},
		Prepare: []string{"gorados_length_check(" + n + ", &ret)"},
		Give:    asNamed(a),
	}
	if a.Engine {
		f.Pin = jen.Id(a.GoName)
	}
	if a.Count != nil {
		countFilled(a, &f)
	}
	if a.Empty == "probe" {
		probeEmpty(a, &f)
	}
	return f
}

// countFilled has the method return what C stores in a.Count.
func countFilled(a *Arg, f *Fragment) {
	place, most := a.Count.Name+"_c", a.With.Name
	f.Results = []Result{{Name: "n", Type: "int", Value: jen.Int().Call(jen.Id("ret")), Zero: jen.Lit(0)}}
	if a.Engine {
		place = "call->n"
		f.Later = []jen.Code{jen.Id("ret").Op("=").Id("filled").Call(jen.Id("call"), jen.Id("ret"), jen.Id(a.GoName))}
	} else {
		f.Locals = []string{"size_t " + place + " = 0"}
	}
	f.Give[a.Count.Name] = "&" + place
	f.Done = []string{waited(a, fmt.Sprintf("ret = ret < 0 ? ret : (int64_t)(%[1]s < %[2]s ? %[1]s : %[2]s)", place, most))}
}

// probeEmpty has C fill scratch memory where the buffer is empty.
func probeEmpty(a *Arg, f *Fragment) {
	scratch, buf, n := a.Param.Name+"_c", a.Param.Name, a.With.Name
	if a.Engine {
		scratch = "call->scratch"
	} else {
		f.Locals = append(f.Locals, "char "+scratch+"[1]")
	}
	f.Give[buf] = fmt.Sprintf("%s ? %s : %s", n, buf, scratch)
	f.Give[n] = fmt.Sprintf("%s ? %s : 1", n, n)
	if a.Count != nil {
		return // which is no more than the length of the buffer
	}
	f.Done = []string{waited(a, fmt.Sprintf("ret = ret > (int64_t)%s ? (int64_t)%s : ret", n, n))}
	if a.Engine {
		f.Later = []jen.Code{jen.Id("ret").Op("=").Min(jen.Id("ret"), jen.Int64().Call(jen.Len(jen.Id(a.GoName))))}
	}
}

// waited is a statement of a shim for when the call of a has ended in it.
func waited(a *Arg, statement string) string {
	if a.Engine {
		return ifSync(statement)
	}
	return statement
}

// Record notes where the buffer is; it stays there until the steps have been
// performed.
func (fill) Record(a *Arg) Fragment {
	f := recordedAs(a, a.goType("[]byte"), "Buffer", jen.Id(a.GoName), readBack(a, "char *", "gorados_read_buffer")...)
	f.Tells = true
	return f
}
