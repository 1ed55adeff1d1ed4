package fakelibrados_test

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// TestErrorsAreReturnedBare has each C function fail.
func TestErrorsAreReturnedBare(t *testing.T) {
	forEach(t, func(m method) bool { return fails(m) && !m.void }, func(t *testing.T, m method) {
		o := prepared(t, m)
		fakelibrados.Return(m.sends, -int(syscall.EPERM)) // for none of them an answer
		err := m.call(o, "name")
		assert.True(t, err == rados.ErrPermissionDenied, "%v is not bare", err)
	})
}

// TestPositiveCodesAreNoErrors expects errors for negative codes only, except
// from commands.
func TestPositiveCodesAreNoErrors(t *testing.T) {
	handles := map[string]bool{ // of which the fake makes none, or whose steps it does not answer, when told what to return
		"rados_nobjects_list_next2": true, "rados_read_op_operate": true,
	}
	commands := func(m method) bool {
		return strings.HasSuffix(m.sends, "_command") || strings.HasSuffix(m.sends, "_command_target")
	}
	forEach(t, commands, func(t *testing.T, m method) {
		o := prepared(t, m)
		fakelibrados.Return(m.sends, 1)
		assert.Equal(t, rados.ErrPermissionDenied, m.call(o, "name"))
	})
	forEach(t, func(m method) bool { return !m.opens && !handles[m.sends] && !commands(m) }, func(t *testing.T, m method) {
		o := prepared(t, m)
		fakelibrados.Return(m.sends, 1)
		assert.NoError(t, m.call(o, "name"))
	})
}

func TestErrorValues(t *testing.T) {
	ioctx := opened(t)
	tests := []struct {
		errno syscall.Errno
		is    []error
		bare  error
	}{
		{syscall.ENOENT, []error{rados.ErrNotFound, fs.ErrNotExist}, rados.ErrNotFound},
		{syscall.EPERM, []error{rados.ErrPermissionDenied, fs.ErrPermission}, rados.ErrPermissionDenied},
		{syscall.EACCES, []error{fs.ErrPermission}, nil},
		{syscall.EEXIST, []error{rados.ErrObjectExists, fs.ErrExist}, rados.ErrObjectExists},
		{syscall.EOPNOTSUPP, []error{errors.ErrUnsupported}, nil},
		{syscall.ENOSYS, []error{errors.ErrUnsupported}, nil},
		{syscall.ENOTEMPTY, []error{fs.ErrExist}, nil},
		{syscall.ETIMEDOUT, nil, nil},
		{syscall.Errno(4095 + 7), nil, nil}, // no errno: where a comparison failed
	}
	known := []error{rados.ErrNotFound, rados.ErrPermissionDenied, rados.ErrObjectExists,
		fs.ErrNotExist, fs.ErrPermission, fs.ErrExist, errors.ErrUnsupported,
		rados.ErrNotConnected, rados.ErrInvalidIOContext, rados.ErrEmptyArgument, rados.ErrOperationIncomplete,
		rados.ErrNameContainsNUL, rados.ErrMissingFunction, syscall.EIO}
	for _, test := range tests {
		t.Run(test.errno.Error(), func(t *testing.T) {
			fakelibrados.Return("rados_write", -int(test.errno))
			err := ioctx.Write("object", data, 0)
			require.Error(t, err)
			assert.ErrorIs(t, err, test.errno)
			assert.Equal(t, -int(test.errno), err.(interface{ ErrorCode() int }).ErrorCode())
			if test.errno <= 133 {
				assert.EqualError(t, err, fmt.Sprintf("rados: ret=%d, %s", -int(test.errno), fakelibrados.Strerror(int(test.errno))))
			} else {
				assert.EqualError(t, err, "rados: ret=-4102, mismatch at offset 7")
			}
			for _, k := range known {
				assert.Equal(t, slices.Contains(test.is, k), errors.Is(err, k), "errors.Is(err, %v)", k)
				if _, code := k.(interface{ ErrorCode() int }); code {
					assert.Equal(t, k == test.bare, err == k, "err == %v", k)
				}
			}
		})
	}
}

// TestErrorTexts expects the text of the reference API's errors, with C's text
// of the errno.
func TestErrorTexts(t *testing.T) {
	assert.EqualError(t, rados.ErrNotFound, "rados: ret=-2, No such file or directory")
	ioctx := opened(t)
	for errno := 1; errno <= 133; errno++ {
		want := fmt.Sprintf("rados: ret=%d, %s", -errno, fakelibrados.Strerror(errno))
		fakelibrados.Return("rados_write", -errno)
		assert.EqualError(t, ioctx.Write("object", data, 0), want)

		fakelibrados.Return("rados_write_op_operate", -errno)
		op := rados.CreateWriteOp()
		op.Create(rados.CreateIdempotent)
		assert.EqualError(t, op.Operate(ioctx, "object", rados.OperationNoFlag), "rados: write operation failed: "+want)
	}
	fakelibrados.Return("rados_write", -999)
	assert.EqualError(t, ioctx.Write("object", data, 0), "rados: ret=-999, "+fakelibrados.Strerror(999), "no errno")
}

// otherError is an error of another package of the reference API: cephfs, rbd.
type otherError int

func (e otherError) Error() string { return fmt.Sprint("other: ", int(e)) }

func (e otherError) ErrorCode() int { return int(e) }

// TestIsErrorOfAnotherPackage expects errors.Is to find an error of another
// package by its code, but not an error of this package in another's.
func TestIsErrorOfAnotherPackage(t *testing.T) {
	ioctx := opened(t)
	enoent, enotconn := otherError(-int(syscall.ENOENT)), otherError(-int(syscall.ENOTCONN))
	assert.ErrorIs(t, rados.ErrNotFound, enoent)
	assert.NotErrorIs(t, rados.ErrNotFound, enotconn)
	assert.NotErrorIs(t, rados.ErrNotFound, otherError(syscall.ENOENT), "the other sign")
	assert.ErrorIs(t, rados.ErrNotConnected, enotconn)
	assert.NotErrorIs(t, rados.ErrOperationIncomplete, otherError(0))
	assert.ErrorIs(t, &rados.MissingFunctionError{}, otherError(-int(syscall.ENOSYS)))

	fakelibrados.Return("rados_write", -int(syscall.ENOENT))
	assert.ErrorIs(t, ioctx.WriteContext(t.Context(), "object", data, 0), enoent, "in an ObjectError")
	fakelibrados.Return("rados_write_op_operate", -int(syscall.ENOENT))
	op := rados.CreateWriteOp()
	op.Create(rados.CreateIdempotent)
	err := op.Operate(ioctx, "object", rados.OperationNoFlag)
	assert.ErrorIs(t, err, enoent, "in an OperationError")
	assert.NotErrorIs(t, err, enotconn)
	assert.ErrorIs(t, rados.OperationError{StepErrors: map[int]error{3: rados.ErrNotFound}}, enoent, "of a step")
}

// TestOwnErrorsOfOneCode distinguishes errors of this package with the same
// code.
func TestOwnErrorsOfOneCode(t *testing.T) {
	fresh(t)
	own := []error{
		rados.ErrNotFound, rados.ErrPermissionDenied, rados.ErrObjectExists, rados.ErrLocked,
		rados.ErrNotConnected, rados.ErrEmptyArgument, rados.ErrUnsafeArgument, rados.ErrInvalidIOContext,
		rados.ErrOperationIncomplete, rados.ErrIterClosed, rados.ErrWatcherClosed, rados.ErrOmapPage,
		rados.ErrOperationUsed, rados.ErrOutcomeUnknown, rados.ErrOperationReleased, rados.ErrNameContainsNUL,
		rados.ErrMissingFunction,
	}
	for i, err := range own {
		for j, target := range own {
			assert.Equal(t, i == j, errors.Is(err, target), "errors.Is(%v, %v)", err, target)
		}
	}
	for _, errno := range []syscall.Errno{syscall.EINVAL, syscall.ENOTCONN, syscall.ENOSYS, syscall.EOVERFLOW} {
		fakelibrados.Return("rados_conf_set", -int(errno))
		conn, err := rados.NewConn()
		require.NoError(t, err)
		err = conn.SetConfigOption("option", "value")
		conn.Shutdown()
		assert.ErrorIs(t, err, errno)
		for _, target := range own {
			assert.NotErrorIs(t, err, target)
			assert.NotErrorIs(t, target, err)
		}
	}
	assert.ErrorIs(t, rados.ErrLockHeld, rados.ErrObjectExists, "two names of one error")
}

func TestStateErrors(t *testing.T) {
	assert.ErrorIs(t, rados.ErrNotConnected, syscall.ENOTCONN)
	assert.ErrorIs(t, rados.ErrInvalidIOContext, syscall.EINVAL)
	assert.ErrorIs(t, rados.ErrEmptyArgument, syscall.EINVAL)
	assert.ErrorIs(t, rados.ErrMissingFunction, errors.ErrUnsupported)
	assert.NotErrorIs(t, rados.ErrInvalidIOContext, rados.ErrEmptyArgument, "the same errno is not the same error")
}
