package throttle

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestBlocking: each target has a part of the bound, and 0 means the default.
func TestBlocking(t *testing.T) {
	var b Blocking
	b.SetMax(0)
	assert.Equal(t, MaxBlocking, b.Max())
	for target, most := range map[Target]int{OSD: 32, Mon: 16, Mgr: 8, Ack: 8} {
		for range most {
			require.True(t, b[target].TryEnter(0))
		}
		assert.False(t, b[target].TryEnter(0))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := b.Enter(ctx, owner, Mon)
	assert.Equal(t, context.Canceled, err)

	b[Mon].Exit(0)
	room, err := b.Enter(t.Context(), owner, Mon)
	require.NoError(t, err)
	assert.Same(t, &b[Mon], room)
	b.SetMax(MaxBlocking + 2)
	assert.True(t, b[OSD].TryEnter(0))
	assert.False(t, b[OSD].TryEnter(0))

	b.SetMax(1)
	assert.Equal(t, 4, b.Max(), "one for each target")
	b.SetMax(math.MaxInt)
	assert.Positive(t, b.Max())
}
