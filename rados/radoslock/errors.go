package radoslock

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"github.com/go-rados/go-rados/rados"
)

// ErrLost is the error of a lock that its holder has lost: it has expired or was broken, or
// it could not be renewed in time.
var ErrLost = errors.New("the lock is lost")

// errLate is the reason for a loss without an answer of the OSD.
var errLate = errors.New("it was not renewed in time")

// wrap adds the operation, the object and the lock to err.
func (m *Mutex) wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	return &rados.ObjectError{
		Op:        op,
		Pool:      m.pool,
		Namespace: m.namespace,
		Object:    m.oid,
		Argument:  fmt.Sprintf("lock %q", m.name),
		Err:       err,
	}
}

// bare unwraps an error that repeats the object.
func bare(err error) error {
	var object *rados.ObjectError
	if errors.As(err, &object) {
		err = object.Err
	}
	if operation, ok := err.(rados.OperationError); ok && operation.OpError != nil {
		return operation.OpError
	}
	return err
}

// isLost reports whether a renewal that failed with err proves that the lock is lost, or
// excludes that another renewal can succeed.
func isLost(err error) bool {
	for _, target := range []error{
		rados.ErrNotFound, rados.ErrLocked, // expired or broken
		syscall.ESHUTDOWN, // blocklisted
		rados.ErrInvalidIOContext, rados.ErrNotConnected,
	} {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}

// ended returns the error of a call that was cancelled by ctx.
func ended(ctx context.Context) error {
	return withCause(ctx, ctx.Err())
}

// withCause adds the cause of ctx to err, if ctx has cancelled the call and err lacks the cause.
func withCause(ctx context.Context, err error) error {
	cause := context.Cause(ctx)
	if cause == nil || !errors.Is(err, ctx.Err()) || errors.Is(err, cause) {
		return err
	}
	return fmt.Errorf("%w: %w", err, cause)
}

// join returns the errors that are not nil, but a loss only once, and a single one unchanged.
func join(err, unlock error) error {
	switch {
	case unlock == nil, errors.Is(err, ErrLost) && errors.Is(unlock, ErrLost):
		return err
	case err == nil:
		return unlock
	}
	return errors.Join(err, unlock)
}
