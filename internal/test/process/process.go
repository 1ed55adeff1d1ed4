// Package process measures what the process of a test uses.
package process

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/go-rados/go-rados/internal/background"
)

// Threads returns the number of threads.
func Threads() int {
	list, err := os.ReadDir("/proc/self/task")
	if err != nil {
		panic(err)
	}
	return len(list)
}

// Goroutines returns the number of goroutines, without those that serve all connections: they start and end
// while tests that count others run.
func Goroutines() int { return runtime.NumGoroutine() - background.Running() }

// Descriptors returns the number of open file descriptors.
func Descriptors() int {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		panic(err)
	}
	return len(list) - 1 // that of the folder itself
}

// ThreadNames returns the names of the threads: those that librados starts have names of their own.
func ThreadNames() (names []string) {
	paths, err := filepath.Glob("/proc/self/task/*/comm")
	if err != nil {
		panic(err)
	}
	for _, path := range paths {
		if name, err := os.ReadFile(path); err == nil { // else the thread is gone
			names = append(names, strings.TrimSpace(string(name)))
		}
	}
	return names
}

// Resident returns the number of bytes of memory that are resident.
func Resident() int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		panic(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	var kib int
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		panic(err)
	}
	return kib << 10
}

// Nightly reports whether the tests that take longer than a minute are to run, for which
// RADOS_TEST_NIGHTLY must be set.
func Nightly() bool { return os.Getenv("RADOS_TEST_NIGHTLY") != "" }
