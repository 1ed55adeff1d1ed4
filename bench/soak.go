package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
)

// A Soak is how much memory was resident while 1024 operations of 4 KiB were in flight,
// writes and reads by turns.
type Soak struct {
	Length   time.Duration
	Resident []int // bytes, in order
	Threads  int   // at most
}

// soakTurn is how long the contender does the same.
const soakTurn = time.Second

func soaked(ctx context.Context, p *pool, length time.Duration) (Soak, error) {
	s := Soak{Length: length}
	folder, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return s, err
	}
	defer os.RemoveAll(folder)
	c := contenders[slices.IndexFunc(contenders, func(c contender) bool { return c.name == ours })]
	running, err := begin(ctx, c, p, folder)
	if err != nil {
		return s, err
	}
	for began, i := time.Now(), 0; time.Since(began) < length && err == nil; i++ {
		kind := []string{write, read}[i%2]
		var turn Turn
		turn, err = running.turn(Case{kind, 4 << 10, 1024, 16}, min(soakTurn, length/4))
		s.Resident = append(s.Resident, turn.Resident)
		s.Threads = max(s.Threads, turn.Threads)
	}
	return s, errors.Join(err, running.end())
}

// first and last are the medians of the first and the last third.
func (s Soak) first() float64 { return median(floats(s.Resident[:(len(s.Resident)+2)/3])) }
func (s Soak) last() float64  { return median(floats(s.Resident[len(s.Resident)*2/3:])) }

// slack is how much more there may be in the end: pools that fill, and the collector's whims.
const slack = 1.05

func (s Soak) flat() bool { return s.last() <= s.first()*slack }

func (s Soak) text() string {
	if len(s.Resident) == 0 {
		return ""
	}
	return fmt.Sprintf("1024 operations of 4 KiB for %v: resident %.1f MB in the first third, %.1f MB in the last, %.1f MB at most; %d threads at most\n",
		s.Length, s.first()/1e6, s.last()/1e6, float64(slices.Max(s.Resident))/1e6, s.Threads)
}

func (s Soak) verdict() error {
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
