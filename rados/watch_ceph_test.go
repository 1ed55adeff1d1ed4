package rados_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"runtime/pprof"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// watch watches an object, which it creates if necessary, until the test ends.
func watch(t testing.TB, ioctx *rados.IOContext, oid string) *rados.Watcher {
	t.Helper()
	require.NoError(t, ioctx.Create(oid, rados.CreateIdempotent))
	w, err := ioctx.Watch(oid)
	require.NoError(t, err)
	t.Cleanup(func() { w.Delete() })
	return w
}

func TestWatch(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(t *testing.T, ioctx *rados.IOContext){
		"watch.WatchNotify": func(t *testing.T, ioctx *rados.IOContext) {
			seen := answer(t, watch(t, ioctx, "foo"), "")
			acks, timeouts, err := ioctx.Notify("foo", nil)
			require.NoError(t, err)
			require.Len(t, acks, 1)
			assert.Empty(t, acks[0].Response)
			assert.Empty(t, timeouts)
			assert.Empty(t, await.Next(t, seen).Data)
			_, err = ioctx.Watch("none")
			assert.Equal(t, rados.ErrNotFound, err)
		},
		"watch.WatchNotify2": func(t *testing.T, ioctx *rados.IOContext) {
			w := watch(t, ioctx, "foo")
			age, err := w.Check()
			require.NoError(t, err)
			assert.GreaterOrEqual(t, age, time.Duration(0))
			assert.Less(t, age, await.Patience)
			seen := answer(t, w, "reply")
			other := another(t, ioctx)
			acks, timeouts, err := other.NotifyWithTimeout("foo", []byte("notify"), 5*await.Patience)
			require.NoError(t, err)
			assert.Empty(t, timeouts)
			e := await.Next(t, seen)
			assert.Equal(t, "notify", string(e.Data))
			assert.Equal(t, w.ID(), e.WatcherID)
			assert.NotZero(t, e.ID)
			require.Len(t, acks, 1)
			assert.Equal(t, "reply", string(acks[0].Response))
			assert.Equal(t, w.ID(), acks[0].WatcherID)
			assert.NotEqual(t, acks[0].NotifierID, e.NotifierID, "who answers, and who asks")

			acks, timeouts, err = ioctx.Notify("none", nil)
			assert.Equal(t, rados.ErrNotFound, err)
			assert.Empty(t, acks)
			assert.Empty(t, timeouts)
		},
		"watch.WatchNotify2Multi": func(t *testing.T, ioctx *rados.IOContext) {
			one, two := watch(t, ioctx, "foo"), watch(t, ioctx, "foo")
			assert.NotEqual(t, one.ID(), two.ID())
			seenOne, seenTwo := answer(t, one, "one"), answer(t, two, "two")
			acks, timeouts, err := ioctx.Notify("foo", []byte("data"))
			require.NoError(t, err)
			assert.Empty(t, timeouts)
			got := make(map[rados.WatcherID]string)
			for _, ack := range acks {
				got[ack.WatcherID] = string(ack.Response)
			}
			assert.Equal(t, map[rados.WatcherID]string{one.ID(): "one", two.ID(): "two"}, got)
			assert.Equal(t, await.Next(t, seenOne).ID, await.Next(t, seenTwo).ID)
		},
		"watch.WatchNotify2Timeout": func(t *testing.T, ioctx *rados.IOContext) {
			w := watch(t, ioctx, "foo")
			acks, timeouts, err := ioctx.NotifyWithTimeout("foo", []byte("data"), time.Second)
			assert.ErrorIs(t, err, syscall.ETIMEDOUT)
			assert.Empty(t, acks)
			require.Len(t, timeouts, 1)
			assert.Equal(t, w.ID(), timeouts[0].WatcherID)
			late := await.Next(t, w.Events())
			_ = late.Ack(nil)
			_, err = w.Check()
			require.NoError(t, err, "the watch survives")
			answer(t, w, "now")
			acks, _, err = ioctx.Notify("foo", nil)
			require.NoError(t, err)
			assert.Len(t, acks, 1)
			require.NoError(t, w.Delete())
		},
		"watch.Watch2Delete": func(t *testing.T, ioctx *rados.IOContext) {
			w := watch(t, ioctx, "foo")
			require.NoError(t, ioctx.Delete("foo"))
			lost := []error{syscall.ENOTCONN, syscall.ENOENT}
			isOne := func(err error) bool { return errorsIsAny(err, lost...) }
			err := await.Next(t, w.Errors())
			assert.True(t, isOne(err), "%v", err)
			await.Closed(t, w.Errors())
			await.Closed(t, w.Events())
			_, err = w.Check()
			assert.True(t, isOne(err), "%v", err)
			first := w.Delete()
			assert.True(t, first == nil || isOne(first), "%v", first)
			assert.Equal(t, first, w.Delete())
			_, err = w.Check()
			assert.Equal(t, rados.ErrWatcherClosed, err)
		},
		"watch.AioWatchDelete": func(t *testing.T, ioctx *rados.IOContext) {
			watchOfRemoved(t, ioctx, 0)
		},
		"watch.AioWatchDelete2": func(t *testing.T, ioctx *rados.IOContext) {
			watchOfRemoved(t, ioctx, 3*time.Second)
		},
		"watch.AioWatchNotify2": func(t *testing.T, ioctx *rados.IOContext) {
			w := watch(t, ioctx, "foo")
			_, err := w.Check()
			require.NoError(t, err)
			seen := answer(t, w, "reply")
			acks, timeouts, err := ioctx.NotifyWithTimeout("foo", []byte("notify"), 5*await.Patience)
			require.NoError(t, err)
			assert.Empty(t, timeouts)
			require.Len(t, acks, 1)
			assert.Equal(t, "reply", string(acks[0].Response))
			assert.Equal(t, w.ID(), await.Next(t, seen).WatcherID)
			_, _, err = ioctx.Notify("none", nil)
			assert.Equal(t, rados.ErrNotFound, err)
			require.NoError(t, w.Delete())
		},
		"watch.AioNotify":                    notifications,
		"py.TestWatchNotify.test_aio_notify": notificationsToTwo,
		"py.TestWatchNotify.test": func(t *testing.T, ioctx *rados.IOContext) {
			clone, err := ioctx.Clone()
			require.NoError(t, err)
			one, two := watch(t, ioctx, "foo"), watch(t, clone, "foo")
			seenOne, seenTwo := answer(t, one, "1"), answer(t, two, "2")
			for i := range 3 {
				data := fmt.Sprint("payload ", i)
				acks, _, err := ioctx.Notify("foo", []byte(data))
				require.NoError(t, err)
				assert.Len(t, acks, 2)
				assert.Equal(t, data, string(await.Next(t, seenOne).Data))
				assert.Equal(t, data, string(await.Next(t, seenTwo).Data))
			}
			require.NoError(t, one.Delete())
			await.Closed(t, seenOne)
			acks, _, err := ioctx.Notify("foo", []byte("last"))
			require.NoError(t, err)
			assert.Len(t, acks, 1)
			assert.Equal(t, "last", string(await.Next(t, seenTwo).Data))
			require.NoError(t, ioctx.Delete("foo"))
			assert.Error(t, await.Next(t, two.Errors()))
			_, _, err = ioctx.Notify("foo", nil)
			assert.Equal(t, rados.ErrNotFound, err)
			clone.Destroy()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, namespace(t))
		})
	}
}

// TestWatchTimeouts asks the OSD how long watches may be silent.
func TestWatchTimeouts(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	require.NoError(t, ioctx.WriteFull("foo", nil))
	want := make(map[rados.WatcherID]int)
	for timeout, seconds := range map[time.Duration]int{
		0: 30, 1: 1, 500 * time.Millisecond: 1, time.Second: 1, 1500 * time.Millisecond: 2,
		59*time.Second + 1: 60, 90500 * time.Millisecond: 91, time.Hour: 3600,
	} {
		w, err := ioctx.WatchWithTimeout("foo", timeout)
		require.NoError(t, err)
		t.Cleanup(func() { w.Delete() })
		want[w.ID()] = seconds
	}
	var list []struct {
		Namespace, Object string
		Cookie            rados.WatcherID
		Timeout           int
	}
	dumpWatchers(t, &list)
	ns, err := ioctx.GetNamespace()
	require.NoError(t, err)
	got := make(map[rados.WatcherID]int)
	for _, w := range list {
		if w.Namespace == ns && w.Object == "foo" {
			got[w.Cookie] = w.Timeout
		}
	}
	for id, seconds := range want {
		if _, listed := got[id]; !listed && seconds <= 2 {
			delete(want, id) // on a busy machine it has run out meanwhile
		}
	}
	assert.Equal(t, want, got)
}

// TestWatchTimeoutBelowInterval: librados confirms a watch every five seconds, so one with a shorter timeout is
// lost although nothing fails.
func TestWatchTimeoutBelowInterval(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	t.Parallel()
	ioctx := namespace(t)
	require.NoError(t, ioctx.WriteFull("foo", nil))
	watches := map[time.Duration]*rados.Watcher{}
	for _, timeout := range []time.Duration{2 * time.Second, time.Minute} {
		w, err := ioctx.WatchWithTimeout("foo", timeout)
		require.NoError(t, err)
		defer w.Delete()
		watches[timeout] = w
	}
	assert.ErrorIs(t, await.Next(t, watches[2*time.Second].Errors()), syscall.ENOTCONN)
	_, err := watches[time.Minute].Check()
	assert.NoError(t, err)
}

// dumpWatchers adds the watches that the OSDs know to a list. Ceph 14.2 takes this
// command only at an OSD's admin socket.
func dumpWatchers[T any](t *testing.T, list *[]T) {
	t.Helper()
	cluster := radostest.Shared(t)
	for _, osd := range strings.Fields(cluster.Ceph(t, "osd", "ls")) {
		out := cluster.Ceph(t, "daemon", "osd."+osd, "dump_watchers")
		var more []T
		require.NoError(t, json.Unmarshal([]byte(out), &more), "%s", out)
		*list = append(*list, more...)
	}
}

// watchOfRemoved removes an object that is watched.
func watchOfRemoved(t *testing.T, ioctx *rados.IOContext, timeout time.Duration) {
	require.NoError(t, ioctx.Create("foo", rados.CreateExclusive))
	w, err := ioctx.WatchWithTimeout("foo", timeout)
	require.NoError(t, err)
	require.NoError(t, ioctx.Delete("foo"))
	assert.ErrorIs(t, await.Next(t, w.Errors()), syscall.ENOTCONN)
	await.Closed(t, w.Errors())
	_, err = w.Check()
	assert.ErrorIs(t, err, syscall.ENOTCONN)
	assert.Equal(t, rados.ErrNotFound, w.Delete())
}

// TestWatchSurvives restarts the OSD of a watch.
func TestWatchSurvives(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts a cluster and restarts its OSD")
	}
	cluster := radostest.Start(t, radostest.OSDs(1))
	ioctx := cluster.Pool(t)
	w := watch(t, ioctx, "foo")
	seen := answer(t, w, "here")
	cluster.Restart(t, "osd.0")
	cluster.WaitUp(t, "osd.0")
	require.Eventually(t, func() bool {
		// The request may arrive before the watch is registered again.
		acks, _, err := ioctx.NotifyWithTimeout("foo", []byte("again"), await.Patience)
		return assert.NoError(t, err) && len(acks) == 1 && string(acks[0].Response) == "here"
	}, await.Patience, 10*time.Millisecond)
	assert.Equal(t, "again", string(await.Next(t, seen).Data))
	_, err := w.Check()
	assert.NoError(t, err)
	select {
	case err, open := <-w.Errors():
		assert.Failf(t, "the watch is lost", "%v %v", err, open)
	default:
	}
	require.NoError(t, w.Delete())
}

// TestWatchIsLost prevents the client from renewing its watch.
func TestWatchIsLost(t *testing.T) {
	t.Parallel()
	t.Run("watch.Watch3Timeout", func(t *testing.T) {
		if testing.Short() {
			t.Skip("waits some seconds for a watch to run out")
		}
		watchIsLost(t, radostest.Shared(t), func(ioctx *rados.IOContext) (*rados.Watcher, error) {
			return ioctx.WatchWithTimeout("foo", time.Second)
		})
	})
	t.Run("watch.Watch2Timeout", func(t *testing.T) {
		if testing.Short() {
			t.Skip("starts a cluster, and waits some seconds for a watch to run out")
		}
		cluster := radostest.Start(t, radostest.Config("osd", "osd_client_watch_timeout", "2"))
		watchIsLost(t, cluster, func(ioctx *rados.IOContext) (*rados.Watcher, error) { return ioctx.Watch("foo") })
	})
}

// TestWatchesEndWhileOSDIsAway ends thousands of watches without a thread for
// each, by Delete and by Shutdown, which does not wait for the OSD.
func TestWatchesEndWhileOSDIsAway(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops a daemon")
	}
	cluster := radostest.Start(t, radostest.OSDs(1))
	other := cluster.Pool(t)
	name, err := other.GetPoolName()
	require.NoError(t, err)
	conn := cluster.Conn(t)
	ioctx := open(t, conn, name)
	require.NoError(t, ioctx.WriteFull("foo", nil))
	watchers := make([]*rados.Watcher, 3000)
	var wg await.Group
	for i := range watchers {
		wg.Go(func() {
			w, err := ioctx.Watch("foo")
			assert.NoError(t, err)
			watchers[i] = w
		})
	}
	wg.Wait()
	before := pprof.Lookup("threadcreate").Count()
	cluster.Pause(t, "osd.0")
	half := len(watchers) / 2
	for _, w := range watchers[:half] {
		wg.Go(func() { assert.NoError(t, w.Delete()) })
	}
	for _, w := range watchers[:half] {
		await.Closed(t, w.Events())
	}
	conn.Shutdown()
	for _, w := range watchers {
		await.Closed(t, w.Events())
	}
	assert.Less(t, pprof.Lookup("threadcreate").Count()-before, 50)
	cluster.Resume(t, "osd.0")
	wg.Wait()
	for _, w := range watchers {
		assert.NoError(t, w.Delete())
	}
	acks, timeouts, err := other.Notify("foo", nil)
	require.NoError(t, err, "no watch is left")
	assert.Empty(t, acks)
	assert.Empty(t, timeouts)
}

// TestWatchThatTimedOut stops the OSD for longer than rados_osd_op_timeout:
// librados reports a lost watch and then registers it again. Check returns the
// error, and other clients need not wait for the watch once the OSD is back,
// without a Delete.
func TestWatchThatTimedOut(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops a daemon")
	}
	cluster := radostest.Start(t, radostest.OSDs(1), radostest.BlueStore(1<<30))
	other := cluster.Pool(t)
	name, err := other.GetPoolName()
	require.NoError(t, err)
	require.NoError(t, other.WriteFull("foo", nil))
	conn, err := rados.NewConnWithUser("admin")
	require.NoError(t, err)
	t.Cleanup(conn.Shutdown)
	require.NoError(t, conn.ReadConfigFile(cluster.Conf()))
	require.NoError(t, conn.SetConfigOption("rados_osd_op_timeout", "2"))
	require.NoError(t, conn.Connect())
	ioctx := open(t, conn, name)
	w, err := ioctx.Watch("foo")
	require.NoError(t, err)
	ended, err := ioctx.Watch("foo")
	require.NoError(t, err)
	cluster.Kill(t, "osd.0")
	assert.ErrorIs(t, await.Next(t, w.Errors()), syscall.ETIMEDOUT)
	await.Closed(t, w.Errors())
	await.Closed(t, w.Events())
	_, err = w.Check()
	assert.ErrorIs(t, err, syscall.ETIMEDOUT)
	await.Closed(t, ended.Events())
	assert.ErrorIs(t, ended.Delete(), syscall.ETIMEDOUT, "while the OSD is away")
	cluster.Restart(t, "osd.0")
	cluster.WaitUp(t, "osd.0")
	require.Eventually(t, func() bool {
		_, timeouts, err := other.NotifyWithTimeout("foo", nil, time.Second)
		for _, timeout := range timeouts {
			if timeout.WatcherID == w.ID() {
				return false
			}
		}
		return err == nil || errors.Is(err, syscall.ETIMEDOUT)
	}, await.Patience/3, 10*time.Millisecond, "the OSD's own time-out is not what is waited for")
	_, err = w.Check()
	assert.ErrorIs(t, err, syscall.ETIMEDOUT)
	assert.NoError(t, w.Delete())
	_, err = w.Check()
	assert.Equal(t, rados.ErrWatcherClosed, err)
}

// TestWatchInADeletedPool expects the Watcher to end, which Check notices
// immediately.
func TestWatchInADeletedPool(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("waits some seconds for the Watcher to notice")
	}
	for what, notice := range map[string]func(t *testing.T, w *rados.Watcher){
		"Check": func(t *testing.T, w *rados.Watcher) {
			require.Eventually(t, func() bool {
				_, err := w.Check()
				return err == rados.ErrNotFound
			}, await.Patience, 10*time.Millisecond)
		},
		"nobody asks": func(*testing.T, *rados.Watcher) {},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			name := unique("test")
			conn := radostest.Conn(t)
			require.NoError(t, conn.MakePool(name))
			w := watch(t, open(t, conn, name), "foo")
			_, err := w.Check()
			require.NoError(t, err)
			require.NoError(t, conn.DeletePool(name))
			notice(t, w)
			assert.Equal(t, rados.ErrNotFound, await.Next(t, w.Errors()))
			await.Closed(t, w.Errors())
			await.Closed(t, w.Events())
			_, err = w.Check()
			assert.Equal(t, rados.ErrNotFound, err)
			// Ceph 20.2 has already removed the watch by then.
			err = w.Delete()
			assert.True(t, errorsIsAny(err, rados.ErrNotFound, syscall.ENOTCONN), "%v", err)
		})
	}
}

func watchIsLost(t *testing.T, cluster *radostest.Cluster, start func(*rados.IOContext) (*rados.Watcher, error)) {
	other := cluster.Pool(t)
	name, err := other.GetPoolName()
	require.NoError(t, err)
	conn := cluster.Conn(t)
	ioctx := open(t, conn, name)
	require.NoError(t, ioctx.WriteFull("foo", nil))
	require.NoError(t, conn.SetConfigOption("objecter_inject_no_watch_ping", "true"))
	w, err := start(ioctx)
	require.NoError(t, err)
	assert.ErrorIs(t, await.Next(t, w.Errors()), syscall.ENOTCONN)
	await.Closed(t, w.Errors())
	await.Closed(t, w.Events())
	_, err = w.Check()
	assert.ErrorIs(t, err, syscall.ENOTCONN)
	acks, timeouts, err := other.Notify("foo", nil)
	require.NoError(t, err)
	assert.Empty(t, acks)
	assert.Empty(t, timeouts)
	w.Delete()
	require.NoError(t, conn.SetConfigOption("objecter_inject_no_watch_ping", "false"))
	seen := answer(t, watch(t, ioctx, "foo"), "back")
	acks, _, err = other.Notify("foo", nil)
	require.NoError(t, err)
	assert.Len(t, acks, 1)
	await.Next(t, seen)
}

func TestTimeoutsOutOfRange(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	require.NoError(t, ioctx.WriteFull("foo", nil))
	_, _, err := ioctx.NotifyWithTimeout("foo", nil, -1)
	assert.ErrorIs(t, err, syscall.EINVAL)
	_, _, err = ioctx.NotifyWithTimeout("foo", nil, 1<<63-1)
	assert.ErrorIs(t, err, syscall.EINVAL)
	for _, timeout := range []time.Duration{-1, -time.Hour, 1<<63 - 1} {
		_, err = ioctx.WatchWithTimeout("foo", timeout)
		assert.ErrorIs(t, err, syscall.EINVAL, timeout)
	}
}

func TestWatchNamesWithNUL(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	_, err := ioctx.Watch("a\x00b")
	assert.Equal(t, rados.ErrNameContainsNUL, err)
	_, _, err = ioctx.Notify("a\x00b", nil)
	assert.Equal(t, rados.ErrNameContainsNUL, err)
}

func TestUnreadWatcherStallsNoOther(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	away := watch(t, ioctx, "away")
	var wg await.Group
	for range 20 {
		wg.Go(func() {
			_, _, err := ioctx.NotifyWithTimeout("away", []byte("unread"), time.Second)
			assert.ErrorIs(t, err, syscall.ETIMEDOUT)
		})
	}
	answer(t, watch(t, ioctx, "foo"), "present")
	for range 20 {
		acks, _, err := ioctx.NotifyWithTimeout("foo", nil, 2*await.Patience)
		require.NoError(t, err)
		assert.Len(t, acks, 1, "other watchers are not held up")
	}
	wg.Wait()
	for range 20 {
		assert.Equal(t, "unread", string(await.Next(t, away.Events()).Data), "none is dropped")
	}
}

func TestWatcherFlush(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	w := watch(t, ioctx, "foo")
	require.NoError(t, w.Delete())
	assert.NoError(t, radostest.Conn(t).WatcherFlush())
	assert.Equal(t, rados.ErrNotConnected, fresh(t).WatcherFlush())
}

func TestWatcherFlushWaitsForEvents(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	conn := radostest.Conn(t) // others' watches are not waited for
	own := open(t, conn, "shared")
	ns, err := ioctx.GetNamespace()
	require.NoError(t, err)
	own.SetNamespace(ns)
	w := watch(t, own, "foo")
	_, _, err = ioctx.NotifyWithTimeout("foo", nil, time.Second)
	require.ErrorIs(t, err, syscall.ETIMEDOUT, "it has arrived, and is not read")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err = conn.WatcherFlushContext(ctx)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	var of *rados.ObjectError
	require.ErrorAs(t, err, &of)
	assert.Equal(t, "WatcherFlushContext", of.Op)
	flushed := make(chan error, 1)
	go func() { flushed <- conn.WatcherFlush() }()
	await.Next(t, w.Events())
	assert.NoError(t, await.Next(t, flushed))
}

func TestDeletedWatcher(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	w := watch(t, ioctx, "foo")
	var wg await.Group
	for range 8 {
		wg.Go(func() { assert.NoError(t, w.Delete()) })
	}
	wg.Wait()
	await.Closed(t, w.Events())
	await.Closed(t, w.Errors())
	acks, timeouts, err := ioctx.Notify("foo", nil)
	require.NoError(t, err)
	assert.Empty(t, acks)
	assert.Empty(t, timeouts)
	_, err = w.Check()
	assert.Equal(t, rados.ErrWatcherClosed, err)
	assert.Len(t, answer1(t, ioctx, watch(t, ioctx, "foo")), 1, "it can be watched again")

	var none *rados.Watcher
	assert.Equal(t, rados.ErrWatcherClosed, none.Delete())
	_, err = none.Check()
	assert.Equal(t, rados.ErrWatcherClosed, err)
	assert.Zero(t, none.ID())
	await.Closed(t, none.Events())
	await.Closed(t, none.Errors())
	assert.Equal(t, rados.ErrInvalidIOContext, (&rados.NotifyEvent{}).Ack(nil))
	assert.Equal(t, rados.ErrInvalidIOContext, (*rados.NotifyEvent)(nil).Ack(nil))
}

func TestDeleteWhileEventsAreRead(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	w := watch(t, ioctx, "foo")
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range w.Events() {
		}
		for range w.Errors() {
		}
	}()
	require.NoError(t, w.Delete())
	await.Closed(t, done)
}

func TestWatcherEndsWithItsIOContext(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	clone, err := ioctx.Clone()
	require.NoError(t, err)
	var watchers []*rados.Watcher
	for range 5 {
		watchers = append(watchers, watch(t, clone, "foo"))
	}
	pending := make(chan rados.NotifyEvent, 1)
	go func() { pending <- <-watchers[0].Events() }()
	go ioctx.NotifyWithTimeout("foo", nil, time.Second)
	e := await.Next(t, pending)
	clone.Destroy()
	for _, w := range watchers {
		await.Closed(t, w.Events())
		await.Closed(t, w.Errors())
		assert.NoError(t, w.Delete())
		_, err := w.Check()
		assert.Error(t, err)
	}
	assert.Equal(t, rados.ErrWatcherClosed, e.Ack(nil))
	_, err = clone.Watch("foo")
	assert.Equal(t, rados.ErrInvalidIOContext, err)
	_, _, err = clone.Notify("foo", nil)
	assert.Equal(t, rados.ErrInvalidIOContext, err)
}

func TestWatcherEndsWithItsConn(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	conn := radostest.Conn(t)
	other := open(t, conn, "shared")
	ns, err := ioctx.GetNamespace()
	require.NoError(t, err)
	other.SetNamespace(ns)
	one, two := watch(t, other, "foo"), watch(t, other, "bar")
	answer(t, one, "")
	conn.Shutdown()
	for _, w := range []*rados.Watcher{one, two} {
		await.Closed(t, w.Events())
		await.Closed(t, w.Errors())
		w.Delete()
	}
	_, err = other.Watch("foo")
	assert.Equal(t, rados.ErrNotConnected, err)
}

func TestDroppedWatcherStays(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	ns, err := ioctx.GetNamespace()
	require.NoError(t, err)
	require.NoError(t, ioctx.WriteFull("foo", nil))
	events := func() <-chan rados.NotifyEvent {
		other := dropped(t, radostest.Shared(t).Conf(), "shared")
		other.SetNamespace(ns)
		return watch(t, other, "foo").Events()
	}()
	for range 5 {
		runtime.GC() // only the channel is left
	}
	go func() {
		for e := range events {
			_ = e.Ack([]byte("still here"))
		}
	}()
	acks, _, err := ioctx.Notify("foo", nil)
	require.NoError(t, err)
	require.Len(t, acks, 1)
	assert.Equal(t, "still here", string(acks[0].Response))
}
