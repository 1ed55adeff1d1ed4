package role

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(outItems{}, "An array of structs of texts that C fills, up to the number that the caller asks for.",
		"name", "length", "free", "page")
}

// out-items: an array of structs of texts, each with its length, that C fills: as
// many as the caller wants at most. The shim copies the texts into one buffer, those
// of one struct one after the other, and frees what C has allocated.
type outItems struct{}

func (outItems) Name() string { return "out-items" }

func (outItems) Fits(a *ir.Arg) error {
	switch {
	case len(a.Param.Type.Stars) != 1 || a.Param.Type.Const || len(a.Texts) == 0 || !isLength(a.With):
		return wants(a, "a pointer to structs of texts with their lengths (x, x_length), and their number (length)")
	case a.OwnFree == nil:
		return errors.New("wants free: the function that frees the texts")
	}
	params, base := a.OwnFree.Params, a.Param.Type.Base
	if len(params) != 2 || !params[0].Type.Is("size_t", 0) || !params[1].Type.Is(base, 1) || params[1].Type.Const {
		return fmt.Errorf("wants free: a function that takes a size_t and a %s *, not %s", base, a.OwnFree.Prototype())
	}
	return nil
}

func (outItems) Part(a *ir.Arg) ir.Part {
	p := bufferPart(a.Param.Name+"_out", ir.Result{Name: a.GoName, Type: "[]string"})
	p.Params = []ir.Var{{Name: a.GoName + "Max", Type: "int"}}
	if a.Keys.Page {
		p = pagePart(a)
	}
	p.CNames = []string{a.With.Name, a.Param.Name + "_out", copied(a)}
	p.Checked, p.Frees, p.Arrays = true, a.OwnFree, []string{a.Param.Type.Base}
	return p
}

func (outItems) Code(a *ir.Arg) Code {
	items, n, out := copied(a), a.With.Name, a.Param.Name+"_out"
	f := buffer(a.GoName, out, Value{
		Value: jen.Qual(WirePackage, "SizedItems").Call(taken(a.GoName)),
		Zero:  jen.Nil(),
	})
	limit(a, &f, n)
	if a.Keys.Page {
		f = page(a, n)
	}
	f.Locals = []string{ctype.OwnStruct(a.Param.Type.Base) + " *" + items + " = NULL"}
	f.Prepare = []string{
		fmt.Sprintf("gorados_buf_alloc(%s, 4096, &ret)", out),
		fmt.Sprintf("if (ret >= 0 && !(%s = calloc(%s, sizeof *%s)))\n\t\tret = -ENOMEM", items, n, items),
	}
	f.CallArgs = map[string]string{a.Param.Name: items, n: n}
	// The first text of a struct that C has not filled is NULL.
	loop := fmt.Sprintf("for (size_t i = 0; %s && i < %s && %s[i].%s; i++)", items, n, items, a.Texts[0])
	var puts []string
	for _, text := range a.Texts {
		puts = append(puts, fmt.Sprintf("\n\t\tgorados_buf_append_item(%s, %s[i].%s, %s[i].%s_length, &ret)", out, items, text, items, text))
	}
	f.Cleanup = []string{
		loop + strings.Join(puts, ","),
		fmt.Sprintf("if (%s)\n\t\t%s(%s, %s)", items, a.OwnFree.Name, n, items),
		fmt.Sprintf("free(%s)", items),
		endBuffer(out),
	}
	return f
}
