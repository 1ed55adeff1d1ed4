package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(inBytes{}, "Data that C reads during the call, of less than 2 GiB.",
		"name", "length", "type")
}

// in-bytes: data that C reads during the call, straight from Go's memory. It
// must be less than 2 GiB: the library refuses more in some functions, and counts it
// in 32 bits in others.
type inBytes struct{}

func (inBytes) Name() string { return "in-bytes" }

func (inBytes) Fits(a *ir.Arg) error {
	if !isBytes(a) || !a.Param.Type.Const || !isLength(a.With) {
		return wants(a, "const char * or const void * with a length")
	}
	return nil
}

// isBytes reports whether a points to bytes.
func isBytes(a *ir.Arg) bool { return a.Param.Type.Is("char", 1) || a.Param.Type.Is("void", 1) }

func (inBytes) Infers(a *ir.Arg) bool {
	return a.Param.Type.Is("char", 1) && a.Param.Type.Const && a.With != nil
}

func (inBytes) Part(a *ir.Arg) ir.Part {
	p := inPart(a, a.GoType("[]byte"), a.Param.Name, a.With.Name)
	p.Checked, p.Sends = true, true
	return p
}

func (inBytes) Code(a *ir.Arg) Code {
	return Code{
		ShimArgs:   []jen.Code{jen.Id("bytesPointer").Call(jen.Id(a.GoName)), size(a.GoName)},
		ShimParams: []string{"const char *" + a.Param.Name, "size_t " + a.With.Name},
		Prepare:    []string{"gorados_length_check(" + a.With.Name + ", &ret)"},
		CallArgs:   byName(a),
	}
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
