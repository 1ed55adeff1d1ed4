package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/pmezard/go-difflib/difflib"

	"github.com/go-rados/go-rados/gen/emit"
)

const checkHelp = `Does what generate does, but writes nothing: it fails and shows a diff if a
generated file is not what it should be. It also fails if a source of the
generator or a template names a librados function: those belong in the spec; and
if nothing that is written by hand in rados/ uses a thunk that is there for it.`

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

// difference is what would change in a generated file, as a unified diff.
func difference(root string, f emit.File) string {
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

// diffLines is how much of a diff is shown: who wants all of it generates the
// file and asks git.
const diffLines = 60

func shorten(text string) string {
	lines := strings.SplitAfter(text, "\n")
	if len(lines) <= diffLines {
		return text
	}
	return strings.Join(lines[:diffLines], "") + fmt.Sprintf("… and %d lines more\n", len(lines)-diffLines)
}
