package main

import (
	"flag"
	"io"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/load"
)

const planHelp = `Prints the plan: every decision of the generator, before any code is rendered.
NAME is a C function, or a Go function or TYPE.METHOD, to which the output is limited;
for a C function it has all methods that call it. With --json the output is JSON.`

func runPlan(args []string, out io.Writer) error {
	f := flag.NewFlagSet("plan", flag.ContinueOnError)
	asJSON := f.Bool("json", false, "")
	if err := parse(f, args, -1); err != nil {
		return err
	}
	if f.NArg() > 1 {
		return usageError("plan takes at most 1 argument; see go run ./gen help plan")
	}
	libraries, err := load.All(".")
	if err != nil {
		return err
	}
	trees := []ir.Tree{}
	var names []string
	for _, l := range libraries {
		if f.NArg() == 0 {
			trees = append(trees, ir.TreeOf(l.Plan))
			continue
		}
		tree, known := planOf(l.Plan, f.Arg(0))
		if names = append(names, known...); tree != nil {
			trees = append(trees, tree)
		}
	}
	if len(trees) == 0 {
		return notFound("there is no C function and no method ", f.Arg(0), names)
	}
	var tree ir.Tree = trees
	if len(trees) == 1 {
		tree = trees[0]
	}
	if *asJSON {
		return ir.WriteJSON(out, tree)
	}
	return ir.WriteText(out, tree)
}

// planOf returns the tree of one C function, with all methods that call it, or of one method. It also
// returns the names of all methods and C functions if none has that name.
func planOf(p *ir.Plan, name string) (tree ir.Tree, names []string) {
	for _, m := range p.Methods {
		if m.FullName() == name {
			return ir.TreeOf(m), nil
		}
		names = append(names, m.FullName())
	}
	if f := p.Function(name); f != nil {
		methods := []ir.Tree{}
		for _, m := range p.Methods {
			if m.Uses(f) {
				methods = append(methods, ir.TreeOf(m))
			}
		}
		return ir.Object{{Name: "function", Value: ir.TreeOf(f)}, {Name: "methods", Value: methods}}, nil
	}
	return nil, append(names, functionNames(p)...)
}
