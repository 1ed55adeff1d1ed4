package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// watcher records the maximum threads and resident memory of a process.
type watcher struct {
	pid               int
	threads, resident int
	stop              chan struct{}
	done              chan struct{}
}

// watch observes a process until end is called.
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
				w.update()
			}
		}
	}()
	return w
}

func (w *watcher) update() {
	threads, resident := statusOf(w.pid)
	w.threads, w.resident = max(w.threads, threads), max(w.resident, resident)
}

func (w *watcher) end() (threads, resident int) {
	close(w.stop)
	<-w.done
	if w.threads == 0 {
		w.update() // the first tick has not come yet
	}
	return w.threads, w.resident
}

// statusOf returns the number of threads of a process and its resident memory in bytes.
func statusOf(pid int) (threads, resident int) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0 // the process has exited; its caller reports that
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
