package role

import (
	"errors"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(retryList{}, "Texts, each ended by a NUL and the last by another one, in a buffer whose size is not known in advance.",
		"name", "length", "field", "retry_on", "initial_size")
}

// retry-list: texts, each closed by a NUL and the last by another one, in a
// buffer whose size is not known in advance.
type retryList struct{}

func (retryList) Name() string { return "retry-list" }

func (retryList) Fits(a *ir.Arg) error {
	if a.Ret.Grows && !a.Ret.Sizes {
		return errors.New("wants ret: length or needed, since the first item's NUL is not the end")
	}
	return retryFits(a)
}

func (retryList) Part(a *ir.Arg) ir.Part { return retryPart(a, "[]string", ir.List) }

func (retryList) Code(a *ir.Arg) Code {
	return retry(a, Value{
		Value: jen.Qual(WirePackage, "SplitList").Call(taken(a.GoName)),
		Zero:  jen.Nil(),
	})
}

// WirePackage turns lists and pairs into one buffer and back.
const WirePackage = "github.com/go-rados/go-rados/internal/wire"
