// Package engine has the calls that librados is at while their goroutines are parked, and
// those that somebody may give up.
//
// A parked call is started in one crossing into C and takes no thread while it is under way.
// When it ends, librados calls back on a thread of its own, where C puts the call's slot
// into a list without waiting for anybody. One goroutine goes through that list, for all
// calls of the process, and wakes whoever waits for them.
//
// A slot is memory of C, where librados leaves what it has to say; this package looks only
// at its head, and is told how to make and to cancel one. Slots are used again and again,
// so there are as many as calls were ever under way at once.
package aio

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/go-rados/go-rados/internal/handle"
)

// slot is the head of what C knows of a call; C has the same struct.
type slot struct {
	owner   atomic.Uintptr // the gate that the call is inside, and bits
	next    unsafe.Pointer // the call that has ended before it
	ret     int64
	version uint64
	index   uint64
	number  uint64
	seconds int64
	nanos   int64
	waits   uint32
	givenUp atomic.Uint32
}

// SlotSize is what C must have alike.
const SlotSize = unsafe.Sizeof(slot{})

// cancelling is the bit of an owner that says that C is giving up the call.
const cancelling = 1

// Library is what the engine needs of C.
type Library struct {
	// New makes the slot of the call of that index.
	New func(index int) unsafe.Pointer
	// Cancel gives up the call of a slot, which ends soon afterwards.
	Cancel func(slot unsafe.Pointer)
	// Sleep waits until Ended is not nil.
	Sleep func()
	// Ended is where C puts the slot that has ended last.
	Ended *unsafe.Pointer
	// Parked is where C reads how many calls are parked, from Take to Free, and Waiting how
	// many calls the threads wait for that have started them: Go counts its own from
	// TakeWaiting to Free, and C the others. WaitingMost is how many of those there may be.
	Parked, Waiting, WaitingMost *uint32
}

// Engine has calls.
type Engine struct {
	lib  Library
	all  atomic.Pointer[[]*Call] // by index
	free atomic.Uint64           // which were freed: a top
	mu   sync.Mutex              // whoever adds to all has it
}

// top is the first of a list of calls, which has each know the next. It counts its changes,
// too: the same call may be first again with another one behind it.
type top uint64

func (t top) place() uint32           { return uint32(t) } // 0 if there is none
func (t top) change(place uint32) top { return (t>>32+1)<<32 | top(place) }

// New makes an engine.
func New(lib Library) *Engine { return &Engine{lib: lib} }

// Call is one call, from Take to Free.
type Call struct {
	engine *Engine
	slot   *slot
	own    *Inbox
	inbox  atomic.Pointer[Inbox] // where it is sent: own, unless Tell says otherwise
	pinner runtime.Pinner
	pinned bool
	waits  bool    // the thread that starts it waits for it
	count  *uint32 // where it is counted, unless it is long
	giveUp func()
	gaveUp chan struct{} // giveUp has returned
	stop   func() bool   // keeps giveUp from being called, unless it has been
	after  atomic.Uint32 // the place of the next one that is free

	// What its owner keeps with it.
	Lane    *handle.Lane
	Bytes   int64 // that it moves
	Changes bool  // it may change an object
	For     any   // whom it is for, where Tell was called
}

// Take begins a call inside gate that is parked.
func (e *Engine) Take(gate unsafe.Pointer) *Call {
	c := e.begin(gate)
	c.count = e.lib.Parked
	atomic.AddUint32(c.count, 1)
	return c
}

// TakeLong is Take for a call that may last long without librados being busy with it: it is
// parked, but no reason for others to be.
func (e *Engine) TakeLong(gate unsafe.Pointer) *Call { return e.begin(gate) }

// TakeWaiting begins a call inside gate for which the thread that starts it waits if that is
// better, which it is for a few calls: librados tells a thread that waits sooner. ctx gives up
// the call.
func (e *Engine) TakeWaiting(ctx context.Context, gate unsafe.Pointer) *Call {
	if !e.mayWait() {
		return e.Take(gate)
	}
	c := e.begin(gate)
	c.count = e.lib.Waiting
	c.waits, c.slot.waits = true, 1
	if ctx.Done() != nil {
		c.stop = context.AfterFunc(ctx, c.giveUp)
	}
	return c
}

// mayWait tells whether one more thread may wait, and counts it until Free: before the call
// is started, for that may take long, and meanwhile all others would find room, too.
func (e *Engine) mayWait() bool {
	if atomic.LoadUint32(e.lib.Parked) > 0 || atomic.LoadUint32(e.lib.Waiting) >= *e.lib.WaitingMost {
		return false
	}
	if atomic.AddUint32(e.lib.Waiting, 1) <= *e.lib.WaitingMost {
		return true
	}
	atomic.AddUint32(e.lib.Waiting, ^uint32(0))
	return false
}

func (e *Engine) begin(gate unsafe.Pointer) *Call {
	c := e.take()
	c.Lane, c.Bytes, c.Changes, c.For = nil, 0, false, nil
	c.slot.waits = 0
	c.slot.givenUp.Store(0)
	c.slot.owner.Store(uintptr(gate))
	return c
}

// take takes a call that is free, or one more.
func (e *Engine) take() *Call {
	for {
		first := top(e.free.Load())
		if first.place() == 0 {
			return e.grow()
		}
		c := (*e.all.Load())[first.place()-1]
		if e.free.CompareAndSwap(uint64(first), uint64(first.change(c.after.Load()))) {
			return c
		}
	}
}

// give has c be free again.
func (e *Engine) give(c *Call) {
	for {
		first := top(e.free.Load())
		c.after.Store(first.place())
		if e.free.CompareAndSwap(uint64(first), uint64(first.change(uint32(c.slot.index)+1))) {
			return
		}
	}
}

// grow adds one call, and starts to look for calls that have ended with the first.
func (e *Engine) grow() *Call {
	e.mu.Lock()
	defer e.mu.Unlock()
	var before []*Call
	if all := e.all.Load(); all != nil {
		before = *all
	} else {
		go e.poll()
	}
	c := &Call{engine: e, own: NewInbox(1), gaveUp: make(chan struct{}, 1)}
	c.inbox.Store(c.own)
	c.giveUp = func() {
		c.Cancel()
		c.gaveUp <- struct{}{}
	}
	c.slot = (*slot)(e.lib.New(len(before)))
	// Appended in place, where there is room: whoever looks at the list before looks
	// only at the calls that it had then.
	all := append(before, c)
	e.all.Store(&all)
	return c
}

// poll wakes whoever waits for a call that has ended, for as long as the process runs.
// Before it sleeps, which takes a thread and a call of the system to end, it lets others
// run: calls that are under way often end meanwhile.
func (e *Engine) poll() {
	for idle := 0; ; {
		list := (*slot)(atomic.SwapPointer(e.lib.Ended, nil))
		switch {
		case list != nil:
			e.wake(list)
			idle = 0
		case idle < patience:
			idle++
			runtime.Gosched()
		default:
			e.lib.Sleep()
			idle = 0
		}
	}
}

// patience is how often poll lets others run before it sleeps.
const patience = 2

// wake wakes those who wait for the calls of list, which has them last one first.
func (e *Engine) wake(list *slot) {
	var first *slot
	for s := list; s != nil; {
		next := (*slot)(s.next)
		s.next = unsafe.Pointer(first)
		first, s = s, next
	}
	all := *e.all.Load()
	for s := first; s != nil; {
		next := (*slot)(s.next) // s may be taken again as soon as somebody is awake
		c := all[s.index]
		c.inbox.Load().C <- c
		s = next
	}
}

// Slot is what C knows of c.
func (c *Call) Slot() unsafe.Pointer { return unsafe.Pointer(c.slot) }

// Long tells whether TakeLong has begun the call.
func (c *Call) Long() bool { return c.count == nil }

// Pin keeps b, which C fills, where it is until Free.
func (c *Call) Pin(b []byte) {
	if len(b) > 0 {
		c.pinner.Pin(&b[0])
		c.pinned = true
	}
}

// Wait waits until a call that has been started has ended, and returns its code. If ctx
// ends first, the call is given up, and has ended, one way or the other, all the same
// when Wait returns. A call that was not started because of a code below zero has ended.
func (c *Call) Wait(ctx context.Context, started int64) int64 {
	if started < 0 {
		return started
	}
	if c.waits {
		if started > 0 { // C says so
			runtime.Gosched()
		}
		return c.slot.ret
	}
	if ctx.Done() == nil {
		<-c.own.C
		return c.slot.ret
	}
	select {
	case <-c.own.C:
	case <-ctx.Done():
		c.engine.lib.Cancel(unsafe.Pointer(c.slot))
		<-c.own.C
	}
	return c.slot.ret
}

// Inbox is where calls are sent that have ended.
type Inbox struct{ C chan *Call }

// NewInbox makes an Inbox that has room for n calls.
func NewInbox(n int) *Inbox { return &Inbox{make(chan *Call, n)} }

// Tell has c, when it has ended, sent to inbox, which must have room for it. Nobody waits
// for it then, but whoever receives it.
func (c *Call) Tell(inbox *Inbox) { c.inbox.Store(inbox) }

// Waited tells whether the call had ended as soon as it was started. It is not sent to where
// Tell says.
func (c *Call) Waited() bool { return c.waits }

// Code is what a call has returned that has been sent to where Tell says.
func (c *Call) Code() int64 { return c.slot.ret }

// Cancel gives up c, which must not have been freed yet.
func (c *Call) Cancel() { c.engine.lib.Cancel(unsafe.Pointer(c.slot)) }

// Number and Time are what librados answered, by their types.
func (c *Call) Number() uint64 { return c.slot.number }

// Time is the other of them.
func (c *Call) Time() time.Time { return time.Unix(c.slot.seconds, c.slot.nanos) }

// Version is that of the object, once the call has ended.
func (c *Call) Version() uint64 { return c.slot.version }

// Free ends c, which has ended. Whoever is giving it up must be done with that first,
// lest it be the next call that is given up.
func (c *Call) Free() {
	if c.stop != nil {
		if !c.stop() {
			<-c.gaveUp
		}
		c.stop = nil
	}
	for { // in one step: a call that was never started can be cancelled until it has no owner
		owner := c.slot.owner.Load()
		if owner&cancelling == 0 && c.slot.owner.CompareAndSwap(owner, 0) {
			break
		}
		runtime.Gosched()
	}
	if c.pinned {
		c.pinner.Unpin()
		c.pinned = false
	}
	c.inbox.Store(c.own)
	count := c.count
	c.waits, c.count = false, nil
	c.engine.give(c)
	if count != nil {
		atomic.AddUint32(count, ^uint32(0))
	}
}
