package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/go-rados/go-rados/gen/emit"
	"github.com/go-rados/go-rados/gen/header"
	"github.com/go-rados/go-rados/gen/live"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/plan"
	"github.com/go-rados/go-rados/gen/release"
)

// Where the tests on a cluster are, and what they were measured to reach.
const (
	testDir  = "rados"
	factFile = "spec/live.txt"
)

// everyTest fits all tests.
const everyTest = "."

// abuse is the test that calls everything as it should not be called: what it reaches shows
// nothing.
const abuse = "^TestSurfaceOnACluster$"

const liveHelp = `Runs the tests of rados/ on a cluster, counts their calls of librados, and fails,
with the names, if a function that is bound is never called, or never does what it
is to do. What an older function does where a newer one is missing is only wanted
where it is missing. It also fails if spec/live.txt does not name a test for each
function that is called, and says what has to be measured beside another release.

--record runs the tests one by one instead and prints what belongs into
spec/live.txt: make live puts it there. What this release of librados has no use
for keeps its line. With --missing only functions without a line are looked for, as
is of use with another release (see scripts/debian-root.sh), and with --run only in
tests that fit a pattern.`

func runLive(args []string, out io.Writer) error {
	f := flag.NewFlagSet("live", flag.ContinueOnError)
	record, missing, pattern := f.Bool("record", false, ""), f.Bool("missing", false, ""), f.String("run", everyTest, "")
	if err := parse(f, args, 0); err != nil {
		return err
	}
	p, apis, err := loadPlan(".")
	if err != nil {
		return err
	}
	facts, err := live.Read(factFile)
	if err != nil {
		return err
	}
	api, err := header.Parse(systemHeader)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "rados-live-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	tests, err := live.Build(testDir, work, api)
	if err != nil {
		return err
	}
	if !*record {
		counts, err := tests.Run("-test.timeout=20m", "-test.skip="+abuse)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "rados: its tests on a cluster had %d functions of librados do something\n", reached(counts))
		return errors.Join(checkReached(p, api, counts), checkFacts(p, api, facts, out))
	}
	exact, _, _ := release.Match(api, apis)
	if exact == nil {
		return fmt.Errorf("%s is that of no release that is recorded in %s", systemHeader, snapshotDir)
	}
	if err := measure(p, exact, tests, facts, *pattern, *missing); err != nil {
		return err
	}
	_, err = io.WriteString(out, facts.String())
	return err
}

func reached(counts map[string]live.Count) (n int) {
	for _, c := range counts {
		if c.Succeeded > 0 {
			n++
		}
	}
	return n
}

// due lists what is called with a library that has the functions of api.
func due(p *plan.Plan, api *model.API) []*plan.Entry {
	idle := idle(p, api)
	return slices.DeleteFunc(emit.Called(p), func(e *plan.Entry) bool {
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

// checkReached names what no test has reached.
func checkReached(p *plan.Plan, api *model.API, counts map[string]live.Count) error {
	var list []string
	for _, e := range due(p, api) {
		switch c := counts[e.Func.Name]; {
		case c.Called == 0:
			list = append(list, fmt.Sprintf("%s: %s is bound, but no test in %s/ calls it on a cluster", e.Spec.Pos, e.Func.Name, testDir))
		case c.Succeeded == 0:
			list = append(list, fmt.Sprintf("%s: %s is bound, but whenever a test in %s/ calls it on a cluster it fails", e.Spec.Pos, e.Func.Name, testDir))
		}
	}
	return complaint(list)
}

// checkFacts names what is called and has no test in the facts, or one that is gone. What
// only another release can show is mentioned.
func checkFacts(p *plan.Plan, api *model.API, facts live.Facts, out io.Writer) error {
	declared, err := live.Declared(testDir)
	if err != nil {
		return err
	}
	var list []string
	here := due(p, api)
	for _, e := range emit.Called(p) {
		switch fact, known := facts[e.Func.Name]; {
		case !known && !slices.Contains(here, e):
			fmt.Fprintf(out, "%s: %s names no test for %s; another release can show it\n", e.Spec.Pos, factFile, e.Func.Name)
		case !known:
			list = append(list, fmt.Sprintf("%s: %s names no test for %s; run make live", e.Spec.Pos, factFile, e.Func.Name))
		case !declared[fact.Test]:
			list = append(list, fmt.Sprintf("%s: %s names %s for %s, and there is no such test; run make live", e.Spec.Pos, factFile, fact.Test, e.Func.Name))
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

// measure runs each test by itself and brings the facts up to date.
func measure(p *plan.Plan, api *model.API, tests *live.Tests, facts live.Facts, pattern string, onlyMissing bool) error {
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
	runs := make(map[string]map[string]live.Count)
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
	found := live.Attribute(api.Release, runs)
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if fact, ok := found[name]; ok {
			facts[name] = fact
		} else if pattern == everyTest {
			delete(facts, name)
			fmt.Fprintf(os.Stderr, "no test reaches %s\n", name)
		}
	}
	called := emit.Called(p)
	maps.DeleteFunc(facts, func(name string, _ live.Fact) bool {
		return !slices.ContainsFunc(called, func(e *plan.Entry) bool { return e.Func.Name == name })
	})
	return nil
}
