package main

import (
	"cmp"
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
)

const diffHelp = `Shows what release B of the headers added, removed and changed since release A, and
what the spec says of each function, constant, struct and callback. A and B are
releases with a snapshot ("16.2") or paths of snapshots (x.txt). --markdown writes it
for release notes.`

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
	in, err := load.Read(".", in.Folder)
	if err != nil {
		return err
	}
	known := outcomes(in)
	disposition := func(name string) string { return cmp.Or(known[name], "not in the spec") }
	changes := release.Diff(sides[0], sides[1])
	text := changes.Text(disposition)
	if markdown {
		text = changes.Markdown(disposition)
	}
	_, err = io.WriteString(out, text)
	return err
}

// outcomes returns the disposition of each C name that the spec has, in a few words. It does not need a
// complete plan: none exists while a new release has undecided functions.
func outcomes(in *load.Input) map[string]string {
	all := make(map[string]string)
	for name := range resolve.Mentioned(in.Spec) {
		all[name] = "part of other methods"
	}
	p, _ := resolve.Plan(in.Spec, in.Union, load.Roles)
	for _, g := range p.Consts {
		for _, c := range g.Consts {
			all[c.C] = "consts: " + c.Go
		}
	}
	for _, t := range in.Spec.Types {
		all[t.Struct] = "types: " + t.Go
	}
	for _, e := range in.Spec.Events {
		all[e.C] = "events"
	}
	for _, o := range in.Spec.Skips {
		all[o.C] = "skip: " + o.Reason
	}
	for _, f := range in.Spec.Functions {
		all[f.C] = string(f.Disposition) + ": " + f.Target
	}
	return all
}
