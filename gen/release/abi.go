package release

import (
	"cmp"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/model"
)

// verdict is the difference between two declarations of a name for a compiled caller.
type verdict int

const (
	// same: a caller of one can call the other.
	same verdict = iota
	// sameWidth: all values have the same size and are passed in the same way, but they may have
	// another meaning.
	sameWidth
	// otherSign is sameWidth with a number that has become signed or unsigned.
	otherSign
	// differs: a caller of one cannot call the other.
	differs
)

// pair compares the declarations of two releases by their ABI. Typedefs are resolved, so that a new
// name for a type is no difference.
type pair struct{ old, new *model.API }

func (p pair) funcs(a, b *model.Func) verdict {
	return p.signatures(a.Result, b.Result, a.Params, b.Params)
}

func (p pair) callbacks(a, b *model.Callback) verdict {
	return p.signatures(a.Result, b.Result, a.Params, b.Params)
}

func (p pair) signatures(resultA, resultB model.Type, a, b []model.Param) verdict {
	if len(a) != len(b) {
		return differs
	}
	v := p.types(resultA, resultB)
	for i := range a {
		if !slices.Equal(dims(a[i]), dims(b[i])) {
			return differs
		}
		if f, g := calls(p.old, a[i]), calls(p.new, b[i]); a[i].Func != nil && g != nil || b[i].Func != nil && f != nil {
			v = max(v, p.callbacks(f, g))
			continue
		}
		v = max(v, p.types(a[i].Type, b[i].Type))
	}
	return v
}

// calls returns the function that a parameter points to, or nil.
func calls(a *model.API, param model.Param) *model.Callback {
	if param.Func != nil {
		return param.Func
	}
	return callbackOf(a, param.Type.Base)
}

// dims returns the lengths of an array. One without a length is the same as a pointer.
func dims(p model.Param) []int {
	if slices.Equal(p.Dims, []int{0}) {
		return nil
	}
	return p.Dims
}

func (p pair) typedefs(a, b *model.Typedef) verdict { return p.types(a.Type, b.Type) }

// consts ignores whether a constant is an enumerator or a macro.
func (p pair) consts(a, b *model.Const) verdict {
	if a.Value != b.Value {
		return differs
	}
	return same
}

// structs accepts a struct that has become larger or smaller at its end. If it has other fields but its
// old size, such as one that was reserved, they may have another meaning.
func (p pair) structs(a, b *model.Struct) verdict {
	grows := cmp.Compare(len(b.Fields), len(a.Fields))
	if a.Packed != b.Packed || a.Size != b.Size && cmp.Compare(b.Size, a.Size) != grows {
		return differs
	}
	v := same
	for i := range min(len(a.Fields), len(b.Fields)) {
		v = max(v, p.fields(a.Fields[i], b.Fields[i]))
	}
	if v == differs && a.Size == b.Size {
		return sameWidth
	}
	return v
}

func (p pair) fields(a, b model.Field) verdict {
	v := p.types(a.Type, b.Type)
	switch {
	case a.Offset != b.Offset || a.Array != b.Array:
		return differs
	case a.Name != b.Name:
		return max(v, sameWidth)
	}
	return v
}

// types compares two types without the const that only concerns the callee's own copy.
func (p pair) types(a, b model.Type) verdict {
	a, b = withoutConst(a), withoutConst(b)
	if a.String() == b.String() {
		return same
	}
	if p.handles(a.Base, b.Base) {
		return differs
	}
	a, b = withoutConst(resolve(p.old, a)), withoutConst(resolve(p.new, b))
	if len(a.Stars) != len(b.Stars) || a.Volatile != b.Volatile {
		return differs
	}
	v := p.bases(a.Base, b.Base, a.IsPointer())
	if a.Const != b.Const || !slices.Equal(a.Stars, b.Stars) {
		v = max(v, sameWidth)
	}
	return v
}

// handles reports whether a and b are two types of handles. A handle with a new name has its old name in
// no release that has the new one.
func (p pair) handles(a, b string) bool {
	return a != b && isPointer(p.old, a) && isPointer(p.new, b) && (typedefOf(p.new, a) != nil || typedefOf(p.old, b) != nil)
}

func (p pair) bases(a, b string, pointer bool) verdict {
	bitsA, unsignedA := bits(a)
	bitsB, unsignedB := bits(b)
	switch {
	case a == b:
		return same
	case bitsA > 0 && bitsA == bitsB && unsignedA == unsignedB:
		return same
	case bitsA > 0 && bitsA == bitsB:
		return otherSign
	case pointer && (a == "void" || b == "void"):
		return sameWidth
	}
	f, g := callbackOf(p.old, a), callbackOf(p.new, b)
	if f != nil && g != nil && callbackOf(p.new, a) == nil && callbackOf(p.old, b) == nil {
		return p.callbacks(f, g)
	}
	s, t := structOf(p.old, a), structOf(p.new, b)
	if s != nil && t != nil && structOf(p.new, a) == nil && structOf(p.old, b) == nil {
		return p.structs(s, t)
	}
	return differs
}

// bits returns the size of an integer or enum.
func bits(base string) (n int, unsigned bool) {
	if base == "enum" || strings.HasPrefix(base, "enum ") {
		return 32, true
	}
	return ctype.IntSize(base)
}

// withoutConst returns t as a value that is copied has it.
func withoutConst(t model.Type) model.Type {
	if n := len(t.Stars); n > 0 {
		t.Stars = slices.Clone(t.Stars)
		t.Stars[n-1] = false
	} else {
		t.Const = false
	}
	return t
}

// resolve replaces the typedefs of t by what they stand for.
func resolve(a *model.API, t model.Type) model.Type {
	for range 8 { // deeper typedefs than that are a loop
		def := typedefOf(a, t.Base)
		if def == nil {
			return t
		}
		whole := def.Type
		whole.Stars = slices.Concat(def.Type.Stars, t.Stars)
		if n := len(def.Type.Stars); n > 0 && t.Const {
			whole.Stars[n-1] = true
		} else {
			whole.Const = whole.Const || t.Const
		}
		whole.Volatile = whole.Volatile || t.Volatile
		t = whole
	}
	return t
}

func isPointer(a *model.API, base string) bool {
	return resolve(a, model.Type{Base: base}).IsPointer()
}

func typedefOf(a *model.API, name string) *model.Typedef {
	return named(a.Typedefs, name, func(t *model.Typedef) string { return t.Name })
}

func callbackOf(a *model.API, name string) *model.Callback {
	return named(a.Callbacks, name, func(c *model.Callback) string { return c.Name })
}

func structOf(a *model.API, name string) *model.Struct {
	return named(a.Structs, name, func(s *model.Struct) string { return s.Name })
}

// named returns the element of a sorted list that has a name, or nil.
func named[T any](list []*T, name string, of func(*T) string) *T {
	i, ok := slices.BinarySearchFunc(list, name, func(e *T, name string) int { return strings.Compare(of(e), name) })
	if !ok {
		return nil
	}
	return list[i]
}
