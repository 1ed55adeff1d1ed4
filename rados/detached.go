package rados

import (
	"bytes"
	"context"

	"github.com/go-rados/go-rados/internal/oplog"
	"github.com/go-rados/go-rados/internal/throttle"
)

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
