package throttle

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestBlocking: each target has a bound of its own, and 0 means the default.
func TestBlocking(t *testing.T) {
	var b Blocking
	b.SetMax(0)
	for waits := range targets {
		for range MaxBlocking {
			require.True(t, b[waits].TryEnter(0))
		}
		assert.False(t, b[waits].TryEnter(0))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := b.Enter(ctx, owner, Mon)
	assert.Equal(t, context.Canceled, err)

	b[Mon].Exit(0)
	room, err := b.Enter(t.Context(), owner, Mon)
	require.NoError(t, err)
	assert.Same(t, &b[Mon], room)
	b.SetMax(MaxBlocking + 1)
	assert.True(t, b[OSD].TryEnter(0))
	assert.False(t, b[OSD].TryEnter(0))
}
