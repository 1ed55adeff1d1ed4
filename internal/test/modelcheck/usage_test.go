package modelcheck

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/go-rados/go-rados/internal/test/process"
)

// usage observes the resources of the process between generations, when no operation is in
// flight.
type usage struct {
	every   time.Duration // how often a line is printed
	printed time.Time
	samples []sample
	latest  Totals
}

type sample struct {
	at                  time.Duration
	goroutines, threads int
	memory              int // resident, in KiB
}

func newUsage(during time.Duration) *usage {
	return &usage{every: min(10*time.Second, during/3)}
}

func (u *usage) note(so Totals) {
	u.latest = so
	if time.Since(u.printed) < u.every {
		return
	}
	u.printed = time.Now()
	u.sample()
	fmt.Println(u.line())
}

func (u *usage) sample() {
	debug.FreeOSMemory()
	u.samples = append(u.samples, sample{u.latest.Elapsed, runtime.NumGoroutine(), process.Threads(), process.Resident() >> 10})
}

func (u *usage) line() string {
	s := u.samples[len(u.samples)-1]
	return fmt.Sprintf("%4.0f s: %d generations, %d operations (%d of unknown outcome, %d not done), %d histories judged, %d undecided, "+
		"at most %v late; %d goroutines, %d threads, %d MiB",
		u.latest.Elapsed.Seconds(), u.latest.Generations, u.latest.Ops, u.latest.Unknown, u.latest.NotDone, u.latest.Judged, u.latest.Undecided,
		u.latest.Overrun.Round(time.Millisecond), s.goroutines, s.threads, s.memory>>10)
}

// check says whether what the process uses has grown in the second half of the run. The first
// half is for what grows until everything has been used once.
func (u *usage) check(t *testing.T, workers int) {
	u.sample() // now there are no goroutines that make faults
	last := u.samples[len(u.samples)-1]
	t.Logf("at the end: %d goroutines, %d threads and %d MiB", last.goroutines, last.threads, last.memory>>10)
	assert.Less(t, last.threads, 100+workers, "threads: each worker can occupy one, and each connection has some")
	half := u.samples[:(len(u.samples)+1)/2]
	var goroutines, memory int
	for _, s := range half {
		goroutines, memory = max(goroutines, s.goroutines), max(memory, s.memory)
	}
	assert.LessOrEqual(t, last.goroutines, goroutines, "goroutines")
	if last.at > 2*time.Minute {
		assert.Less(t, last.memory, memory+memory/10+(16<<10), "KiB of memory")
	}
}
