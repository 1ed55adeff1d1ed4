//go:build cgo

package rados

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/go-rados/go-rados/internal/connect"
)

// ObjectError is the error of each method that go-ceph lacks: of forms with a
// context, methods such as [IOContext.Stat2] and [IOContext.Lock], iterators such
// as [IOContext.Objects], the results of steps, and a [Task]. It names the method,
// the pool and the object. errors.Is and errors.As find the error of librados in
// it; == does not.
type ObjectError struct {
	Op        string // the method, with its type unless that is Conn or IOContext: "WriteContext", "Iter.NextContext"
	Pool      string // the pool of the IOContext, "" once it is closed; in methods of Conn the pool that was passed, or ""
	Namespace string // "" for the default one, and in methods of Conn
	Object    string // "" if the method is not about one object
	Argument  string // what else the arguments name: `snapshot "monday"`, `pool 7`, `attribute "color"`, or ""
	Err       error
}

// Error returns a text with the method, the pool, the object, the argument and the
// reason.
func (e *ObjectError) Error() string {
	if e == nil {
		return noError
	}
	var where []string
	for _, name := range []string{e.Pool, e.Namespace, e.Object} {
		if name != "" {
			where = append(where, legible(name))
		}
	}
	what := "rados: " + e.Op
	if len(where) > 0 {
		what += " " + strings.Join(where, "/")
	}
	if e.Argument != "" {
		what += ": " + e.Argument
	}
	if e.Err == nil {
		return what
	}
	return what + ": " + e.Err.Error()
}

// legible returns the name of an object, which may have any bytes, as text for one line of a log: quoted if it has
// bytes that are not printable.
func legible(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return r == utf8.RuneError || !strconv.IsPrint(r) }) {
		return strconv.Quote(name)
	}
	return name
}

// OpenError is the error of [Open], and is in that of [Conn.ConnectContext]. It
// names the part of the configuration that is at fault. errors.Is and errors.As
// find the error of librados in it. No field contains a key.
type OpenError struct {
	User     string // the user with its type: "client.admin"
	Reason   string // the cause, in words; "" if only Err is known
	Option   string // the option that is at fault, or the environment variable CEPH_ARGS
	Value    string // the value of Option, "<secret>" if it must not be shown
	File     string // the configuration file, keyring or key file at fault, or several with commas
	Monitors string // the addresses of the monitors that do not answer, or refuse the user
	Err      error
}

// Error returns a text with the user, the reason and the error of librados.
func (e *OpenError) Error() string {
	if e == nil {
		return noError
	}
	return (*connect.Error)(e).Error()
}

// Unwrap returns Err.
func (e *OpenError) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Err
}

// noError is the text of an error that is a nil pointer.
const noError = "rados: no error"

// Unwrap returns Err.
func (e *ObjectError) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Err
}

// wrap returns an ObjectError of err, or nil if err is nil. If ioctx is closed the error
// has no pool.
func (ioctx *IOContext) wrap(op, oid string, err error) error {
	if err == nil {
		return nil
	}
	e := &ObjectError{Op: op, Object: oid, Err: unwrapObject(err)}
	if ioctx != nil {
		e.Pool, _ = ioctx.GetPoolName()
		e.Namespace, _ = ioctx.GetNamespace()
	}
	return e
}

// wrap returns an ObjectError of err, or nil if err is nil.
func (c *Conn) wrap(op, pool string, err error) error {
	if err == nil {
		return nil
	}
	return &ObjectError{Op: op, Pool: pool, Err: unwrapObject(err)}
}

// withArgument adds an argument, which noun stands for, to err if that is an ObjectError, which the caller
// must own. It is inlined, so that an argument is allocated only for an error.
func withArgument[T any](err error, noun string, value T) error {
	if err != nil {
		nameArgument(err, noun, value)
	}
	return err
}

// nameArgument is withArgument for an error that is not nil.
func nameArgument(err error, noun string, value any) {
	e, ok := err.(*ObjectError)
	if !ok {
		return
	}
	text := fmt.Sprintf("%s %v", noun, value)
	switch value.(type) {
	case string, []byte:
		text = fmt.Sprintf("%s %q", noun, value)
	}
	if e.Argument != "" {
		text = e.Argument + ", " + text
	}
	e.Argument = text
}

// unwrapObject returns the error in err, if err is the ObjectError of a method that another method of
// the package has called.
func unwrapObject(err error) error {
	if inner, ok := err.(*ObjectError); ok {
		return inner.Err
	}
	return err
}

// maxErrno is the largest errno. Codes beyond it are positions in an object.
const maxErrno = 4095

// MismatchOffset returns the index of the first byte that differs, counted from
// the first byte that was compared, if err is the error of [IOContext.CmpExt],
// [ReadOp.CmpExt] or [WriteOp.CmpExt]. It returns false for any other error.
func MismatchOffset(err error) (uint64, bool) {
	switch e := err.(type) {
	case radosError:
		if e <= -maxErrno {
			return uint64(-e - maxErrno), true
		}
	case interface{ Unwrap() error }:
		return MismatchOffset(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			if offset, ok := MismatchOffset(one); ok {
				return offset, true
			}
		}
	}
	return 0, false
}

// text returns the meaning of the code. For an errno it is the text of the C
// library, which programs and people search for in logs.
func (e radosError) text() string {
	if offset, ok := MismatchOffset(e); ok {
		return fmt.Sprintf("mismatch at offset %d", offset)
	}
	return errnoText(-int(e))
}

// MissingFunctionError is the error of a method that needs a function which the
// loaded librados lacks. errors.Is finds [ErrMissingFunction],
// errors.ErrUnsupported and syscall.ENOSYS in it.
type MissingFunctionError struct {
	Function string // the function of librados
	Since    string // the first release of Ceph that is known to have it, "" if all do before Until
	Until    string // the release that removed it, "" if none did
}

// Error returns a text with the function and the releases that have it.
func (e *MissingFunctionError) Error() string {
	if e == nil {
		return noError
	}
	text := fmt.Sprintf("rados: the loaded librados lacks %s", e.Function)
	if e.Since != "" {
		text += ", which needs Ceph " + e.Since + " or later"
	}
	if e.Until != "" {
		text += ", which is gone since Ceph " + e.Until
	}
	return text
}

// Unwrap returns ErrMissingFunction.
func (e *MissingFunctionError) Unwrap() error { return ErrMissingFunction }

// ErrorCode returns the negative of ENOSYS, as C does.
func (e *MissingFunctionError) ErrorCode() int { return -int(syscall.ENOSYS) }

// OperationError is the error of [ReadOp.Operate] and [WriteOp.Operate], returned
// by value, if the operation or one of its steps failed. errors.Is and errors.As
// search all the errors that it contains.
type OperationError struct {
	kind string

	// OpError is the error of the operation as a whole. It is nil if only steps
	// failed, which [OpFlagFailOk] permits.
	OpError error
	// StepErrors are the errors of the steps that failed, by the order in which the
	// methods that add steps were called, from 0. Not all steps report errors: if
	// OpError is not nil, the step that failed may be missing here.
	StepErrors map[int]error
}

// Error returns a text with the errors of the operation and its steps.
func (e OperationError) Error() string {
	var parts []string
	if e.OpError != nil {
		parts = append(parts, e.OpError.Error())
	}
	for _, i := range slices.Sorted(maps.Keys(e.StepErrors)) {
		parts = append(parts, fmt.Sprintf("step %d: %v", i, e.StepErrors[i]))
	}
	return fmt.Sprintf("rados: %s operation failed: %s", e.kind, strings.Join(parts, "; "))
}

// Unwrap returns the errors that e contains: OpError, then those of the steps in
// order.
func (e OperationError) Unwrap() []error {
	var list []error
	if e.OpError != nil {
		list = append(list, e.OpError)
	}
	for _, i := range slices.Sorted(maps.Keys(e.StepErrors)) {
		list = append(list, e.StepErrors[i])
	}
	return list
}

// UnsafeFileError is the error for a configuration file or keyring that would make
// librados end the process. errors.Is finds [ErrUnsafeFile] and syscall.EINVAL in
// it.
type UnsafeFileError struct {
	Path string
	Line int // of the first byte that is not ASCII, outside comments and quoted values
}

// Error returns a text with the path and the line.
func (e *UnsafeFileError) Error() string {
	if e == nil {
		return noError
	}
	return fmt.Sprintf("rados: %s:%d: librados would end the process over a byte that is not ASCII", e.Path, e.Line)
}

// Unwrap returns ErrUnsafeFile.
func (e *UnsafeFileError) Unwrap() error { return ErrUnsafeFile }

// ErrorCode returns the negative of EINVAL, as C does.
func (e *UnsafeFileError) ErrorCode() int { return -int(syscall.EINVAL) }
