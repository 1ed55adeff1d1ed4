package fakelibrados_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

var (
	keys      = []string{"key"}
	omapPairs = map[string][]byte{"key": data}
)

// makers make tasks with the arguments that methods has for the method of that name.
var makers = map[string]func(t rados.Tasks, name string) *rados.Task{
	"Append":            func(t rados.Tasks, name string) *rados.Task { return t.Append(name, data) },
	"CleanOmap":         func(t rados.Tasks, name string) *rados.Task { return t.CleanOmap(name) },
	"CmpExt":            func(t rados.Tasks, name string) *rados.Task { return t.CmpExt(name, data, 1<<40) },
	"Create":            func(t rados.Tasks, name string) *rados.Task { return t.Create(name, rados.CreateExclusive) },
	"Delete":            func(t rados.Tasks, name string) *rados.Task { return t.Delete(name) },
	"GetXattr":          func(t rados.Tasks, name string) *rados.Task { return t.GetXattr(name, "xattr", buffer) },
	"Read":              func(t rados.Tasks, name string) *rados.Task { return t.Read(name, buffer, 1<<40) },
	"RmOmapKeys":        func(t rados.Tasks, name string) *rados.Task { return t.RmOmapKeys(name, keys) },
	"RmXattr":           func(t rados.Tasks, name string) *rados.Task { return t.RmXattr(name, "xattr") },
	"SetAllocationHint": func(t rados.Tasks, name string) *rados.Task { return t.SetAllocationHint(name, 1<<40, 1<<20, 3) },
	"SetOmap":           func(t rados.Tasks, name string) *rados.Task { return t.SetOmap(name, omapPairs) },
	"SetXattr":          func(t rados.Tasks, name string) *rados.Task { return t.SetXattr(name, "xattr", data) },
	"Stat":              func(t rados.Tasks, name string) *rados.Task { return t.Stat(name) },
	"Stat2":             func(t rados.Tasks, name string) *rados.Task { return t.Stat2(name) },
	"Truncate":          func(t rados.Tasks, name string) *rados.Task { return t.Truncate(name, 1<<40) },
	"Unlock":            func(t rados.Tasks, name string) *rados.Task { return t.Unlock(name, "lock", "cookie") },
	"Write":             func(t rados.Tasks, name string) *rados.Task { return t.Write(name, data, 1<<40) },
	"WriteFull":         func(t rados.Tasks, name string) *rados.Task { return t.WriteFull(name, data) },
	"WriteSame":         func(t rados.Tasks, name string) *rados.Task { return t.WriteSame(name, data, 1<<40, 1<<41) },
}

// buffer is as long as that of the rows of methods.
var buffer = make([]byte, 8)

// forEachTask runs a test for each method that has a task.
func forEachTask(t *testing.T, test func(t *testing.T, m method, maker func(rados.Tasks, string) *rados.Task)) {
	forEach(t, func(m method) bool { return makers[m.name] != nil }, func(t *testing.T, m method) { test(t, m, makers[m.name]) })
}

// performed performs a task in a Pipeline of depth 2.
func performed(t *testing.T, task *rados.Task) *rados.Task {
	t.Helper()
	var yielded []*rados.Task
	for task := range rados.Pipeline(t.Context(), 2, slices.Values([]*rados.Task{task})) {
		yielded = append(yielded, task)
	}
	require.Equal(t, []*rados.Task{task}, yielded)
	return task
}

// TestTasksAreListed fails if a method has no row in makers or in methods.
func TestTasksAreListed(t *testing.T) {
	var listed, declared []string
	forEachTask(t, func(_ *testing.T, m method, _ func(rados.Tasks, string) *rados.Task) { listed = append(listed, m.name) })
	for i := range reflect.TypeFor[rados.Tasks]().NumMethod() {
		declared = append(declared, reflect.TypeFor[rados.Tasks]().Method(i).Name)
	}
	assert.ElementsMatch(t, declared, listed)
	assert.ElementsMatch(t, declared, slices.Collect(maps.Keys(makers)))
}

// TestTaskSendsWhatItsMethodSends compares the calls of librados.
func TestTaskSendsWhatItsMethodSends(t *testing.T) {
	forEachTask(t, func(t *testing.T, m method, maker func(rados.Tasks, string) *rados.Task) {
		o := both(t)
		require.NoError(t, m.call(o, "object"))
		args, steps := fakelibrados.Args(m.sends), fakelibrados.Sent()
		require.Equal(t, m.args("object"), args)

		o = both(t)
		task := performed(t, maker(o.ioctx.Tasks(), "object"))
		require.NoError(t, task.Err)
		assert.Equal(t, 1, fakelibrados.Calls(m.sends))
		assert.Equal(t, args, fakelibrados.Args(m.sends))
		assert.Equal(t, steps, fakelibrados.Sent())
		version, err := o.ioctx.GetLastVersion()
		require.NoError(t, err)
		assert.Equal(t, version, task.Version)
		assert.NotZero(t, version)
	})
}

// TestTaskResults compares the results of tasks with those of the methods.
func TestTaskResults(t *testing.T) {
	ioctx := opened(t)
	tasks := ioctx.Tasks()
	fakelibrados.Answer("rados_read_op_read", "content")
	fakelibrados.Answer("rados_getxattr", "value")
	fakelibrados.Answer("rados_stat", memory(7), memory(1457129052))
	fakelibrados.Answer("rados_stat2", memory(8), memory(1457129052, 123456789))

	buf := make([]byte, 10)
	assert.Equal(t, 7, performed(t, tasks.Read("object", buf, 0)).N)
	assert.Equal(t, "content", string(buf[:7]))
	assert.Equal(t, 5, performed(t, tasks.GetXattr("object", "xattr", buf)).N)
	assert.Equal(t, "value", string(buf[:5]))
	assert.Equal(t, rados.ObjectStat{Size: 7, ModTime: time.Unix(1457129052, 0)}, performed(t, tasks.Stat("object")).Stat)
	assert.Equal(t, rados.ObjectStat{Size: 8, ModTime: time.Unix(1457129052, 123456789)}, performed(t, tasks.Stat2("object")).Stat)

	unlock := performed(t, tasks.Unlock("object", "lock", "cookie"))
	require.NoError(t, unlock.Err)
	assert.Zero(t, unlock.N)
	fakelibrados.Return("rados_unlock", -int(syscall.ENOENT))
	require.NoError(t, performed(t, unlock).Err)
	assert.Equal(t, -int(syscall.ENOENT), unlock.N, "an answer")
	fakelibrados.Return("rados_unlock", 0)
	assert.Zero(t, performed(t, unlock).N)

	fakelibrados.Return("rados_cmpext", -4095-5)
	offset, ok := rados.MismatchOffset(performed(t, tasks.CmpExt("object", data, 0)).Err)
	assert.True(t, ok)
	assert.EqualValues(t, 5, offset)
}

// TestTaskErrorsNameArguments has a task of each method fail whose errors name more than the object.
func TestTaskErrorsNameArguments(t *testing.T) {
	o := both(t)
	tasks := o.ioctx.Tasks()
	o.ioctx.Destroy()
	for want, list := range map[string][]*rados.Task{
		`attribute "a"`: {tasks.GetXattr("object", "a", nil), tasks.SetXattr("object", "a", nil), tasks.RmXattr("object", "a")},
		`lock "l"`:      {tasks.Unlock("object", "l", "cookie")},
		"":              {tasks.Truncate("object", 7)},
	} {
		for _, task := range list {
			var named *rados.ObjectError
			require.ErrorAs(t, performed(t, task).Err, &named)
			assert.Equal(t, want, named.Argument, named.Op)
			assert.Equal(t, "object", named.Object, named.Op)
		}
	}
}

func TestTaskErrors(t *testing.T) {
	forEachTask(t, func(t *testing.T, m method, maker func(rados.Tasks, string) *rados.Task) {
		o := both(t)
		fakelibrados.Return(m.sends, -int(syscall.EPERM))
		task := performed(t, maker(o.ioctx.Tasks(), "object"))
		assert.ErrorIs(t, task.Err, syscall.EPERM)
		var of *rados.ObjectError
		require.ErrorAs(t, task.Err, &of)
		assert.Equal(t, "Tasks."+m.name, of.Op)
		assert.Equal(t, "object", of.Object)
		fakelibrados.Return(m.sends, 0)
		require.NoError(t, performed(t, task).Err, "it can be performed again")

		o.ioctx.Destroy()
		assert.ErrorIs(t, performed(t, maker(o.ioctx.Tasks(), "object")).Err, rados.ErrInvalidIOContext)
		assert.ErrorIs(t, performed(t, maker(rados.Tasks{}, "object")).Err, rados.ErrInvalidIOContext)
	})
}

// TestTaskThatIsNotStarted has no version, not even that of an earlier call.
func TestTaskThatIsNotStarted(t *testing.T) {
	forEachTask(t, func(t *testing.T, m method, maker func(rados.Tasks, string) *rados.Task) {
		o := both(t)
		require.NotZero(t, performed(t, o.ioctx.Tasks().WriteFull("object", data)).Version)
		other, err := o.conn.OpenIOContext("pool")
		require.NoError(t, err)
		sendsNothing(t, func() {
			task := performed(t, maker(other.Tasks(), "ob\x00ject"))
			assert.ErrorIs(t, task.Err, rados.ErrNameContainsNUL)
			assert.Zero(t, task.Version)
		})
		version, err := other.GetLastVersion()
		require.NoError(t, err)
		assert.Zero(t, version)
	})
}

func TestTaskIsCancelled(t *testing.T) {
	forEachTask(t, func(t *testing.T, m method, maker func(rados.Tasks, string) *rados.Task) {
		o := both(t)
		task := maker(o.ioctx.Tasks(), "object")
		cancelled(t, m.sends, func(ctx context.Context) error {
			return failed(rados.Pipeline(ctx, 2, slices.Values([]*rados.Task{task})))
		})
		assert.Equal(t, changes[m.sends], errors.Is(task.Err, rados.ErrOutcomeUnknown))
		assert.Zero(t, task.Stat)
	})
}

// TestArgumentsOfATask changes memory that a call sends once the Pipeline asks for the next task.
func TestArgumentsOfATask(t *testing.T) {
	for name, m := range map[string]struct {
		sends string
		maker func(tasks rados.Tasks, own []byte) (task *rados.Task, change func())
	}{
		"Append": {"rados_append", func(tasks rados.Tasks, own []byte) (*rados.Task, func()) { return tasks.Append("object", own), nil }},
		"CmpExt": {"rados_cmpext", func(tasks rados.Tasks, own []byte) (*rados.Task, func()) {
			return tasks.CmpExt("object", own, 1<<40), nil
		}},
		"RmOmapKeys": {"rados_write_op_operate", func(tasks rados.Tasks, _ []byte) (*rados.Task, func()) {
			list := slices.Clone(keys)
			return tasks.RmOmapKeys("object", list), func() { list[0] = "changed" }
		}},
		"SetOmap": {"rados_write_op_operate", func(tasks rados.Tasks, own []byte) (*rados.Task, func()) {
			pairs := map[string][]byte{"key": own}
			return tasks.SetOmap("object", pairs), func() { clear(pairs) }
		}},
		"SetXattr": {"rados_setxattr", func(tasks rados.Tasks, own []byte) (*rados.Task, func()) {
			return tasks.SetXattr("object", "xattr", own), nil
		}},
		"Write": {"rados_write", func(tasks rados.Tasks, own []byte) (*rados.Task, func()) {
			return tasks.Write("object", own, 1<<40), nil
		}},
		"WriteFull": {"rados_write_full", func(tasks rados.Tasks, own []byte) (*rados.Task, func()) { return tasks.WriteFull("object", own), nil }},
		"WriteSame": {"rados_writesame", func(tasks rados.Tasks, own []byte) (*rados.Task, func()) {
			return tasks.WriteSame("object", own, 1<<40, 1<<41), nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			o := both(t)
			require.NoError(t, performed(t, makers[name](o.ioctx.Tasks(), "object")).Err)
			args, steps := fakelibrados.Args(m.sends), fakelibrados.Sent()

			o = both(t)
			fakelibrados.Hold(m.sends)
			own := bytes.Clone(data)
			for task := range rados.Pipeline(t.Context(), 2, func(yield func(*rados.Task) bool) {
				task, change := m.maker(o.ioctx.Tasks(), own)
				if !yield(task) {
					return
				}
				clear(own)
				if change != nil {
					change()
				}
				fakelibrados.Release(m.sends)
			}) {
				require.NoError(t, task.Err)
			}
			assert.Equal(t, args, fakelibrados.Args(m.sends))
			assert.Equal(t, steps, fakelibrados.Sent())
		})
	}
}

// TestBufferOfATask collects garbage while librados has a buffer to which only the task refers.
func TestBufferOfATask(t *testing.T) {
	for sends, maker := range map[string]func(tasks rados.Tasks, buf []byte) *rados.Task{
		"rados_read_op_operate": func(tasks rados.Tasks, buf []byte) *rados.Task { return tasks.Read("object", buf, 0) },
		"rados_getxattr":        func(tasks rados.Tasks, buf []byte) *rados.Task { return tasks.GetXattr("object", "xattr", buf) },
	} {
		t.Run(sends, func(t *testing.T) {
			ioctx := opened(t)
			fakelibrados.Answer("rados_read_op_read", "content")
			fakelibrados.Answer("rados_getxattr", "content")
			fakelibrados.Hold(sends)
			for task := range rados.Pipeline(t.Context(), 2, func(yield func(*rados.Task) bool) {
				buf := make([]byte, 1<<16)
				task := maker(ioctx.Tasks(), buf)
				task.Tag = buf
				if !yield(task) {
					return
				}
				collect()
				fakelibrados.Release(sends)
			}) {
				require.NoError(t, task.Err)
				assert.Equal(t, "content", string(task.Tag.([]byte)[:task.N]))
			}
		})
	}
}

// TestTaskTakesOneAllocation makes and performs tasks: the Task and its arguments are one object.
func TestTaskTakesOneAllocation(t *testing.T) {
	tasks := opened(t).Tasks()
	for name, maker := range makers {
		assert.EqualValues(t, 1, testing.AllocsPerRun(100, func() { maker(tasks, "object") }), name)
	}
}
