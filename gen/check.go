package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/go-rados/go-rados/gen/check"
	"github.com/go-rados/go-rados/gen/load"
	"github.com/go-rados/go-rados/gen/output"
)

const checkHelp = `Does what generate does, but writes nothing: it fails and shows a diff if a
generated file is not what it should be. It also fails if a source of the
generator or a template names a function of a library: those belong in the spec; if
nothing that is written by hand in the package uses a thunk that is there for it; and
if the C compiler, where there is one, does not accept the generated C with the
declarations of each recorded release.`

func runCheck(args []string, out io.Writer) error {
	libraries, files, err := render("check", args, out)
	if err != nil {
		return err
	}
	errs := []error{output.CheckStale(".", files)}
	for _, l := range libraries {
		errs = append(errs, check.Literals(".", l.SpecFile(), l.Plan), check.UnusedThunks(".", l.Plan), unreviewed(l.SpecFile()))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	fmt.Fprintln(out, "generated files: up to date")
	for _, l := range libraries {
		if err := compileC(l, files, out); err != nil {
			return err
		}
	}
	return nil
}

// compileC compiles the C among files of a library with the declarations of each of its releases.
func compileC(l *load.Library, files []output.File, out io.Writer) error {
	err := check.Compile(inFolder(l.Plan.Library.Folder, files), l.Plan.Library.Header, l.APIs)
	switch {
	case errors.Is(err, check.ErrNoCompiler):
		fmt.Fprintln(out, err)
		return nil
	case err != nil:
		return err
	}
	fmt.Fprintf(out, "generated C: compiles with the declarations of %s of Ceph %s\n", l.Plan.Library.Product, strings.Join(l.Plan.Releases, ", "))
	return nil
}

// inFolder returns the files in a folder.
func inFolder(folder string, files []output.File) []output.File {
	var list []output.File
	for _, f := range files {
		if filepath.Dir(f.Path) == filepath.Clean(folder) {
			list = append(list, f)
		}
	}
	return list
}
