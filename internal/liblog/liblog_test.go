package liblog

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
)

// recorder is a handler that sends its records of Info and above.
type recorder chan slog.Record

func (r recorder) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }
func (r recorder) Handle(_ context.Context, record slog.Record) error {
	r <- record
	return nil
}
func (r recorder) WithAttrs([]slog.Attr) slog.Handler { return r }
func (r recorder) WithGroup(string) slog.Handler      { return r }

// TestLog writes as librados does, which opens the path itself and closes it last.
func TestLog(t *testing.T) {
	before := runtime.NumGoroutine()
	records := make(recorder)
	l, err := New(slog.New(records))
	require.NoError(t, err)
	librados, err := os.OpenFile(l.Path, os.O_WRONLY|os.O_APPEND, 0)
	require.NoError(t, err)
	_, err = librados.WriteString("2026-11-28T03:57:04.903+0100 7fb254e8a500 -1 auth: no keyring\n\n" +
		"2026-11-28T03:57:04.904+0100 7fb254e8a500 20 monclient: hidden\n" +
		"2026-11-28T03:57:04.904+0100 7fb254e8a500  0 monclient: timed out\n")
	require.NoError(t, err)
	first := await.Next(t, records)
	assert.Equal(t, slog.LevelError, first.Level)
	assert.Equal(t, "auth: no keyring", first.Message)
	assert.Equal(t, int64(1795834624903), first.Time.UnixMilli())
	l.Close()
	second := await.Next(t, records)
	assert.Equal(t, slog.LevelWarn, second.Level)
	assert.Equal(t, "monclient: timed out", second.Message)
	_, err = librados.WriteString("2026-11-28T03:57:05.000+0100 1 1 bye\n")
	require.NoError(t, err)
	assert.Equal(t, "bye", await.Next(t, records).Message)
	librados.Close()
	await.Until(t, func() bool { return runtime.NumGoroutine() <= before }, "the goroutines end")
}

// TestSlowLogger writes more lines than wait for the logger: librados does not wait, and the logger is
// told.
func TestSlowLogger(t *testing.T) {
	records := make(recorder)
	l, err := New(slog.New(records))
	require.NoError(t, err)
	librados, err := os.OpenFile(l.Path, os.O_WRONLY|os.O_APPEND, 0)
	require.NoError(t, err)
	const lines = 3 * capacity
	await.Return(t, func() {
		for i := range lines {
			_, err := fmt.Fprintln(librados, "2026-11-28T03:57:04.903+0000 7fb254e8a500 1", i)
			assert.NoError(t, err)
		}
	})
	librados.Close()
	l.Close()
	passed, dropped := 0, 0
	for passed+dropped < lines {
		record := await.Next(t, records)
		passed++
		record.Attrs(func(a slog.Attr) bool {
			if a.Key == "dropped" {
				dropped += int(a.Value.Int64())
				passed--
			}
			return true
		})
	}
	assert.Equal(t, lines, passed+dropped)
	assert.Positive(t, dropped)
}

// TestParse has the lines of each release, and some that are none.
func TestParse(t *testing.T) {
	now := time.Date(2026, 11, 28, 3, 57, 4, 903e6, time.UTC)
	local := time.Date(2026, 11, 28, 3, 57, 4, 903e6, time.Local)
	for line, want := range map[string]entry{
		"2026-11-28T03:57:04.903+0000 7fb254e8a500 -1 auth: unable": {now, slog.LevelError, "auth: unable", nil},
		"2026-11-28 03:57:04.903 7fb254e8a500  5 a  b":              {local, slog.LevelInfo, "a  b", nil},
		"2026-11-28T03:57:04.903+0000 7fb254e8a500 10 ":             {now, slog.LevelDebug, "", nil},
	} {
		e := parse(line, slog.LevelDebug)
		assert.True(t, want.time.Equal(e.time), line)
		assert.Equal(t, want.level, e.level, line)
		assert.Equal(t, want.message, e.message, line)
		assert.Equal(t, "7fb254e8a500", e.attrs[1].Value.String())
	}
	for _, line := range []string{
		"continued", "2026-11-28T03:57:04.903+0000", "2026-11-28T03:57:04.903+0000 7f text", strings.Repeat("x", 100),
	} {
		e := parse(line, slog.LevelError)
		assert.Equal(t, line, e.message)
		assert.Equal(t, slog.LevelError, e.level)
		assert.WithinDuration(t, time.Now(), e.time, time.Minute)
	}
}
