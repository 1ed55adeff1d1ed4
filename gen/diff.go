package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/go-rados/go-rados/gen/load"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
	"github.com/go-rados/go-rados/gen/resolve"
	"github.com/go-rados/go-rados/gen/spec"
)

const diffHelp = `Shows what release B of the headers added, removed and changed since release A, and
what the spec says of each function. A and B are releases with a snapshot ("16.2")
or paths of snapshots (x.txt). --markdown writes it for release notes.`

func runDiff(args []string, out io.Writer) error {
	f := flag.NewFlagSet("diff", flag.ContinueOnError)
	markdown := f.Bool("markdown", false, "")
	if err := parse(f, args, 2); err != nil {
		return err
	}
	specs, err := load.Specs(".")
	if err != nil {
		return err
	}
	if strings.HasSuffix(f.Arg(0)+f.Arg(1), ".txt") { // a path, which is of one library
		return diff(specs[0], f.Args(), *markdown, out)
	}
	for i, in := range specs {
		if i > 0 {
			fmt.Fprintf(out, "\n%s:\n\n", in.Spec.Library.Product)
		}
		err := diff(in, f.Args(), *markdown, out)
		if i > 0 && errors.Is(err, os.ErrNotExist) {
			_, err = fmt.Fprintln(out, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// diff shows what the second of two releases changed in one library.
func diff(in *load.Input, releases []string, markdown bool, out io.Writer) error {
	var sides [2]*model.API
	for i := range sides {
		api, err := snapshot(in, releases[i])
		if err != nil {
			return err
		}
		sides[i] = api
	}
	disposition := func(name string) string { return outcome(in.Spec, name) }
	changes := release.Diff(sides[0], sides[1])
	text := changes.Text(disposition)
	if markdown {
		text = changes.Markdown(disposition)
	}
	_, err := io.WriteString(out, text)
	return err
}

// outcome returns the disposition of a function in a few words. It asks the spec, not
// the plan: none exists while a new release has undecided functions.
func outcome(s *spec.Spec, name string) string {
	for _, f := range s.Functions {
		if f.C == name {
			return string(f.Disposition) + ": " + f.Target
		}
	}
	if _, ok := resolve.Mentioned(s)[name]; ok {
		return "part of other methods"
	}
	return "not in the spec"
}
