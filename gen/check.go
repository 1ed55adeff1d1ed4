package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/go-rados/go-rados/gen/check"
	"github.com/go-rados/go-rados/gen/load"
	"github.com/go-rados/go-rados/gen/output"
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
	if err := errors.Join(check.Literals(".", load.SpecFile, p), output.CheckStale(".", files), check.UnusedThunks(".", p)); err != nil {
		return err
	}
	fmt.Fprintln(out, "generated files: up to date")
	return nil
}
