package rados

import (
	"context"
	"errors"
)

// Exec calls a method of an object class on object oid, which runs on the OSD: cls is the
// name of the class and method that of its method. input is what the method is given. It
// returns how much of output the method has filled, or whatever number above zero it
// returned instead.
//
// It returns ERANGE if output is too short, EOPNOTSUPP if there is no such class or method,
// EPERM if the user may not call it, and whatever else the method returns.
//
// Implements:
//
//	int rados_exec(rados_ioctx_t io, const char *oid, const char *cls, const char *method, const char *in_buf, size_t in_len, char *buf, size_t out_len)
func (ioctx *IOContext) Exec(oid, cls, method string, input, output []byte) (int, error) {
	return ioctx.exec(context.Background(), oid, cls, method, input, output)
}

// ExecContext is Exec that ends with ctx. Then its error is an ObjectError in which errors.Is
// finds both ctx.Err() and ErrOutcomeUnknown: the OSD may have run the method, or may do so
// yet. output may be used again in any case. If ctx has ended already, nothing is sent.
func (ioctx *IOContext) ExecContext(ctx context.Context, oid, cls, method string, input, output []byte) (int, error) {
	n, err := ioctx.exec(ctx, oid, cls, method, input, output)
	return n, ioctx.wrap("ExecContext", oid, err)
}

// exec is an operation of one step: rados_aio_exec would write beyond output if the method
// returned more than fits.
func (ioctx *IOContext) exec(ctx context.Context, oid, cls, method string, input, output []byte) (int, error) {
	if err := refused(ctx); err != nil {
		return 0, err
	}
	r := CreateReadOp()
	step := r.ExecInto(cls, method, input, output)
	err := operate(ctx, "read", ioctx, oid, r.recorder(), func(record []byte) ([]byte, error) {
		report, err := ioctx.read(ctx, record, oid, OperationNoFlag)
		return report, unknown(err, givenUp(err)) // a method may change the object
	})
	if err != nil {
		return 0, bare(err)
	}
	if filled, err := step.Bytes(); err != nil || len(filled) > 0 {
		return len(filled), err
	}
	return step.Code(), nil
}

// givenUp reports whether err is that of a call that was given up.
func givenUp(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		err == ErrInvalidIOContext || err == ErrNotConnected
}
