// Package handle decides when a C object may be used and when it is freed.
//
// Every call into C enters the object's handle and exits it afterwards. Close
// denies further calls and frees the object as soon as the last call has
// exited, so that no call ever uses a freed object. A child holds a reference
// to its parent until the child is freed: objects are freed children first, in
// whatever order they are closed.
//
// The reference count is sharded, and C has the same struct (struct
// gorados_refs in the generated header): most calls enter and exit on the C
// side of their crossing, which is cheaper than in Go.
//
// The package itself has no C: it keeps an opaque pointer and is given the
// function that frees it.
package handle

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"unsafe"
)

// shardCount is the number of counters of one handle. One counter would do, but
// two processors that count on the same cache line take turns, which costs more
// than the crossing into C.
const (
	shardBits  = 5
	shardCount = 1 << shardBits
)

// Shard is one counter of a reference count. Exit takes the one that Enter
// returned.
type Shard struct {
	calls atomic.Int64
	_     [56]byte // one cache line for each shard
}

// The reasons to deny a call, as bits of refs.denied.
const (
	denyClosed   uint32 = 1 << iota // forever
	denyNotReady                    // until Ready
	denySetter                      // until the setter that failed succeeds

	denyAll = denyClosed | denyNotReady | denySetter
)

// refs is the reference count of a handle and all else that a call needs in
// order to enter and exit. C has the same struct and does the same as enter and
// Exit, except that it leaves denied calls and closed handles to Go.
type refs struct {
	shards  [shardCount]Shard
	denied  atomic.Uint32
	ptr     unsafe.Pointer // atomic: EndReplace changes it
	_       [48]byte       // version changes often: it has a cache line of its own
	version atomic.Uint64
}

// Sizes and bits that must be the same in C.
const (
	RefsSize  = unsafe.Sizeof(refs{})
	ShardSize = unsafe.Sizeof(Shard{})
	Closed    = denyClosed
)

// Library has the functions of C that the handles of a library use. The zero Library is for one
// whose calls are all counted in refs.
type Library struct {
	// InUseElsewhere reports whether a call that is not counted in refs uses the object of a
	// closed handle: the thread of a synchronous call records the refs that it is inside.
	InUseElsewhere func(refs unsafe.Pointer) bool
	// CancelCalls cancels the calls inside closed handles, whose refs are sorted. Calls that can't
	// be cancelled are left alone. One goroutine at a time calls it.
	CancelCalls func(refs []uintptr)
	// Opened is called before New returns a handle, and Freed when its object and those of its
	// children have been freed. They may be nil.
	Opened, Freed func()

	cancelling canceller
}

// Handle owns one C object.
type Handle struct {
	refs
	lib       *Library
	free      func(unsafe.Pointer)
	freed     atomic.Bool
	asyncFree bool // free may block and runs on a goroutine of its own

	parent      *Handle
	parentShard *Shard

	// replacing guards ownInProgress, and prevents BeginReplace while it is held. It is locked
	// before mu.
	replacing     sync.Mutex
	ownInProgress bool // BeginReplace was called for the object itself

	mu           sync.Mutex
	attempt      *replaceAttempt  // between BeginReplace and EndReplace
	succeeded    *replaceAttempt  // the attempt that made the object ready
	late         *replaceAttempt  // succeeded, if the caller of that attempt does not know that it did, until Settle
	attempted    bool             // BeginReplace was called
	replaced     []unsafe.Pointer // earlier objects, which are freed together with ptr
	cause        error            // why the handle is closed, or not ready yet
	lastDenied   error            // the last reason to deny calls that no longer applies
	setterErrors map[string]error
	children     map[*Handle]struct{}
	done         chan struct{} // closed by Close; made by the first Done
}

// New returns the handle of the C object at ptr, which free frees. Enter returns
// notReady until Ready is called; if notReady is nil, the handle is ready.
func (l *Library) New(ptr unsafe.Pointer, free func(unsafe.Pointer), notReady error) *Handle {
	if l.Opened != nil {
		l.Opened()
	}
	h := &Handle{refs: refs{ptr: ptr}, lib: l, free: free, cause: notReady}
	if notReady != nil {
		h.denied.Store(denyNotReady)
	}
	return h
}

// NewChild returns the handle of an object that must be freed before the one of
// h. If h has been closed meanwhile, NewChild frees the object and returns why h
// is closed.
func (h *Handle) NewChild(ptr unsafe.Pointer, free func(unsafe.Pointer)) (*Handle, error) {
	shard, err := h.EnterSetup(nil)
	if err != nil {
		// The caller is inside h, or could not have made the object: the
		// object of h has not been freed yet.
		free(ptr)
		return nil, err
	}
	child := &Handle{refs: refs{ptr: ptr}, lib: h.lib, free: free, parent: h, parentShard: shard}
	if err := h.adopt(child); err != nil {
		child.Close(err)
		return nil, err
	}
	return child, nil
}

// NewChildAsyncFree is NewChild for a child without an object whose end may block,
// for example on the network: free runs on a goroutine of its own, so that Close
// does not wait for it.
func (h *Handle) NewChildAsyncFree(free func(unsafe.Pointer)) (*Handle, error) {
	shard, err := h.EnterSetup(nil)
	if err != nil {
		free(nil)
		return nil, err
	}
	child := &Handle{lib: h.lib, free: free, asyncFree: true, parent: h, parentShard: shard}
	if err := h.adopt(child); err != nil {
		child.Close(err)
		return nil, err
	}
	return child, nil
}

func (h *Handle) adopt(child *Handle) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.denied.Load()&denyClosed != 0 {
		return h.cause
	}
	if h.children == nil {
		h.children = make(map[*Handle]struct{})
	}
	h.children[child] = struct{}{}
	return nil
}

// Version returns the version of the object that the last call used.
func (h *Handle) Version() uint64 { return h.version.Load() }

// SetVersion sets what Version returns.
func (h *Handle) SetVersion(version uint64) { h.version.Store(version) }

// Pointer returns the C object. It is valid between Enter and Exit.
func (h *Handle) Pointer() unsafe.Pointer { return atomic.LoadPointer(&h.ptr) }

// Refs returns the reference count, in which C enters and exits, or nil if h is
// nil. It is a part of h: keep h alive while C uses it.
func (h *Handle) Refs() unsafe.Pointer {
	if h == nil {
		return nil
	}
	return unsafe.Pointer(&h.refs)
}

// DenyReason returns why C denied a call; missing is the reason if h is nil. It
// always returns an error: the last reason is kept even if it no longer applies.
func (h *Handle) DenyReason(missing error) error {
	if h == nil {
		return missing
	}
	h.Release() // the call was counted for a moment, in which Close may have looked
	if err := h.denyReason(); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.lastDenied
}

// Enter admits a call or returns why it is denied; missing is the reason if h is
// nil. After an Enter without an error the caller must call Exit with the shard.
func (h *Handle) Enter(missing error) (*Shard, error) { return h.enter(missing, denyAll) }

// EnterSetup is Enter for calls that are allowed before the object is ready, and
// for setters, which must be able to clear the reason that denies other calls.
func (h *Handle) EnterSetup(missing error) (*Shard, error) { return h.enter(missing, denyClosed) }

func (h *Handle) enter(missing error, mask uint32) (*Shard, error) {
	if h == nil {
		return nil, missing
	}
	shard := h.shard()
	shard.calls.Add(1)
	if h.denied.Load()&mask != 0 {
		return h.recheck(shard)
	}
	return shard, nil
}

// EnterAgain admits one more call for a caller that is inside h with shard, also if h has been closed. The
// caller must call Exit for each of them.
func (h *Handle) EnterAgain(shard *Shard) { shard.calls.Add(1) }

// shard selects a counter by the address of the goroutine's stack: goroutines that
// run at the same time usually get different ones, without any state.
func (h *Handle) shard() *Shard {
	var here byte
	where := uint64(uintptr(unsafe.Pointer(&here))) >> 10
	const golden = 0x9E3779B97F4A7C15 // spreads neighbouring stacks over the shards
	return &h.shards[where*golden>>(64-shardBits)]
}

// recheck decides about a call that seems to be denied: it exits and returns the
// reason, or admits the call if the reason no longer applies. A later Close finds
// the call counted.
//
//go:noinline
func (h *Handle) recheck(shard *Shard) (*Shard, error) {
	if err := h.denyReason(); err != nil {
		h.Exit(shard)
		return nil, err
	}
	return shard, nil
}

// denyReason returns why calls are denied, or nil if they are admitted.
func (h *Handle) denyReason() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.denied.Load()&(denyClosed|denyNotReady) != 0 {
		return h.cause
	}
	for _, err := range h.setterErrors {
		return err
	}
	return nil
}

// Exit ends a call that Enter admitted. If h was closed meanwhile and this was
// the last call, Exit frees the object.
func (h *Handle) Exit(shard *Shard) {
	shard.calls.Add(-1)
	h.Release()
}

// Release completes the Exit of a call that was counted out in C.
func (h *Handle) Release() {
	if h.denied.Load()&denyClosed != 0 {
		h.freeIfIdle()
	}
}

// Ready admits the calls that were denied because the object was not ready.
func (h *Handle) Ready() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lastDenied = h.cause
	h.denied.And(^denyNotReady)
}

// replaceAttempt is an attempt to make an object ready.
type replaceAttempt struct {
	ctx   context.Context // of the caller; the attempt goes on when it is done
	ended chan struct{}   // closed by EndReplace
}

// BeginReplace starts an attempt of the caller, which has entered, to make the object ready. The
// first attempt uses the object itself (own is true), later ones use a new object, which replaces
// it. BeginReplace returns ready if the object is ready already, and busy while another attempt is
// in progress; otherwise the caller must call EndReplace, also if ctx is done meanwhile.
func (h *Handle) BeginReplace(ctx context.Context, ready, busy error) (own bool, err error) {
	h.replacing.Lock()
	defer h.replacing.Unlock()
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.denyReplace(ready, busy); err != nil {
		return false, err
	}
	h.ownInProgress = !h.attempted
	h.attempt, h.attempted = &replaceAttempt{ctx, make(chan struct{})}, true
	return h.ownInProgress, nil
}

// Replaceable returns an error if h is closed or BeginReplace would deny an attempt now.
func (h *Handle) Replaceable(ready, busy error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.denied.Load()&denyClosed != 0 {
		return h.cause
	}
	return h.denyReplace(ready, busy)
}

// denyReplace returns why no attempt may begin, or nil.
func (h *Handle) denyReplace(ready, busy error) error {
	switch {
	case h.attempt != nil:
		return busy
	case h.denied.Load()&denyNotReady == 0:
		return ready
	}
	return nil
}

// EndReplace ends an attempt. If made, the object is ready, and the calls that were denied
// are admitted. A ptr that is not nil replaces the object, ready or not. Calls that have entered
// may continue with the earlier object, which is freed together with the new one.
func (h *Handle) EndReplace(ptr unsafe.Pointer, made bool) {
	h.replacing.Lock()
	defer h.replacing.Unlock()
	h.mu.Lock()
	defer h.mu.Unlock()
	close(h.attempt.ended)
	if made {
		h.succeeded = h.attempt
	}
	if made && h.attempt.ctx.Err() != nil {
		h.late = h.attempt
	}
	h.attempt, h.ownInProgress = nil, false
	if ptr != nil {
		h.replaced = append(h.replaced, h.ptr)
		atomic.StorePointer(&h.ptr, ptr)
	}
	if made {
		h.lastDenied = h.cause
		h.denied.And(^denyNotReady)
	}
}

// Abandoned returns a channel that EndReplace closes, if an attempt is in progress whose context is
// done, or has succeeded without the knowledge of its caller and before Settle. Otherwise it returns nil.
func (h *Handle) Abandoned() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.attempt != nil && h.attempt.ctx.Err() != nil:
		return h.attempt.ended
	case h.late != nil:
		return h.late.ended
	}
	return nil
}

// Abandon is called by the caller of an attempt with ctx if that is done and the caller does not know
// whether the attempt has succeeded. Abandoned then returns an attempt that had just succeeded when ctx
// was done. No other attempt may have the same ctx.
func (h *Handle) Abandon(ctx context.Context) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.succeeded != nil && h.succeeded.ctx == ctx {
		h.late = h.succeeded
	}
}

// Settle makes Abandoned forget an attempt that has succeeded, since a caller learns of it.
func (h *Handle) Settle() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.late = nil
}

// UnlessReplacing calls f and returns true, unless an attempt to make the object itself ready is
// in progress. BeginReplace waits until f, which must not block, has returned.
func (h *Handle) UnlessReplacing(f func()) bool {
	h.replacing.Lock()
	defer h.replacing.Unlock()
	if h.ownInProgress {
		return false
	}
	f()
	return true
}

// IsReady reports whether the object is ready.
func (h *Handle) IsReady() bool { return h.denied.Load()&denyNotReady == 0 }

// SetSetterError keeps the error of a setter that has no result. Until the same
// setter succeeds (err is nil) Enter returns that very error, since callers
// compare errors.
func (h *Handle) SetSetterError(setter string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil {
		if failed, ok := h.setterErrors[setter]; ok {
			h.lastDenied = failed
		}
		delete(h.setterErrors, setter)
		if len(h.setterErrors) == 0 {
			h.denied.And(^denySetter)
		}
		return
	}
	if h.setterErrors == nil {
		h.setterErrors = make(map[string]error)
	}
	h.setterErrors[setter] = err
	h.denied.Or(denySetter)
}

// Close denies all further calls with cause, closes the children, and frees the
// object once the calls have exited and the children are freed. It does not wait
// for them. A second Close has no effect.
func (h *Handle) Close(cause error) {
	h.mu.Lock()
	if h.denied.Load()&denyClosed != 0 {
		h.mu.Unlock()
		return
	}
	h.cause = cause
	h.denied.Or(denyClosed)
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
	if h.lib.CancelCalls != nil && !h.asyncFree && !h.freed.Load() {
		h.lib.cancelling.add(h)
	}
}

// Closed reports whether h has been closed, and why.
func (h *Handle) Closed() (cause error, is bool) {
	if h.denied.Load()&denyClosed == 0 { // as for each object of a listing
		return nil, false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.cause, true
}

// Done returns a channel that is closed when h is closed. A call that has not entered yet, for
// example because it waits to be admitted, waits for this channel as well.
func (h *Handle) Done() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.done == nil {
		h.done = make(chan struct{})
		if h.denied.Load()&denyClosed != 0 {
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

// CloseAsync closes a handle whose owner was garbage collected, unless it is
// closed. It returns without waiting for Close, since cleanups share one
// goroutine.
func (h *Handle) CloseAsync() {
	if h.denied.Load()&denyClosed == 0 {
		go h.Close(errAbandoned)
	}
}

var errAbandoned = errors.New("rados: object was garbage collected")

// freeIfIdle frees the object of a closed handle if no call is inside. A shard of
// a closed handle that is 0 stays 0, except for calls that are being denied; so
// one look at each shard is enough, and the call that exits last looks last.
func (h *Handle) freeIfIdle() {
	if h.freed.Load() {
		return // a denied call then costs no search
	}
	for i := range h.shards {
		if h.shards[i].calls.Load() != 0 {
			return
		}
	}
	if h.lib.InUseElsewhere != nil && h.lib.InUseElsewhere(unsafe.Pointer(&h.refs)) {
		return
	}
	if !h.freed.CompareAndSwap(false, true) {
		return
	}
	if h.asyncFree {
		go h.freeObject()
		return
	}
	h.freeObject()
}

// freeObject frees the object and then exits the parent, which may free that as well.
func (h *Handle) freeObject() {
	h.free(h.ptr)
	for _, ptr := range h.replaced {
		h.free(ptr)
	}
	if h.parent != nil {
		h.parent.disown(h)
		h.parent.Exit(h.parentShard)
	} else if h.lib.Freed != nil {
		h.lib.Freed()
	}
}

func (h *Handle) disown(child *Handle) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.children, child)
}
