package radosio

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
)

// waiting reports whether a caller waits for l.
func (l *rwLock) waiting() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changed != nil
}

// TestLockWaits cancels a wait for a lock that a reader or a writer holds.
func TestLockWaits(t *testing.T) {
	reason := errors.New("reason")
	for name, hold := range map[string]func(l *rwLock) (free func()){
		"reader": func(l *rwLock) func() { require.NoError(t, l.rLock(t.Context())); return l.rUnlock },
		"writer": func(l *rwLock) func() { require.NoError(t, l.lock(t.Context())); return l.unlock },
	} {
		t.Run(name, func(t *testing.T) {
			var l rwLock
			free := hold(&l)
			ctx, cancel := context.WithCancelCause(t.Context())
			done := make(chan error)
			go func() { done <- l.lock(ctx) }()
			await.Until(t, l.waiting, "a writer waits")
			cancel(reason)
			err := await.Next(t, done)
			require.ErrorIs(t, err, context.Canceled)
			require.ErrorIs(t, err, reason)
			if name == "writer" {
				require.ErrorIs(t, l.rLock(ctx), reason)
			}
			free()
			require.NoError(t, l.rLock(t.Context()), "no writer waits")
			require.NoError(t, l.rLock(t.Context()), "readers share it")
			l.rUnlock()
			go func() { done <- l.lock(t.Context()) }()
			await.Until(t, l.waiting, "the writer waits")
			l.rUnlock()
			require.NoError(t, await.Next(t, done))
			l.unlock()
		})
	}
}

// TestLockByMany has readers and writers take turns.
func TestLockByMany(t *testing.T) {
	var l rwLock
	var readers, writers atomic.Int64
	var wg await.Group
	for i := range 8 {
		wg.Go(func() {
			for range 1000 {
				if i%4 == 0 {
					require.NoError(t, l.lock(t.Context()))
					require.EqualValues(t, 1, writers.Add(1))
					require.Zero(t, readers.Load())
					writers.Add(-1)
					l.unlock()
					continue
				}
				require.NoError(t, l.rLock(t.Context()))
				readers.Add(1)
				require.Zero(t, writers.Load())
				readers.Add(-1)
				l.rUnlock()
			}
		})
	}
	await.Return(t, wg.Wait)
}
