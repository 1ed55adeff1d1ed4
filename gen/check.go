package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/go-rados/go-rados/gen/check"
	"github.com/go-rados/go-rados/gen/output"
)

const checkHelp = `Does what generate does, but writes nothing: it fails and shows a diff if a
generated file is not what it should be. It also fails if a source of the
generator or a template names a function of a library: those belong in the spec; and
if nothing that is written by hand in the package uses a thunk that is there for it.`

func runCheck(args []string, out io.Writer) error {
	libraries, files, err := render("check", args, out)
	if err != nil {
		return err
	}
	errs := []error{output.CheckStale(".", files)}
	for _, l := range libraries {
		errs = append(errs, check.Literals(".", l.SpecFile(), l.Plan), check.UnusedThunks(".", l.Plan))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	fmt.Fprintln(out, "generated files: up to date")
	return nil
}
