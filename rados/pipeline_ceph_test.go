package rados_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// tasks yields n tasks.
func tasks(n int, task func(i int) *rados.Task) iter.Seq[*rados.Task] {
	return func(yield func(*rados.Task) bool) {
		for i := range n {
			t := task(i)
			t.Tag = i
			if !yield(t) {
				return
			}
		}
	}
}

func TestPipelineOfObjectTasks(t *testing.T) {
	ioctx := namespace(t)
	const n = 300
	name := func(i int) string { return fmt.Sprint("object", i) }
	content := func(i int) string { return fmt.Sprint("content of ", i) }
	all := func(depth int, task func(i int) *rados.Task, check func(i int, task *rados.Task)) {
		t.Helper()
		var seen []int
		for task := range rados.Pipeline(t.Context(), depth, tasks(n, task)) {
			require.NoError(t, task.Err)
			assert.Equal(t, name(task.Tag.(int)), task.Object)
			check(task.Tag.(int), task)
			seen = append(seen, task.Tag.(int))
		}
		slices.Sort(seen)
		assert.Len(t, slices.Compact(seen), n)
	}
	buffers := make([][]byte, n)
	all(16, func(i int) *rados.Task { return ioctx.WriteFullTask(name(i), []byte(content(i))) },
		func(_ int, task *rados.Task) { assert.NotZero(t, task.Version) })
	all(7, func(i int) *rados.Task { return ioctx.AppendTask(name(i), []byte("!")) }, func(int, *rados.Task) {})
	all(1000, func(i int) *rados.Task { return ioctx.StatTask(name(i)) }, func(i int, task *rados.Task) {
		assert.EqualValues(t, len(content(i))+1, task.Stat.Size)
		assert.False(t, task.Stat.ModTime.IsZero())
	})
	all(1, func(i int) *rados.Task {
		buffers[i] = make([]byte, 100)
		return ioctx.ReadTask(name(i), buffers[i], 1)
	}, func(i int, task *rados.Task) {
		assert.Equal(t, content(i)[1:]+"!", string(buffers[i][:task.N]))
	})
	all(64, func(i int) *rados.Task { return ioctx.DeleteTask(name(i)) }, func(int, *rados.Task) {})
	for task := range rados.Pipeline(t.Context(), 64, tasks(n, func(i int) *rados.Task { return ioctx.DeleteTask(name(i)) })) {
		assert.ErrorIs(t, task.Err, rados.ErrNotFound)
		var of *rados.ObjectError
		require.ErrorAs(t, task.Err, &of)
		assert.Equal(t, task.Object, of.Object)
	}
}

func TestPipelineOfOperations(t *testing.T) {
	ioctx := namespace(t)
	var steps []*rados.ReadOpReadStep
	write := func(i int) *rados.Task {
		w := rados.CreateWriteOp()
		w.WriteFull([]byte{byte(i)})
		w.SetXattr("i", []byte{byte(i)})
		return w.Task(ioctx, fmt.Sprint(i), rados.OperationNoFlag)
	}
	for task := range rados.Pipeline(t.Context(), 8, tasks(50, write)) {
		require.NoError(t, task.Err)
	}
	read := func(i int) *rados.Task {
		r := rados.CreateReadOp()
		r.CmpXattr("i", rados.CompareEQ, []byte{byte(i / 2 * 2)})
		steps = append(steps, r.Read(0, make([]byte, 2)))
		return r.Task(ioctx, fmt.Sprint(i), rados.OperationNoFlag)
	}
	for task := range rados.Pipeline(t.Context(), 8, tasks(50, read)) {
		i := task.Tag.(int)
		if i%2 == 0 {
			require.NoError(t, task.Err)
			assert.EqualValues(t, 1, steps[i].BytesRead)
			continue
		}
		var e rados.OperationError
		require.ErrorAs(t, task.Err, &e)
	}
	used := rados.CreateWriteOp()
	require.NoError(t, used.Operate(ioctx, "x", 0))
	again := []*rados.Task{used.Task(ioctx, "x", 0), {}, nil, rados.CreateReadOp().Task(ioctx, "x", 0)}
	var errs []error
	for task := range rados.Pipeline(t.Context(), 0, slices.Values(again)) {
		errs = append(errs, task.Err)
	}
	require.Len(t, errs, 3)
	assert.ErrorIs(t, errs[0], rados.ErrOperationUsed)
	assert.Error(t, errs[1], "of nothing")
	assert.NoError(t, errs[2], "nothing to do")
}

func TestPipelineLeftEarly(t *testing.T) {
	ioctx := namespace(t)
	asked := 0
	for range rados.Pipeline(t.Context(), 4, tasks(100, func(i int) *rados.Task {
		asked++
		return ioctx.WriteFullTask(fmt.Sprint(i), nil)
	})) {
		break
	}
	assert.LessOrEqual(t, asked, 5)
}

func TestPipelineWithAnEndedContext(t *testing.T) {
	ioctx := namespace(t)
	ctx, cancel := context.WithCancel(t.Context())
	asked, given := 0, 0
	for task := range rados.Pipeline(ctx, 8, tasks(1000, func(i int) *rados.Task {
		if asked++; asked == 20 {
			cancel()
		}
		return ioctx.WriteFullTask(fmt.Sprint(i), nil)
	})) {
		given++
		if task.Err != nil {
			assert.ErrorIs(t, task.Err, context.Canceled)
		}
	}
	assert.Equal(t, 20, asked)
	assert.GreaterOrEqual(t, given, 19, "each is told of that was started")
}

func TestPipelineWithinTheBoundsOfTheConn(t *testing.T) {
	ioctx := namespace(t)
	conn := radostest.Conn(t)
	require.NoError(t, conn.SetMaxInFlight(2, 100))
	pool, err := ioctx.GetPoolName()
	require.NoError(t, err)
	other, err := conn.OpenIOContext(pool)
	require.NoError(t, err)
	t.Cleanup(other.Destroy)
	n := 0
	for task := range rados.Pipeline(t.Context(), 50, tasks(200, func(i int) *rados.Task {
		return other.WriteFullTask(fmt.Sprint(i), make([]byte, i))
	})) {
		require.NoError(t, task.Err)
		n++
	}
	assert.Equal(t, 200, n)
	for _, bad := range []error{conn.SetMaxInFlight(-1, 0), conn.SetMaxInFlight(0, -1)} {
		assert.Error(t, bad)
	}
}

func TestPipelineDestroyedMeanwhile(t *testing.T) {
	ioctx := namespace(t)
	c, err := ioctx.Clone()
	require.NoError(t, err)
	for task := range rados.Pipeline(t.Context(), 8, tasks(100, func(i int) *rados.Task {
		if i == 50 {
			c.Destroy()
		}
		return c.WriteFullTask(fmt.Sprint(i), nil)
	})) {
		if task.Tag.(int) >= 50 {
			assert.ErrorIs(t, task.Err, rados.ErrInvalidIOContext)
		} else if task.Err != nil {
			assert.True(t, errors.Is(task.Err, rados.ErrInvalidIOContext))
		}
	}
}
