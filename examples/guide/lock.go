package guide

import (
	"context"
	"time"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radoslock"
)

// exclusively runs work while this client holds the lock, and replaces the object with the
// result, unless another client has the lock by then.
func exclusively(ctx context.Context, ioctx *rados.IOContext, oid string, work func(context.Context) ([]byte, error)) error {
	mutex := radoslock.New(ioctx, oid, "owner", radoslock.Duration(30*time.Second))
	return mutex.Do(ctx, func(ctx context.Context) error { // ctx is done when the lock is lost
		result, err := work(ctx)
		if err != nil {
			return err
		}
		lease, _ := radoslock.FromContext(ctx)
		op := rados.CreateWriteOp()
		lease.AssertLocked(op)
		op.WriteFull(result)
		return op.OperateContext(ctx, ioctx, oid, rados.OperationNoFlag)
	})
}
