package detach

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
)

var (
	errFailed = errors.New("failed")
	errClosed = errors.New("closed")
)

// owner is an Owner that is closed when its channel is.
type owner chan struct{}

func (o owner) Done() <-chan struct{} { return o }
func (o owner) Err() error            { return errClosed }

func TestRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	undo := func(int) { assert.Fail(t, "the value was returned") }
	for _, ctx := range []context.Context{ctx, context.Background()} {
		n, ended, err := Run(ctx, make(owner), func() (int, error) { return 42, nil }, undo)
		assert.Equal(t, 42, n)
		assert.True(t, ended)
		assert.NoError(t, err)
		n, ended, err = Run(ctx, make(owner), func() (int, error) { return 7, errFailed }, undo)
		assert.Equal(t, 7, n, "the value of a call that fails")
		assert.True(t, ended)
		assert.Equal(t, errFailed, err)
	}
}

// TestRunOnCallersGoroutine makes a call that can't be abandoned: it needs no goroutine, and the end
// of its owner does not end it.
func TestRunOnCallersGoroutine(t *testing.T) {
	closed := make(owner)
	close(closed)
	n := 0
	_, ended, err := Run(context.Background(), closed, func() (int, error) { n++; return n, nil }, nil)
	assert.Equal(t, 1, n)
	assert.True(t, ended)
	assert.NoError(t, err)
}

// TestClosable abandons a call whose context is never done.
func TestClosable(t *testing.T) {
	type key struct{}
	ctx := Closable(context.WithValue(context.Background(), key{}, 42))
	assert.Equal(t, 42, ctx.Value(key{}))
	closed := make(owner)
	close(closed)
	more := make(chan struct{})
	defer close(more)
	_, ended, err := Run(ctx, closed, func() (int, error) { <-more; return 0, nil }, nil)
	assert.False(t, ended)
	assert.Equal(t, errClosed, err)

	var none context.Context
	assert.Nil(t, Closable(none))
	done, cancel := context.WithCancel(context.Background())
	assert.Equal(t, done, Closable(done), "it stays as it is")
	cancel()
	before := runtime.NumGoroutine()
	child, cancel := context.WithCancel(ctx)
	for range 100 { // more than goroutines of earlier tests that can end meanwhile
		child, cancel := context.WithCancel(ctx)
		defer cancel()
		assert.NoError(t, child.Err())
	}
	assert.LessOrEqual(t, runtime.NumGoroutine(), before, "a context that is made of it needs no goroutine")
	cancel()
	assert.Error(t, child.Err())
	assert.NoError(t, ctx.Err())
}

// TestUndo abandons calls: what they return later is undone, unless they fail.
func TestUndo(t *testing.T) {
	reason := errors.New("reason")
	for name, wants := range map[string][]error{
		"context": {context.Canceled, reason},
		"owner":   {errClosed},
	} {
		for _, failed := range []error{nil, errFailed} {
			for _, undone := range []chan int{make(chan int, 1), nil} {
				ctx, cancel := context.WithCancelCause(t.Context())
				more, closed, ended := make(chan int), make(owner), make(chan struct{})
				var undo func(int)
				if undone != nil {
					undo = func(n int) { undone <- n }
				}
				n, inTime, err := Run(ctx, closed, func() (int, error) {
					defer close(ended)
					if name == "owner" {
						close(closed)
					} else {
						cancel(reason)
					}
					return <-more, failed
				}, undo)
				assert.Zero(t, n, name)
				assert.False(t, inTime, name)
				for _, want := range wants {
					assert.ErrorIs(t, err, want, name)
				}
				more <- 42
				<-ended
				if failed == nil && undone != nil {
					assert.Equal(t, 42, <-undone, name)
				} else {
					assert.Empty(t, undone, name)
				}
				cancel(nil)
			}
		}
	}
}

// TestEndedInTime cancels calls that end at the same time: each result is returned or undone.
func TestEndedInTime(t *testing.T) {
	for range 1000 {
		ctx, cancel := context.WithCancel(t.Context())
		undone := make(chan int, 1)
		n, ended, err := Run(ctx, make(owner), func() (int, error) { cancel(); return 42, nil }, func(n int) { undone <- n })
		if ended {
			assert.Equal(t, 42, n)
			assert.NoError(t, err)
			continue
		}
		assert.Zero(t, n)
		assert.Equal(t, context.Canceled, err)
		assert.Equal(t, 42, <-undone)
	}
}
