package handle

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
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
	return o, new(Library).New(unsafe.Pointer(o), o.free, notReady)
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
	assert.EqualValues(t, 1, o.freed.Load(), "a denied call frees nothing")
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
	shard, err := h.EnterSetup(errBad)
	require.NoError(t, err)
	h.Exit(shard)
	h.Ready()
	shard, err = h.Enter(errBad)
	require.NoError(t, err)
	h.Exit(shard)
}

func TestSetterErrorIsKeptUntilTheSetterSucceeds(t *testing.T) {
	_, h := open(nil)
	h.SetSetterError("SetNamespace", errBad)
	for range 2 {
		_, err := h.Enter(errClosed)
		assert.Equal(t, errBad, err)
	}
	shard, err := h.EnterSetup(errClosed)
	require.NoError(t, err)
	h.Exit(shard)
	h.SetSetterError("SetLocator", nil)
	_, err = h.Enter(errClosed)
	assert.Equal(t, errBad, err, "another setter's success mends nothing")
	h.SetSetterError("SetNamespace", nil)
	shard, err = h.Enter(errClosed)
	require.NoError(t, err)
	h.Exit(shard)
}

// TestEnterWhileSetterSucceeds: a call that was about to be denied for a reason that
// goes away meanwhile is admitted. It is never turned away without an error.
func TestEnterWhileSetterSucceeds(t *testing.T) {
	o, h := open(nil)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 20_000 {
			h.SetSetterError("SetNamespace", errBad)
			h.SetSetterError("SetNamespace", nil)
		}
	}()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		if shard, err := h.Enter(errBad); err == nil {
			h.Exit(shard)
		}
	}
	h.Close(errClosed)
	assert.EqualValues(t, 1, o.freed.Load())
}

// enterInC is what a shim does at its beginning, and exitInC at its end; they
// say what Go is told of it.
func enterInC(h *Handle) (shard *Shard, denied bool) {
	g := (*refs)(h.Refs())
	shard = &g.shards[3] // any: C has its own way of choosing
	shard.calls.Add(1)
	if g.denied.Load() != 0 {
		shard.calls.Add(-1)
		return nil, true
	}
	return shard, false
}

func exitInC(h *Handle, shard *Shard) (closing bool) {
	shard.calls.Add(-1)
	return (*refs)(h.Refs()).denied.Load()&Closed != 0
}

func TestNoRefs(t *testing.T) {
	var h *Handle
	assert.Nil(t, h.Refs())
	assert.Equal(t, errBad, h.DenyReason(errBad))
}

func TestLastCallOutOfCFrees(t *testing.T) {
	o, h := open(nil)
	inC, denied := enterInC(h)
	require.False(t, denied)
	inGo, err := h.Enter(errBad)
	require.NoError(t, err)
	h.Close(errClosed)
	_, denied = enterInC(h)
	require.True(t, denied)
	assert.Equal(t, errClosed, h.DenyReason(errBad))
	h.Exit(inGo)
	assert.Zero(t, o.freed.Load())
	require.True(t, exitInC(h, inC))
	h.Release()
	assert.EqualValues(t, 1, o.freed.Load())
}

// TestDeniedCallExitsLast: an attempt that is denied counts for a moment. Should
// Close look at that moment, it leaves the object to the call that was denied.
func TestDeniedCallExitsLast(t *testing.T) {
	o, h := open(nil)
	attempt, denied := enterInC(h)
	require.False(t, denied)
	h.Close(errClosed)
	attempt.calls.Add(-1)
	assert.Zero(t, o.freed.Load())
	assert.Equal(t, errClosed, h.DenyReason(errBad))
	assert.EqualValues(t, 1, o.freed.Load())
}

// TestDenyReasonIsKept: DenyReason returns the reason of a denied call even if it no
// longer applies.
func TestDenyReasonIsKept(t *testing.T) {
	_, h := open(errNotReady)
	_, denied := enterInC(h)
	require.True(t, denied)
	assert.Equal(t, errNotReady, h.DenyReason(errBad))
	h.Ready()
	assert.Equal(t, errNotReady, h.DenyReason(errBad))
	h.SetSetterError("SetNamespace", errBad)
	_, denied = enterInC(h)
	require.True(t, denied)
	h.SetSetterError("SetNamespace", nil)
	assert.ErrorIs(t, h.DenyReason(errClosed), errBad)
	h.SetSetterError("SetNamespace", nil)
	assert.ErrorIs(t, h.DenyReason(errClosed), errBad, "success that mends nothing is none of it")
	shard, denied := enterInC(h)
	require.False(t, denied)
	assert.False(t, exitInC(h, shard))
}

func TestChildrenAreFreedFirst(t *testing.T) {
	parent, hp := open(nil)
	child := new(object)
	hc, err := hp.NewChild(unsafe.Pointer(child), func(p unsafe.Pointer) {
		assert.Zero(t, parent.freed.Load())
		child.free(p)
	})
	require.NoError(t, err)
	shard, err := hc.Enter(errBad)
	require.NoError(t, err)
	hp.Close(errClosed)
	_, err = hc.Enter(errBad)
	assert.Equal(t, errClosed, err, "a child is told why its parent closed")
	assert.Zero(t, child.freed.Load())
	assert.Zero(t, parent.freed.Load(), "a call inside the child keeps the parent")
	hc.Exit(shard)
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
		var inside, denied atomic.Int64
		var object object
		h := new(Library).New(nil, func(p unsafe.Pointer) {
			assert.Zero(t, inside.Load())
			object.free(p)
		}, nil)
		start := make(chan struct{})
		var wg await.Group
		for g := range 16 {
			wg.Go(func() {
				<-start
				for i := range 200 {
					if g < 2 && i == 100 {
						h.Close(errClosed)
					}
					shard, err := h.Enter(errBad)
					if err != nil {
						denied.Add(1)
						continue
					}
					inside.Add(1)
					runtime.Gosched()
					inside.Add(-1)
					h.Exit(shard)
				}
			})
		}
		close(start)
		wg.Wait()
		require.EqualValues(t, 1, object.freed.Load())
		require.NotZero(t, denied.Load())
	}
}

func BenchmarkEnterExit(b *testing.B) {
	_, h := open(nil)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			shard, _ := h.Enter(errBad)
			h.Exit(shard)
		}
	})
}

// newAsyncFreeChild returns a child whose end waits until it is let go.
func newAsyncFreeChild(t *testing.T, parent *Handle) (child *Handle, ending, let, ended chan struct{}) {
	t.Helper()
	ending, let, ended = make(chan struct{}), make(chan struct{}), make(chan struct{})
	child, err := parent.NewChildAsyncFree(func(p unsafe.Pointer) {
		assert.Nil(t, p)
		close(ending) // panics if it runs twice
		<-let
		close(ended)
	})
	require.NoError(t, err)
	return child, ending, let, ended
}

// TestChildAsyncFreeKeepsNobodyWaiting closes a parent whose child takes long to end: Close
// returns immediately, and the parent is freed after the child.
func TestChildAsyncFreeKeepsNobodyWaiting(t *testing.T) {
	freed := make(chan struct{})
	parent := new(Library).New(nil, func(unsafe.Pointer) { close(freed) }, nil)
	child, ending, let, ended := newAsyncFreeChild(t, parent)
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

func TestChildAsyncFreeEndsOnce(t *testing.T) {
	o, parent := open(nil)
	child, ending, let, ended := newAsyncFreeChild(t, parent)
	shard, err := child.Enter(errBad)
	require.NoError(t, err)
	child.Close(errClosed)
	child.Close(errBad)
	select {
	case <-ending:
		assert.Fail(t, "it was ended while a call was inside")
	default:
	}
	child.Exit(shard)
	<-ending
	close(let)
	<-ended
	assert.Zero(t, o.freed.Load(), "the parent is still open")
	shard, err = parent.Enter(errBad)
	require.NoError(t, err)
	parent.Exit(shard)
}

// TestChildAsyncFreeTooLate has a parent that is closed already: the end runs immediately, while
// the parent is still there, and the caller waits for it.
func TestChildAsyncFreeTooLate(t *testing.T) {
	o, parent := open(nil)
	shard, err := parent.Enter(errBad)
	require.NoError(t, err)
	parent.Close(errClosed)
	ended := false
	child, err := parent.NewChildAsyncFree(func(unsafe.Pointer) {
		assert.Zero(t, o.freed.Load())
		ended = true
	})
	assert.Equal(t, errClosed, err)
	assert.Nil(t, child)
	assert.True(t, ended)
	parent.Exit(shard)
	assert.EqualValues(t, 1, o.freed.Load())
}

// attempt begins an attempt, which is one to make ready the object itself or not.
func attempt(t *testing.T, h *Handle, own bool) {
	t.Helper()
	got, err := h.BeginReplace(t.Context(), errBad, errBad)
	require.NoError(t, err)
	assert.Equal(t, own, got)
}

func TestReplace(t *testing.T) {
	first := new(object)
	h := new(Library).New(unsafe.Pointer(first), freeOne, errNotReady)
	inside, err := h.EnterSetup(errBad)
	require.NoError(t, err)

	attempt(t, h, true)
	_, err = h.BeginReplace(t.Context(), errBad, errBusy)
	assert.Equal(t, errBusy, err)
	second := new(object)
	h.EndReplace(unsafe.Pointer(second), false)
	_, err = h.Enter(errBad)
	assert.Equal(t, errNotReady, err)
	assert.Equal(t, unsafe.Pointer(second), h.Pointer(), "in the place of the one that failed")
	assert.False(t, h.IsReady())

	attempt(t, h, false)
	h.EndReplace(nil, false)
	assert.Equal(t, unsafe.Pointer(second), h.Pointer(), "a failure changes nothing more")

	third := new(object)
	attempt(t, h, false)
	h.EndReplace(unsafe.Pointer(third), true)
	shard, err := h.Enter(errBad)
	require.NoError(t, err)
	assert.Equal(t, unsafe.Pointer(third), h.Pointer())
	assert.True(t, h.IsReady())
	h.Exit(shard)
	_, err = h.BeginReplace(t.Context(), errReady, errBad)
	assert.Equal(t, errReady, err)

	h.Close(errClosed)
	assert.Zero(t, first.freed.Load(), "a call is inside")
	h.Exit(inside)
	for _, o := range []*object{first, second, third} {
		assert.EqualValues(t, 1, o.freed.Load())
	}
}

// TestAbandoned: an attempt whose context is done goes on, and others can wait for its end.
func TestAbandoned(t *testing.T) {
	_, h := open(errNotReady)
	assert.Nil(t, h.Abandoned(), "there is no attempt")
	for _, made := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := h.BeginReplace(ctx, errBad, errBad)
		require.NoError(t, err)
		assert.Nil(t, h.Abandoned(), "its caller waits for it")
		cancel()
		ended := h.Abandoned()
		require.NotNil(t, ended)
		_, err = h.BeginReplace(t.Context(), errBad, errBusy)
		assert.Equal(t, errBusy, err)
		select {
		case <-ended:
			assert.Fail(t, "the attempt is in progress")
		default:
		}
		h.EndReplace(nil, made)
		<-ended
		if made {
			assert.Equal(t, ended, h.Abandoned(), "nobody knows that it succeeded")
			h.Settle()
		}
		assert.Nil(t, h.Abandoned())
	}
	h.Close(errClosed)
}

// TestAbandonAfterTheEnd: the context of an attempt is done once it has succeeded, before its caller knows
// that.
func TestAbandonAfterTheEnd(t *testing.T) {
	_, h := open(errNotReady)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	h.Abandon(ctx)
	assert.Nil(t, h.Abandoned(), "there is no attempt")
	_, err := h.BeginReplace(ctx, errBad, errBad)
	require.NoError(t, err)
	h.EndReplace(nil, true)
	h.Abandon(t.Context())
	assert.Nil(t, h.Abandoned(), "that of another caller, which knows that it has failed")
	h.Abandon(ctx)
	<-h.Abandoned()
	h.Settle()
	assert.Nil(t, h.Abandoned())
	h.Close(errClosed)
}

// TestReplaceable: it returns what denies an attempt.
func TestReplaceable(t *testing.T) {
	_, h := open(errNotReady)
	assert.NoError(t, h.Replaceable(errReady, errBusy))
	attempt(t, h, true)
	assert.Equal(t, errBusy, h.Replaceable(errReady, errBusy))
	h.EndReplace(nil, true)
	assert.Equal(t, errReady, h.Replaceable(errReady, errBusy))
	h.Close(errClosed)
	assert.Equal(t, errClosed, h.Replaceable(errReady, errBusy))
}

// TestReplaceNothing: a first attempt that succeeds leaves the object where it is.
func TestReplaceNothing(t *testing.T) {
	first, h := open(errNotReady)
	attempt(t, h, true)
	h.EndReplace(nil, true)
	shard, err := h.Enter(errBad)
	require.NoError(t, err)
	assert.Equal(t, unsafe.Pointer(first), h.Pointer())
	h.Exit(shard)
	h.Close(errClosed)
	assert.EqualValues(t, 1, first.freed.Load())
}

func TestUnlessReplacing(t *testing.T) {
	_, h := open(errNotReady)
	ran := 0
	run := func() { ran++ }
	assert.True(t, h.UnlessReplacing(run))
	attempt(t, h, true)
	assert.False(t, h.UnlessReplacing(run), "its object is being made ready")
	h.EndReplace(nil, false)
	assert.True(t, h.UnlessReplacing(run))
	attempt(t, h, false)
	assert.True(t, h.UnlessReplacing(run), "another object is")
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
