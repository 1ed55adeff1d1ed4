package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/load"
)

const explainHelp = `Shows for each FUNCTION its prototype, the releases that have it, its disposition,
the role of every parameter and whether it was inferred or comes from the spec, and
the Go signature that results.`

func runExplain(args []string, out io.Writer) error {
	f := flag.NewFlagSet("explain", flag.ContinueOnError)
	if err := parse(f, args, -1); err != nil {
		return err
	}
	if f.NArg() == 0 {
		return usageError("explain needs a function; see go run ./gen help explain")
	}
	libraries, err := load.All(".")
	if err != nil {
		return err
	}
	for i, name := range f.Args() {
		if i > 0 {
			fmt.Fprintln(out)
		}
		var names []string
		known := false
		for _, l := range libraries {
			known = known || explain(l.Plan, name, out)
			names = append(names, functionNames(l.Plan)...)
		}
		if !known {
			return notFound("no release has a function ", name, names)
		}
	}
	return nil
}

// explain explains the function of that name and returns true, if p has one.
func explain(p *ir.Plan, name string, out io.Writer) bool {
	e := p.Function(name)
	if e == nil {
		return false
	}
	fmt.Fprintf(out, "%s\n", e.Prototype())
	fmt.Fprintf(out, "  since        Ceph %s%s\n", e.Since, until(e))
	if e.Deprecated {
		fmt.Fprintf(out, "  deprecated   yes\n")
	}
	fmt.Fprintf(out, "  disposition  %s: %s (%s)\n", e.Spec.Disposition, e.Spec.Target, e.Spec.Pos)
	for _, m := range p.Methods {
		explainUses(m, e, out)
	}
	explainParts(p, e, out)
	return true
}

// notFound returns an error that ends with name, and with the nearest of names if one is near.
func notFound(text, name string, names []string) error {
	text += name
	if mean := diag.DidYouMean(name, names); mean != "" {
		text += "; " + mean
	}
	return errors.New(text)
}

func functionNames(p *ir.Plan) []string {
	var names []string
	for _, f := range p.Functions {
		names = append(names, f.Name)
	}
	return names
}

func until(e *ir.Function) string {
	if e.Until == "" {
		return ""
	}
	return ", gone in Ceph " + e.Until
}

// explainUses says what m does with e.
func explainUses(m *ir.Method, e *ir.Function, out io.Writer) {
	for _, c := range m.Calls {
		switch e {
		case c.Function:
			fmt.Fprintf(out, "\n  %s\n", m.Signature())
			for _, remark := range remarks(m) {
				fmt.Fprintf(out, "    (%s)\n", remark)
			}
			explainCall(c, out)
		case c.Sync:
			fmt.Fprintf(out, "\n  %s\n    calls %s instead, which does the same and need not be waited for\n", m.Signature(), c.Function.Name)
		case c.Else:
			fmt.Fprintf(out, "\n  %s\n    stands in for %s where the library lacks it\n", m.Signature(), c.Function.Name)
		case c.Free:
			fmt.Fprintf(out, "\n  %s\n    frees %s, which %s makes\n", m.Signature(), c.As, c.Function.Name)
		}
	}
	if !slices.Contains(m.Supersedes, e) {
		return
	}
	var calls []string
	for _, c := range m.Calls {
		calls = append(calls, c.Function.Name)
	}
	fmt.Fprintf(out, "\n  %s\n    does the same by %s\n", m.Signature(), strings.Join(calls, ", "))
}

// remarks says what the signature of m does not tell.
func remarks(m *ir.Method) []string {
	var list []string
	if m.Private() {
		list = append(list, "private, for a hand-written file")
	}
	switch m.Access {
	case ir.Record:
		list = append(list, "a step: recorded in Go, done when the "+m.Recv.Go+" is performed")
	case ir.Unguarded:
		list = append(list, "unguarded: its caller keeps the "+m.Recv.Go+" from being freed")
	}
	switch {
	case m.Acquires():
		list = append(list, "may block its thread waiting for: "+string(m.Waits)+"; acquires room for that")
	case m.Blocks():
		list = append(list, "may block its thread waiting for: "+string(m.Waits)+"; the caller acquires room for that")
	}
	if m.Before != nil {
		list = append(list, "after "+m.Before.String()+", unless that fails")
	}
	if m.FreshMap != nil {
		list = append(list, "repeated with the newest OSD map after "+strings.Join(m.FreshMap, ", "))
	}
	for _, form := range m.ErrorForms {
		list = append(list, form.Name+" returns its code as an error")
	}
	if m.Replay != "" {
		list = append(list, "kept as "+m.Replay+", for copies of the "+m.Recv.Go)
	}
	if m.With != nil {
		list = append(list, m.With.Name+" returns a copy on which it is set")
	}
	return list
}

// explainParts says what e does below other things than the calls of a method.
func explainParts(p *ir.Plan, e *ir.Function, out io.Writer) {
	users := func(uses func(*ir.Part) bool) {
		for _, m := range p.Methods {
			if m.Any(uses) {
				fmt.Fprintf(out, "    %s\n", m.Signature())
			}
		}
	}
	for _, h := range p.Handles {
		performs := func(part *ir.Part) bool { return part.Performs == h }
		switch {
		case !h.Recorded():
		case e == h.OpNewFunc:
			fmt.Fprintf(out, "\n  makes the %s that a %s becomes, in\n", h.C, h.Go)
			users(performs)
		case e == h.FreeFunc:
			fmt.Fprintf(out, "\n  frees the %s that a %s became, in\n", h.C, h.Go)
			users(performs)
		}
	}
	for _, it := range p.Iterators {
		drains := func(part *ir.Part) bool { return part.Drains == it.C }
		switch e {
		case it.Call.Function:
			fmt.Fprintf(out, "\n  yields each pair of a %s, until %s is NULL, for\n", it.C, it.Call.Until)
			users(drains)
			explainCall(it.Call, out)
		case it.Free:
			fmt.Fprintf(out, "\n  ends a %s, for\n", it.C)
			users(drains)
		}
	}
	if e == p.Buffers.Free {
		fmt.Fprintf(out, "\n  gives back what the library allocated, for\n")
		users(func(part *ir.Part) bool { return part.Frees == e })
	}
}

func explainCall(c *ir.Call, out io.Writer) {
	source := func(inferred bool) string {
		if inferred {
			return "inferred"
		}
		return "from the spec"
	}
	for _, a := range c.Args {
		param := a.Param.Name
		if a.With != nil {
			param += ", " + a.With.Name
		}
		for _, other := range a.Covers {
			param += ", " + other.Name
		}
		if a.Count != nil {
			param += ", " + a.Count.Name
		}
		fmt.Fprintf(out, "    %-24s %s%s (%s)\n", param, a.Role, detail(a), source(a.Inferred))
	}
	fmt.Fprintf(out, "    %-24s %s: %s (%s)\n", "returns", c.Ret.Name, c.Ret.Meaning, source(c.Ret.Inferred))
}

func detail(a *ir.Arg) string {
	switch {
	case a.Keys.Fixed != nil:
		return " " + *a.Keys.Fixed
	case a.Object != "":
		return " " + a.Object
	case a.Keys.Field != "":
		return " → field " + a.Keys.Field
	case a.Part.Members != nil:
		return " → " + a.Part.Members[0].Name
	}
	return ""
}
