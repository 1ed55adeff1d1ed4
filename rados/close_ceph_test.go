package rados_test

import (
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// TestClose closes each value by Close, twice, and in the zero state.
func TestClose(t *testing.T) {
	t.Parallel()
	conn := radostest.Conn(t)
	ioctx := open(t, conn, "shared")
	require.NoError(t, ioctx.Create("closed", rados.CreateIdempotent))
	w := watch(t, ioctx, "closed")
	m, err := conn.MonitorLog("info", func(rados.LogEntry) {})
	require.NoError(t, err)

	closed := func(c io.Closer) {
		t.Helper()
		assert.NoError(t, c.Close())
		assert.NoError(t, c.Close())
	}
	closed(w)
	await.Closed(t, w.Events())
	_, err = w.Check()
	assert.Equal(t, rados.ErrWatcherClosed, err)
	closed(m)
	closed(ioctx)
	_, err = ioctx.Stat("closed")
	assert.Equal(t, rados.ErrInvalidIOContext, err)
	closed(conn)
	_, err = conn.ListPools()
	assert.Equal(t, rados.ErrNotConnected, err)

	closed((*rados.Conn)(nil))
	closed((*rados.IOContext)(nil))
	closed((*rados.LogMonitor)(nil))
	assert.ErrorIs(t, (*rados.Watcher)(nil).Close(), rados.ErrWatcherClosed)

	ioctx = namespace(t)
	w = watch(t, ioctx, "removed")
	require.NoError(t, ioctx.Delete("removed"))
	await.Closed(t, w.Events())
	err = w.Close()
	assert.ErrorIs(t, err, rados.ErrNotFound)
	assert.ErrorContains(t, err, "Watcher.Close")
}
