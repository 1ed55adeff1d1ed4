package rados

import (
	"context"
	"errors"
	"fmt"
)

// OperateContext is Operate that ends with ctx: then its error is an ObjectError in which
// errors.Is finds ctx.Err(), and the results of steps are ErrOperationIncomplete. The
// buffers given to Read and ExecInto may be used again in any case. If ctx has ended
// already, nothing is sent, and the ReadOp can still be performed.
//
// While it waits the goroutine is parked: no thread waits with it, as one does in
// Operate. A Conn has no more than 512 such operations under way at once, of no more
// than 50 MiB together; others wait for their turn, or for ctx.
//
// Implements:
//
//	int rados_aio_read_op_operate(rados_read_op_t read_op, rados_ioctx_t io, rados_completion_t completion, const char *oid, int flags)
func (r *ReadOp) OperateContext(ctx context.Context, ioctx *IOContext, oid string, flags OperationFlags) error {
	return ioctx.admitted(ctx, "ReadOp.OperateContext", oid, r.recorder().Bytes(), func() error {
		return r.await(ctx, ioctx, oid, flags)
	})
}

func (r *ReadOp) await(ctx context.Context, ioctx *IOContext, oid string, flags OperationFlags) error {
	return operate("read", ioctx, r.recorder(), func(record []byte) ([]byte, error) {
		return await(ctx, ioctx, func(token uintptr) (uintptr, error) {
			return ioctx.startRead(record, token, oid, flags)
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
	return ioctx.admitted(ctx, "WriteOp.OperateContext", oid, w.recorder().Bytes(), func() error {
		return w.await(ctx, ioctx, oid, flags)
	})
}

func (w *WriteOp) await(ctx context.Context, ioctx *IOContext, oid string, flags OperationFlags) error {
	return operate("write", ioctx, w.recorder(), func(record []byte) ([]byte, error) {
		report, err := await(ctx, ioctx, func(token uintptr) (uintptr, error) {
			return ioctx.startWrite(record, token, oid, nil, flags)
		})
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			err = fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
		}
		return report, err
	})
}

// writeContext performs one step for the form of a method that ends with ctx.
func (ioctx *IOContext) writeContext(ctx context.Context, what, oid string, step func(*WriteOp)) error {
	w := CreateWriteOp()
	step(w)
	return ioctx.admitted(ctx, what, oid, w.recorder().Bytes(), func() error {
		return bare(w.await(ctx, ioctx, oid, OperationNoFlag))
	})
}

// readContext performs one step for the form of a method that ends with ctx.
func (ioctx *IOContext) readContext(ctx context.Context, what, oid string, step func(*ReadOp)) error {
	r := CreateReadOp()
	step(r)
	return ioctx.admitted(ctx, what, oid, r.recorder().Bytes(), func() error {
		return bare(r.await(ctx, ioctx, oid, OperationNoFlag))
	})
}

// ReadContext is Read that ends with ctx: then its error is an ObjectError in which
// errors.Is finds ctx.Err(). data may be used again in any case; see
// ReadOp.OperateContext.
func (ioctx *IOContext) ReadContext(ctx context.Context, oid string, data []byte, offset uint64) (int, error) {
	var read *ReadOpReadStep
	err := ioctx.readContext(ctx, "ReadContext", oid, func(op *ReadOp) { read = op.Read(offset, data) })
	if err != nil {
		return 0, err
	}
	return int(read.BytesRead), nil
}

// StatContext is Stat2 that ends with ctx: then its error is an ObjectError in which
// errors.Is finds ctx.Err(); see ReadOp.OperateContext.
func (ioctx *IOContext) StatContext(ctx context.Context, oid string) (ObjectStat, error) {
	var stat *ReadOpStatStep
	if err := ioctx.readContext(ctx, "StatContext", oid, func(op *ReadOp) { stat = op.Stat() }); err != nil {
		return ObjectStat{}, err
	}
	return stat.Stat()
}

// ListXattrsContext is ListXattrs that ends with ctx: then its error is an ObjectError in
// which errors.Is finds ctx.Err(); see ReadOp.OperateContext.
func (ioctx *IOContext) ListXattrsContext(ctx context.Context, oid string) (map[string][]byte, error) {
	var xattrs *ReadOpGetXattrsStep
	if err := ioctx.readContext(ctx, "ListXattrsContext", oid, func(op *ReadOp) { xattrs = op.GetXattrs() }); err != nil {
		return nil, err
	}
	return xattrs.Xattrs()
}

// ChecksumContext is Checksum that ends with ctx: then its error is an ObjectError in
// which errors.Is finds ctx.Err(); see ReadOp.OperateContext.
func (ioctx *IOContext) ChecksumContext(ctx context.Context, oid string, kind ChecksumType, opts ChecksumOptions) ([]uint64, error) {
	var sums *ReadOpChecksumStep
	if err := ioctx.readContext(ctx, "ChecksumContext", oid, func(op *ReadOp) { sums = op.Checksum(kind, opts) }); err != nil {
		return nil, err
	}
	return sums.Sums()
}
