package fakelibrados_test

import (
	"bytes"
	"fmt"
	"log/slog"
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

// logged sends a line with that number to the i-th monitor.
func logged(i, number int) {
	fakelibrados.Log(i, 1457129052, 5, uint64(number), [6]string{"line", "cluster", "who", "mon.a", "[INF]", "message"})
}

// monitor returns a LogMonitor and a channel of its entries.
func monitor(t *testing.T, conn *rados.Conn) (*rados.LogMonitor, chan rados.LogEntry) {
	t.Helper()
	entries := make(chan rados.LogEntry)
	m, err := conn.MonitorLog("info", func(e rados.LogEntry) { entries <- e })
	require.NoError(t, err)
	return m, entries
}

// hears asserts that a monitor receives lines: those that come too late for
// others have then been dropped, since all go through one list.
func hears(t *testing.T, i, number int, entries chan rados.LogEntry) {
	t.Helper()
	logged(i, number)
	assert.EqualValues(t, number, await.Next(t, entries).Number)
}

func TestMonitorLog(t *testing.T) {
	conn := connected(t)
	m, entries := monitor(t, conn)
	texts := [6]string{"all\nof it", "audit", "client.1", "mon.b", "[WRN]", "müssage"}
	fakelibrados.Log(0, 1457129052, 123456789, 1<<63, texts)
	assert.Equal(t, rados.LogEntry{
		Time: time.Unix(1457129052, 123456789), Number: 1 << 63, Level: "[WRN]", Channel: "audit",
		Name: "mon.b", Who: "client.1", Message: "müssage", Line: "all\nof it",
	}, await.Next(t, entries))
	fakelibrados.Log(0, 0, 0, 0, [6]string{})
	assert.Equal(t, rados.LogEntry{Time: time.Unix(0, 0)}, await.Next(t, entries))
	m.Stop()
	assert.Equal(t, 1, fakelibrados.Calls("fake_monitor_end"))
}

// TestMonitorLogInOrder has a slow callback: it receives all entries, and holds
// up nothing.
func TestMonitorLogInOrder(t *testing.T) {
	const lines = 10_000
	conn := connected(t)
	m, entries := monitor(t, conn) // which reads nothing yet
	defer m.Stop()
	await.Return(t, func() {
		for i := range lines {
			logged(0, i)
		}
	})
	other, heard := monitor(t, connectedTo(t, "pool").conn)
	hears(t, 1, 7, heard)
	other.Stop()
	for i := range lines {
		require.EqualValues(t, i, await.Next(t, entries).Number)
	}
}

func TestMonitorLogStopped(t *testing.T) {
	conn := connected(t)
	m, entries := monitor(t, conn)
	hears(t, 0, 1, entries)
	m.Stop()
	callsNothing(t, m.Stop)
	callsNothing(t, (*rados.LogMonitor)(nil).Stop)
	logged(0, 2)
	again, heard := monitor(t, conn)
	defer again.Stop()
	hears(t, 1, 3, heard)
	assert.Empty(t, entries, "too late")
	assert.Equal(t, 1, fakelibrados.Calls("fake_monitor_end"))
}

// TestMonitorLogStopsItself stops a LogMonitor from its callback.
func TestMonitorLogStopsItself(t *testing.T) {
	conn := connected(t)
	made, stopped := make(chan *rados.LogMonitor, 1), make(chan struct{})
	m, err := conn.MonitorLog("info", func(rados.LogEntry) {
		(<-made).Stop()
		close(stopped) // a second time would panic
	})
	require.NoError(t, err)
	made <- m
	logged(0, 1)
	logged(0, 2)
	assert.Empty(t, await.Closed(t, stopped))
}

// TestSecondMonitorEndsTheFirst starts a second LogMonitor, which ends the
// first, and not the reverse.
func TestSecondMonitorEndsTheFirst(t *testing.T) {
	conn := connected(t)
	first, entries := monitor(t, conn)
	second, heard := monitor(t, conn)
	assert.Zero(t, fakelibrados.Calls("fake_monitor_end"), "librados has just one, which is the second")
	logged(0, 1)
	hears(t, 1, 2, heard)
	first.Stop()
	assert.Zero(t, fakelibrados.Calls("fake_monitor_end"))
	hears(t, 1, 3, heard)
	assert.Empty(t, entries)
	second.Stop()
	assert.Equal(t, 1, fakelibrados.Calls("fake_monitor_end"))
}

// TestMonitorLogFails expects the earlier LogMonitor to continue.
func TestMonitorLogFails(t *testing.T) {
	conn := connected(t)
	m, entries := monitor(t, conn)
	defer m.Stop()
	before := process.Goroutines()
	fakelibrados.Return("rados_monitor_log2", -int(syscall.EINVAL))
	for range 50 {
		none, err := conn.MonitorLog("loud", func(rados.LogEntry) {})
		assert.ErrorIs(t, err, syscall.EINVAL)
		assert.Nil(t, none)
	}
	fewGoroutines(t, before)
	assert.Zero(t, fakelibrados.Calls("fake_monitor_end"))
	hears(t, 0, 1, entries)
}

// TestShutdownEndsMonitors expects LogMonitors to end before the handle that
// they belong to is freed.
func TestShutdownEndsMonitors(t *testing.T) {
	conn := connected(t)
	before := process.Goroutines()
	m, entries := monitor(t, conn)
	hears(t, 0, 1, entries)
	conn.Shutdown()
	assert.Empty(t, fakelibrados.Live())
	assert.Equal(t, 1, fakelibrados.Calls("fake_monitor_end"))
	callsNothing(t, m.Stop)
	fewGoroutines(t, before)
	logged(0, 2)
	other, heard := monitor(t, connectedTo(t, "pool").conn)
	hears(t, 1, 3, heard)
	other.Stop()
	assert.Empty(t, entries)
}

// TestShutdownWhileAMonitorBegins shuts down during MonitorLog: the LogMonitor
// ends immediately.
func TestShutdownWhileAMonitorBegins(t *testing.T) {
	conn := connected(t)
	finish := held(t, "rados_monitor_log2", func() error {
		return second(conn.MonitorLog("info", func(rados.LogEntry) { t.Error("too late") }))
	})
	await.Return(t, conn.Shutdown)
	require.NoError(t, finish())
	assert.Equal(t, 1, fakelibrados.Calls("fake_monitor_end"))
	assert.Empty(t, fakelibrados.Live())
	logged(0, 1)
}

// TestMonitorsAtOnce starts LogMonitors concurrently: one of them is left, and
// its callback is called.
func TestMonitorsAtOnce(t *testing.T) {
	conn := connected(t)
	const n = 50
	results := make(chan *rados.LogMonitor, n)
	for range n {
		go func() {
			m, err := conn.MonitorLog("info", func(rados.LogEntry) {})
			assert.NoError(t, err)
			results <- m
		}()
	}
	var monitors []*rados.LogMonitor
	for range n {
		monitors = append(monitors, await.Next(t, results))
	}
	assert.Zero(t, fakelibrados.Calls("fake_monitor_end"))
	for _, m := range monitors {
		m.Stop()
	}
	assert.Equal(t, 1, fakelibrados.Calls("fake_monitor_end"))
}

func TestLogTo(t *testing.T) {
	var out bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelInfo}))
	to := rados.LogTo(logger)
	for cluster, want := range map[string]string{
		"[DBG]": "", "[INF]": "INFO", "[SEC]": "WARN", "[WRN]": "WARN", "[ERR]": "ERROR", "other": "INFO",
	} {
		out.Reset()
		to(rados.LogEntry{Time: time.Unix(7, 0).UTC(), Number: 3, Level: cluster, Channel: "audit", Name: "mon.a", Message: "it says"})
		if want != "" {
			want = fmt.Sprintf("time=1970-01-01T00:00:07.000Z level=%s msg=\"it says\" channel=audit daemon=mon.a number=3\n", want)
		}
		assert.Equal(t, want, out.String(), cluster)
	}
}
