// Package throttle limits the calls in flight. librados has limits of its own, beyond which it
// blocks the caller's thread. Below them no goroutine occupies a thread, and a call that waits to be
// admitted can be cancelled.
package throttle

import (
	"cmp"
	"container/list"
	"context"
	"sync"
	"sync/atomic"

	"github.com/go-rados/go-rados/internal/ctxerr"
)

// The default bounds of a Limit, which are the defaults of librados (objecter_inflight_ops,
// objecter_inflight_op_bytes).
const (
	MaxCalls = 1024
	MaxBytes = 100 << 20
)

// Owner owns calls: an IOContext or a Conn. When it is closed, Enter returns for its calls that
// wait. It must be comparable; *handle.Handle implements it.
type Owner interface {
	// Done returns a channel that is closed when the owner is.
	Done() <-chan struct{}
	// Err returns why the owner is closed.
	Err() error
}

// Limit admits calls up to its bounds. Waiting calls are admitted round robin by owner, so that many
// calls of one owner do not delay the few of another. The zero Limit has no calls in flight.
//
// While no call waits, calls enter and exit without the lock.
type Limit struct {
	inFlight atomic.Uint64 // a load
	maxCalls atomic.Uint64 // MaxCalls if 0
	maxBytes atomic.Uint64 // MaxBytes if 0

	mu      sync.Mutex
	queues  list.List // of *queue, the one whose turn it is first
	byOwner map[Owner]*list.Element
	queued  int // the number of waiting calls
}

// load is the calls in flight in one word: whether a call waits, the number of calls, and the number
// of bytes that they transfer. While a call waits, the load changes only under the lock.
type load uint64

const (
	oneCall load = 1 << 43
	waiting load = 1 << 63

	bytesMask = uint64(oneCall) - 1
	callsMask = uint64(waiting/oneCall) - 1
)

func (n load) calls() uint64 { return uint64(n &^ waiting / oneCall) }
func (n load) bytes() uint64 { return uint64(n) & bytesMask }

// loadOf returns the load of one call. bytes may be any number: it is limited to what a load can
// count.
func loadOf(bytes int64) load { return oneCall + load(min(uint64(max(bytes, 0)), bytesMask/2)) }

// queue has the waiting calls of one owner, in the order of their arrival.
type queue struct {
	owner       Owner
	first, last *waiter
}

// waiter is a call that waits. It is reused.
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

// SetMax sets the bounds; 0 means the default.
func (l *Limit) SetMax(calls int, bytes int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.maxCalls.Store(min(uint64(calls), callsMask))
	l.maxBytes.Store(min(uint64(bytes), bytesMask/2))
	l.admitWaiting()
}

// Max returns the bounds.
func (l *Limit) Max() (calls int, bytes int64) {
	return int(cmp.Or(l.maxCalls.Load(), MaxCalls)), int64(cmp.Or(l.maxBytes.Load(), MaxBytes))
}

// Usage is the number of calls of a Limit at one moment.
type Usage struct {
	Calls   int   // calls in flight
	Waiting int   // calls that wait in Enter
	Bytes   int64 // the bytes of the calls in flight, and of ended ones until Release
}

// Usage returns the present usage.
func (l *Limit) Usage() Usage {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := load(l.inFlight.Load())
	return Usage{Calls: int(now.calls()), Waiting: l.queued, Bytes: int64(now.bytes())}
}

// Enter admits a call of owner that transfers that many bytes. It blocks until the call is within
// the bounds, and returns an error if ctx is done or owner is closed first. A call that exceeds the
// bounds alone is admitted when no other call is in flight.
func (l *Limit) Enter(ctx context.Context, owner Owner, bytes int64) error {
	call := loadOf(bytes)
	if l.tryAdmit(call) {
		return nil
	}
	l.mu.Lock()
	if l.admitOrMark(call) {
		l.mu.Unlock()
		return nil
	}
	w := waiters.Get().(*waiter)
	defer waiters.Put(w)
	w.load = call
	q := l.enqueue(owner, w)
	l.mu.Unlock()

	var err error
	select {
	case <-w.admitted:
		return nil
	case <-ctx.Done():
		err = ctxerr.Of(ctx)
	case <-owner.Done(): // or owner is closed already
		err = owner.Err()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-w.admitted: // just now
		l.inFlight.Add(-uint64(call))
	default:
		l.dequeue(q, w)
	}
	l.admitWaiting() // a smaller call after it may be within the bounds
	return err
}

// tryAdmit admits a call if no call waits and it is within the bounds.
func (l *Limit) tryAdmit(call load) bool {
	for {
		now := load(l.inFlight.Load())
		if now&waiting != 0 || !l.fits(now, call) {
			return false
		}
		if l.inFlight.CompareAndSwap(uint64(now), uint64(now+call)) {
			return true
		}
	}
}

// admitOrMark is tryAdmit that, when it returns false, has set the mark that a call waits. No Exit
// goes unnoticed between the two.
func (l *Limit) admitOrMark(call load) bool {
	for !l.tryAdmit(call) {
		now := load(l.inFlight.Load())
		if now&waiting != 0 || !l.fits(now, call) && l.inFlight.CompareAndSwap(uint64(now), uint64(now|waiting)) {
			return false
		}
	}
	return true
}

// enqueue appends w to the queue of owner.
func (l *Limit) enqueue(owner Owner, w *waiter) *queue {
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
	l.queued++
	return q
}

// dequeue removes w from q, and q if it is empty then.
func (l *Limit) dequeue(q *queue, w *waiter) {
	q.remove(w)
	l.queued--
	if q.first == nil {
		l.queues.Remove(l.byOwner[q.owner])
		delete(l.byOwner, q.owner)
	}
}

// TryEnter admits a call if no call waits and it is within the bounds.
func (l *Limit) TryEnter(bytes int64) bool { return l.tryAdmit(loadOf(bytes)) }

// Exit ends a call that was admitted.
func (l *Limit) Exit(bytes int64) { l.exit(loadOf(bytes)) }

// ExitCall ends a call that was admitted, except for its bytes: they are counted until Release.
func (l *Limit) ExitCall() { l.exit(oneCall) }

// Release subtracts the bytes of a call that ExitCall has counted out.
func (l *Limit) Release(bytes int64) { l.exit(loadOf(bytes) - oneCall) }

func (l *Limit) exit(call load) {
	for {
		now := load(l.inFlight.Load())
		if now&waiting != 0 {
			break
		}
		if l.inFlight.CompareAndSwap(uint64(now), uint64(now-call)) {
			return
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inFlight.Add(-uint64(call))
	l.admitWaiting()
}

// admitWaiting admits waiting calls, one of each owner in turn, until the next exceeds the bounds.
func (l *Limit) admitWaiting() {
	for front := l.queues.Front(); front != nil; front = l.queues.Front() {
		q := front.Value.(*queue)
		w := q.first
		if !l.fits(load(l.inFlight.Load()), w.load) {
			return
		}
		l.inFlight.Add(uint64(w.load))
		l.queues.MoveToBack(front)
		l.dequeue(q, w)
		w.admitted <- struct{}{}
	}
	l.inFlight.And(^uint64(waiting))
}

func (l *Limit) fits(now, call load) bool {
	calls, bytes := l.Max()
	if now.calls() == 0 && (now.bytes() == 0 || call.bytes() == 0) {
		return true
	}
	return now.calls() < uint64(calls) && now.bytes()+call.bytes() <= uint64(bytes)
}
