package output

import (
	"bytes"
	"fmt"
	"path/filepath"
	"text/template"
)

// Template executes the template at path with data.
func Template(path string, funcs template.FuncMap, data any) ([]byte, error) {
	t, err := template.New(filepath.Base(path)).Funcs(funcs).ParseFiles(path)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return b.Bytes(), nil
}
