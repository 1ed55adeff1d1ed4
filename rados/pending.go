package rados

import (
	"context"
	"fmt"
	"syscall"
)

// pending is a call that goes on in librados while its goroutine is parked.
type pending struct{ over chan struct{} }

// receive is told that the call has ended.
func (p *pending) receive(event) { close(p.over) }

// await starts a call, waits until it has ended, and returns what its steps report.
// When ctx ends first, librados is asked to give the call up, which it does at once
// whether or not the OSD answers. Only then may the memory be touched that the call was
// given, so that is waited for; and a call that has been performed nevertheless has its
// own result. The caller is inside the IOContext.
func await(ctx context.Context, ioctx *IOContext, start func(token uintptr) (uintptr, error)) ([]byte, error) {
	p := &pending{make(chan struct{})}
	token := listeners.add(p)
	defer listeners.remove(token)
	call, err := start(token)
	if err != nil {
		return nil, err
	}
	var given error // why the call was given up
	select {
	case <-p.over:
	case <-ctx.Done():
		given = ctx.Err()
		if err := ioctx.cancel(call); err != nil {
			given = fmt.Errorf("%w; it could not be cancelled: %w", given, err)
		}
		<-p.over
	}
	report, _, code := ended(call)
	if given != nil && code == -int(syscall.ECANCELED) {
		return report, given
	}
	return report, asError(code)
}

// admitted performs a call that moves so many bytes, once few enough are under way on
// the connection. If ctx ends before, or has ended already, nothing is sent.
func (ioctx *IOContext) admitted(ctx context.Context, what, oid string, bytes int64, perform func() error) error {
	if ctx == nil {
		return ioctx.wrap(what, oid, radosError(-int(syscall.EINVAL)))
	}
	if err := ctx.Err(); err != nil {
		return ioctx.wrap(what, oid, err)
	}
	if ioctx != nil && ioctx.conn != nil {
		if err := ioctx.conn.inflight.Enter(ctx, bytes); err != nil {
			return ioctx.wrap(what, oid, err)
		}
		defer ioctx.conn.inflight.Exit(bytes)
	}
	return ioctx.wrap(what, oid, perform())
}
