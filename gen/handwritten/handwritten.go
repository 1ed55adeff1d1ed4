// Package handwritten finds the Go files of a package that are not generated.
package handwritten

import (
	"path/filepath"
	"slices"
	"strings"
)

// Files returns the paths of the Go files in dir that are neither generated nor tests.
func Files(dir string) ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	return slices.DeleteFunc(paths, func(path string) bool {
		name := filepath.Base(path)
		return strings.HasPrefix(name, "zz_") || strings.HasSuffix(name, "_test.go")
	}), err
}
