package rados

import (
	"context"
	"runtime"
	"syscall"

	"github.com/go-rados/go-rados/internal/admit"
	"github.com/go-rados/go-rados/internal/aio"
	"github.com/go-rados/go-rados/internal/detach"
	"github.com/go-rados/go-rados/internal/throttle"
)

// callErrors are the errors that calls end with.
var callErrors = admit.Errors{
	FromCode: asError,
	Canceled: radosError(-int(syscall.ECANCELED)),
	Unknown:  ErrOutcomeUnknown,
}

// checkContext returns an error if ctx is nil or done: no call may be sent with it then.
func checkContext(ctx context.Context) error {
	if ctx == nil {
		return radosError(-int(syscall.EINVAL))
	}
	return ctx.Err()
}

// precheck returns an error if ctx is done or ioctx is not usable.
func (ioctx *IOContext) precheck(ctx context.Context) error {
	if err := checkContext(ctx); err != nil {
		return err
	}
	if ioctx == nil || ioctx.conn == nil {
		return ErrInvalidIOContext
	}
	return nil
}

func (ioctx *IOContext) caller() admit.Caller {
	return admit.Caller{Conn: &ioctx.conn.admission, Handle: ioctx.handle}
}

// startCall starts a call that moves bytes bytes; see [admit.Caller.Start].
func (ioctx *IOContext) startCall(ctx context.Context, bytes int) (*aio.Call, error) {
	if err := ioctx.precheck(ctx); err != nil {
		return nil, err
	}
	return ioctx.caller().Start(ctx, bytes)
}

// startChange is startCall for a call that may change an object.
func (ioctx *IOContext) startChange(ctx context.Context, bytes int) (*aio.Call, error) {
	call, err := ioctx.startCall(ctx, bytes)
	if err == nil {
		call.Changes = true
	}
	return call, err
}

// startUntilCallback starts a call; see [admit.Caller.StartUntilCallback].
func (ioctx *IOContext) startUntilCallback(ctx context.Context) (*aio.Call, error) {
	if err := ioctx.precheck(ctx); err != nil {
		return nil, err
	}
	return ioctx.caller().StartUntilCallback(ctx)
}

// startUnguarded starts a call; see [admit.Caller.StartUnguarded].
func (ioctx *IOContext) startUnguarded(ctx context.Context) (*aio.Call, error) {
	return ioctx.caller().StartUnguarded(ctx)
}

// waitCall blocks until a call ends, and returns its code; see [admit.Caller.Wait].
func (ioctx *IOContext) waitCall(ctx context.Context, call *aio.Call, started int64) int64 {
	return ioctx.caller().Wait(ctx, call, started)
}

// finish frees a call that has returned ret, and returns its error.
func (ioctx *IOContext) finish(ctx context.Context, call *aio.Call, ret int64) error {
	err := ioctx.caller().Finish(ctx, call, ret)
	runtime.KeepAlive(ioctx)
	return err
}

// finishSent is finish for a call that has sent data for object oid. The data may still be in
// memory, and its bytes count until it is gone.
func (ioctx *IOContext) finishSent(ctx context.Context, call *aio.Call, oid string, ret int64) error {
	c := ioctx.caller()
	if !c.Retains(call, ret) {
		return ioctx.finish(ctx, call, ret)
	}
	return c.FinishRetained(ctx, call, ret, func(probe *aio.Call) int64 { return ioctx.startStat2(probe, oid) })
}

// runDetached is [detach.Run] for a call that librados does not cancel. If ctx is done already, no
// call is made.
func runDetached[T any](ctx context.Context, call func() (T, error), undo func(T)) (T, error) {
	if err := checkContext(ctx); err != nil {
		var none T
		return none, err
	}
	return detach.Run(ctx, call, undo)
}

// runDetachedChange is runDetached for a change whose outcome is unknown if ctx is done before it.
func runDetachedChange(ctx context.Context, call func() error) error {
	if err := checkContext(ctx); err != nil {
		return err
	}
	_, err := detach.Run(ctx, func() (struct{}, error) { return struct{}{}, call() }, func(struct{}) {})
	return markUncertainIfDone(ctx, err)
}

// runDetachedBlocking is runDetached for a call that blocks its thread. It waits for room for the
// call on the goroutine of the caller: if ctx is done before there is room, no call is made. A call
// whose context has ended keeps the room until C returns.
func (ioctx *IOContext) runDetachedBlocking(ctx context.Context, target throttle.Target, call func() ([]byte, error)) ([]byte, error) {
	if err := ioctx.precheck(ctx); err != nil {
		return nil, err
	}
	room, err := ioctx.conn.admission.Blocking.Enter(ctx, ioctx.handle, target)
	if err != nil {
		return nil, err
	}
	result, err := detach.Run(ctx, func() ([]byte, error) {
		defer room.Exit(0)
		return call()
	}, func([]byte) {})
	return result, markUncertainIfDone(ctx, err)
}

// markUncertainIfDone adds to the error of a detached change that its outcome is unknown, if ctx
// was done before the change.
func markUncertainIfDone(ctx context.Context, err error) error {
	return callErrors.MarkUncertain(err, err != nil && err == ctx.Err())
}
