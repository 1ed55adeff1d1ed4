package role

import (
	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(iovec{}, "Several buffers of the caller, which C reads or fills during the call.",
		"name", "length")
}

// iovec: buffers of the caller, which C reads or fills. They are pinned during the call, and not copied.
type iovec struct{}

func (iovec) Name() string { return "iovec" }

func (iovec) Fits(a *ir.Arg) error {
	if !a.Param.Type.Is("struct iovec", 1) || !isLength(a.With) || a.Async {
		return wants(a, "struct iovec * with a length, of a function that takes no completion")
	}
	return nil
}

func (iovec) Part(a *ir.Arg) ir.Part {
	p := inPart(a, "[][]byte", a.Param.Name, a.With.Name)
	p.Locals, p.Checked = []string{a.GoName + "Pinned"}, true
	return p
}

func (iovec) Code(a *ir.Arg) Code {
	pinned := a.GoName + "Pinned"
	return Code{
		Before:     []jen.Code{jen.Id(pinned).Op(":=").Qual(IovecPackage, "Pin").Call(jen.Id(a.GoName))},
		Free:       jen.Id(pinned).Dot("Unpin").Call(),
		ShimArgs:   []jen.Code{jen.Parens(jen.Op("*").Add(c("struct_iovec"))).Call(jen.Id(pinned).Dot("Pointer").Call()), size(a.GoName)},
		ShimParams: []string{"struct iovec *" + a.Param.Name, "size_t " + a.With.Name},
		Prepare:    []string{"gorados_length_check(" + a.With.Name + ", &ret)"},
		CallArgs:   map[string]string{a.Param.Name: a.Param.Name, a.With.Name: cast(a.With, a.With.Name)},
	}
}

// IovecPackage makes the array of C for several buffers.
const IovecPackage = "github.com/go-rados/go-rados/internal/iovec"
