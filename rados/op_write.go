package rados

import (
	"bytes"
	"context"
	"errors"
	"math"
	"syscall"
	"time"

	"github.com/go-rados/go-rados/internal/oplog"
	"github.com/go-rados/go-rados/internal/throttle"
)

// CreateWriteOp returns a WriteOp without steps.
func CreateWriteOp() *WriteOp { return &WriteOp{} }

// Release makes the WriteOp of no more use; Operate returns ErrOperationReleased
// afterwards. It need not be called, and a second Release is a no-op.
func (w *WriteOp) Release() { w.recorder().Release() }

// Operate performs the steps on object oid, all of them or none, once: a second
// Operate returns ErrOperationUsed. The object is created if it does not exist and
// a step writes.
//
// When the operation failed the error is an OperationError. What never reached
// librados is returned bare: ErrInvalidIOContext, ErrOperationUsed,
// ErrOperationReleased. Operate waits for the OSDs for as long as they take, unless
// rados_osd_op_timeout is configured.
//
// Implements:
//
//	int rados_write_op_operate(rados_write_op_t write_op, rados_ioctx_t io, const char *oid, time_t *mtime, int flags)
func (w *WriteOp) Operate(ioctx *IOContext, oid string, flags OperationFlags) error {
	return w.operate(context.Background(), ioctx, oid, nil, flags)
}

// OperateWithMtime is Operate that makes mtime the modification time of the object,
// instead of the present. It returns EINVAL, and sends nothing, for a time that Ceph
// can't keep: before 1970, or after 2106.
//
// Implements:
//
//	int rados_write_op_operate2(rados_write_op_t write_op, rados_ioctx_t io, const char *oid, struct timespec *mtime, int flags)
func (w *WriteOp) OperateWithMtime(ioctx *IOContext, oid string, mtime Timespec, flags OperationFlags) error {
	if err := mtime.check(); err != nil {
		return err
	}
	return w.operate(context.Background(), ioctx, oid, &mtime, flags)
}

// check refuses a time that Ceph can't keep.
func (t Timespec) check() error {
	if t.Sec < 0 || t.Sec > math.MaxUint32 || t.Nsec < 0 || t.Nsec >= int64(time.Second) {
		return radosError(-int(syscall.EINVAL))
	}
	return nil
}

func (w *WriteOp) operate(ctx context.Context, ioctx *IOContext, oid string, mtime *Timespec, flags OperationFlags) error {
	return operate(ctx, "write", ioctx, oid, w.recorder(), func(record []byte) ([]byte, error) {
		if mtime != nil {
			return ioctx.writeAt(ctx, record, oid, mtime, flags)
		}
		return ioctx.write(ctx, record, oid, flags)
	})
}

// write performs a record. Where ctx can't end, it may wait in a place.
func (ioctx *IOContext) write(ctx context.Context, record []byte, oid string, flags OperationFlags) ([]byte, error) {
	if ctx.Done() == nil {
		return ioctx.operateWrite(record, oid, flags)
	}
	return ioctx.operateWriteParked(ctx, record, oid, flags)
}

// writeAt performs a record that sets the modification time. Libraries before Ceph 18 have only a
// function for it that blocks its thread and can't be cancelled.
func (ioctx *IOContext) writeAt(ctx context.Context, record []byte, oid string, mtime *Timespec, flags OperationFlags) ([]byte, error) {
	own := bytes.Clone(record) // where record is, the report will be
	var report []byte
	var err error
	if ctx.Done() == nil {
		report, err = ioctx.operateWriteAt(record, oid, mtime, flags)
	} else {
		report, err = ioctx.operateWriteAtParked(ctx, record, oid, mtime, flags)
	}
	if !errors.Is(err, ErrMissingFunction) {
		return report, err
	}
	return ioctx.detachedBlocking(ctx, throttle.OSD, func() ([]byte, error) {
		return ioctx.operateWriteAtWaiting(own, oid, mtime, flags)
	})
}

// WriteOpCmpExtStep holds what came of a CmpExt of a WriteOp.
type WriteOpCmpExtStep struct {
	// Result is 0 if the bytes were equal. If not, it is -4095 less the number of
	// the first byte that differs, counted from the step's offset. Any other negative
	// number is an errno. Before Operate it is 0.
	Result int
}

// CmpExt makes the operation fail unless the object has just the bytes b from byte
// offset on. An object that ends earlier is taken to go on with zeros.
//
// Implements:
//
//	void rados_write_op_cmpext(rados_write_op_t write_op, const char *cmp_buf, size_t cmp_len, uint64_t off, int *prval)
func (w *WriteOp) CmpExt(b []byte, offset uint64) *WriteOpCmpExtStep {
	step := &WriteOpCmpExtStep{}
	w.cmpExt(b, offset, func(o oplog.Outcome) { step.Result = o.Code })
	return step
}

// Zero makes length bytes read as zeros from byte offset on, and gives back their
// space where it can. If they reach the end of the object, it ends at offset afterwards.
// The object does not grow, and is not created either. A length of 0 changes nothing.
//
// Implements:
//
//	void rados_write_op_zero(rados_write_op_t write_op, uint64_t offset, uint64_t len)
func (w *WriteOp) Zero(offset, length uint64) {
	if length == 0 {
		w.recorder().Skip() // OSDs of Ceph 16.2 abort at such a step
		return
	}
	w.zero(offset, length)
}

// RmOmapRange removes the omap entries from key begin on up to, but without, key end:
// none if end does not come after begin.
//
// It needs the library of Ceph 16.2 or later.
//
// Implements:
//
//	void rados_write_op_omap_rm_range2(rados_write_op_t write_op, const char *key_begin, size_t key_begin_len, const char *key_end, size_t key_end_len)
func (w *WriteOp) RmOmapRange(begin, end string) {
	if begin >= end {
		// An OSD that keeps its objects in memory would abort at a range that goes
		// backwards. Removing no key at all is the same otherwise.
		w.RmOmapKeys(nil)
		return
	}
	w.rmOmapRange(begin, end)
}
