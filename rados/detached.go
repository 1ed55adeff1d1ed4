package rados

import (
	"bytes"
	"context"
)

// detached is for calls that librados does not give up: it makes the call on a goroutine of
// its own, which is parked as well, and returns when ctx ends all the same. What the call
// brings too late is undone by late. If ctx has ended already, no call is made.
func detached[T any](ctx context.Context, call func() (T, error), late func(T)) (T, error) {
	var nothing T
	if err := refused(ctx); err != nil {
		return nothing, err
	}
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
