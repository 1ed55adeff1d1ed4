package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pmezard/go-difflib/difflib"

	"github.com/go-rados/go-rados/gen/diag"
	"github.com/go-rados/go-rados/gen/emit"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/plan"
	"github.com/go-rados/go-rados/gen/release"
	"github.com/go-rados/go-rados/gen/role"
	"github.com/go-rados/go-rados/gen/spec"
)

const diffHelp = `Shows what release B of librados.h added, removed and changed since release A, and
what the spec says of each function. A and B are releases with a snapshot ("16.2")
or paths of snapshots (x.txt). --markdown writes it for release notes.`

const explainHelp = `Shows for each FUNCTION its prototype, the releases that have it, its disposition,
the role of every parameter and whether it was inferred or comes from the spec, and
the Go signature that results.`

const coverageHelp = `Counts, for each release, the functions that are reachable from Go, left out and
to do.`

// difference is what would change in a generated file, as a unified diff.
func difference(root string, f emit.File) string {
	old, err := os.ReadFile(filepath.Join(root, f.Path))
	if err != nil {
		return "there is none: " + err.Error() + "\n"
	}
	text, err := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
		A:        difflib.SplitLines(string(old)),
		B:        difflib.SplitLines(string(f.Data)),
		FromFile: f.Path + " (on disk)",
		ToFile:   f.Path + " (generated)",
		Context:  3,
	})
	if err != nil {
		return err.Error()
	}
	return shorten(text)
}

// diffLines is how much of a diff is shown: who wants all of it generates the
// file and asks git.
const diffLines = 60

func shorten(text string) string {
	lines := strings.SplitAfter(text, "\n")
	if len(lines) <= diffLines {
		return text
	}
	return strings.Join(lines[:diffLines], "") + fmt.Sprintf("… and %d lines more\n", len(lines)-diffLines)
}

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
	s, err := spec.Load(specFile)
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

// snapshot finds a snapshot by its release or its path.
func snapshot(name string) (*model.API, error) {
	path := filepath.Join(snapshotDir, name+".txt")
	if strings.HasSuffix(name, ".txt") {
		path = name
	}
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("no snapshot %s; record it with go run ./gen snapshot", path)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return release.Read(path, f)
}

// outcome says in a few words what becomes of a function. It asks the spec, not
// the plan: there is none as long as a new release has undecided functions.
func outcome(s *spec.Spec, name string) string {
	for _, f := range s.Functions {
		if f.C == name {
			return string(f.Disposition) + ": " + f.Target
		}
	}
	return "not in the spec"
}

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
		list = append(list, "held: whoever calls it keeps the "+m.Recv.Go+" from being freed")
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

func runCoverage(args []string, out io.Writer) error {
	if err := parse(flag.NewFlagSet("coverage", flag.ContinueOnError), args, 0); err != nil {
		return err
	}
	p, apis, err := loadPlan(".")
	if err != nil {
		return err
	}
	const row = "%-8s %6s %10s %5s %5s %5s %5s %5s\n"
	fmt.Fprintf(out, row, "release", "total", "reachable", "go", "via", "raw", "skip", "todo")
	for _, api := range apis {
		c := emit.Count(only(p, api))
		fmt.Fprintf(out, row, api.Release, num(c.Total), num(c.Reachable), num(c.Go), num(c.Via), num(c.Raw), num(c.Skip), num(c.Todo))
	}
	c := emit.Count(p)
	fmt.Fprintf(out, row, "any", num(c.Total), num(c.Reachable), num(c.Go), num(c.Via), num(c.Raw), num(c.Skip), num(c.Todo))
	return nil
}

func num(n int) string { return fmt.Sprint(n) }

// only is p with just the functions that one release has.
func only(p *plan.Plan, api *model.API) *plan.Plan {
	one := *p
	one.Entries = nil
	for _, e := range p.Entries {
		if api.Func(e.Func.Name) != nil {
			one.Entries = append(one.Entries, e)
		}
	}
	return &one
}
