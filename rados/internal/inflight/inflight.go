// Package inflight bounds how much is under way at once. librados has bounds of its own,
// past which it keeps the caller's thread waiting; staying below them keeps goroutines
// from taking a thread each, and lets those who wait give up.
package inflight

import (
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

// Limit admits calls up to the bounds, first come first served. The zero Limit has
// nothing under way.
type Limit struct {
	mu      sync.Mutex
	calls   int
	bytes   int64
	waiting list.List // of *waiter
}

type waiter struct {
	bytes    int64
	admitted chan struct{}
}

// Enter admits a call that moves so many bytes, once there is room or ctx has ended.
// A call that is too large for the bounds is admitted alone.
func (l *Limit) Enter(ctx context.Context, bytes int64) error {
	l.mu.Lock()
	if l.waiting.Len() == 0 && l.fits(bytes) {
		l.count(bytes)
		l.mu.Unlock()
		return nil
	}
	w := &waiter{bytes, make(chan struct{})}
	place := l.waiting.PushBack(w)
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
		l.waiting.Remove(place)
		l.admit() // those behind it may need less room
	}
	return ctx.Err()
}

// Exit ends a call that Enter admitted.
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

// admit lets in those who have waited longest, as many as there is room for.
func (l *Limit) admit() {
	for front := l.waiting.Front(); front != nil; front = l.waiting.Front() {
		w := front.Value.(*waiter)
		if !l.fits(w.bytes) {
			return
		}
		l.count(w.bytes)
		l.waiting.Remove(front)
		close(w.admitted)
	}
}

func (l *Limit) fits(bytes int64) bool {
	return l.calls == 0 || l.calls < MaxCalls && l.bytes+bytes <= MaxBytes
}

func (l *Limit) count(bytes int64) {
	l.calls++
	l.bytes += bytes
}
