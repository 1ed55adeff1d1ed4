package detach

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
)

var errFailed = errors.New("failed")

func TestRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	undo := func(int) { assert.Fail(t, "the value was returned") }
	for _, ctx := range []context.Context{ctx, context.Background()} {
		n, err := Run(ctx, func() (int, error) { return 42, nil }, undo)
		assert.Equal(t, 42, n)
		assert.NoError(t, err)
		_, err = Run(ctx, func() (int, error) { return 0, errFailed }, undo)
		assert.Equal(t, errFailed, err)
	}
}

// TestUndo: what a call brings after its context is done is undone, unless it has failed.
func TestUndo(t *testing.T) {
	for _, failed := range []error{nil, errFailed} {
		ctx, cancel := context.WithCancel(t.Context())
		more, undone, ended := make(chan int), make(chan int, 1), make(chan struct{})
		_, err := Run(ctx, func() (int, error) {
			defer close(ended)
			cancel()
			return <-more, failed
		}, func(n int) { undone <- n })
		assert.Equal(t, context.Canceled, err)
		more <- 42
		<-ended
		if failed == nil {
			assert.Equal(t, 42, <-undone)
		} else {
			assert.Empty(t, undone)
		}
	}
}
