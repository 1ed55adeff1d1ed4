package fakelibrados_test

import (
	"errors"
	"fmt"
	"math"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// TestAnsweredBeforeAnyStep has an operation fail before its first step:
// librados writes no results and creates no iterators.
func TestAnsweredBeforeAnyStep(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Return("rados_read_op_operate", -int(syscall.ENOENT))
	fakelibrados.Outcomes(answered()...)
	var g getters
	r := rados.CreateReadOp()
	buffer := []byte("________")
	g.addTo(r, buffer)
	err := r.Operate(ioctx, "object", 0)
	var e rados.OperationError
	require.ErrorAs(t, err, &e)
	assert.Equal(t, rados.ErrNotFound, e.OpError)
	assert.Empty(t, e.StepErrors)
	g.assertNothing(t, 0, -int(syscall.ENOENT))
	assert.Equal(t, "________", string(buffer))
	assert.Equal(t, 1, fakelibrados.Calls("rados_getxattrs_end"))
	assert.Equal(t, 3, fakelibrados.Calls("rados_omap_get_end"))
	assert.Zero(t, fakelibrados.Calls("rados_omap_get_next2"))
}

// TestFailedAtAStep expects results of the steps before the failed one, and
// none of those after it, although librados reports success for them.
func TestFailedAtAStep(t *testing.T) {
	for i := range 2 * getterCount {
		n, errno := i/2, []syscall.Errno{syscall.EIO, syscall.ENODATA}[i%2]
		t.Run(fmt.Sprint(n, errno), func(t *testing.T) {
			ioctx := opened(t)
			outcomes := answered()
			outcomes[n].Code = -int(errno)
			fakelibrados.Outcomes(outcomes...)
			var g getters
			r := rados.CreateReadOp()
			g.addTo(r, make([]byte, 8))
			err := r.Operate(ioctx, "object", 0)
			var e rados.OperationError
			require.ErrorAs(t, err, &e)
			assert.ErrorIs(t, e.OpError, errno)
			require.Len(t, e.StepErrors, 1)
			assert.ErrorIs(t, e.StepErrors[n], errno)
			for i, err := range g.errs() {
				switch {
				case i < n:
					assert.NoError(t, err, "step %d", i)
				case i == n:
					assert.ErrorIs(t, err, errno, "step %d", i)
				}
			}
			g.assertNothing(t, n+1, -int(errno))
		})
	}
}

// TestStepErrorsInTheCallersOrder expects the number of the failed step to
// count steps that report nothing, also those that C does not know.
func TestStepErrorsInTheCallersOrder(t *testing.T) {
	ioctx := opened(t)
	outcome := func(code syscall.Errno) fakelibrados.Outcome { return fakelibrados.Outcome{Code: -int(code)} }
	fakelibrados.Outcomes(outcome(0), outcome(0), outcome(4095+3), outcome(0), outcome(0), outcome(syscall.ERANGE))
	w := rados.CreateWriteOp()
	w.AssertExists()
	w.SetOmap(nil)
	cmp := w.CmpExt([]byte("four"), 0)
	w.SetFlags(rados.OpFlagFailOk)
	w.Remove()
	w.Exec("class", "method", nil)
	w.CmpExt(nil, 0)
	err := w.Operate(ioctx, "object", 0)
	var e rados.OperationError
	require.ErrorAs(t, err, &e)
	assert.ErrorIs(t, e.OpError, syscall.ERANGE)
	assert.Len(t, e.StepErrors, 2)
	assert.ErrorIs(t, e.StepErrors[2], syscall.Errno(4095+3))
	assert.ErrorIs(t, e.StepErrors[4], syscall.ERANGE)
	assert.Equal(t, -4095-3, cmp.Result)
	assert.Equal(t, []error{e.OpError, e.StepErrors[2], e.StepErrors[4]}, e.Unwrap())
	assert.Regexp(t, `^rados: write operation failed: .*; step 2: .*; step 4: .*$`, err.Error())
}

// TestFailOk expects the operation to succeed and the error of the step to be
// reported.
func TestFailOk(t *testing.T) {
	ioctx := opened(t)
	outcomes := make([]fakelibrados.Outcome, 3)
	outcomes[0].Code = -int(syscall.ENODATA)
	outcomes[2].Answers = []string{memory(7), memory(8, 9)}
	fakelibrados.Outcomes(outcomes...)
	r := rados.CreateReadOp()
	xattrs := r.GetXattrs()
	r.SetFlags(rados.OpFlagFailOk)
	stat := r.Stat()
	err := r.Operate(ioctx, "object", 0)
	var e rados.OperationError
	require.ErrorAs(t, err, &e)
	assert.NoError(t, e.OpError)
	assert.Len(t, e.StepErrors, 1)
	assert.ErrorIs(t, err, syscall.ENODATA)
	_, err = xattrs.Xattrs()
	assert.ErrorIs(t, err, syscall.ENODATA)
	got, err := stat.Stat()
	require.NoError(t, err)
	assert.EqualValues(t, 7, got.Size)
}

// TestFailOkBeforeAFailure expects the step that was allowed to fail not to be
// blamed for a later one that fails with the same code.
func TestFailOkBeforeAFailure(t *testing.T) {
	ioctx := opened(t)
	outcomes := make([]fakelibrados.Outcome, 5)
	outcomes[0].Code = -int(syscall.ENODATA)
	outcomes[2].Answers = []string{"output"}
	outcomes[3].Code = -int(syscall.ENODATA)
	fakelibrados.Outcomes(outcomes...)
	r := rados.CreateReadOp()
	r.GetXattrs()
	r.SetFlags(rados.OpFlagFailOk)
	exec := r.Exec("class", "method", nil)
	r.GetXattrs()
	stat := r.Stat()
	err := r.Operate(ioctx, "object", 0)
	var e rados.OperationError
	require.ErrorAs(t, err, &e)
	assert.ErrorIs(t, e.OpError, syscall.ENODATA)
	assert.Len(t, e.StepErrors, 2)
	assert.ErrorIs(t, e.StepErrors[0], syscall.ENODATA)
	assert.ErrorIs(t, e.StepErrors[2], syscall.ENODATA)
	b, err := exec.Bytes()
	require.NoError(t, err)
	assert.Equal(t, "output", string(b))
	assert.Equal(t, rados.ErrOperationIncomplete, wrapped("ReadOpStatStep.Stat", second(stat.Stat())))
}

// TestPositiveCodesOfSteps expects the return value of a class method to be no
// error.
func TestPositiveCodesOfSteps(t *testing.T) {
	ioctx := opened(t)
	outcomes := answered()
	for i := range outcomes {
		outcomes[i].Code = 42
	}
	fakelibrados.Outcomes(outcomes...)
	fakelibrados.Return("rados_write_op_operate", 42)
	var g getters
	r := rados.CreateReadOp()
	g.addTo(r, make([]byte, 8))
	require.NoError(t, r.Operate(ioctx, "object", 0))
	for i, err := range g.errs() {
		assert.NoError(t, err, "step %d", i)
	}
	assert.Equal(t, 42, g.exec.Code())
	b, err := g.exec.Bytes()
	require.NoError(t, err)
	assert.Equal(t, "out\x00put", string(b))
	w := rados.CreateWriteOp()
	w.Exec("class", "method", nil)
	assert.NoError(t, w.Operate(ioctx, "object", 0))
}

// TestStepsThatCannotBeSent expects nothing of the operation to be sent, and an
// error for each such step.
func TestStepsThatCannotBeSent(t *testing.T) {
	ioctx := opened(t)
	refused := func(op interface {
		Operate(*rados.IOContext, string, rados.OperationFlags) error
	}, want map[int]error) {
		t.Helper()
		callsNothing(t, func() {
			var e rados.OperationError
			require.ErrorAs(t, op.Operate(ioctx, "object", 0), &e)
			assert.NoError(t, e.OpError)
			assert.Len(t, e.StepErrors, len(want))
			for i, err := range want {
				assert.ErrorIs(t, e.StepErrors[i], err, "step %d", i)
			}
		})
	}
	nul := rados.ErrNameContainsNUL
	w := rados.CreateWriteOp()
	w.AssertExists()
	w.SetXattr("a\x00", data)
	w.RmXattr("")
	w.CmpXattr("\x00", rados.CompareEQ, nil)
	w.Exec("a\x00b", "method", nil)
	w.Exec("class", "a\x00b", nil)
	w.Create(1 << 40)
	w.Write(data, 0)
	refused(w, map[int]error{1: nul, 2: syscall.EINVAL, 3: nul, 4: nul, 5: nul, 6: syscall.EINVAL})

	r := rados.CreateReadOp()
	r.CmpXattr("a\x00", rados.CompareEQ, nil)
	step := r.Stat()
	r.Exec("\x00", "method", nil)
	r.ExecInto("class", "\x00", nil, nil)
	omap := r.GetOmapValues("a\x00b", "", 1)
	r.GetOmapValues("", "a\x00b", 1)
	r.GetOmapKeys("a\x00b", 1)
	r.Read(0, huge(t, math.MaxInt32+1))
	refused(r, map[int]error{0: nul, 2: nul, 3: nul, 4: nul, 5: nul, 6: nul, 7: syscall.E2BIG})
	assert.Equal(t, rados.ErrOperationIncomplete, wrapped("ReadOpStatStep.Stat", second(step.Stat())))
	_, err := omap.Next()
	assert.Equal(t, rados.ErrOperationIncomplete, err)
}

// TestOperateOnANameWithNUL expects the code of an invalid name in all steps.
func TestOperateOnANameWithNUL(t *testing.T) {
	ioctx := opened(t)
	r := rados.CreateReadOp()
	var g getters
	g.addTo(r, make([]byte, 8))
	err := r.Operate(ioctx, "a\x00b", 0)
	assert.ErrorIs(t, err, rados.ErrNameContainsNUL)
	assert.Zero(t, fakelibrados.Calls("rados_read_op_operate"))
	g.assertNothing(t, 0, -int(syscall.EINVAL))
}

// TestOperateWithoutMemory has C run out of memory for the operation.
func TestOperateWithoutMemory(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Return("rados_create_write_op", 0)
	fakelibrados.Return("rados_create_read_op", 0)
	w, r := rados.CreateWriteOp(), rados.CreateReadOp()
	w.Remove()
	var g getters
	g.addTo(r, make([]byte, 8))
	assert.ErrorIs(t, w.Operate(ioctx, "object", 0), syscall.ENOMEM)
	assert.ErrorIs(t, r.Operate(ioctx, "object", 0), syscall.ENOMEM)
	g.assertNothing(t, 0, -int(syscall.ENOMEM))
	assert.Zero(t, fakelibrados.Calls("rados_write_op_operate"))
	assert.Zero(t, fakelibrados.Calls("rados_read_op_operate"))
}

// TestOperationErrorHoldsAll expects errors.Is and errors.As to find all errors
// of the operation.
func TestOperationErrorHoldsAll(t *testing.T) {
	e := rados.OperationError{OpError: rados.ErrNotFound, StepErrors: map[int]error{3: syscall.EIO, 1: rados.ErrObjectExists}}
	for _, err := range []error{rados.ErrNotFound, syscall.ENOENT, syscall.EIO, rados.ErrObjectExists} {
		assert.ErrorIs(t, e, err)
	}
	assert.NotErrorIs(t, e, rados.ErrPermissionDenied)
	var code interface{ ErrorCode() int }
	require.True(t, errors.As(error(e), &code))
	assert.Equal(t, -int(syscall.ENOENT), code.ErrorCode())
}
