package handle

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	errClosed   = errors.New("closed")
	errNotReady = errors.New("not ready")
	errBad      = errors.New("bad")
	errBusy     = errors.New("busy")
	errReady    = errors.New("ready")
)

// object is a C object that can tell whether it was freed.
type object struct{ freed atomic.Int32 }

func (o *object) free(unsafe.Pointer) { o.freed.Add(1) }

// freeOne is free for objects that take each other's place.
func freeOne(ptr unsafe.Pointer) { (*object)(ptr).freed.Add(1) }

func open(notReady error) (*object, *Handle) {
	o := new(object)
	return o, New(unsafe.Pointer(o), o.free, notReady)
}

func TestCloseFreesAnIdleObjectOnce(t *testing.T) {
	o, h := open(nil)
	h.Close(errClosed)
	h.Close(errBad)
	assert.EqualValues(t, 1, o.freed.Load())
	_, err := h.Enter(errBad)
	assert.Equal(t, errClosed, err)
	_, err = h.EnterSetup(errBad)
	assert.Equal(t, errClosed, err)
	assert.EqualValues(t, 1, o.freed.Load(), "a refused call frees nothing")
}

func TestNoHandle(t *testing.T) {
	var h *Handle
	_, err := h.Enter(errBad)
	assert.Equal(t, errBad, err)
	_, err = h.EnterSetup(errBad)
	assert.Equal(t, errBad, err)
}

func TestLastCallOutFrees(t *testing.T) {
	o, h := open(nil)
	first, err := h.Enter(errBad)
	require.NoError(t, err)
	second, err := h.Enter(errBad)
	require.NoError(t, err)
	h.Close(errClosed)
	assert.Zero(t, o.freed.Load())
	h.Exit(first)
	assert.Zero(t, o.freed.Load())
	h.Exit(second)
	assert.EqualValues(t, 1, o.freed.Load())
}

func TestNotReady(t *testing.T) {
	_, h := open(errNotReady)
	_, err := h.Enter(errBad)
	assert.Equal(t, errNotReady, err)
	lane, err := h.EnterSetup(errBad)
	require.NoError(t, err)
	h.Exit(lane)
	h.Ready()
	lane, err = h.Enter(errBad)
	require.NoError(t, err)
	h.Exit(lane)
}

func TestFaultIsKeptUntilTheSetterSucceeds(t *testing.T) {
	_, h := open(nil)
	h.Fault("SetNamespace", errBad)
	for range 2 {
		_, err := h.Enter(errClosed)
		assert.Equal(t, errBad, err)
	}
	lane, err := h.EnterSetup(errClosed)
	require.NoError(t, err)
	h.Exit(lane)
	h.Fault("SetLocator", nil)
	_, err = h.Enter(errClosed)
	assert.Equal(t, errBad, err, "another setter's success mends nothing")
	h.Fault("SetNamespace", nil)
	lane, err = h.Enter(errClosed)
	require.NoError(t, err)
	h.Exit(lane)
}

// TestEnterWhileMended: a call that was about to be refused for a reason that
// goes away meanwhile is admitted. It is never turned away without an error.
func TestEnterWhileMended(t *testing.T) {
	o, h := open(nil)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 20_000 {
			h.Fault("SetNamespace", errBad)
			h.Fault("SetNamespace", nil)
		}
	}()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		if lane, err := h.Enter(errBad); err == nil {
			h.Exit(lane)
		}
	}
	h.Close(errClosed)
	assert.EqualValues(t, 1, o.freed.Load())
}

// enterInC is what a shim does at its beginning, and exitInC at its end; they
// say what Go is told of it.
func enterInC(h *Handle) (lane *Lane, refused bool) {
	g := (*gate)(h.Gate())
	lane = &g.lanes[3] // any: C has its own way of choosing
	lane.calls.Add(1)
	if g.refuses.Load() != 0 {
		lane.calls.Add(-1)
		return nil, true
	}
	return lane, false
}

func exitInC(h *Handle, lane *Lane) (closing bool) {
	lane.calls.Add(-1)
	return (*gate)(h.Gate()).refuses.Load()&Closed != 0
}

func TestNoGate(t *testing.T) {
	var h *Handle
	assert.Nil(t, h.Gate())
	assert.Equal(t, errBad, h.Refused(errBad))
}

func TestLastCallOutOfCFrees(t *testing.T) {
	o, h := open(nil)
	inC, refused := enterInC(h)
	require.False(t, refused)
	inGo, err := h.Enter(errBad)
	require.NoError(t, err)
	h.Close(errClosed)
	_, refused = enterInC(h)
	require.True(t, refused)
	assert.Equal(t, errClosed, h.Refused(errBad))
	h.Exit(inGo)
	assert.Zero(t, o.freed.Load())
	require.True(t, exitInC(h, inC))
	h.Left()
	assert.EqualValues(t, 1, o.freed.Load())
}

// TestRefusedLeavesLast: an attempt that is refused counts for a moment. Should
// Close look just then, it leaves the object to whoever was refused.
func TestRefusedLeavesLast(t *testing.T) {
	o, h := open(nil)
	attempt, refused := enterInC(h)
	require.False(t, refused)
	h.Close(errClosed)
	attempt.calls.Add(-1)
	assert.Zero(t, o.freed.Load())
	assert.Equal(t, errClosed, h.Refused(errBad))
	assert.EqualValues(t, 1, o.freed.Load())
}

// TestRefusedThenMended: whoever was refused is told why even when it is no
// longer so.
func TestRefusedThenMended(t *testing.T) {
	_, h := open(errNotReady)
	_, refused := enterInC(h)
	require.True(t, refused)
	assert.Equal(t, errNotReady, h.Refused(errBad))
	h.Ready()
	assert.Equal(t, errNotReady, h.Refused(errBad))
	h.Fault("SetNamespace", errBad)
	_, refused = enterInC(h)
	require.True(t, refused)
	h.Fault("SetNamespace", nil)
	assert.ErrorIs(t, h.Refused(errClosed), errBad)
	h.Fault("SetNamespace", nil)
	assert.ErrorIs(t, h.Refused(errClosed), errBad, "success that mends nothing is none of it")
	lane, refused := enterInC(h)
	require.False(t, refused)
	assert.False(t, exitInC(h, lane))
}

func TestChildrenAreFreedFirst(t *testing.T) {
	parent, hp := open(nil)
	child := new(object)
	hc, err := hp.NewChild(unsafe.Pointer(child), func(p unsafe.Pointer) {
		assert.Zero(t, parent.freed.Load())
		child.free(p)
	})
	require.NoError(t, err)
	lane, err := hc.Enter(errBad)
	require.NoError(t, err)
	hp.Close(errClosed)
	_, err = hc.Enter(errBad)
	assert.Equal(t, errClosed, err, "a child is told why its parent closed")
	assert.Zero(t, child.freed.Load())
	assert.Zero(t, parent.freed.Load(), "a call inside the child keeps the parent")
	hc.Exit(lane)
	assert.EqualValues(t, 1, child.freed.Load())
	assert.EqualValues(t, 1, parent.freed.Load())
}

func TestClosedChildLetsGoOfItsParent(t *testing.T) {
	parent, hp := open(nil)
	child := new(object)
	hc, err := hp.NewChild(unsafe.Pointer(child), child.free)
	require.NoError(t, err)
	hc.Close(errClosed)
	assert.EqualValues(t, 1, child.freed.Load())
	assert.Zero(t, parent.freed.Load())
	assert.Empty(t, hp.children)
	hp.Close(errClosed)
	assert.EqualValues(t, 1, parent.freed.Load())
}

func TestChildOfAClosedParentIsFreed(t *testing.T) {
	_, hp := open(nil)
	hp.Close(errClosed)
	child := new(object)
	_, err := hp.NewChild(unsafe.Pointer(child), child.free)
	assert.Equal(t, errClosed, err)
	assert.EqualValues(t, 1, child.freed.Load())
}

// TestCloseUnderLoad has many goroutines enter while others close: no call may
// be inside when the object is freed, and it must be freed exactly once.
func TestCloseUnderLoad(t *testing.T) {
	for range 200 {
		var inside, refused atomic.Int64
		var object object
		h := New(nil, func(p unsafe.Pointer) {
			assert.Zero(t, inside.Load())
			object.free(p)
		}, nil)
		start := make(chan struct{})
		var wg sync.WaitGroup
		for g := range 16 {
			wg.Go(func() {
				<-start
				for i := range 200 {
					if g < 2 && i == 100 {
						h.Close(errClosed)
					}
					lane, err := h.Enter(errBad)
					if err != nil {
						refused.Add(1)
						continue
					}
					inside.Add(1)
					runtime.Gosched()
					inside.Add(-1)
					h.Exit(lane)
				}
			})
		}
		close(start)
		wg.Wait()
		require.EqualValues(t, 1, object.freed.Load())
		require.NotZero(t, refused.Load())
	}
}

func BenchmarkEnterExit(b *testing.B) {
	_, h := open(nil)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			lane, _ := h.Enter(errBad)
			h.Exit(lane)
		}
	})
}

// slowChild makes a child whose end waits until it is let go.
func slowChild(t *testing.T, parent *Handle) (child *Handle, ending, let, ended chan struct{}) {
	t.Helper()
	ending, let, ended = make(chan struct{}), make(chan struct{}), make(chan struct{})
	child, err := parent.NewSlowChild(func(p unsafe.Pointer) {
		assert.Nil(t, p)
		close(ending) // panics if it runs twice
		<-let
		close(ended)
	})
	require.NoError(t, err)
	return child, ending, let, ended
}

// TestSlowChildKeepsNobodyWaiting closes a parent whose child takes long to end: Close
// returns at once, and the parent is freed when the child has ended.
func TestSlowChildKeepsNobodyWaiting(t *testing.T) {
	freed := make(chan struct{})
	parent := New(nil, func(unsafe.Pointer) { close(freed) }, nil)
	child, ending, let, ended := slowChild(t, parent)
	parent.Close(errClosed)
	<-ending
	_, err := child.Enter(errBad)
	assert.Equal(t, errClosed, err)
	select {
	case <-freed:
		assert.Fail(t, "the parent was freed before its child had ended")
	default:
	}
	close(let)
	<-freed
	<-ended // or this would block: the child ends first
}

func TestSlowChildEndsOnce(t *testing.T) {
	o, parent := open(nil)
	child, ending, let, ended := slowChild(t, parent)
	lane, err := child.Enter(errBad)
	require.NoError(t, err)
	child.Close(errClosed)
	child.Close(errBad)
	select {
	case <-ending:
		assert.Fail(t, "it was ended while a call was inside")
	default:
	}
	child.Exit(lane)
	<-ending
	close(let)
	<-ended
	assert.Zero(t, o.freed.Load(), "the parent is still open")
	lane, err = parent.Enter(errBad)
	require.NoError(t, err)
	parent.Exit(lane)
}

// TestSlowChildTooLate has a parent that is closed already: the end runs at once, while
// the parent is still there, and the caller waits for it.
func TestSlowChildTooLate(t *testing.T) {
	o, parent := open(nil)
	lane, err := parent.Enter(errBad)
	require.NoError(t, err)
	parent.Close(errClosed)
	ended := false
	child, err := parent.NewSlowChild(func(unsafe.Pointer) {
		assert.Zero(t, o.freed.Load())
		ended = true
	})
	assert.Equal(t, errClosed, err)
	assert.Nil(t, child)
	assert.True(t, ended)
	parent.Exit(lane)
	assert.EqualValues(t, 1, o.freed.Load())
}

// attempt begins an attempt, which is one to make ready the object itself or not.
func attempt(t *testing.T, h *Handle, own bool) {
	t.Helper()
	got, err := h.Attempt(errBad, errBad)
	require.NoError(t, err)
	assert.Equal(t, own, got)
}

func TestAttempt(t *testing.T) {
	first := new(object)
	h := New(unsafe.Pointer(first), freeOne, errNotReady)
	inside, err := h.EnterSetup(errBad)
	require.NoError(t, err)

	attempt(t, h, true)
	_, err = h.Attempt(errBad, errBusy)
	assert.Equal(t, errBusy, err)
	second := new(object)
	h.Attempted(unsafe.Pointer(second), false)
	_, err = h.Enter(errBad)
	assert.Equal(t, errNotReady, err)
	assert.Equal(t, unsafe.Pointer(second), h.Pointer(), "in the place of the one that failed")
	assert.False(t, h.IsReady())

	attempt(t, h, false)
	h.Attempted(nil, false)
	assert.Equal(t, unsafe.Pointer(second), h.Pointer(), "a failure changes nothing more")

	third := new(object)
	attempt(t, h, false)
	h.Attempted(unsafe.Pointer(third), true)
	lane, err := h.Enter(errBad)
	require.NoError(t, err)
	assert.Equal(t, unsafe.Pointer(third), h.Pointer())
	assert.True(t, h.IsReady())
	h.Exit(lane)
	_, err = h.Attempt(errReady, errBad)
	assert.Equal(t, errReady, err)

	h.Close(errClosed)
	assert.Zero(t, first.freed.Load(), "a call is inside")
	h.Exit(inside)
	for _, o := range []*object{first, second, third} {
		assert.EqualValues(t, 1, o.freed.Load())
	}
}

// TestAttemptOfItself: an attempt that succeeds at once leaves the object where it is.
func TestAttemptOfItself(t *testing.T) {
	first, h := open(errNotReady)
	attempt(t, h, true)
	h.Attempted(nil, true)
	lane, err := h.Enter(errBad)
	require.NoError(t, err)
	assert.Equal(t, unsafe.Pointer(first), h.Pointer())
	h.Exit(lane)
	h.Close(errClosed)
	assert.EqualValues(t, 1, first.freed.Load())
}

func TestUnattempted(t *testing.T) {
	_, h := open(errNotReady)
	ran := 0
	run := func() { ran++ }
	assert.True(t, h.Unattempted(run))
	attempt(t, h, true)
	assert.False(t, h.Unattempted(run), "its object is being made ready")
	h.Attempted(nil, false)
	assert.True(t, h.Unattempted(run))
	attempt(t, h, false)
	assert.True(t, h.Unattempted(run), "another object is")
	assert.Equal(t, 3, ran)
}

// TestDone: Close closes the channel, whether it was asked for before or afterwards, and those
// of the children.
func TestDone(t *testing.T) {
	_, parent := open(nil)
	o := new(object)
	h, err := parent.NewChild(unsafe.Pointer(o), o.free)
	require.NoError(t, err)
	before := h.Done()
	require.NoError(t, h.Err())
	select {
	case <-before:
		require.Fail(t, "it is open")
	default:
	}
	parent.Close(errClosed)
	<-before
	<-h.Done()
	<-parent.Done()
	assert.Equal(t, errClosed, h.Err())
	assert.Equal(t, errClosed, parent.Err())
}
