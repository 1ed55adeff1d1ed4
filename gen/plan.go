package main

import (
	"flag"
	"io"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/load"
)

const planHelp = `Prints the plan of each library: every decision of the generator, before any code is
rendered.
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
	var tree ir.Tree
	if name := f.Arg(0); name == "" {
		var all ir.Object
		for _, l := range libraries {
			all = append(all, ir.TreeField{Name: l.Library.Product, Value: ir.TreeOf(l.Plan)})
		}
		tree = all
	} else if tree, err = planOf(libraries, name); err != nil {
		return err
	}
	if *asJSON {
		return ir.WriteJSON(out, tree)
	}
	return ir.WriteText(out, tree)
}

// planOf returns the tree of one C function, with all methods that call it, or of one method.
func planOf(libraries []*load.Library, name string) (ir.Tree, error) {
	var names []string
	for _, l := range libraries {
		tree, known := planIn(l.Plan, name)
		if tree != nil {
			return tree, nil
		}
		names = append(names, known...)
	}
	return nil, notFound("there is no C function and no method ", name, names)
}

// planIn is planOf for one library. If it has none of that name, planIn returns the names that it has.
func planIn(p *ir.Plan, name string) (tree ir.Tree, names []string) {
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
