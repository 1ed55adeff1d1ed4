package role

import (
	"fmt"

	"github.com/dave/jennifer/jen"
)

func init() {
	register(growSlice{}, "Numbers in an array whose length is not known in advance; C returns how many there are.",
		"name", "with", "type", "on", "first")
}

// grow-slice: numbers that C writes into an array whose length nobody knows
// ahead; C returns how many there are.
type growSlice struct{}

func (growSlice) Name() string { return "grow-slice" }

func (growSlice) Fits(a *Arg) error {
	switch {
	case len(a.Param.Type.Stars) != 1 || a.Basic != "uint64_t" || !isLength(a.With):
		return wants(a, "an array of uint64_t with a length")
	case a.First <= 0 || a.On == "":
		return fmt.Errorf("wants first, the bytes to try first, and on, the errno that says they are too few")
	}
	return nil
}

func (growSlice) Fragment(a *Arg) Fragment {
	buf, elem := a.Param.Name, a.goType("uint64")
	f := buffer(a.GoName, buf, Result{
		Name:  a.GoName,
		Type:  "[]" + elem,
		Value: jen.Qual(WirePackage, "Numbers").Index(jen.Id(elem)).Call(taken(a.GoName)),
		Zero:  jen.Nil(),
	})
	f.Prepare = []string{fmt.Sprintf("gorados_buf_alloc(%s, %d, &ret)", buf, a.First)}
	f.Give = map[string]string{
		a.Param.Name: fmt.Sprintf("(uint64_t *)%s->p", buf),
		a.With.Name:  fmt.Sprintf("(%s)(%s->cap / sizeof(uint64_t))", a.With.Type, buf),
	}
	f.Again = fmt.Sprintf("ret == -%s && gorados_buf_grow(%s, 0, &ret)", a.On, buf)
	f.Done = []string{fmt.Sprintf("gorados_buf_set_len(%s, ret < 0 ? ret : ret * (int64_t)sizeof(uint64_t))", buf)}
	return f
}
