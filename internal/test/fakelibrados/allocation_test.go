// With -asan, variables of which C gets the address are on the heap, so the numbers would be those of -asan.
//go:build !asan

package fakelibrados_test

import (
	"iter"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

func TestNoAllocations(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Answer("rados_read_op_read", "content")
	fakelibrados.Answer("rados_getxattr", "value")
	buf, keys := make([]byte, 64), []string{"key", "other"}
	pairs := map[string][]byte{"key": data, "other": make([]byte, 200)}
	for name, call := range map[string]func() error{
		"Append":     func() error { return ioctx.Append("object", data) },
		"Delete":     func() error { return ioctx.Delete("object") },
		"GetXattr":   func() error { return second(ioctx.GetXattr("object", "xattr", buf)) },
		"Read":       func() error { return second(ioctx.Read("object", buf, 0)) },
		"RmOmapKeys": func() error { return ioctx.RmOmapKeys("object", keys) },
		"RmXattr":    func() error { return ioctx.RmXattr("object", "xattr") },
		"SetOmap":    func() error { return ioctx.SetOmap("object", pairs) },
		"SetXattr":   func() error { return ioctx.SetXattr("object", "xattr", data) },
		"Stat":       func() error { return second(ioctx.Stat("object")) },
		"Truncate":   func() error { return ioctx.Truncate("object", 7) },
		"Write":      func() error { return ioctx.Write("object", data, 0) },
		"WriteFull":  func() error { return ioctx.WriteFull("object", data) },
	} {
		assert.Zero(t, testing.AllocsPerRun(100, func() {
			if err := call(); err != nil {
				t.Error(err)
			}
		}), name)
	}
}

// TestOneAllocation reads strings: each is copied once, and the buffer of the
// shim is not Go's.
func TestOneAllocation(t *testing.T) {
	o := both(t)
	long := strings.Repeat("x", 100)
	fakelibrados.Answer("rados_conf_get", long)
	fakelibrados.Answer("rados_mon_command", "", long)
	o.ioctx.SetNamespace(long)
	for name, call := range map[string]func() error{
		"GetConfigOption": func() error { return second(o.conn.GetConfigOption("option")) },
		"GetNamespace":    func() error { return second(o.ioctx.GetNamespace()) },
		"MonCommand":      func() error { return third(o.conn.MonCommand(data)) },
	} {
		assert.EqualValues(t, 1, testing.AllocsPerRun(100, func() {
			if err := call(); err != nil {
				t.Error(err)
			}
		}), name)
	}
}

// TestListingAllocations goes through a listing: each object takes its name.
func TestListingAllocations(t *testing.T) {
	fakelibrados.Quick(true)
	defer fakelibrados.Quick(false)
	iter, err := opened(t).Iter()
	require.NoError(t, err)
	defer iter.Close()
	assert.EqualValues(t, 1, testing.AllocsPerRun(1000, func() {
		if !iter.Next() || iter.Value() == "" {
			t.Error(iter.Err())
		}
	}))
}

// TestPageAllocations goes through listings that fetch many objects at a time: each object takes its name,
// and the listing the same few allocations for any number of objects.
func TestPageAllocations(t *testing.T) {
	ioctx := opened(t)
	for name, list := range map[string]struct {
		fill func(int)
		all  func() iter.Seq2[rados.Object, error]
	}{
		"Objects":      {func(n int) { manyObjects(n) }, ioctx.Objects},
		"ObjectsSlice": {func(n int) { sliced(n) }, func() iter.Seq2[rados.Object, error] { return ioctx.ObjectsSlice(0, 1) }},
	} {
		const n = 2000
		list.fill(n)
		allocated := testing.AllocsPerRun(5, func() {
			for _, err := range list.all() {
				if err != nil {
					t.Error(err)
				}
			}
		})
		assert.InDelta(t, n, allocated, 50, name)
	}
}

// TestPipelineAllocations performs tasks again and again: that allocates for the Pipeline only,
// not for each task.
func TestPipelineAllocations(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Quick(true)
	defer fakelibrados.Quick(false)
	const depth = 8
	tasks := make([]*rados.Task, depth+1)
	for i := range tasks {
		tasks[i] = ioctx.Tasks().Read("object", make([]byte, 64), 0)
	}
	perform := func(n int) func() {
		return func() {
			for task := range rados.Pipeline(t.Context(), depth, func(yield func(*rados.Task) bool) {
				for i := 0; i < n && yield(tasks[i%len(tasks)]); i++ {
				}
			}) {
				if task.Err != nil {
					t.Error(task.Err)
				}
			}
		}
	}
	few := testing.AllocsPerRun(10, perform(100))
	assert.InDelta(t, few, testing.AllocsPerRun(10, perform(5000)), 50)
}

// TestOperationsAllocateLittle performs operations: only what the caller gets is
// allocated, independent of the number of keys.
func TestOperationsAllocateLittle(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Quick(true)
	defer fakelibrados.Quick(false)
	few, many := map[string][]byte{}, map[string][]byte{}
	for _, key := range []string{"a", "b", "c", "d"} {
		few[key] = data
		for _, other := range []string{"a", "b", "c", "d"} {
			many[key+other] = make([]byte, 100)
		}
	}
	setOmap := func(pairs map[string][]byte) func() {
		return func() {
			op := rados.CreateWriteOp()
			op.SetOmap(pairs)
			if err := op.Operate(ioctx, "object", 0); err != nil {
				t.Error(err)
			}
		}
	}
	buffer := make([]byte, 64)
	read := func() {
		op := rados.CreateReadOp()
		op.Read(0, buffer)
		if err := op.Operate(ioctx, "object", 0); err != nil {
			t.Error(err)
		}
	}
	assert.EqualValues(t, 1, testing.AllocsPerRun(100, setOmap(few)), "the operation")
	assert.EqualValues(t, 1, testing.AllocsPerRun(100, setOmap(many)), "the operation")
	assert.EqualValues(t, 2, testing.AllocsPerRun(100, read), "the operation and the result")
}
