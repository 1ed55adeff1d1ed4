// Package liblog passes librados' own log on to a [slog.Logger].
//
// librados writes its log to a file, from a thread of its own, and calls wait when that thread is
// slow. Here the file is a pipe, which is always read: lines for which the logger is too slow are
// dropped and counted.
package liblog

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync/atomic"
)

// capacity is the number of lines that wait for the logger.
const capacity = 4096

// maxLine is the number of bytes from which on a line is passed on in pieces.
const maxLine = 64 << 10

// Log is a pipe into which librados writes its log.
type Log struct {
	// Path is the name of the file for librados. It is valid until Close.
	Path string

	writer *os.File
}

// New returns a Log for logger. It reads until Close, and until librados has closed its end.
func New(logger *slog.Logger) (*Log, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	l := &Log{fmt.Sprint("/proc/self/fd/", w.Fd()), w}
	again, err := os.OpenFile(l.Path, os.O_WRONLY, 0) // librados does not report that it can't
	if err != nil {
		r.Close()
		w.Close()
		return nil, err
	}
	again.Close()
	p := passer{logger: logger, lines: make(chan string, capacity)}
	go p.read(r)
	go p.pass()
	return l, nil
}

// Close closes this end of the pipe. The path then is that of another file, or of none.
func (l *Log) Close() { l.writer.Close() }

// passer passes lines from a pipe on to a logger.
type passer struct {
	logger  *slog.Logger
	lines   chan string // closed at the end of the log
	dropped atomic.Int64
}

// read reads lines until all writers have closed the pipe.
func (p *passer) read(r io.ReadCloser) {
	defer r.Close()
	defer close(p.lines)
	reader := bufio.NewReaderSize(r, maxLine)
	for {
		line, _, err := reader.ReadLine()
		if err != nil {
			return
		}
		select {
		case p.lines <- string(line):
		default:
			p.dropped.Add(1)
		}
	}
}

// pass calls the logger.
func (p *passer) pass() {
	last := slog.LevelInfo
	for line := range p.lines {
		if line == "" { // librados ends its errors with two newlines
			continue
		}
		e := parse(line, last)
		last = e.level
		p.log(e)
		p.tellDropped()
	}
	p.tellDropped()
}

// tellDropped tells the logger how many lines it missed since the last time.
func (p *passer) tellDropped() {
	if n := p.dropped.Swap(0); n > 0 {
		p.logger.Warn("the logger was too slow for lines of librados' log", "dropped", n)
	}
}

func (p *passer) log(e entry) {
	handler := p.logger.Handler()
	if !handler.Enabled(context.Background(), e.level) {
		return
	}
	record := slog.NewRecord(e.time, e.level, e.message, 0)
	record.AddAttrs(e.attrs...)
	handler.Handle(context.Background(), record)
}
