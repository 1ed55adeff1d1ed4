// Command callcost measures the cost of a call without that of librados: it calls a
// fake librados that returns immediately. `go test -bench .` measures the same.
//
// A method is compared with a bare cgo call, of a function without parameters, body
// and result. A part of the difference is the time of the librados functions that the
// method calls, which a loop in C measures; the rest is the package's own cost, which has
// a target.
//
// All calls are measured in turn, in many rounds, and compared within a round, so that
// other load on the machine affects all of them.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/fakelibrados"
)

// The targets.
const (
	maxOwn   = 20.0 // ns beyond the bare cgo call and the librados functions
	maxRatio = 2.0  // to the bare shim, two goroutines each
)

func main() {
	log.SetFlags(0)
	rounds := flag.Int("rounds", 200, "the number of rounds")
	each := flag.Int("calls", 20_000, "the number of calls in a round")
	asJSON := flag.Bool("json", false, "print JSON")
	flag.Parse()
	print := printed
	if *asJSON {
		print = encoded
	}
	if err := run(os.Stdout, *rounds, *each, print); err != nil {
		log.Fatal(err)
	}
}

func run(w io.Writer, rounds, each int, print func(io.Writer, []result, []sides) error) error {
	if err := fakelibrados.Load(); err != nil {
		return err
	}
	ioctx, err := open()
	if err != nil {
		return err
	}
	fakelibrados.Quick(true)
	return print(w, measure(calls(ioctx), rounds, each), measureOps(ops(ioctx), rounds/2+1, each/10))
}

// printed prints tables.
func printed(w io.Writer, calls []result, ops []sides) error {
	if err := report(w, calls); err != nil {
		return err
	}
	fmt.Fprintln(w)
	return reportOps(w, ops)
}

// sides holds the times of an operation and of the customary way, one per round, and
// their allocations, for each item.
type sides struct {
	op
	ours, customary             []float64
	oursAllocs, customaryAllocs float64
}

func measureOps(ops []op, rounds, each int) []sides {
	results := make([]sides, len(ops))
	for i, o := range ops {
		times := max(1, 1000/o.items) // makes the fixed cost of an operation negligible
		items := float64(times * o.items)
		results[i].op = o
		results[i].oursAllocs = testing.AllocsPerRun(1, func() { o.ours(times) }) / items
		results[i].customaryAllocs = testing.AllocsPerRun(1, func() { o.customary(times) }) / items
	}
	for range rounds {
		for i := range results {
			r := &results[i]
			times := max(1, each/r.items)
			if r.clock != nil {
				times *= 10
			}
			r.ours = append(r.ours, r.op.timed(r.op.ours, times))
			r.customary = append(r.customary, r.op.timed(r.op.customary, times))
		}
	}
	return results
}

// timed returns the ns per item of n operations.
func (o op) timed(run func(n int), n int) float64 {
	if o.clock == nil {
		return timed(run, n) / float64(o.items)
	}
	began := o.clock()
	run(n)
	return float64(o.clock()-began) / float64(n*o.items)
}

func reportOps(w io.Writer, results []sides) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "\tns\tallocs\tcustomary ns\tallocs\tours to customary\t\n")
	for _, r := range results {
		ratio := median(compare(r.ours, r.customary, func(a, b float64) float64 { return a / b }))
		fmt.Fprintf(t, "%s\t%.1f\t%.2g\t%.1f\t%.2g\t%.2f\t\n",
			r.name, median(r.ours), r.oursAllocs, median(r.customary), r.customaryAllocs, ratio)
	}
	return t.Flush()
}

// result holds the times of a call in ns, one per round: with one goroutine, with two,
// and of the librados functions.
type result struct {
	call
	alone, both, inC []float64
	allocs           float64
}

func measure(calls []call, rounds, each int) []result {
	results := make([]result, len(calls))
	for i, c := range calls {
		results[i].call = c
		results[i].allocs = testing.AllocsPerRun(100, func() { c.run(1) })
	}
	for range rounds {
		for i := range results {
			r := &results[i]
			r.alone = append(r.alone, timed(r.run, each))
			if r.library != nil {
				r.inC = append(r.inC, timed(r.library, each))
			}
		}
		for i := range results {
			r := &results[i]
			r.both = append(r.both, together(r.run, each))
		}
	}
	return results
}

// timed returns the ns per call of n calls.
func timed(run func(n int), n int) float64 {
	began := time.Now()
	run(n)
	return float64(time.Since(began)) / float64(n)
}

// together returns the ns per call when two goroutines call at the same time.
func together(run func(n int), n int) float64 {
	var ns [2]float64
	var start, done await.Group
	start.Add(len(ns))
	for i := range ns {
		done.Go(func() {
			start.Done()
			start.Wait()
			ns[i] = timed(run, n)
		})
	}
	done.Wait()
	return (ns[0] + ns[1]) / 2
}

func report(w io.Writer, results []result) error {
	call, shim := find(results, bareCall), find(results, bareShim)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "\tns\tover bare call\tof which librados\town\ttwo goroutines\tto bare shim\tallocs\t\t\n")
	for _, r := range results {
		over := median(compare(r.alone, call.alone, minus))
		ratio := median(compare(r.both, shim.both, func(a, b float64) float64 { return a / b }))
		fmt.Fprintf(t, "%s\t%.1f\t%.1f\t%s\t%.1f\t%.2f\t%.0f\t%s\t\n",
			r.name, median(r.alone), over, r.parts(call), median(r.both), ratio, r.allocs, r.verdict(call, ratio))
	}
	fmt.Fprintf(t, "target\t\t\t\t%.0f\t\t%.2f\t0\t\t\n", maxOwn, maxRatio)
	return t.Flush()
}

func minus(a, b float64) float64 { return a - b }

// own returns the ns of a method beyond a bare call and the librados functions.
func (r result) own(bare result) float64 {
	return median(compare(compare(r.alone, bare.alone, minus), r.inC, minus))
}

func (r result) parts(bare result) string {
	if r.library == nil {
		return "\t"
	}
	return fmt.Sprintf("%.1f\t%.1f", median(r.inC), r.own(bare))
}

func (r result) verdict(bare result, ratio float64) string {
	switch {
	case r.library == nil:
		return ""
	case r.own(bare) > maxOwn || ratio > maxRatio || r.allocs > 0:
		return "missed"
	}
	return "met"
}

func find(results []result, name string) result {
	return results[slices.IndexFunc(results, func(r result) bool { return r.name == name })]
}

// compare applies f to the values of each round.
func compare(a, b []float64, f func(a, b float64) float64) []float64 {
	c := make([]float64, len(a))
	for i := range a {
		c[i] = f(a[i], b[i])
	}
	return c
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
