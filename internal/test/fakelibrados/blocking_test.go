package fakelibrados_test

import (
	"context"
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/internal/test/process"
	"github.com/go-rados/go-rados/internal/test/waitsfor"
	"github.com/go-rados/go-rados/internal/throttle"
	"github.com/go-rados/go-rados/rados"
)

// many is the number of calls that are made at the same time, of which
// a few may block; see mayBlock.
const many = 300

// mayBlock returns how many calls may block their threads until target answers.
func mayBlock(target throttle.Target) int {
	var b throttle.Blocking
	b.SetMax(0)
	most, _ := b[target].Max()
	return most
}

// targets maps what a C function waits for to its target.
var targets = map[string]throttle.Target{
	"osd": throttle.OSD, "mon": throttle.Mon, "mgr": throttle.Mgr, "ack": throttle.Ack,
}

// otherThreads bounds the number of threads that the Go runtime and the test
// may start meanwhile.
const otherThreads = 40

// blocking maps the C functions that may block a thread to what they wait for,
// according to the spec.
func blocking() map[string]string {
	functions := make(map[string]string)
	for _, m := range waitsfor.Methods("rados") {
		if m.Blocks() {
			functions[m.C] = m.Target
		}
	}
	return functions
}

// forEachBlocking runs a test for each row of methods whose C function may block a thread, and
// which can be called again.
func forEachBlocking(t *testing.T, test func(t *testing.T, m method)) {
	functions := blocking()
	forEach(t, func(m method) bool { return functions[m.sends] != "" && !m.knowsThePool() && !m.onEngine() && again(m) }, test)
}

// knowsThePool reports whether the method calls rados_ioctx_create2 only for a pool in the OSD map, for
// which that does not wait; see TestWithFails.
func (m method) knowsThePool() bool { return m.name == "Clone" }

// TestBlockingCallsAreListed expects each C function that may block a thread in
// a row of methods, so that the tests below call it.
func TestBlockingCallsAreListed(t *testing.T) {
	listed := []string{
		"rados_notify_ack",        // see TestAckIsBounded
		"rados_write_op_operate2", // see TestOperateWithMtimeLacked
	}
	for _, m := range methods {
		listed = append(listed, m.sends)
	}
	for function := range blocking() {
		assert.Contains(t, listed, function)
	}
}

// start makes many calls and blocks until as many of them block as may and the
// others wait for room. The channel delivers their results.
func start(t *testing.T, function string, call func() error) (done chan error, most int) {
	t.Helper()
	most = mayBlock(targets[blocking()[function]])
	fakelibrados.Hold(function)
	before, calls := process.Threads(), fakelibrados.Calls(function)
	done = make(chan error, many)
	for range many {
		go func() { done <- call() }()
	}
	require.True(t, fakelibrados.Await(function, most))
	awaitGoroutines(t, "throttle.(*Limit).Enter", many-most)
	assert.Equal(t, most, fakelibrados.Calls(function)-calls)
	assert.LessOrEqual(t, process.Threads(), before+most+otherThreads)
	return done, most
}

// TestBlockingCallsAreBounded makes many calls of each method: only as many as
// may block a thread each, and the others proceed when those return.
func TestBlockingCallsAreBounded(t *testing.T) {
	forEachBlocking(t, func(t *testing.T, m method) {
		o := both(t)
		done, _ := start(t, m.sends, func() error { return m.call(o, "name") })
		fakelibrados.Release(m.sends)
		for range many {
			if err := <-done; !m.mute {
				assert.NoError(t, err)
			}
		}
		assert.GreaterOrEqual(t, fakelibrados.Calls(m.sends), many)
	})
}

// TestCloseEndsWaitingForRoom closes the Conn or IOContext of calls that wait
// for room: they return, and Close does not wait.
func TestCloseEndsWaitingForRoom(t *testing.T) {
	for how, closing := range closings {
		t.Run(how, func(t *testing.T) {
			forEachBlocking(t, func(t *testing.T, m method) {
				if how == "Destroy" && m.ofConn() {
					return
				}
				o := both(t)
				done, most := start(t, m.sends, func() error { return m.call(o, "name") })
				closing.close(o)
				for range many - most {
					assert.ErrorIs(t, <-done, closing.err)
				}
				fakelibrados.Release(m.sends)
				for range most {
					<-done
				}
			})
		})
	}
}

// TestIterCloseEndsWaitingForRoom closes an Iter whose Next waits for room.
func TestIterCloseEndsWaitingForRoom(t *testing.T) {
	const next = "rados_nobjects_list_next2"
	o := both(t)
	require.NoError(t, o.conn.SetMaxBlockingCalls(1))
	first := begun(t, next, func() error { return o.ioctx.ListObjects(func(string) {}) })
	iter, err := o.ioctx.Iter()
	require.NoError(t, err)
	ended := make(chan bool)
	go func() { ended <- iter.Next() }()
	awaitGoroutines(t, "throttle.(*Limit).Enter", 1)
	iter.Close()
	assert.False(t, <-ended)
	assert.Equal(t, rados.ErrIterClosed, iter.Err())
	fakelibrados.Release(next)
	assert.NoError(t, <-first)
}

// TestDestroyEndsWaitingForTheMap destroys an IOContext whose calls wait for
// room to get the newest OSD map before they return that an object is missing.
func TestDestroyEndsWaitingForTheMap(t *testing.T) {
	const function = "rados_wait_for_latest_osdmap"
	o := both(t)
	require.NoError(t, o.conn.SetMaxBlockingCalls(1))
	first := begun(t, function, o.conn.WaitForLatestOSDMap)
	fakelibrados.Return("rados_ioctx_snap_lookup", -int(syscall.ENOENT))
	done := make(chan error)
	go func() { done <- second(o.ioctx.LookupSnap("snap")) }()
	awaitGoroutines(t, "throttle.(*Limit).Enter", 1)
	o.ioctx.Destroy()
	assert.ErrorIs(t, <-done, rados.ErrInvalidIOContext)
	fakelibrados.Release(function)
	assert.NoError(t, <-first)
}

// TestOneBlockingCall calls each method with a limit of 1: none acquires room
// while it has room, not even if the first OSD map is too old.
func TestOneBlockingCall(t *testing.T) {
	forEach(t, all, func(t *testing.T, m method) {
		o := prepared(t, m)
		require.NoError(t, o.conn.SetMaxBlockingCalls(1))
		await.Return(t, func() {
			_ = m.call(o, "name")
			for _, errno := range []syscall.Errno{syscall.ENOENT, syscall.EEXIST} {
				fakelibrados.Return(m.sends, -int(errno))
				_ = m.call(o, "name")
			}
		})
	})
}

// TestSetMaxBlockingCalls sets the limit, which applies to each kind of daemon;
// raising it admits calls that wait.
func TestSetMaxBlockingCalls(t *testing.T) {
	o := both(t)
	assert.ErrorIs(t, o.conn.SetMaxBlockingCalls(-1), syscall.EINVAL)
	require.NoError(t, o.conn.SetMaxBlockingCalls(1))
	const function = "rados_cache_pin"
	done := begun(t, function, func() error { return o.ioctx.CachePin("object") })
	waited := make(chan error)
	go func() { waited <- o.ioctx.CachePin("object") }()
	awaitGoroutines(t, "throttle.(*Limit).Enter", 1)
	assert.Equal(t, 1, fakelibrados.Calls(function))
	require.NoError(t, third(o.conn.MonCommand(nil)), "monitors")
	require.NoError(t, third(o.conn.MgrCommand(words)), "managers")
	require.NoError(t, o.conn.SetMaxBlockingCalls(0))
	require.True(t, fakelibrados.Await(function, 2))
	fakelibrados.Release(function)
	assert.NoError(t, <-done)
	assert.NoError(t, <-waited)
	setMax := func(c *rados.Conn) error { return wrapped("SetMaxBlockingCalls", c.SetMaxBlockingCalls(1)) }
	assert.Equal(t, rados.ErrNotConnected, setMax(nil))
	o.conn.Shutdown()
	assert.Equal(t, rados.ErrNotConnected, setMax(o.conn))
}

// TestOperateWithMtimeLacked runs in a process whose library lacks the
// asynchronous function, as before Ceph 18.
func TestOperateWithMtimeLacked(t *testing.T) {
	if os.Getenv(lackedVar) != "" {
		t.Run("bounded", testOperateWithMtimeBounded)
		t.Run("cancelled", testOperateWithMtimeCancelled)
		return
	}
	out, err := lackingProcess(t, "^TestOperateWithMtimeLacked$", fakelibrados.Without("rados_aio_write_op_operate2"))
	require.NoError(t, err, "%s", out)
	assert.Contains(t, out, "--- PASS: TestOperateWithMtimeLacked/cancelled")
}

// operateWithMtime performs a step that sets the modification time.
func operateWithMtime(ctx context.Context, ioctx *rados.IOContext) error {
	w := rados.CreateWriteOp()
	w.Create(rados.CreateIdempotent)
	return w.OperateWithMtimeContext(ctx, ioctx, "object", rados.Timespec{Sec: 7}, 0)
}

func testOperateWithMtimeBounded(t *testing.T) {
	const function = "rados_write_op_operate2"
	for name, ctx := range map[string]context.Context{"": context.Background(), "Context": t.Context()} {
		t.Run(name, func(t *testing.T) {
			o := both(t)
			done, _ := start(t, function, func() error { return operateWithMtime(ctx, o.ioctx) })
			fakelibrados.Release(function)
			for range many {
				assert.NoError(t, <-done)
			}
			assert.Equal(t, many, fakelibrados.Calls(function))
		})
	}
}

// testOperateWithMtimeCancelled cancels calls: one that waits for room is not
// sent; one in C has an unknown outcome, and keeps its room until C returns.
func testOperateWithMtimeCancelled(t *testing.T) {
	const function = "rados_write_op_operate2"
	o, most := both(t), mayBlock(throttle.OSD)
	before := process.Threads()
	for round := range 4 {
		ctx, cancel := context.WithCancel(t.Context())
		if round == 0 {
			done, _ := start(t, function, func() error { return operateWithMtime(ctx, o.ioctx) })
			cancel()
			unknown := 0
			for range many {
				err := <-done
				assert.ErrorIs(t, err, context.Canceled)
				if errors.Is(err, rados.ErrOutcomeUnknown) {
					unknown++
				}
			}
			assert.Equal(t, most, unknown)
			continue
		}
		done := make(chan error)
		for range many {
			go func() { done <- operateWithMtime(ctx, o.ioctx) }()
		}
		awaitGoroutines(t, "throttle.(*Limit).Enter", many)
		cancel()
		for range many {
			err := <-done
			assert.ErrorIs(t, err, context.Canceled)
			assert.NotErrorIs(t, err, rados.ErrOutcomeUnknown)
		}
	}
	assert.Equal(t, most, fakelibrados.Calls(function))
	assert.LessOrEqual(t, process.Threads(), before+most+otherThreads)
	fakelibrados.Release(function)
	require.Eventually(t, func() bool { return fakelibrados.Live()["write ops"] == 0 }, await.Patience, time.Millisecond, "they return")
	require.NoError(t, operateWithMtime(t.Context(), o.ioctx))
	done, cancel := context.WithCancel(t.Context())
	cancel()
	assert.ErrorIs(t, operateWithMtime(done, o.ioctx), context.Canceled)
	assert.Equal(t, most+1, fakelibrados.Calls(function))
}

// TestAckWaitsForNoOtherCalls acknowledges a notification, for which other
// clients wait, while calls block until an OSD answers.
func TestAckWaitsForNoOtherCalls(t *testing.T) {
	o := both(t)
	require.NoError(t, o.conn.SetMaxBlockingCalls(1))
	w := watch(t, o.ioctx)
	fakelibrados.Notify(0, 1, 1, "news")
	e := await.Next(t, w.Events())
	finish := held(t, "rados_cache_pin", func() error { return o.ioctx.CachePin("object") })
	await.Return(t, func() { assert.NoError(t, e.Ack(nil)) })
	require.NoError(t, finish())
	require.NoError(t, w.Delete())
}

// TestAckIsBounded makes many acknowledgements.
func TestAckIsBounded(t *testing.T) {
	o := both(t)
	w := watch(t, o.ioctx)
	fakelibrados.Notify(0, 1, 1, "news")
	e := await.Next(t, w.Events())
	done, _ := start(t, "rados_notify_ack", func() error {
		e := e
		return e.Ack(nil)
	})
	fakelibrados.Release("rados_notify_ack")
	for range many {
		assert.NoError(t, <-done)
	}
	require.NoError(t, w.Delete())
}
