package role

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
)

func init() {
	register(borrowed{}, "Texts that remain the memory of the library and are valid until the next call; the C shim copies them.",
		"name", "length", "parallel")
}

// borrowed-strings: texts of any bytes that stay the library's own, and only until
// the next call. The shim copies them into one buffer, in the order of the
// parameters.
type borrowed struct{}

func (borrowed) Name() string { return "borrowed-strings" }

func (borrowed) Fits(a *ir.Arg) error {
	list, sizes := texts(a)
	isText := func(p model.Param) bool { return pointsToText(p) }
	isSize := func(p model.Param) bool { return isCount(&p) }
	if len(list) != len(sizes) || !all(list, isText) || !all(sizes, isSize) {
		return wants(a, "char ** and its size_t * (length), and for more texts all char ** first, then all size_t * (parallel)")
	}
	return nil
}

// pointsToText reports whether p is where C puts a pointer to a text.
func pointsToText(p model.Param) bool { return p.Type.Is("char", 2) && !p.Type.Stars[0] }

func all(params []model.Param, is func(model.Param) bool) bool {
	return !slices.ContainsFunc(params, func(p model.Param) bool { return !is(p) })
}

// texts lists where the texts are put and where their sizes.
func texts(a *ir.Arg) (texts, sizes []model.Param) {
	more := len(a.Covers) / 2
	texts = append([]model.Param{a.Param}, a.Covers[:more]...)
	if a.With != nil {
		sizes = append([]model.Param{*a.With}, a.Covers[more:]...)
	}
	return texts, sizes
}

func (borrowed) Part(a *ir.Arg) ir.Part {
	p := bufferPart(a.Param.Name+"_out", ir.Result{Name: a.GoName, Type: "[]string"})
	p.Checked = true
	list, sizes := texts(a)
	for i, text := range list {
		p.CNames = append(p.CNames, text.Name, sizes[i].Name)
	}
	return p
}

func (borrowed) Code(a *ir.Arg) Code {
	name := a.Param.Name
	f := buffer(a.GoName, name+"_out", Value{
		Value: jen.Qual(WirePackage, "SizedItems").Call(taken(a.GoName)),
		Zero:  jen.Nil(),
	})
	f.Prepare = []string{"gorados_buf_alloc(" + name + "_out, 512, &ret)"}
	f.CallArgs = make(map[string]string)
	list, sizes := texts(a)
	for i, text := range list {
		size := sizes[i]
		f.Locals = append(f.Locals, text.Type.Elem().Declare(text.Name)+" = NULL", "size_t "+size.Name+" = 0")
		f.CallArgs[text.Name], f.CallArgs[size.Name] = "&"+text.Name, "&"+size.Name
		f.Cleanup = append(f.Cleanup, "gorados_buf_append_item("+name+"_out, "+text.Name+", "+size.Name+", &ret)")
	}
	f.Cleanup = append(f.Cleanup, "gorados_buf_set_len("+name+"_out, ret < 0 ? ret : (int64_t)"+name+"_out->len)")
	return f
}
