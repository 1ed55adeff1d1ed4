package rados_test

import (
	"context"
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// inFlight performs tasks in a Pipeline that has room for all of them at once, so that none
// waits for another, and returns them in the order in which they came to their ends.
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

// orderTests are about calls of one goroutine that are under way together.
var orderTests = map[string]func(t *testing.T, ioctx *rados.IOContext){
	"aio.IsComplete": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.Write("foo", buf, 0))
		data := make([]byte, len(buf))
		assert.Equal(t, len(buf), inFlight(t, ioctx.ReadTask("foo", data, 0))[0].N)
		assert.Equal(t, buf, data)
	},
	"aio.IsSafe": func(t *testing.T, ioctx *rados.IOContext) {
		inFlight(t, ioctx.WriteTask("foo", buf, 0))
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
		inFlight(t, ioctx.WriteTask("foo", []byte("bar"), 0), ioctx.AppendTask("foo", []byte("baz")))
		assert.Equal(t, "barbaz", string(content(t, ioctx, "foo")))
	},
	"py.TestIoctx.test_aio_write_full": func(t *testing.T, ioctx *rados.IOContext) {
		inFlight(t, ioctx.WriteTask("foo", []byte("barbaz"), 0), ioctx.WriteFullTask("foo", []byte("bar")))
		assert.Equal(t, "bar", string(content(t, ioctx, "foo")))
	},
}

// flushes starts a write that nobody waits for, and reads what it wrote once flush says so.
func flushes(t *testing.T, ioctx *rados.IOContext, flush func() error) {
	t.Helper()
	tasks := func(yield func(*rados.Task) bool) {
		if yield(ioctx.WriteTask("foo", buf, 0)) {
			require.NoError(t, flush())
			assert.Equal(t, buf, content(t, ioctx, "foo"))
		}
	}
	for task := range rados.Pipeline(t.Context(), 2, tasks) {
		require.NoError(t, task.Err)
	}
}

// readsBehindWrites sends each read right behind the write of what it is to see.
func readsBehindWrites(t *testing.T, ioctx *rados.IOContext) {
	var want []uint32
	var reads [][]byte
	tasks := func(yield func(*rados.Task) bool) {
		for i := uint32(1); i < 20; i++ {
			data, got := binary.LittleEndian.AppendUint32(nil, i), make([]byte, 4)
			want, reads = append(want, i), append(reads, got)
			read := rados.CreateReadOp()
			read.Read(0, got)
			if !yield(ioctx.WriteFullTask("foo", data)) || !yield(read.Task(ioctx, "foo", rados.OperationOrderReadsWrites)) {
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

func TestUnderWayTogether(t *testing.T) {
	t.Parallel()
	for name, test := range orderTests {
		t.Run(name, func(t *testing.T) { test(t, namespace(t)) })
	}
}

// TestDetached has the forms with a context of what librados does not give up.
func TestDetached(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	t.Run("watch and notify", func(t *testing.T) {
		ioctx := namespace(t)
		require.NoError(t, ioctx.WriteFull("foo", nil))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		w, err := ioctx.WatchContext(ctx, "foo")
		require.NoError(t, err)
		go func() {
			for e := range w.Events() {
				_ = e.Ack([]byte("answer"))
			}
		}()
		acks, timeouts, err := ioctx.NotifyContext(ctx, "foo", []byte("data"))
		require.NoError(t, err)
		assert.Empty(t, timeouts)
		require.Len(t, acks, 1)
		assert.Equal(t, "answer", string(acks[0].Response))
		require.NoError(t, w.Delete())

		_, err = ioctx.WatchContext(ended, "foo")
		assert.ErrorIs(t, err, context.Canceled)
		_, err = ioctx.WatchContext(ctx, "none")
		assert.ErrorIs(t, err, rados.ErrNotFound)
		_, _, err = ioctx.NotifyContext(ended, "foo", nil)
		assert.ErrorIs(t, err, context.Canceled)
		assert.NotErrorIs(t, err, rados.ErrOutcomeUnknown, "nothing was sent")
	})
	t.Run("notify that nobody answers", func(t *testing.T) {
		ioctx := namespace(t)
		require.NoError(t, ioctx.WriteFull("foo", nil))
		w, err := ioctx.Watch("foo")
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-w.Events()
			cancel()
		}()
		_, _, err = ioctx.NotifyContext(ctx, "foo", nil)
		assert.ErrorIs(t, err, context.Canceled)
		assert.ErrorIs(t, err, rados.ErrOutcomeUnknown)
		require.NoError(t, w.Delete())
	})
	t.Run("snapshots", func(t *testing.T) {
		ioctx := radostest.Pool(t) // of its own: such snapshots exclude others
		id, err := ioctx.CreateSelfManagedSnapContext(t.Context())
		require.NoError(t, err)
		require.NoError(t, ioctx.RemoveSelfManagedSnapContext(t.Context(), id))
		_, err = ioctx.CreateSelfManagedSnapContext(ended)
		assert.ErrorIs(t, err, context.Canceled)
		assert.ErrorIs(t, ioctx.RemoveSelfManagedSnapContext(ended, id), context.Canceled)
	})
}
