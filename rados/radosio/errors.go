package radosio

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"github.com/go-rados/go-rados/rados"
)

// ErrChanged is found in the errors of an Object that was opened with CheckVersion and
// that somebody else has changed or removed.
var ErrChanged = errors.New("the object has changed since it was opened")

// wrap says what was done to what.
func (o *Object) wrap(op string, err error) error {
	return &rados.ObjectError{Op: op, Pool: o.pool, Namespace: o.namespace, Object: o.oid, Err: err}
}

// wrapAt also says where in the object.
func (o *Object) wrapAt(op string, off int64, err error) error {
	return o.wrap(op, fmt.Errorf("at byte %d: %w", off, err))
}

// explain says what an error of librados means here.
func (o *Object) explain(err error) error {
	switch {
	case o.closed.Load() && errors.Is(err, rados.ErrInvalidIOContext):
		return fs.ErrClosed
	case o.checked && isChange(err):
		return fmt.Errorf("%w: %w", ErrChanged, bare(err))
	}
	return bare(err)
}

// isChange tells whether err is how AssertVersion, or AssertExists, refuses.
func isChange(err error) bool {
	return errors.Is(err, syscall.ERANGE) || errors.Is(err, syscall.EOVERFLOW) || errors.Is(err, rados.ErrNotFound)
}

// bare takes off what says no more than the Object's own error does.
func bare(err error) error {
	var object *rados.ObjectError
	if errors.As(err, &object) {
		return object.Err
	}
	var operation rados.OperationError
	if errors.As(err, &operation) && operation.OpError != nil {
		return operation.OpError
	}
	return err
}
