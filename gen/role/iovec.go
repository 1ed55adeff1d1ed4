package role

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/go-rados/go-rados/gen/ir"
)

func init() {
	register(iovec{"iovec", false}, "Several buffers of the caller, which C reads.",
		"name", "length")
	register(iovec{"fill-iovec", true}, "Several buffers of the caller, which C fills, one after the other; the function returns how many bytes that were.",
		"name", "length")
}

// iovec, fill-iovec: buffers of the caller, which C reads or fills, which the header does not tell. They are
// not copied, but pinned during the call; so is the array of them, which the library may use until then.
type iovec struct {
	name  string
	fills bool
}

func (v iovec) Name() string { return v.name }

func (v iovec) Fits(a *ir.Arg) error {
	if !a.Param.Type.Is("struct iovec", 1) || !isLength(a.With) {
		return wants(a, "struct iovec * with a length")
	}
	if v.fills && !a.Ret.Counts {
		return fmt.Errorf("wants ret: count, the number of bytes, not %s", a.Ret.Name)
	}
	return nil
}

func (v iovec) Part(a *ir.Arg) ir.Part {
	p := inPart(a, "[][]byte", a.Param.Name, a.With.Name)
	p.Locals, p.Checked = []string{a.GoName + "Pinned"}, true
	p.Fills, p.Sends = v.fills, !v.fills
	return p
}

func (iovec) Code(a *ir.Arg) Code {
	pinned := a.GoName + "Pinned"
	f := Code{
		Before:     []jen.Code{jen.Id(pinned).Op(":=").Qual(IovecPackage, "Pin").Call(jen.Id(a.GoName))},
		Free:       jen.Id(pinned).Dot("Unpin").Call(),
		ShimArgs:   []jen.Code{jen.Parens(jen.Op("*").Add(c("struct_iovec"))).Call(jen.Id(pinned).Dot("Pointer").Call()), size(a.GoName)},
		ShimParams: []string{"struct iovec *" + a.Param.Name, "size_t " + a.With.Name},
		Prepare:    []string{"gorados_length_check(" + a.With.Name + ", &ret)"},
		CallArgs:   map[string]string{a.Param.Name: a.Param.Name, a.With.Name: cast(a.With, a.With.Name)},
	}
	if a.Async {
		f.Kept = jen.Id(pinned)
	}
	return f
}

// IovecPackage makes the array of C for several buffers.
const IovecPackage = "github.com/go-rados/go-rados/internal/iovec"
