package radoslock_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radoslock"
	"github.com/go-rados/go-rados/rados/radostest"
)

// TestUnreachableOSD stops the OSD. A holder loses its lock before the lock expires, and
// whatever was sent meanwhile leaves no lock when the OSD answers again.
func TestUnreachableOSD(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops a daemon")
	}
	t.Parallel()
	cluster := radostest.Start(t, radostest.OSDs(1))
	ioctx := cluster.Pool(t)
	const duration = 4 * time.Second
	kept := lock(t, radoslock.New(ioctx, "kept", "lock", radoslock.Duration(time.Hour)))
	working, stop := context.WithCancel(t.Context())
	defer stop()
	began, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- radoslock.New(ioctx, "worker", "lock", radoslock.Duration(time.Hour)).Do(working, func(ctx context.Context) error {
			close(began)
			<-ctx.Done()
			return nil
		})
	}()
	await.Closed(t, began)
	var paused time.Time
	err := mutex(ioctx, radoslock.Duration(duration)).Do(t.Context(), func(ctx context.Context) error {
		cluster.Pause(t, "osd.0")
		paused = time.Now()

		// The result of these requests is unknown.
		short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		_, err := radoslock.New(ioctx, "cancelled", "lock", radoslock.Duration(time.Hour)).Lock(short)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.ErrorIs(t, err, rados.ErrOutcomeUnknown)
		err = kept.Unlock(short)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.ErrorIs(t, err, rados.ErrOutcomeUnknown)

		stop()
		err = await.Next(t, ended)
		assert.ErrorIs(t, err, context.Canceled, "Do does not wait for the OSD")
		assert.ErrorIs(t, err, rados.ErrOutcomeUnknown)

		await.Closed(t, ctx.Done())
		assert.Less(t, time.Since(paused), duration, "the lock has not expired yet")
		return context.Cause(ctx)
	})
	assert.ErrorIs(t, err, radoslock.ErrLost)
	assert.ErrorContains(t, err, "not renewed in time")
	assert.Less(t, time.Since(paused), duration+time.Second, "Do does not wait for the OSD")

	cluster.Resume(t, "osd.0")
	assert.NoError(t, kept.Unlock(t.Context()), "the release went on")
	cluster.WaitUp(t, "osd.0")
	for _, oid := range []string{"kept", "cancelled", "worker"} {
		lease, err := radoslock.New(ioctx, oid, "lock").Lock(t.Context())
		require.NoError(t, err)
		require.NoError(t, lease.Unlock(t.Context()))
	}
}

// TestShortPause stops the OSD for less than the lock lasts: the holder keeps it. A request that
// has timed out leaves no lock.
func TestShortPause(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops a daemon")
	}
	t.Parallel()
	cluster := radostest.Start(t, radostest.OSDs(1), radostest.Config("client", "rados_osd_op_timeout", "1"))
	ioctx := cluster.Pool(t)
	lease := lock(t, mutex(ioctx, radoslock.Duration(8*time.Second))) // renewed after 2 s
	cluster.Pause(t, "osd.0")
	_, err := ioctx.Stat(oid)
	require.Error(t, err, "a second has passed")
	other := radoslock.New(ioctx, "other", "lock", radoslock.Duration(time.Hour))
	_, err = other.Lock(t.Context())
	require.ErrorIs(t, err, syscall.ETIMEDOUT, "and another one")
	require.ErrorIs(t, err, rados.ErrOutcomeUnknown)
	_, err = ioctx.Stat(oid)
	require.Error(t, err, "a renewal has failed")
	cluster.Resume(t, "osd.0")
	cluster.WaitUp(t, "osd.0")
	awaitChange(t, ioctx)
	require.NoError(t, lease.Context().Err())
	require.NoError(t, lease.Unlock(t.Context()))
	require.NoError(t, lock(t, other).Unlock(t.Context()), "it was released in the background")
}
