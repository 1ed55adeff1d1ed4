package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// progress tells how far a transfer is, once a second; so one that takes less says
// nothing.
type progress struct {
	what  string
	total int64 // 0 if unknown
	done  atomic.Int64
	stop  chan struct{}
	wg    sync.WaitGroup
}

func newProgress(w io.Writer, what string, total int64) *progress {
	p := &progress{what: what, total: total, stop: make(chan struct{})}
	p.wg.Add(1)
	go func() {
		defer p.wg.Done()
		p.tell(w)
	}()
	return p
}

func (p *progress) tell(w io.Writer) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-tick.C:
		}
		fmt.Fprintf(w, "%s: %.1f MiB", p.what, float64(p.done.Load())/(1<<20))
		if p.total > 0 {
			fmt.Fprintf(w, " of %.1f", float64(p.total)/(1<<20))
		}
		fmt.Fprintln(w)
	}
}

func (p *progress) end() {
	close(p.stop)
	p.wg.Wait()
}

// reader counts the bytes read from r, and returns an error when ctx ends.
func (p *progress) reader(ctx context.Context, r io.Reader) io.Reader {
	return counter(func(b []byte) (int, error) {
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		n, err := r.Read(b)
		p.done.Add(int64(n))
		return n, err
	})
}

// writer does the same for the bytes written to w.
func (p *progress) writer(ctx context.Context, w io.Writer) io.Writer {
	return counter(func(b []byte) (int, error) {
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		n, err := w.Write(b)
		p.done.Add(int64(n))
		return n, err
	})
}

type counter func([]byte) (int, error)

func (c counter) Read(b []byte) (int, error)  { return c(b) }
func (c counter) Write(b []byte) (int, error) { return c(b) }
