// Package inflight bounds how much is under way at once. librados has bounds of its own,
// past which it keeps the caller's thread waiting; staying below them keeps goroutines
// from taking a thread each, and lets those who wait give up.
package inflight

import (
	"cmp"
	"container/list"
	"context"
	"sync"
)

// The bounds of a Limit, half of those that librados has unless configured otherwise
// (objecter_inflight_ops, objecter_inflight_op_bytes).
const (
	MaxCalls = 512
	MaxBytes = 50 << 20
)

// Limit admits calls up to its bounds. Those who wait are served in turns, one of each
// owner, so that nobody's many calls hold up another's few. The zero Limit has nothing under
// way.
type Limit struct {
	mu       sync.Mutex
	maxCalls int   // MaxCalls if 0
	maxBytes int64 // MaxBytes if 0
	calls    int
	bytes    int64
	queues   list.List // of *queue, whose turn it is first
	byOwner  map[any]*list.Element
}

// queue has the calls of one owner that wait, first come first served.
type queue struct {
	owner   any
	waiting list.List // of *waiter
}

type waiter struct {
	bytes    int64
	admitted chan struct{}
}

// SetMax sets the bounds, of which 0 is the usual one.
func (l *Limit) SetMax(calls int, bytes int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.maxCalls, l.maxBytes = calls, bytes
	l.admit()
}

// Enter admits a call of owner that moves so many bytes, once there is room or ctx has
// ended. A call that is too large for the bounds is admitted alone.
func (l *Limit) Enter(ctx context.Context, owner any, bytes int64) error {
	l.mu.Lock()
	if l.enter(bytes) {
		l.mu.Unlock()
		return nil
	}
	w := &waiter{bytes, make(chan struct{})}
	q, place := l.wait(owner, w)
	l.mu.Unlock()

	select {
	case <-w.admitted:
		return nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-w.admitted: // just now
		l.leave(bytes)
	default:
		q.waiting.Remove(place)
		l.dropIfEmpty(q)
		l.admit() // those behind it may need less room
	}
	return ctx.Err()
}

// wait appends w to the queue of owner.
func (l *Limit) wait(owner any, w *waiter) (*queue, *list.Element) {
	e, ok := l.byOwner[owner]
	if !ok {
		if l.byOwner == nil {
			l.byOwner = make(map[any]*list.Element)
		}
		e = l.queues.PushBack(&queue{owner: owner})
		l.byOwner[owner] = e
	}
	q := e.Value.(*queue)
	return q, q.waiting.PushBack(w)
}

func (l *Limit) dropIfEmpty(q *queue) {
	if q.waiting.Len() == 0 {
		l.queues.Remove(l.byOwner[q.owner])
		delete(l.byOwner, q.owner)
	}
}

// TryEnter admits a call if nobody waits and there is room.
func (l *Limit) TryEnter(bytes int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.enter(bytes)
}

// enter is TryEnter for who has the lock.
func (l *Limit) enter(bytes int64) bool {
	if l.queues.Len() > 0 || !l.fits(bytes) {
		return false
	}
	l.count(bytes)
	return true
}

// Exit ends a call that was admitted.
func (l *Limit) Exit(bytes int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.leave(bytes)
}

func (l *Limit) leave(bytes int64) {
	l.calls--
	l.bytes -= bytes
	l.admit()
}

// admit lets in those whose turn it is, as many as there is room for.
func (l *Limit) admit() {
	for front := l.queues.Front(); front != nil; front = l.queues.Front() {
		q := front.Value.(*queue)
		w := q.waiting.Front().Value.(*waiter)
		if !l.fits(w.bytes) {
			return
		}
		l.count(w.bytes)
		q.waiting.Remove(q.waiting.Front())
		l.queues.MoveToBack(front)
		l.dropIfEmpty(q)
		close(w.admitted)
	}
}

func (l *Limit) fits(bytes int64) bool {
	return l.calls == 0 || l.calls < cmp.Or(l.maxCalls, MaxCalls) && l.bytes+bytes <= cmp.Or(l.maxBytes, MaxBytes)
}

func (l *Limit) count(bytes int64) {
	l.calls++
	l.bytes += bytes
}
