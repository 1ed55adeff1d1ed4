package role

import (
	"fmt"

	"github.com/dave/jennifer/jen"
)

func init() {
	register(owned{"owned-bytes", "[]byte", "takeOwned", jen.Nil()}, "name", "with", "field")
	register(owned{"owned-string", "string", "takeOwnedString", jen.Lit("")}, "name", "with", "field")
}

// owned-bytes, owned-string: memory that the library allocates and the caller
// gives back. The library may fill it even when it reports an error, so the
// result always counts.
type owned struct {
	name, goType, take string
	zero               jen.Code
}

func (o owned) Name() string { return o.name }

func (o owned) Fits(a *Arg) error {
	if !a.Param.Type.Is("char", 2) || a.With != nil && !isCount(a.With) || a.With == nil && o.goType != "string" {
		return wants(a, "char ** with a size_t *, which a text may do without")
	}
	if a.Free == "" {
		return fmt.Errorf("needs buffers.free in the spec: what the library's memory is given back with")
	}
	return nil
}

func (o owned) Fragment(a *Arg) Fragment {
	f := buffer(a.GoName, a.Param.Name, Result{
		Name:   a.GoName,
		Type:   o.goType,
		Value:  jen.Id(o.take).Call(jen.Op("&").Id(a.GoName)),
		Zero:   o.zero,
		Always: true,
	})
	f.Give = map[string]string{a.Param.Name: "&" + a.Param.Name + "->p"}
	if a.With != nil {
		f.Give[a.With.Name] = "&" + a.Param.Name + "->len"
	} else {
		f.Done = []string{a.Param.Name + "->len = " + a.Param.Name + "->p ? strlen(" + a.Param.Name + "->p) : 0"}
	}
	return f
}
