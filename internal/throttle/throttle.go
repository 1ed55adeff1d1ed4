// Package inflight bounds how much is under way at once. librados has bounds of its own,
// past which it keeps the caller's thread waiting; staying below them keeps goroutines
// from taking a thread each, and lets those who wait give up.
package throttle

import (
	"cmp"
	"container/list"
	"context"
	"sync"
	"sync/atomic"
)

// The bounds of a Limit unless SetMax says otherwise: those that librados has unless it is
// configured otherwise (objecter_inflight_ops, objecter_inflight_op_bytes).
const (
	MaxCalls = 1024
	MaxBytes = 100 << 20
)

// Owner owns calls: an IOContext or a Conn. Its calls that wait for admission end when it is
// closed. It is comparable; *handle.Handle is one.
type Owner interface {
	// Done returns a channel that is closed when the owner is.
	Done() <-chan struct{}
	// Err returns why the owner is closed.
	Err() error
}

// Limit admits calls up to its bounds. Waiting calls are admitted in turns, one of each
// owner, so that many calls of one owner do not delay the few of another. The zero Limit has
// nothing in flight.
//
// While no call waits, calls enter and exit without the lock.
type Limit struct {
	now      atomic.Uint64 // a load
	maxCalls atomic.Uint64 // MaxCalls if 0
	maxBytes atomic.Uint64 // MaxBytes if 0

	mu      sync.Mutex
	queues  list.List // of *queue, whose turn it is first
	byOwner map[Owner]*list.Element
}

// load is what is under way, in one word: whether somebody waits, how many calls there are,
// and how many bytes they move. While somebody waits it changes only under the lock.
type load uint64

const (
	oneCall load = 1 << 43
	waiting load = 1 << 63

	mostBytes = uint64(oneCall) - 1
	mostCalls = uint64(waiting/oneCall) - 1
)

func (n load) calls() uint64 { return uint64(n &^ waiting / oneCall) }
func (n load) bytes() uint64 { return uint64(n) & mostBytes }

// of is the load of one call. No call moves more than can be counted, but what callers say
// of it might.
func of(bytes int64) load { return oneCall + load(min(uint64(max(bytes, 0)), mostBytes/2)) }

// queue has the calls of one owner that wait, first come first served.
type queue struct {
	owner       Owner
	first, last *waiter
}

// waiter is one of them. It is used again by another.
type waiter struct {
	load          load
	admitted      chan struct{} // has room for one
	before, after *waiter
}

var waiters = sync.Pool{New: func() any { return &waiter{admitted: make(chan struct{}, 1)} }}

func (q *queue) push(w *waiter) {
	w.before, w.after = q.last, nil
	if q.last != nil {
		q.last.after = w
	} else {
		q.first = w
	}
	q.last = w
}

func (q *queue) remove(w *waiter) {
	if w.before != nil {
		w.before.after = w.after
	} else {
		q.first = w.after
	}
	if w.after != nil {
		w.after.before = w.before
	} else {
		q.last = w.before
	}
}

// SetMax sets the bounds, of which 0 is the usual one.
func (l *Limit) SetMax(calls int, bytes int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.maxCalls.Store(min(uint64(calls), mostCalls))
	l.maxBytes.Store(min(uint64(bytes), mostBytes/2))
	l.admit()
}

// Max is what the bounds are.
func (l *Limit) Max() (calls int, bytes int64) {
	return int(cmp.Or(l.maxCalls.Load(), MaxCalls)), int64(cmp.Or(l.maxBytes.Load(), MaxBytes))
}

// Enter admits a call of owner that moves bytes bytes. It waits for room, and returns an
// error if ctx is done or owner is closed first. A call that exceeds the bounds is admitted
// alone.
func (l *Limit) Enter(ctx context.Context, owner Owner, bytes int64) error {
	call := of(bytes)
	if l.enter(call) {
		return nil
	}
	l.mu.Lock()
	if l.enterOrWait(call) {
		l.mu.Unlock()
		return nil
	}
	w := waiters.Get().(*waiter)
	defer waiters.Put(w)
	w.load = call
	q := l.wait(owner, w)
	l.mu.Unlock()

	var err error
	select {
	case <-w.admitted:
		return nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-owner.Done(): // also if it was closed before
		err = owner.Err()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-w.admitted: // just now
		l.now.Add(-uint64(call))
	default:
		q.remove(w)
		l.dropIfEmpty(q)
	}
	l.admit() // the calls after it may need less room
	return err
}

// enter admits a call if nobody waits and there is room.
func (l *Limit) enter(call load) bool {
	for {
		now := load(l.now.Load())
		if now&waiting != 0 || !l.fits(now, call) {
			return false
		}
		if l.now.CompareAndSwap(uint64(now), uint64(now+call)) {
			return true
		}
	}
}

// enterOrWait is enter, or has those who leave know that somebody waits: not even one of
// them comes between the two.
func (l *Limit) enterOrWait(call load) bool {
	for !l.enter(call) {
		now := load(l.now.Load())
		if now&waiting != 0 || !l.fits(now, call) && l.now.CompareAndSwap(uint64(now), uint64(now|waiting)) {
			return false
		}
	}
	return true
}

// wait appends w to the queue of owner.
func (l *Limit) wait(owner Owner, w *waiter) *queue {
	e, ok := l.byOwner[owner]
	if !ok {
		if l.byOwner == nil {
			l.byOwner = make(map[Owner]*list.Element)
		}
		e = l.queues.PushBack(&queue{owner: owner})
		l.byOwner[owner] = e
	}
	q := e.Value.(*queue)
	q.push(w)
	return q
}

func (l *Limit) dropIfEmpty(q *queue) {
	if q.first == nil {
		l.queues.Remove(l.byOwner[q.owner])
		delete(l.byOwner, q.owner)
	}
}

// TryEnter admits a call if nobody waits and there is room.
func (l *Limit) TryEnter(bytes int64) bool { return l.enter(of(bytes)) }

// Exit ends a call that was admitted.
func (l *Limit) Exit(bytes int64) { l.exit(of(bytes)) }

// ExitCall ends a call that was admitted, but for its bytes: they count until Release.
func (l *Limit) ExitCall() { l.exit(oneCall) }

// Release ends the bytes of a call that ExitCall has ended.
func (l *Limit) Release(bytes int64) { l.exit(of(bytes) - oneCall) }

func (l *Limit) exit(call load) {
	for {
		now := load(l.now.Load())
		if now&waiting != 0 {
			break
		}
		if l.now.CompareAndSwap(uint64(now), uint64(now-call)) {
			return
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now.Add(-uint64(call))
	l.admit()
}

// admit lets in those whose turn it is, as many as there is room for.
func (l *Limit) admit() {
	for front := l.queues.Front(); front != nil; front = l.queues.Front() {
		q := front.Value.(*queue)
		w := q.first
		if !l.fits(load(l.now.Load()), w.load) {
			return
		}
		l.now.Add(uint64(w.load))
		q.remove(w)
		l.queues.MoveToBack(front)
		l.dropIfEmpty(q)
		w.admitted <- struct{}{}
	}
	l.now.And(^uint64(waiting))
}

func (l *Limit) fits(now, call load) bool {
	calls, bytes := l.Max()
	if now.calls() == 0 && (now.bytes() == 0 || call.bytes() == 0) {
		return true
	}
	return now.calls() < uint64(calls) && now.bytes()+call.bytes() <= uint64(bytes)
}
