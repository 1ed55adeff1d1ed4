package admit

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/throttle"
)

// newBlocking returns a blocking call, whose connection has room for one.
func newBlocking() Blocking {
	c, _ := newCaller()
	c.Conn.Blocking.SetMax(1)
	return Blocking{Caller: c, Target: throttle.Mon}
}

// assertRoom fails t unless the room of b is released.
func assertRoom(t *testing.T, b Blocking) {
	t.Helper()
	room, err := b.Acquire(t.Context())
	require.NoError(t, err)
	room.Exit(0)
}

func TestRun(t *testing.T) {
	cancellable, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, ctx := range []context.Context{context.Background(), cancellable} {
		for _, want := range []error{nil, syscall.ENOENT} {
			b := newBlocking()
			assert.Equal(t, want, Run(ctx, b, func() error { return want }))
			n, err := Run1(ctx, b, func() (int, error) { return 7, want })
			assert.Equal(t, 7, n)
			assert.Equal(t, want, err)
			n, text, err := Run2(ctx, b.Changing(), func() (int, string, error) { return 7, "seven", want })
			assert.Equal(t, 7, n)
			assert.Equal(t, "seven", text)
			assert.Equal(t, want, err, "the outcome is known")
			assertRoom(t, b)
		}
	}
}

// TestRunDenied makes calls that are not made.
func TestRunDenied(t *testing.T) {
	done, cancel := context.WithCancel(t.Context())
	cancel()
	for name, test := range map[string]struct {
		ctx    context.Context
		denied error
		want   error
	}{
		"denied":       {context.Background(), errClosed, errClosed},
		"nil context":  {nil, nil, syscall.EINVAL},
		"done context": {done, nil, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBlocking().Changing()
			b.Denied = test.denied
			called := false
			assert.Equal(t, test.want, Run(test.ctx, b, func() error { called = true; return nil }))
			assert.False(t, called)
			if test.denied == nil {
				assertRoom(t, b)
			}
		})
	}
}

// TestRunWithoutRoom ends calls that wait for room: they are not made, so that their outcome is known.
func TestRunWithoutRoom(t *testing.T) {
	reason := errors.New("reason")
	for name, test := range map[string]struct {
		end  func(b Blocking, cancel context.CancelCauseFunc)
		want error
	}{
		"context": {func(_ Blocking, cancel context.CancelCauseFunc) { cancel(reason) }, reason},
		"handle":  {func(b Blocking, _ context.CancelCauseFunc) { b.Handle.Close(errClosed) }, errClosed},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBlocking().Changing()
			room, err := b.Acquire(t.Context())
			require.NoError(t, err)
			ctx, cancel := context.WithCancelCause(t.Context())
			ended := make(chan error)
			go func() {
				ended <- Run(ctx, b, func() error { assert.Fail(t, "the call was made"); return nil })
			}()
			test.end(b, cancel)
			err = <-ended
			assert.ErrorIs(t, err, test.want)
			assert.NotErrorIs(t, err, errUnknown)
			room.Exit(0)
			cancel(nil)
		})
	}
}

// TestRunInterrupted ends calls while they block: they keep their room until they return, and what
// they make is undone.
func TestRunInterrupted(t *testing.T) {
	reason := errors.New("reason")
	for name, test := range map[string]struct {
		end  func(b Blocking, cancel context.CancelCauseFunc)
		want []error
	}{
		"context": {func(_ Blocking, cancel context.CancelCauseFunc) { cancel(reason) }, []error{context.Canceled, reason}},
		"handle":  {func(b Blocking, _ context.CancelCauseFunc) { b.Handle.Close(errClosed) }, []error{errClosed}},
	} {
		for _, changes := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				b := newBlocking()
				b.Changes = changes
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				more, undone := make(chan int), make(chan int)
				n, err := RunUndo(ctx, b, func() (int, error) {
					test.end(b, cancel)
					return <-more, nil
				}, func(n int) { undone <- n })
				assert.Zero(t, n)
				for _, want := range test.want {
					assert.ErrorIs(t, err, want)
				}
				assert.Equal(t, changes, errors.Is(err, errUnknown))
				assert.False(t, b.Conn.Blocking[throttle.Mon].TryEnter(0), "the call keeps its room")
				more <- 42
				assert.Equal(t, 42, <-undone)
				require.True(t, b.Conn.Blocking[throttle.Mon].TryEnter(0), "the room is released before undo")
			})
		}
	}
}

// TestDetachUndo ends calls without a cancel while they are in flight: those that succeed later are undone,
// while the handle is kept.
func TestDetachUndo(t *testing.T) {
	for name, test := range map[string]struct {
		end  func(c Caller, cancel context.CancelFunc)
		want error
	}{
		"in time": {func(Caller, context.CancelFunc) {}, nil},
		"context": {func(_ Caller, cancel context.CancelFunc) { cancel() }, context.Canceled},
		"handle":  {func(c Caller, _ context.CancelFunc) { c.Handle.Close(errClosed) }, errClosed},
	} {
		for _, failure := range []error{nil, syscall.ENOENT} {
			t.Run(name, func(t *testing.T) {
				c, l := newCaller()
				freed := make(chan struct{})
				child, err := c.Handle.NewChild(nil, func(unsafe.Pointer) { close(freed) })
				require.NoError(t, err)
				c.Handle = child
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				call, err := c.StartDetached(ctx, 0)
				require.NoError(t, err)
				assert.False(t, call.Completed(), "a thread would wait for it")
				interrupted, undone := make(chan struct{}), 0
				n, err := DetachUndo(ctx, c, func() (int, error) {
					test.end(c, cancel)
					if test.want != nil {
						<-interrupted
					}
					l.Complete(call, 7)
					ret := c.Wait(context.Background(), call, 0)
					if err := c.Finish(context.Background(), call, ret); err != nil {
						return 0, err
					}
					return int(ret), failure
				}, call.Shard, func(n int) {
					undone = n
					select {
					case <-freed:
						assert.Fail(t, "the handle was freed before")
					default:
					}
				})
				close(interrupted)
				assert.NotErrorIs(t, err, errUnknown)
				if test.want != nil {
					assert.ErrorIs(t, err, test.want)
				} else {
					assert.Equal(t, 7, n)
					assert.Equal(t, failure, err)
				}
				child.Close(errClosed)
				<-freed
				if test.want != nil && failure == nil {
					assert.Equal(t, 7, undone)
				} else {
					assert.Zero(t, undone)
				}
				assertIdle(t, c)
			})
		}
	}
}

// TestDetachInterrupted ends calls while they are in flight.
func TestDetachInterrupted(t *testing.T) {
	for _, changes := range []bool{false, true} {
		c, _ := newCaller()
		ctx, cancel := context.WithCancel(t.Context())
		more := make(chan struct{})
		err := Detach(ctx, c, changes, func() error {
			cancel()
			<-more
			return nil
		})
		assert.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, changes, errors.Is(err, errUnknown))
		close(more)
	}
}
