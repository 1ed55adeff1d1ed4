package main

import (
	"flag"
	"fmt"
	"io"

	"github.com/go-rados/go-rados/gen/docs"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/load"
	"github.com/go-rados/go-rados/gen/model"
)

const coverageHelp = `Counts, for each release, the functions that are reachable from Go, left out and
to do.`

func runCoverage(args []string, out io.Writer) error {
	if err := parse(flag.NewFlagSet("coverage", flag.ContinueOnError), args, 0); err != nil {
		return err
	}
	libraries, err := load.All(".")
	if err != nil {
		return err
	}
	for i, l := range libraries {
		if i > 0 {
			fmt.Fprintf(out, "\n%s:\n", l.Library.Product)
		}
		cover(l, out)
	}
	return nil
}

// cover counts the functions of one library.
func cover(l *load.Library, out io.Writer) {
	const row = "%-8s %6s %10s %5s %5s %7s %5s %5s\n"
	fmt.Fprintf(out, row, "release", "total", "reachable", "go", "via", "private", "skip", "todo")
	for _, api := range l.APIs {
		c := docs.Count(only(l.Plan, api))
		fmt.Fprintf(out, row, api.Release, num(c.Total), num(c.Reachable), num(c.Go), num(c.Via), num(c.Private), num(c.Skip), num(c.Todo))
	}
	c := docs.Count(l.Plan)
	fmt.Fprintf(out, row, "any", num(c.Total), num(c.Reachable), num(c.Go), num(c.Via), num(c.Private), num(c.Skip), num(c.Todo))
}

func num(n int) string { return fmt.Sprint(n) }

// only is p with just the functions that one release has.
func only(p *ir.Plan, api *model.API) *ir.Plan {
	one := *p
	one.Functions = nil
	for _, e := range p.Functions {
		if api.Func(e.Name) != nil {
			one.Functions = append(one.Functions, e)
		}
	}
	return &one
}
