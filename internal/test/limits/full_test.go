package limits

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/process"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// TestFullDisk writes until the disk of an OSD is full: writes wait, those with a context until it is
// done, and go on once objects have been deleted. TestFull in package rados does that with quotas.
func TestFullDisk(t *testing.T) {
	if !process.Nightly() {
		t.Skip("writes 300 MB, with RADOS_TEST_NIGHTLY=1 only")
	}
	cluster := radostest.Start(t, radostest.BlueStore(1<<30), radostest.Config("osd", "osd_heartbeat_interval", "1"))
	for _, ratio := range [][2]string{{"nearfull", "0.25"}, {"backfillfull", "0.28"}, {"full", "0.3"}} {
		cluster.Ceph(t, "osd", "set-"+ratio[0]+"-ratio", ratio[1])
	}
	ioctx := cluster.Pool(t)
	written := fill(t, ioctx)
	require.NotZero(t, written)
	t.Logf("full after %d MiB", 4*written)
	try, err := ioctx.WithPoolFullTry()
	require.NoError(t, err)
	defer try.Destroy()
	assert.ErrorIs(t, try.WriteFull("other", []byte("data")), syscall.ENOSPC)
	waiting := make(chan error, 1)
	go func() { waiting <- ioctx.WriteFull("waiting", []byte("data")) }()
	for i := range written {
		require.NoError(t, try.Delete(fmt.Sprint(i)))
	}
	assert.NoError(t, await.Next(t, waiting))
	assert.NoError(t, ioctx.WriteFull("other", []byte("data")))
}

// fill writes objects of 4 MiB until a write waits for 20 seconds, and returns the number of those that
// were written.
func fill(t *testing.T, ioctx *rados.IOContext) (written int) {
	t.Helper()
	data := make([]byte, 4<<20)
	for ; written < 256; written++ {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		err := ioctx.WriteFullContext(ctx, fmt.Sprint(written), data)
		cancel()
		if errors.Is(err, context.DeadlineExceeded) {
			return written
		}
		require.NoError(t, err)
	}
	require.Fail(t, "the disk is not full")
	return 0
}
