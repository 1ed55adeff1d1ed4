package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
)

var wordRE = regexp.MustCompile(`\w+`)

// checkLiterals looks for the names of librados functions in the generator's
// own sources and templates, where none belongs: all that is known of a single
// function is in the spec, so that the next one needs no change of the generator.
func checkLiterals(root string, u *release.Union) error {
	var diags diag.List
	look := func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "testdata":
			return filepath.SkipDir
		case d.IsDir() || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for i, line := range strings.Split(string(src), "\n") {
			for _, at := range wordRE.FindAllStringIndex(line, -1) {
				word := strings.TrimPrefix(line[at[0]:at[1]], "go_")
				if u.Func(word) != nil {
					pos := model.Pos{File: path, Line: i + 1, Col: at[0] + 1}
					diags.Add(pos, "%s is named here; what is special about one function belongs in %s", word, specFile)
				}
			}
		}
		return nil
	}
	for _, dir := range []string{"gen", "templates"} {
		if err := filepath.WalkDir(filepath.Join(root, dir), look); err != nil {
			return err
		}
	}
	return diags.Err()
}
