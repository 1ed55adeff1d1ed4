// Package handle decides when a C object may be used and when it is freed.
//
// Every call into C enters the object's handle and exits it afterwards. Closing
// a handle refuses further calls at once and frees the object as soon as the
// last call is out, so that no call ever finds its object gone. A handle made
// under a parent holds an entry of the parent until it is freed: objects are
// freed children first, in whatever order they are closed.
//
// The package knows nothing of C: it keeps an opaque pointer and is given the
// function that frees it. But C knows of the gate: most calls enter and exit on
// the C side of their crossing, where that is a good part cheaper.
package handle

import (
	"errors"
	"sync"
	"sync/atomic"
	"unsafe"
)

// laneCount is how many counters share the calls of one handle. One counter
// would do, but two processors that count on the same cache line take turns,
// which costs more than the whole crossing into C.
const (
	laneBits  = 5
	laneCount = 1 << laneBits
)

// Lane is where one call was counted in; Exit needs it back.
type Lane struct {
	calls atomic.Int64
	_     [56]byte // a cache line each
}

// What keeps a call out, as bits of gate.refuses.
const (
	closed  uint32 = 1 << iota // for good
	unready                    // until Ready
	faulty                     // until the setter that failed succeeds

	anything = closed | unready | faulty
)

// gate is all that a call needs in order to enter and to exit. C has the same
// struct and does there what enter and Exit do here, up to the point where
// something is in the way or was closed meanwhile: that is left to Go.
type gate struct {
	lanes   [laneCount]Lane
	refuses atomic.Uint32
	ptr     unsafe.Pointer // atomic: see Attempted
	_       [48]byte       // what follows changes often
	version atomic.Uint64
}

// What C must have alike.
const (
	GateSize = unsafe.Sizeof(gate{})
	LaneSize = unsafe.Sizeof(Lane{})
	Closed   = closed
)

// Calls that take long are not counted in a lane: C puts down which gate the thread is
// inside. Inside looks for threads that are inside a gate, once that is closed.
var Inside func(gate unsafe.Pointer) bool

// Interrupt cancels the calls inside gates, which are sorted, unless they can't be cancelled. It
// may be nil. It is called by one goroutine at a time.
var Interrupt func(gates []uintptr)

// Handle owns one C object.
type Handle struct {
	gate
	free  func(unsafe.Pointer)
	freed atomic.Bool
	slow  bool // free waits for others

	parent     *Handle
	parentLane *Lane

	// attempts guards own, and keeps an attempt from beginning while it is held. It is taken before mu.
	attempts sync.Mutex
	own      bool // an attempt is in progress to make ready the object itself

	mu       sync.Mutex
	trying   bool             // an attempt to make the object ready is in progress
	tried    bool             // one has been made
	replaced []unsafe.Pointer // objects that are freed with the one that there is
	cause    error            // what a refused call is told: why it is closed, or not yet ready
	gone     error            // what kept calls out last and does so no more
	faults   map[string]error
	children map[*Handle]struct{}
	done     chan struct{} // closed by Close; made by the first Done
}

// New makes the handle of the C object at ptr, which free releases. Until Ready
// is called on it, if ever, Enter refuses with notReady; a nil notReady makes
// it ready at once.
func New(ptr unsafe.Pointer, free func(unsafe.Pointer), notReady error) *Handle {
	h := &Handle{gate: gate{ptr: ptr}, free: free, cause: notReady}
	if notReady != nil {
		h.refuses.Store(unready)
	}
	return h
}

// NewChild makes the handle of an object that must not outlive the one of h. If
// h has been closed meanwhile, the object is freed and the error says why.
func (h *Handle) NewChild(ptr unsafe.Pointer, free func(unsafe.Pointer)) (*Handle, error) {
	lane, err := h.EnterSetup(nil)
	if err != nil {
		// The caller is inside h, or could not have made the object: h is
		// still there, and the object goes before it.
		free(ptr)
		return nil, err
	}
	child := &Handle{gate: gate{ptr: ptr}, free: free, parent: h, parentLane: lane}
	if err := h.adopt(child); err != nil {
		child.Close(err)
		return nil, err
	}
	return child, nil
}

// NewSlowChild is NewChild for something whose end waits for others, such as the
// network: free runs on a goroutine of its own, lest Close wait.
func (h *Handle) NewSlowChild(free func(unsafe.Pointer)) (*Handle, error) {
	lane, err := h.EnterSetup(nil)
	if err != nil {
		free(nil)
		return nil, err
	}
	child := &Handle{free: free, slow: true, parent: h, parentLane: lane}
	if err := h.adopt(child); err != nil {
		child.Close(err)
		return nil, err
	}
	return child, nil
}

func (h *Handle) adopt(child *Handle) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.refuses.Load()&closed != 0 {
		return h.cause
	}
	if h.children == nil {
		h.children = make(map[*Handle]struct{})
	}
	h.children[child] = struct{}{}
	return nil
}

// Version is that of the object that the last call was about.
func (h *Handle) Version() uint64 { return h.version.Load() }

// SetVersion notes it.
func (h *Handle) SetVersion(version uint64) { h.version.Store(version) }

// Pointer is the C object. It stays valid between Enter and Exit.
func (h *Handle) Pointer() unsafe.Pointer { return atomic.LoadPointer(&h.ptr) }

// Gate is where C enters and exits, nil if there is no handle at all. It is a
// part of h, which must be kept alive for as long as C has it.
func (h *Handle) Gate() unsafe.Pointer {
	if h == nil {
		return nil
	}
	return unsafe.Pointer(&h.gate)
}

// Refused says why C kept a call out; missing is the reason where there is no
// handle at all. There always is one: what was in the way and has gone meanwhile
// is still why.
func (h *Handle) Refused(missing error) error {
	if h == nil {
		return missing
	}
	h.Left() // it was counted for a moment, in which Close may have looked
	if err := h.refusal(); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.gone
}

// Enter admits a call, or says why there can be none; missing is the reason
// where there is no handle at all. Every Enter without an error must be followed
// by Exit with the same lane.
func (h *Handle) Enter(missing error) (*Lane, error) { return h.enter(missing, anything) }

// EnterSetup is Enter for what may be called before the object is ready and
// for setters, which must be able to mend what keeps other calls out.
func (h *Handle) EnterSetup(missing error) (*Lane, error) { return h.enter(missing, closed) }

func (h *Handle) enter(missing error, unless uint32) (*Lane, error) {
	if h == nil {
		return nil, missing
	}
	lane := h.lane()
	lane.calls.Add(1)
	if h.refuses.Load()&unless != 0 {
		return h.recheck(lane)
	}
	return lane, nil
}

// lane picks a counter by where the goroutine's stack is: goroutines that run
// at the same time mostly get different ones, and no state needs to be kept.
func (h *Handle) lane() *Lane {
	var here byte
	where := uint64(uintptr(unsafe.Pointer(&here))) >> 10
	const golden = 0x9E3779B97F4A7C15 // spreads neighbouring stacks over the lanes
	return &h.lanes[where*golden>>(64-laneBits)]
}

// recheck looks again at what seems to keep a call out: either it takes back
// what was counted and tells why, or that has gone meanwhile, and the call may
// go in after all. A Close that comes later finds it counted.
//
//go:noinline
func (h *Handle) recheck(lane *Lane) (*Lane, error) {
	if err := h.refusal(); err != nil {
		h.Exit(lane)
		return nil, err
	}
	return lane, nil
}

// refusal is why calls are kept out, or nil if they are not.
func (h *Handle) refusal() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.refuses.Load()&(closed|unready) != 0 {
		return h.cause
	}
	for _, err := range h.faults {
		return err
	}
	return nil
}

// Exit ends the call that Enter admitted. If the handle was closed meanwhile
// and this was the last call inside, the object is freed here.
func (h *Handle) Exit(lane *Lane) {
	lane.calls.Add(-1)
	h.Left()
}

// Left is the rest of Exit, for a call that was counted out in C.
func (h *Handle) Left() {
	if h.refuses.Load()&closed != 0 {
		h.freeIfIdle()
	}
}

// Ready admits the calls that were refused because the object was not ready.
func (h *Handle) Ready() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.gone = h.cause
	h.refuses.And(^unready)
}

// Attempt lets the caller, who has entered, try to make the object ready: the object itself if
// own, which is the case once, or else another that will take its place. It returns ready if it is
// ready already, and busy while another attempt is in progress; otherwise Attempted must follow.
func (h *Handle) Attempt(ready, busy error) (own bool, err error) {
	h.attempts.Lock()
	defer h.attempts.Unlock()
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.trying:
		return false, busy
	case h.refuses.Load()&unready == 0:
		return false, ready
	}
	h.own = !h.tried
	h.trying, h.tried = true, true
	return h.own, nil
}

// Attempted ends an attempt. If it has made an object ready, the calls that were refused are admitted.
// If ptr is not nil, it is the object from now on, ready or not. Calls that are inside may go on with
// the one before it, which is freed with it in the end.
func (h *Handle) Attempted(ptr unsafe.Pointer, made bool) {
	h.attempts.Lock()
	defer h.attempts.Unlock()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.trying, h.own = false, false
	if ptr != nil {
		h.replaced = append(h.replaced, h.ptr)
		atomic.StorePointer(&h.ptr, ptr)
	}
	if made {
		h.gone = h.cause
		h.refuses.And(^unready)
	}
}

// Unattempted calls f and reports true, unless an attempt is in progress to make ready the object
// itself. None begins while f runs, which must not block.
func (h *Handle) Unattempted(f func()) bool {
	h.attempts.Lock()
	defer h.attempts.Unlock()
	if h.own {
		return false
	}
	f()
	return true
}

// IsReady reports whether calls are admitted that need the object to be ready.
func (h *Handle) IsReady() bool { return h.refuses.Load()&unready == 0 }

// Fault keeps the error of a setter that cannot return one: until the same
// setter succeeds (err is nil), every Enter returns it and nothing is sent. It is
// returned as it is, since callers compare errors.
func (h *Handle) Fault(setter string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil {
		if fault, ok := h.faults[setter]; ok {
			h.gone = fault
		}
		delete(h.faults, setter)
		if len(h.faults) == 0 {
			h.refuses.And(^faulty)
		}
		return
	}
	if h.faults == nil {
		h.faults = make(map[string]error)
	}
	h.faults[setter] = err
	h.refuses.Or(faulty)
}

// Close refuses all further calls with cause and frees the object once the
// calls inside, and all its children, are gone. It never waits for them. A
// second Close is a no-op.
func (h *Handle) Close(cause error) {
	h.mu.Lock()
	if h.refuses.Load()&closed != 0 {
		h.mu.Unlock()
		return
	}
	h.cause = cause
	h.refuses.Or(closed)
	children := h.children
	h.children = nil
	if h.done != nil {
		close(h.done)
	}
	h.mu.Unlock()

	for child := range children {
		child.Close(cause)
	}
	h.freeIfIdle()
	if Interrupt != nil && !h.slow && !h.freed.Load() {
		interrupting.add(h)
	}
}

// Closed reports whether h has been closed, and why.
func (h *Handle) Closed() (cause error, is bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.cause, h.refuses.Load()&closed != 0
}

// Done returns a channel that is closed when h is. What waits for something else on behalf of h
// without having entered it, such as for admission, waits for that channel as well.
func (h *Handle) Done() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.done == nil {
		h.done = make(chan struct{})
		if h.refuses.Load()&closed != 0 {
			close(h.done)
		}
	}
	return h.done
}

// Err returns why h is closed, or nil if it is not.
func (h *Handle) Err() error {
	if cause, closed := h.Closed(); closed {
		return cause
	}
	return nil
}

// Abandon is Close for a handle whose owner was collected. It runs on the
// collector's time, so what may take long happens elsewhere.
func (h *Handle) Abandon() { go h.Close(errAbandoned) }

var errAbandoned = errors.New("rados: object was garbage collected")

// freeIfIdle frees the object of a closed handle when no call is inside. Once
// closed, a lane seen empty stays empty but for calls that are being refused;
// so one look at each lane is enough, and whoever leaves last looks last.
func (h *Handle) freeIfIdle() {
	if h.freed.Load() {
		return // and refused calls cost no search
	}
	for i := range h.lanes {
		if h.lanes[i].calls.Load() != 0 {
			return
		}
	}
	if Inside != nil && Inside(unsafe.Pointer(&h.gate)) {
		return
	}
	if !h.freed.CompareAndSwap(false, true) {
		return
	}
	if h.slow {
		go h.release()
		return
	}
	h.release()
}

// release frees the object, and then its parent if that has only waited for it.
func (h *Handle) release() {
	h.free(h.ptr)
	for _, ptr := range h.replaced {
		h.free(ptr)
	}
	if h.parent != nil {
		h.parent.disown(h)
		h.parent.Exit(h.parentLane)
	}
}

func (h *Handle) disown(child *Handle) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.children, child)
}
