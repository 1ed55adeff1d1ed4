package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
)

// A Soak holds the resident memory while 1024 operations of 4 KiB were in flight,
// alternately writes and reads.
type Soak struct {
	Length   time.Duration
	Resident []int // bytes, in order
	Threads  int   // at most
}

// soakLength is the length of a sample.
const soakLength = time.Second

func measureSoak(ctx context.Context, p *pool, length time.Duration) (Soak, error) {
	s := Soak{Length: length}
	folder, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return s, err
	}
	defer os.RemoveAll(folder)
	c := subjects[slices.IndexFunc(subjects, func(c subject) bool { return c.name == ours })]
	running, err := startSubject(ctx, c, p, folder)
	if err != nil {
		return s, err
	}
	for began, i := time.Now(), 0; time.Since(began) < length && err == nil; i++ {
		kind := []string{write, read}[i%2]
		var sample Sample
		sample, err = running.sample(Case{kind, 4 << 10, 1024, 16}, min(soakLength, length/4))
		s.Resident = append(s.Resident, sample.Resident)
		s.Threads = max(s.Threads, sample.Threads)
	}
	return s, errors.Join(err, running.stop())
}

// before returns the median of the second third. In the first third, memory still grows
// to its steady size.
func (s Soak) before() float64 {
	n := len(s.Resident)
	return median(floats(s.Resident[n/3 : (2*n+2)/3]))
}

// after returns the median of the last third.
func (s Soak) after() float64 { return median(floats(s.Resident[len(s.Resident)*2/3:])) }

// maxGrowth is the permitted ratio of after and before. The garbage collector causes some
// variation.
const maxGrowth = 1.05

func (s Soak) flat() bool { return s.after() <= s.before()*maxGrowth }

func (s Soak) text() string {
	if len(s.Resident) == 0 {
		return ""
	}
	return fmt.Sprintf("1024 operations of 4 KiB for %v: resident %.1f MB in the second third, %.1f MB in the last, %.1f MB at most; %d threads at most\n",
		s.Length, s.before()/1e6, s.after()/1e6, float64(slices.Max(s.Resident))/1e6, s.Threads)
}

// check returns an error if memory grows.
func (s Soak) check() error {
	if len(s.Resident) > 0 && !s.flat() {
		return errors.New("memory grows")
	}
	return nil
}

func floats(list []int) []float64 {
	var f []float64
	for _, n := range list {
		f = append(f, float64(n))
	}
	return f
}
