package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-rados/go-rados/gen/cgen"
	"github.com/go-rados/go-rados/gen/docs"
	"github.com/go-rados/go-rados/gen/fake"
	"github.com/go-rados/go-rados/gen/gogen"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/load"
	"github.com/go-rados/go-rados/gen/output"
	"github.com/go-rados/go-rados/gen/reference"
	"github.com/go-rados/go-rados/gen/release"
)

// Where the description of the spec is written.
const (
	schemaFile    = "spec/bindings.schema.json"
	referenceFile = "docs/SPEC.md"
)

// systemHeaders is the folder of the headers that are read where no other is given. Tests do
// without it.
var systemHeaders = "/usr/include"

const generateHelp = `Reads the folders spec and spec/*, each of which describes a C library. For each it
finds the snapshot in api/ that the header matches (the installed one, or that of
--header), and writes zz_*.go, zz_*.h and zz_*.c in the folder of the Go package, from
all snapshots together and bindings.yaml, and the list of the functions in docs/. It also
writes what tests need: the lists of what a package exports and of what its methods wait
for, and the functions of a fake library that are not written by hand; and
spec/bindings.schema.json and docs/SPEC.md, which describe the keys of bindings.yaml.
What is written does not depend on which release's header is there. A header that
matches no snapshot is refused until it is recorded (see help snapshot).`

func runGenerate(args []string, out io.Writer) error {
	libraries, files, err := render("generate", args, out)
	if err != nil {
		return err
	}
	changed, err := output.Write(".", files)
	if err != nil {
		return err
	}
	for _, l := range libraries {
		c := docs.Count(l.Plan)
		fmt.Fprintf(out, "%d functions of %s in Ceph %s: %d bound (%d Go names), %d left out, %d to do\n",
			c.Total, l.Library.Product, strings.Join(l.Releases, ", "), c.Reachable, c.Public, c.Skip, c.Todo)
	}
	if len(changed) == 0 {
		fmt.Fprintln(out, "generated files: unchanged")
		return nil
	}
	fmt.Fprintln(out, "generated files: changed", strings.Join(changed, ", "))
	return nil
}

func render(name string, args []string, out io.Writer) ([]*load.Library, []output.File, error) {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	path := f.String("header", "", "")
	if err := parse(f, args, 0); err != nil {
		return nil, nil, err
	}
	libraries, err := load.All(".")
	if err != nil {
		return nil, nil, err
	}
	if err := matchHeaders(*path, libraries, out); err != nil {
		return nil, nil, err
	}
	files, err := describe(".")
	if err != nil {
		return nil, nil, err
	}
	for _, l := range libraries {
		own, err := renderLibrary(l, ".")
		if err != nil {
			return nil, nil, err
		}
		files = append(files, own...)
	}
	return libraries, files, nil
}

// renderLibrary renders l for the module in root.
func renderLibrary(l *load.Library, root string) ([]output.File, error) {
	files, err := renderPlan(l.Plan, root)
	if err != nil {
		return nil, err
	}
	if path := l.Library.Waits; path != "" {
		waits, err := gogen.Waits(l.Plan)
		if err != nil {
			return nil, err
		}
		files = append(files, output.File{Path: path, Data: waits})
	}
	if l.Library.Fake == "" {
		return files, nil
	}
	double, err := fake.Render(root, l.Union, l.Plan)
	return append(files, output.File{Path: l.Library.Fake, Data: double}), err
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
	runtime, err := gogen.Runtime(p, root, code)
	if err != nil {
		return nil, err
	}
	coverage, err := docs.Render(p, root)
	if err != nil {
		return nil, err
	}
	files = append(files,
		output.File{Path: p.Path(gogen.File), Data: code},
		output.File{Path: p.Path(gogen.RuntimeFile), Data: runtime},
		output.File{Path: p.Library.Coverage, Data: coverage})
	if p.Library.Exports == "" {
		return files, nil
	}
	exports, err := gogen.Exports(p, root, code)
	return append(files, output.File{Path: p.Library.Exports, Data: exports}), err
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
	text, err := reference.Markdown(path, src, goldens)
	return []output.File{{Path: schemaFile, Data: schema}, {Path: referenceFile, Data: text}}, err
}

// matchHeaders parses the header of each library, or only the one at path unless that is "", and
// says which snapshot it is.
func matchHeaders(path string, libraries []*load.Library, out io.Writer) error {
	if path != "" {
		return matchHeader(path, libraryOf(path, libraries, func(l *load.Library) *load.Input { return l.Input }), out)
	}
	for _, l := range libraries {
		path := filepath.Join(systemHeaders, l.Library.Header)
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			fmt.Fprintf(out, "no %s here; using the snapshots alone\n", path)
			continue
		}
		if err := matchHeader(path, l, out); err != nil {
			return err
		}
	}
	return nil
}

// libraryOf returns the one of list whose header has the name of the file at path, or else the first.
func libraryOf[T any](path string, list []T, input func(T) *load.Input) T {
	for _, l := range list {
		if filepath.Base(input(l).Spec.Library.Header) == filepath.Base(path) {
			return l
		}
	}
	return list[0]
}

// matchHeader parses the header at path and says which snapshot of l it is.
func matchHeader(path string, l *load.Library, out io.Writer) error {
	h, err := load.Header(l.Library).Parse(path)
	if err != nil {
		return err
	}
	exact, nearest, changes := release.Match(h, l.APIs)
	if exact == nil {
		return fmt.Errorf("%s matches no snapshot; nearest is %s:\n\n%s\nRecord it first: go run ./gen snapshot --release R %s",
			path, nearest.Release, changes.Located(func(name string) string { return usedAt(l.Plan, name) }), path)
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
