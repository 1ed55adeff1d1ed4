package ctxerr

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestOf(t *testing.T) {
	assert.NoError(t, Of(context.Background()))
	live, cancel := context.WithCancel(context.Background())
	assert.NoError(t, Of(live))
	cancel()
	assert.Equal(t, context.Canceled, Of(live), "without a cause, the error is bare")
	expired, cancel := context.WithDeadline(context.Background(), time.Unix(0, 0))
	defer cancel()
	assert.Equal(t, context.DeadlineExceeded, Of(expired))
}

func TestCause(t *testing.T) {
	reason := errors.New("reason")
	cancelled, cancel := context.WithCancelCause(context.Background())
	cancel(reason)
	assert.ErrorIs(t, Of(cancelled), context.Canceled)
	assert.ErrorIs(t, Of(cancelled), reason)
	assert.EqualError(t, Of(cancelled), "context canceled: reason")
	expired, stop := context.WithDeadlineCause(context.Background(), time.Unix(0, 0), reason)
	defer stop()
	assert.ErrorIs(t, Of(expired), context.DeadlineExceeded)
	assert.ErrorIs(t, Of(expired), reason)
}
