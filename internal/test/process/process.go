// Package process measures what the process of a test uses.
package process

import (
	"fmt"
	"os"
	"strings"
)

// Threads returns the number of threads.
func Threads() int {
	list, err := os.ReadDir("/proc/self/task")
	if err != nil {
		panic(err)
	}
	return len(list)
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
