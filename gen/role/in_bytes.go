package role

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
)

func init() {
	register(inBytes{}, "Data that C reads during the call, of less than 2 GiB. Several buffers (`parallel`) have one length: if those of the caller differ in it, C is not called, and the error is EINVAL.",
		"name", "length", "parallel", "type")
}

// in-bytes: data that C reads during the call, straight from Go's memory. It
// must be less than 2 GiB: the library refuses more in some functions, and counts it
// in 32 bits in others. Buffers that go with it have the same length.
type inBytes struct{}

func (inBytes) Name() string { return "in-bytes" }

func (inBytes) Fits(a *ir.Arg) error {
	if !isBytes(a) || !a.Param.Type.Const || !isLength(a.With) {
		return wants(a, "const char * or const void * with a length")
	}
	for _, p := range a.Covers {
		if !isData(&p) || !p.Type.Const || a.Step {
			return fmt.Errorf("wants to go with const char * or const void *, in a function that is no step, not %s", p.Declare())
		}
	}
	return textual(a)
}

// isBytes reports whether a points to bytes.
func isBytes(a *ir.Arg) bool { return isData(&a.Param) }

func isData(p *model.Param) bool { return p.Type.Is("char", 1) || p.Type.Is("void", 1) }

func (inBytes) Infers(a *ir.Arg) bool {
	return a.Param.Type.Is("char", 1) && a.Param.Type.Const && a.With != nil
}

func (inBytes) Part(a *ir.Arg) ir.Part {
	p := inPart(a, a.GoType("[]byte"), a.Param.Name)
	for _, e := range others(a) {
		p.Params = append(p.Params, ir.Var{Name: e.Go, Type: a.GoType("[]byte")})
		p.CNames = append(p.CNames, e.Array.Name)
		p.Refusals = append(p.Refusals, ir.Refusal{Errno: "EINVAL"})
	}
	p.CNames = append(p.CNames, a.With.Name)
	p.Checked, p.Sends = true, true
	return p
}

// others returns the buffers that go with a.
func others(a *ir.Arg) []ir.Element { return a.Elements[1:] }

func (inBytes) Code(a *ir.Arg) Code {
	pointer := pointerTo(a.GoType("[]byte"))
	f := Code{
		ShimArgs:   []jen.Code{jen.Id(pointer).Call(jen.Id(a.GoName))},
		ShimParams: []string{"const char *" + a.Param.Name},
		Prepare:    []string{"gorados_length_check(" + a.With.Name + ", &ret)"},
		CallArgs:   byName(a),
	}
	for _, e := range others(a) {
		f.ShimArgs = append(f.ShimArgs, jen.Id(pointer).Call(jen.Id(e.Go)))
		f.ShimParams = append(f.ShimParams, "const char *"+e.Array.Name)
		f.CallArgs[e.Array.Name] = e.Array.Name
		f.Refuse = append(f.Refuse, jen.Len(jen.Id(e.Go)).Op("!=").Len(jen.Id(a.GoName)))
	}
	f.ShimArgs = append(f.ShimArgs, size(a.GoName))
	f.ShimParams = append(f.ShimParams, "size_t "+a.With.Name)
	return f
}

func (inBytes) StepPart(a *ir.Arg) ir.Part {
	p := stepPart(a, a.GoType("[]byte"), a.With.Name, a.Param.Name)
	p.Sends = true
	return p
}

// StepCode notes a copy: the caller may change the data before it is sent.
func (inBytes) StepCode(a *ir.Arg) Code {
	typ, data := a.GoType("[]byte"), jen.Id(a.GoName)
	if typ != "[]byte" {
		data = jen.Index().Byte().Call(data)
	}
	return stepCode(a, "Bytes", data, readBack(a, "const char *", "gorados_read_bytes")...)
}

// readBack declares what a step reads back with take: where the bytes of a are, and
// how many.
func readBack(a *ir.Arg, ctype, take string) []string {
	return []string{
		"size_t " + a.With.Name + " = 0",
		ctype + a.Param.Name + " = " + take + "(in, &" + a.With.Name + ")",
	}
}
