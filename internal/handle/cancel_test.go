package handle

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// cancellers counts the goroutines that cancel calls.
func cancellers() int {
	stacks := make([]byte, 4<<20)
	return strings.Count(string(stacks[:runtime.Stack(stacks, true)]), "handle.(*canceller).run(")
}

// TestCancelsCallsInsideAllClosedHandles: one goroutine cancels the calls inside all closed
// handles, again and again until they have exited, and then returns.
func TestCancelsCallsInsideAllClosedHandles(t *testing.T) {
	const handles = 1000
	var mu sync.Mutex
	seen := map[uintptr]int{}
	all := make(chan struct{}) // closed when each refs was seen three times
	three := 0
	hold, began := make(chan struct{}), make(chan struct{})
	begin := sync.OnceFunc(func() { close(began) })
	lib := &Library{CancelCalls: func(closed []uintptr) {
		begin()
		<-hold
		assert.True(t, slices.IsSorted(closed))
		mu.Lock()
		defer mu.Unlock()
		for _, refs := range closed {
			if seen[refs]++; seen[refs] == 3 {
				if three++; three == handles {
					close(all)
				}
			}
		}
	}}
	open := func() *Handle {
		o := new(object)
		return lib.New(unsafe.Pointer(o), o.free, nil)
	}

	var leave []func()
	for range handles {
		h := open()
		shard, err := h.Enter(nil)
		require.NoError(t, err)
		leave = append(leave, func() { h.Exit(shard) })
		h.Close(errClosed)
	}
	<-began // a goroutine that has not begun is not counted
	assert.Equal(t, 1, cancellers(), "while one call of CancelCalls does not return")
	close(hold)
	<-all
	for _, exit := range leave {
		exit()
	}
	for cancellers() > 0 {
		runtime.Gosched()
	}

	h := open()
	h.Close(errClosed)
	assert.Zero(t, cancellers(), "no call is inside")
}
