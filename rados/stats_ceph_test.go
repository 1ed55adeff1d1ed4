package rados_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// TestStats expects the numbers of a pipeline to stay within the bounds and to be 0 afterwards.
func TestStats(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	conn := radostest.Conn(t)
	require.NoError(t, conn.SetMaxInFlight(8, 1000))
	pool, err := ioctx.GetPoolName()
	require.NoError(t, err)
	own, err := conn.OpenIOContext(pool)
	require.NoError(t, err)
	t.Cleanup(own.Destroy)
	w := watch(t, own, "watched")
	for task := range rados.Pipeline(t.Context(), 50, tasks(200, func(i int) *rados.Task {
		return own.Tasks().WriteFull(fmt.Sprint("stats ", i), make([]byte, 100))
	})) {
		require.NoError(t, task.Err)
		stats := conn.Stats()
		assert.LessOrEqual(t, stats.Calls, 8)
		assert.EqualValues(t, 100*stats.Calls, stats.Bytes)
		assert.Equal(t, 1, stats.Watchers)
	}
	require.NoError(t, w.Delete())
	assert.Equal(t, rados.Stats{
		MaxCalls: 8, MaxBytes: 1000, MaxBlockingCalls: 64,
		OSDs: rados.BlockingStats{Max: 32}, Monitors: rados.BlockingStats{Max: 16},
		Managers: rados.BlockingStats{Max: 8}, Acks: rados.BlockingStats{Max: 8},
	}, conn.Stats())
}
