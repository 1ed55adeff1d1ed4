package fakelibrados_test

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/internal/test/process"
	"github.com/go-rados/go-rados/rados"
)

func watch(t *testing.T, ioctx *rados.IOContext) *rados.Watcher {
	t.Helper()
	w, err := ioctx.Watch("object")
	require.NoError(t, err)
	return w
}

func TestWatch(t *testing.T) {
	ioctx := opened(t)
	w := watch(t, ioctx)
	assert.NotZero(t, w.ID())
	for i, data := range []string{"first", "", "th\x00ird", strings.Repeat("x", 100_000)} {
		fakelibrados.Notify(0, uint64(i)<<40, 1<<63, data)
		e := await.Next(t, w.Events())
		assert.Equal(t, rados.NotifyID(i)<<40, e.ID)
		assert.Equal(t, w.ID(), e.WatcherID)
		assert.Equal(t, rados.NotifierID(1<<63), e.NotifierID)
		assert.Equal(t, data, string(e.Data))
		require.NoError(t, e.Ack([]byte("an\x00swer")))
		assert.Equal(t, []any{"object", i << 40, int(w.ID()), "an\x00swer"}, fakelibrados.Args("rados_notify_ack"))
	}
	require.NoError(t, w.Delete())
	assert.Empty(t, await.Closed(t, w.Events()))
	assert.Empty(t, await.Closed(t, w.Errors()))
	assert.Empty(t, fakelibrados.Live()["watches"])
}

// TestWatchTimeouts expects a timeout that C would round to none not to become
// an endless one.
func TestWatchTimeouts(t *testing.T) {
	ioctx := opened(t)
	for timeout, want := range map[time.Duration]int{
		0: 0, 1: 1, time.Millisecond: 1, time.Second - 1: 1, time.Second: 1, time.Second + 1: 2,
		1500 * time.Millisecond: 2, 30 * time.Second: 30, (1<<32 - 1) * time.Second: 1<<32 - 1,
	} {
		w, err := ioctx.WatchWithTimeout("object", timeout)
		require.NoError(t, err)
		assert.Equal(t, []any{"object", want}, fakelibrados.Args("rados_watch3"), timeout)
		require.NoError(t, w.Delete())
	}
	// librados takes milliseconds, but drops the fraction of a second.
	for timeout, want := range map[time.Duration]int{
		0: 0, 1: 1000, 500 * time.Millisecond: 1000, time.Second: 1000, time.Second + 1: 2000,
		1900 * time.Millisecond: 2000, (1<<32 - 1) * time.Second: (1<<32 - 1) * 1000,
	} {
		_, _, err := ioctx.NotifyWithTimeout("object", data, timeout)
		require.NoError(t, err)
		assert.Equal(t, []any{"object", "data", want}, fakelibrados.Args("rados_notify2"), timeout)
	}
	callsNothing(t, func() {
		for _, timeout := range []time.Duration{-1, -time.Second, (1<<32-1)*time.Second + 1} {
			w, err := ioctx.WatchWithTimeout("object", timeout)
			assert.ErrorIs(t, err, syscall.EINVAL)
			assert.Nil(t, w)
			_, _, err = ioctx.NotifyWithTimeout("object", data, timeout)
			assert.ErrorIs(t, err, syscall.EINVAL)
		}
		for _, timeout := range []time.Duration{-1, (1<<32-1)*time.Second + 1} {
			_, _, err := ioctx.NotifyWithTimeout("object", data, timeout)
			assert.ErrorIs(t, err, syscall.EINVAL)
		}
	})
}

// TestWatchersOfNothing uses a nil and a zero Watcher: they do not crash or
// block.
func TestWatchersOfNothing(t *testing.T) {
	fresh(t)
	callsNothing(t, func() {
		for what, w := range map[string]*rados.Watcher{"nil": nil, "zero": {}} {
			await.Return(t, func() {
				assert.Zero(t, w.ID(), what)
				assert.Empty(t, await.Closed(t, w.Events()), what)
				assert.Empty(t, await.Closed(t, w.Errors()), what)
				_, err := w.Check()
				assert.Equal(t, rados.ErrWatcherClosed, err, what)
				assert.Equal(t, rados.ErrWatcherClosed, w.Delete(), what)
				assert.Equal(t, rados.ErrWatcherClosed, wrapped("Watcher.DeleteContext", w.DeleteContext(t.Context())), what)
			})
		}
		for what, e := range map[string]*rados.NotifyEvent{"nil": nil, "zero": {}} {
			assert.Equal(t, rados.ErrInvalidIOContext, e.Ack(data), what)
			assert.Equal(t, rados.ErrInvalidIOContext, wrapped("NotifyEvent.AckContext", e.AckContext(t.Context(), data)), what)
		}
	})
}

// TestWatchFails expects no Watcher and no leak.
func TestWatchFails(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Return("rados_watch3", -int(syscall.ENOENT))
	before := process.Goroutines()
	for range 100 {
		w, err := ioctx.Watch("object")
		assert.Equal(t, rados.ErrNotFound, err)
		assert.Nil(t, w)
	}
	fewGoroutines(t, before)
	assert.Zero(t, fakelibrados.Calls("rados_unwatch2"))
	fakelibrados.Notify(0, 1, 1, "too late")
	fakelibrados.WatchError(1, -int(syscall.ENOTCONN))
}

// fewGoroutines blocks until there are hardly more than before.
func fewGoroutines(t *testing.T, before int) {
	t.Helper()
	await.Until(t, func() bool { return process.Goroutines() <= before+5 }, "goroutines end")
}

func TestDeleteEndsGoroutines(t *testing.T) {
	ioctx := opened(t)
	before := process.Goroutines()
	for i := range 100 {
		w := watch(t, ioctx)
		fakelibrados.Notify(i, 1, 1, "not read")
		require.NoError(t, w.Delete())
	}
	fewGoroutines(t, before)
}

// TestDeleteTwice deletes a Watcher repeatedly, and concurrently: all get the
// same result.
func TestDeleteTwice(t *testing.T) {
	ioctx := opened(t)
	w := watch(t, ioctx)
	fakelibrados.Return("rados_unwatch2", -int(syscall.ENOTCONN))
	var wg await.Group
	for range 5 {
		wg.Go(func() { assert.ErrorIs(t, w.Delete(), syscall.ENOTCONN) })
	}
	wg.Wait()
	assert.ErrorIs(t, w.Delete(), syscall.ENOTCONN)
	assert.Equal(t, 1, fakelibrados.Calls("rados_unwatch2"))
	_, err := w.Check()
	assert.Equal(t, rados.ErrWatcherClosed, err)
}

// TestDeleteContextOfADeletedWatcher expects the result of Delete, though the IOContext is closed.
func TestDeleteContextOfADeletedWatcher(t *testing.T) {
	o := both(t)
	w := watch(t, o.ioctx)
	require.NoError(t, w.Delete())
	o.ioctx.Destroy()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for range 100 {
		require.NoError(t, w.DeleteContext(ctx))
	}
}

// TestProbeIsNotTraced loses a watch by a timeout, after which the OSD is probed.
func TestProbeIsNotTraced(t *testing.T) {
	o := both(t)
	w := watch(t, o.ioctx)
	r := &recorder{}
	o.conn.SetTracer(r)
	fakelibrados.WatchError(0, -int(syscall.ETIMEDOUT))
	await.Next(t, w.Errors())
	await.Until(t, func() bool { return fakelibrados.Calls("rados_unwatch2") == 1 }, "the watch is removed")
	assert.Empty(t, r.calls(t))
	require.NoError(t, w.Delete())
}

// TestFailingDeleteClosesTheChannels expects loops over the channels to end.
func TestFailingDeleteClosesTheChannels(t *testing.T) {
	ioctx := opened(t)
	w := watch(t, ioctx)
	fakelibrados.Notify(0, 1, 1, "not read")
	fakelibrados.Return("rados_unwatch2", -int(syscall.ENOENT))
	assert.Equal(t, rados.ErrNotFound, w.Delete())
	await.Closed(t, w.Events())
	await.Closed(t, w.Errors())
}

// TestDeleteContext ends a DeleteContext that waits for the OSD: the watch is removed when the OSD
// answers.
func TestDeleteContext(t *testing.T) {
	for what, ending := range map[string]struct {
		end  func(cancel context.CancelFunc, o on)
		want error
	}{
		"cancel":   {func(cancel context.CancelFunc, _ on) { cancel() }, context.Canceled},
		"destroy":  {func(_ context.CancelFunc, o on) { o.ioctx.Destroy() }, rados.ErrInvalidIOContext},
		"shutdown": {func(_ context.CancelFunc, o on) { o.conn.Shutdown() }, rados.ErrNotConnected},
	} {
		t.Run(what, func(t *testing.T) {
			o := both(t)
			before := process.Goroutines()
			w := watch(t, o.ioctx)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done := begun(t, "rados_unwatch2", func() error { return w.DeleteContext(ctx) })
			ending.end(cancel, o)
			err := await.Next(t, done)
			assert.ErrorIs(t, err, ending.want)
			assert.ErrorContains(t, err, "Watcher.DeleteContext")
			await.Closed(t, w.Events())
			await.Closed(t, w.Errors())
			fakelibrados.Release("rados_unwatch2")
			assert.NoError(t, w.Delete(), "the result of the first")
			assert.Equal(t, 1, fakelibrados.Calls("rados_unwatch2"))
			fewGoroutines(t, before)
		})
	}
}

// TestDeleteContextThatHasEnded expects the Watcher to go on.
func TestDeleteContextThatHasEnded(t *testing.T) {
	ioctx := opened(t)
	w := watch(t, ioctx)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var none context.Context
	sendsNothing(t, func() {
		assert.ErrorIs(t, w.DeleteContext(ctx), context.Canceled)
		assert.ErrorIs(t, w.DeleteContext(none), syscall.EINVAL)
	})
	fakelibrados.Notify(0, 1, 1, "news")
	await.Next(t, w.Events())
	assert.NoError(t, w.DeleteContext(t.Context()))
	assert.NoError(t, w.DeleteContext(t.Context()))
}

// TestDeleteThatWaitsClosesTheChannelsFirst expects the channels to be closed
// while Delete waits.
func TestDeleteThatWaitsClosesTheChannelsFirst(t *testing.T) {
	ioctx := opened(t)
	w := watch(t, ioctx)
	finish := held(t, "rados_unwatch2", w.Delete)
	await.Closed(t, w.Events())
	await.Closed(t, w.Errors())
	require.NoError(t, finish())
}

// TestLateCallbacks has librados call back after the watch, the Watcher or the
// Conn is gone.
func TestLateCallbacks(t *testing.T) {
	o := both(t)
	deleted, other := watch(t, o.ioctx), watch(t, o.ioctx)
	require.NoError(t, deleted.Delete())
	for range 100 {
		fakelibrados.Notify(0, 1, 1, "too late")
		fakelibrados.WatchError(0, -int(syscall.ENOTCONN))
	}
	assert.Empty(t, await.Closed(t, deleted.Events()))
	assert.Empty(t, await.Closed(t, deleted.Errors()))
	fakelibrados.Notify(1, 2, 1, "in time")
	assert.Equal(t, "in time", string(await.Next(t, other.Events()).Data), "goes on behind them")
	o.ioctx.Destroy()
	await.Closed(t, other.Events())
	require.NoError(t, other.Delete())
	o.conn.Shutdown()
	fakelibrados.Notify(1, 3, 1, "far too late")
	collect()
	fakelibrados.WatchError(1, -int(syscall.ENOTCONN))
}

// TestErrorClosesTheChannels expects earlier events to be delivered before.
func TestErrorClosesTheChannels(t *testing.T) {
	ioctx := opened(t)
	w := watch(t, ioctx)
	fakelibrados.Notify(0, 1, 1, "a")
	fakelibrados.Notify(0, 2, 1, "b")
	fakelibrados.WatchError(0, -int(syscall.ENOTCONN))
	fakelibrados.Notify(0, 3, 1, "behind it")
	fakelibrados.WatchError(0, -int(syscall.EIO))
	assert.ErrorIs(t, await.Next(t, w.Errors()), syscall.ENOTCONN)
	assert.Empty(t, await.Closed(t, w.Errors()), "one is all")
	events := await.Closed(t, w.Events())
	require.Len(t, events, 2)
	assert.Equal(t, "b", string(events[1].Data))
	assert.Equal(t, rados.ErrWatchLost, events[1].Ack(nil))
	require.NoError(t, w.Delete())
	assert.Equal(t, 1, fakelibrados.Calls("rados_unwatch2"), "still needed")
}

// TestUndrainedWatcherStallsNoOther does not read the events of a Watcher:
// others are not held up, and none is lost.
func TestUndrainedWatcherStallsNoOther(t *testing.T) {
	ioctx := opened(t)
	idle, busy := watch(t, ioctx), watch(t, ioctx)
	const n = 2000
	for i := range n {
		fakelibrados.Notify(0, uint64(i), 1, "unread")
	}
	for i := range 10 {
		fakelibrados.Notify(1, uint64(i), 1, "news")
		assert.EqualValues(t, i, await.Next(t, busy.Events()).ID)
	}
	for i := range n {
		require.EqualValues(t, i, await.Next(t, idle.Events()).ID, "in order")
	}
	require.NoError(t, idle.Delete())
	require.NoError(t, busy.Delete())
}

// TestHeldWatchStallsNoOther holds up one call in librados: no lock is held
// while it waits for an OSD.
func TestHeldWatchStallsNoOther(t *testing.T) {
	o := both(t)
	other := watch(t, o.ioctx)
	var w *rados.Watcher
	finish := held(t, "rados_watch3", func() (err error) {
		w, err = o.ioctx.Watch("object")
		return err
	})
	await.Return(t, func() {
		fakelibrados.Notify(0, 1, 1, "news")
		require.NoError(t, second(await.Next(t, other.Events()), nil))
		require.NoError(t, second(other.Check()))
		require.NoError(t, o.ioctx.Write("object", data, 0))
		require.NoError(t, third2(o.ioctx.Notify("object", data)))
		require.NoError(t, other.Delete())
	})
	more := make(chan error, 1)
	go func() {
		w, err := o.ioctx.Watch("another")
		w.Delete()
		more <- err
	}()
	require.True(t, fakelibrados.Await("rados_watch3", 2), "both are inside")
	fakelibrados.Notify(1, 7, 1, "before it is known") // librados may be that fast
	require.NoError(t, finish())
	require.NoError(t, await.Next(t, more))
	assert.Equal(t, "before it is known", string(await.Next(t, w.Events()).Data))
	require.NoError(t, w.Delete())
}

// TestDeleteUnderCheck expects the watch not to be removed during Check.
func TestDeleteUnderCheck(t *testing.T) {
	ioctx := opened(t)
	w := watch(t, ioctx)
	finish := held(t, "rados_watch_check", func() error { return second(w.Check()) })
	deleted := make(chan error, 1)
	go func() { deleted <- w.Delete() }()
	await.Closed(t, w.Events())
	assert.Zero(t, fakelibrados.Calls("rados_unwatch2"))
	require.NoError(t, finish())
	require.NoError(t, await.Next(t, deleted))
	assert.Equal(t, 1, fakelibrados.Calls("rados_unwatch2"))
}

func TestCheck(t *testing.T) {
	ioctx := opened(t)
	w := watch(t, ioctx)
	fakelibrados.Return("rados_watch_check", 1234)
	age, err := w.Check()
	require.NoError(t, err)
	assert.Equal(t, 1234*time.Millisecond, age)
	fakelibrados.Return("rados_watch_check", -int(syscall.ENOTCONN))
	age, err = w.Check()
	assert.ErrorIs(t, err, syscall.ENOTCONN)
	assert.Zero(t, age)
	require.NoError(t, w.Delete())
}

// called blocks until a function has been called n times.
func called(t *testing.T, n int, function string) {
	t.Helper()
	await.Until(t, func() bool { return fakelibrados.Calls(function) >= n }, function)
}

// TestCheckOfALostWatch expects the error of the Watcher, whatever librados
// returns later, and the watch to be removed without a Delete.
func TestCheckOfALostWatch(t *testing.T) {
	ioctx := opened(t)
	w := watch(t, ioctx)
	fakelibrados.Return("rados_watch_check", 27_980)
	fakelibrados.WatchError(0, -int(syscall.ENOTCONN))
	assert.ErrorIs(t, await.Next(t, w.Errors()), syscall.ENOTCONN)
	age, err := w.Check()
	assert.ErrorIs(t, err, syscall.ENOTCONN)
	assert.Zero(t, age)
	called(t, 1, "rados_unwatch2")
	_, err = w.Check()
	assert.ErrorIs(t, err, syscall.ENOTCONN)
	require.NoError(t, w.Delete())
	_, err = w.Check()
	assert.Equal(t, rados.ErrWatcherClosed, err)
	assert.Equal(t, 1, fakelibrados.Calls("rados_unwatch2"))
}

// TestLostWatchIsRemovedUnderCheck expects the watch to be removed after Check
// returns.
func TestLostWatchIsRemovedUnderCheck(t *testing.T) {
	ioctx := opened(t)
	w := watch(t, ioctx)
	finish := held(t, "rados_watch_check", func() error { return second(w.Check()) })
	fakelibrados.WatchError(0, -int(syscall.ENOTCONN))
	assert.ErrorIs(t, await.Next(t, w.Errors()), syscall.ENOTCONN)
	assert.ErrorIs(t, second(w.Check()), syscall.ENOTCONN, "does not wait for the other")
	assert.Zero(t, fakelibrados.Calls("rados_unwatch2"))
	_ = finish()
	called(t, 1, "rados_unwatch2")
	require.NoError(t, w.Delete())
}

// TestLostWatchIsRemovedWhenTheOSDAnswers expects the watch to be removed after
// the OSD answers: the removal can time out, and cannot be repeated. Delete and
// Destroy do not wait for that.
func TestLostWatchIsRemovedWhenTheOSDAnswers(t *testing.T) {
	for what, end := range map[string]func(o on, w *rados.Watcher){
		"answers":   func(on, *rados.Watcher) { fakelibrados.Return("rados_stat2", -int(syscall.ENOENT)) },
		"deleted":   func(_ on, w *rados.Watcher) { assert.NoError(t, w.Delete()) },
		"destroyed": func(o on, _ *rados.Watcher) { o.ioctx.Destroy() },
	} {
		t.Run(what, func(t *testing.T) {
			o := both(t)
			before := process.Goroutines()
			w := watch(t, o.ioctx)
			fakelibrados.Return("rados_stat2", -int(syscall.ETIMEDOUT))
			fakelibrados.WatchError(0, -int(syscall.ETIMEDOUT))
			assert.ErrorIs(t, await.Next(t, w.Errors()), syscall.ETIMEDOUT)
			called(t, 2, "rados_stat2")
			assert.Equal(t, []any{"object"}, fakelibrados.Args("rados_stat2"))
			assert.ErrorIs(t, second(w.Check()), syscall.ETIMEDOUT)
			assert.Zero(t, fakelibrados.Calls("rados_unwatch2"))
			end(o, w)
			called(t, 1, "rados_unwatch2")
			require.NoError(t, w.Delete())
			assert.Equal(t, 1, fakelibrados.Calls("rados_unwatch2"))
			fewGoroutines(t, before)
		})
	}
}

// TestWatchLostBeforeItIsKnown has librados report the loss before Watch
// returns.
func TestWatchLostBeforeItIsKnown(t *testing.T) {
	for _, code := range []int{0, -int(syscall.EIO)} {
		ioctx := opened(t)
		before := process.Goroutines()
		var w *rados.Watcher
		finish := held(t, "rados_watch3", func() (err error) {
			w, err = ioctx.Watch("object")
			return err
		})
		fakelibrados.WatchError(0, -int(syscall.ENOTCONN))
		if code != 0 {
			fakelibrados.Return("rados_watch3", code)
			assert.ErrorIs(t, finish(), syscall.EIO)
			fewGoroutines(t, before)
			continue
		}
		require.NoError(t, finish())
		assert.ErrorIs(t, await.Next(t, w.Errors()), syscall.ENOTCONN)
		called(t, 1, "rados_unwatch2")
		require.NoError(t, w.Delete())
	}
}

// TestCheckOfADeletedPool expects Check to end the Watcher, which librados does
// not notify.
func TestCheckOfADeletedPool(t *testing.T) {
	ioctx := opened(t)
	w := watch(t, ioctx)
	fakelibrados.Return("rados_ioctx_get_pool_name", -int(syscall.ENOENT))
	_, err := w.Check()
	assert.Equal(t, rados.ErrNotFound, err)
	assert.Equal(t, rados.ErrNotFound, await.Next(t, w.Errors()))
	assert.Empty(t, await.Closed(t, w.Errors()))
	assert.Empty(t, await.Closed(t, w.Events()))
	called(t, 1, "rados_unwatch2")
	_, err = w.Check()
	assert.Equal(t, rados.ErrNotFound, err)
	fakelibrados.Proceed("rados_ioctx_get_pool_name")
	require.NoError(t, w.Delete())
}

// TestWatcherEndsWithItsIOContext expects the watch to be removed before the
// IOContext is freed, and Destroy not to wait for it.
func TestWatcherEndsWithItsIOContext(t *testing.T) {
	for what, end := range map[string]func(o on) error{
		"destroy":  func(o on) error { o.ioctx.Destroy(); return rados.ErrInvalidIOContext },
		"shutdown": func(o on) error { o.conn.Shutdown(); return rados.ErrNotConnected },
	} {
		t.Run(what, func(t *testing.T) {
			o := both(t)
			w := watch(t, o.ioctx)
			fakelibrados.Notify(0, 1, 1, "news")
			e := await.Next(t, w.Events())
			fakelibrados.Hold("rados_unwatch2")
			var want error
			await.Return(t, func() { want = end(o) })
			require.True(t, fakelibrados.Await("rados_unwatch2", 1))
			assert.Zero(t, fakelibrados.Calls("rados_ioctx_destroy"))
			await.Closed(t, w.Events())
			await.Closed(t, w.Errors())
			_, err := w.Check()
			assert.Equal(t, want, err)
			assert.Equal(t, rados.ErrWatcherClosed, e.Ack(nil))
			fakelibrados.Release("rados_unwatch2")
			require.NoError(t, w.Delete())
			assert.Equal(t, 1, fakelibrados.Calls("rados_unwatch2"))
			o.conn.Shutdown()
			collectUntil(t, "freed", nothingLives)
		})
	}
}

// TestWatchersByMany makes every call concurrently while everything is being
// closed.
func TestWatchersByMany(t *testing.T) {
	fresh(t)
	rounds := 100
	if testing.Short() {
		rounds = 20
	}
	for range rounds {
		o := connectedTo(t, "pool")
		var wg await.Group
		for g := range 4 {
			wg.Go(func() {
				w, err := o.ioctx.Watch("object")
				assertGone(t, err)
				if err != nil {
					return
				}
				wg.Go(func() {
					for e := range w.Events() {
						if err := e.Ack(nil); err != rados.ErrWatcherClosed {
							assertGone(t, err)
						}
					}
				})
				_, err = w.Check()
				if err != rados.ErrWatcherClosed {
					assertGone(t, err)
				}
				assertGone(t, third2(o.ioctx.Notify("object", data)))
				if g%2 == 0 {
					assert.NoError(t, w.Delete())
				}
			})
		}
		wg.Go(o.ioctx.Destroy)
		wg.Go(o.conn.Shutdown)
		await.Return(t, wg.Wait)
	}
	collectUntil(t, "freed", nothingLives)
}

var (
	someAcks = []rados.NotifyAck{
		{NotifierID: 1 << 63, WatcherID: 2, Response: []byte("an\x00swer")},
		{NotifierID: 3, WatcherID: 1<<64 - 1},
	}
	someTimeouts = []rados.NotifyTimeout{{NotifierID: 5, WatcherID: 6}, {NotifierID: 7, WatcherID: 8}}
)

// TestWatcherFlushFails tests the errors that the table of methods does not.
func TestWatcherFlushFails(t *testing.T) {
	o := both(t)
	w := watch(t, o.ioctx)
	fakelibrados.Return("rados_watch_flush", -int(syscall.EIO))
	assert.ErrorIs(t, o.conn.WatcherFlush(), syscall.EIO)
	require.NoError(t, w.Delete())
}

// TestWatcherFlush blocks until events have been received, or their Watchers
// end.
func TestWatcherFlush(t *testing.T) {
	for what, f := range map[string]func(t *testing.T, o on, w *rados.Watcher){
		"received": func(t *testing.T, _ on, w *rados.Watcher) { await.Next(t, w.Events()) },
		"deleted":  func(t *testing.T, _ on, w *rados.Watcher) { require.NoError(t, w.Delete()) },
		"lost": func(t *testing.T, _ on, w *rados.Watcher) {
			fakelibrados.WatchError(fakelibrados.WatchNumber(uint64(w.ID())), -int(syscall.ENOTCONN))
		},
		"destroyed": func(_ *testing.T, o on, _ *rados.Watcher) { o.ioctx.Destroy() },
		"shut down": func(_ *testing.T, o on, _ *rados.Watcher) { o.conn.Shutdown() },
	} {
		t.Run(what, func(t *testing.T) {
			o := both(t)
			w, other := watch(t, o.ioctx), watch(t, o.ioctx)
			for range 1000 { // some are on their way to Go yet
				fakelibrados.Notify(1, 1, 1, "for the other")
			}
			fakelibrados.Notify(0, 1, 1, "news")
			flushed := make(chan error, 1)
			go func() { flushed <- o.conn.WatcherFlush() }()
			for range 1000 {
				await.Next(t, other.Events())
			}
			ctx, cancel := context.WithCancel(t.Context())
			given := make(chan error, 1)
			go func() { given <- o.conn.WatcherFlushContext(ctx) }()
			called(t, 2, "rados_watch_flush")
			fakelibrados.Notify(1, 2, 1, "too late for the first flush")
			await.Next(t, other.Events())
			select {
			case err := <-flushed:
				require.Fail(t, "returned", "%v", err)
			case err := <-given:
				require.Fail(t, "returned", "%v", err)
			default:
			}
			cancel()
			err := await.Next(t, given)
			assert.ErrorIs(t, err, context.Canceled)
			assert.Contains(t, err.Error(), "WatcherFlushContext")
			f(t, o, w)
			assert.NoError(t, await.Next(t, flushed))
			assert.NoError(t, w.Delete())
			assert.NoError(t, other.Delete())
		})
	}
}

// TestWatcherFlushOfNothing does not wait for anything, nor for events of
// another Conn, nor for later ones.
func TestWatcherFlushOfNothing(t *testing.T) {
	o := both(t)
	other := connectedTo(t, "pool")
	t.Cleanup(other.conn.Shutdown)
	w, others := watch(t, o.ioctx), watch(t, other.ioctx)
	await.Return(t, func() { assert.NoError(t, o.conn.WatcherFlush()) })
	fakelibrados.Notify(1, 1, 1, "news of the other")
	await.Return(t, func() {
		assert.NoError(t, o.conn.WatcherFlush())
		assert.NoError(t, o.conn.WatcherFlushContext(t.Context()))
	})
	fakelibrados.Notify(0, 1, 1, "news")
	await.Next(t, w.Events())
	await.Return(t, func() { assert.NoError(t, o.conn.WatcherFlush()) })
	require.NoError(t, w.Delete())
	require.NoError(t, others.Delete())
}

// TestWatcherFlushContextEnds cancels a flush in librados.
func TestWatcherFlushContextEnds(t *testing.T) {
	conn := connected(t)
	ctx, cancel := context.WithCancel(t.Context())
	fakelibrados.Hold("rados_watch_flush")
	flushed := make(chan error, 1)
	go func() { flushed <- conn.WatcherFlushContext(ctx) }()
	require.True(t, fakelibrados.Await("rados_watch_flush", 1))
	cancel()
	assert.ErrorIs(t, await.Next(t, flushed), context.Canceled)
	fakelibrados.Release("rados_watch_flush")
	callsNothing(t, func() {
		assert.ErrorIs(t, conn.WatcherFlushContext(ctx), context.Canceled)
		var none context.Context
		assert.ErrorIs(t, conn.WatcherFlushContext(none), syscall.EINVAL)
	})
}

// TestDroppedWatcherStays drops a Watcher whose channels may still be read.
func TestDroppedWatcherStays(t *testing.T) {
	o := both(t)
	events := watch(t, o.ioctx).Events()
	collect()
	assert.Equal(t, 1, fakelibrados.Live()["watches"])
	fakelibrados.Notify(0, 1, 1, "news")
	assert.Equal(t, "news", string(await.Next(t, events).Data))
	o.conn.Shutdown()
	await.Closed(t, events)
	collectUntil(t, "freed", nothingLives)
}

// TestWatchesEndWithoutAThreadEach ends thousands of watches by Delete and by
// Shutdown while the OSD does not answer.
func TestWatchesEndWithoutAThreadEach(t *testing.T) {
	o := both(t)
	const n = 3000
	watchers := make([]*rados.Watcher, n)
	for i := range watchers {
		watchers[i] = watch(t, o.ioctx)
	}
	fakelibrados.Hold("rados_unwatch2")
	before := process.Threads()
	var wg await.Group
	for _, w := range watchers[:n/2] {
		wg.Go(func() { assert.NoError(t, w.Delete()) })
	}
	require.True(t, fakelibrados.Await("rados_unwatch2", 1))
	for _, w := range watchers[:n/2] {
		await.Closed(t, w.Events())
	}
	await.Return(t, o.conn.Shutdown)
	for _, w := range watchers {
		await.Closed(t, w.Events())
	}
	assert.Less(t, process.Threads(), before+50)
	assert.Zero(t, fakelibrados.Calls("rados_ioctx_destroy"), "the watches need it")
	fakelibrados.Release("rados_unwatch2")
	wg.Wait()
	for _, w := range watchers {
		require.NoError(t, w.Delete())
	}
	assert.Equal(t, n, fakelibrados.Calls("rados_unwatch2"))
	collectUntil(t, "freed", nothingLives)
}
