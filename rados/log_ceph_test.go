package rados_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/process"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

func TestMonitorLog(t *testing.T) {
	t.Parallel()
	t.Run("cmd.WatchLog", func(t *testing.T) {
		conn := radostest.Conn(t)
		_, err := conn.MonitorLog("nonsense", func(rados.LogEntry) {})
		assert.ErrorIs(t, err, syscall.EINVAL)
		listen := func(level string) (*rados.LogMonitor, <-chan rados.LogEntry) {
			entries := make(chan rados.LogEntry, 1000)
			m, err := conn.MonitorLog(level, func(e rados.LogEntry) { entries <- e })
			require.NoError(t, err)
			return m, entries
		}
		say := func(text, level string) {
			_, status, err := conn.MonCommand(command(t, "log", "logtext", []string{text}, "level", level))
			require.NoError(t, err, status)
		}
		until := func(entries <-chan rados.LogEntry, text string) (e rados.LogEntry, before []string) {
			for {
				if e = await.Next(t, entries); strings.Contains(e.Message, text) {
					return e, before
				}
				before = append(before, e.Message)
			}
		}
		_, first := listen("info")
		say("one for the log", "info")
		e, _ := until(first, "one for the log")
		assert.Equal(t, "[INF]", e.Level)
		assert.WithinDuration(t, time.Now(), e.Time, await.Patience)
		assert.Contains(t, e.Line, e.Message)

		say("an error for the log", "error")
		if e, _ = until(first, "an error for the log"); e.Level == "[INF]" {
			t.Skip("the command that writes to the log knows no levels, as with Ceph 14.2")
		}
		assert.Equal(t, "[ERR]", e.Level)
		m, second := listen("error")
		say("of no interest", "info")
		say("of great interest", "error")
		_, before := until(second, "of great interest")
		for _, message := range before {
			assert.NotContains(t, message, "of no interest")
		}
		m.Stop()
		m.Stop()
	})
	t.Run("py.TestRados.test_monitor_log", func(t *testing.T) {
		entries := make(chan rados.LogEntry, 1000)
		conn, own := radostest.Conn(t), radostest.Conn(t)
		_, err := own.MonitorLog("debug", func(e rados.LogEntry) { entries <- e })
		require.NoError(t, err)
		runtime.GC() // only its Conn refers to the monitor
		_, status, err := conn.MonCommand(command(t, "log", "logtext", []string{"kept alive"}))
		require.NoError(t, err, status)
		for !strings.Contains(await.Next(t, entries).Message, "kept alive") {
		}
	})
}

func TestMonitorLogLevels(t *testing.T) {
	conn := radostest.Conn(t)
	say := func(text string) {
		asked(t, conn, nil, command(t, "log", "logtext", []string{text}))
	}
	entries := make(chan rados.LogEntry, 1000)
	hear := func(text string) rados.LogEntry {
		for {
			if e := await.Next(t, entries); e.Message == text {
				return e
			}
		}
	}
	before := time.Now().Add(-time.Second)
	m, err := conn.MonitorLog("info", func(e rados.LogEntry) { entries <- e })
	require.NoError(t, err)
	text := unique("said")
	say(text)
	e := hear(text)
	assert.Equal(t, "cluster", e.Channel)
	assert.Equal(t, "[INF]", e.Level)
	assert.Equal(t, "client.admin", e.Name)
	assert.Contains(t, e.Who, "client.")
	assert.Contains(t, e.Line, text)
	assert.WithinRange(t, e.Time, before, time.Now().Add(await.Patience))

	var out lines
	second, err := conn.MonitorLog("info", rados.LogTo(slog.New(slog.NewJSONHandler(&out, nil))))
	require.NoError(t, err)
	text = unique("said")
	say(text)
	require.Eventually(t, func() bool { return strings.Contains(out.String(), text) }, await.Patience, 50*time.Millisecond)
	assert.Contains(t, out.String(), `"daemon":"client.admin"`)
	m.Stop()
	second.Stop()

	_, err = conn.MonitorLog("loud", func(rados.LogEntry) {})
	assert.ErrorIs(t, err, syscall.EINVAL)
}

// lines is a buffer that can be written and read at the same time.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// lockedBuffer is a buffer for several goroutines.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// TestSetLogger logs what librados does while it connects, and ends with the Conn.
func TestSetLogger(t *testing.T) {
	c := newClient(t, "mon", "allow r")
	var out lockedBuffer
	logger := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	before := process.Goroutines()
	conn, err := rados.Open(t.Context(), rados.Config{
		User: c.user, NoConfigFile: true, MonHost: c.monHost, Key: c.key, Logger: logger,
		Options: map[string]string{"debug_monc": "10", "log_file": "/none", "err_to_stderr": "true"},
	})
	require.NoError(t, err)
	await.Until(t, func() bool { return strings.Contains(out.String(), "authenticate success") }, "a line")
	assert.Contains(t, out.String(), "level=DEBUG")
	assert.Contains(t, out.String(), "priority=10 thread=")
	assert.NotContains(t, out.String(), c.key)
	assert.ErrorIs(t, conn.SetLogger(nil), syscall.EINVAL)
	assert.ErrorIs(t, conn.SetLogger(new(slog.Logger)), syscall.EINVAL)

	assert.ErrorIs(t, conn.SetLogger(logger), syscall.EISCONN)
	conn.Shutdown()
	await.Until(t, func() bool { return process.Goroutines() <= before }, "the log ends")
	assert.ErrorIs(t, conn.SetLogger(logger), rados.ErrNotConnected)
}

// TestLoggerOfEachConn opens two connections, whose loggers get the lines of their own, and starts a program,
// which must not inherit the logs.
func TestLoggerOfEachConn(t *testing.T) {
	c := newClient(t, "mon", "allow r")
	var outs [2]lockedBuffer
	var conns [2]*rados.Conn
	for i := range conns {
		conn, err := rados.Open(t.Context(), rados.Config{
			User: c.user, NoConfigFile: true, MonHost: c.monHost, Key: c.key, Options: map[string]string{"debug_monc": "10"},
			Logger: slog.New(slog.NewTextHandler(&outs[i], &slog.HandlerOptions{Level: slog.LevelDebug})),
		})
		require.NoError(t, err)
		defer conn.Shutdown()
		conns[i] = conn
	}
	for i, conn := range conns {
		prefix := fmt.Sprint("the command of ", i)
		_, _, err := conn.MonCommand(command(t, prefix))
		require.Error(t, err)
		await.Until(t, func() bool { return strings.Contains(outs[i].String(), prefix) }, prefix)
		assert.NotContains(t, outs[1-i].String(), prefix)

		path, err := conn.GetConfigOption("log_file")
		require.NoError(t, err)
		pipe, err := os.Readlink(path)
		require.NoError(t, err)
		require.Contains(t, pipe, "pipe:[")
		inherited, err := exec.Command("ls", "-l", "/proc/self/fd").Output()
		require.NoError(t, err)
		assert.NotContains(t, string(inherited), pipe)
	}
}

// TestSetLoggerPrecedesMonitors has the monitors tell the client that it must not log to a file, as many
// clusters of containers tell all clients. The logger gets what librados writes after that.
func TestSetLoggerPrecedesMonitors(t *testing.T) {
	c := newClient(t, "mon", "allow r")
	cluster := radostest.Shared(t)
	for _, option := range [][]string{{"log_to_file", "false"}, {"log_to_stderr", "true"}, {"log_file", "/none"}} {
		cluster.Ceph(t, append([]string{"config", "set", "client." + c.user}, option...)...)
	}
	var out lockedBuffer
	conn, err := rados.Open(t.Context(), rados.Config{
		User: c.user, NoConfigFile: true, MonHost: c.monHost, Key: c.key, Options: map[string]string{"debug_monc": "10"},
		Logger: slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	require.NoError(t, err)
	defer conn.Shutdown()
	_, _, err = conn.MonCommand([]byte(`{"prefix": "after that"}`))
	require.Error(t, err)
	await.Until(t, func() bool { return strings.Contains(out.String(), "after that") }, "the command is logged")
}

// TestLoggerInsteadOfStderr opens a connection without a keyring in another process: what librados prints
// about that goes to the logger.
func TestLoggerInsteadOfStderr(t *testing.T) {
	const child = "GO_RADOS_TEST_LOGGER"
	if os.Getenv(child) != "" {
		logUnanswered(t)
		return
	}
	program, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(program, "-test.run=^TestLoggerInsteadOfStderr$", "-test.v")
	cmd.Dir = t.TempDir()
	cmd.Env = []string{child + "=1", "HOME=/none", "PATH=" + os.Getenv("PATH"), "RADOS_TEST_CALLS=" + os.Getenv("RADOS_TEST_CALLS")} // where internal/test/reach counts
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	require.NoError(t, cmd.Run(), "%s%s", &stdout, &stderr)
	assert.Contains(t, stdout.String(), "--- PASS")
	assert.Empty(t, stderr.String())
}

// logUnanswered awaits what librados logs when no monitor answers, with Open and with a second logger.
func logUnanswered(t *testing.T) {
	options := map[string]string{"client_mount_timeout": "1", "rados_mon_op_timeout": "1", "debug_monc": "5"}
	logger := func(b *lockedBuffer) *slog.Logger { return slog.New(slog.NewTextHandler(b, nil)) }
	logged := func(b *lockedBuffer) func() bool {
		return func() bool { // Ceph 14 logs nothing before a monitor answers
			return strings.Contains(b.String(), `msg="monclient`) || release(t) < 16
		}
	}
	var opened, first, second lockedBuffer
	_, err := rados.Open(t.Context(), rados.Config{
		NoConfigFile: true, MonHost: "127.0.0.1:1", Options: options, Logger: logger(&opened),
	})
	require.Error(t, err)
	await.Until(t, logged(&opened), "the log of Open")

	conn, err := rados.NewConnWithUser("admin")
	require.NoError(t, err)
	defer conn.Shutdown()
	options["mon_host"] = "127.0.0.1:1"
	for option, value := range options {
		require.NoError(t, conn.SetConfigOption(option, value))
	}
	require.NoError(t, conn.SetLogger(logger(&first)))
	require.NoError(t, conn.SetLogger(logger(&second)))
	require.Error(t, conn.Connect())
	await.Until(t, logged(&second), "the log of Connect")
	assert.Empty(t, first.String())
}
