// Command bench measures this package beside C, on a cluster:
//
//	go run ./rados/radostest/cluster run -- go run ./bench
//
// Every contender is a process of its own (bench/c, and this program under another
// name) that stays for the whole run and works only when it is told to. For each case
// the contenders take turns, round after round, so that whatever else the machine does
// hits all of them alike; what is compared was measured in the same round, and what is
// told is the median over the rounds.
//
// A contender is one small file: see goroutines.go for one in Go, c/aio.c for one in C,
// and contenders.go for the list of them.
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
	if asContender() {
		return
	}
	var o options
	flag.StringVar(&o.conf, "conf", os.Getenv("RADOS_TEST_CONF"), "the `FILE` that describes the cluster")
	flag.StringVar(&o.out, "out", "", "the `FOLDER` for BENCHMARKS.md and the charts, such as docs")
	flag.BoolVar(&o.quick, "quick", false, "few cases and short rounds, to see that all works: the numbers mean nothing")
	flag.StringVar(&o.cases, "cases", "", "only measure and print the cases whose names match the `REGEXP`, such as '^read 4 KiB, depth 1$'")
	flag.DurationVar(&o.soak, "soak", 0, "only watch the memory of 1024 operations in flight, for `so long`")
	flag.IntVar(&o.rounds, "rounds", 5, "how often each contender's turn comes in each case")
	flag.DurationVar(&o.round, "round", 600*time.Millisecond, "how long a turn takes")
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

// run measures, prints, and writes what it is asked to.
func run(ctx context.Context, w io.Writer, o options) error {
	if o.conf == "" {
		return errors.New("no cluster: run it with rados/radostest/cluster run, or name one by -conf")
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
		s, err := soaked(ctx, pool, o.soak)
		fmt.Fprint(w, s.text())
		return errors.Join(err, s.verdict())
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
	if r.Soak, err = soaked(ctx, pool, soak); err != nil {
		return err
	}
	fmt.Fprint(w, "\n", r.table(), "\n", r.targets())
	if o.out == "" {
		return nil
	}
	return r.write(ctx, filepath.Clean(o.out))
}
