package fakelibrados_test

import (
	"fmt"
	"os"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/internal/test/misuse"
)

// grown is what there may be more and more of.
type grown struct {
	heap       int // bytes of C
	objects    uint64
	goroutines int
	threads    int
}

func measure(t *testing.T) grown {
	t.Helper()
	collect()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	threads, err := os.ReadDir("/proc/self/task")
	require.NoError(t, err)
	return grown{fakelibrados.Heap(), mem.HeapObjects, runtime.NumGoroutine(), len(threads)}
}

// growth is what makes a leak, if there is so much of it in each of so many rounds.
func (g grown) growth(since grown, rounds int) (what []string) {
	const least = 16 // there is no smaller piece of C's heap
	if g.heap-since.heap >= least*rounds {
		what = append(what, fmt.Sprintf("%d bytes of C's heap", g.heap-since.heap))
	}
	if int(g.objects-since.objects) >= rounds {
		what = append(what, fmt.Sprintf("%d objects of Go's heap", g.objects-since.objects))
	}
	if g.goroutines-since.goroutines >= rounds {
		what = append(what, fmt.Sprintf("%d goroutines", g.goroutines-since.goroutines))
	}
	if g.threads-since.threads >= rounds {
		what = append(what, fmt.Sprintf("%d threads", g.threads-since.threads))
	}
	return what
}

// TestNothingGrows calls each function again and again, as it is meant and with what it
// refuses. What librados has handed out it has all back; and there is no more of C's heap,
// Go's, goroutines and threads after any number of rounds. What something else takes
// meanwhile does not come with every attempt, a leak does.
func TestNothingGrows(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	const rounds = 30
	forEachFunction(t, func(t *testing.T, s *misuse.Stage, f misuse.Function) {
		choices := s.Choices(f)
		collectUntil(t, "ended", nothingLives)
		workOn(choices, rounds) // all that is made once is there
		var leaks []string
		for range 20 {
			before := measure(t)
			workOn(choices, rounds)
			if leaks = measure(t).growth(before, rounds); len(leaks) == 0 {
				return
			}
		}
		assert.Empty(t, leaks, "%d rounds leave behind", rounds)
	})
}

// workOn makes all calls that there are but those on what has come to its end.
func workOn(choices misuse.Choices, rounds int) {
	work := func(call misuse.Call) {
		o := call.Do()
		o.End()
		call.End()
	}
	for range rounds {
		work(choices.Ordinary())
		for call := range choices.Each {
			if !call.Ended() {
				work(call)
			}
		}
	}
}

// TestPlacesOfThreads: the place in which a thread waits is another's when it has ended.
func TestPlacesOfThreads(t *testing.T) {
	ioctx := opened(t)
	threads := func(n int) {
		for range n {
			ended := make(chan error)
			go func() {
				runtime.LockOSThread() // for good: the thread ends with the goroutine
				ended <- second(ioctx.Read("object", make([]byte, 8), 0))
			}()
			require.NoError(t, <-ended)
		}
	}
	threads(20)
	const more, place = 100, 256 // a place takes some hundred bytes
	for range 20 {               // threads end when they do, and others come
		before := fakelibrados.Heap()
		threads(more)
		if fakelibrados.Heap()-before < more*place/2 {
			return
		}
	}
	assert.Fail(t, "each thread leaves a place behind")
}
