package main

import (
	"flag"
	"io"

	"github.com/go-rados/go-rados/gen/load"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
	"github.com/go-rados/go-rados/gen/resolve"
	"github.com/go-rados/go-rados/gen/spec"
)

const diffHelp = `Shows what release B of librados.h added, removed and changed since release A, and
what the spec says of each function. A and B are releases with a snapshot ("16.2")
or paths of snapshots (x.txt). --markdown writes it for release notes.`

func runDiff(args []string, out io.Writer) error {
	f := flag.NewFlagSet("diff", flag.ContinueOnError)
	markdown := f.Bool("markdown", false, "")
	if err := parse(f, args, 2); err != nil {
		return err
	}
	var sides [2]*model.API
	for i := range sides {
		api, err := snapshot(f.Arg(i))
		if err != nil {
			return err
		}
		sides[i] = api
	}
	s, err := spec.Load(load.SpecFile)
	if err != nil {
		return err
	}
	disposition := func(name string) string { return outcome(s, name) }
	changes := release.Diff(sides[0], sides[1])
	text := changes.Text(disposition)
	if *markdown {
		text = changes.Markdown(disposition)
	}
	_, err = io.WriteString(out, text)
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
