package admit

import (
	"context"
	"syscall"

	"github.com/go-rados/go-rados/internal/ctxerr"
	"github.com/go-rados/go-rados/internal/detach"
	"github.com/go-rados/go-rados/internal/handle"
	"github.com/go-rados/go-rados/internal/throttle"
)

// Blocking is a call that blocks its thread until Target answers, and that librados does not cancel.
type Blocking struct {
	Caller
	Target  throttle.Target
	Changes bool  // it may change something
	Denied  error // why it can't be made, or nil
}

// Changing returns b for a call that may change something.
func (b Blocking) Changing() Blocking {
	b.Changes = true
	return b
}

// Acquire blocks until there is room for the call. If ctx is done or the handle is closed before,
// Acquire returns an error. Exit(0) of the Limit that it returns releases the room.
func (b Blocking) Acquire(ctx context.Context) (*throttle.Limit, error) {
	if b.Denied != nil {
		return nil, b.Denied
	}
	return b.Conn.Blocking.Enter(ctx, b.Handle, b.Target)
}

// Run makes a call whose only result is an error; see RunUndo.
func Run(ctx context.Context, b Blocking, call func() error) error {
	_, err := RunUndo(ctx, b, func() (struct{}, error) { return struct{}{}, call() }, nil)
	return err
}

// Run1 makes a call with one result other than the error; see RunUndo.
func Run1[T any](ctx context.Context, b Blocking, call func() (T, error)) (T, error) {
	return RunUndo(ctx, b, call, nil)
}

// Run2 makes a call with two results other than the error; see RunUndo.
func Run2[T, U any](ctx context.Context, b Blocking, call func() (T, U, error)) (T, U, error) {
	type results struct {
		first  T
		second U
	}
	r, err := RunUndo(ctx, b, func() (results, error) {
		first, second, err := call()
		return results{first, second}, err
	}, nil)
	return r.first, r.second, err
}

// OwnBuffer returns a buffer of the size of data for a call that may go on after ctx is done, when
// data belongs to the caller again: data itself if ctx is never done.
func OwnBuffer(ctx context.Context, data []byte) []byte {
	if ctx == nil || ctx.Done() == nil {
		return data
	}
	return make([]byte, len(data))
}

// OwnBuffers is OwnBuffer for several buffers.
func OwnBuffers(ctx context.Context, buffers [][]byte) [][]byte {
	if ctx == nil || ctx.Done() == nil {
		return buffers
	}
	own := make([][]byte, len(buffers))
	for i, b := range buffers {
		own[i] = make([]byte, len(b))
	}
	return own
}

// RunUndo makes a call once there is room for it, for which it waits on the goroutine of its caller:
// if ctx is done or the handle is closed before, the call is not made. If that happens during the
// call, RunUndo returns its error, in which errors.Is finds Errors.Unknown if the call may have changed
// something. The call goes on and keeps its room until it ends; if it succeeds, undo, unless it is
// nil, is called with its value, and the handle is not freed before undo has returned.
func RunUndo[T any](ctx context.Context, b Blocking, call func() (T, error), undo func(T)) (T, error) {
	var none T
	if b.Denied != nil {
		return none, b.Denied
	}
	if ctx == nil {
		return none, b.Conn.Errors.FromCode(-int(syscall.EINVAL))
	}
	if err := ctxerr.Of(ctx); err != nil {
		return none, err
	}
	leave := func() {}
	if undo != nil {
		shard, err := b.Handle.EnterSetup(nil)
		if err != nil {
			return none, err
		}
		leave = func() { b.Handle.Exit(shard) }
	}
	room, err := b.Acquire(ctx)
	if err != nil {
		leave()
		return none, err
	}
	return run(ctx, b.Caller, b.Changes, func() (T, error) {
		defer room.Exit(0)
		return call()
	}, undo, leave)
}

// run makes a call that goes on when ctx is done or the handle is closed. If the call succeeds after
// that, undo, unless it is nil, is called with its value. At the end of all, leave is called.
func run[T any](ctx context.Context, c Caller, changes bool, call func() (T, error), undo func(T), leave func()) (T, error) {
	late := func(value T) {
		defer leave()
		if undo != nil {
			undo(value)
		}
	}
	value, ended, err := detach.Run(ctx, c.Handle, func() (T, error) {
		value, err := call()
		if err != nil { // nothing is undone
			leave()
		}
		return value, err
	}, late)
	switch {
	case !ended:
		err = c.Conn.Errors.Interrupted(err, changes)
	case err == nil:
		leave()
	}
	return value, err
}

// Detach makes an asynchronous call whose only result is an error; see Detach1.
func Detach(ctx context.Context, c Caller, changes bool, call func() error) error {
	_, err := Detach1(ctx, c, changes, func() (struct{}, error) { return struct{}{}, call() })
	return err
}

// Detach1 makes an asynchronous call that has been admitted and that librados does not cancel. call
// starts it and waits until it has completed. If ctx is done or the handle is closed before, Detach1
// returns the error of that, in which errors.Is finds Errors.Unknown if the call may have changed
// something, and the call goes on.
func Detach1[T any](ctx context.Context, c Caller, changes bool, call func() (T, error)) (T, error) {
	return run(ctx, c, changes, call, nil, func() {})
}

// DetachUndo is Detach1 for a call that can be undone: if it succeeds too late, undo is called with its
// value. So its outcome is known. The call is inside the handle with shard; the handle is not freed
// before undo has returned.
func DetachUndo[T any](ctx context.Context, c Caller, call func() (T, error), shard *handle.Shard, undo func(T)) (T, error) {
	c.Handle.EnterAgain(shard)
	return run(ctx, c, false, call, undo, func() { c.Handle.Exit(shard) })
}
