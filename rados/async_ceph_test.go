package rados_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"runtime/pprof"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/process"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

func TestOperateContext(t *testing.T) {
	ioctx := namespace(t)
	w := rados.CreateWriteOp()
	w.WriteFull([]byte("hello"))
	w.SetOmap(map[string][]byte{"k": []byte("v")})
	require.NoError(t, w.OperateContext(t.Context(), ioctx, "o", 0))
	assert.ErrorIs(t, w.OperateContext(t.Context(), ioctx, "o", 0), rados.ErrOperationUsed)

	r := rados.CreateReadOp()
	buf := make([]byte, 5)
	read := r.Read(0, buf)
	om := r.GetOmapValues("", "", 10)
	require.NoError(t, r.OperateContext(t.Context(), ioctx, "o", 0))
	assert.EqualValues(t, 5, read.BytesRead)
	assert.Equal(t, "hello", string(buf))
	kv, err := om.Next()
	require.NoError(t, err)
	assert.Equal(t, "k", kv.Key)

	r = rados.CreateReadOp()
	err = r.OperateContext(t.Context(), ioctx, "missing\x00", 0)
	assert.ErrorIs(t, err, rados.ErrNameContainsNUL)
	r = rados.CreateReadOp()
	r.Stat()
	err = r.OperateContext(t.Context(), ioctx, "missing", 0)
	assert.ErrorIs(t, err, rados.ErrNotFound)
	var oe *rados.ObjectError
	require.ErrorAs(t, err, &oe)
	assert.Equal(t, "missing", oe.Object)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r = rados.CreateReadOp()
	r.Stat()
	assert.ErrorIs(t, r.OperateContext(ctx, ioctx, "o", 0), context.Canceled)
	require.NoError(t, r.OperateContext(t.Context(), ioctx, "o", 0), "it was not sent")
}

// TestOperateContextHoldsNoThreads has more operations in flight than librados
// takes: they block their goroutines, but no threads.
func TestOperateContextHoldsNoThreads(t *testing.T) {
	ioctx := namespace(t)
	before := pprof.Lookup("threadcreate").Count()
	var wg await.Group
	for i := range 3000 {
		wg.Go(func() {
			oid := fmt.Sprint("object", i%100)
			w := rados.CreateWriteOp()
			w.WriteFull(filled(byte(i), 4096))
			assert.NoError(t, w.OperateContext(t.Context(), ioctx, oid, 0))
			r := rados.CreateReadOp()
			step := r.Stat()
			assert.NoError(t, r.OperateContext(t.Context(), ioctx, oid, 0))
			stat, err := step.Stat()
			assert.NoError(t, err)
			assert.EqualValues(t, 4096, stat.Size)
		})
	}
	wg.Wait()
	assert.Less(t, pprof.Lookup("threadcreate").Count()-before, 50)
}

// TestTenThousandCallsWhileTheOSDIsAway has 10,000 goroutines write and read
// while the OSD is stopped, and killed: no call fails, no data is lost, and few
// threads wait.
func TestTenThousandCallsWhileTheOSDIsAway(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own, and stops and kills its OSD")
	}
	const calls, away = 10_000, 3 * time.Second
	cluster := radostest.Start(t, radostest.OSDs(1), radostest.BlueStore(4<<30))
	ioctx := cluster.Pool(t)
	before, goroutines := pprof.Lookup("threadcreate").Count(), process.Goroutines()
	var ended atomic.Int64
	var wg await.Group
	for i := range calls {
		wg.Go(func() {
			defer ended.Add(1)
			oid, data, got := fmt.Sprint("object", i), filled(byte(i), 1024), make([]byte, 2048)
			assert.NoError(t, ioctx.WriteFullContext(t.Context(), oid, data))
			n, err := ioctx.Read(oid, got, 0)
			assert.NoError(t, err)
			assert.Equal(t, data, got[:n])
		})
	}
	reached := func(n int64) {
		require.Eventually(t, func() bool { return ended.Load() >= n }, 10*await.Patience, 10*time.Millisecond)
	}
	reached(calls / 10)
	cluster.Pause(t, "osd.0")
	time.Sleep(away) // which is what it is about
	cluster.Resume(t, "osd.0")
	reached(calls / 5)
	cluster.Kill(t, "osd.0")
	time.Sleep(away)
	cluster.Restart(t, "osd.0")
	reached(calls)
	wg.Wait()
	assert.Less(t, pprof.Lookup("threadcreate").Count()-before, 50)
	assert.Less(t, process.Goroutines()-goroutines, 50)
}

// inFlight performs tasks in a Pipeline that has room for all of them at the
// same time, so that none waits for another, and returns them in the order in
// which they completed.
func inFlight(t *testing.T, list ...*rados.Task) []*rados.Task {
	t.Helper()
	var ended []*rados.Task
	for task := range rados.Pipeline(t.Context(), len(list), slices.Values(list)) {
		require.NoError(t, task.Err)
		ended = append(ended, task)
	}
	require.Len(t, ended, len(list))
	return ended
}

// orderTests test calls of one goroutine that are in flight together.
var orderTests = map[string]func(t *testing.T, ioctx *rados.IOContext){
	"aio.IsComplete": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.Write("foo", buf, 0))
		data := make([]byte, len(buf))
		assert.Equal(t, len(buf), inFlight(t, ioctx.Tasks().Read("foo", data, 0))[0].N)
		assert.Equal(t, buf, data)
	},
	"aio.IsSafe": func(t *testing.T, ioctx *rados.IOContext) {
		inFlight(t, ioctx.Tasks().Write("foo", buf, 0))
		assert.Equal(t, buf, content(t, ioctx, "foo"))
	},
	"aio.Flush": func(t *testing.T, ioctx *rados.IOContext) {
		flushes(t, ioctx, ioctx.Flush)
	},
	"aio.FlushAsync": func(t *testing.T, ioctx *rados.IOContext) {
		flushes(t, ioctx, func() error { return ioctx.FlushContext(t.Context()) })
	},
	"aio.ReadWriteOrdering": readsBehindWrites,
	"py.TestIoctx.test_aio_append": func(t *testing.T, ioctx *rados.IOContext) {
		inFlight(t, ioctx.Tasks().Write("foo", []byte("bar"), 0), ioctx.Tasks().Append("foo", []byte("baz")))
		assert.Equal(t, "barbaz", string(content(t, ioctx, "foo")))
	},
	"py.TestIoctx.test_aio_write_full": func(t *testing.T, ioctx *rados.IOContext) {
		inFlight(t, ioctx.Tasks().Write("foo", []byte("barbaz"), 0), ioctx.Tasks().WriteFull("foo", []byte("bar")))
		assert.Equal(t, "bar", string(content(t, ioctx, "foo")))
	},
}

// flushes starts a write, and reads the data once flush has returned.
func flushes(t *testing.T, ioctx *rados.IOContext, flush func() error) {
	t.Helper()
	tasks := func(yield func(*rados.Task) bool) {
		if yield(ioctx.Tasks().Write("foo", buf, 0)) {
			require.NoError(t, flush())
			assert.Equal(t, buf, content(t, ioctx, "foo"))
		}
	}
	for task := range rados.Pipeline(t.Context(), 2, tasks) {
		require.NoError(t, task.Err)
	}
}

// readsBehindWrites sends each read directly after the write of the data that
// it must return.
func readsBehindWrites(t *testing.T, ioctx *rados.IOContext) {
	var want []uint32
	var reads [][]byte
	tasks := func(yield func(*rados.Task) bool) {
		for i := uint32(1); i < 20; i++ {
			data, got := binary.LittleEndian.AppendUint32(nil, i), make([]byte, 4)
			want, reads = append(want, i), append(reads, got)
			read := rados.CreateReadOp()
			read.Read(0, got)
			if !yield(ioctx.Tasks().WriteFull("foo", data)) || !yield(read.Task(ioctx, "foo", rados.OperationOrderReadsWrites)) {
				return
			}
		}
	}
	for task := range rados.Pipeline(t.Context(), 2, tasks) {
		require.NoError(t, task.Err)
	}
	var got []uint32
	for _, data := range reads {
		got = append(got, binary.LittleEndian.Uint32(data))
	}
	assert.Equal(t, want, got)
}

func TestTasksInFlightTogether(t *testing.T) {
	t.Parallel()
	for name, test := range orderTests {
		t.Run(name, func(t *testing.T) { test(t, namespace(t)) })
	}
}
