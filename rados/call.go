//go:build cgo

package rados

import (
	"bytes"
	"context"
	"runtime"
	"slices"
	"syscall"

	"github.com/go-rados/go-rados/internal/admit"
	"github.com/go-rados/go-rados/internal/aio"
	"github.com/go-rados/go-rados/internal/ctxerr"
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
	return ctxerr.Of(ctx)
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

// precheck returns an error if ctx is done or c is nil or zero.
func (c *Conn) precheck(ctx context.Context) error {
	if err := checkContext(ctx); err != nil {
		return err
	}
	if c == nil || c.handle == nil {
		return ErrNotConnected
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

// startDetached starts a call that moves bytes bytes; see [admit.Caller.StartDetached].
func (ioctx *IOContext) startDetached(ctx context.Context, bytes int) (*aio.Call, error) {
	if err := ioctx.precheck(ctx); err != nil {
		return nil, err
	}
	return ioctx.caller().StartDetached(ctx, bytes)
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
	return traceVersion(ctx, call, started, ioctx.caller().Wait(ctx, call, started))
}

// waitDetached is waitCall for a call that continues when ctx is done.
func (ioctx *IOContext) waitDetached(ctx context.Context, call *aio.Call, started int64) int64 {
	return traceVersion(ctx, call, started, ioctx.caller().Wait(context.Background(), call, started))
}

// traceVersion sets the version of the span that ctx is, if it is one, and returns ret, which call has
// returned.
func traceVersion(ctx context.Context, call *aio.Call, started, ret int64) int64 {
	if s, ok := ctx.(*span); ok && started >= 0 && ret != -int64(syscall.ECANCELED) {
		s.setVersion(call.Version())
	}
	return ret
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

// releaseLate releases a lock that was taken after its caller had returned, also if ioctx has been
// closed since; the caller keeps ioctx from being freed. A lock that may have been renewed is left
// alone: the client may hold it.
func (ioctx *IOContext) releaseLate(oid, name, cookie string, flags *byte) {
	if flags != nil && *flags != 0 {
		return
	}
	ioctx.callUnguarded(func(call *aio.Call) int64 { return ioctx.startUnlock(call, oid, name, cookie) })
}

// removeLateSnap removes a self-managed snapshot as releaseLate releases a lock.
func (ioctx *IOContext) removeLateSnap(id SnapID) {
	ioctx.callUnguarded(func(call *aio.Call) int64 { return ioctx.startRemoveSelfManagedSnap(call, id) })
}

// callUnguarded makes a call that start starts, also if ioctx has been closed; the caller keeps ioctx
// from being freed.
func (ioctx *IOContext) callUnguarded(start func(*aio.Call) int64) {
	ctx := context.Background()
	call, err := ioctx.startUnguarded(ctx)
	if err != nil {
		return
	}
	_ = ioctx.finish(ctx, call, ioctx.waitCall(ctx, call, start(call)))
}

// cloneList returns a copy of list and its items.
func cloneList(list [][]byte) [][]byte {
	list = slices.Clone(list)
	for i := range list {
		list[i] = bytes.Clone(list[i])
	}
	return list
}

// cloneValue returns a pointer to a copy of the value that p points to, or nil if p is nil.
func cloneValue[T any](p *T) *T {
	if p == nil {
		return nil
	}
	value := *p
	return &value
}
