package rados

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"github.com/go-rados/go-rados/internal/aio"
)

// begin waits until the connection admits a call that moves bytes bytes, and enters ioctx for
// it. If ctx is done or ioctx is closed before, it returns an error, and nothing is sent.
func (ioctx *IOContext) begin(ctx context.Context, bytes int) (*aio.Call, error) {
	if err := ioctx.refuses(ctx); err != nil {
		return nil, err
	}
	conn := ioctx.conn
	if err := conn.inflight.Enter(ctx, ioctx.handle, int64(bytes)); err != nil {
		return nil, err
	}
	if err := conn.starting.Enter(ctx, ioctx.handle, 0); err != nil {
		conn.inflight.Exit(int64(bytes))
		return nil, err
	}
	call, err := ioctx.take(ctx, bytes, true)
	if err != nil || call.Waited() {
		conn.starting.Exit(0)
	}
	return call, err
}

// take begins a call that has been admitted. If it may, the thread that starts it waits for
// it; ctx gives it up then.
func (ioctx *IOContext) take(ctx context.Context, bytes int, mayWait bool) (*aio.Call, error) {
	lane, err := ioctx.enter() // now: it may have been closed while others were under way
	if err != nil {
		ioctx.conn.inflight.Exit(int64(bytes))
		return nil, err
	}
	var call *aio.Call
	if mayWait {
		call = calls.TakeWaiting(ctx, ioctx.handle.Gate())
	} else {
		call = calls.Take(ioctx.handle.Gate())
	}
	call.Lane, call.Bytes = lane, int64(bytes)
	return call, nil
}

// beginLingering is begin for a call that librados is not done with when it has ended, but
// when it calls back: whoever only waited for its end could free ioctx and the connection
// too early. Such calls wait for clients, who may have to wait for others' calls to answer,
// so there may be any number of them.
func (ioctx *IOContext) beginLingering(ctx context.Context) (*aio.Call, error) {
	if err := ioctx.refuses(ctx); err != nil {
		return nil, err
	}
	if err := ioctx.conn.starting.Enter(ctx, ioctx.handle, 0); err != nil {
		return nil, err
	}
	lane, err := ioctx.enter()
	if err != nil {
		ioctx.conn.starting.Exit(0)
		return nil, err
	}
	call := calls.TakeLong(ioctx.handle.Gate())
	call.Lane = lane
	return call, nil
}

// beginHeld begins a call inside an ioctx that the caller keeps from being freed, so that the
// call also works while ioctx is being closed. It is not cancelled then, and like
// beginLingering it ends when librados calls back. Such calls of a connection wait for
// their turn together, as one owner.
func (ioctx *IOContext) beginHeld(ctx context.Context) (*aio.Call, error) {
	conn := ioctx.conn
	if err := conn.inflight.Enter(ctx, heldCalls{conn}, 0); err != nil {
		return nil, err
	}
	if err := conn.starting.Enter(ctx, heldCalls{conn}, 0); err != nil {
		conn.inflight.Exit(0)
		return nil, err
	}
	return calls.Take(nil), nil // no gate: Interrupt does not find it
}

// heldCalls owns the calls of beginHeld of a connection. It is never closed.
type heldCalls struct{ conn *Conn }

func (heldCalls) Done() <-chan struct{} { return nil }
func (heldCalls) Err() error            { return nil }

// refuses is why nothing is to be begun in ioctx that ends with ctx, if there is a reason.
func (ioctx *IOContext) refuses(ctx context.Context) error {
	if err := refused(ctx); err != nil {
		return err
	}
	if ioctx == nil || ioctx.conn == nil {
		return ErrInvalidIOContext
	}
	return nil
}

// beginChange is begin for a call that may change an object.
func (ioctx *IOContext) beginChange(ctx context.Context, bytes int) (*aio.Call, error) {
	call, err := ioctx.begin(ctx, bytes)
	if err == nil {
		call.Changes = true
	}
	return call, err
}

// await waits until a call that has been started has ended, and returns its code. When ctx
// ends first, librados is asked to give the call up, which it does at once whether or not
// the OSD answers. Only then may the memory be touched that the call was given; and a call
// that has been performed nevertheless has its own result.
func (ioctx *IOContext) await(ctx context.Context, call *aio.Call, started int64) int64 {
	if !call.Waited() {
		ioctx.conn.starting.Exit(0)
	}
	ret := call.Wait(ctx, started)
	if started >= 0 && ret != -int64(syscall.ECANCELED) {
		ioctx.handle.SetVersion(call.Version())
	}
	return ret
}

// ended ends a call that has returned ret, and says why it failed, if it did.
func (ioctx *IOContext) ended(ctx context.Context, call *aio.Call, ret int64) error {
	lane, long, bytes, changes := call.Lane, call.Long(), call.Bytes, call.Changes
	call.Free()
	if !long { // of those there may be any number
		ioctx.conn.inflight.Exit(bytes)
	}
	err := ioctx.failure(ctx, ret, changes)
	if lane != nil { // otherwise the caller holds ioctx
		ioctx.exit(lane)
	}
	return err
}

// failure returns the error of a call that has returned ret.
func (ioctx *IOContext) failure(ctx context.Context, ret int64, changes bool) error {
	switch {
	case ret >= 0:
		return nil
	case ret != -int64(syscall.ECANCELED):
		return asError(int(ret))
	case ctx.Err() != nil:
		return unknown(ctx.Err(), changes)
	default:
		return unknown(ioctx.interrupted(), changes)
	}
}

// interrupted is why librados has given up a call: it was closed meanwhile.
func (ioctx *IOContext) interrupted() error {
	if cause, closed := ioctx.handle.Closed(); closed {
		return cause
	}
	return radosError(-int(syscall.ECANCELED))
}

// unknown adds to err that the outcome of a change is unknown.
func unknown(err error, changes bool) error {
	if !changes || errors.Is(err, radosError(-int(syscall.ECANCELED))) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
}

// refused is why nothing is to be begun that ends with ctx, if there is a reason.
func refused(ctx context.Context) error {
	if ctx == nil {
		return radosError(-int(syscall.EINVAL))
	}
	return ctx.Err()
}
