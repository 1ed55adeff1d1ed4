package throttle

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
)

// client is an Owner that is open until its channel is closed.
type client chan struct{}

func (c client) Done() <-chan struct{} { return c }
func (c client) Err() error            { return errClosed }

var errClosed = errors.New("closed")

// owner is the owner where it does not matter.
var owner = make(client)

// queued returns the number of waiting calls.
func queued(l *Limit) int {
	n := 0
	for e := l.queues.Front(); e != nil; e = e.Next() {
		for w := e.Value.(*queue).first; w != nil; w = w.after {
			n++
		}
	}
	return n
}

// waits starts a call that must wait, and returns when it waits.
func waits(t *testing.T, l *Limit, ctx context.Context, bytes int64) <-chan error {
	t.Helper()
	return waitsFor(t, l, ctx, owner, bytes)
}

func waitsFor(t *testing.T, l *Limit, ctx context.Context, owner Owner, bytes int64) <-chan error {
	t.Helper()
	l.mu.Lock()
	before := queued(l)
	l.mu.Unlock()
	done := make(chan error, 1)
	go func() { done <- l.Enter(ctx, owner, bytes) }()
	for {
		l.mu.Lock()
		n := queued(l)
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
		require.NoError(t, l.Enter(t.Context(), owner, 1))
	}
	next := waits(t, &l, t.Context(), 1)
	l.Exit(1)
	require.NoError(t, <-next)

	var large Limit
	require.NoError(t, large.Enter(t.Context(), owner, 2*MaxBytes), "alone")
	small := waits(t, &large, t.Context(), 0)
	large.Exit(2 * MaxBytes)
	require.NoError(t, <-small)
	assert.EqualValues(t, 1, load(large.inFlight.Load()).calls())
	assert.Zero(t, load(large.inFlight.Load()).bytes())
}

func TestFirstComeFirstServed(t *testing.T) {
	var l Limit
	require.NoError(t, l.Enter(t.Context(), owner, MaxBytes))
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
	require.NoError(t, l.Enter(t.Context(), owner, MaxBytes/2))
	ctx, cancel := context.WithCancel(t.Context())
	large := waits(t, &l, ctx, MaxBytes)
	small := waits(t, &l, t.Context(), 1)
	cancel()
	assert.Equal(t, context.Canceled, <-large)
	require.NoError(t, <-small, "what the large one held up")
	l.Exit(1)
	l.Exit(MaxBytes / 2)
	assert.Zero(t, l.inFlight.Load())
}

func TestManyAtOnce(t *testing.T) {
	var l Limit
	var under, most atomic.Int64
	var wg await.Group
	for i := range 5000 {
		wg.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			if i%7 == 0 {
				cancel()
			}
			defer cancel()
			if l.Enter(ctx, owner, int64(i)) != nil {
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
	assert.Zero(t, l.inFlight.Load())
	assert.Zero(t, queued(&l))
	assert.Zero(t, l.Usage())
}

// TestTurns: many calls of one owner do not delay the few of another.
func TestTurns(t *testing.T) {
	var l Limit
	busy, quiet := make(client), make(client)
	l.SetMax(1, 0)
	require.NoError(t, l.Enter(t.Context(), busy, 1))
	var many []<-chan error
	for range 3 {
		many = append(many, waitsFor(t, &l, t.Context(), busy, 1))
	}
	few := waitsFor(t, &l, t.Context(), quiet, 1)
	l.Exit(1)
	require.NoError(t, <-many[0], "who came first")
	l.Exit(1)
	require.NoError(t, <-few, "before the second of the other's")
	for _, rest := range many[1:] {
		l.Exit(1)
		require.NoError(t, <-rest)
	}
	l.Exit(1)
	assert.Zero(t, l.inFlight.Load())
	assert.Zero(t, l.queues.Len())
	assert.Empty(t, l.byOwner)
}

// TestBytesOfEndedCalls: they are counted until they are released, while their calls are not.
func TestBytesOfEndedCalls(t *testing.T) {
	var l Limit
	l.SetMax(1, 10)
	require.NoError(t, l.Enter(t.Context(), owner, 10))
	l.ExitCall()
	require.NoError(t, l.Enter(t.Context(), owner, 0), "which needs no room for bytes")
	l.Exit(0)
	next := waits(t, &l, t.Context(), 1)
	l.Release(10)
	require.NoError(t, <-next)
	l.Exit(1)

	require.NoError(t, l.Enter(t.Context(), owner, 20), "alone")
	l.ExitCall()
	large := waits(t, &l, t.Context(), 20)
	l.Release(20)
	require.NoError(t, <-large, "alone, with no other's bytes")
	l.Exit(20)
	assert.Zero(t, l.inFlight.Load())
}

// TestSetMax: waiting calls are admitted when the bounds are raised.
func TestSetMax(t *testing.T) {
	var l Limit
	l.SetMax(1, 10)
	require.NoError(t, l.Enter(t.Context(), owner, 1))
	second := waits(t, &l, t.Context(), 1)
	l.SetMax(2, 10)
	require.NoError(t, <-second)
	l.Exit(1)
	large := waits(t, &l, t.Context(), 10)
	l.SetMax(2, 11)
	require.NoError(t, <-large)
}

// TestClosedOwner: the waiting calls of an owner end when it is closed, and later ones do not
// wait. The calls of others keep their places.
func TestClosedOwner(t *testing.T) {
	var l Limit
	l.SetMax(1, 0)
	closed, other := make(client), make(client)
	require.NoError(t, l.Enter(t.Context(), other, 1))
	first := waitsFor(t, &l, t.Context(), closed, 1)
	next := waitsFor(t, &l, t.Context(), other, 1)
	second := waitsFor(t, &l, t.Context(), closed, 1)
	close(closed)
	assert.Equal(t, errClosed, <-first)
	assert.Equal(t, errClosed, <-second)
	assert.Equal(t, errClosed, l.Enter(t.Context(), closed, 1))
	l.Exit(1)
	require.NoError(t, <-next)
	l.Exit(1)
	assert.Zero(t, l.inFlight.Load())
	assert.Empty(t, l.byOwner)
}

// TestUsage counts calls that are admitted, wait, are cancelled and end.
func TestUsage(t *testing.T) {
	var l Limit
	l.SetMax(1, 10)
	assert.Equal(t, Usage{}, l.Usage())
	require.NoError(t, l.Enter(t.Context(), owner, 10))
	assert.Equal(t, Usage{Calls: 1, Bytes: 10}, l.Usage())
	ctx, cancel := context.WithCancel(t.Context())
	first := waits(t, &l, ctx, 2)
	second := waits(t, &l, t.Context(), 3)
	assert.Equal(t, Usage{Calls: 1, Waiting: 2, Bytes: 10}, l.Usage())
	cancel()
	require.Error(t, <-first)
	assert.Equal(t, Usage{Calls: 1, Waiting: 1, Bytes: 10}, l.Usage())
	l.ExitCall()
	assert.Equal(t, Usage{Waiting: 1, Bytes: 10}, l.Usage(), "the bytes count")
	l.Release(10)
	require.NoError(t, <-second)
	assert.Equal(t, Usage{Calls: 1, Bytes: 3}, l.Usage())
	l.Exit(3)
	assert.Equal(t, Usage{}, l.Usage())
}
