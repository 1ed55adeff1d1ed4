package handle

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// interrupters counts the goroutines that interrupt.
func interrupters() int {
	stacks := make([]byte, 4<<20)
	return strings.Count(string(stacks[:runtime.Stack(stacks, true)]), "handle.(*interrupter).run(")
}

// TestInterruptsAllClosedHandles: one goroutine has the calls inside all closed handles
// cancelled, again and again until they have left, and ends with the last of them.
func TestInterruptsAllClosedHandles(t *testing.T) {
	const handles = 1000
	var mu sync.Mutex
	seen := map[uintptr]int{}
	all := make(chan struct{}) // closed when each gate was seen three times
	three := 0
	hold := make(chan struct{})
	Interrupt = func(gates []uintptr) {
		<-hold
		assert.True(t, slices.IsSorted(gates))
		mu.Lock()
		defer mu.Unlock()
		for _, gate := range gates {
			if seen[gate]++; seen[gate] == 3 {
				if three++; three == handles {
					close(all)
				}
			}
		}
	}
	defer func() {
		interrupting.mu.Lock() // after the goroutine's last look at it
		defer interrupting.mu.Unlock()
		Interrupt = nil
	}()

	var leave []func()
	for range handles {
		_, h := open(nil)
		lane, err := h.Enter(nil)
		require.NoError(t, err)
		leave = append(leave, func() { h.Exit(lane) })
		h.Close(errClosed)
	}
	assert.Equal(t, 1, interrupters(), "while one call of Interrupt does not return")
	close(hold)
	<-all
	for _, exit := range leave {
		exit()
	}
	for interrupters() > 0 {
		runtime.Gosched()
	}

	_, h := open(nil)
	h.Close(errClosed)
	assert.Zero(t, interrupters(), "no call is inside")
}
