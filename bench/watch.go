package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// watcher notes what a process has at most.
type watcher struct {
	pid               int
	threads, resident int
	stop              chan struct{}
	done              chan struct{}
}

// watch looks at a process until end.
func watch(pid int) *watcher {
	w := &watcher{pid: pid, stop: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(w.done)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-w.stop:
				return
			case <-tick.C:
				w.look()
			}
		}
	}()
	return w
}

func (w *watcher) look() {
	threads, resident := statusOf(w.pid)
	w.threads, w.resident = max(w.threads, threads), max(w.resident, resident)
}

func (w *watcher) end() (threads, resident int) {
	close(w.stop)
	<-w.done
	if w.threads == 0 {
		w.look() // it did not take long
	}
	return w.threads, w.resident
}

// statusOf tells how many threads a process has, and how many bytes are resident.
func statusOf(pid int) (threads, resident int) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0 // it has ended, which is told elsewhere
	}
	for line := range strings.Lines(string(text)) {
		var n int
		if _, err := fmt.Sscanf(line, "Threads: %d", &n); err == nil {
			threads = n
		}
		if _, err := fmt.Sscanf(line, "VmRSS: %d kB", &n); err == nil {
			resident = n << 10
		}
	}
	return threads, resident
}
