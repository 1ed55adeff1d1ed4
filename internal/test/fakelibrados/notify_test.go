package fakelibrados_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/internal/test/process"
	"github.com/go-rados/go-rados/internal/throttle"
	"github.com/go-rados/go-rados/rados"
)

// reply encodes acknowledgements and timeouts as an OSD does; IDs alternate.
func reply(acks []rados.NotifyAck, timeouts []rados.NotifyTimeout) string {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(acks)))
	for _, a := range acks {
		b = binary.LittleEndian.AppendUint64(b, uint64(a.NotifierID))
		b = binary.LittleEndian.AppendUint64(b, uint64(a.WatcherID))
		b = binary.LittleEndian.AppendUint32(b, uint32(len(a.Response)))
		b = append(b, a.Response...)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(timeouts)))
	for _, o := range timeouts {
		b = binary.LittleEndian.AppendUint64(b, uint64(o.NotifierID))
		b = binary.LittleEndian.AppendUint64(b, uint64(o.WatcherID))
	}
	return string(b)
}

func TestNotify(t *testing.T) {
	for _, code := range []int{0, -int(syscall.ETIMEDOUT)} {
		ioctx := opened(t)
		fakelibrados.Answer("rados_notify2", reply(someAcks, someTimeouts))
		fakelibrados.Return("rados_notify2", code)
		acks, timeouts, err := ioctx.Notify("object", []byte("no\x00te"))
		assert.Equal(t, []any{"object", "no\x00te", 0}, fakelibrados.Args("rados_notify2"))
		if code == 0 {
			require.NoError(t, err)
		} else {
			assert.ErrorIs(t, err, syscall.ETIMEDOUT)
		}
		assert.Equal(t, someAcks, acks)
		assert.Equal(t, someTimeouts, timeouts)
	}
	ioctx := opened(t)
	for _, empty := range [][]byte{nil, {}, data[len(data):]} {
		acks, timeouts, err := ioctx.Notify("object", empty)
		require.NoError(t, err)
		assert.Empty(t, acks)
		assert.Empty(t, timeouts)
		assert.Contains(t, []any{nil, ""}, fakelibrados.Args("rados_notify2")[1])
	}
}

// TestNotifyRepliesCutShort decodes replies that are cut short without a crash.
func TestNotifyRepliesCutShort(t *testing.T) {
	whole := reply(someAcks, someTimeouts)
	for n := range len(whole) {
		ioctx := opened(t)
		fakelibrados.Answer("rados_notify2", whole[:n])
		acks, timeouts, err := ioctx.Notify("object", nil)
		require.NoError(t, err)
		assert.LessOrEqual(t, len(acks), 2)
		assert.LessOrEqual(t, len(timeouts), 1)
	}
	for _, odd := range []string{"\xff\xff\xff\xff", strings.Repeat("\xff", 100), whole + "more"} {
		ioctx := opened(t)
		fakelibrados.Answer("rados_notify2", odd)
		_, _, err := ioctx.Notify("object", nil)
		require.NoError(t, err)
	}
}

// TestEventsAreCopied overwrites the memory of an event, which librados only
// lends to the callback.
func TestEventsAreCopied(t *testing.T) {
	ioctx := opened(t)
	w := watch(t, ioctx)
	for i := range 100 {
		fakelibrados.Notify(0, uint64(i), 1, fmt.Sprint("news ", i))
	}
	collect()
	for i := range 100 {
		e := await.Next(t, w.Events())
		assert.Equal(t, fmt.Sprint("news ", i), string(e.Data))
		_ = append(e.Data, "appended"...)
	}
	require.NoError(t, w.Delete())
}

// TestAckAfterDelete expects an error, and nothing to be sent, even while
// Delete waits for the OSD.
func TestAckAfterDelete(t *testing.T) {
	ioctx := opened(t)
	w := watch(t, ioctx)
	fakelibrados.Notify(0, 1, 1, "news")
	e := await.Next(t, w.Events())
	finish := held(t, "rados_unwatch2", w.Delete)
	await.Closed(t, w.Events())
	assert.Equal(t, rados.ErrWatcherClosed, e.Ack(nil))
	require.NoError(t, finish())
	assert.Equal(t, rados.ErrWatcherClosed, e.Ack(nil))
	assert.Zero(t, fakelibrados.Calls("rados_notify_ack"))
}

// TestAckContext cancels acknowledgements: the outcome of one that librados has is unknown, and one
// that waits for room is not sent.
func TestAckContext(t *testing.T) {
	o := both(t)
	require.NoError(t, o.conn.SetMaxBlockingCalls(1))
	w := watch(t, o.ioctx)
	fakelibrados.Notify(0, 1, 1, "news")
	e := await.Next(t, w.Events())
	ctx, cancel := context.WithCancel(t.Context())
	response := []byte("response")
	first := begun(t, "rados_notify_ack", func() error { return e.AckContext(ctx, response) })
	waiting := make(chan error)
	go func() { waiting <- e.AckContext(ctx, nil) }()
	awaitGoroutines(t, "throttle.(*Limit).Enter", 1)
	cancel()
	var of *rados.ObjectError
	for done, unknown := range map[<-chan error]bool{first: true, waiting: false} {
		err := await.Next(t, done)
		assert.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, unknown, errors.Is(err, rados.ErrOutcomeUnknown))
		require.ErrorAs(t, err, &of)
		assert.Equal(t, "NotifyEvent.AckContext", of.Op)
		assert.Equal(t, "object", of.Object)
	}
	copy(response, "own use.")
	fakelibrados.Release("rados_notify_ack")
	require.NoError(t, e.AckContext(t.Context(), []byte("second")))
	assert.Equal(t, 2, fakelibrados.Calls("rados_notify_ack"))
	var none context.Context
	sendsNothing(t, func() {
		assert.ErrorIs(t, e.AckContext(ctx, nil), context.Canceled)
		assert.ErrorIs(t, e.AckContext(none, nil), syscall.EINVAL)
	})
	require.NoError(t, w.Delete())
}

// TestAckOfALostWatch expects an error, and nothing to be sent.
func TestAckOfALostWatch(t *testing.T) {
	ioctx := opened(t)
	w := watch(t, ioctx)
	fakelibrados.Notify(0, 1, 1, "news")
	e := await.Next(t, w.Events())
	fakelibrados.WatchError(0, -int(syscall.ETIMEDOUT))
	await.Next(t, w.Errors())
	assert.Equal(t, rados.ErrWatchLost, e.Ack(nil))
	assert.ErrorIs(t, e.Ack(nil), syscall.ENOTCONN)
	err := e.AckContext(t.Context(), nil)
	assert.Equal(t, rados.ErrWatchLost, wrapped("NotifyEvent.AckContext", err))
	assert.ErrorContains(t, err, "object")
	assert.Zero(t, fakelibrados.Calls("rados_notify_ack"))
	require.NoError(t, w.Delete())
	assert.Equal(t, rados.ErrWatcherClosed, e.Ack(nil))
}

// TestAcksBlockFewThreads makes many acknowledgements that wait in librados.
func TestAcksBlockFewThreads(t *testing.T) {
	ioctx := opened(t)
	w := watch(t, ioctx)
	fakelibrados.Notify(0, 1, 1, "news")
	e := await.Next(t, w.Events())
	fakelibrados.Hold("rados_notify_ack")
	before := process.Threads()
	var wg await.Group
	var begun atomic.Int64
	for range 2000 {
		wg.Go(func() {
			begun.Add(1)
			assert.NoError(t, e.Ack(nil))
		})
	}
	await.Until(t, func() bool { return begun.Load() == 2000 }, "all are called")
	require.True(t, fakelibrados.Await("rados_notify_ack", mayBlock(throttle.Ack)))
	assert.Less(t, process.Threads(), before+100)
	fakelibrados.Release("rados_notify_ack")
	wg.Wait()
	assert.Equal(t, 2000, fakelibrados.Calls("rados_notify_ack"))
	require.NoError(t, w.Delete())
}

// TestHeldCallsStallNoOther holds up calls of a Watcher: neither Check,
// unwatch, ack nor notify delays another Watcher.
func TestHeldCallsStallNoOther(t *testing.T) {
	for function, call := range map[string]func(ioctx *rados.IOContext, w *rados.Watcher) error{
		"rados_watch_check": func(_ *rados.IOContext, w *rados.Watcher) error { return second(w.Check()) },
		"rados_unwatch2":    func(_ *rados.IOContext, w *rados.Watcher) error { return w.Delete() },
		"rados_notify2": func(ioctx *rados.IOContext, _ *rados.Watcher) error {
			return third2(ioctx.Notify("object", data))
		},
		"rados_notify_ack": func(_ *rados.IOContext, w *rados.Watcher) error {
			e := <-w.Events()
			return e.Ack(nil)
		},
	} {
		t.Run(function, func(t *testing.T) {
			ioctx := opened(t)
			w, other := watch(t, ioctx), watch(t, ioctx)
			fakelibrados.Notify(0, 1, 1, "to be answered")
			finish := held(t, function, func() error { return call(ioctx, w) })
			fakelibrados.Notify(1, 2, 1, "news")
			assert.Equal(t, "news", string(await.Next(t, other.Events()).Data))
			require.NoError(t, ioctx.Write("object", data, 0))
			require.NoError(t, finish())
			require.NoError(t, w.Delete())
			require.NoError(t, other.Delete())
		})
	}
}
