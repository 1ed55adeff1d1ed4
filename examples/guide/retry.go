package guide

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/go-rados/go-rados/rados"
)

// save replaces the object. To do so twice has the same result as to do so once.
func save(ctx context.Context, ioctx *rados.IOContext, oid string, data []byte) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	err := ioctx.WriteFullContext(ctx, oid, data)
	if errors.Is(err, rados.ErrOutcomeUnknown) {
		return fmt.Errorf("%s may have been saved: %w", oid, err)
	}
	return err // nil, or the object is as before
}

// insert writes a new object whose name no other client uses. It tries again until the
// object is written or ctx is done.
func insert(ctx context.Context, ioctx *rados.IOContext, oid string, data []byte, wait time.Duration) error {
	for uncertain := false; ; {
		attempt, cancel := context.WithTimeout(ctx, wait)
		op := rados.CreateWriteOp()
		op.Create(rados.CreateExclusive)
		op.WriteFull(data)
		err := op.OperateContext(attempt, ioctx, oid, rados.OperationNoFlag)
		cancel()
		if err == nil || uncertain && errors.Is(err, rados.ErrObjectExists) {
			return nil // this attempt or an earlier one has been performed
		}
		late := errors.Is(err, context.DeadlineExceeded) || errors.Is(err, syscall.ETIMEDOUT)
		uncertain = uncertain || errors.Is(err, rados.ErrOutcomeUnknown)
		switch {
		case late && ctx.Err() == nil:
		case uncertain:
			return fmt.Errorf("%w: %w", rados.ErrOutcomeUnknown, err)
		default:
			return err
		}
	}
}
