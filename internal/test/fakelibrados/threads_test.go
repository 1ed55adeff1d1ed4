package fakelibrados_test

import (
	"runtime"
	"runtime/pprof"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// TestDestroyTakesNoThreads: however many IOContexts with a waiting call are destroyed, while
// librados is slow to cancel calls, few threads are at it.
func TestDestroyTakesNoThreads(t *testing.T) {
	const contexts = 2000
	o := both(t)
	require.NoError(t, o.conn.SetMaxInFlight(2*contexts, 0))
	fakelibrados.Hold("rados_read_op_operate")
	done := make(chan error)
	var ioctxs []*rados.IOContext
	for range contexts {
		ioctx, err := o.conn.OpenIOContext("pool")
		require.NoError(t, err)
		ioctxs = append(ioctxs, ioctx)
		go func() { done <- second(ioctx.Read("object", make([]byte, 8), 0)) }()
	}
	require.True(t, fakelibrados.Await("rados_read_op_operate", contexts))
	threads, goroutines := pprof.Lookup("threadcreate").Count(), runtime.NumGoroutine()
	fakelibrados.Hold("rados_aio_cancel")
	for _, ioctx := range ioctxs {
		ioctx.Destroy()
	}
	require.True(t, fakelibrados.Await("rados_aio_cancel", 1))
	assert.Less(t, runtime.NumGoroutine()-goroutines, 20, "each would need a thread")
	assert.Less(t, pprof.Lookup("threadcreate").Count()-threads, 20)
	fakelibrados.Release("rados_aio_cancel")
	for range contexts {
		assert.ErrorIs(t, <-done, rados.ErrInvalidIOContext)
	}
	fakelibrados.Release("rados_read_op_operate")
}
