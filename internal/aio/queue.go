package aio

import (
	"sync/atomic"
	"unsafe"
)

// CompletionQueue has the calls of one goroutine at a time, and returns them in the order in which they
// complete.
//
// Completed calls are a list, which is linked by the C halves of the calls, where C linked them before: a
// channel takes several times as long. The queue also keeps the calls that have been released, which
// spares its next ones the way through the pool.
type CompletionQueue struct {
	// Changed has room for one. When Next has returned nil, the goroutine receives from Changed, and
	// calls Next again.
	Changed chan struct{}

	pool  *Pool
	last  atomic.Pointer[head] // the calls that have completed, the last one first
	first *head                // those that have completed before, the first one first
	calls int                  // the number of calls from Acquire to Release
	free  []*Call
}

// NewCompletionQueue returns an empty queue for calls of p. The caller must close it.
func (p *Pool) NewCompletionQueue() *CompletionQueue {
	return &CompletionQueue{Changed: make(chan struct{}, 1), pool: p}
}

// Close ends the use of q, all of whose calls have been released.
func (q *CompletionQueue) Close() {
	for _, c := range q.free {
		q.pool.push(c)
	}
	q.free = nil
}

// Next removes the first call and returns it, or nil if there is no call.
func (q *CompletionQueue) Next() *Call {
	if q.first == nil && q.last.Load() != nil {
		q.first = reversed(q.last.Swap(nil))
	}
	h := q.first
	if h == nil {
		return nil
	}
	q.first = (*head)(h.next)
	return (*q.pool.all.Load())[h.index]
}

// put appends a call.
func (q *CompletionQueue) put(h *head) {
	before := q.last.Load()
	for h.next = unsafe.Pointer(before); !q.last.CompareAndSwap(before, h); h.next = unsafe.Pointer(before) {
		before = q.last.Load()
	}
	if before != nil {
		return // Changed has been sent to, and Next will find h as well
	}
	select {
	case q.Changed <- struct{}{}:
	default:
	}
}

// reversed reverses a list.
func reversed(list *head) (first *head) {
	for h := list; h != nil; {
		next := (*head)(h.next)
		h.next = unsafe.Pointer(first)
		first, h = h, next
	}
	return first
}

// acquire returns a free call, or nil, and reports whether q has no other calls. A nil queue has none.
func (q *CompletionQueue) acquire() (c *Call, alone bool) {
	if q == nil {
		return nil, true
	}
	q.calls++
	if n := len(q.free) - 1; n >= 0 {
		c, q.free = q.free[n], q.free[:n]
	}
	return c, q.calls == 1
}

// release keeps c, a call of q, and reports whether q has no other calls.
func (q *CompletionQueue) release(c *Call) (alone bool) {
	q.calls--
	q.free = append(q.free, c)
	return q.calls == 0
}
