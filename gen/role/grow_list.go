package role

import (
	"errors"

	"github.com/dave/jennifer/jen"
)

func init() {
	register(growList{}, "Texts, each ended by a NUL and the last by another one, in a buffer whose size is not known in advance.",
		"name", "with", "field", "on", "first")
}

// grow-list: texts, each closed by a NUL and the last by another one, in a
// buffer whose size nobody knows ahead.
type growList struct{}

func (growList) Name() string { return "grow-list" }

func (growList) Fits(a *Arg) error {
	if a.Ret == "errno" {
		return errors.New("wants ret: length or needed, since the first item's NUL is not the end")
	}
	return growFits(a)
}

func (growList) Fragment(a *Arg) Fragment {
	return grow(a, Result{
		Name:  a.GoName,
		Type:  "[]string",
		Value: jen.Qual(WirePackage, "SplitList").Call(taken(a.GoName)),
		Zero:  jen.Nil(),
	})
}

// WirePackage turns lists and pairs into one buffer and back.
const WirePackage = "github.com/go-rados/go-rados/internal/wire"
