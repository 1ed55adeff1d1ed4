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

// LogEntry is a line of the cluster's log.
type LogEntry struct {
	Time time.Time
	// Number counts the lines of the daemon.
	Number uint64
	// Level is how the cluster spells it: "[DBG]", "[INF]", "[SEC]", "[WRN]", "[ERR]".
	Level string
	// Channel is "cluster" or "audit".
	Channel string
	// Name is the daemon, such as "mon.a". The other is its address at the time.
	Name, Who string
	Message   string
	// Line is all of it as the cluster writes it.
	Line string
}

// LogMonitor receives the cluster's log; see Conn.MonitorLog.
type LogMonitor struct {
	conn    *Conn
	token   uintptr
	handle  *handle.Handle
	entries *queue.Queue[LogEntry]
}

// logMonitors has the one of each Conn. Its lock is held while librados
// registers a callback, which does not block.
var logMonitors = struct {
	sync.Mutex
	of map[*Conn]*LogMonitor
}{of: make(map[*Conn]*LogMonitor)}

// MonitorLog calls fn for each line of the cluster's log from now on that has at least
// that level: "debug", "info", "sec", "warn" or "error". It calls fn on a goroutine of
// its own, one line at a time; a slow fn delays nothing else, but costs memory. A Conn has
// one LogMonitor: a new one ends the old. It must be ended with Stop, and ends with the
// Conn. It returns EINVAL if there is no such level, or no fn.
//
// Implements:
//
//	int rados_monitor_log2(rados_t cluster, const char *level, rados_log_callback2_t cb, void *arg)
func (c *Conn) MonitorLog(level string, fn func(LogEntry)) (*LogMonitor, error) {
	m, err := c.startMonitorLog(level, fn)
	return m, c.wrap("MonitorLog", "", err)
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

// register makes m the monitor of its Conn and returns the one that was it before. If
// the Conn is closed meanwhile, m ends once it is registered.
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

// Stop ends the calls; one that is in progress is completed. A second Stop is a no-op.
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

// LogTo makes a function for Conn.MonitorLog that passes the lines on to logger, with
// the level and time that they have. If logger is nil, the function is nil.
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
