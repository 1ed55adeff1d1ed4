package role

import (
	"errors"
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(fill{}, "The buffer of the caller, which C fills.",
		"name", "length", "empty", "count")
}

// fill: the caller's buffer, which C fills. Its length must fit the int that
// says how much was filled. Where that is not the return value of the function,
// "count: PARAMETER" names the size_t * in which C stores it, and the method
// returns it. With "empty: stat" an empty buffer asks for one byte
// into scratch memory instead: to the OSD, no length means the whole object.
type fill struct{}

func (fill) Name() string { return "fill" }

func (fill) Fits(a *ir.Arg) error {
	if !isBytes(a) || a.Param.Type.Const || !isLength(a.With) {
		return wants(a, "char * or void * with a length")
	}
	if a.Keys.Empty != "" && a.Keys.Empty != "stat" {
		return fmt.Errorf("wants empty: stat, not %q", a.Keys.Empty)
	}
	switch {
	case a.Count == nil:
	case a.Step:
		return errors.New("wants no count in a recorded step: its result is an outcome")
	case !isCount(a.Count):
		return fmt.Errorf("wants count: a size_t *, not %s", a.Count.Type.Declare(a.Count.Name))
	case a.Ret.Counts:
		return errors.New("wants no count: with ret: count the function returns it")
	}
	return nil
}

func (fill) Part(a *ir.Arg) ir.Part {
	p := inPart(a, "[]byte", a.Param.Name, a.With.Name)
	p.Checked, p.Fills = true, true
	if a.Count != nil {
		p.Results, p.Stored, p.Places = []ir.Result{{Name: "n", Type: "int"}}, true, placesIf(a.Async, "n")
		if !a.Async {
			p.CNames = append(p.CNames, a.Count.Name+"_c")
		}
	}
	if a.Keys.Empty == "stat" && !a.Async {
		p.CNames = append(p.CNames, a.Param.Name+"_c")
	}
	return p
}

func (fill) Code(a *ir.Arg) Code {
	buf, n := a.Param.Name, a.With.Name
	f := Code{
		ShimArgs:   []jen.Code{jen.Id("bytesPointer").Call(jen.Id(a.GoName)), size(a.GoName)},
		ShimParams: []string{"char *" + buf, "size_t " + n},
		Prepare:    []string{"gorados_length_check(" + n + ", &ret)"},
		CallArgs:   byName(a),
	}
	if a.Async {
		f.Pinned = jen.Id(a.GoName)
	}
	if a.Count != nil {
		countFilled(a, &f)
	}
	if a.Keys.Empty == "stat" {
		probeEmpty(a, &f)
	}
	return f
}

// countFilled has the method return what C stores in a.Count.
func countFilled(a *ir.Arg, f *Code) {
	place, most := a.Count.Name+"_c", a.With.Name
	f.Results = []Value{{Value: jen.Int().Call(jen.Id("ret")), Zero: jen.Lit(0)}}
	if a.Async {
		place = "call->n"
		f.AfterAsync = []jen.Code{jen.Id("ret").Op("=").Id("filled").Call(jen.Id("call"), jen.Id("ret"), jen.Id(a.GoName))}
	} else {
		f.Locals = []string{"size_t " + place + " = 0"}
	}
	f.CallArgs[a.Count.Name] = "&" + place
	f.Cleanup = []string{waited(a, fmt.Sprintf("ret = ret < 0 ? ret : (int64_t)(%[1]s < %[2]s ? %[1]s : %[2]s)", place, most))}
}

// probeEmpty has C fill scratch memory where the buffer is empty.
func probeEmpty(a *ir.Arg, f *Code) {
	scratch, buf, n := a.Param.Name+"_c", a.Param.Name, a.With.Name
	if a.Async {
		scratch = "call->scratch"
	} else {
		f.Locals = append(f.Locals, "char "+scratch+"[1]")
	}
	f.CallArgs[buf] = fmt.Sprintf("%s ? %s : %s", n, buf, scratch)
	f.CallArgs[n] = fmt.Sprintf("%s ? %s : 1", n, n)
	if a.Count != nil {
		return // which is at most the length of the buffer
	}
	f.Cleanup = []string{waited(a, fmt.Sprintf("ret = ret > (int64_t)%s ? (int64_t)%s : ret", n, n))}
	if a.Async {
		f.AfterAsync = []jen.Code{jen.Id("ret").Op("=").Min(jen.Id("ret"), jen.Int64().Call(jen.Len(jen.Id(a.GoName))))}
	}
}

// waited is a statement of a shim for when the call of a is complete in it.
func waited(a *ir.Arg, statement string) string {
	if a.Async {
		return unlessAcquired(statement)
	}
	return statement
}

func (fill) StepPart(a *ir.Arg) ir.Part {
	p := stepPart(a, "[]byte", a.With.Name, a.Param.Name)
	p.HasResult, p.Filled = true, a.GoName
	return p
}

// StepCode notes where the buffer is; it stays there until the steps have been
// performed.
func (fill) StepCode(a *ir.Arg) Code {
	record := "Buffer"
	if a.Keys.Empty == "stat" {
		record = "NonEmptyBuffer"
	}
	return stepCode(a, record, jen.Id(a.GoName), readBack(a, "char *", "gorados_read_buffer")...)
}
