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

// A Sample is the result of a subject in one round.
type Sample struct {
	Rate     float64 // operations per second
	CPU      float64 // seconds of CPU per operation
	P50, P99 time.Duration
	Switches float64 // context switches per operation
	Allocs   float64 // per operation
	Threads  int     // maximum
	Resident int     // maximum, in bytes
	Go       int     // bytes of the Go runtime
}

// Measured is a case with the samples of each subject, by its name.
type Measured struct {
	Case
	Subjects []subject // those that perform the case
	Samples  map[string][]Sample
}

// baseline returns the name of the subject that the others are compared with.
func (m Measured) baseline() string { return m.Subjects[0].name }

// measure measures all cases with the subjects.
func measure(ctx context.Context, w io.Writer, p *pool, list []Case, o options) (all []Measured, err error) {
	running, stop, err := startAll(ctx, o.subjects(), p)
	defer func() { err = errors.Join(err, stop()) }()
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		m := Measured{Case: c, Samples: map[string][]Sample{}}
		var performing []*process
		for _, p := range running {
			if p.performs(c) {
				performing, m.Subjects = append(performing, p), append(m.Subjects, p.subject)
			}
		}
		for i := range o.rounds + 1 {
			for j := range performing {
				p := performing[(i+j)%len(performing)] // a different subject is first in each round
				length := o.round
				if i == 0 {
					length /= 10 // a warm-up, which does not count
				}
				sample, err := p.sample(c, length)
				if err != nil {
					return nil, fmt.Errorf("%s: %s: %w", p.name, c, err)
				}
				if i > 0 {
					m.Samples[p.name] = append(m.Samples[p.name], sample)
				}
			}
		}
		fmt.Fprintf(w, "%-42s%s\n", c, m.line())
		all = append(all, m)
	}
	return all, nil
}

// line returns the rate of each subject.
func (m Measured) line() string {
	var parts []string
	for _, c := range m.Subjects {
		parts = append(parts, fmt.Sprintf("%s %.0f/s", c.name, m.median(c.name, rate)))
	}
	return strings.Join(parts, ", ")
}

// The values of a sample, for median and ratio.
func rate(t Sample) float64     { return t.Rate }
func cpu(t Sample) float64      { return t.CPU }
func p50(t Sample) float64      { return float64(t.P50) }
func p99(t Sample) float64      { return float64(t.P99) }
func switches(t Sample) float64 { return t.Switches }
func allocs(t Sample) float64   { return t.Allocs }
func threads(t Sample) float64  { return float64(t.Threads) }
func ofGo(t Sample) float64     { return float64(t.Go) }
func resident(t Sample) float64 { return float64(t.Resident) }

// median returns the median of a value over the samples of a subject.
func (m Measured) median(subject string, of func(Sample) float64) float64 {
	var values []float64
	for _, t := range m.Samples[subject] {
		values = append(values, of(t))
	}
	return median(values)
}

// ratios returns the ratio between a subject and the baseline in each round.
func (m Measured) ratios(subject string, of func(Sample) float64) []float64 {
	var values []float64
	for i, t := range m.Samples[subject] {
		values = append(values, of(t)/of(m.Samples[m.baseline()][i]))
	}
	return values
}

// ratio returns the median of the ratios.
func (m Measured) ratio(subject string, of func(Sample) float64) float64 {
	return median(m.ratios(subject, of))
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// process is a running subject.
type process struct {
	subject
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

// startAll starts the subjects, until stop is called.
func startAll(ctx context.Context, list []subject, p *pool) (running []*process, stop func() error, err error) {
	folder, err := os.MkdirTemp("", "bench-")
	stop = func() error {
		err := os.RemoveAll(folder)
		for _, p := range running {
			err = errors.Join(err, p.stop())
		}
		return err
	}
	if err != nil {
		return nil, stop, err
	}
	for _, c := range list {
		started, err := startSubject(ctx, c, p, folder)
		if err != nil {
			return nil, stop, fmt.Errorf("%s: %w", c.name, err)
		}
		running = append(running, started)
	}
	return running, stop, nil
}

// startSubject starts a subject and waits until it is ready.
func startSubject(ctx context.Context, c subject, p *pool, folder string) (*process, error) {
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
	if _, err := started.reply("ready"); err != nil {
		return nil, errors.Join(err, started.stop())
	}
	return started, nil
}

// stop closes the input of the subject and waits for its end.
func (p *process) stop() error {
	p.in.Close()
	return p.cmd.Wait()
}

// reply reads a line that begins with word and returns the rest of it.
func (p *process) reply(word string) (string, error) {
	if !p.out.Scan() {
		return "", errors.Join(io.ErrUnexpectedEOF, p.out.Err())
	}
	rest, ok := strings.CutPrefix(p.out.Text(), word)
	if !ok {
		return "", errors.New(p.out.Text())
	}
	return rest, nil
}

// sample runs case c for the given time.
func (p *process) sample(c Case, length time.Duration) (s Sample, err error) {
	watched := watch(p.cmd.Process.Pid)
	_, err = fmt.Fprintln(p.in, c.Kind, c.Size, c.Depth, length.Milliseconds(), c.Objects)
	var reply string
	if err == nil {
		reply, err = p.reply("ok")
	}
	s.Threads, s.Resident = watched.end()
	if err != nil {
		return s, err
	}
	var ops, ns, micros, switches, mallocs float64
	if _, err := fmt.Sscan(reply, &ops, &ns, &micros, (*int64)(&s.P50), (*int64)(&s.P99), &switches, &mallocs, &s.Go); err != nil {
		return s, fmt.Errorf("%q: %w", reply, err)
	}
	if ops == 0 {
		return s, errors.New("no operation completed in time")
	}
	s.Rate, s.CPU, s.Switches, s.Allocs = ops/ns*1e9, micros/1e6/ops, switches/ops, mallocs/ops
	return s, nil
}
