package fakelibrados_test

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/internal/test/misuse"
	"github.com/go-rados/go-rados/internal/test/process"
	"github.com/go-rados/go-rados/rados"
)

// grown is what can leak.
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
	return grown{fakelibrados.Heap(), mem.HeapObjects, process.Goroutines(), process.Threads()}
}

// growth returns what has grown by at least one unit in each round.
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

// TestNothingGrows calls each function repeatedly, with valid and with invalid
// arguments. All objects of librados are freed, and the C heap, the Go heap and
// the numbers of goroutines and threads do not grow. Memory that something else
// allocates meanwhile does not appear in every attempt, a leak does.
func TestNothingGrows(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	const rounds = 10
	forEachFunction(t, func(t *testing.T, s *misuse.Fixture, f misuse.Function) {
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

// workOn makes all calls except those on closed objects.
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

// TestWaitersOfEndedThreadsAreReused makes calls from threads that end
// afterwards: their waiters are reused.
func TestWaitersOfEndedThreadsAreReused(t *testing.T) {
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

// TestOperationsLeaveNoMemory expects operations to free all memory of the C
// heap, however they end.
func TestOperationsLeaveNoMemory(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Outcomes(answered()...)
	noGrowth(t, 3000, func() {
		for _, code := range []int{0, -int(syscall.EIO)} {
			fakelibrados.ReturnAfter("rados_read_op_operate", 1, code)
			for range 2 {
				var g getters
				r := rados.CreateReadOp()
				g.addTo(r, make([]byte, 8))
				err := r.Operate(ioctx, "object", 0)
				if code == 0 {
					require.NoError(t, err)
				}
			}
		}
		w := rados.CreateWriteOp()
		for _, step := range writeSteps {
			step.add(w)
		}
		w.Operate(ioctx, "a\x00b", 0)
	})
}

// noGrowth calls f times times to warm up the caches of C, and once more. The C
// heap may grow by less than its smallest block for each call.
func noGrowth(t *testing.T, times int, f func()) {
	t.Helper()
	if testing.Short() {
		times /= 10
	}
	runtime.LockOSThread() // each thread has caches of its own
	defer runtime.UnlockOSThread()
	for range times {
		f()
	}
	before := fakelibrados.Heap()
	for range times {
		f()
	}
	assert.Less(t, fakelibrados.Heap()-before, 24*times, "C's heap grows")
}

// TestNotifyLeavesNoMemory expects the reply and the acknowledgements in it,
// which librados has another function to free, to be freed.
func TestNotifyLeavesNoMemory(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Answer("rados_notify2", reply(someAcks, someTimeouts))
	noGrowth(t, 2000, func() {
		acks, _, err := ioctx.Notify("object", data)
		require.NoError(t, err)
		require.Len(t, acks, 2)
	})
	assert.Equal(t, fakelibrados.Calls("rados_notify2"), fakelibrados.Calls("rados_buffer_free"))
}

// TestWatchesLeaveNoMemory expects watches and their events to be freed.
func TestWatchesLeaveNoMemory(t *testing.T) {
	ioctx := opened(t)
	w := watch(t, ioctx)
	noGrowth(t, 1000, func() {
		for range 3 {
			fakelibrados.Notify(0, 1, 1, "news that is longer than what the heap of C rounds up to, so that a leak shows")
		}
		for range 3 {
			require.NoError(t, second(await.Next(t, w.Events()), nil))
		}
	})
	require.NoError(t, w.Delete())
}
