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
	c := p.Acquire(unsafe.Pointer(refs), nil)
	assert.Equal(t, uintptr(unsafe.Pointer(refs)), c.head.owner.Load())
	go l.complete(c.head, 42)
	assert.EqualValues(t, 42, c.Wait(t.Context(), 0))
	c.Release()
	assert.Zero(t, c.head.owner.Load())
	assert.EqualValues(t, -5, p.Acquire(unsafe.Pointer(refs), nil).Wait(t.Context(), -5), "it was not even started")
	assert.Len(t, l.heads, 1, "it is reused")
}

func TestCancel(t *testing.T) {
	p, l := newPool()
	c := p.Acquire(unsafe.Pointer(new(int)), nil)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Millisecond, cancel)
	assert.EqualValues(t, -125, c.Wait(ctx, 0))
	assert.Equal(t, []unsafe.Pointer{c.Pointer()}, l.cancelled)
}

// TestReleaseWaitsForCancel: the next call must not be cancelled instead.
func TestReleaseWaitsForCancel(t *testing.T) {
	p, _ := newPool()
	c := p.Acquire(unsafe.Pointer(new(int)), nil)
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
	c := p.AcquireSync(t.Context(), refs, nil)
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
	c = p.AcquireSync(t.Context(), refs, nil)
	assert.False(t, c.Completed())
	assert.Zero(t, c.head.sync)
	assert.EqualValues(t, 1, l.async)
	assert.EqualValues(t, 1, l.sync)
	l.sync = 0
	assert.False(t, p.AcquireSync(t.Context(), refs, nil).Completed(), "a call is asynchronous")
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
	c := p.AcquireSync(t.Context(), refs, nil)
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
	c := p.AcquireSync(ctx, refs, nil)
	p.AcquireSync(t.Context(), refs, nil).Release()
	cancel()
	c.Release() // waits for the cancellation
	assert.Equal(t, []unsafe.Pointer{c.Pointer()}, l.cancelled)

	c = p.AcquireSync(ctx, refs, nil)
	c.Release()
	c.head.cancelled.Store(1)
	assert.Zero(t, p.AcquireSync(t.Context(), refs, nil).head.cancelled.Load())
}

// TestCompletionQueue has many calls complete, while their goroutine waits or does not. Each is returned
// once, in the order in which they have completed.
func TestCompletionQueue(t *testing.T) {
	p, l := newPool()
	queue := p.NewCompletionQueue()
	for round := range 100 {
		const n = 10
		var calls []*Call
		for i := range n {
			c := p.Acquire(unsafe.Pointer(new(int)), queue)
			c.UserData = i
			calls = append(calls, c)
		}
		go func() {
			for i, c := range calls {
				l.complete(c.head, int64(i))
			}
		}()
		for want := range n {
			c := queue.Next()
			for c == nil {
				<-queue.Changed
				c = queue.Next()
			}
			require.EqualValues(t, want, c.Code(), "round %d", round)
			require.Equal(t, want, c.UserData)
			c.Release()
		}
		require.Nil(t, queue.Next())
	}
}

// TestCallsOfQueue: the calls of a queue count as one, and are used again by it, and after Close by all.
func TestCallsOfQueue(t *testing.T) {
	p, l := newPool()
	l.maxSync = 1
	refs := unsafe.Pointer(new(int))
	queue := p.NewCompletionQueue()
	for range 3 {
		calls := []*Call{p.Acquire(refs, queue), p.Acquire(refs, queue), p.AcquireSync(t.Context(), refs, queue)}
		assert.False(t, calls[2].Completed(), "others are asynchronous")
		for _, c := range calls {
			assert.EqualValues(t, 1, l.async)
			c.Release()
		}
		assert.Zero(t, l.async)
		c := p.AcquireSync(t.Context(), refs, queue)
		assert.True(t, c.Completed())
		assert.Zero(t, l.async)
		c.Release()
		assert.Len(t, l.heads, 4, "the synchronous call is not of the queue")
	}
	queue.Close()
	for range 4 {
		p.Acquire(refs, nil)
	}
	assert.Len(t, l.heads, 4)
}

// TestQueueOfAnother: a call that was put into a queue is not put there when it is used again.
func TestQueueOfAnother(t *testing.T) {
	p, l := newPool()
	l.maxSync = 1
	first, second := p.NewCompletionQueue(), p.NewCompletionQueue()
	refs := unsafe.Pointer(new(int))
	use := func(queue *CompletionQueue) {
		c := p.Acquire(refs, queue)
		l.complete(c.head, 5)
		<-queue.Changed
		assert.Same(t, c, queue.Next())
		c.Release()
		queue.Close()
	}
	use(first)
	use(second)
	c := p.Acquire(refs, nil)
	l.complete(c.head, 6)
	assert.EqualValues(t, 6, c.Wait(t.Context(), 0))
	c.Release()
	use(first)
	c = p.AcquireUncounted(refs)
	l.complete(c.head, 7)
	assert.EqualValues(t, 7, c.Wait(t.Context(), 0))
	c.Release()
	assert.Nil(t, first.Next())
	assert.Nil(t, second.Next())
	assert.Len(t, l.heads, 1)
}

// TestMany makes many calls from many goroutines, which complete in any order.
func TestMany(t *testing.T) {
	p, l := newPool()
	var users await.Group
	for i := range 100 {
		users.Go(func() {
			for j := range 100 {
				c := p.Acquire(unsafe.Pointer(new(int)), nil)
				go l.complete(c.head, int64(i*100+j))
				assert.EqualValues(t, i*100+j, c.Wait(context.Background(), 0))
				c.Release()
			}
		})
	}
	users.Wait()
	assert.LessOrEqual(t, len(l.heads), 100)
}
