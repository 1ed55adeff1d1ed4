package fakelibrados_test

import (
	"context"
	"reflect"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

func takesContext(m reflect.Method) bool {
	return m.Type.NumIn() > 1 && m.Type.In(1) == reflect.TypeFor[context.Context]()
}

// TestContextFormsOfNothing calls each form with a context of what is nil, was never
// opened or has been destroyed: an error, and nothing is called.
func TestContextFormsOfNothing(t *testing.T) {
	destroyed := opened(t)
	destroyed.Destroy()
	typ := reflect.TypeFor[*rados.IOContext]()
	for i := range typ.NumMethod() {
		m := typ.Method(i)
		if !takesContext(m) {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			for what, ioctx := range map[string]*rados.IOContext{"nil": nil, "zero": {}, "destroyed": destroyed} {
				callsNothing(t, func() {
					args := []reflect.Value{reflect.ValueOf(ioctx), reflect.ValueOf(t.Context())}
					for j := 2; j < m.Type.NumIn(); j++ {
						args = append(args, reflect.Zero(m.Type.In(j)))
					}
					results := m.Func.Call(args)
					err, _ := results[len(results)-1].Interface().(error)
					assert.ErrorIs(t, err, rados.ErrInvalidIOContext, what)
					var of *rados.ObjectError
					require.ErrorAs(t, err, &of)
					assert.Equal(t, m.Name, of.Op)
				})
			}
		})
	}
}

// TestContextThatHasEnded sends nothing, and leaves an operation as it is.
func TestContextThatHasEnded(t *testing.T) {
	ioctx := opened(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := rados.CreateWriteOp()
	w.Remove()
	r := rados.CreateReadOp()
	for _, err := range []error{
		w.OperateContext(ctx, ioctx, "object", 0),
		r.OperateContext(ctx, ioctx, "object", 0),
		ioctx.DeleteContext(ctx, "object"),
		second(ioctx.StatContext(ctx, "object")),
	} {
		assert.ErrorIs(t, err, context.Canceled)
		assert.NotErrorIs(t, err, rados.ErrOutcomeUnknown)
	}
	require.NoError(t, w.Operate(ioctx, "object", 0))
	require.NoError(t, r.Operate(ioctx, "object", 0))
}

// TestContextEndsWhileItIsWaitedFor: of few calls with a context each waits on its thread.
// It ends with its context also if that ends before the call is on its way.
func TestContextEndsWhileItIsWaitedFor(t *testing.T) {
	for _, where := range []string{"rados_aio_create_completion2", "rados_read_op_operate"} {
		t.Run(where, func(t *testing.T) {
			ioctx := opened(t)
			for range 20 {
				fakelibrados.Hold("rados_read_op_operate")
				ctx, cancel := context.WithCancel(t.Context())
				ended := make(chan struct{})
				context.AfterFunc(ctx, func() { close(ended) })
				done := begun(t, where, func() error { return second(ioctx.ReadContext(ctx, "object", make([]byte, 8), 0)) })
				cancel()
				<-ended
				if where != "rados_read_op_operate" {
					fakelibrados.Release(where)
				}
				assert.ErrorIs(t, <-done, context.Canceled)
				fakelibrados.Release("rados_read_op_operate")
				assert.NoError(t, second(ioctx.ReadContext(t.Context(), "object", make([]byte, 8), 0)), "the next one is left alone")
			}
		})
	}
}

// TestContextEndsBouncedRead: a read that a replica has bounced is not cancelled. It ends with
// its context all the same, and what it is given is left alone when the answer arrives.
func TestContextEndsBouncedRead(t *testing.T) {
	for name, flag := range map[string]rados.OperationFlags{"balanced": rados.OperationBalanceReads, "localized": rados.OperationLocalizeReads} {
		t.Run(name, func(t *testing.T) {
			ioctx := opened(t)
			fakelibrados.Bounces()
			fakelibrados.Answer("rados_read_op_read", "content")
			fakelibrados.Answer("rados_read_op_exec_user_buf", "output")
			read, exec := make([]byte, 10), make([]byte, 10)
			operate := func(ctx context.Context) (*rados.ReadOpReadStep, *rados.ReadOpExecStep, error) {
				op := rados.CreateReadOp()
				defer op.Release()
				first, second := op.Read(0, read), op.ExecInto("class", "method", nil, exec)
				return first, second, op.OperateContext(ctx, ioctx, "object", flag)
			}
			for range 10 {
				fakelibrados.Hold("rados_read_op_operate")
				ctx, cancel := context.WithCancel(t.Context())
				done := begun(t, "rados_read_op_operate", func() error {
					first, second, err := operate(ctx)
					assert.Zero(t, first.BytesRead)
					assert.Negative(t, first.Result)
					out, incomplete := second.Bytes()
					assert.Empty(t, out)
					assert.Equal(t, rados.ErrOperationIncomplete, incomplete)
					return err
				})
				cancel()
				err := <-done
				assert.ErrorIs(t, err, context.Canceled)
				assert.ErrorAs(t, err, new(rados.OperationError))
				copy(read, "own use")
				copy(exec, "own use")
				fakelibrados.Release("rados_read_op_operate")
				require.Eventually(t, func() bool { return fakelibrados.Live()["completions"] == 0 }, 10*time.Second, time.Millisecond)
				assert.Equal(t, "own use", string(read[:7]))
				assert.Equal(t, "own use", string(exec[:7]))

				first, second, err := operate(t.Context())
				require.NoError(t, err)
				assert.Equal(t, "content", string(read[:first.BytesRead]))
				out, err := second.Bytes()
				require.NoError(t, err)
				assert.Equal(t, "output", string(out))
			}
			ioctx.Destroy()
			_, _, err := operate(t.Context())
			assert.ErrorIs(t, err, rados.ErrInvalidIOContext)
		})
	}
}

// TestFewAreStartedAtOnce: a call that librados is slow to take keeps its thread. However many
// such calls there are, they keep only a few, and those behind them end with their contexts.
func TestFewAreStartedAtOnce(t *testing.T) {
	const starts = "rados_aio_create_completion2"
	ioctx := opened(t)
	processors := runtime.GOMAXPROCS(0)
	waiting, most := min(max(1, processors/2), 8), max(8, 2*processors) // those that wait on their threads, and the others
	ctx, cancel := context.WithCancel(t.Context())
	fakelibrados.Hold(starts)
	done := make(chan error)
	begin := func(calls int) {
		for range calls {
			go func() { done <- second(ioctx.ReadContext(ctx, "object", make([]byte, 8), 0)) }()
		}
	}
	begin(waiting)
	require.True(t, fakelibrados.Await(starts, waiting))
	begin(2 * most)
	require.True(t, fakelibrados.Await(starts, waiting+most))
	cancel()
	for range most {
		assert.ErrorIs(t, <-done, context.Canceled, "it is not held up")
	}
	fakelibrados.Release(starts)
	for range waiting + most {
		if err := <-done; err != nil {
			assert.ErrorIs(t, err, context.Canceled)
		}
	}
	assert.NoError(t, second(ioctx.Read("object", make([]byte, 8), 0)))
}
