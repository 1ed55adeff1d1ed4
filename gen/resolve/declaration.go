package resolve

import (
	"fmt"
	"slices"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
	"github.com/go-rados/go-rados/gen/spec"
)

// addOthers lists the constants, structs and callbacks of all releases with what uses them, and the
// declarations that the generator leaves out.
func (r *resolver) addOthers() {
	others(r, "constant", r.union.Consts, func(c *model.Const) string { return c.Name + " = " + c.Value })
	others(r, "type", r.union.Structs, func(s *model.Struct) string { return fmt.Sprintf("%s, %d bytes", s.Name, s.Size) })
	others(r, "callback", r.union.Callbacks, func(c *model.Callback) string { return c.Name + " = " + c.Signature() })
	r.addUses()
	r.addOmitted()
}

// others adds declarations of one kind.
func others[T any](r *resolver, kind string, entries []*release.Entry[T], text func(*T) string) {
	for _, e := range entries {
		d := &ir.Declaration{C: e.Name, Kind: kind, Text: text(e.Decl), Since: e.Since}
		for _, s := range r.Skips {
			if s.C == e.Name {
				d.Skipped = s.Reason
			}
		}
		r.Others = append(r.Others, d)
	}
}

// addUses finds out what uses each of the declarations.
func (r *resolver) addUses() {
	goNames := make(map[string]string) // by C name
	for _, g := range r.Consts {
		for _, c := range g.Consts {
			goNames[c.C] = c.Go
		}
	}
	for _, t := range r.Types {
		goNames[t.C] = t.Go
	}
	users := make(map[string]string)
	for _, f := range r.union.Funcs {
		if entry := r.functions[f.Name]; entry == nil || entry.Spec.Disposition != spec.Skip {
			r.union.AddUser(users, f.Name, f.Decl.Result, f.Decl.Params)
		}
	}
	for _, d := range r.Others {
		d.GoName, d.User = goNames[d.C], users[d.C]
	}
}

// addOmitted adds the declarations of which the snapshots have only the name.
func (r *resolver) addOmitted() {
	known := make(map[string]bool)
	for _, d := range r.Others {
		known[d.C] = true
	}
	for _, o := range slices.Concat(r.union.Unsupported, r.union.LeftOut) {
		if newest := r.union.Omitted(o.Name); !known[o.Name] && r.union.Func(o.Name) == nil {
			known[o.Name] = true
			r.Others = append(r.Others, &ir.Declaration{C: o.Name, Kind: string(newest.Kind), Skipped: newest.Reason})
		}
	}
}
