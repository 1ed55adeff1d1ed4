package inflight

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// waits starts a call that has to wait, and returns once it does.
func waits(t *testing.T, l *Limit, ctx context.Context, bytes int64) <-chan error {
	t.Helper()
	l.mu.Lock()
	before := l.waiting.Len()
	l.mu.Unlock()
	done := make(chan error, 1)
	go func() { done <- l.Enter(ctx, bytes) }()
	for {
		l.mu.Lock()
		n := l.waiting.Len()
		l.mu.Unlock()
		if n > before {
			return done
		}
		select {
		case err := <-done:
			require.FailNow(t, "it did not wait", "%v", err)
		default:
		}
	}
}

func TestBounds(t *testing.T) {
	var l Limit
	for range MaxCalls {
		require.NoError(t, l.Enter(t.Context(), 1))
	}
	next := waits(t, &l, t.Context(), 1)
	l.Exit(1)
	require.NoError(t, <-next)

	var large Limit
	require.NoError(t, large.Enter(t.Context(), 2*MaxBytes), "alone")
	small := waits(t, &large, t.Context(), 0)
	large.Exit(2 * MaxBytes)
	require.NoError(t, <-small)
	assert.Equal(t, 1, large.calls)
	assert.Zero(t, large.bytes)
}

func TestFirstComeFirstServed(t *testing.T) {
	var l Limit
	require.NoError(t, l.Enter(t.Context(), MaxBytes))
	first := waits(t, &l, t.Context(), MaxBytes)
	second := waits(t, &l, t.Context(), 1)
	l.Exit(MaxBytes)
	require.NoError(t, <-first)
	select {
	case <-second:
		assert.Fail(t, "there was no room")
	default:
	}
	l.Exit(MaxBytes)
	require.NoError(t, <-second)
}

func TestGivenUp(t *testing.T) {
	var l Limit
	require.NoError(t, l.Enter(t.Context(), MaxBytes/2))
	ctx, cancel := context.WithCancel(t.Context())
	large := waits(t, &l, ctx, MaxBytes)
	small := waits(t, &l, t.Context(), 1)
	cancel()
	assert.Equal(t, context.Canceled, <-large)
	require.NoError(t, <-small, "what the large one held up")
	l.Exit(1)
	l.Exit(MaxBytes / 2)
	assert.Zero(t, l.calls)
	assert.Zero(t, l.bytes)
}

func TestManyAtOnce(t *testing.T) {
	var l Limit
	var under, most atomic.Int64
	var wg sync.WaitGroup
	for i := range 5000 {
		wg.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			if i%7 == 0 {
				cancel()
			}
			defer cancel()
			if l.Enter(ctx, int64(i)) != nil {
				return
			}
			n := under.Add(1)
			for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
			}
			under.Add(-1)
			l.Exit(int64(i))
		})
	}
	wg.Wait()
	assert.LessOrEqual(t, most.Load(), int64(MaxCalls))
	assert.Zero(t, l.calls)
	assert.Zero(t, l.bytes)
	assert.Zero(t, l.waiting.Len())
}
