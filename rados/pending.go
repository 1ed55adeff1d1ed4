package rados

import (
	"context"
	"errors"
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

// OperateContext is Operate that ends with ctx: then its error is an ObjectError in which
// errors.Is finds ctx.Err(), and the results of steps are ErrOperationIncomplete. The
// buffers given to Read and ExecInto may be used again in any case. If ctx has ended
// already, nothing is sent, and the ReadOp can still be performed.
//
// While it waits the goroutine is parked: no thread waits with it, as one does in
// Operate. A Conn has no more than 512 such operations under way at once, of no more than 50 MiB; others wait for
// their turn, or for ctx.
//
// Implements:
//
//	int rados_aio_read_op_operate(rados_read_op_t read_op, rados_ioctx_t io, rados_completion_t completion, const char *oid, int flags)
func (r *ReadOp) OperateContext(ctx context.Context, ioctx *IOContext, oid string, flags OperationFlags) error {
	steps := r.recorder()
	return ioctx.admitted(ctx, "ReadOp.OperateContext", oid, steps.Bytes(), func() error {
		return operate("read", ioctx, steps, func(record []byte) ([]byte, error) {
			return await(ctx, ioctx, func(token uintptr) (uintptr, error) {
				return ioctx.startRead(record, token, oid, flags)
			})
		})
	})
}

// OperateContext is Operate that ends with ctx: then its error is an ObjectError in which
// errors.Is finds both ctx.Err() and ErrOutcomeUnknown, since the OSD may have performed
// the operation, or may do so yet. If ctx has ended already, nothing is sent, and the
// WriteOp can still be performed.
//
// While it waits the goroutine is parked, as in ReadOp.OperateContext.
//
// Implements:
//
//	int rados_aio_write_op_operate2(rados_write_op_t write_op, rados_ioctx_t io, rados_completion_t completion, const char *oid, struct timespec *mtime, int flags)
func (w *WriteOp) OperateContext(ctx context.Context, ioctx *IOContext, oid string, flags OperationFlags) error {
	steps := w.recorder()
	return ioctx.admitted(ctx, "WriteOp.OperateContext", oid, steps.Bytes(), func() error {
		return operate("write", ioctx, steps, func(record []byte) ([]byte, error) {
			report, err := await(ctx, ioctx, func(token uintptr) (uintptr, error) {
				return ioctx.startWrite(record, token, oid, nil, flags)
			})
			return report, unknown(err)
		})
	})
}

// unknown says of a write that was given up that nobody knows what came of it.
func unknown(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
	}
	return err
}
