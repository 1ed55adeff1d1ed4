package header

import (
	"path/filepath"
	"strings"

	"github.com/go-rados/go-rados/gen/model"
)

// prune leaves out of api what headers of other folders than dir declare, unless the declarations
// of that folder use it.
func prune(api *model.API, dir string) {
	p := pruner{api: api, used: make(map[string]bool)}
	own := func(pos model.Pos) bool { return filepath.Dir(filepath.Clean(pos.File)) == dir }
	for _, f := range api.Funcs {
		p.useFunc(f.Result, f.Params)
	}
	for _, c := range api.Callbacks {
		if own(c.Pos) {
			p.use(c.Name)
		}
	}
	for _, s := range api.Structs {
		if own(s.Pos) {
			p.use(s.Name)
		}
	}
	for _, t := range api.Typedefs {
		if own(t.Pos) {
			p.use(t.Name)
		}
	}
	api.Callbacks = only(api.Callbacks, func(c *model.Callback) bool { return p.used[c.Name] })
	api.Structs = only(api.Structs, func(s *model.Struct) bool { return p.used[s.Name] })
	api.Typedefs = only(api.Typedefs, func(t *model.Typedef) bool { return p.used[t.Name] })
	api.Consts = only(api.Consts, func(c *model.Const) bool { return own(c.Pos) })
	api.LeftOut = only(api.LeftOut, func(o *model.Omission) bool { return own(o.Pos) })
}

func only[T any](list []T, wanted func(T) bool) []T {
	var kept []T
	for _, item := range list {
		if wanted(item) {
			kept = append(kept, item)
		}
	}
	return kept
}

// pruner finds the types that declarations use.
type pruner struct {
	api  *model.API
	used map[string]bool // by name
}

// use notes that the type of that name is used, and those that its declaration uses.
func (p pruner) use(name string) {
	if p.used[name] {
		return
	}
	p.used[name] = true
	for _, t := range p.api.Typedefs {
		if t.Name == name {
			p.use(t.Type.Base)
		}
	}
	for _, c := range p.api.Callbacks {
		if c.Name == name {
			p.useFunc(c.Result, c.Params)
		}
	}
	for _, s := range p.api.Structs {
		if strings.TrimPrefix(s.Name, "struct ") == strings.TrimPrefix(name, "struct ") {
			p.used[s.Name] = true
			for _, f := range s.Fields {
				p.use(f.Type.Base)
			}
		}
	}
}

func (p pruner) useFunc(result model.Type, params []model.Param) {
	p.use(result.Base)
	for _, param := range params {
		if p.use(param.Type.Base); param.Func != nil {
			p.useFunc(param.Func.Result, param.Func.Params)
		}
	}
}
