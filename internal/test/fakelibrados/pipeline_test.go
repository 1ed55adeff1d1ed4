package fakelibrados_test

import (
	"context"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// TestPipelineLeftByAPanic expects tasks in flight to be cancelled, however the
// loop ends, their room to be released and their memory unpinned.
func TestPipelineLeftByAPanic(t *testing.T) {
	type leave func(where string)
	ways := map[string]leave{}
	for _, from := range []string{"loop", "tasks"} {
		ways["panic in the "+from] = func(where string) {
			if where == from {
				panic("left")
			}
		}
		ways["Goexit in the "+from] = func(where string) {
			if where == from {
				runtime.Goexit()
			}
		}
	}
	for name, leave := range ways {
		t.Run(name, func(t *testing.T) {
			o := both(t)
			require.NoError(t, o.conn.SetMaxInFlight(2, 0))
			for range 20 {
				fakelibrados.Hold("rados_read_op_operate")
				left := make(chan struct{})
				go func() {
					defer close(left)
					defer func() { _ = recover() }()
					for range rados.Pipeline(t.Context(), 4, func(yield func(*rados.Task) bool) {
						reads := rados.CreateReadOp()
						reads.Read(0, make([]byte, 8))
						_ = yield(o.ioctx.Tasks().Read("object", make([]byte, 8), 0)) &&
							yield(o.ioctx.Tasks().Stat2("object")) &&
							yield(reads.Task(o.ioctx, "object", 0))
						leave("tasks")
					}) {
						leave("loop")
					}
				}()
				<-left
				fakelibrados.Release("rados_read_op_operate")
			}
			collect() // where something were still pinned, Go would end the process
			require.NoError(t, o.conn.SetMaxInFlight(1, 0))
			assert.NoError(t, second(o.ioctx.ReadContext(t.Context(), "object", make([]byte, 8), 0)))
		})
	}
}

// TestTaskTwiceInAPipeline expects the second time to be refused, while the
// first proceeds.
func TestTaskTwiceInAPipeline(t *testing.T) {
	const object = "content"
	ioctx := opened(t)
	fakelibrados.Answer("rados_read_op_read", object)
	buf := make([]byte, len(object))
	task := ioctx.Tasks().Read("object", buf, 0)
	task.Tag = "tag"
	fakelibrados.Hold("rados_read_op_operate")
	yielded := 0
	for done := range rados.Pipeline(t.Context(), 3, slices.Values([]*rados.Task{task, task, ioctx.Tasks().Stat2("other"), task})) {
		switch {
		case done == task:
			require.NoError(t, done.Err)
			assert.Equal(t, len(object), done.N)
			assert.Equal(t, object, string(buf))
		case done.Object == "other":
			require.NoError(t, done.Err)
		default:
			assert.ErrorIs(t, done.Err, rados.ErrTaskInUse)
			var of *rados.ObjectError
			require.ErrorAs(t, done.Err, &of)
			assert.Equal(t, "Tasks.Read", of.Op)
			assert.Equal(t, "tag", done.Tag)
			assert.Equal(t, "object", done.Object)
			again := failed(rados.Pipeline(t.Context(), 1, slices.Values([]*rados.Task{done})))
			assert.Error(t, again, "it stands for no operation")
		}
		if yielded++; yielded == 3 { // but for the first, all that were given
			fakelibrados.Release("rados_read_op_operate")
		}
	}
	assert.Equal(t, 4, yielded)
	assert.Equal(t, 1, fakelibrados.Calls("rados_read_op_operate"))
	require.NoError(t, failed(rados.Pipeline(t.Context(), 3, slices.Values([]*rados.Task{task}))), "it was yielded")
}

// TestTaskInTwoPipelines expects one of two concurrent Pipelines to refuse the
// task.
func TestTaskInTwoPipelines(t *testing.T) {
	ioctx := opened(t)
	task := ioctx.Tasks().Read("object", make([]byte, 8), 0)
	first := begun(t, "rados_read_op_operate", func() error {
		return failed(rados.Pipeline(t.Context(), 2, slices.Values([]*rados.Task{task})))
	})
	assert.ErrorIs(t, failed(rados.Pipeline(t.Context(), 2, slices.Values([]*rados.Task{task}))), rados.ErrTaskInUse)
	fakelibrados.Release("rados_read_op_operate")
	require.NoError(t, <-first)

	// Concurrent Pipelines perform the task or refuse it, and it is free finally. A
	// performed task must not be read: the next Pipeline may already use it.
	var pipelines await.Group
	for range 8 {
		pipelines.Go(func() {
			for range 200 {
				for done := range rados.Pipeline(t.Context(), 2, slices.Values([]*rados.Task{task})) {
					if done != task {
						assert.ErrorIs(t, done.Err, rados.ErrTaskInUse)
					}
				}
			}
		})
	}
	pipelines.Wait()
	require.NoError(t, failed(rados.Pipeline(t.Context(), 2, slices.Values([]*rados.Task{task}))))
}

// TestTaskAfterAPanic expects the tasks of a Pipeline, however it ends, to be
// usable in another.
func TestTaskAfterAPanic(t *testing.T) {
	o := both(t)
	require.NoError(t, o.conn.SetMaxInFlight(1, 0))
	first, second := o.ioctx.Tasks().Stat2("first"), o.ioctx.Tasks().Stat2("second") // for which there is no room
	assert.Panics(t, func() {
		for range rados.Pipeline(t.Context(), 2, slices.Values([]*rados.Task{first, second})) {
			panic("left")
		}
	})
	for _, task := range []*rados.Task{first, second} {
		assert.NoError(t, failed(rados.Pipeline(t.Context(), 2, slices.Values([]*rados.Task{task}))))
	}
}

// TestPipelineOfTwoGoroutines expects one iterator to be usable by several goroutines,
// also without a context.
func TestPipelineOfTwoGoroutines(t *testing.T) {
	o := both(t)
	fakelibrados.Answer("rados_read_op_read", "content")
	var ctx context.Context
	results := rados.Pipeline(ctx, 2, func(yield func(*rados.Task) bool) {
		yield(o.ioctx.Tasks().Read("object", make([]byte, 7), 0))
	})
	var wg await.Group
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			n := 0
			for task := range results {
				assert.NoError(t, task.Err)
				n += task.N
			}
			assert.Equal(t, 7, n)
		}()
	}
	wg.Wait()
}
