package role

import (
	"fmt"

	"github.com/dave/jennifer/jen"
)

func init() {
	register(fit{"fit-string", "string", "Text", jen.Lit("")}, "name", "with", "field", "first")
	register(fit{"fit-list", "[]string", "Items", jen.Nil()}, "name", "with", "field", "first")
}

// fit-string, fit-list: text, or texts each closed by a NUL, in a buffer whose
// length goes in and out: where it is too small, C says ERANGE and how much it
// wants. A function may have several of them, which are all made to fit.
type fit struct {
	name, goType, read string
	zero               jen.Code
}

func (f fit) Name() string { return f.name }

func (f fit) Fits(a *Arg) error {
	switch {
	case !a.Param.Type.Is("char", 1) || a.Param.Type.Const || !isCount(a.With):
		return wants(a, "char * with a size_t *")
	case a.First <= 0:
		return fmt.Errorf("wants first: the size in bytes to try first")
	}
	return nil
}

func (f fit) Fragment(a *Arg) Fragment {
	buf := a.Param.Name
	return Fragment{
		Before: []jen.Code{jen.Var().Id(a.GoName).Add(c("struct_go_buf"))},
		Pass:   []jen.Code{jen.Op("&").Id(a.GoName)},
		Results: []Result{{
			Name:  a.GoName,
			Type:  f.goType,
			Value: jen.Qual(FlatPackage, f.read).Call(jen.Id("takeBuffer").Call(jen.Op("&").Id(a.GoName))),
			Zero:  f.zero,
		}},
		Takes:   []string{"struct go_buf *" + buf},
		Prepare: []string{fmt.Sprintf("go_buf_make(%s, %d, &ret)", buf, a.First)},
		Give: map[string]string{
			a.Param.Name: buf + "->p",
			a.With.Name:  fmt.Sprintf("go_buf_offer(%s)", buf),
		},
		Again: fmt.Sprintf("go_buf_fit(%s, &ret)", buf),
		Done:  []string{fmt.Sprintf("go_buf_finish(%s, ret < 0 ? ret : (int64_t)%s->len)", buf, buf)},
	}
}
