package fakelibrados_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
)

// TestLastShutdown expects no goroutine of the library after the Shutdown of the last connection, as
// tests for leaks of goroutines do, and other goroutines for the connection after it.
func TestLastShutdown(t *testing.T) {
	await.Until(t, func() bool { return len(libraryGoroutines()) == 0 }, "the end of earlier tests")
	for range 3 {
		first, last := both(t), both(t)
		watch(t, last.ioctx)
		for task := range rados.Pipeline(t.Context(), 4, func(yield func(*rados.Task) bool) {
			for range 8 {
				if !yield(last.ioctx.Tasks().Read("object", make([]byte, 8), 0)) {
					return
				}
			}
		}) {
			require.NoError(t, task.Err)
		}
		first.conn.Shutdown()
		for _, function := range []string{"aio.(*Pool).poll", "callback.(*Registry).dispatch", "rados.(*watcherSet).checkPools"} {
			assert.Contains(t, strings.Join(libraryGoroutines(), "\n"), function, "it serves the other connection")
		}
		last.conn.Shutdown()
		await.Until(t, func() bool { return len(libraryGoroutines()) == 0 }, "the end of the goroutines")
	}
}

// libraryGoroutines returns the stacks of goroutines that the library has started.
func libraryGoroutines() (stacks []string) {
	buf := make([]byte, 1<<20)
	for _, stack := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		_, creator, _ := strings.Cut(stack, "\ncreated by github.com/go-rados/go-rados/")
		if strings.HasPrefix(creator, "internal/") && !strings.HasPrefix(creator, "internal/test/") || strings.HasPrefix(creator, "rados.") {
			stacks = append(stacks, stack)
		}
	}
	return stacks
}
