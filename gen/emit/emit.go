// Package emit writes what the plan says: Go with jennifer, everything else
// with the templates of the folder templates/. It decides nothing.
package emit

import (
	"path/filepath"

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
)

// Files renders all that is generated from p. The templates are read from the
// folder templates/ below root.
func Files(p *plan.Plan, root string) ([]File, error) {
	code, err := golang(p)
	if err != nil {
		return nil, err
	}
	files := []File{{goFile, code}}
	v := newView(p)
	for _, f := range []struct{ path, template string }{
		{headerFile, "zz_librados.h.tmpl"},
		{engineFile, "zz_engine.c.tmpl"},
		{coverageFile, "coverage.md.tmpl"},
	} {
		text, err := render(filepath.Join(root, "templates", f.template), v)
		if err != nil {
			return nil, err
		}
		files = append(files, File{f.path, text})
	}
	return files, nil
}
