package admit

import (
	"context"
	"syscall"

	"github.com/go-rados/go-rados/internal/ctxerr"
	"github.com/go-rados/go-rados/internal/detach"
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
	room, err := b.Acquire(ctx)
	if err != nil {
		return none, err
	}
	leave := func() {}
	if late := undo; late != nil {
		shard, err := b.Handle.Enter(nil)
		if err != nil {
			room.Exit(0)
			return none, err
		}
		leave = func() { b.Handle.Exit(shard) }
		undo = func(value T) {
			defer leave()
			late(value)
		}
	}
	value, ended, err := detach.Run(ctx, b.Handle, func() (T, error) {
		defer room.Exit(0)
		value, err := call()
		if err != nil { // nothing is undone
			leave()
		}
		return value, err
	}, undo)
	switch {
	case !ended:
		err = b.Conn.Errors.Interrupted(err, b.Changes)
	case err == nil:
		leave()
	}
	return value, err
}
