// Package docs renders the documentation of a plan: its list of C declarations.
package docs

import (
	"fmt"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/output"
	"github.com/go-rados/go-rados/gen/spec"
)

// Coverage counts C functions by their disposition.
type Coverage struct {
	Total, Reachable int
	Go, Via, Private int
	Skip, Todo       int
	Public           int // Go names
}

// Count counts the functions of p.
func Count(p *ir.Plan) Coverage {
	c := Coverage{Total: len(p.Functions)}
	for _, m := range p.Methods {
		if !m.Private() {
			c.Public++
		}
	}
	by := make(map[spec.Disposition]int)
	for _, e := range p.Functions {
		by[e.Spec.Disposition]++
	}
	c.Go, c.Via, c.Private, c.Skip, c.Todo = by[spec.Go], by[spec.Via], by[spec.Private], by[spec.Skip], by[spec.Todo]
	c.Reachable = c.Go + c.Via + c.Private
	return c
}

// Render renders the list of the functions with the template of the folder templates/ below root.
func Render(p *ir.Plan, root string) ([]byte, error) {
	v := &view{Plan: p, Declared: p.Called()}
	return output.Template(filepath.Join(root, "templates/coverage.md.tmpl"), template.FuncMap{"code": code}, v)
}

// view is the data of the template.
type view struct {
	*ir.Plan
	Declared []*ir.Function // functions that are called
}

// Coverage counts the functions by their disposition.
func (v *view) Coverage() Coverage { return Count(v.Plan) }

// GoNames lists the Go names over a C function.
func (v *view) GoNames(f *ir.Function) []string {
	var names []string
	for _, m := range v.Methods {
		for _, call := range m.Calls {
			if call.Function == f {
				names = append(names, m.FullName())
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// code is a Go name in Markdown, with a word on one that users can't call.
func code(name string) string {
	text := "`" + name + "`"
	if !token.IsExported(name[strings.LastIndexByte(name, '.')+1:]) {
		text += " (private)"
	}
	return text
}

// In says how a program finds a function in a release's library: it is linked
// to what each release has, and looks for anything else at run time.
func (v *view) In(e *ir.Function, of string) string {
	switch {
	case e.Everywhere:
		return "linked"
	case !slices.Contains(e.Has, of):
		return "absent"
	}
	return "run-time"
}

// Ways counts what In says of a release.
func (v *view) Ways(of string) map[string]int {
	count := make(map[string]int)
	for _, e := range v.Functions {
		count[v.In(e, of)]++
	}
	return count
}

// Via names the methods that a function without a Go name of its own is part of: the first of
// them, and how many others there are.
func (v *view) Via(f *ir.Function) string {
	text := "via " + code(f.Users[0])
	if others := len(f.Users) - 1; others > 0 {
		text += fmt.Sprintf(" and %d more", others)
	}
	return text
}

// Called returns the number of C functions that are called.
func (v *view) Called() int { return len(v.Declared) }

// Uncalled returns the number of reachable functions that are not called,
// because another function does their job.
func (v *view) Uncalled() int { return Count(v.Plan).Reachable - v.Called() }

// Calls reports whether f is called: "yes", "no", or "" for a function that is
// not bound.
func (v *view) Calls(f *ir.Function) string {
	switch {
	case f.Spec.Disposition == spec.Skip, f.Spec.Disposition == spec.Todo:
		return ""
	case slices.Contains(v.Declared, f):
		return "yes"
	}
	return "no"
}

// Fate returns the Go name of a declaration that is no function, or the reason why it has none.
func (v *view) Fate(d *ir.Declaration) string {
	switch {
	case d.GoName != "":
		return code(d.GoName)
	case d.User != "":
		return "part of `" + d.User + "`"
	case d.Text != "":
		return "skip: " + d.Skipped
	}
	return d.Kind + ": " + d.Skipped
}
