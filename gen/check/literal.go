package check

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/model"
)

var wordRE = regexp.MustCompile(`\w+`)

// Literals reports the names of C functions of p in the generator's sources and templates
// below root. All knowledge of a single function belongs in specFile, so that binding the
// next one does not change the generator.
func Literals(root, specFile string, p *ir.Plan) error {
	known := make(map[string]bool)
	for _, f := range p.Functions {
		known[f.Name] = true
	}
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
				word := strings.TrimPrefix(line[at[0]:at[1]], "gorados_")
				if known[word] {
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
