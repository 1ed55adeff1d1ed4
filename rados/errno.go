//go:build cgo

package rados

import (
	"fmt"
	"slices"
	"syscall"
)

// radosError is a negative errno as librados returns it.
type radosError int

// Error returns the code and its text in the C library.
func (e radosError) Error() string {
	return fmt.Sprintf("rados: ret=%d, %s", int(e), e.text())
}

// ErrorCode returns the code as C returned it: a negative errno.
func (e radosError) ErrorCode() int { return int(e) }

// Is reports whether errors.Is finds target in e: the errno, the equivalent of the standard library
// (fs.ErrNotExist and the like), an error of another package with the same ErrorCode, or a variable
// of this package that stands for the errno as well.
func (e radosError) Is(target error) bool {
	return isErrno(e.errno(), target) || slices.Contains(errnoVariables[e.errno()], target)
}

func (e radosError) errno() syscall.Errno { return syscall.Errno(-e) }

// stateError is an error without a code of librados. errors.Is finds the nearest
// errno in it.
type stateError struct {
	text  string
	errno syscall.Errno
}

func (e *stateError) Error() string { return e.text }

// ErrorCode returns the negative of the nearest errno.
func (e *stateError) ErrorCode() int { return -int(e.errno) }

func (e *stateError) Is(target error) bool { return isErrno(e.errno, target) }

// isErrno reports whether target is errno, its equivalent in the standard library,
// or an error of another package with the same code. Errors of this package differ
// even if their codes are the same.
func isErrno(errno syscall.Errno, target error) bool {
	switch target := target.(type) {
	case radosError, *stateError, *MissingFunctionError:
		return false
	case interface{ ErrorCode() int }:
		return target.ErrorCode() == -int(errno)
	}
	return target == error(errno) || errno.Is(target)
}

// hasCode reports whether err is one of the errnos.
func hasCode(err error, errnos ...int) bool {
	code, ok := err.(radosError)
	return ok && slices.Contains(errnos, -int(code))
}

// codeResult returns ret, without err if ret is one of the negated errnos. If
// librados was not called, it returns the code that is nearest to err.
func codeResult(ret int, err error, errnos ...int) (int, error) {
	if err == nil || slices.Contains(errnos, -ret) {
		return ret, nil
	}
	return errorCode(err), err
}
