package role

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
)

func init() {
	register(borrowed{}, "Texts that remain the memory of the library and are valid until the next call; the C shim copies them.",
		"name", "length", "parallel", "page")
	register(borrowedString{}, "A text that remains the memory of the library; the C shim copies it. NULL is an empty text, or the error of `empty`.",
		"name", "field", "empty")
}

// borrowed-strings: texts of any bytes that stay the library's own, and only until
// the next call. The shim copies them into one buffer, in the order of the
// parameters; those of many calls if they are a page.
type borrowed struct{}

func (borrowed) Name() string { return "borrowed-strings" }

func (borrowed) Fits(a *ir.Arg) error {
	list, sizes := texts(a)
	isText := func(p model.Param) bool { return pointsToText(p) }
	isSize := func(p model.Param) bool { return isCount(&p) }
	if len(list) != len(sizes) || len(list) > maxTexts || !all(list, isText) || !all(sizes, isSize) {
		return wants(a, "char ** and its size_t * (length), and for up to four texts all char ** first, then all size_t * (parallel)")
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

// maxTexts is how many texts wire.Texts can have.
const maxTexts = 4

// textsType returns the Go type of n texts: few enough that an array, which needs no memory of its own, is
// better than a slice.
func textsType(n int) string {
	if n == 1 {
		return "string"
	}
	return fmt.Sprintf("[%d]string", n)
}

func (borrowed) Part(a *ir.Arg) ir.Part {
	list, sizes := texts(a)
	p := bufferPart(a.Param.Name+"_out", ir.Result{Name: a.GoName, Type: textsType(len(list))})
	if a.Keys.Page {
		p = pagePart(a)
		p.Page = a.Param.Name
		p.Results[0].Always = true // an error comes with the entries before it: the next call need not return it
		p.CNames = append([]string{p.Page + "_most"}, p.CNames...)
	}
	p.Checked = true
	for i, text := range list {
		p.CNames = append(p.CNames, text.Name, sizes[i].Name)
	}
	return p
}

func (borrowed) Code(a *ir.Arg) Code {
	name := a.Param.Name
	list, sizes := texts(a)
	array := jen.Index(jen.Lit(len(list))).String()
	taken := jen.Id("takeTexts").Types(array).Call(jen.Op("&").Id(a.GoName))
	value := Value{Value: taken, Zero: array.Clone().Values()}
	if len(list) == 1 {
		value = Value{Value: taken.Index(jen.Lit(0)), Zero: jen.Lit("")}
	}
	f := buffer(a.GoName, name+"_out", value)
	if a.Keys.Page {
		f = page(a, name+"_most")
	}
	f.Prepare = []string{"gorados_buf_init(" + name + "_out)"}
	f.CallArgs = make(map[string]string)
	var copies []string
	for i, text := range list {
		size := sizes[i]
		f.Locals = append(f.Locals, text.Type.Elem().Declare(text.Name)+" = NULL", "size_t "+size.Name+" = 0")
		f.CallArgs[text.Name], f.CallArgs[size.Name] = "&"+text.Name, "&"+size.Name
		copies = append(copies, "gorados_buf_append_item("+name+"_out, "+text.Name+", "+size.Name+", &ret)")
	}
	if a.Keys.Page {
		f.PerItem = copies
	} else {
		f.Cleanup = append(copies, endBuffer(name+"_out"))
	}
	return f
}

// borrowed-string: a text with a NUL that stays the library's own. The shim copies it.
type borrowedString struct{}

func (borrowedString) Name() string { return "borrowed-string" }

func (borrowedString) Fits(a *ir.Arg) error {
	if !pointsToText(a.Param) || a.With != nil {
		return wants(a, "a pointer to a text without a length")
	}
	return fitsEmpty(a)
}

// fitsEmpty returns the reason why the errno in empty cannot stand for NULL or 0, or nil.
func fitsEmpty(a *ir.Arg) error {
	if a.Keys.Empty != "" && !errno.MatchString(a.Keys.Empty) {
		return fmt.Errorf("wants empty: an errno, such as ENOENT, not %q", a.Keys.Empty)
	}
	return nil
}

func (borrowedString) Part(a *ir.Arg) ir.Part {
	p := bufferPart(a.Param.Name+"_out", ir.Result{Name: a.GoName, Type: "string"})
	p.CNames, p.Checked = append(p.CNames, copied(a)), true
	return p
}

func (borrowedString) Code(a *ir.Arg) Code {
	text, out := copied(a), a.Param.Name+"_out"
	f := buffer(a.GoName, out, Value{
		Value: jen.Id("takeBufferString").Call(jen.Op("&").Id(a.GoName)),
		Zero:  jen.Lit(""),
	})
	f.Prepare = []string{"gorados_buf_init(" + out + ")"}
	borrow(a, &f, "gorados_buf_append("+out+", "+text+", strlen("+text+"), &ret)")
	return f
}

// borrow has the statements copy what C stores a pointer to into the buffer of a.
func borrow(a *ir.Arg, f *Code, statements ...string) {
	object, out := copied(a), a.Param.Name+"_out"
	f.Locals = []string{a.Param.Type.Elem().Declare(object) + " = NULL"}
	f.CallArgs = map[string]string{a.Param.Name: "&" + object}
	if a.Keys.Empty != "" {
		f.Cleanup = []string{"if (ret >= 0 && !" + object + ")\n\t\tret = -" + a.Keys.Empty}
	}
	f.Cleanup = append(f.Cleanup, block("if (ret >= 0 && "+object+")", statements),
		endBuffer(out))
}
