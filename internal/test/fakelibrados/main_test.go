package fakelibrados_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// These are the tests of package rados for which a real cluster is of no use:
// what crosses to C, errors that clusters hardly ever return, calls that block,
// leaks. They share the state of the fake, so none runs in parallel.

func TestMain(m *testing.M) {
	// What threads keep for themselves would look like a leak. It is read when the
	// process that Load makes of this one starts.
	os.Setenv("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0")
	if err := fakelibrados.Load(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	m.Run()
	fakelibrados.Unload()
}

// fresh resets the fake, and fails the test if an object of the fake has not been freed
// soon after its end: watches and calls that were left to librados end asynchronously.
func fresh(t *testing.T) {
	t.Helper()
	fakelibrados.Reset()
	t.Cleanup(func() {
		for began := time.Now(); !nothingLives() && time.Since(began) < await.Patience; {
			runtime.Gosched()
		}
		assert.Empty(t, fakelibrados.Live(), "leaked")
	})
}

// unconnected returns a Conn before Connect, on a fake that is reset.
func unconnected(t *testing.T) *rados.Conn {
	t.Helper()
	fresh(t)
	conn, err := rados.NewConn()
	require.NoError(t, err)
	t.Cleanup(conn.Shutdown)
	return conn
}

func connected(t *testing.T) *rados.Conn {
	t.Helper()
	conn := unconnected(t)
	require.NoError(t, conn.Connect())
	return conn
}

// both returns a connected Conn and an IOContext of it.
func both(t *testing.T) on {
	t.Helper()
	conn := connected(t)
	ioctx, err := conn.OpenIOContext("pool")
	require.NoError(t, err)
	return on{conn, ioctx}
}

// prepared is both, except for methods that must be called before Connect.
func prepared(t *testing.T, m method) on {
	t.Helper()
	if !again(m) {
		return on{conn: unconnected(t)}
	}
	return both(t)
}

func opened(t *testing.T) *rados.IOContext {
	t.Helper()
	return both(t).ioctx
}

// callsNothing asserts that f does not call librados, except to cancel calls in
// flight.
func callsNothing(t *testing.T, f func()) {
	t.Helper()
	others := func() int { return callsBut([]string{"rados_aio_cancel"}) }
	before := others()
	f()
	assert.Equal(t, before, others(), "something was called")
}

// sendsNothing asserts that f sends nothing. It may ask librados for local
// facts, and prepare an operation.
func sendsNothing(t *testing.T, f func()) {
	t.Helper()
	before := sent()
	f()
	assert.Equal(t, before, sent(), "something was sent")
}

// sent counts the calls that may reach the cluster, or change anything.
func sent() int { return callsBut(locals) }

// locals are functions that send nothing.
var locals = []string{
	"rados_conf_get", "rados_ioctx_get_pool_name", "rados_ioctx_get_namespace",
	"rados_create_read_op", "rados_read_op_assert_exists", "rados_read_op_omap_get_vals2",
	"rados_omap_get_end", "rados_release_read_op",
	"rados_create_write_op", "rados_write_op_remove", "rados_release_write_op",
	"rados_aio_cancel", // of another call, which was cancelled
}

// callsBut counts the calls of all functions except these. It counts again if
// another call is made meanwhile, perhaps by a finalizer.
func callsBut(functions []string) int {
	for {
		all := fakelibrados.AllCalls()
		n := all
		for _, function := range functions {
			n -= fakelibrados.Calls(function)
		}
		if fakelibrados.AllCalls() == all {
			return n
		}
	}
}

// memory returns numbers as they are in the memory of C.
func memory(numbers ...uint64) string {
	var b []byte
	for _, n := range numbers {
		b = binary.NativeEndian.AppendUint64(b, n)
	}
	return string(b)
}

// terminated appends a NUL to each item and joins them.
func terminated(items []string) string {
	var b strings.Builder
	for _, item := range items {
		b.WriteString(item + "\x00")
	}
	return b.String()
}

// madeByBoth counts the calls that both makes.
var madeByBoth = map[string]int{"rados_connect": 1, "rados_conf_get": 3, "rados_ioctx_create": 1}
