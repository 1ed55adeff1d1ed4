package role

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(retrySlice{}, "Numbers in an array whose length is not known in advance; C returns how many there are.",
		"name", "length", "type", "retry_on", "initial_size")
}

// retry-slice: numbers that C writes into an array whose length is not known
// in advance; C returns how many there are.
type retrySlice struct{}

func (retrySlice) Name() string { return "retry-slice" }

func (retrySlice) Fits(a *ir.Arg) error {
	switch {
	case len(a.Param.Type.Stars) != 1 || a.Basic != "uint64_t" || !isLength(a.With):
		return wants(a, "an array of uint64_t with a length")
	case a.Keys.InitialSize <= 0 || a.Keys.RetryOn == "":
		return fmt.Errorf("wants initial_size, the bytes to try first, and retry_on, the errno that says they are too few")
	}
	return nil
}

func (retrySlice) Part(a *ir.Arg) ir.Part { return retryPart(a, "[]"+a.GoType("uint64"), ir.Numbers) }

func (retrySlice) Code(a *ir.Arg) Code {
	buf, elem := a.Param.Name, a.GoType("uint64")
	f := buffer(a.GoName, buf, Value{
		Value: jen.Qual(WirePackage, "Numbers").Index(jen.Id(elem)).Call(taken(a.GoName)),
		Zero:  jen.Nil(),
	})
	f.Prepare = []string{fmt.Sprintf("gorados_buf_alloc(%s, %d, &ret)", buf, a.Keys.InitialSize)}
	f.CallArgs = map[string]string{
		a.Param.Name: fmt.Sprintf("(uint64_t *)%s->p", buf),
		a.With.Name:  fmt.Sprintf("(%s)(%s->cap / sizeof(uint64_t))", a.With.Type, buf),
	}
	f.RetryIf = fmt.Sprintf("ret == -%s && gorados_buf_grow(%s, 0, &ret)", a.Keys.RetryOn, buf)
	f.Cleanup = []string{fmt.Sprintf("gorados_buf_set_len(%s, ret < 0 ? ret : ret * (int64_t)sizeof(uint64_t))", buf)}
	return f
}
