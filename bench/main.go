// Command bench compares this package with C programs, on a cluster:
//
//	go run ./rados/radostest/cluster run -- go run ./bench
//
// Every subject is a process that runs until the end of the measurement and works
// only on command: a program in bench/c, or this program with BENCH_SUBJECT set.
// For each case, the subjects are sampled in turn, round after round, so that other
// load on the machine affects all of them. Ratios are computed within a round; the
// report has the medians over the rounds.
//
// A subject is one small file: see goroutines.go for one in Go, c/aio.c for one in
// C, and subjects.go for the list.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

func main() {
	log.SetFlags(0)
	if asSubject() {
		return
	}
	var o options
	flag.StringVar(&o.conf, "conf", os.Getenv("RADOS_TEST_CONF"), "the configuration `FILE` of the cluster")
	flag.StringVar(&o.out, "out", "", "the `FOLDER` to write benchmarks.md and the charts to")
	flag.BoolVar(&o.quick, "quick", false, "run few cases and short rounds, as a test; the numbers mean nothing")
	flag.StringVar(&o.cases, "cases", "", "measure and print only the cases that match `REGEXP`, such as '^read 4 KiB, depth 1$'")
	flag.StringVar(&o.set, "set", "common", "the cases to measure: common, `extra` (what few programs do) or all")
	flag.Func("with", "compare the methods with and without `VARIABLE=VALUE` in the environment, and print that; can be repeated", func(setting string) error {
		o.with = append(o.with, setting)
		return nil
	})
	flag.DurationVar(&o.soak, "soak", 0, "only observe the memory of 1024 operations in flight, for `DURATION`")
	flag.IntVar(&o.rounds, "rounds", 5, "the number of samples of each subject in each case")
	flag.DurationVar(&o.round, "round", 600*time.Millisecond, "the length of a sample")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout, o); err != nil {
		log.Fatal("bench: ", err)
	}
}

type options struct {
	conf, out   string
	cases, set  string
	with        []string
	quick       bool
	soak, round time.Duration
	rounds      int
}

// subjects returns the subjects to measure.
func (o options) subjects() []subject {
	if len(o.with) == 0 {
		return subjects
	}
	return variants(o.with)
}

// soaked returns the subjects whose memory is observed.
func (o options) soaked() []subject {
	return slices.DeleteFunc(slices.Clone(o.subjects()), func(c subject) bool { return !c.soaked })
}

// run measures, prints the results, and writes them to o.out if it is set.
func run(ctx context.Context, w io.Writer, o options) error {
	if o.conf == "" {
		return errors.New("no cluster: use rados/radostest/cluster run or -conf")
	}
	chosen, err := caseSet(o.set)
	if err != nil {
		return err
	}
	soak := 20 * time.Second
	if o.quick {
		o.rounds, o.round = 2, 30*time.Millisecond
		chosen, soak = quickCases(), time.Second
	}
	chosen, err = matching(chosen, o.cases)
	if err != nil {
		return err
	}
	pool, err := prepare(o.conf, chosen)
	if err != nil {
		return err
	}
	defer pool.remove()
	if o.soak > 0 {
		s, err := measureSoak(ctx, pool, o.soak, o.soaked())
		fmt.Fprint(w, s.table())
		return errors.Join(err, s.check())
	}

	if o.cases != "" || len(o.with) > 0 {
		all, err := measure(ctx, w, pool, chosen, o)
		fmt.Fprint(w, "\n", results{Cases: all}.table())
		return err
	}
	r := results{Quick: o.quick, Machine: machine(pool), Rounds: o.rounds, Round: o.round}
	if r.Calls, err = measureCalls(ctx, o.quick); err != nil {
		return err
	}
	if r.Cases, err = measure(ctx, w, pool, chosen, o); err != nil {
		return err
	}
	if r.Soak, err = measureSoak(ctx, pool, soak, o.soaked()); err != nil {
		return err
	}
	fmt.Fprint(w, "\n", r.table(), "\n", r.targetTable())
	if o.out == "" {
		return nil
	}
	return r.write(ctx, filepath.Clean(o.out))
}
