// Package await lets tests wait for events. Each function fails the test if the
// event does not happen within Patience.
package await

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Patience is longer than any event takes on a busy machine.
const Patience = time.Minute

// Next receives an item from c.
func Next[T any](t testing.TB, c <-chan T) T {
	t.Helper()
	select {
	case item, ok := <-c:
		require.True(t, ok, "the channel is closed")
		return item
	case <-time.After(Patience):
		require.FailNow(t, "nothing was sent")
		panic("unreachable")
	}
}

// Closed blocks until c is closed, and returns the items that it received before.
func Closed[T any](t testing.TB, c <-chan T) (items []T) {
	t.Helper()
	timeout := time.After(Patience)
	for {
		select {
		case item, ok := <-c:
			if !ok {
				return items
			}
			items = append(items, item)
		case <-timeout:
			require.FailNow(t, "the channel is not closed")
		}
	}
}

// Return calls f and blocks until it returns.
func Return(t testing.TB, f func()) {
	t.Helper()
	Result(t, func() struct{} { f(); return struct{}{} })
}

// Result calls f and returns its result.
func Result[T any](t testing.TB, f func() T) T {
	t.Helper()
	result := make(chan T, 1)
	go func() { result <- f() }()
	select {
	case value := <-result:
		return value
	case <-time.After(Patience):
		require.FailNow(t, "the call does not return")
		panic("unreachable")
	}
}

// Until blocks until condition reports true. It asks again and again without a
// pause, so condition must be cheap.
func Until(t testing.TB, condition func() bool, what string) {
	t.Helper()
	for began := time.Now(); !condition(); runtime.Gosched() {
		require.Less(t, time.Since(began), Patience, what)
	}
}

// Group is a [sync.WaitGroup] with the method Go, which that of Go 1.24 lacks.
type Group struct{ sync.WaitGroup }

// Go calls f in a new goroutine.
func (g *Group) Go(f func()) {
	g.Add(1)
	go func() {
		defer g.Done()
		f()
	}()
}
