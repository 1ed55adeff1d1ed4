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

// before and after are the medians of the second and the last third: in the first, memory
// is still being filled that will be used again.
func (s Soak) before() float64 {
	n := len(s.Resident)
	return median(floats(s.Resident[n/3 : (2*n+2)/3]))
}

func (s Soak) after() float64 { return median(floats(s.Resident[len(s.Resident)*2/3:])) }

// slack is how much more there may be in the end: the collector has its whims.
const slack = 1.05

func (s Soak) flat() bool { return s.after() <= s.before()*slack }

func (s Soak) text() string {
	if len(s.Resident) == 0 {
		return ""
	}
	return fmt.Sprintf("1024 operations of 4 KiB for %v: resident %.1f MB in the second third, %.1f MB in the last, %.1f MB at most; %d threads at most\n",
		s.Length, s.before()/1e6, s.after()/1e6, float64(slices.Max(s.Resident))/1e6, s.Threads)
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
