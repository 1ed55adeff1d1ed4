package fakelibrados_test

import (
	"errors"
	"os"
	"runtime"
	"runtime/pprof"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/internal/test/process"
	"github.com/go-rados/go-rados/rados"
)

func ofConn(m method) bool { return m.ofConn() }

func ofIOContext(m method) bool { return !m.ofConn() }

// refused asserts that a method returns an error and sends nothing.
func refused(t *testing.T, m method, o on, want error) {
	t.Helper()
	callsNothing(t, func() {
		if err := m.call(o, "name"); fails(m) {
			assert.True(t, err == want, "want the bare %q, not %v", want, err)
		}
	})
}

// TestFaultUnderCalls makes calls while a setter fails and succeeds again: they
// are performed or return the setter's error.
func TestFaultUnderCalls(t *testing.T) {
	ioctx := opened(t)
	var users await.Group
	var through atomic.Int64
	for range 2 {
		users.Go(func() {
			for range 5_000 {
				if err := ioctx.Delete("object"); err != nil {
					assert.ErrorIs(t, err, rados.ErrNameContainsNUL)
					continue
				}
				through.Add(1)
			}
		})
	}
	done := make(chan struct{})
	go func() { users.Wait(); close(done) }()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		ioctx.SetNamespace("a\x00b")
		ioctx.SetNamespace("")
	}
	assert.EqualValues(t, through.Load(), fakelibrados.Calls("rados_remove"))
	assert.NoError(t, ioctx.Delete("object"))
}

func TestAfterShutdown(t *testing.T) {
	forEach(t, all, func(t *testing.T, m method) {
		o := both(t)
		o.conn.Shutdown()
		assert.Empty(t, fakelibrados.Live())
		refused(t, m, o, rados.ErrNotConnected)
		sendsNothing(t, func() {
			o.conn.Shutdown()
			o.ioctx.Destroy()
		})
		refused(t, m, o, rados.ErrNotConnected)
	})
}

func TestAfterDestroy(t *testing.T) {
	forEach(t, ofIOContext, func(t *testing.T, m method) {
		o := both(t)
		o.ioctx.Destroy()
		refused(t, m, o, rados.ErrInvalidIOContext)
		sendsNothing(t, o.ioctx.Destroy)
		require.NoError(t, o.conn.WaitForLatestOSDMap(), "the Conn lives on")
		o.conn.Shutdown()
		refused(t, m, o, rados.ErrInvalidIOContext)
	})
}

func TestNilAndZero(t *testing.T) {
	for what, o := range map[string]on{"nil": {}, "zero": {new(rados.Conn), new(rados.IOContext)}} {
		t.Run(what, func(t *testing.T) {
			fresh(t)
			for _, m := range methods {
				refused(t, m, o, m.closed())
			}
			assert.Zero(t, o.conn.GetInstanceID())
			assert.EqualValues(t, -1, o.ioctx.GetPoolID())
			sendsNothing(t, func() {
				o.conn.Shutdown()
				o.ioctx.Destroy()
			})
		})
	}
}

// TestClosedByMany closes objects from many goroutines while others use them.
func TestClosedByMany(t *testing.T) {
	fresh(t)
	for range 50 {
		o := connectedTo(t, "pool")
		var wg await.Group
		for range 4 {
			wg.Go(func() {
				for range 20 {
					if _, err := o.ioctx.Stat("object"); err != nil {
						assert.Contains(t, []error{rados.ErrNotConnected, rados.ErrInvalidIOContext}, err)
					}
					o.conn.GetInstanceID()
				}
			})
			wg.Go(o.ioctx.Destroy)
			wg.Go(o.conn.Shutdown)
		}
		wg.Wait()
		require.Empty(t, fakelibrados.Live())
	}
	assert.Equal(t, 50*connection, fakelibrados.Calls("rados_shutdown"))
	assert.Equal(t, 50, fakelibrados.Calls("rados_ioctx_destroy"))
}

// connectedTo is both for tests that need many.
func connectedTo(t *testing.T, pool string) on {
	t.Helper()
	conn, err := rados.NewConn()
	require.NoError(t, err)
	require.NoError(t, conn.Connect())
	ioctx, err := conn.OpenIOContext(pool)
	require.NoError(t, err)
	return on{conn, ioctx}
}

// held starts a call that stays in C until the returned function releases it
// and returns its result.
func held(t *testing.T, function string, call func() error) (finish func() error) {
	t.Helper()
	done := begun(t, function, call)
	return func() error {
		fakelibrados.Release(function)
		return <-done
	}
}

// begun starts a call that stays in C.
func begun(t *testing.T, function string, call func() error) <-chan error {
	t.Helper()
	fakelibrados.Hold(function)
	done := make(chan error, 1)
	go func() { done <- call() }()
	require.True(t, fakelibrados.Await(function, 1), "%s is not called", function)
	return done
}

func TestShutdownUnderACall(t *testing.T) {
	forEach(t, all, func(t *testing.T, m method) {
		o := prepared(t, m)
		if m.onEngine() {
			done := begun(t, m.sends, func() error { return m.call(o, "name") })
			o.conn.Shutdown()
			givenUp(t, m, <-done, rados.ErrNotConnected)
			return
		}
		finish := held(t, m.sends, func() error { return m.call(o, "name") })
		o.conn.Shutdown() // does not wait
		o.conn.Shutdown()
		assert.Zero(t, fakelibrados.Calls("rados_shutdown"), "not under a call")
		refused(t, m, o, rados.ErrNotConnected)
		err := finish()
		if m.opens {
			assert.Equal(t, rados.ErrNotConnected, err, "too late")
		} else {
			assert.NoError(t, err)
		}
		assert.Empty(t, fakelibrados.Live(), "the last one out shuts down")
	})
}

func TestDestroyUnderACall(t *testing.T) {
	forEach(t, ofIOContext, func(t *testing.T, m method) {
		o := both(t)
		if m.onEngine() {
			done := begun(t, m.sends, func() error { return m.call(o, "name") })
			o.ioctx.Destroy()
			givenUp(t, m, <-done, rados.ErrInvalidIOContext)
			return
		}
		finish := held(t, m.sends, func() error { return m.call(o, "name") })
		o.ioctx.Destroy()
		assert.Zero(t, fakelibrados.Calls("rados_ioctx_destroy"), "not under a call")
		refused(t, m, o, rados.ErrInvalidIOContext)
		require.NoError(t, o.conn.WaitForLatestOSDMap())
		err := finish()
		if m.opens && m.name != "Clone" { // which no longer needs the IOContext by then
			assert.Equal(t, rados.ErrInvalidIOContext, err, "too late")
		} else {
			require.NoError(t, err)
		}
		assert.Equal(t, map[string]int{"clusters": connection}, fakelibrados.Live())
	})
}

// givenUp asserts that a call returned err because its Conn or IOContext was
// closed.
func givenUp(t *testing.T, m method, err, cause error) {
	t.Helper()
	assert.ErrorIs(t, err, cause)
	assert.Equal(t, m.reads(), !errors.Is(err, rados.ErrOutcomeUnknown), "only a change can have an unknown outcome")
	assert.Zero(t, fakelibrados.Live()["ioctxs"], "the last one out frees it")
	assert.Zero(t, fakelibrados.Live()["completions"])
}

func TestLastOneOutFrees(t *testing.T) {
	o := both(t)
	other, err := o.conn.OpenIOContext("other")
	require.NoError(t, err)
	read := held(t, "rados_list_lockers", func() error { return second(o.ioctx.ListLockers("object", "lock")) })
	stat := held(t, "rados_ioctx_pool_stat", func() error { return second(other.GetPoolStats()) })
	fsid := held(t, "rados_cluster_fsid", func() error { return second(o.conn.GetFSID()) })
	o.conn.Shutdown()
	assert.Equal(t, map[string]int{"clusters": connection, "ioctxs": 2}, fakelibrados.Live())
	require.NoError(t, stat())
	assert.Equal(t, map[string]int{"clusters": connection, "ioctxs": 1}, fakelibrados.Live(), "each as soon as it can")
	require.NoError(t, fsid())
	assert.Equal(t, map[string]int{"clusters": connection, "ioctxs": 1}, fakelibrados.Live())
	require.NoError(t, read())
	assert.Empty(t, fakelibrados.Live())
}

// TestManyHeld has more calls in C than there are processors.
func TestManyHeld(t *testing.T) {
	const calls = 200
	o := both(t)
	fakelibrados.Hold("rados_stat")
	var wg await.Group
	for range calls {
		wg.Go(func() {
			_, err := o.ioctx.Stat("object")
			assert.Equal(t, rados.ErrInvalidIOContext, err)
		})
	}
	require.True(t, fakelibrados.Await("rados_stat", calls))
	o.ioctx.Destroy() // gives them all up
	wg.Wait()
	assert.Equal(t, map[string]int{"clusters": connection}, fakelibrados.Live())
	o.conn.Shutdown()
	assert.Empty(t, fakelibrados.Live())
}

// collectUntil runs the garbage collector until done reports true.
func collectUntil(t *testing.T, what string, done func() bool) {
	t.Helper()
	await.Until(t, func() bool {
		if done() {
			return true
		}
		runtime.GC()
		return false
	}, "nothing but garbage, and yet not "+what)
}

func nothingLives() bool { return len(fakelibrados.Live()) == 0 }

// collect runs the garbage collector as often as it takes to collect an object
// too early.
func collect() {
	for range 5 {
		runtime.GC()
		runtime.Gosched()
	}
}

func TestDroppedIsFreed(t *testing.T) {
	fresh(t)
	drop := func(f func()) {
		done := make(chan struct{})
		go func() { defer close(done); f() }() // on a stack that goes away
		<-done
		collectUntil(t, "freed", nothingLives)
	}
	drop(func() { rados.NewConn() })
	drop(func() { connectedTo(t, "pool") })
	drop(func() { connectedTo(t, "pool").conn.OpenIOContext("other") })
	drop(func() { connectedTo(t, "pool").ioctx.Destroy() })
	drop(func() { connectedTo(t, "pool").ioctx.SetNamespace("a\x00b") })
	assert.Equal(t, 1+4*connection, fakelibrados.Calls("rados_shutdown"))
	drop(func() { connectedTo(t, "pool").conn.Shutdown() })
	collect()
	assert.Equal(t, 1+5*connection, fakelibrados.Calls("rados_shutdown"), "not once more")
}

// dropConn returns an IOContext that holds the only reference to its Conn.
func dropConn(t *testing.T) *rados.IOContext { return connectedTo(t, "pool").ioctx }

func TestIOContextKeepsItsConn(t *testing.T) {
	fresh(t)
	ioctx := dropConn(t)
	collect()
	assert.Zero(t, fakelibrados.Calls("rados_shutdown"))
	require.NoError(t, ioctx.Delete("object"))
	runtime.KeepAlive(ioctx)
	ioctx = nil
	collectUntil(t, "freed", nothingLives)
}

// TestDestroyedIOContextLetsGo expects a destroyed IOContext not to keep its
// Conn from collection, nor the reverse.
func TestDestroyedIOContextLetsGo(t *testing.T) {
	fresh(t)
	conn := connectedTo(t, "pool").conn // the IOContext is garbage
	collectUntil(t, "freed", func() bool { return fakelibrados.Live()["ioctxs"] == 0 })
	require.NoError(t, conn.WaitForLatestOSDMap())
	conn.Shutdown()
}

// TestCollectedUnderACall makes calls that hold the only reference to the
// IOContext and its Conn.
func TestCollectedUnderACall(t *testing.T) {
	forEach(t, all, func(t *testing.T, m method) {
		if m.sends == "rados_connect" || m.sends == "rados_ioctx_create" {
			t.Skip("connectedTo calls it itself")
		}
		fresh(t)
		finish := held(t, m.sends, func() error { return m.call(connectedTo(t, "pool"), "name") })
		collect()
		assert.NotZero(t, fakelibrados.Live()["clusters"])
		if !m.ofConn() {
			assert.NotZero(t, fakelibrados.Live()["ioctxs"])
		}
		require.NoError(t, finish())
		collectUntil(t, "freed", nothingLives)
	})
}

// TestCollectorHammer drops objects, closed or not, while the collector runs.
// The fake ends the process if any is used or freed out of order.
func TestCollectorHammer(t *testing.T) {
	fresh(t)
	stop := make(chan struct{})
	var collector, users await.Group
	collector.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	})
	rounds := 300
	if testing.Short() {
		rounds = 50
	}
	for g := range 4 {
		users.Go(func() {
			for i := range rounds {
				use(t, connectedTo(t, "pool"), g+i)
			}
		})
	}
	users.Wait()
	close(stop)
	collector.Wait()
	collectUntil(t, "freed", nothingLives)
}

// use makes some calls on o, and then one of several that end it.
func use(t *testing.T, o on, how int) {
	assert.NoError(t, o.ioctx.Write("object", make([]byte, 100), 0))
	_, err := o.ioctx.Read("object", make([]byte, 100), 0)
	assert.NoError(t, err)
	_, err = o.ioctx.ListXattrs("object")
	assert.NoError(t, err)
	switch how % 5 {
	case 0:
		o.ioctx.Destroy()
	case 1:
		o.conn.Shutdown()
	case 2:
		go o.ioctx.Stat("object")
		o.conn.Shutdown()
	case 3:
		go o.ioctx.Stat("object")
	}
}

// TestStderrStaysEmpty drops objects, closes them twice and has calls fail: a
// library must not print.
func TestStderrStaysEmpty(t *testing.T) {
	fresh(t)
	file, err := os.CreateTemp(t.TempDir(), "stderr")
	require.NoError(t, err)
	defer file.Close()
	saved, err := syscall.Dup(2)
	require.NoError(t, err)
	require.NoError(t, syscall.Dup3(int(file.Fd()), 2, 0))
	func() {
		defer syscall.Dup3(saved, 2, 0)
		for how := range 5 {
			use(t, connectedTo(t, "pool"), how)
		}
		dropConn(t).SetNamespace("a\x00b")
		collectUntil(t, "freed", nothingLives)
		collect()
	}()
	syscall.Close(saved)
	said, err := os.ReadFile(file.Name())
	require.NoError(t, err)
	assert.Empty(t, string(said))
}

// TestDestroyHoldsNoThreads destroys many IOContexts with a waiting call while
// librados is slow to cancel: few threads are needed.
func TestDestroyHoldsNoThreads(t *testing.T) {
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
	threads, goroutines := pprof.Lookup("threadcreate").Count(), process.Goroutines()
	fakelibrados.Hold("rados_aio_cancel")
	for _, ioctx := range ioctxs {
		ioctx.Destroy()
	}
	require.True(t, fakelibrados.Await("rados_aio_cancel", 1))
	assert.Less(t, process.Goroutines()-goroutines, 20, "each would need a thread")
	assert.Less(t, pprof.Lookup("threadcreate").Count()-threads, 20)
	fakelibrados.Release("rados_aio_cancel")
	for range contexts {
		assert.ErrorIs(t, <-done, rados.ErrInvalidIOContext)
	}
	fakelibrados.Release("rados_read_op_operate")
}
