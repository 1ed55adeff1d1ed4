package rados_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// answer acknowledges every notification with data, and returns a channel of
// the events.
func answer(t testing.TB, w *rados.Watcher, data string) <-chan rados.NotifyEvent {
	seen := make(chan rados.NotifyEvent, 1000)
	go func() {
		defer close(seen)
		for e := range w.Events() {
			if err := e.Ack([]byte(data)); err != nil {
				assert.Contains(t, []error{rados.ErrWatcherClosed, rados.ErrInvalidIOContext, rados.ErrNotConnected}, err)
			}
			seen <- e
		}
	}()
	return seen
}

// answer1 notifies an object whose watcher answers, and returns the
// acknowledgements.
func answer1(t testing.TB, ioctx *rados.IOContext, w *rados.Watcher) []rados.NotifyAck {
	t.Helper()
	answer(t, w, "")
	acks, _, err := ioctx.Notify("foo", nil)
	require.NoError(t, err)
	return acks
}

// notifications has many notifications in flight, to an object and to a missing
// one.
func notifications(t *testing.T, ioctx *rados.IOContext) {
	w := watch(t, ioctx, "foo")
	seen := answer(t, w, "reply")
	var wg await.Group
	for range 10 {
		wg.Go(func() {
			acks, timeouts, err := ioctx.NotifyWithTimeout("foo", []byte("notify"), await.Patience)
			assert.NoError(t, err)
			assert.Empty(t, timeouts)
			if assert.Len(t, acks, 1) {
				assert.Equal(t, "reply", string(acks[0].Response))
				assert.Equal(t, w.ID(), acks[0].WatcherID)
			}
		})
		wg.Go(func() {
			acks, timeouts, err := ioctx.Notify("none", []byte("notify"))
			assert.Equal(t, rados.ErrNotFound, err)
			assert.Empty(t, acks)
			assert.Empty(t, timeouts)
		})
	}
	wg.Wait()
	for range 10 {
		assert.Equal(t, "notify", string(await.Next(t, seen).Data))
	}
}

// notificationsToTwo notifies two watchers of one client, until one is deleted.
func notificationsToTwo(t *testing.T, ioctx *rados.IOContext) {
	conn := radostest.Conn(t)
	ns, err := ioctx.GetNamespace()
	require.NoError(t, err)
	own := open(t, conn, "shared")
	own.SetNamespace(ns)
	one, two := watch(t, own, "foo"), watch(t, own, "foo")
	answer(t, one, "1")
	answer(t, two, "2")
	ack := func(w *rados.Watcher, data string) rados.NotifyAck {
		return rados.NotifyAck{NotifierID: rados.NotifierID(conn.GetInstanceID()), WatcherID: w.ID(), Response: []byte(data)}
	}
	for range 2 {
		acks, timeouts, err := own.Notify("foo", []byte("data"))
		require.NoError(t, err)
		assert.Empty(t, timeouts)
		assert.ElementsMatch(t, []rados.NotifyAck{ack(one, "1"), ack(two, "2")}, acks)
	}
	require.NoError(t, one.Delete())
	acks, _, err := own.Notify("foo", []byte("data"))
	require.NoError(t, err)
	assert.Equal(t, []rados.NotifyAck{ack(two, "2")}, acks)
	require.NoError(t, own.Delete("foo"))
	acks, _, err = own.Notify("foo", []byte("data"))
	assert.Equal(t, rados.ErrNotFound, err)
	assert.Empty(t, acks)
}

func TestNotifierAndWatcherIDs(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	conn, ns := radostest.Conn(t), unique("test")
	asking, answering := open(t, conn, "shared"), another(t, ioctx)
	asking.SetNamespace(ns)
	answering.SetNamespace(ns)
	own := rados.NotifierID(conn.GetInstanceID())
	mine, others := watch(t, asking, "foo"), watch(t, answering, "foo")
	seen := answer(t, others, "")
	answer(t, mine, "")
	acks, _, err := asking.Notify("foo", nil)
	require.NoError(t, err)
	assert.Equal(t, own, await.Next(t, seen).NotifierID)
	require.Len(t, acks, 2)
	for _, ack := range acks {
		assert.Equal(t, ack.WatcherID == mine.ID(), ack.NotifierID == own, "the client whose watch it is")
	}
}

func TestNotifyWithoutWatchers(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	require.NoError(t, ioctx.WriteFull("foo", nil))
	acks, timeouts, err := ioctx.Notify("foo", []byte("data"))
	require.NoError(t, err)
	assert.Empty(t, acks)
	assert.Empty(t, timeouts)
}

func TestNotifyReportsWatchersThatTimedOut(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	quick, silent := watch(t, ioctx, "foo"), watch(t, another(t, ioctx), "foo")
	answer(t, quick, "here")
	acks, timeouts, err := ioctx.NotifyWithTimeout("foo", nil, time.Second)
	assert.ErrorIs(t, err, syscall.ETIMEDOUT)
	require.Len(t, acks, 1)
	assert.Equal(t, quick.ID(), acks[0].WatcherID)
	assert.Equal(t, "here", string(acks[0].Response))
	require.Len(t, timeouts, 1)
	assert.Equal(t, silent.ID(), timeouts[0].WatcherID)
	assert.NotEqual(t, timeouts[0].NotifierID, acks[0].NotifierID, "whose watches they are")
}

func TestNotifyTimeoutBelowASecond(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	watch(t, ioctx, "foo")
	start := time.Now()
	_, timeouts, err := ioctx.NotifyWithTimeout("foo", nil, 10*time.Millisecond)
	assert.ErrorIs(t, err, syscall.ETIMEDOUT)
	assert.Len(t, timeouts, 1)
	assert.Less(t, time.Since(start), 8*time.Second, "no default instead")
}

func TestNotifyWithMuchData(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	w := watch(t, ioctx, "foo")
	reply := filled('r', 100_000)
	seen := answer(t, w, string(reply))
	acks, _, err := ioctx.Notify("foo", filled('n', 200_000))
	require.NoError(t, err)
	require.Len(t, acks, 1)
	assert.Equal(t, reply, acks[0].Response)
	assert.Equal(t, filled('n', 200_000), await.Next(t, seen).Data)
}

func TestConcurrentNotifications(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	seen := answer(t, watch(t, ioctx, "foo"), "")
	var wg await.Group
	for i := range 50 {
		wg.Go(func() {
			acks, _, err := ioctx.NotifyWithTimeout("foo", []byte{byte(i)}, await.Patience)
			assert.NoError(t, err)
			assert.Len(t, acks, 1)
		})
	}
	wg.Wait()
	got := make(map[byte]bool)
	for range 50 {
		got[await.Next(t, seen).Data[0]] = true
	}
	assert.Len(t, got, 50)
}

func TestNotifyFromTheLoopOverEvents(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	first, second := watch(t, ioctx, "first"), watch(t, ioctx, "second")
	answer(t, second, "inner")
	inner := make(chan error, 1)
	go func() {
		e := <-first.Events()
		acks, _, err := ioctx.Notify("second", nil)
		if err == nil && len(acks) != 1 {
			err = fmt.Errorf("%d answers", len(acks))
		}
		inner <- err
		_ = e.Ack([]byte("outer"))
	}()
	acks, _, err := ioctx.Notify("first", nil)
	require.NoError(t, err)
	require.Len(t, acks, 1)
	assert.Equal(t, "outer", string(acks[0].Response))
	assert.NoError(t, await.Next(t, inner))
}

func TestAckAfterACall(t *testing.T) {
	t.Parallel()
	conn := radostest.Conn(t)
	ioctx := open(t, conn, "shared")
	ioctx.SetNamespace(unique("test"))
	w := watch(t, ioctx, "foo")
	require.NoError(t, conn.SetMaxInFlight(1, 0)) // the notification itself takes no room
	go func() {
		e := <-w.Events()
		_, err := ioctx.StatContext(t.Context(), "foo")
		assert.NoError(t, err)
		assert.NoError(t, e.Ack([]byte("done")))
	}()
	acks, _, err := ioctx.NotifyWithTimeout("foo", nil, await.Patience)
	require.NoError(t, err)
	assert.Len(t, acks, 1)
}

func TestAckFromAnotherGoroutine(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	w := watch(t, ioctx, "foo")
	acked := make(chan error, 1)
	go func() {
		e := <-w.Events()
		go func() { acked <- e.Ack([]byte("from elsewhere")) }()
	}()
	acks, _, err := ioctx.Notify("foo", nil)
	require.NoError(t, err)
	require.Len(t, acks, 1)
	assert.Equal(t, "from elsewhere", string(acks[0].Response))
	assert.NoError(t, await.Next(t, acked))
}

func TestAckAfterDelete(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	w := watch(t, ioctx, "foo")
	notified := make(chan error, 1)
	go func() {
		acks, _, err := ioctx.NotifyWithTimeout("foo", nil, await.Patience)
		if err == nil && len(acks) != 0 {
			err = fmt.Errorf("%d answers", len(acks))
		}
		notified <- err
	}()
	e := await.Next(t, w.Events())
	copied := rados.NotifyEvent{ID: e.ID, WatcherID: e.WatcherID, NotifierID: e.NotifierID, Data: e.Data}
	require.NoError(t, w.Delete())
	assert.Equal(t, rados.ErrWatcherClosed, e.Ack(nil))
	assert.Equal(t, rados.ErrWatcherClosed, copied.Ack(nil))
	require.NoError(t, await.Next(t, notified))
}

func TestAckOfACopiedEvent(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	w := watch(t, ioctx, "foo")
	go func() {
		e := ownEvent(<-w.Events())
		event := rados.NotifyEvent{e.ID, e.WatcherID, e.NotifierID, e.Data}
		assert.NoError(t, event.Ack([]byte("by copy")))
	}()
	acks, _, err := ioctx.Notify("foo", nil)
	require.NoError(t, err)
	require.Len(t, acks, 1)
	assert.Equal(t, "by copy", string(acks[0].Response))
}

// TestShutdownAfterNotify shuts down directly after a notification, on which
// librados works for a moment after its end: it would follow a freed pointer if
// the connection was gone by then.
func TestShutdownAfterNotify(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("makes some hundred connections")
	}
	cluster := radostest.Shared(t)
	ioctx := radostest.Pool(t)
	pool, err := ioctx.GetPoolName()
	require.NoError(t, err)
	require.NoError(t, ioctx.WriteFull("foo", nil))
	var wg await.Group
	for range 16 {
		wg.Go(func() {
			for range 20 {
				conn, err := rados.NewConnWithUser("admin")
				if !assert.NoError(t, err) || !assert.NoError(t, conn.ReadConfigFile(cluster.Conf())) || !assert.NoError(t, conn.Connect()) {
					return
				}
				other, err := conn.OpenIOContext(pool)
				if assert.NoError(t, err) {
					_, _, err = other.Notify("foo", nil)
					assert.NoError(t, err)
				}
				conn.Shutdown()
			}
		})
	}
	wg.Wait()
}
