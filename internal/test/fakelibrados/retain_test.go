package fakelibrados_test

import (
	"context"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// cancelled makes a call that is cancelled once librados has it, in function.
func cancelled(t *testing.T, function string, call func(ctx context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := begun(t, function, func() error { return call(ctx) })
	cancel()
	err := <-done
	require.ErrorIs(t, err, context.Canceled)
	fakelibrados.Release(function)
}

// TestCancelledWritesKeepTheirBytes: they count until a probe that was sent after the data is
// answered, whatever the answer is.
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
			return failed(rados.Pipeline(ctx, 2, slices.Values([]*rados.Task{ioctx.WriteFullTask("object", large)})))
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

// TestSmallCancelledWritesKeepNothing: nor do reads.
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

// TestProbesOfTimeouts: a write that librados has given up may be in memory, too, and a probe that
// it has given up is no answer.
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
	require.Eventually(t, func() bool { return fakelibrados.Calls("rados_stat2") > 1 }, patience, time.Millisecond)
	fakelibrados.Proceed("rados_stat2")
	require.NoError(t, second(o.ioctx.ReadContext(t.Context(), "object", large, 0)))
}

// TestWritesWithoutContextKeepTheirBytes: those that librados or Destroy ends, and they are not sent
// without room.
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

// TestFewProbes: more than a few wait for their turn, and all end with Shutdown.
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
