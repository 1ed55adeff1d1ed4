// Package aio manages calls of librados that take a completion: asynchronous calls, whose goroutines
// block while no thread does, and synchronous calls that can be cancelled.
//
// An asynchronous call is started in one crossing into C and occupies no thread while it is in
// flight. When it completes, librados calls back on a thread of its own, where C appends the call to
// a lock-free list. One goroutine takes the calls of the whole process off that list and wakes the
// goroutines that wait for them.
//
// The C half of a call (struct gorados_call) is memory of C, in which librados stores the results;
// this package accesses only its head, and has it made and cancelled by functions of C. Calls are
// reused, so that there are as many as were ever in flight at the same time. The states of a call,
// and which side changes them, are explained where C declares struct gorados_call.
package aio

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/go-rados/go-rados/internal/background"
	"github.com/go-rados/go-rados/internal/handle"
)

// head is the head of the C half of a call; C has the same struct.
type head struct {
	owner     atomic.Uintptr // the refs that the call is inside, and bits
	next      unsafe.Pointer // the call that completed before it
	ret       int64
	version   uint64
	index     uint64
	number    uint64
	seconds   int64
	nanos     int64
	sync      uint32
	cancelled atomic.Uint32
}

// HeadSize is the size that C's struct must have as well.
const HeadSize = unsafe.Sizeof(head{})

// cancelling is the bit of an owner that is set while C cancels the call.
const cancelling = 1

// Library is the part of C that a Pool needs.
type Library struct {
	// New returns the C half of the call of that index.
	New func(index int) unsafe.Pointer
	// Cancel cancels the call with that C half, which completes soon afterwards.
	Cancel func(call unsafe.Pointer)
	// WaitCompleted blocks until Completed is not nil, or until Interrupt is called, and reports
	// whether it was.
	WaitCompleted func() (interrupted bool)
	// Interrupt interrupts WaitCompleted, or the next one.
	Interrupt func()
	// Completed is the list of calls that have completed, the last one first.
	Completed *unsafe.Pointer
	// Async is the number of asynchronous calls, from Acquire to Release, where those of a
	// CompletionQueue are one, and Sync the number of synchronous ones, of which there may be
	// MaxSync. Go counts its own from AcquireSync to Release, and C the others.
	Async, Sync, MaxSync *uint32
}

// Pool has the calls of a library.
type Pool struct {
	lib    Library
	poller *background.Goroutine
	all    atomic.Pointer[[]*Call] // by index
	free   atomic.Uint64           // the free calls: a top
	mu     sync.Mutex              // guards changes of all
}

// top is the first call of a linked list of free calls. It counts its changes, too: the
// same call may become the first again with another one after it.
type top uint64

func (t top) position() uint32           { return uint32(t) } // 0 if the list is empty
func (t top) change(position uint32) top { return (t>>32+1)<<32 | top(position) }

// New returns an empty pool for calls of the connections.
func New(lib Library, connections *background.Connections) *Pool {
	p := &Pool{lib: lib}
	p.poller = connections.New(p.poll, lib.Interrupt)
	return p
}

// Call is one call, from Acquire to Release.
type Call struct {
	pool     *Pool
	head     *head
	queue    atomic.Pointer[CompletionQueue] // that c is put into when it completes, or nil
	ended    chan struct{}                   // has room for one: c has completed, if queue is nil
	pinner   runtime.Pinner
	kept     interface{ Unpin() } // what Keep was called with, or nil
	pinned   bool
	sync     bool    // the thread that starts it waits for it
	count    *uint32 // the counter that includes it, or nil
	onDone   func()  // cancels the call when its context is done
	doneSent chan struct{}
	stop     func() bool   // prevents onDone, unless it has been called
	after    atomic.Uint32 // the position of the next free call

	inGo inGo // of a call that Go performs

	// For the caller of Acquire.
	Shard    *handle.Shard
	Bytes    int64 // that it transfers
	Changes  bool  // it may change an object
	UserData any   // where there is a CompletionQueue
	Position int   // among the calls in flight of a pipeline
}

// Acquire returns an asynchronous call inside refs. When it completes, it is put into queue, unless that is
// nil: then Wait waits for it.
func (p *Pool) Acquire(refs unsafe.Pointer, queue *CompletionQueue) *Call {
	p.poller.Start()
	c, alone := queue.acquire()
	c = p.acquire(c, refs, queue)
	if c.count = p.lib.Async; alone {
		atomic.AddUint32(c.count, 1)
	}
	return c
}

// AcquireUncounted is Acquire, without a queue, for a call that may take long while librados is idle: it
// is asynchronous, but does not make other calls asynchronous.
func (p *Pool) AcquireUncounted(refs unsafe.Pointer) *Call {
	p.poller.Start()
	return p.acquire(nil, refs, nil)
}

// AcquireSync returns a synchronous call inside refs, for which the thread that starts it waits.
// That is faster than Acquire, since librados wakes a waiting thread sooner. If too many threads
// wait already, the call is asynchronous. The call is cancelled when ctx is done.
func (p *Pool) AcquireSync(ctx context.Context, refs unsafe.Pointer, queue *CompletionQueue) *Call {
	if !p.trySync() {
		return p.Acquire(refs, queue)
	}
	c := p.acquire(nil, refs, nil)
	c.count = p.lib.Sync
	c.sync, c.head.sync = true, 1
	if ctx.Done() != nil {
		c.stop = context.AfterFunc(ctx, c.onDone)
	}
	return c
}

// trySync reports whether one more thread may wait, and counts it until Release. It counts it
// before the call is started, since that may take long.
func (p *Pool) trySync() bool {
	if atomic.LoadUint32(p.lib.Async) > 0 || atomic.LoadUint32(p.lib.Sync) >= *p.lib.MaxSync {
		return false
	}
	if atomic.AddUint32(p.lib.Sync, 1) <= *p.lib.MaxSync {
		return true
	}
	atomic.AddUint32(p.lib.Sync, ^uint32(0))
	return false
}

// acquire returns c, or if that is nil a free call or a new one.
func (p *Pool) acquire(c *Call, refs unsafe.Pointer, queue *CompletionQueue) *Call {
	if c == nil {
		c = p.pop()
	}
	if c.queue.Load() != queue { // seldom, and to store it takes long
		c.queue.Store(queue)
	}
	c.inGo.reset()
	c.Shard, c.Bytes, c.Changes, c.UserData = nil, 0, false, nil
	c.head.sync = 0
	c.head.number = 0 // which is returned even if C is not called
	if c.head.cancelled.Load() != 0 {
		c.head.cancelled.Store(0)
	}
	c.head.owner.Store(uintptr(refs))
	return c
}

// pop returns a free call, or a new one.
func (p *Pool) pop() *Call {
	for {
		first := top(p.free.Load())
		if first.position() == 0 {
			return p.add()
		}
		c := (*p.all.Load())[first.position()-1]
		if p.free.CompareAndSwap(uint64(first), uint64(first.change(c.after.Load()))) {
			return c
		}
	}
}

// push adds c to the free calls.
func (p *Pool) push(c *Call) {
	for {
		first := top(p.free.Load())
		c.after.Store(first.position())
		if p.free.CompareAndSwap(uint64(first), uint64(first.change(uint32(c.head.index)+1))) {
			return
		}
	}
}

// add makes a new call.
func (p *Pool) add() *Call {
	p.mu.Lock()
	defer p.mu.Unlock()
	var before []*Call
	if all := p.all.Load(); all != nil {
		before = *all
	}
	c := &Call{pool: p, ended: make(chan struct{}, 1), doneSent: make(chan struct{}, 1)}
	c.onDone = func() {
		c.Cancel()
		c.doneSent <- struct{}{}
	}
	c.head = (*head)(p.lib.New(len(before)))
	// Appending in place is safe: a goroutine that has loaded the list before
	// reads only the calls that the list had then.
	all := append(before, c)
	p.all.Store(&all)
	return c
}

// poll wakes the goroutines whose calls have completed, until there is no connection. It yields before it
// blocks: calls that are in flight often complete meanwhile.
func (p *Pool) poll() {
	for idle := 0; ; {
		list := (*head)(atomic.SwapPointer(p.lib.Completed, nil))
		switch {
		case list != nil:
			p.wake(list)
			idle = 0
		case idle < background.Yields:
			idle++
			runtime.Gosched()
		default:
			if p.lib.WaitCompleted() && p.poller.Done() {
				return
			}
			idle = 0
		}
	}
}

// wake tells of the calls in list, which is in reverse order, that they have completed.
func (p *Pool) wake(list *head) {
	all := *p.all.Load()
	for h := reversed(list); h != nil; {
		next := (*head)(h.next) // h may be reused as soon as that is known
		all[h.index].complete()
		h = next
	}
}

// complete wakes the goroutine that waits for c, which has completed.
func (c *Call) complete() {
	if queue := c.queue.Load(); queue != nil {
		queue.put(c.head)
	} else {
		c.ended <- struct{}{}
	}
}

// Pointer returns the C half of c.
func (c *Call) Pointer() unsafe.Pointer { return unsafe.Pointer(c.head) }

// Uncounted reports whether AcquireUncounted returned c.
func (c *Call) Uncounted() bool { return c.count == nil }

// Pin pins b, which C fills, until Release.
func (c *Call) Pin(b []byte) {
	if len(b) > 0 {
		c.pinner.Pin(&b[0])
		c.pinned = true
	}
}

// Keep keeps p, which C uses, until Release, which unpins it.
func (c *Call) Keep(p interface{ Unpin() }) { c.kept = p }

// Wait blocks until a call that was started has completed, and returns its code. If ctx is done
// first, Wait cancels the call and waits for its completion. If started, the code that the start
// returned, is negative, the call was not started, and Wait returns that code.
func (c *Call) Wait(ctx context.Context, started int64) int64 {
	if started < 0 {
		return started
	}
	if c.sync {
		if started > 0 { // C asks for it
			runtime.Gosched()
		}
		return c.head.ret
	}
	if ctx.Done() == nil {
		<-c.ended
		return c.head.ret
	}
	select {
	case <-c.ended:
	case <-ctx.Done():
		c.Cancel()
		<-c.ended
	}
	return c.head.ret
}

// Completed reports whether c was synchronous, and so has completed when its start returns. Such a
// call is put into no queue.
func (c *Call) Completed() bool { return c.sync }

// Code returns the code of a call that has completed.
func (c *Call) Code() int64 { return c.head.ret }

// Cancel cancels c, which must not have been released.
func (c *Call) Cancel() {
	if !c.inGo.doCancel() {
		c.pool.lib.Cancel(unsafe.Pointer(c.head))
	}
}

// Number returns the number that librados answered.
func (c *Call) Number() uint64 { return c.head.number }

// Time returns the time that librados answered.
func (c *Call) Time() time.Time { return time.Unix(c.head.seconds, c.head.nanos) }

// Version returns the version of the object of a call that has completed.
func (c *Call) Version() uint64 { return c.head.version }

// Release makes c, which has completed, available to Acquire. It waits until no goroutine is cancelling
// c, so that none cancels the next call instead.
func (c *Call) Release() {
	if c.stop != nil {
		if !c.stop() {
			<-c.doneSent
		}
		c.stop = nil
	}
	for { // in one step: a call that was not started can be cancelled until it has no owner
		owner := c.head.owner.Load()
		if owner&cancelling == 0 && c.head.owner.CompareAndSwap(owner, 0) {
			break
		}
		runtime.Gosched()
	}
	if c.pinned {
		c.pinner.Unpin()
		c.pinned = false
	}
	if c.kept != nil {
		c.kept.Unpin()
		c.kept = nil
	}
	count, queue := c.count, c.queue.Load()
	c.sync, c.count = false, nil
	alone := true
	if queue != nil {
		alone = queue.release(c)
	} else {
		c.pool.push(c)
	}
	if count != nil && alone {
		atomic.AddUint32(count, ^uint32(0))
	}
}
