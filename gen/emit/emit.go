// Package emit writes what the plan says: Go with jennifer, everything else
// with the templates of the folder templates/. It decides nothing.
package emit

import (
	"bytes"
	"path/filepath"
	"slices"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/plan"
)

// File is one generated file.
type File struct {
	Path string // relative to the module's root
	Data []byte
}

// Where the generated files go.
const (
	goFile       = "rados/zz_generated.go"
	headerFile   = "rados/zz_librados.h"
	engineFile   = "rados/zz_engine.c"
	coverageFile = "docs/COVERAGE.md"

	engineTemplate = "zz_engine.c.tmpl"
)

// Files renders all files that are generated from p. It reads the templates
// from the folder templates/ below root.
func Files(p *plan.Plan, root string) ([]File, error) {
	code, err := golang(p)
	if err != nil {
		return nil, err
	}
	files := []File{{goFile, code}}
	v := newView(p)
	for _, f := range []struct{ path, template string }{
		{headerFile, "zz_librados.h.tmpl"},
		{engineFile, engineTemplate},
		{coverageFile, "coverage.md.tmpl"},
	} {
		text, err := render(filepath.Join(root, "templates", f.template), v)
		if err != nil {
			return nil, err
		}
		files = append(files, File{f.path, text})
	}
	return files, checkCallbacks(p, files)
}

// checkCallbacks makes sure that the templates have the C functions that librados is
// told to call back.
func checkCallbacks(p *plan.Plan, files []File) error {
	var diags diag.List
	for _, m := range p.Methods {
		for _, a := range m.Crossing() {
			name := "gorados_on_" + a.Param.Type.Base
			defined := func(f File) bool { return f.Path == engineFile && bytes.Contains(f.Data, []byte("\nvoid "+name+"(")) }
			if a.Role.Name() == "callback" && !slices.ContainsFunc(files, defined) {
				diags.Add(a.Pos, "%s: templates/%s has no function %s for librados to call", m.FullName(), engineTemplate, name)
			}
		}
	}
	return diags.Err()
}
