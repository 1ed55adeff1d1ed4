package radosio

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/go-rados/go-rados/rados"
)

// ErrChanged is returned by an Object that was opened with CheckVersion, after another
// client has changed or removed the object.
var ErrChanged = errors.New("the object has changed since it was opened")

// wrap adds the operation and the object to err.
func (o *state) wrap(op string, err error) error {
	return &rados.ObjectError{Op: op, Pool: o.pool, Namespace: o.namespace, Object: o.oid, Err: err}
}

// wrapAt adds the offset as well.
func (o *state) wrapAt(op string, off int64, err error) error {
	return o.wrap(op, fmt.Errorf("at byte %d: %w", off, err))
}

// explain translates an error of librados.
func (o *Object) explain(err error) error {
	switch {
	case o.closed.Load() && errors.Is(err, rados.ErrInvalidIOContext):
		return fs.ErrClosed
	case o.checked && isChange(err):
		return fmt.Errorf("%w: %w", ErrChanged, bare(err))
	}
	return bare(err)
}

// isChange reports whether err is the error of a failed AssertVersion or AssertExists.
func isChange(err error) bool {
	return errors.Is(err, syscall.ERANGE) || errors.Is(err, syscall.EOVERFLOW) || errors.Is(err, rados.ErrNotFound)
}

// bare unwraps an error that repeats the operation and the object.
func bare(err error) error {
	var object *rados.ObjectError
	if errors.As(err, &object) {
		err = object.Err
	}
	var operation rados.OperationError
	if errors.As(err, &operation) && operation.OpError != nil {
		return operation.OpError
	}
	return err
}
