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
	cases       string
	quick       bool
	soak, round time.Duration
	rounds      int
}

// run measures, prints the results, and writes them to o.out if it is set.
func run(ctx context.Context, w io.Writer, o options) error {
	if o.conf == "" {
		return errors.New("no cluster: use rados/radostest/cluster run or -conf")
	}
	chosen, soak := cases(), 20*time.Second
	if o.quick {
		o.rounds, o.round = 2, 30*time.Millisecond
		chosen, soak = quickCases(), time.Second
	}
	chosen, err := matching(chosen, o.cases)
	if err != nil {
		return err
	}
	pool, err := prepare(o.conf, chosen)
	if err != nil {
		return err
	}
	defer pool.remove()
	if o.soak > 0 {
		s, err := measureSoak(ctx, pool, o.soak)
		fmt.Fprint(w, s.text())
		return errors.Join(err, s.check())
	}

	if o.cases != "" {
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
	if r.Soak, err = measureSoak(ctx, pool, soak); err != nil {
		return err
	}
	fmt.Fprint(w, "\n", r.table(), "\n", r.targetTable())
	if o.out == "" {
		return nil
	}
	return r.write(ctx, filepath.Clean(o.out))
}
