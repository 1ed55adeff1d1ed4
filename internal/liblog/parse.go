package liblog

import (
	"log/slog"
	"strconv"
	"strings"
	"time"
)

// entry is a line of the log.
type entry struct {
	time    time.Time
	level   slog.Level
	message string
	attrs   []slog.Attr
}

// layouts are the formats of the time: of Ceph 15 and newer, and of 14, which writes local time.
var layouts = []string{"2006-01-02T15:04:05.000-0700", "2006-01-02 15:04:05.000"}

// parse parses a line: a time, a thread, a priority and a message. A line without them continues the
// one before, of level last.
func parse(line string, last slog.Level) entry {
	for _, layout := range layouts {
		if len(line) <= len(layout) {
			continue
		}
		t, err := time.ParseInLocation(layout, line[:len(layout)], time.Local)
		if err != nil {
			continue
		}
		thread, rest, _ := strings.Cut(strings.TrimLeft(line[len(layout):], " "), " ")
		text, message, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
		priority, err := strconv.Atoi(text)
		if err != nil {
			continue
		}
		return entry{t, level(priority), message, []slog.Attr{slog.Int("priority", priority), slog.String("thread", thread)}}
	}
	return entry{time.Now(), last, line, nil}
}

// level returns the level for a priority of librados: -1 for errors, and the higher the more detailed.
func level(priority int) slog.Level {
	switch {
	case priority < 0:
		return slog.LevelError
	case priority == 0:
		return slog.LevelWarn
	case priority <= 5:
		return slog.LevelInfo
	default:
		return slog.LevelDebug
	}
}
