package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// A Turn is what a contender did in one round.
type Turn struct {
	Rate     float64 // operations a second
	CPU      float64 // seconds of CPU an operation
	P50, P99 time.Duration
	Allocs   float64 // an operation
	Threads  int     // at most
	Resident int     // bytes, at most
}

// Measured is a case with the turns of each contender, by its name.
type Measured struct {
	Case
	Turns map[string][]Turn
}

// measure has all contenders do all cases.
func measure(ctx context.Context, w io.Writer, p *pool, list []Case, o options) (all []Measured, err error) {
	folder, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	var running []*process
	defer func() {
		for _, p := range running {
			err = errors.Join(err, p.end())
		}
	}()
	for _, c := range contenders {
		started, err := begin(ctx, c, p, folder)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		running = append(running, started)
	}
	for _, c := range list {
		m := Measured{c, map[string][]Turn{}}
		for i := range o.rounds + 1 {
			for j := range running {
				p := running[(i+j)%len(running)] // who is first changes, too
				length := o.round
				if i == 0 {
					length /= 10 // to warm up
				}
				turn, err := p.turn(c, length)
				if err != nil {
					return nil, fmt.Errorf("%s: %s: %w", p.name, c, err)
				}
				if i > 0 {
					m.Turns[p.name] = append(m.Turns[p.name], turn)
				}
			}
		}
		fmt.Fprintf(w, "%-32s%s\n", c, m.line())
		all = append(all, m)
	}
	return all, nil
}

// line is the rate of each contender.
func (m Measured) line() string {
	var parts []string
	for _, c := range contenders {
		parts = append(parts, fmt.Sprintf("%s %.0f/s", c.name, m.median(c.name, rate)))
	}
	return strings.Join(parts, ", ")
}

// What can be asked about a turn.
func rate(t Turn) float64     { return t.Rate }
func cpu(t Turn) float64      { return t.CPU }
func p50(t Turn) float64      { return float64(t.P50) }
func p99(t Turn) float64      { return float64(t.P99) }
func allocs(t Turn) float64   { return t.Allocs }
func threads(t Turn) float64  { return float64(t.Threads) }
func resident(t Turn) float64 { return float64(t.Resident) }

// median is that of the contender's rounds.
func (m Measured) median(contender string, of func(Turn) float64) float64 {
	var values []float64
	for _, t := range m.Turns[contender] {
		values = append(values, of(t))
	}
	return median(values)
}

// ratio is the median of what the contender has in proportion to the baseline in the same
// round.
func (m Measured) ratio(contender string, of func(Turn) float64) float64 {
	var values []float64
	for i, t := range m.Turns[contender] {
		values = append(values, of(t)/of(m.Turns[baseline][i]))
	}
	return median(values)
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// process is a contender that runs.
type process struct {
	contender
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func begin(ctx context.Context, c contender, p *pool, folder string) (*process, error) {
	cmd, err := c.program(ctx, folder)
	if err != nil {
		return nil, err
	}
	cmd.Args = append(cmd.Args, p.conf, p.name)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	started := &process{c, cmd, in, bufio.NewScanner(out)}
	if _, err := started.answer("ready"); err != nil {
		return nil, errors.Join(err, started.end())
	}
	return started, nil
}

// end lets the contender end by itself.
func (p *process) end() error {
	p.in.Close()
	return p.cmd.Wait()
}

// answer is what the contender says behind that word.
func (p *process) answer(word string) (string, error) {
	if !p.out.Scan() {
		return "", errors.Join(io.ErrUnexpectedEOF, p.out.Err())
	}
	said, ok := strings.CutPrefix(p.out.Text(), word)
	if !ok {
		return "", errors.New(p.out.Text())
	}
	return said, nil
}

// turn has the contender do c for so long.
func (p *process) turn(c Case, length time.Duration) (t Turn, err error) {
	watched := watch(p.cmd.Process.Pid)
	_, err = fmt.Fprintln(p.in, c.Kind, c.Size, c.Depth, length.Milliseconds(), c.Objects)
	var said string
	if err == nil {
		said, err = p.answer("ok")
	}
	t.Threads, t.Resident = watched.end()
	if err != nil {
		return t, err
	}
	var ops, ns, micros, made float64
	if _, err := fmt.Sscan(said, &ops, &ns, &micros, (*int64)(&t.P50), (*int64)(&t.P99), &made); err != nil {
		return t, fmt.Errorf("%q: %w", said, err)
	}
	if ops == 0 {
		return t, errors.New("no operation has ended in time")
	}
	t.Rate, t.CPU, t.Allocs = ops/ns*1e9, micros/1e6/ops, made/ops
	return t, nil
}
