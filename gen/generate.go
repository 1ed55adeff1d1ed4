package main

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/emit"
	"github.com/go-rados/go-rados/gen/header"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/plan"
	"github.com/go-rados/go-rados/gen/reference"
	"github.com/go-rados/go-rados/gen/release"
	"github.com/go-rados/go-rados/gen/spec"
)

// Where the input is, below the module's root.
const (
	specFile    = "spec/bindings.yaml"
	snapshotDir = "spec/api"
)

// Where the description of the spec is written.
const (
	schemaFile    = "spec/bindings.schema.json"
	referenceFile = "docs/SPEC.md"
)

// systemHeader is read where no other is given. Tests do without it.
var systemHeader = "/usr/include/rados/librados.h"

const generateHelp = `Reads librados.h (the installed one, or that of --header), finds the snapshot in
spec/api/ that it matches, and writes rados/zz_generated.go, rados/zz_librados.h,
rados/zz_engine.c and docs/COVERAGE.md from all snapshots together and
spec/bindings.yaml, and rados/internal/surface/zz_functions.go, a list of what package
rados exports. It also writes spec/bindings.schema.json and docs/SPEC.md, which describe
the keys of spec/bindings.yaml. What is written does not depend on which release's header
is there. A header that matches no snapshot is refused until it is recorded (see help
snapshot).`

const checkHelp = `Does what generate does, but writes nothing: it fails and shows a diff if a
generated file is not what it should be. It also fails if a source of the
generator or a template names a librados function: those belong in the spec; and
if nothing that is written by hand in rados/ uses a thunk that is there for it.`

const snapshotHelp = `Reads HEADER and writes spec/api/R.txt: what release R of Ceph declares. Then
generate names every function that the spec does not mention yet.`

// loadPlan joins the snapshots and the spec below root.
func loadPlan(root string) (*plan.Plan, []*model.API, error) {
	apis, err := release.LoadDir(filepath.Join(root, snapshotDir))
	if err != nil {
		return nil, nil, err
	}
	s, err := spec.Load(filepath.Join(root, specFile))
	if err != nil {
		return nil, nil, err
	}
	p, err := plan.Build(s, release.Merge(apis))
	return p, apis, err
}

// matchHeader parses the header and says which snapshot it is. Where there is
// no header at the default place, there is nothing to match.
func matchHeader(path string, p *plan.Plan, apis []*model.API, out io.Writer) error {
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
func usedAt(p *plan.Plan, name string) string {
	for _, e := range p.Entries {
		if e.Func.Name == name {
			return e.Spec.Pos.String()
		}
	}
	for _, t := range p.Spec.Types {
		if t.Struct != "" && (name == t.Struct || strings.HasPrefix(name, t.Struct+".")) {
			return t.Pos.String()
		}
	}
	return ""
}

func runGenerate(args []string, out io.Writer) error {
	p, files, err := render("generate", args, out)
	if err != nil {
		return err
	}
	changed, err := emit.Write(".", files)
	if err != nil {
		return err
	}
	c := emit.Count(p)
	fmt.Fprintf(out, "%d functions of Ceph %s: %d bound (%d Go names), %d left out, %d to do\n",
		c.Total, strings.Join(p.Union.Releases, ", "), c.Reachable, c.Public, c.Skip, c.Todo)
	if len(changed) == 0 {
		fmt.Fprintln(out, "generated files: unchanged")
		return nil
	}
	fmt.Fprintln(out, "generated files: changed", strings.Join(changed, ", "))
	return nil
}

func runCheck(args []string, out io.Writer) error {
	p, files, err := render("check", args, out)
	if err != nil {
		return err
	}
	if err := errors.Join(checkLiterals(".", p.Union), checkStale(".", files), checkRaw(".", p)); err != nil {
		return err
	}
	fmt.Fprintln(out, "generated files: up to date")
	return nil
}

func checkStale(root string, files []emit.File) error {
	stale := emit.Stale(root, files)
	if len(stale) == 0 {
		return nil
	}
	var b strings.Builder
	for _, f := range stale {
		fmt.Fprintf(&b, "%s is not what the generator makes of the spec:\n%s\n", f.Path, difference(root, f))
	}
	return errors.New(b.String() + "Run: make generate")
}

func render(name string, args []string, out io.Writer) (*plan.Plan, []emit.File, error) {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	path := f.String("header", "", "")
	if err := parse(f, args, 0); err != nil {
		return nil, nil, err
	}
	p, apis, err := loadPlan(".")
	if err != nil {
		return nil, nil, err
	}
	if err := matchHeader(*path, p, apis, out); err != nil {
		return nil, nil, err
	}
	files, err := emit.Files(p, ".")
	if err != nil {
		return nil, nil, err
	}
	list, err := surface(".", files)
	if err != nil {
		return nil, nil, err
	}
	described, err := describe(".")
	return p, slices.Concat(files, []emit.File{list}, described), err
}

// describe renders the description of the spec below root.
func describe(root string) ([]emit.File, error) {
	schema, err := reference.Schema()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(root, specFile)
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	text, err := reference.Markdown(path, src)
	return []emit.File{{Path: schemaFile, Data: schema}, {Path: referenceFile, Data: text}}, err
}

func runSnapshot(args []string, out io.Writer) error {
	f := flag.NewFlagSet("snapshot", flag.ContinueOnError)
	name := f.String("release", "", "")
	if err := parse(f, args, 1); err != nil {
		return err
	}
	if *name == "" {
		return usageError("snapshot needs --release; see go run ./gen help snapshot")
	}
	api, err := header.Parse(f.Arg(0))
	if err != nil {
		return err
	}
	api.Release = *name
	var b bytes.Buffer
	if err := release.Write(&b, api); err != nil {
		return err
	}
	path := filepath.Join(snapshotDir, *name+".txt")
	changed, err := emit.Write(".", []emit.File{{Path: path, Data: b.Bytes()}})
	if err != nil {
		return err
	}
	what := "unchanged"
	if len(changed) > 0 {
		what = "written"
	}
	_, err = fmt.Fprintf(out, "%s: %s, %d functions\n", path, what, len(api.Funcs))
	return err
}
