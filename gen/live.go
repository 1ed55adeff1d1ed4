package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/go-rados/go-rados/gen/header"
	"github.com/go-rados/go-rados/gen/live"
	"github.com/go-rados/go-rados/gen/release"
)

// Where the tests on a cluster are, and what they were measured to reach.
const (
	testDir  = "rados"
	factFile = "spec/live.txt"
)

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
	record, missing, pattern := f.Bool("record", false, ""), f.Bool("missing", false, ""), f.String("run", live.EveryTest, "")
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
		return errors.Join(live.CheckReached(p, testDir, api, counts), live.CheckFacts(p, testDir, factFile, api, facts, out))
	}
	exact, _, _ := release.Match(api, apis)
	if exact == nil {
		return fmt.Errorf("%s is that of no release that is recorded in %s", systemHeader, snapshotDir)
	}
	if err := live.Measure(p, exact, tests, facts, *pattern, *missing); err != nil {
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
