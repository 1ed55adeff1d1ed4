package aio

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// library stands for C: calls end when end says so.
type library struct {
	mu    sync.Mutex
	more  *sync.Cond
	ended unsafe.Pointer
	slots []*slot
	gone  []unsafe.Pointer // cancelled

	parked, waiting, most uint32
}

func newEngine() (*Engine, *library) {
	l := &library{}
	l.more = sync.NewCond(&l.mu)
	return New(Library{
		New: func(index int) unsafe.Pointer {
			s := &slot{index: uint64(index)}
			l.slots = append(l.slots, s) // New is called by one at a time
			return unsafe.Pointer(s)
		},
		Cancel: func(p unsafe.Pointer) {
			l.mu.Lock()
			l.gone = append(l.gone, p)
			l.mu.Unlock()
			if s := (*slot)(p); s.waits == 0 { // else the thread that waits is told
				l.end(s, -125)
			}
		},
		Sleep: func() {
			l.mu.Lock()
			for atomic.LoadPointer(&l.ended) == nil {
				l.more.Wait()
			}
			l.mu.Unlock()
		},
		Ended:   &l.ended,
		Parked:  &l.parked,
		Waiting: &l.waiting, WaitingMost: &l.most,
	}), l
}

// end ends a call as C does.
func (l *library) end(s *slot, ret int64) {
	l.mu.Lock()
	s.ret = ret
	for {
		before := atomic.LoadPointer(&l.ended)
		s.next = before
		if atomic.CompareAndSwapPointer(&l.ended, before, unsafe.Pointer(s)) {
			break
		}
	}
	l.more.Signal()
	l.mu.Unlock()
}

func TestWait(t *testing.T) {
	e, l := newEngine()
	gate := new(int)
	c := e.Take(unsafe.Pointer(gate))
	assert.Equal(t, uintptr(unsafe.Pointer(gate)), c.slot.owner.Load())
	go l.end(c.slot, 42)
	assert.EqualValues(t, 42, c.Wait(t.Context(), 0))
	c.Free()
	assert.Zero(t, c.slot.owner.Load())
	assert.EqualValues(t, -5, e.Take(unsafe.Pointer(gate)).Wait(t.Context(), -5), "it was not even started")
	assert.Len(t, l.slots, 1, "it is used again")
}

func TestGivenUp(t *testing.T) {
	e, l := newEngine()
	c := e.Take(unsafe.Pointer(new(int)))
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Millisecond, cancel)
	assert.EqualValues(t, -125, c.Wait(ctx, 0))
	assert.Equal(t, []unsafe.Pointer{c.Slot()}, l.gone)
}

// TestFreeWaitsForCancel: the next call in the slot must not be what is cancelled.
func TestFreeWaitsForCancel(t *testing.T) {
	e, _ := newEngine()
	c := e.Take(unsafe.Pointer(new(int)))
	c.slot.owner.Or(cancelling)
	freed := make(chan struct{})
	go func() { c.Free(); close(freed) }()
	select {
	case <-freed:
		require.FailNow(t, "it was freed under whoever cancels it")
	case <-time.After(20 * time.Millisecond):
	}
	c.slot.owner.And(^uintptr(cancelling))
	<-freed
}

// TestTakeWaiting: the thread that starts a call waits for it unless others wait enough, or
// some are parked.
func TestTakeWaiting(t *testing.T) {
	e, l := newEngine()
	l.most = 1
	gate := unsafe.Pointer(new(int))
	c := e.TakeWaiting(t.Context(), gate)
	assert.True(t, c.Waited())
	assert.EqualValues(t, 1, c.slot.waits)
	assert.Zero(t, l.parked)
	c.slot.ret = 42
	assert.EqualValues(t, 42, c.Wait(t.Context(), 1))
	assert.EqualValues(t, 1, l.waiting, "before it is started")
	c.Free()
	assert.Zero(t, l.parked)
	assert.Zero(t, l.waiting)

	l.waiting = 1
	c = e.TakeWaiting(t.Context(), gate)
	assert.False(t, c.Waited())
	assert.Zero(t, c.slot.waits)
	assert.EqualValues(t, 1, l.parked)
	assert.EqualValues(t, 1, l.waiting)
	l.waiting = 0
	assert.False(t, e.TakeWaiting(t.Context(), gate).Waited(), "one is parked")
	c.Free()
	assert.EqualValues(t, 1, l.parked)
}

// TestTakeLong: what lasts long is no reason for others to be parked.
func TestTakeLong(t *testing.T) {
	e, l := newEngine()
	l.most = 1
	gate := unsafe.Pointer(new(int))
	long := e.TakeLong(gate)
	assert.False(t, long.Waited())
	assert.True(t, long.Long())
	assert.Zero(t, l.parked)
	c := e.TakeWaiting(t.Context(), gate)
	assert.True(t, c.Waited())
	assert.False(t, c.Long())
	c.Free()
	go l.end(long.slot, 7)
	assert.EqualValues(t, 7, long.Wait(t.Context(), 0))
	long.Free()
	assert.Zero(t, l.parked)
	assert.Zero(t, l.waiting)
}

// TestWaitingGivenUp: a call is given up by its context wherever it is, and nobody gives up
// the next one in its slot for it.
func TestWaitingGivenUp(t *testing.T) {
	e, l := newEngine()
	l.most = 1
	gate := unsafe.Pointer(new(int))
	ctx, cancel := context.WithCancel(t.Context())
	c := e.TakeWaiting(ctx, gate)
	e.TakeWaiting(t.Context(), gate).Free()
	cancel()
	c.Free() // waits for it
	assert.Equal(t, []unsafe.Pointer{c.Slot()}, l.gone)

	c = e.TakeWaiting(ctx, gate)
	c.Free()
	c.slot.givenUp.Store(1)
	assert.Zero(t, e.TakeWaiting(t.Context(), gate).slot.givenUp.Load())
}

func TestTell(t *testing.T) {
	e, l := newEngine()
	inbox := NewInbox(3)
	for i := range 3 {
		c := e.Take(unsafe.Pointer(new(int)))
		c.Tell(inbox)
		c.For = i
		go l.end(c.slot, int64(i))
	}
	for range 3 {
		c := <-inbox.C
		assert.EqualValues(t, c.For, int(c.Code()))
		c.Free()
	}
}

// TestMany has many calls of many goroutines, which end in any order.
func TestMany(t *testing.T) {
	e, l := newEngine()
	var users sync.WaitGroup
	for i := range 100 {
		users.Go(func() {
			for j := range 100 {
				c := e.Take(unsafe.Pointer(new(int)))
				go l.end(c.slot, int64(i*100+j))
				assert.EqualValues(t, i*100+j, c.Wait(context.Background(), 0))
				c.Free()
			}
		})
	}
	users.Wait()
	assert.LessOrEqual(t, len(l.slots), 100)
}
