package fakelibrados_test

import (
	"context"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// cancelled makes a call that is cancelled once librados is in function.
func cancelled(t *testing.T, function string, call func(ctx context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := begun(t, function, func() error { return call(ctx) })
	cancel()
	err := <-done
	require.ErrorIs(t, err, context.Canceled)
	fakelibrados.Release(function)
}

// TestCancelledWritesKeepTheirBytes cancels writes: their bytes count until a
// probe that was sent after the data is answered, whatever the answer.
func TestCancelledWritesKeepTheirBytes(t *testing.T) {
	const bound = 1 << 20
	large := make([]byte, bound)
	writes := map[string]struct {
		function string
		call     func(ctx context.Context, ioctx *rados.IOContext) error
	}{
		"WriteContext": {"rados_write", func(ctx context.Context, ioctx *rados.IOContext) error {
			return ioctx.WriteContext(ctx, "object", large, 0)
		}},
		"WriteFullContext": {"rados_write_full", func(ctx context.Context, ioctx *rados.IOContext) error {
			return ioctx.WriteFullContext(ctx, "object", large)
		}},
		"AppendContext": {"rados_append", func(ctx context.Context, ioctx *rados.IOContext) error {
			return ioctx.AppendContext(ctx, "object", large)
		}},
		"CmpExtContext": {"rados_cmpext", func(ctx context.Context, ioctx *rados.IOContext) error {
			return ioctx.CmpExtContext(ctx, "object", large, 0)
		}},
		"OperateContext": {"rados_write_op_operate", func(ctx context.Context, ioctx *rados.IOContext) error {
			w := rados.CreateWriteOp()
			w.WriteFull(large)
			return w.OperateContext(ctx, ioctx, "object", 0)
		}},
		"Pipeline": {"rados_write_full", func(ctx context.Context, ioctx *rados.IOContext) error {
			return failed(rados.Pipeline(ctx, 2, slices.Values([]*rados.Task{ioctx.Tasks().WriteFull("object", large)})))
		}},
	}
	for name, write := range writes {
		t.Run(name, func(t *testing.T) {
			o := both(t)
			require.NoError(t, o.conn.SetMaxInFlight(1, bound))
			own, err := o.conn.OpenIOContext("pool")
			require.NoError(t, err)
			fakelibrados.Hold("rados_stat2")
			cancelled(t, write.function, func(ctx context.Context) error { return write.call(ctx, own) })
			require.True(t, fakelibrados.Await("rados_stat2", 1))
			assert.Equal(t, []any{"object"}, fakelibrados.Args("rados_stat2"))
			own.Destroy()
			require.NoError(t, o.ioctx.DeleteContext(t.Context(), "object"), "it moves nothing, and there is room for a call")
			done := make(chan error)
			go func() { done <- second(o.ioctx.ReadContext(t.Context(), "object", make([]byte, 8), 0)) }()
			awaitGoroutines(t, "throttle.(*Limit).Enter", 1)
			fakelibrados.Return("rados_stat2", -int(syscall.EPERM))
			fakelibrados.Release("rados_stat2")
			require.NoError(t, <-done)
			assert.Equal(t, 1, fakelibrados.Calls("rados_stat2"))
		})
	}
}

// TestSmallCancelledWritesKeepNothing cancels small writes and reads.
func TestSmallCancelledWritesKeepNothing(t *testing.T) {
	ioctx := opened(t)
	cancelled(t, "rados_write_full", func(ctx context.Context) error {
		return ioctx.WriteFullContext(ctx, "object", make([]byte, 1000))
	})
	cancelled(t, "rados_read_op_operate", func(ctx context.Context) error {
		return second(ioctx.ReadContext(ctx, "object", make([]byte, 1<<20), 0))
	})
	assert.Zero(t, fakelibrados.Calls("rados_stat2"))
}

// TestProbesOfTimeouts has librados cancel writes, whose data may be in memory
// as well, and probes, which are then no answer.
func TestProbesOfTimeouts(t *testing.T) {
	o := both(t)
	large := make([]byte, 1<<20)
	require.NoError(t, o.conn.SetMaxInFlight(0, 1<<20))
	fakelibrados.Return("rados_write_full", -int(syscall.ETIMEDOUT))
	fakelibrados.Hold("rados_stat2")
	assert.ErrorIs(t, o.ioctx.WriteFullContext(t.Context(), "object", large), syscall.ETIMEDOUT)
	require.True(t, fakelibrados.Await("rados_stat2", 1))
	fakelibrados.Return("rados_stat2", -int(syscall.ETIMEDOUT))
	fakelibrados.Release("rados_stat2")
	require.Eventually(t, func() bool { return fakelibrados.Calls("rados_stat2") > 1 }, await.Patience, time.Millisecond)
	fakelibrados.Proceed("rados_stat2")
	require.NoError(t, second(o.ioctx.ReadContext(t.Context(), "object", large, 0)))
}

// TestWritesWithoutContextKeepTheirBytes ends writes without a context by
// librados and by Destroy, and without room, where they are not sent.
func TestWritesWithoutContextKeepTheirBytes(t *testing.T) {
	large := make([]byte, 1<<20)
	for name, write := range map[string]struct {
		function string
		call     func(ioctx *rados.IOContext) error
	}{
		"Write":     {"rados_write", func(ioctx *rados.IOContext) error { return ioctx.Write("object", large, 0) }},
		"WriteFull": {"rados_write_full", func(ioctx *rados.IOContext) error { return ioctx.WriteFull("object", large) }},
		"Append":    {"rados_append", func(ioctx *rados.IOContext) error { return ioctx.Append("object", large) }},
		"WriteOp": {"rados_write_op_operate", func(ioctx *rados.IOContext) error {
			w := rados.CreateWriteOp()
			w.WriteFull(large)
			return w.Operate(ioctx, "object", 0)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			o := both(t)
			require.NoError(t, o.conn.SetMaxInFlight(0, 1<<20))
			fakelibrados.Return(write.function, -int(syscall.ETIMEDOUT))
			fakelibrados.Hold("rados_stat2")
			assert.ErrorIs(t, write.call(o.ioctx), syscall.ETIMEDOUT)
			require.True(t, fakelibrados.Await("rados_stat2", 1))
			done := make(chan error)
			go func() { done <- write.call(o.ioctx) }()
			awaitGoroutines(t, "throttle.(*Limit).Enter", 1)
			assert.Equal(t, 1, fakelibrados.Calls(write.function))
			fakelibrados.Proceed(write.function)
			fakelibrados.Release("rados_stat2")
			require.NoError(t, <-done)
		})
	}
}

// TestFewProbes makes more probes than may be in flight: they wait, and
// Shutdown ends all of them.
func TestFewProbes(t *testing.T) {
	const most = 16
	o := both(t)
	large := make([]byte, 64<<10)
	fakelibrados.Hold("rados_stat2")
	for range 2 * most {
		cancelled(t, "rados_write_full", func(ctx context.Context) error {
			return o.ioctx.WriteFullContext(ctx, "object", large)
		})
	}
	require.True(t, fakelibrados.Await("rados_stat2", most))
	awaitGoroutines(t, "throttle.(*Limit).Enter", most)
	assert.Equal(t, most, fakelibrados.Calls("rados_stat2"))
	o.conn.Shutdown()
	awaitGoroutines(t, "rados.(*IOContext).retain", 0)
	assert.Equal(t, most, fakelibrados.Calls("rados_stat2"))
	fakelibrados.Release("rados_stat2")
}

// TestContextEndsWhileItIsWaitedFor cancels a call that waits on its thread,
// also before it is sent.
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

// TestContextEndsBouncedRead cancels a read that a replica has bounced, which
// librados does not cancel. The call returns, and its buffer does not change
// when the answer arrives.
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

// TestFewCallsAreStartedTogether starts calls while librados is slow to accept
// them: only a few keep their threads, and the others end with their contexts.
func TestFewCallsAreStartedTogether(t *testing.T) {
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
