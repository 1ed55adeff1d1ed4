package resolve

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
)

// addCTypes lists the C types that the generated code needs.
func (r *resolver) addCTypes() {
	seen := make(map[string]bool)
	for _, f := range r.Called() {
		r.signatureTypes(seen, f.Result, f.Params)
	}
	for _, h := range r.Handles {
		r.ctype(seen, strings.TrimSuffix(h.C, " *"))
	}
	for _, e := range r.Events {
		r.ctype(seen, e.Callback.Name)
	}
	for _, t := range r.Types {
		if t.Struct != nil {
			r.ctype(seen, t.C)
		}
		r.ctype(seen, strings.TrimPrefix(t.Is, "C."))
	}
}

// signatureTypes adds the types of a signature.
func (r *resolver) signatureTypes(seen map[string]bool, result model.Type, params []model.Param) {
	r.ctype(seen, result.Base)
	for _, p := range params {
		r.ctype(seen, p.Type.Base)
	}
}

// ctype adds the type of that name after those that it consists of. Types of the language and of the
// system have no declaration.
func (r *resolver) ctype(seen map[string]bool, name string) {
	if name == "" || seen[name] {
		return
	}
	seen[name] = true
	u := r.union
	switch t, c, s := u.Typedef(name), u.Callback(name), u.Struct(name); {
	case t != nil:
		r.ctype(seen, t.Decl.Type.Base)
		r.CTypes = append(r.CTypes, &ir.CType{Name: name, Typedef: t.Decl, Everywhere: t.Everywhere(), Uniform: t.Uniform})
	case c != nil:
		r.signatureTypes(seen, c.Decl.Result, c.Decl.Params)
		r.CTypes = append(r.CTypes, &ir.CType{Name: name, Callback: c.Decl, Everywhere: c.Everywhere(), Uniform: c.Uniform})
	case s != nil:
		for _, f := range s.Decl.Fields {
			r.ctype(seen, f.Type.Base)
		}
		r.CTypes = append(r.CTypes, r.cstruct(s))
	case strings.HasPrefix(name, "struct ") && !ctype.IsSystemStruct(name):
		r.CTypes = append(r.CTypes, &ir.CType{Name: name})
	}
}

func (r *resolver) cstruct(e *release.Entry[model.Struct]) *ir.CType {
	t := &ir.CType{Name: e.Name, Struct: e.Decl, Everywhere: e.Everywhere(), Uniform: e.Uniform}
	for _, f := range e.Decl.Fields {
		if slices.Equal(release.FieldHas(e, f.Name), r.Releases) {
			t.Common = append(t.Common, f)
		}
	}
	return t
}

// zeroWithout returns the sentence about the releases whose library does not fill a field of a struct,
// or "".
func (r *resolver) zeroWithout(c, field string) string {
	e := r.union.Struct(c)
	has := release.FieldHas(e, field)
	switch first := slices.Index(e.Has, has[0]); {
	case len(has) == len(e.Has):
		return ""
	case slices.Equal(has, e.Has[first:]):
		return fmt.Sprintf("It is zero with the library of a Ceph before %s.", has[0])
	}
	return fmt.Sprintf("It is zero unless the library is that of Ceph %s.", strings.Join(has, " or "))
}
