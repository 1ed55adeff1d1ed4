package output

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pmezard/go-difflib/difflib"
)

// stale returns the files that differ from those on disk.
func stale(root string, files []File) []File {
	var list []File
	for _, f := range files {
		old, err := os.ReadFile(filepath.Join(root, f.Path))
		if err == nil && bytes.Equal(old, f.Data) {
			continue
		}
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return list
}

// CheckStale returns an error with a diff of each file that differs from the one below root.
func CheckStale(root string, files []File) error {
	list := stale(root, files)
	if len(list) == 0 {
		return nil
	}
	var b strings.Builder
	for _, f := range list {
		fmt.Fprintf(&b, "%s is not what the generator makes of the spec:\n%s\n", f.Path, difference(root, f))
	}
	return errors.New(b.String() + "Run: make generate")
}

// difference returns a unified diff from the file on disk to f.
func difference(root string, f File) string {
	old, err := os.ReadFile(filepath.Join(root, f.Path))
	if err != nil {
		return "there is none: " + err.Error() + "\n"
	}
	text, err := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
		A:        difflib.SplitLines(string(old)),
		B:        difflib.SplitLines(string(f.Data)),
		FromFile: f.Path + " (on disk)",
		ToFile:   f.Path + " (generated)",
		Context:  3,
	})
	if err != nil {
		return err.Error()
	}
	return shorten(text)
}

// diffLines is the number of lines of a diff that are shown. Git shows all of them once the
// file is generated.
const diffLines = 60

func shorten(text string) string {
	lines := slices.Collect(strings.Lines(text))
	if len(lines) <= diffLines {
		return text
	}
	return strings.Join(lines[:diffLines], "") + fmt.Sprintf("… and %d lines more\n", len(lines)-diffLines)
}
