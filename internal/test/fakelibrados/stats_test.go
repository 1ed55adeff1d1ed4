package fakelibrados_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/internal/throttle"
	"github.com/go-rados/go-rados/rados"
)

// idle returns the Stats of a Conn without calls.
func idle() rados.Stats {
	return rados.Stats{
		MaxCalls: throttle.MaxCalls, MaxBytes: throttle.MaxBytes, MaxBlockingCalls: throttle.MaxBlocking,
		OSDs:     rados.BlockingStats{Max: throttle.MaxBlocking / 2},
		Monitors: rados.BlockingStats{Max: throttle.MaxBlocking / 4},
		Managers: rados.BlockingStats{Max: throttle.MaxBlocking / 8},
		Acks:     rados.BlockingStats{Max: throttle.MaxBlocking / 8},
	}
}

// TestStats counts calls in flight and calls that wait for room.
func TestStats(t *testing.T) {
	o := both(t)
	assert.Equal(t, idle(), o.conn.Stats())
	require.NoError(t, o.conn.SetMaxInFlight(2, 1000))
	want := idle()
	want.MaxCalls, want.MaxBytes = 2, 1000
	assert.Equal(t, want, o.conn.Stats())

	fakelibrados.Hold("rados_write")
	calls := make(chan error)
	go func() {
		calls <- failed(rados.Pipeline(t.Context(), 2, slices.Values([]*rados.Task{
			o.ioctx.Tasks().Write("object", make([]byte, 100), 0), o.ioctx.Tasks().Write("object", make([]byte, 200), 0),
		})))
	}()
	require.True(t, fakelibrados.Await("rados_write", 2))
	waiting := make(chan error)
	go func() { waiting <- second(o.ioctx.ReadContext(t.Context(), "object", make([]byte, 8), 0)) }()
	awaitGoroutines(t, "throttle.(*Limit).Enter", 1)
	want.Calls, want.WaitingCalls, want.Bytes = 2, 1, 300
	assert.Equal(t, want, o.conn.Stats())
	fakelibrados.Release("rados_write")
	require.NoError(t, <-calls)
	require.NoError(t, <-waiting)
	want.Calls, want.WaitingCalls, want.Bytes = 0, 0, 0
	assert.Equal(t, want, o.conn.Stats())
}

// TestStatsOfBlockingCalls counts the calls that block threads by the daemons that they wait for.
func TestStatsOfBlockingCalls(t *testing.T) {
	for name, test := range map[string]struct {
		function string
		call     func(o on) error
		stats    func(s *rados.Stats) *rados.BlockingStats
	}{
		"OSDs": {"rados_lock_shared", func(o on) error {
			return second(o.ioctx.LockShared("object", "lock", "cookie", "", "", 0, nil))
		}, func(s *rados.Stats) *rados.BlockingStats { return &s.OSDs }},
		"Monitors": {"rados_pool_create", func(o on) error { return o.conn.MakePool("pool") },
			func(s *rados.Stats) *rados.BlockingStats { return &s.Monitors }},
		"Managers": {"rados_mgr_command", func(o on) error { return third(o.conn.MgrCommand(words)) },
			func(s *rados.Stats) *rados.BlockingStats { return &s.Managers }},
	} {
		t.Run(name, func(t *testing.T) {
			o := both(t)
			require.NoError(t, o.conn.SetMaxBlockingCalls(1))
			first := begun(t, test.function, func() error { return test.call(o) })
			next := make(chan error)
			go func() { next <- test.call(o) }()
			awaitGoroutines(t, "throttle.(*Limit).Enter", 1)
			want := idle()
			want.MaxBlockingCalls = 4 // one for each kind
			want.OSDs.Max, want.Monitors.Max, want.Managers.Max, want.Acks.Max = 1, 1, 1, 1
			*test.stats(&want) = rados.BlockingStats{Calls: 1, Waiting: 1, Max: 1}
			assert.Equal(t, want, o.conn.Stats())
			fakelibrados.Release(test.function)
			require.NoError(t, <-first)
			require.NoError(t, <-next)
			*test.stats(&want) = rados.BlockingStats{Max: 1}
			assert.Equal(t, want, o.conn.Stats())
		})
	}
}

// TestStatsOfAck counts a NotifyEvent.Ack that waits for librados.
func TestStatsOfAck(t *testing.T) {
	o := both(t)
	w, err := o.ioctx.Watch("object")
	require.NoError(t, err)
	done := begun(t, "rados_notify_ack", func() error {
		return (&rados.NotifyEvent{WatcherID: w.ID()}).Ack(nil)
	})
	want := idle()
	want.Acks.Calls, want.Watchers = 1, 1
	assert.Equal(t, want, o.conn.Stats())
	fakelibrados.Release("rados_notify_ack")
	require.NoError(t, <-done)
	other, err := rados.NewConn()
	require.NoError(t, err)
	defer other.Shutdown()
	assert.Equal(t, idle(), other.Stats(), "the Watcher is of another Conn")
	require.NoError(t, w.Delete())
	assert.Equal(t, idle(), o.conn.Stats())
}

// TestStatsOfRetainedBytes counts the data of a cancelled write until a probe is answered.
func TestStatsOfRetainedBytes(t *testing.T) {
	const size = 1 << 20
	o := both(t)
	require.NoError(t, o.conn.SetMaxInFlight(0, size))
	fakelibrados.Hold("rados_stat2")
	cancelled(t, "rados_write_full", func(ctx context.Context) error {
		return o.ioctx.WriteFullContext(ctx, "object", make([]byte, size))
	})
	want := idle()
	want.MaxBytes, want.Bytes, want.RetainedBytes = size, size, size
	assert.Equal(t, want, o.conn.Stats())
	fakelibrados.Release("rados_stat2")
	require.NoError(t, second(o.ioctx.ReadContext(t.Context(), "object", make([]byte, size), 0)), "after the probe")
	want.Bytes, want.RetainedBytes = 0, 0
	assert.Equal(t, want, o.conn.Stats())
}

// TestStatsOfNothing expects no calls of a Conn that is nil, zero or closed.
func TestStatsOfNothing(t *testing.T) {
	assert.Zero(t, (*rados.Conn)(nil).Stats())
	assert.Zero(t, (&rados.Conn{}).Stats().Calls)
	o := both(t)
	o.conn.Shutdown()
	callsNothing(t, func() { assert.Equal(t, idle(), o.conn.Stats()) })
}
