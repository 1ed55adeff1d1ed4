package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/plan"
	"github.com/go-rados/go-rados/gen/role"
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
	p, _, err := loadPlan(".")
	if err != nil {
		return err
	}
	for i, name := range f.Args() {
		if i > 0 {
			fmt.Fprintln(out)
		}
		if err := explain(p, name, out); err != nil {
			return err
		}
	}
	return nil
}

func explain(p *plan.Plan, name string, out io.Writer) error {
	var names []string
	for _, e := range p.Entries {
		if e.Func.Name != name {
			names = append(names, e.Func.Name)
			continue
		}
		fmt.Fprintf(out, "%s\n", e.Func.Prototype())
		fmt.Fprintf(out, "  since        Ceph %s%s\n", e.Since, until(e))
		if e.Func.Deprecated {
			fmt.Fprintf(out, "  deprecated   yes\n")
		}
		fmt.Fprintf(out, "  disposition  %s: %s (%s)\n", e.Spec.Disposition, e.Spec.Target, e.Spec.Pos)
		for _, m := range p.Methods {
			explainUses(m, e, out)
		}
		explainParts(p, e, out)
		return nil
	}
	text := "no release has a function " + name
	if mean := diag.DidYouMean(name, names); mean != "" {
		text += "; " + mean
	}
	return errors.New(text)
}

func until(e *plan.Entry) string {
	if e.Until == "" {
		return ""
	}
	return ", gone in Ceph " + e.Until
}

// explainUses says what m does with e.
func explainUses(m *plan.Method, e *plan.Entry, out io.Writer) {
	for _, c := range m.Calls {
		switch e {
		case c.Entry:
			fmt.Fprintf(out, "\n  %s\n", m.Signature())
			for _, remark := range remarks(m) {
				fmt.Fprintf(out, "    (%s)\n", remark)
			}
			explainCall(c, out)
		case c.Twin:
			fmt.Fprintf(out, "\n  %s\n    calls %s instead, which does the same and need not be waited for\n", m.Signature(), c.Entry.Func.Name)
		case c.Else:
			fmt.Fprintf(out, "\n  %s\n    stands in for %s where the library lacks it\n", m.Signature(), c.Entry.Func.Name)
		case c.Free:
			fmt.Fprintf(out, "\n  %s\n    frees %s, which %s makes\n", m.Signature(), c.As, c.Entry.Func.Name)
		}
	}
	if !slices.Contains(m.Instead, e) {
		return
	}
	var calls []string
	for _, c := range m.Calls {
		calls = append(calls, c.Entry.Func.Name)
	}
	fmt.Fprintf(out, "\n  %s\n    does the same by %s\n", m.Signature(), strings.Join(calls, ", "))
}

// remarks says what the signature of m does not tell.
func remarks(m *plan.Method) []string {
	var list []string
	if m.Private() {
		list = append(list, "private, for a hand-written file")
	}
	switch m.Access {
	case plan.Record:
		list = append(list, "a step: recorded in Go, done when the "+m.Recv.Go+" is performed")
	case plan.Held:
		list = append(list, "unguarded: its caller keeps the "+m.Recv.Go+" from being freed")
	}
	switch {
	case m.Acquires():
		list = append(list, "may block its thread waiting for: "+string(m.Waits)+"; acquires room for that")
	case m.Blocks():
		list = append(list, "may block its thread waiting for: "+string(m.Waits)+"; the caller acquires room for that")
	}
	if m.Before != "" {
		list = append(list, "after "+m.Before+", unless that fails")
	}
	if m.FreshMap != nil {
		list = append(list, "repeated with the newest OSD map after "+strings.Join(m.FreshMap, ", "))
	}
	if m.Keep != "" {
		list = append(list, "kept as "+m.Keep+", for copies of the "+m.Recv.Go)
	}
	return list
}

// explainParts says what e does below other things than the calls of a method.
func explainParts(p *plan.Plan, e *plan.Entry, out io.Writer) {
	users := func(roles []string, ctype string) {
		for _, m := range p.Methods {
			if m.Has(roles, ctype) {
				fmt.Fprintf(out, "    %s\n", m.Signature())
			}
		}
	}
	for _, h := range p.Handles {
		switch e {
		case h.MakeEntry:
			fmt.Fprintf(out, "\n  makes the %s that a %s becomes, in\n", h.C, h.Go)
			users([]string{"recorded"}, h.C)
		case h.FreeEntry:
			fmt.Fprintf(out, "\n  frees the %s that a %s became, in\n", h.C, h.Go)
			users([]string{"recorded"}, h.C)
		}
	}
	for _, it := range p.Iterators {
		switch e {
		case it.Call.Entry:
			fmt.Fprintf(out, "\n  yields each pair of a %s, until %s is NULL, for\n", it.C, it.Call.Until)
			users([]string{"outcome"}, it.C)
			explainCall(it.Call, out)
		case it.Free:
			fmt.Fprintf(out, "\n  ends a %s, for\n", it.C)
			users([]string{"outcome"}, it.C)
		}
	}
	if e.Func.Name == p.Spec.Buffers.Free {
		fmt.Fprintf(out, "\n  gives back what the library allocated, for\n")
		users([]string{"owned-bytes", "owned-string", "outcome"}, "char")
	}
}

func explainCall(c *plan.Call, out io.Writer) {
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
		fmt.Fprintf(out, "    %-24s %s%s (%s)\n", param, a.Role.Name(), detail(a), source(a.Inferred))
	}
	fmt.Fprintf(out, "    %-24s %s: %s (%s)\n", "returns", c.Ret.Name, c.Ret.What, source(c.Ret.Inferred))
}

func detail(a *plan.Arg) string {
	switch {
	case a.Fixed != "":
		return " " + a.Fixed
	case a.Field != "":
		return " → field " + a.Field
	case a.Role.Name() == "outcome":
		return " → " + role.Place(&a.Arg)
	}
	return ""
}
