// Package cgen renders the C code of a plan with the templates of the folder templates/.
// It decides nothing.
package cgen

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"github.com/go-rados/go-rados/gen/ctype"
	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
)

// The files that Render renders.
const (
	HeaderPath = "rados/zz_librados.h"
	EnginePath = "rados/zz_engine.c"
)

// Render renders HeaderPath and EnginePath with the templates of the folder dir.
func Render(p *ir.Plan, dir string) (header, engine []byte, err error) {
	v := newView(p)
	if header, err = v.render(dir, HeaderPath); err != nil {
		return nil, nil, err
	}
	if engine, err = v.render(dir, EnginePath); err != nil {
		return nil, nil, err
	}
	return header, engine, checkCallbacks(p, engine)
}

// templateOf is the name of the template of the file at path.
func templateOf(path string) string { return filepath.Base(path) + ".tmpl" }

// render executes the template of the file at path.
func (v *view) render(dir, path string) ([]byte, error) {
	funcs := template.FuncMap{"join": strings.Join, "declaration": declaration}
	path = filepath.Join(dir, templateOf(path))
	t, err := template.New(filepath.Base(path)).Funcs(funcs).ParseFiles(path)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, v); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return b.Bytes(), nil
}

// checkCallbacks makes sure that the template has the C functions that librados is
// told to call back.
func checkCallbacks(p *ir.Plan, engine []byte) error {
	var diags diag.List
	for _, m := range p.Methods {
		for _, a := range m.ShimArgs() {
			name := "gorados_on_" + a.Part.CallsBack
			if a.Part.CallsBack != "" && !bytes.Contains(engine, []byte("\nvoid "+name+"(")) {
				diags.Add(a.Pos, "%s: templates/%s has no function %s for librados to call", m.FullName(), templateOf(EnginePath), name)
			}
		}
	}
	return diags.Err()
}

// view is the data of the templates.
type view struct {
	*ir.Plan
	Declared []*ir.Function // functions that the C code calls
	Shims    []shim
	Drains   []shim      // one for each iterator
	Recorded []*recorded // one for each handle whose methods are steps
}

func newView(p *ir.Plan) *view {
	v := &view{Plan: p, Declared: p.Called()}
	for _, it := range p.Iterators {
		v.Drains = append(v.Drains, drainShim(it))
	}
	for _, h := range p.Handles {
		if h.Recorded() {
			v.Recorded = append(v.Recorded, newRecorded(p, h))
		}
	}
	for _, m := range p.Methods {
		if m.Access != ir.Record {
			v.Shims = append(v.Shims, newShim(m))
		}
	}
	if p.Buffers.Free != nil {
		v.Shims = append(v.Shims, freeShim(p.Buffers.Free))
	}
	slices.SortFunc(v.Shims, func(a, b shim) int { return strings.Compare(a.Name, b.Name) })
	return v
}

// declaration is the prototype of f with names for the parameters that can stand in any file.
func declaration(f *ir.Function) string {
	decl := *f.Func
	decl.Params = slices.Clone(f.Params)
	for i, p := range f.Params {
		if ctype.IsMacro(p.Name) {
			decl.Params[i].Name += "_"
		}
	}
	return decl.Prototype()
}

// Asserted lists the constants whose values the oldest header can confirm.
func (v *view) Asserted() []*model.Const {
	var list []*model.Const
	for _, g := range v.Consts {
		for _, c := range g.Consts {
			if c.Everywhere && !c.IsText() {
				list = append(list, unsigned(c.Decl))
			}
		}
	}
	return list
}

// unsigned spells a constant that fits no signed type the way C wants it.
func unsigned(c *model.Const) *model.Const {
	if _, err := strconv.ParseInt(c.Value, 10, 64); err == nil {
		return c
	}
	u := *c
	u.Value += "u"
	return &u
}

// Mirrored lists the C structs that Go reads.
func (v *view) Mirrored() []*model.Struct {
	var list []*model.Struct
	for _, t := range v.Types {
		if t.Struct != nil {
			list = append(list, t.Struct)
		}
	}
	return list
}

// NewCompletion is the call of f, which makes what stands for an asynchronous call. Of several
// callbacks only the first is wanted.
func (v *view) NewCompletion(f *ir.Function) string {
	var args []string
	callback := "gorados_is_async(async) ? gorados_on_rados_callback_t : NULL"
	for _, p := range f.Params {
		switch {
		case p.Type.Is("void", 1):
			args = append(args, "async")
		case p.Type.IsPointer():
			args = append(args, "&completion")
		default:
			args = append(args, callback)
			callback = "NULL"
		}
	}
	return f.Name + "(" + strings.Join(args, ", ") + ")"
}

// CancelHandle is the C type of the handle that the function which cancels calls takes.
func (v *view) CancelHandle() string { return v.Completions.Cancel.Params[0].Type.Base }
