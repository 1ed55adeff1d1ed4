package rados_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
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
	all(16, func(i int) *rados.Task { return ioctx.Tasks().WriteFull(name(i), []byte(content(i))) },
		func(_ int, task *rados.Task) { assert.NotZero(t, task.Version) })
	all(7, func(i int) *rados.Task { return ioctx.Tasks().Append(name(i), []byte("!")) }, func(int, *rados.Task) {})
	all(1000, func(i int) *rados.Task { return ioctx.Tasks().Stat2(name(i)) }, func(i int, task *rados.Task) {
		assert.EqualValues(t, len(content(i))+1, task.Stat.Size)
		assert.False(t, task.Stat.ModTime.IsZero())
	})
	all(1, func(i int) *rados.Task {
		buffers[i] = make([]byte, 100)
		return ioctx.Tasks().Read(name(i), buffers[i], 1)
	}, func(i int, task *rados.Task) {
		assert.Equal(t, content(i)[1:]+"!", string(buffers[i][:task.N]))
	})
	all(64, func(i int) *rados.Task { return ioctx.Tasks().Delete(name(i)) }, func(int, *rados.Task) {})
	for task := range rados.Pipeline(t.Context(), 64, tasks(n, func(i int) *rados.Task { return ioctx.Tasks().Delete(name(i)) })) {
		assert.ErrorIs(t, task.Err, rados.ErrNotFound)
		var of *rados.ObjectError
		require.ErrorAs(t, task.Err, &of)
		assert.Equal(t, task.Object, of.Object)
	}
}

// TestPipelineOfEachTask performs each kind of task and its method on objects of the same content, and
// compares the results.
func TestPipelineOfEachTask(t *testing.T) {
	ioctx := namespace(t)
	const lock = "lock"
	prepare := func(oid string) {
		require.NoError(t, ioctx.WriteFull(oid, []byte("content")))
		require.NoError(t, ioctx.SetXattr(oid, "xattr", []byte("value")))
		require.NoError(t, ioctx.SetOmap(oid, map[string][]byte{"key": []byte("value"), "other": nil}))
		code, err := ioctx.LockExclusive(oid, lock, "cookie", "", 0, nil)
		require.NoError(t, err)
		require.Zero(t, code)
	}
	type result struct {
		n    int
		stat rados.ObjectStat
		err  error
	}
	number := func(n int, err error) result { return result{n: n, err: err} }
	stat := func(stat rados.ObjectStat, err error) result { return result{stat: stat, err: err} }
	failure := func(err error) result { return result{err: err} }
	pairs := map[string][]byte{"new": []byte("value")}
	data := []byte("data")
	var own, other [3][10]byte // to be filled by tasks, and by methods
	tasks := ioctx.Tasks()
	kinds := map[string]struct {
		task   func(oid string) *rados.Task
		method func(oid string) result
	}{
		"Append": {func(oid string) *rados.Task { return tasks.Append(oid, data) },
			func(oid string) result { return failure(ioctx.Append(oid, data)) }},
		"CleanOmap": {func(oid string) *rados.Task { return tasks.CleanOmap(oid) },
			func(oid string) result { return failure(ioctx.CleanOmap(oid)) }},
		"CmpExt": {func(oid string) *rados.Task { return tasks.CmpExt(oid, []byte("tent"), 3) },
			func(oid string) result { return failure(ioctx.CmpExt(oid, []byte("tent"), 3)) }},
		"CmpExt of other data": {func(oid string) *rados.Task { return tasks.CmpExt(oid, []byte("test"), 3) },
			func(oid string) result { return failure(ioctx.CmpExt(oid, []byte("test"), 3)) }},
		"Create": {func(oid string) *rados.Task { return tasks.Create(oid, rados.CreateIdempotent) },
			func(oid string) result { return failure(ioctx.Create(oid, rados.CreateIdempotent)) }},
		"Create again": {func(oid string) *rados.Task { return tasks.Create(oid, rados.CreateExclusive) },
			func(oid string) result { return failure(ioctx.Create(oid, rados.CreateExclusive)) }},
		"Delete": {func(oid string) *rados.Task { return tasks.Delete(oid) },
			func(oid string) result { return failure(ioctx.Delete(oid)) }},
		"GetXattr": {func(oid string) *rados.Task { return tasks.GetXattr(oid, "xattr", own[0][:]) },
			func(oid string) result { return number(ioctx.GetXattr(oid, "xattr", other[0][:])) }},
		"GetXattr of none": {func(oid string) *rados.Task { return tasks.GetXattr(oid, "none", own[1][:]) },
			func(oid string) result { return number(ioctx.GetXattr(oid, "none", other[1][:])) }},
		"Read": {func(oid string) *rados.Task { return tasks.Read(oid, own[2][:], 2) },
			func(oid string) result { return number(ioctx.Read(oid, other[2][:], 2)) }},
		"RmOmapKeys": {func(oid string) *rados.Task { return tasks.RmOmapKeys(oid, []string{"key"}) },
			func(oid string) result { return failure(ioctx.RmOmapKeys(oid, []string{"key"})) }},
		"RmXattr": {func(oid string) *rados.Task { return tasks.RmXattr(oid, "xattr") },
			func(oid string) result { return failure(ioctx.RmXattr(oid, "xattr")) }},
		"SetAllocationHint": {func(oid string) *rados.Task { return tasks.SetAllocationHint(oid, 4096, 4096, 0) },
			func(oid string) result { return failure(ioctx.SetAllocationHint(oid, 4096, 4096, 0)) }},
		"SetOmap": {func(oid string) *rados.Task { return tasks.SetOmap(oid, pairs) },
			func(oid string) result { return failure(ioctx.SetOmap(oid, pairs)) }},
		"SetXattr": {func(oid string) *rados.Task { return tasks.SetXattr(oid, "new", data) },
			func(oid string) result { return failure(ioctx.SetXattr(oid, "new", data)) }},
		"Stat": {func(oid string) *rados.Task { return tasks.Stat(oid) },
			func(oid string) result { return stat(ioctx.Stat(oid)) }},
		"Stat2": {func(oid string) *rados.Task { return tasks.Stat2(oid) },
			func(oid string) result { return stat(ioctx.Stat2(oid)) }},
		"Truncate": {func(oid string) *rados.Task { return tasks.Truncate(oid, 3) },
			func(oid string) result { return failure(ioctx.Truncate(oid, 3)) }},
		"Unlock": {func(oid string) *rados.Task { return tasks.Unlock(oid, lock, "cookie") },
			func(oid string) result { return number(ioctx.Unlock(oid, lock, "cookie")) }},
		"Unlock of another": {func(oid string) *rados.Task { return tasks.Unlock(oid, lock, "other") },
			func(oid string) result { return number(ioctx.Unlock(oid, lock, "other")) }},
		"Write": {func(oid string) *rados.Task { return tasks.Write(oid, data, 5) },
			func(oid string) result { return failure(ioctx.Write(oid, data, 5)) }},
		"WriteFull": {func(oid string) *rados.Task { return tasks.WriteFull(oid, data) },
			func(oid string) result { return failure(ioctx.WriteFull(oid, data)) }},
		"WriteSame": {func(oid string) *rados.Task { return tasks.WriteSame(oid, data, 8, 0) },
			func(oid string) result { return failure(ioctx.WriteSame(oid, data, 8, 0)) }},
	}
	for name := range kinds {
		prepare("task of " + name)
		prepare("method of " + name)
	}
	performed := map[string]*rados.Task{}
	for task := range rados.Pipeline(t.Context(), 4, func(yield func(*rados.Task) bool) {
		for name, kind := range kinds {
			task := kind.task("task of " + name)
			task.Tag = name
			if !yield(task) {
				return
			}
		}
	}) {
		performed[task.Tag.(string)] = task
	}
	require.Len(t, performed, len(kinds))
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			task, want := performed[name], kind.method("method of "+name)
			assert.Equal(t, want.n, task.N)
			assert.Equal(t, want.stat.Size, task.Stat.Size)
			assert.Equal(t, want.stat.ModTime.IsZero(), task.Stat.ModTime.IsZero())
			if want.err == nil {
				require.NoError(t, task.Err)
			} else {
				reason := want.err
				if of := (*rados.ObjectError)(nil); errors.As(reason, &of) {
					reason = of.Err
				}
				require.ErrorIs(t, task.Err, reason)
			}
			assert.Equal(t, stateOf(t, ioctx, "method of "+name), stateOf(t, ioctx, "task of "+name))
		})
	}
	assert.Equal(t, other, own)
	assert.NotZero(t, own[2])
}

// stateOf returns the content, xattrs and omap of an object, and the number of its locks.
func stateOf(t *testing.T, ioctx *rados.IOContext, oid string) []any {
	t.Helper()
	buf := make([]byte, 100)
	n, err := ioctx.Read(oid, buf, 0)
	if errors.Is(err, rados.ErrNotFound) {
		return nil
	}
	require.NoError(t, err)
	omap, err := ioctx.GetAllOmapValues(oid, "", "", 10)
	require.NoError(t, err)
	xattrs, err := ioctx.ListXattrs(oid)
	require.NoError(t, err)
	for name := range xattrs {
		if strings.HasPrefix(name, "lock.") { // it names the client and the time
			xattrs[name] = nil
		}
	}
	lockers, err := ioctx.ListLockers(oid, "lock")
	require.NoError(t, err)
	return []any{string(buf[:n]), omap, xattrs, len(lockers.Clients)}
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
		return ioctx.Tasks().WriteFull(fmt.Sprint(i), nil)
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
		return ioctx.Tasks().WriteFull(fmt.Sprint(i), nil)
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
		return other.Tasks().WriteFull(fmt.Sprint(i), make([]byte, i))
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
		return c.Tasks().WriteFull(fmt.Sprint(i), nil)
	})) {
		if task.Tag.(int) >= 50 {
			assert.ErrorIs(t, task.Err, rados.ErrInvalidIOContext)
		} else if task.Err != nil {
			assert.True(t, errors.Is(task.Err, rados.ErrInvalidIOContext))
		}
	}
}
