package role

import (
	"errors"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(growList{}, "Texts, each ended by a NUL and the last by another one, in a buffer whose size is not known in advance.",
		"name", "with", "field", "on", "first")
}

// grow-list: texts, each closed by a NUL and the last by another one, in a
// buffer whose size nobody knows ahead.
type growList struct{}

func (growList) Name() string { return "grow-list" }

func (growList) Fits(a *ir.Arg) error {
	if a.Ret.Grows && !a.Ret.Sizes {
		return errors.New("wants ret: length or needed, since the first item's NUL is not the end")
	}
	return growFits(a)
}

func (growList) Part(a *ir.Arg) ir.Part { return growPart(a, "[]string") }

func (growList) Code(a *ir.Arg) Code {
	return grow(a, Value{
		Value: jen.Qual(WirePackage, "SplitList").Call(taken(a.GoName)),
		Zero:  jen.Nil(),
	})
}

// WirePackage turns lists and pairs into one buffer and back.
const WirePackage = "github.com/go-rados/go-rados/internal/wire"
