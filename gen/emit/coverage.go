package emit

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/live"
	"github.com/go-rados/go-rados/gen/plan"
	"github.com/go-rados/go-rados/gen/spec"
)

// Coverage counts C functions by what became of them.
type Coverage struct {
	Total, Reachable int
	Go, Via, Raw     int
	Skip, Todo       int
	Public           int // Go names
}

// Count counts the functions of p.
func Count(p *plan.Plan) Coverage {
	c := Coverage{Total: len(p.Entries)}
	for _, m := range p.Methods {
		if !m.Private() {
			c.Public++
		}
	}
	by := make(map[spec.Disposition]int)
	for _, e := range p.Entries {
		by[e.Spec.Disposition]++
	}
	c.Go, c.Via, c.Raw, c.Skip, c.Todo = by[spec.Go], by[spec.Via], by[spec.Raw], by[spec.Skip], by[spec.Todo]
	c.Reachable = c.Go + c.Via + c.Raw
	return c
}

// In says how a program finds a function in a release's library: it is linked
// to what each release has, and looks for anything else at run time.
func (v *view) In(e *plan.Entry, of string) string {
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
	for _, e := range v.Entries {
		count[v.In(e, of)]++
	}
	return count
}

// Where the results of tests are.
const (
	outcomeFile = "docs/RELEASES.md"
	factFile    = "spec/live.txt"
)

// addResults reads what the tests have shown, as far as it is known.
func (v *view) addResults(root string) (err error) {
	if v.facts, err = live.Read(filepath.Join(root, factFile)); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(root, outcomeFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	v.outcomes = outcomes(string(text))
	return nil
}

// outcomes reads the table of the tests with each release: its release, what Debian has of
// it, the kind of build, and what came of it. Why one was not run is left out.
func outcomes(text string) map[string]map[string]string {
	of := make(map[string]map[string]string)
	for line := range strings.Lines(text) {
		cells := strings.Split(line, " | ")
		if len(cells) < 4 || !strings.HasPrefix(line, "| ") {
			continue
		}
		name := strings.TrimPrefix(cells[0], "| ")
		if of[name] == nil {
			of[name] = make(map[string]string)
		}
		of[name][cells[2]], _, _ = strings.Cut(cells[3], ":")
	}
	return of
}

// Called counts the functions that are called, and Uncalled those whose job others do.
func (v *view) Called() int { return len(v.Declared) }

// Uncalled is the other of them.
func (v *view) Uncalled() int { return Count(v.Plan).Reachable - v.Called() }

// Outcomes is what came of the tests with a release, by the kind of build.
func (v *view) Outcomes(of string) map[string]string {
	all := map[string]string{"own build": "not run", "one binary": "not run"}
	maps.Copy(all, v.outcomes[of])
	return all
}

// Live names the test that reaches a function, and the release that it takes.
func (v *view) Live(e *plan.Entry) string {
	fact, known := v.facts[e.Func.Name]
	switch {
	case e.Spec.Disposition == spec.Skip, e.Spec.Disposition == spec.Todo:
		return ""
	case !slices.Contains(v.Declared, e):
		return "not called itself"
	case !known:
		return "none"
	case e.Everywhere && !v.fallback(e):
		return "`" + fact.Test + "`"
	}
	return "`" + fact.Test + "` (" + fact.Release + ")"
}

// fallback reports whether e is called only where a newer function is missing.
func (v *view) fallback(e *plan.Entry) bool {
	if v.Spec.Completions.Else == e.Func.Name {
		return true
	}
	other := false
	for _, m := range v.Methods {
		for _, call := range m.Calls {
			if call.Entry == e {
				return false
			}
			other = other || call.Else == e
		}
	}
	return other
}
