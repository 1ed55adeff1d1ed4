package fakerados_test

import (
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/internal/fakerados"
)

// monitored is a LogMonitor of conn and where its lines come out.
func monitored(t *testing.T, conn *rados.Conn) (*rados.LogMonitor, <-chan rados.LogEntry) {
	t.Helper()
	entries := make(chan rados.LogEntry, 100)
	m, err := conn.MonitorLog("info", func(e rados.LogEntry) { entries <- e })
	require.NoError(t, err)
	return m, entries
}

func TestMonitorLog(t *testing.T) {
	conn := connected(t)
	m, entries := monitored(t, conn)
	assert.Equal(t, []any{"info", 1}, fakerados.Args("rados_monitor_log2"))
	fakerados.Log(0, 7, "[WRN]", "")
	assert.Equal(t, rados.LogEntry{
		Time: time.Unix(1, 2), Number: 7, Level: "[WRN]", Channel: "cluster",
		Name: "mon.a", Who: "mon.a v2:1", Line: "line",
	}, next(t, entries))

	second, others := monitored(t, conn)
	fakerados.Log(0, 8, "[INF]", "too late")
	fakerados.Log(1, 9, "[INF]", "in time")
	assert.Equal(t, "in time", next(t, others).Message)
	assert.Empty(t, entries)

	calls := fakerados.Calls("rados_monitor_log2")
	m.Stop()
	assert.Equal(t, calls, fakerados.Calls("rados_monitor_log2"), "the other goes on")
	second.Stop()
	assert.Equal(t, []any{"", 0}, fakerados.Args("rados_monitor_log2"))
	fakerados.Log(1, 10, "[INF]", "too late")
	second.Stop()
	assert.Equal(t, calls+1, fakerados.Calls("rados_monitor_log2"))
	assert.Empty(t, others)
}

// TestMonitorLogOfNothing: no monitor, no crash.
func TestMonitorLogOfNothing(t *testing.T) {
	fresh(t)
	callsNothing(t, func() {
		(*rados.LogMonitor)(nil).Stop()
		new(rados.LogMonitor).Stop()
		for _, conn := range []*rados.Conn{nil, {}} {
			m, err := conn.MonitorLog("info", nil)
			assert.Equal(t, rados.ErrNotConnected, err)
			assert.Nil(t, m)
		}
	})
	conn := connected(t)
	for level, want := range map[string]error{"in\x00fo": rados.ErrNameContainsNUL, "none": syscall.EINVAL} {
		fakerados.Return("rados_monitor_log2", -int(syscall.EINVAL))
		m, err := conn.MonitorLog(level, func(rados.LogEntry) {})
		assert.ErrorIs(t, err, want)
		assert.Nil(t, m)
	}
}

// TestMonitorLogStopsItself, or ends its Conn, from where it is called.
func TestMonitorLogStopsItself(t *testing.T) {
	for _, end := range []func(*rados.Conn, *rados.LogMonitor){
		func(_ *rados.Conn, m *rados.LogMonitor) { m.Stop(); m.Stop() },
		func(conn *rados.Conn, m *rados.LogMonitor) { conn.Shutdown(); m.Stop() },
	} {
		conn := connected(t)
		made, ended := make(chan *rados.LogMonitor, 1), make(chan struct{})
		m, err := conn.MonitorLog("info", func(rados.LogEntry) { end(conn, <-made); close(ended) })
		require.NoError(t, err)
		made <- m
		fakerados.Log(0, 1, "[INF]", "message")
		soon(t, func() { <-ended })
	}
}

// TestMonitorLogEndsWithConn, at whatever moment: nothing is left that would keep the
// Conn from being collected, nor any goroutine.
func TestMonitorLogEndsWithConn(t *testing.T) {
	fresh(t)
	before := runtime.NumGoroutine()
	const conns = 200
	var collected atomic.Int64
	for range conns {
		conn, err := rados.NewConn()
		require.NoError(t, err)
		require.NoError(t, conn.Connect())
		runtime.AddCleanup(conn, func(n *atomic.Int64) { n.Add(1) }, &collected)
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				m, err := conn.MonitorLog("info", func(rados.LogEntry) {})
				assertGone(t, err)
				if err == nil {
					m.Stop()
				}
			})
			wg.Go(func() {
				_, err := conn.MonitorLog("info", func(rados.LogEntry) {})
				assertGone(t, err)
			})
		}
		wg.Go(conn.Shutdown)
		soon(t, wg.Wait)
	}
	collectUntil(t, "freed", nothingLives)
	collectUntil(t, "collected", func() bool { return collected.Load() == conns })
	collectUntil(t, "ended", func() bool { return runtime.NumGoroutine() <= before+1 })
}

func TestLogTo(t *testing.T) {
	var out strings.Builder
	logger := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelInfo}))
	to := rados.LogTo(logger)
	for _, level := range []string{"[DBG]", "[INF]", "[SEC]", "[WRN]", "[ERR]", "?"} {
		to(rados.LogEntry{Level: level, Message: level})
	}
	for level, n := range map[string]int{"level=DEBUG": 0, "level=INFO": 2, "level=WARN": 2, "level=ERROR": 1} {
		assert.Equal(t, n, strings.Count(out.String(), level), level)
	}
}
