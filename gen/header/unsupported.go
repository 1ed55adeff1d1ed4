package header

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/model"
)

// spread makes unsupported what has a type that is unsupported. A pointer to "struct x" is fine: it
// needs no definition.
func (c *converter) spread() {
	for changed := true; changed; {
		bad := make(map[string]bool)
		for _, o := range c.api.Unsupported {
			bad[o.Name] = true
		}
		before := len(c.api.Unsupported)
		a := &c.api
		a.Typedefs = keep(c, bad, a.Typedefs, func(t *model.Typedef) (string, model.Pos, []model.Type) {
			return t.Name, t.Pos, []model.Type{t.Type}
		})
		a.Structs = keep(c, bad, a.Structs, func(s *model.Struct) (string, model.Pos, []model.Type) {
			var types []model.Type
			for _, f := range s.Fields {
				types = append(types, f.Type)
			}
			return s.Name, s.Pos, types
		})
		a.Callbacks = keep(c, bad, a.Callbacks, func(f *model.Callback) (string, model.Pos, []model.Type) {
			return f.Name, f.Pos, signatureTypes(f.Result, f.Params)
		})
		a.Funcs = keep(c, bad, a.Funcs, func(f *model.Func) (string, model.Pos, []model.Type) {
			return f.Name, f.Pos, signatureTypes(f.Result, f.Params)
		})
		changed = len(c.api.Unsupported) > before
	}
}

func signatureTypes(result model.Type, params []model.Param) []model.Type {
	types := []model.Type{result}
	for _, p := range params {
		types = append(types, p.Type)
		if p.Func != nil {
			types = append(types, signatureTypes(p.Func.Result, p.Func.Params)...)
		}
	}
	return types
}

// keep returns the declarations of list whose types are supported.
func keep[T any](c *converter, bad map[string]bool, list []*T, of func(*T) (string, model.Pos, []model.Type)) []*T {
	return slices.DeleteFunc(list, func(decl *T) bool {
		name, at, types := of(decl)
		for _, t := range types {
			if bad[t.Base] && !(strings.HasPrefix(t.Base, "struct ") && t.IsPointer()) {
				c.api.Unsupported = append(c.api.Unsupported, omission(name, fmt.Sprintf("the type %s is not supported", t.Base), at))
				return true
			}
		}
		return false
	})
}
