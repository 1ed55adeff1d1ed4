package ceph

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDaemonControl(t *testing.T) {
	t.Parallel()
	c := startTest(t, Config{})
	for _, name := range []string{"mon.a", "mgr.x", "osd.0"} {
		d, err := c.Daemon(name)
		require.NoError(t, err)
		old := d.PID()
		assert.ErrorContains(t, d.Start(t.Context()), name+" is already running")

		require.NoError(t, d.Stop(t.Context()))
		assert.False(t, d.Running())
		assert.ErrorContains(t, d.Stop(t.Context()), name+" is not running")
		assert.ErrorContains(t, d.Kill(), name+" is not running")
		assert.ErrorContains(t, d.WaitUp(t.Context()), name+" ended (")

		require.NoError(t, d.Start(t.Context()))
		assert.NotEqual(t, old, d.PID())
		require.NoError(t, d.WaitUp(t.Context()))
	}
	_, err := c.Daemon("osd.1")
	assert.EqualError(t, err, `the cluster has no daemon "osd.1", only mon.a, mgr.x, osd.0`)
	assert.ErrorContains(t, c.mon().WaitDown(t.Context()), "only OSDs are marked down, not mon.a")
}

func TestPause(t *testing.T) {
	t.Parallel()
	c := startTest(t, Config{})
	require.NoError(t, c.mon().Pause())
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	err := c.mon().WaitUp(ctx)
	require.Error(t, err)
	assert.Regexp(t, `mon\.a was not in quorum after \d+\.\d s\n--- mon\.a\.log, last lines`, err.Error())

	require.NoError(t, c.mon().Resume())
	require.NoError(t, c.mon().WaitUp(t.Context()))
	require.NoError(t, c.mon().Pause())
	require.NoError(t, c.mon().Stop(t.Context()), "a paused daemon stops too")
}
