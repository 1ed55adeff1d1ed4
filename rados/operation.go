//go:build cgo

package rados

import (
	"bytes"
	"context"
	"errors"
	"math"
	"strings"
	"syscall"
	"time"

	"github.com/go-rados/go-rados/internal/admit"
	"github.com/go-rados/go-rados/internal/checksum"
	"github.com/go-rados/go-rados/internal/ctxerr"
	"github.com/go-rados/go-rados/internal/detach"
	"github.com/go-rados/go-rados/internal/oplog"
	"github.com/go-rados/go-rados/internal/throttle"
)

// operate performs the steps that r has recorded, once, for the method op. It
// returns the error of an operation that can't be sent without an OperationError,
// unless a step is invalid.
func operate(ctx context.Context, op, kind string, ioctx *IOContext, oid string, r *oplog.Recorder, send func(ctx context.Context, record []byte) ([]byte, error)) (err error) {
	var p oplog.Execution
	defer ioctx.traceOperation(&ctx, op, oid, r).endOperation(&p, &err)
	if err := checkContext(ctx); err != nil {
		return err
	}
	shard, err := ioctx.enter()
	if err != nil {
		return err
	}
	defer ioctx.exit(shard)
	if empty, err := ioctx.finishRecording(kind, oid, r); empty || err != nil {
		return err
	}
	p.Counts = kind == "read" && isTraced(ctx)
	p.Begin(r)
	report, err := send(ctx, p.Record())
	failed := p.End(report, errorCode(err))
	return operationError(kind, err, failed)
}

// operationError returns the error of an operation that completed with err, and whose steps
// have failed with the codes in failed, or nil if nothing has failed.
func operationError(kind string, err error, failed map[int]int) error {
	if err == nil && len(failed) == 0 {
		return nil
	}
	return OperationError{kind: kind, OpError: err, StepErrors: stepErrors(failed)}
}

// wrapStep returns an ObjectError of err, which the method op of the result of a step returns, or nil
// if err is nil. It names the object on which steps were performed.
func wrapStep(steps *oplog.Recorder, op string, err error) error {
	if err == nil {
		return nil
	}
	var ioctx *IOContext
	var oid string
	if steps != nil {
		handle, object := steps.Target()
		ioctx, _ = handle.(*IOContext)
		oid = object
	}
	return ioctx.wrap(op, oid, err)
}

func stepErrors(codes map[int]int) map[int]error {
	list := make(map[int]error, len(codes))
	for i, code := range codes {
		list[i] = asError(code)
	}
	return list
}

// errorCode returns the code of err.
func errorCode(err error) int {
	if err == nil {
		return 0
	}
	var coded interface{ ErrorCode() int }
	if errors.As(err, &coded) {
		return coded.ErrorCode()
	}
	return -int(syscall.EIO)
}

// finishRecording ends the recording of an operation on ioctx, which can be
// performed once. An empty operation must not be sent: librados would not send it
// either, but fails if it must not wait.
func (ioctx *IOContext) finishRecording(kind, oid string, r *oplog.Recorder) (empty bool, err error) {
	was, rejected, empty := r.Finish(ioctx, oid)
	switch {
	case was == oplog.Performed:
		return false, ErrOperationUsed
	case was == oplog.Released:
		return false, ErrOperationReleased
	case len(rejected) > 0:
		return false, OperationError{kind: kind, StepErrors: stepErrors(rejected)}
	case empty:
		return true, checkName(oid)
	}
	return false, nil
}

// checkName returns an error if oid can't be the name of an object.
func checkName(oid string) error {
	if strings.IndexByte(oid, 0) >= 0 {
		return ErrNameContainsNUL
	}
	return nil
}

// CreateReadOp returns a ReadOp without steps.
func CreateReadOp() *ReadOp { return &ReadOp{} }

// Release makes the ReadOp unusable; [ReadOp.Operate] returns
// [ErrOperationReleased] afterwards. The results of a previous Operate remain
// valid. Release need not be called, and a second Release is a no-op.
func (r *ReadOp) Release() { r.recorder().Release() }

// Operate performs the steps on object oid, once: a second Operate returns
// [ErrOperationUsed]. Buffers passed to [ReadOp.Read] and [ReadOp.ExecInto] must
// not be used until it returns.
//
// If the operation fails, the error is an [OperationError]. An operation that was
// not sent returns [ErrInvalidIOContext], ErrOperationUsed or
// [ErrOperationReleased] itself. Operate blocks until the OSD answers, or until
// rados_osd_op_timeout elapses if that is configured; [ReadOp.OperateContext]
// returns when its context is done.
//
// Implements: rados_read_op_operate
func (r *ReadOp) Operate(ioctx *IOContext, oid string, flags OperationFlags) error {
	return r.operate(context.Background(), "ReadOp.Operate", ioctx, oid, flags)
}

// ReadOpChecksumStep holds the result of [ReadOp.Checksum].
type ReadOpChecksumStep struct {
	ran   bool
	steps *oplog.Recorder // those of the operation
	code  int
	sums  []uint64

	width  int    // of a checksum
	buffer []byte // that C stores the answer in
}

// checksumReceiver stores the outcome of a step in its result.
type checksumReceiver struct{ result *ReadOpChecksumStep }

func (r checksumReceiver) Receive(outcome oplog.Outcome) {
	s := r.result
	s.ran, s.code = outcome.Ran, outcome.Code
	if outcome.Succeeded() {
		sums, ok := checksum.Decode(s.width, s.buffer)
		if s.sums = sums; !ok {
			s.code = -int(syscall.EINVAL)
		}
	}
	s.buffer = nil
}

// Sums returns one checksum for each chunk. It returns [ErrOperationIncomplete]
// before Operate, and if the operation failed before this step.
func (s *ReadOpChecksumStep) Sums() ([]uint64, error) {
	const op = "ReadOpChecksumStep.Sums"
	if s == nil {
		return nil, wrapStep(nil, op, ErrOperationIncomplete)
	}
	if !s.ran {
		return nil, wrapStep(s.steps, op, ErrOperationIncomplete)
	}
	return s.sums, wrapStep(s.steps, op, asError(s.code))
}

// Checksum computes checksums of the object; see [IOContext.Checksums].
//
// Implements: rados_read_op_checksum
func (r *ReadOp) Checksum(kind ChecksumType, opts ChecksumsOptions) *ReadOpChecksumStep {
	width := kind.width()
	step := &ReadOpChecksumStep{steps: r.recorder(), width: width, buffer: checksum.Buffer(width, opts.Length, opts.ChunkSize)}
	r.checksum(kind, checksum.Seed(width, opts.Seed), opts.Offset, opts.Length, opts.ChunkSize, step.buffer, checksumReceiver{step})
	return step
}

// CreateWriteOp returns a WriteOp without steps.
func CreateWriteOp() *WriteOp { return &WriteOp{} }

// Release makes the WriteOp unusable; [WriteOp.Operate] returns
// [ErrOperationReleased] afterwards. It need not be called, and a second Release
// is a no-op.
func (w *WriteOp) Release() { w.recorder().Release() }

// Operate performs the steps on object oid atomically, once: a second Operate
// returns [ErrOperationUsed]. If the object does not exist and a step writes,
// Operate creates the object.
//
// If the operation fails, the error is an [OperationError]. An operation that was
// not sent returns [ErrInvalidIOContext], ErrOperationUsed or
// [ErrOperationReleased] itself. Operate blocks until the OSDs answer, or until
// rados_osd_op_timeout elapses if that is configured; [WriteOp.OperateContext]
// returns when its context is done.
//
// Implements: rados_write_op_operate
func (w *WriteOp) Operate(ioctx *IOContext, oid string, flags OperationFlags) error {
	return w.operate(context.Background(), ioctx, oid, nil, flags)
}

// OperateWithMtime is [WriteOp.Operate] that sets the modification time of the
// object to mtime, not to the current time. It returns EINVAL, and sends nothing,
// if Ceph can't represent the time, which must be from 1970 to 2106.
// [WriteOp.OperateWithMtimeContext] returns when its context is done.
//
// Implements: rados_write_op_operate2
func (w *WriteOp) OperateWithMtime(ioctx *IOContext, oid string, mtime Timespec, flags OperationFlags) error {
	if err := mtime.check(); err != nil {
		return err
	}
	return w.operate(context.Background(), ioctx, oid, &mtime, flags)
}

// check returns an error if Ceph can't represent the time.
func (t Timespec) check() error {
	if t.Sec < 0 || t.Sec > math.MaxUint32 || t.Nsec < 0 || t.Nsec >= int64(time.Second) {
		return radosError(-int(syscall.EINVAL))
	}
	return nil
}

func (w *WriteOp) operate(ctx context.Context, ioctx *IOContext, oid string, mtime *Timespec, flags OperationFlags) error {
	op := "WriteOp.Operate"
	if mtime != nil {
		op = "WriteOp.OperateWithMtime"
	}
	return operate(ctx, op, "write", ioctx, oid, w.recorder(), func(ctx context.Context, record []byte) ([]byte, error) {
		if mtime != nil {
			return ioctx.writeAt(ctx, record, oid, mtime, flags)
		}
		return ioctx.write(ctx, record, oid, flags)
	})
}

// write performs a record. If ctx can't be done, it may block its thread.
func (ioctx *IOContext) write(ctx context.Context, record []byte, oid string, flags OperationFlags) ([]byte, error) {
	if ctx.Done() == nil && !isTraced(ctx) {
		return ioctx.operateWrite(record, oid, flags)
	}
	return ioctx.operateWriteAsync(ctx, record, oid, flags)
}

// writeAt performs a record that sets the modification time. Libraries before Ceph 18 have only a
// function for it that blocks its thread and can't be cancelled. A function that is missing leaves
// record as it is.
func (ioctx *IOContext) writeAt(ctx context.Context, record []byte, oid string, mtime *Timespec, flags OperationFlags) ([]byte, error) {
	var report []byte
	var err error
	if ctx.Done() == nil && !isTraced(ctx) {
		report, err = ioctx.operateWriteAt(record, oid, mtime, flags)
	} else {
		report, err = ioctx.operateWriteAtAsync(ctx, record, oid, mtime, flags)
	}
	if !errors.Is(err, ErrMissingFunction) {
		return report, err
	}
	own := bytes.Clone(record) // which C may still read after ctx is done
	return admit.Run1(ctx, ioctx.blocking(throttle.OSD).Changing(), func() ([]byte, error) {
		return ioctx.operateWriteAtWaiting(own, oid, mtime, flags)
	})
}

// Zero makes length bytes read as zeros from byte offset on, and frees their space
// where possible. If they include the end of the object, the object ends at offset
// afterwards. Zero neither extends nor creates the object. A length of 0 changes
// nothing.
//
// Implements: rados_write_op_zero
func (w *WriteOp) Zero(offset, length uint64) {
	if length == 0 {
		w.recorder().Skip() // OSDs of Ceph 16.2 abort at such a step
		return
	}
	w.zero(offset, length)
}

// RmOmapRange removes the omap entries whose keys are at or after begin and before
// end. It removes none if end is not after begin.
//
// It needs the library of Ceph 16.2 or later.
//
// Implements: rados_write_op_omap_rm_range2
func (w *WriteOp) RmOmapRange(begin, end string) {
	if begin >= end {
		// An OSD that keeps its objects in memory would abort at a range that goes
		// backwards. Removing no key at all is the same otherwise.
		w.RmOmapKeys(nil)
		return
	}
	w.rmOmapRange(begin, end)
}

// OperateContext is Operate with a context. When ctx is done, it returns an
// [ObjectError] in which errors.Is finds ctx.Err(), and the results of steps
// return [ErrOperationIncomplete]. The buffers passed to [ReadOp.Read] and
// [ReadOp.ExecInto] may be used again in any case. If ctx is done already, it
// sends nothing, and the ReadOp can still be performed.
//
// With [OperationBalanceReads] or [OperationLocalizeReads] librados may continue
// the operation after ctx is done, until an OSD answers. It then reads into memory
// of this package, and counts as in flight; see [Conn.SetMaxInFlight].
//
// Implements: rados_aio_read_op_operate
func (r *ReadOp) OperateContext(ctx context.Context, ioctx *IOContext, oid string, flags OperationFlags) error {
	return ioctx.wrap("ReadOp.OperateContext", oid, r.operate(ctx, "ReadOp.Operate", ioctx, oid, flags))
}

// operate performs the steps for the method op.
func (r *ReadOp) operate(ctx context.Context, op string, ioctx *IOContext, oid string, flags OperationFlags) error {
	if flags&(OperationBalanceReads|OperationLocalizeReads) != 0 && ctx != nil && ctx.Done() != nil {
		return r.operateDetached(ctx, op, ioctx, oid, flags)
	}
	return operate(ctx, op, "read", ioctx, oid, r.recorder(), func(ctx context.Context, record []byte) ([]byte, error) {
		return ioctx.read(ctx, record, oid, flags)
	})
}

// operateDetached is operate for a read that any replica may serve. If the replica
// can't, librados sends the read to the primary OSD with another id, which a
// cancellation does not find. So librados fills copies of the buffers, and
// operateDetached returns when ctx is done, even if the call is not complete.
func (r *ReadOp) operateDetached(ctx context.Context, op string, ioctx *IOContext, oid string, flags OperationFlags) (err error) {
	p := new(oplog.Execution)
	defer ioctx.traceOperation(&ctx, op, oid, r.recorder()).endOperation(p, &err)
	if err := checkContext(ctx); err != nil {
		return err
	}
	shard, err := ioctx.enter()
	if err != nil {
		return err
	}
	defer ioctx.exit(shard)
	if empty, err := ioctx.finishRecording("read", oid, r.recorder()); empty || err != nil {
		return err
	}
	p.Counts = isTraced(ctx)
	p.BeginCopied(r.recorder())
	record := p.Record()
	results := detach.Start(func() ([]byte, error) { return ioctx.operateReadAsync(ctx, record, oid, flags) })
	select {
	case r := <-results:
		failed := p.End(r.Value, errorCode(r.Err))
		return operationError("read", r.Err, failed)
	case <-ctx.Done():
		release := p.Abandon(errorCode(ctx.Err()))
		go func() {
			<-results
			release()
		}()
		return operationError("read", ctxerr.Of(ctx), nil)
	}
}

// read performs a record. If ctx can't be done, it may block its thread.
func (ioctx *IOContext) read(ctx context.Context, record []byte, oid string, flags OperationFlags) ([]byte, error) {
	if ctx.Done() == nil && !isTraced(ctx) {
		return ioctx.operateRead(record, oid, flags)
	}
	return ioctx.operateReadAsync(ctx, record, oid, flags)
}

// OperateContext is Operate with a context. When ctx is done, it returns an
// [ObjectError] in which errors.Is finds both ctx.Err() and [ErrOutcomeUnknown]:
// the OSD may perform the operation nevertheless. If ctx is done already, it sends
// nothing, and the WriteOp can still be performed. Data that has been sent stays
// in memory until the OSD takes it; see [Conn.SetMaxInFlight].
//
// Implements: rados_aio_write_op_operate
func (w *WriteOp) OperateContext(ctx context.Context, ioctx *IOContext, oid string, flags OperationFlags) error {
	return ioctx.wrap("WriteOp.OperateContext", oid, w.operate(ctx, ioctx, oid, nil, flags))
}

// OperateWithMtimeContext is OperateWithMtime with a context; see
// [WriteOp.OperateContext]. With libraries before Ceph 18 the operation is not
// cancelled when ctx is done: it continues in the background, and counts until it
// completes; see [Conn.SetMaxBlockingCalls].
//
// Implements: rados_aio_write_op_operate2
func (w *WriteOp) OperateWithMtimeContext(ctx context.Context, ioctx *IOContext, oid string, mtime Timespec, flags OperationFlags) error {
	err := mtime.check()
	if err == nil {
		err = w.operate(ctx, ioctx, oid, &mtime, flags)
	}
	return ioctx.wrap("WriteOp.OperateWithMtimeContext", oid, err)
}
