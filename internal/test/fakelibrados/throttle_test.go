package fakelibrados_test

import (
	"context"
	"iter"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// awaitGoroutines blocks until n goroutines are blocked in function.
func awaitGoroutines(t *testing.T, function string, n int) {
	t.Helper()
	stacks := make([]byte, 4<<20)
	require.Eventually(t, func() bool {
		blocked := 0
		for _, stack := range strings.Split(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
			state, _, _ := strings.Cut(stack, "\n")
			if strings.Contains(state, "[select") && strings.Contains(stack, function+"(") {
				blocked++
			}
		}
		return blocked == n
	}, await.Patience, time.Millisecond, "goroutines in %s", function)
}

// admissions are calls that wait for admission while the connection has no
// room.
var admissions = map[string]func(ctx context.Context, ioctx, other *rados.IOContext) error{
	"Read": func(_ context.Context, ioctx, _ *rados.IOContext) error {
		return second(ioctx.Read("object", make([]byte, 8), 0))
	},
	"ReadContext": func(ctx context.Context, ioctx, _ *rados.IOContext) error {
		return second(ioctx.ReadContext(ctx, "object", make([]byte, 8), 0))
	},
	"Write": func(_ context.Context, ioctx, _ *rados.IOContext) error { return ioctx.Write("object", data, 0) },
	"ReadOp.Operate": func(_ context.Context, ioctx, _ *rados.IOContext) error {
		r := rados.CreateReadOp()
		r.Stat()
		return r.Operate(ioctx, "object", 0)
	},
	"WriteOp.Operate": func(_ context.Context, ioctx, _ *rados.IOContext) error {
		w := rados.CreateWriteOp()
		w.Remove()
		return w.Operate(ioctx, "object", 0)
	},
	"Pipeline": func(ctx context.Context, ioctx, _ *rados.IOContext) error {
		return failed(rados.Pipeline(ctx, 2, slices.Values([]*rados.Task{ioctx.Tasks().Stat2("object")})))
	},
}

// failed returns the first error of a Pipeline, and leaves its loop.
func failed(tasks iter.Seq[*rados.Task]) error {
	for t := range tasks {
		if t.Err != nil {
			return t.Err
		}
	}
	return nil
}

// closings are the ways to close an IOContext, and the errors of its calls then.
var closings = map[string]struct {
	close func(o on)
	err   error
}{
	"Destroy":  {func(o on) { o.ioctx.Destroy() }, rados.ErrInvalidIOContext},
	"Shutdown": {func(o on) { o.conn.Shutdown() }, rados.ErrNotConnected},
}

// TestDestroyEndsWaitingForAdmission closes the IOContext of a call that waits
// for room while calls of another IOContext have all of it.
func TestDestroyEndsWaitingForAdmission(t *testing.T) {
	for how, closing := range closings {
		for name, call := range admissions {
			t.Run(how+" "+name, func(t *testing.T) {
				o := both(t)
				require.NoError(t, o.conn.SetMaxInFlight(1, 0))
				other, err := o.conn.OpenIOContext("pool")
				require.NoError(t, err)
				taken := begun(t, "rados_stat2", func() error {
					return failed(rados.Pipeline(t.Context(), 2, slices.Values([]*rados.Task{other.Tasks().Stat2("object")})))
				})
				done := make(chan error)
				go func() { done <- call(t.Context(), o.ioctx, other) }()
				awaitGoroutines(t, "throttle.(*Limit).Enter", 1)
				closing.close(o)
				assert.ErrorIs(t, <-done, closing.err)
				fakelibrados.Release("rados_stat2")
				<-taken
			})
		}
	}
}

// TestDestroyEndsATaskWaitingForAdmission does the same for a task of a
// Pipeline whose own tasks, of another IOContext, have all the room.
func TestDestroyEndsATaskWaitingForAdmission(t *testing.T) {
	o := both(t)
	require.NoError(t, o.conn.SetMaxInFlight(1, 0))
	other, err := o.conn.OpenIOContext("pool")
	require.NoError(t, err)
	yielded := make(chan error)
	begun(t, "rados_stat2", func() error {
		for task := range rados.Pipeline(t.Context(), 2, slices.Values([]*rados.Task{
			other.Tasks().Stat2("object"), o.ioctx.Tasks().Stat2("object"),
		})) {
			yielded <- task.Err
		}
		close(yielded)
		return nil
	})
	awaitGoroutines(t, "pipeline.(*pipeline[...]).collect", 1)
	o.ioctx.Destroy()
	assert.ErrorIs(t, <-yielded, rados.ErrInvalidIOContext)
	fakelibrados.Release("rados_stat2")
	assert.NoError(t, <-yielded)
	<-yielded
}

// startOfCalls is the C function in which a call is started.
const startOfCalls = "rados_aio_create_completion2"

// fillSubmit makes as many calls as may be started together, which end after the release of startOfCalls.
func fillSubmit(t *testing.T, ioctx *rados.IOContext) *await.Group {
	t.Helper()
	processors := runtime.GOMAXPROCS(0)
	starting := min(max(1, processors/2), 8) + max(8, 2*processors)
	fakelibrados.Hold(startOfCalls)
	var started await.Group
	for range starting {
		started.Go(func() { _, _ = ioctx.ReadContext(context.Background(), "object", make([]byte, 8), 0) })
	}
	require.True(t, fakelibrados.Await(startOfCalls, starting))
	return &started
}

// TestDestroyEndsWaitingForAStart closes the IOContext of a call that waits for
// others to be started while librados is slow.
func TestDestroyEndsWaitingForAStart(t *testing.T) {
	calls := map[string]func(o on) error{
		"ReadContext": func(o on) error { return second(o.ioctx.ReadContext(t.Context(), "object", make([]byte, 8), 0)) },
		"Watch":       func(o on) error { return second(o.ioctx.Watch("object")) },
		"Notify": func(o on) error {
			_, _, err := o.ioctx.Notify("object", nil)
			return err
		},
	}
	for how, closing := range closings {
		for name, call := range calls {
			t.Run(how+" "+name, func(t *testing.T) {
				o := both(t)
				other, err := o.conn.OpenIOContext("pool")
				require.NoError(t, err)
				starting := fillSubmit(t, other)
				done := make(chan error)
				go func() { done <- call(o) }()
				awaitGoroutines(t, "throttle.(*Limit).Enter", 1)
				closing.close(o)
				assert.ErrorIs(t, <-done, closing.err)
				fakelibrados.Release(startOfCalls)
				starting.Wait()
			})
		}
	}
}
