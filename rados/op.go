package rados

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"

	"github.com/go-rados/go-rados/internal/oplog"
)

// OperationError is what Operate of a ReadOp or WriteOp returns, by value, when
// the operation or one of its steps failed. errors.Is and errors.As look into all
// the errors that it holds.
type OperationError struct {
	kind string

	// OpError is the error of the operation as a whole; nil if only steps failed,
	// which OpFlagFailOk allows.
	OpError error
	// StepErrors are the errors of the steps that failed, by the order in which the
	// methods that add steps were called, from 0. Not all steps report: when OpError
	// is not nil the step to blame may be missing here.
	StepErrors map[int]error
}

// Error says what failed.
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

// Unwrap lists the errors that e holds: OpError, then those of the steps in order.
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

// operate performs what r has recorded, once. What can't be sent at all is
// reported without an OperationError, unless a step is to blame.
func operate(ctx context.Context, kind string, ioctx *IOContext, oid string, r *oplog.Recorder, send func(record []byte) ([]byte, error)) error {
	if err := refused(ctx); err != nil {
		return err
	}
	lane, err := ioctx.enter()
	if err != nil {
		return err
	}
	defer ioctx.exit(lane)
	if empty, err := seal(kind, oid, r); empty || err != nil {
		return err
	}
	failed := r.Perform(func(record []byte) (report []byte, code int) {
		report, err = send(record)
		return report, errorCode(err)
	})
	return operationError(kind, err, failed)
}

// operationError returns the error of an operation that has ended with err, and whose steps
// have failed with the codes in failed; nil if there is none.
func operationError(kind string, err error, failed map[int]int) error {
	if err == nil && len(failed) == 0 {
		return nil
	}
	return OperationError{kind: kind, OpError: err, StepErrors: stepErrors(failed)}
}

func stepErrors(codes map[int]int) map[int]error {
	list := make(map[int]error, len(codes))
	for i, code := range codes {
		list[i] = asError(code)
	}
	return list
}

// errorCode is the code behind err.
func errorCode(err error) int {
	if err == nil {
		return 0
	}
	var coded interface{ ErrorCode() int }
	if errors.As(err, &coded) {
		return coded.ErrorCode()
	}
	return -int(syscall.EIO)
}

// seal ends the recording of an operation, which can be performed once. One that is empty
// is not to be sent: librados would not send it either, but refuses it if it is not to wait.
func seal(kind, oid string, r *oplog.Recorder) (empty bool, err error) {
	switch r.Seal() {
	case oplog.Used:
		return false, ErrOperationUsed
	case oplog.Gone:
		return false, ErrOperationReleased
	}
	if refused := r.Refused(); len(refused) > 0 {
		return false, OperationError{kind: kind, StepErrors: stepErrors(refused)}
	}
	if r.Empty() {
		return true, checkName(oid)
	}
	return false, nil
}

// checkName refuses what can't be the name of an object.
func checkName(oid string) error {
	if strings.IndexByte(oid, 0) >= 0 {
		return ErrNameContainsNUL
	}
	return nil
}
