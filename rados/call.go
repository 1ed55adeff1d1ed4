package rados

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/go-rados/go-rados/internal/aio"
	"github.com/go-rados/go-rados/internal/handle"
	"github.com/go-rados/go-rados/internal/oplog"
	"github.com/go-rados/go-rados/internal/throttle"
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

// detached is for calls that librados does not give up: it makes the call on a goroutine of
// its own, which is parked as well, and returns when ctx ends all the same. What the call
// brings too late is undone by late. If ctx has ended already, no call is made.
func detached[T any](ctx context.Context, call func() (T, error), late func(T)) (T, error) {
	var nothing T
	if err := refused(ctx); err != nil {
		return nothing, err
	}
	return abandonable(ctx, call, late)
}

// detachedBlocking is detached for a call that blocks its thread. It waits for room for the call,
// on the caller's goroutine: if ctx is done before there is any, no call is made. A call that ctx
// has ended keeps the room until C returns, so that it counts as long as it has the thread.
func (ioctx *IOContext) detachedBlocking(ctx context.Context, waits throttle.Waits, call func() ([]byte, error)) ([]byte, error) {
	if err := refused(ctx); err != nil {
		return nil, err
	}
	room, err := ioctx.acquire(ctx, waits)
	if err != nil {
		return nil, err
	}
	result, err := abandonable(ctx, func() ([]byte, error) {
		defer room.Exit(0)
		return call()
	}, func([]byte) {})
	return result, outrun(ctx, err)
}

// abandonable makes a call on a goroutine of its own and returns its result, or the error of ctx
// if that is done first. late then gets what the call returns.
func abandonable[T any](ctx context.Context, call func() (T, error), late func(T)) (T, error) {
	var nothing T
	if ctx.Done() == nil {
		return call()
	}
	type result struct {
		value T
		err   error
	}
	results := make(chan result, 1)
	go func() {
		value, err := call()
		results <- result{value, err}
	}()
	select {
	case r := <-results:
		return r.value, r.err
	case <-ctx.Done():
	}
	go func() {
		if r := <-results; r.err == nil {
			late(r.value)
		}
	}()
	return nothing, ctx.Err()
}

// operateDetached is operate for a read that any replica may serve. If the replica can't,
// librados sends the read to the primary OSD under another id, at which a cancellation does
// not aim. So librados fills copies of the buffers, and operateDetached returns when ctx
// ends, whether or not the call does.
func (r *ReadOp) operateDetached(ctx context.Context, ioctx *IOContext, oid string, flags OperationFlags) error {
	if err := refused(ctx); err != nil {
		return err
	}
	lane, err := ioctx.enter()
	if err != nil {
		return err
	}
	defer ioctx.exit(lane)
	if empty, err := seal("read", oid, r.recorder()); empty || err != nil {
		return err
	}
	p := new(oplog.Performance)
	p.BeginCopied(r.recorder())
	type result struct {
		report []byte
		err    error
	}
	results, record := make(chan result, 1), p.Record()
	go func() {
		report, err := ioctx.operateReadParked(ctx, record, oid, flags)
		results <- result{report, err}
	}()
	select {
	case res := <-results:
		failed := p.End(res.report, errorCode(res.err))
		return operationError("read", res.err, failed)
	case <-ctx.Done():
		release := p.Abandon(errorCode(ctx.Err()))
		go func() {
			<-results
			release()
		}()
		return operationError("read", ctx.Err(), nil)
	}
}

// outrun adds to the error of a detached change that ctx has ended before it that the outcome
// is unknown.
func outrun(ctx context.Context, err error) error {
	return unknown(err, err != nil && err == ctx.Err())
}

// WatchContext is Watch that ends with ctx while the watch is being registered; its error is
// then an ObjectError in which errors.Is finds ctx.Err(). librados goes on with it, and a
// watch that comes about too late is ended again. Once WatchContext has returned a Watcher,
// ctx means nothing to it.
func (ioctx *IOContext) WatchContext(ctx context.Context, obj string) (*Watcher, error) {
	watch := func() (*Watcher, error) { return ioctx.Watch(obj) }
	w, err := detached(ctx, watch, func(w *Watcher) { _ = w.Delete() })
	return w, ioctx.wrap("WatchContext", obj, err)
}

// replies are what comes of a notification.
type replies struct {
	acks     []NotifyAck
	timeouts []NotifyTimeout
}

// NotifyContext is Notify that ends with ctx: then its error is an ObjectError in which
// errors.Is finds both ctx.Err() and ErrOutcomeUnknown, since the notification may have
// been sent. librados goes on to wait for the answers, which nobody gets. If ctx has ended
// already, nothing is sent.
func (ioctx *IOContext) NotifyContext(ctx context.Context, obj string, data []byte) ([]NotifyAck, []NotifyTimeout, error) {
	if err := refused(ctx); err != nil {
		return nil, nil, ioctx.wrap("NotifyContext", obj, err)
	}
	data = bytes.Clone(data) // the caller may change it once this has returned
	r, err := detached(ctx, func() (r replies, err error) {
		r.acks, r.timeouts, err = ioctx.Notify(obj, data)
		return r, err
	}, func(replies) {})
	return r.acks, r.timeouts, ioctx.wrap("NotifyContext", obj, outrun(ctx, err))
}

// The data of a write that was cancelled stays in the output queue of librados until the OSD has
// taken it from the socket, or the connection to the OSD is reset. librados does not tell when. So
// the bytes keep counting against the bound of the connection, and a probe is sent after them: a
// Stat of the same object, thus to the same OSD. Messages on a connection are delivered in order,
// and librados sends the probe again after a reset; whatever the answer is, the data is gone.

const (
	// leastRetained is the number of bytes below which no probe is sent: it takes some itself. Calls
	// that send as many wait for room in the bound of the connection, also those without a context.
	leastRetained = 64 << 10
	// mostRetaining bounds the probes of a connection that are in flight, which librados counts
	// as calls: it is part of what callsBound spares. Others wait for their turn.
	mostRetaining = 16
	// longestRetained ends a probe. An OSD that takes messages does not answer while the
	// placement group is inactive, and one that does not is marked down within that time, unless
	// the cluster has too few OSDs to notice; then its connection is closed.
	longestRetained = time.Minute
)

// endedSent is ended for a call that has sent data for object oid. If the call has ended without an
// answer of the OSD, the data may still be in memory, and its bytes count until it is gone.
func (ioctx *IOContext) endedSent(ctx context.Context, call *aio.Call, oid string, ret int64) error {
	unanswered := ret == -int64(syscall.ECANCELED) || ret == -int64(syscall.ETIMEDOUT)
	if !unanswered || call.Bytes < leastRetained || ioctx.conn.handle.Err() != nil {
		return ioctx.ended(ctx, call, ret)
	}
	lane, bytes, changes := call.Lane, call.Bytes, call.Changes
	call.Free()
	ioctx.conn.inflight.ExitCall()
	err := ioctx.failure(ctx, ret, changes)
	go ioctx.retain(oid, bytes, lane)
	return err
}

// retain has bytes count until a probe of object oid is answered, or the connection is shut down.
// It stays inside ioctx, by lane, which may be destroyed meanwhile.
func (ioctx *IOContext) retain(oid string, bytes int64, lane *handle.Lane) {
	conn := ioctx.conn
	ctx, cancel := context.WithTimeout(context.Background(), longestRetained)
	defer cancel()
	defer ioctx.exit(lane)
	defer conn.inflight.Release(bytes)
	if conn.retaining.Enter(ctx, conn.handle, 0) != nil {
		return
	}
	defer conn.retaining.Exit(0)
	for ctx.Err() == nil && conn.handle.Err() == nil {
		call := calls.TakeLong(conn.handle.Gate()) // Shutdown cancels it, but not Destroy
		ret := call.Wait(ctx, ioctx.startStat2(call, oid))
		call.Free()
		if ret != -int64(syscall.ETIMEDOUT) { // rados_osd_op_timeout is no answer
			return
		}
	}
}
