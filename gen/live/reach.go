package live

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/plan"
)

// EveryTest is the pattern that fits all tests.
const EveryTest = "."

// due lists what is called with a library that has the functions of api.
func due(p *plan.Plan, api *model.API) []*plan.Entry {
	idle := idle(p, api)
	return slices.DeleteFunc(p.Called(), func(e *plan.Entry) bool {
		return api.Func(e.Func.Name) == nil || idle[e.Func.Name]
	})
}

// idle are the older functions for which there is a newer one that the library has.
func idle(p *plan.Plan, api *model.API) map[string]bool {
	names := make(map[string]bool)
	for _, m := range p.Methods {
		for _, call := range m.Calls {
			if call.Else != nil && api.Func(call.Entry.Func.Name) != nil {
				names[call.Else.Func.Name] = true
			}
		}
	}
	if c := p.Spec.Completions; api.Func(c.Make) != nil {
		names[c.Else] = true
	}
	for _, m := range p.Methods { // if some method calls it first of all, it is not
		for _, call := range m.Calls {
			delete(names, call.Entry.Func.Name)
		}
	}
	return names
}

// CheckReached returns an error that names the functions that no test in dir has reached with a
// library that has the functions of api.
func CheckReached(p *plan.Plan, dir string, api *model.API, counts map[string]Count) error {
	var list []string
	for _, e := range due(p, api) {
		switch c := counts[e.Func.Name]; {
		case c.Called == 0:
			list = append(list, fmt.Sprintf("%s: %s is bound, but no test in %s/ calls it on a cluster", e.Spec.Pos, e.Func.Name, dir))
		case c.Succeeded == 0:
			list = append(list, fmt.Sprintf("%s: %s is bound, but whenever a test in %s/ calls it on a cluster it fails", e.Spec.Pos, e.Func.Name, dir))
		}
	}
	return complaint(list)
}

// CheckFacts returns an error that names the functions that are called and have no test in the
// facts, which are those of file, or one that is not in dir. To out it writes those that only
// another release can show.
func CheckFacts(p *plan.Plan, dir, file string, api *model.API, facts Facts, out io.Writer) error {
	declared, err := Declared(dir)
	if err != nil {
		return err
	}
	var list []string
	here := due(p, api)
	for _, e := range p.Called() {
		switch fact, known := facts[e.Func.Name]; {
		case !known && !slices.Contains(here, e):
			fmt.Fprintf(out, "%s: %s names no test for %s; another release can show it\n", e.Spec.Pos, file, e.Func.Name)
		case !known:
			list = append(list, fmt.Sprintf("%s: %s names no test for %s; run make live", e.Spec.Pos, file, e.Func.Name))
		case !declared[fact.Test]:
			list = append(list, fmt.Sprintf("%s: %s names %s for %s, and there is no such test; run make live", e.Spec.Pos, file, fact.Test, e.Func.Name))
		}
	}
	return complaint(list)
}

func complaint(list []string) error {
	if len(list) == 0 {
		return nil
	}
	return errors.New(strings.Join(list, "\n"))
}

// Measure runs each test that fits a pattern by itself and brings the facts up to date.
func Measure(p *plan.Plan, api *model.API, tests *Tests, facts Facts, pattern string, onlyMissing bool) error {
	wanted := make(map[string]bool)
	for _, e := range due(p, api) {
		if _, known := facts[e.Func.Name]; !known || !onlyMissing {
			wanted[e.Func.Name] = true
		}
	}
	names, err := tests.List(pattern)
	if err != nil {
		return err
	}
	runs := make(map[string]map[string]Count)
	for i, name := range names {
		fmt.Fprintf(os.Stderr, "\r\033[K%d of %d: %s", i+1, len(names), name)
		counts, err := tests.Alone(name)
		if err != nil {
			fmt.Fprintf(os.Stderr, "\n%s fails, and so shows nothing: %v\n", name, err)
			continue
		}
		runs[name] = counts
	}
	fmt.Fprintln(os.Stderr)
	found := Attribute(api.Release, runs)
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if fact, ok := found[name]; ok {
			facts[name] = fact
		} else if pattern == EveryTest {
			delete(facts, name)
			fmt.Fprintf(os.Stderr, "no test reaches %s\n", name)
		}
	}
	called := p.Called()
	maps.DeleteFunc(facts, func(name string, _ Fact) bool {
		return !slices.ContainsFunc(called, func(e *plan.Entry) bool { return e.Func.Name == name })
	})
	return nil
}
