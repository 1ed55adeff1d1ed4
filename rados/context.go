package rados

import "context"

// OperateContext is Operate that ends with ctx: then its error is an ObjectError in which
// errors.Is finds ctx.Err(), and the results of steps are ErrOperationIncomplete. The
// buffers given to Read and ExecInto may be used again in any case. If ctx has ended
// already, nothing is sent, and the ReadOp can still be performed.
//
// With OperationBalanceReads or OperationLocalizeReads librados may go on with the
// operation after ctx has ended, until an OSD answers. It then reads into memory of the
// package, and counts as in flight (Conn.SetMaxInFlight).
//
// Implements:
//
//	int rados_aio_read_op_operate(rados_read_op_t read_op, rados_ioctx_t io, rados_completion_t completion, const char *oid, int flags)
func (r *ReadOp) OperateContext(ctx context.Context, ioctx *IOContext, oid string, flags OperationFlags) error {
	return ioctx.wrap("ReadOp.OperateContext", oid, r.operate(ctx, ioctx, oid, flags))
}

func (r *ReadOp) operate(ctx context.Context, ioctx *IOContext, oid string, flags OperationFlags) error {
	if flags&(OperationBalanceReads|OperationLocalizeReads) != 0 && ctx != nil && ctx.Done() != nil {
		return r.operateDetached(ctx, ioctx, oid, flags)
	}
	return operate(ctx, "read", ioctx, oid, r.recorder(), func(record []byte) ([]byte, error) {
		return ioctx.read(ctx, record, oid, flags)
	})
}

// read performs a record. Where ctx can't end, it may wait in a place.
func (ioctx *IOContext) read(ctx context.Context, record []byte, oid string, flags OperationFlags) ([]byte, error) {
	if ctx.Done() == nil {
		return ioctx.operateRead(record, oid, flags)
	}
	return ioctx.operateReadParked(ctx, record, oid, flags)
}

// OperateContext is Operate that ends with ctx: then its error is an ObjectError in which
// errors.Is finds both ctx.Err() and ErrOutcomeUnknown, since the OSD may have performed
// the operation, or may do so yet. If ctx has ended already, nothing is sent, and the
// WriteOp can still be performed. The data that was sent stays in memory until the OSD
// takes it; see Conn.SetMaxInFlight.
//
// Implements:
//
//	int rados_aio_write_op_operate(rados_write_op_t write_op, rados_ioctx_t io, rados_completion_t completion, const char *oid, time_t *mtime, int flags)
func (w *WriteOp) OperateContext(ctx context.Context, ioctx *IOContext, oid string, flags OperationFlags) error {
	return ioctx.wrap("WriteOp.OperateContext", oid, w.operate(ctx, ioctx, oid, nil, flags))
}

// OperateWithMtimeContext is OperateWithMtime that ends with ctx; see OperateContext. With a
// library before that of Ceph 18 librados goes on with it when ctx has ended.
//
// Implements:
//
//	int rados_aio_write_op_operate2(rados_write_op_t write_op, rados_ioctx_t io, rados_completion_t completion, const char *oid, struct timespec *mtime, int flags)
func (w *WriteOp) OperateWithMtimeContext(ctx context.Context, ioctx *IOContext, oid string, mtime Timespec, flags OperationFlags) error {
	err := mtime.check()
	if err == nil {
		err = w.operate(ctx, ioctx, oid, &mtime, flags)
	}
	return ioctx.wrap("WriteOp.OperateWithMtimeContext", oid, err)
}
