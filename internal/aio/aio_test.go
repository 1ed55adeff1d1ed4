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

	"github.com/go-rados/go-rados/internal/background"
	"github.com/go-rados/go-rados/internal/test/await"
)

// library is a stand-in for C: complete completes a call.
type library struct {
	mu        sync.Mutex
	more      *sync.Cond
	completed unsafe.Pointer
	heads     []*head
	cancelled []unsafe.Pointer

	async, sync, maxSync uint32
}

func newPool() (*Pool, *library) {
	l := &library{}
	l.more = sync.NewCond(&l.mu)
	return New(Library{
		New: func(index int) unsafe.Pointer {
			s := &head{index: uint64(index)}
			l.heads = append(l.heads, s) // one goroutine at a time calls New
			return unsafe.Pointer(s)
		},
		Cancel: func(p unsafe.Pointer) {
			l.mu.Lock()
			l.cancelled = append(l.cancelled, p)
			l.mu.Unlock()
			if s := (*head)(p); s.sync == 0 { // a synchronous call completes otherwise
				l.complete(s, -125)
			}
		},
		WaitCompleted: func() bool {
			l.mu.Lock()
			defer l.mu.Unlock()
			for atomic.LoadPointer(&l.completed) == nil {
				l.more.Wait()
			}
			return false
		},
		Completed: &l.completed,
		Async:     &l.async,
		Sync:      &l.sync, MaxSync: &l.maxSync,
	}, new(background.Connections)), l
}

// complete completes a call as C does.
func (l *library) complete(s *head, ret int64) {
	l.mu.Lock()
	s.ret = ret
	for {
		before := atomic.LoadPointer(&l.completed)
		s.next = before
		if atomic.CompareAndSwapPointer(&l.completed, before, unsafe.Pointer(s)) {
			break
		}
	}
	l.more.Signal()
	l.mu.Unlock()
}

func TestWait(t *testing.T) {
	p, l := newPool()
	refs := new(int)
	c := p.Acquire(unsafe.Pointer(refs))
	assert.Equal(t, uintptr(unsafe.Pointer(refs)), c.head.owner.Load())
	go l.complete(c.head, 42)
	assert.EqualValues(t, 42, c.Wait(t.Context(), 0))
	c.Release()
	assert.Zero(t, c.head.owner.Load())
	assert.EqualValues(t, -5, p.Acquire(unsafe.Pointer(refs)).Wait(t.Context(), -5), "it was not even started")
	assert.Len(t, l.heads, 1, "it is reused")
}

func TestCancel(t *testing.T) {
	p, l := newPool()
	c := p.Acquire(unsafe.Pointer(new(int)))
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Millisecond, cancel)
	assert.EqualValues(t, -125, c.Wait(ctx, 0))
	assert.Equal(t, []unsafe.Pointer{c.Pointer()}, l.cancelled)
}

// TestReleaseWaitsForCancel: the next call must not be cancelled instead.
func TestReleaseWaitsForCancel(t *testing.T) {
	p, _ := newPool()
	c := p.Acquire(unsafe.Pointer(new(int)))
	c.head.owner.Or(cancelling)
	freed := make(chan struct{})
	go func() { c.Release(); close(freed) }()
	select {
	case <-freed:
		require.FailNow(t, "it was released while it was being cancelled")
	case <-time.After(20 * time.Millisecond):
	}
	c.head.owner.And(^uintptr(cancelling))
	<-freed
}

// TestAcquireSync: the thread that starts a call waits for it unless MaxSync
// threads wait or a call is asynchronous.
func TestAcquireSync(t *testing.T) {
	p, l := newPool()
	l.maxSync = 1
	refs := unsafe.Pointer(new(int))
	c := p.AcquireSync(t.Context(), refs)
	assert.True(t, c.Completed())
	assert.EqualValues(t, 1, c.head.sync)
	assert.Zero(t, l.async)
	c.head.ret = 42
	assert.EqualValues(t, 42, c.Wait(t.Context(), 1))
	assert.EqualValues(t, 1, l.sync, "counted before it is started")
	c.Release()
	assert.Zero(t, l.async)
	assert.Zero(t, l.sync)

	l.sync = 1
	c = p.AcquireSync(t.Context(), refs)
	assert.False(t, c.Completed())
	assert.Zero(t, c.head.sync)
	assert.EqualValues(t, 1, l.async)
	assert.EqualValues(t, 1, l.sync)
	l.sync = 0
	assert.False(t, p.AcquireSync(t.Context(), refs).Completed(), "a call is asynchronous")
	c.Release()
	assert.EqualValues(t, 1, l.async)
}

// TestAcquireUncounted: a call that is not counted does not make others asynchronous.
func TestAcquireUncounted(t *testing.T) {
	p, l := newPool()
	l.maxSync = 1
	refs := unsafe.Pointer(new(int))
	long := p.AcquireUncounted(refs)
	assert.False(t, long.Completed())
	assert.True(t, long.Uncounted())
	assert.Zero(t, l.async)
	c := p.AcquireSync(t.Context(), refs)
	assert.True(t, c.Completed())
	assert.False(t, c.Uncounted())
	c.Release()
	go l.complete(long.head, 7)
	assert.EqualValues(t, 7, long.Wait(t.Context(), 0))
	long.Release()
	assert.Zero(t, l.async)
	assert.Zero(t, l.sync)
}

// TestCancelSync: a context cancels its call at any time, and never
// the next one.
func TestCancelSync(t *testing.T) {
	p, l := newPool()
	l.maxSync = 1
	refs := unsafe.Pointer(new(int))
	ctx, cancel := context.WithCancel(t.Context())
	c := p.AcquireSync(ctx, refs)
	p.AcquireSync(t.Context(), refs).Release()
	cancel()
	c.Release() // waits for the cancellation
	assert.Equal(t, []unsafe.Pointer{c.Pointer()}, l.cancelled)

	c = p.AcquireSync(ctx, refs)
	c.Release()
	c.head.cancelled.Store(1)
	assert.Zero(t, p.AcquireSync(t.Context(), refs).head.cancelled.Load())
}

func TestSendTo(t *testing.T) {
	p, l := newPool()
	queue := NewCompletionQueue(3)
	for i := range 3 {
		c := p.Acquire(unsafe.Pointer(new(int)))
		c.SendTo(queue)
		c.UserData = i
		go l.complete(c.head, int64(i))
	}
	for range 3 {
		c := <-queue.C
		assert.EqualValues(t, c.UserData, int(c.Code()))
		c.Release()
	}
}

// TestMany makes many calls from many goroutines, which complete in any order.
func TestMany(t *testing.T) {
	p, l := newPool()
	var users await.Group
	for i := range 100 {
		users.Go(func() {
			for j := range 100 {
				c := p.Acquire(unsafe.Pointer(new(int)))
				go l.complete(c.head, int64(i*100+j))
				assert.EqualValues(t, i*100+j, c.Wait(context.Background(), 0))
				c.Release()
			}
		})
	}
	users.Wait()
	assert.LessOrEqual(t, len(l.heads), 100)
}
