package role

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(inoutSize{"inout-size-string", "string", "Text", jen.Lit(""), ir.Text},
		"A text in a buffer whose length C reads and writes; if the buffer is too small, C is called again with a larger one.",
		"name", "length", "field", "initial_size")
	register(inoutSize{"inout-size-list", "[]string", "Items", jen.Nil(), ir.List},
		"Texts, each ended by a NUL, in a buffer whose length C reads and writes; if the buffer is too small, C is called again with a larger one.",
		"name", "length", "field", "initial_size")
}

// inout-size-string, inout-size-list: text, or texts each closed by a NUL, in a buffer whose
// length goes in and out: where it is too small, C says ERANGE and how much it
// wants. A function may have several of them, which are all made to fit.
type inoutSize struct {
	name, goType, read string
	zero               jen.Code
	layout             ir.Layout
}

func (r inoutSize) Name() string { return r.name }

func (r inoutSize) Fits(a *ir.Arg) error {
	switch {
	case !a.Param.Type.Is("char", 1) || a.Param.Type.Const || !isCount(a.With):
		return wants(a, "char * with a size_t *")
	case a.Keys.InitialSize <= 0:
		return fmt.Errorf("wants initial_size: the size in bytes to try first")
	}
	return nil
}

func (r inoutSize) Part(a *ir.Arg) ir.Part {
	p := bufferPart(a.Param.Name, ir.Result{Name: a.GoName, Type: r.goType})
	p.Checked, p.Retried, p.Layout = true, true, r.layout
	return p
}

func (r inoutSize) Code(a *ir.Arg) Code {
	buf := a.Param.Name
	f := buffer(a.GoName, buf, Value{
		Value: jen.Qual(WirePackage, r.read).Call(taken(a.GoName)),
		Zero:  r.zero,
	})
	f.Prepare = []string{fmt.Sprintf("gorados_buf_alloc(%s, %d, &ret)", buf, a.Keys.InitialSize)}
	f.CallArgs = map[string]string{
		a.Param.Name: buf + "->p",
		a.With.Name:  fmt.Sprintf("gorados_buf_capacity(%s)", buf),
	}
	f.RetryIf = fmt.Sprintf("gorados_buf_resize(%s, &ret)", buf)
	f.Cleanup = []string{endBuffer(buf)}
	return f
}
