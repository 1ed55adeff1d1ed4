package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/cgen"
	"github.com/go-rados/go-rados/gen/docs"
	"github.com/go-rados/go-rados/gen/fake"
	"github.com/go-rados/go-rados/gen/gogen"
	"github.com/go-rados/go-rados/gen/header"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/load"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/output"
	"github.com/go-rados/go-rados/gen/reference"
	"github.com/go-rados/go-rados/gen/release"
)

// Where the description of the spec is written.
const (
	schemaFile    = "spec/bindings.schema.json"
	referenceFile = "docs/SPEC.md"
)

// systemHeader is read where no other is given. Tests do without it.
var systemHeader = "/usr/include/rados/librados.h"

const generateHelp = `Reads librados.h (the installed one, or that of --header), finds the snapshot in
spec/api/ that it matches, and writes rados/zz_generated.go, rados/zz_*.h,
rados/zz_*.c and docs/COVERAGE.md from all snapshots together and
spec/bindings.yaml, and internal/test/misuse/zz_functions.go, a list of what package
rados exports. It writes internal/test/fakelibrados/lib/zz_functions.c, the functions
of the fake library that are not written by hand, and spec/bindings.schema.json and
docs/SPEC.md, which describe the keys of spec/bindings.yaml. What is written does not
depend on which release's header is there. A header that matches no snapshot is refused
until it is recorded (see help snapshot).`

func runGenerate(args []string, out io.Writer) error {
	p, files, err := render("generate", args, out)
	if err != nil {
		return err
	}
	changed, err := output.Write(".", files)
	if err != nil {
		return err
	}
	c := docs.Count(p)
	fmt.Fprintf(out, "%d functions of Ceph %s: %d bound (%d Go names), %d left out, %d to do\n",
		c.Total, strings.Join(p.Releases, ", "), c.Reachable, c.Public, c.Skip, c.Todo)
	if len(changed) == 0 {
		fmt.Fprintln(out, "generated files: unchanged")
		return nil
	}
	fmt.Fprintln(out, "generated files: changed", strings.Join(changed, ", "))
	return nil
}

func render(name string, args []string, out io.Writer) (*ir.Plan, []output.File, error) {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	path := f.String("header", "", "")
	if err := parse(f, args, 0); err != nil {
		return nil, nil, err
	}
	p, in, err := load.Plan(".")
	if err != nil {
		return nil, nil, err
	}
	if err := matchHeader(*path, p, in.APIs, out); err != nil {
		return nil, nil, err
	}
	files, err := renderPlan(p, ".")
	if err != nil {
		return nil, nil, err
	}
	double, err := fake.Render(".", in.Union, p)
	if err != nil {
		return nil, nil, err
	}
	described, err := describe(".")
	return p, slices.Concat(files, []output.File{{Path: fake.File, Data: double}}, described), err
}

// renderPlan renders p for the module in root.
func renderPlan(p *ir.Plan, root string) ([]output.File, error) {
	code, err := gogen.Render(p)
	if err != nil {
		return nil, err
	}
	files, err := cgen.Render(p, filepath.Join(root, "templates"))
	if err != nil {
		return nil, err
	}
	coverage, err := docs.Render(p, root)
	if err != nil {
		return nil, err
	}
	exports, err := gogen.Exports(root, code)
	return append(files,
		output.File{Path: gogen.Path, Data: code},
		output.File{Path: docs.CoveragePath, Data: coverage},
		output.File{Path: gogen.ExportsPath, Data: exports},
	), err
}

// describe renders the description of the spec below root.
func describe(root string) ([]output.File, error) {
	schema, err := reference.Schema()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(root, load.SpecFile)
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	text, err := reference.Markdown(path, src)
	return []output.File{{Path: schemaFile, Data: schema}, {Path: referenceFile, Data: text}}, err
}

// matchHeader parses the header and says which snapshot it is. Where there is
// no header at the default place, nothing must match.
func matchHeader(path string, p *ir.Plan, apis []*model.API, out io.Writer) error {
	given := path != ""
	path = cmp.Or(path, systemHeader)
	h, err := header.Parse(path)
	if !given && errors.Is(err, os.ErrNotExist) {
		fmt.Fprintf(out, "no %s here; using the snapshots alone\n", path)
		return nil
	}
	if err != nil {
		return err
	}
	exact, nearest, changes := release.Match(h, apis)
	if exact == nil {
		return fmt.Errorf("%s matches no snapshot; nearest is %s:\n\n%s\nRecord it first: go run ./gen snapshot --release R %s",
			path, nearest.Release, changes.Located(func(name string) string { return usedAt(p, name) }), path)
	}
	fmt.Fprintf(out, "%s: %d functions parsed, matches the snapshot of Ceph %s\n", path, len(h.Funcs), exact.Release)
	return nil
}

// usedAt is where the spec makes use of a function or struct, or "".
func usedAt(p *ir.Plan, name string) string {
	if f := p.Function(name); f != nil {
		return f.Spec.Pos.String()
	}
	for _, t := range p.Types {
		if t.C != "" && (name == t.C || strings.HasPrefix(name, t.C+".")) {
			return t.Pos.String()
		}
	}
	return ""
}
