// Package cgen renders the C code of a plan with the templates of the folder templates/.
// It decides nothing.
package cgen

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/output"
)

// The files that depend on the plan, in the folder of the package.
const (
	HeaderFile  = "zz_library.h" // the part of the library that the shims use
	ShimsFile   = "zz_shims.h"
	libraryFile = "zz_library.c" // the tables of releases and symbols
	// DriftFile compares the declarations with the installed header.
	DriftFile = "zz_drift.c"
	// The functions that the library calls back.
	CallbacksFile       = "zz_callbacks.c"
	callbacksHeaderFile = "zz_callbacks.h"
)

// Render renders all C files of the package with the templates of the folder dir.
func Render(p *ir.Plan, dir string) ([]output.File, error) {
	v := newView(p)
	var err error
	if v.runtime, err = runtimeFiles(dir, p); err != nil {
		return nil, err
	}
	files := slices.Clone(v.runtime)
	names := []string{HeaderFile, ShimsFile, DriftFile}
	if p.Library.Parent == "" {
		names = append(names, libraryFile)
	}
	if p.Events != nil {
		names = append(names, CallbacksFile, callbacksHeaderFile)
	}
	for _, name := range names {
		text, err := v.render(dir, name)
		if err != nil {
			return nil, err
		}
		files = append(files, output.File{Path: p.Path(name), Data: text})
	}
	for i := range files {
		files[i].Data = []byte(p.Named(string(files[i].Data)))
	}
	return files, nil
}

// render executes the template of the file of that name.
func (v *view) render(dir, name string) ([]byte, error) {
	funcs := template.FuncMap{"join": strings.Join, "declaration": v.declaration, "statement": statement}
	return output.Template(filepath.Join(dir, name+".tmpl"), funcs, v)
}

// statement ends a statement, unless it is a block.
func statement(text string) string {
	if strings.HasSuffix(text, "}") {
		return text
	}
	return text + ";"
}

// view is the data of the templates.
type view struct {
	*ir.Plan
	Declared []*ir.Function // functions that the C code calls
	Shims    []shim
	Drains   []shim      // one for each iterator
	Recorded []*recorded // one for each handle whose methods are steps
	runtime  []output.File
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

// SystemHeaders lists the headers of the C library that declare structs which Go mirrors.
func (v *view) SystemHeaders() []string {
	var list []string
	for _, t := range v.Types {
		if t.Header != "" {
			list = append(list, t.Header)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// NewCompletion returns the call of f, which makes a completion. Of several callbacks only the first
// is used.
func (v *view) NewCompletion(f *ir.Function) string {
	var args []string
	callback := "callback"
	for _, p := range f.Params {
		switch {
		case p.Type.Is("void", 1):
			args = append(args, "arg")
		case p.Type.IsPointer():
			args = append(args, "completion")
		default:
			args = append(args, callback)
			callback = "NULL"
		}
	}
	return f.Name + "(" + strings.Join(args, ", ") + ")"
}

// CompletionCallback returns the C type of the callback of completions.
func (v *view) CompletionCallback() string {
	for _, p := range v.Completions.New.Params {
		if !p.Type.IsPointer() {
			return p.Type.Base
		}
	}
	return ""
}

// CancelHandle is the C type of the handle that the function which cancels calls takes.
func (v *view) CancelHandle() string { return v.Completions.Cancel.Params[0].Type.Base }
