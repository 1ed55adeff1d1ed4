//go:build cgo

package rados

import (
	"context"
	"log/slog"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"github.com/go-rados/go-rados/internal/callback"
	"github.com/go-rados/go-rados/internal/handle"
	"github.com/go-rados/go-rados/internal/queue"
	"github.com/go-rados/go-rados/internal/wire"
)

// LogEntry is a line of the log of the cluster.
type LogEntry struct {
	Time time.Time
	// Number counts the lines of the daemon.
	Number uint64
	// Level is the level as the cluster spells it: "[DBG]", "[INF]", "[SEC]", "[WRN]",
	// "[ERR]".
	Level string
	// Channel is "cluster" or "audit".
	Channel string
	// Name is the name of the daemon, such as "mon.a". The other field is its address
	// at the time.
	Name, Who string
	Message   string
	// Line is the complete line as the cluster writes it.
	Line string
}

// LogMonitor receives the log of the cluster; see [Conn.MonitorLog].
type LogMonitor struct {
	conn    *Conn
	token   uintptr
	handle  *handle.Handle
	entries *queue.Queue[LogEntry]
}

// logMonitors has the LogMonitor of each Conn. Its lock is held while librados
// registers a callback, which does not block.
var logMonitors = struct {
	sync.Mutex
	of map[*Conn]*LogMonitor
}{of: make(map[*Conn]*LogMonitor)}

// MonitorLog calls fn for each new line of the log of the cluster with at least
// that level: "debug", "info", "sec", "warn" or "error". It calls fn on one
// goroutine, for one line after the other. A slow fn delays no other calls, but
// lines are kept in memory until fn receives them.
//
// A Conn has one LogMonitor: a new one stops the old one. The caller must stop a
// LogMonitor with [LogMonitor.Stop]; it also stops with the Conn. MonitorLog
// returns EINVAL if the level is unknown or fn is nil.
//
// Implements: rados_monitor_log2
func (c *Conn) MonitorLog(level string, fn func(LogEntry)) (*LogMonitor, error) {
	m, err := c.startMonitorLog(level, fn)
	return m, withArgument(c.wrap("MonitorLog", "", err), "level", level)
}

// startMonitorLog is MonitorLog with a bare error.
func (c *Conn) startMonitorLog(level string, fn func(LogEntry)) (*LogMonitor, error) {
	shard, err := c.enter()
	if err != nil {
		return nil, err
	}
	defer c.exit(shard)
	if fn == nil {
		return nil, radosError(-int(syscall.EINVAL))
	}
	m := &LogMonitor{conn: c, entries: queue.New[LogEntry]()}
	m.token = callbacks.Add(m.handleEvent)
	if m.handle, err = c.handle.NewChild(nil, m.release); err != nil {
		return nil, err
	}
	old, err := m.register(level)
	if err != nil {
		m.Stop()
		return nil, err
	}
	old.Stop()
	go func() {
		for entry := range m.entries.C() {
			fn(entry)
		}
	}()
	return m, nil
}

// register makes m the monitor of its Conn and returns the previous one. If the
// Conn is closed meanwhile, m is stopped after it is registered.
func (m *LogMonitor) register(level string) (old *LogMonitor, err error) {
	shard, err := m.handle.Enter(ErrNotConnected)
	if err != nil {
		return nil, err
	}
	defer m.handle.Exit(shard) // release may come here, which takes the lock
	logMonitors.Lock()
	defer logMonitors.Unlock()
	if err := m.conn.monitorLog(level, m.token); err != nil {
		return nil, err
	}
	old = logMonitors.of[m.conn]
	logMonitors.of[m.conn] = m
	return old, nil
}

// Stop stops the calls; a call that is in progress completes. A second Stop is a
// no-op.
func (m *LogMonitor) Stop() {
	if m != nil && m.handle != nil {
		m.handle.Close(ErrNotConnected)
	}
}

// release runs once, when the monitor or its Conn is closed.
func (m *LogMonitor) release(unsafe.Pointer) {
	callbacks.Remove(m.token)
	m.entries.Close()
	logMonitors.Lock()
	defer logMonitors.Unlock()
	if logMonitors.of[m.conn] == m {
		delete(logMonitors.of, m.conn)
		_ = m.conn.stopMonitorLog("")
	}
}

// handleEvent handles a line of the log.
func (m *LogMonitor) handleEvent(e callback.Event) {
	texts := wire.Items(e.Data)
	m.entries.Put(LogEntry{
		Time:    time.Unix(int64(e.Number[0]), int64(e.Number[1])),
		Number:  e.Number[2],
		Line:    texts[0],
		Channel: texts[1],
		Who:     texts[2],
		Name:    texts[3],
		Level:   texts[4],
		Message: texts[5],
	})
}

// LogTo returns a function for [Conn.MonitorLog] that passes the lines to logger,
// with their level and time. If logger is nil, the function is nil.
func LogTo(logger *slog.Logger) func(LogEntry) {
	if logger == nil {
		return nil
	}
	return func(entry LogEntry) {
		level := entry.slogLevel()
		if !logger.Enabled(context.Background(), level) {
			return
		}
		record := slog.NewRecord(entry.Time, level, entry.Message, 0)
		record.Add("channel", entry.Channel, "daemon", entry.Name, "number", entry.Number)
		_ = logger.Handler().Handle(context.Background(), record)
	}
}

func (e LogEntry) slogLevel() slog.Level {
	switch e.Level {
	case "[DBG]":
		return slog.LevelDebug
	case "[WRN]", "[SEC]":
		return slog.LevelWarn
	case "[ERR]":
		return slog.LevelError
	}
	return slog.LevelInfo
}
