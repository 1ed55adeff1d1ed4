package rados_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// resident is how many bytes of memory the process has.
func resident(t *testing.T) (n int) {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	require.NoError(t, err)
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	_, err = fmt.Sscan(rest, &n)
	require.NoError(t, err)
	return n << 10
}

// TestCancelledWritesAreBounded: while the OSD takes nothing, the data of cancelled writes stays
// in memory, up to the bound of the connection. Later writes wait, and are not sent. They go
// on when the OSD does.
func TestCancelledWritesAreBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops a daemon")
	}
	const size, attempts, bound = 4 << 20, 25, 40 << 20 // 4 goroutines make so many attempts each
	cluster := radostest.Start(t)
	conn := cluster.Conn(t)
	require.NoError(t, conn.SetMaxInFlight(0, bound))
	require.NoError(t, conn.MakePool("pool"))
	ioctx := open(t, conn, "pool")
	require.NoError(t, ioctx.WriteFull("object", []byte("before")))
	cluster.Pause(t, "osd.0")
	before := resident(t)
	var sent atomic.Int64
	var writers sync.WaitGroup
	for i := range 4 {
		writers.Go(func() {
			own := open(t, conn, "pool") // and closing it lets nothing go
			defer own.Destroy()
			data := filled(byte(i), size)
			for range attempts {
				ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
				err := own.WriteFullContext(ctx, fmt.Sprint("object", i), data)
				cancel()
				assert.ErrorIs(t, err, context.DeadlineExceeded)
				if assert.Error(t, err) && isUnknown(err) {
					sent.Add(1)
				}
			}
		})
	}
	writers.Wait()
	grown := resident(t) - before
	t.Logf("%d of %d writes were sent; %d MiB more", sent.Load(), 4*attempts, grown>>20)
	assert.EqualValues(t, bound/size, sent.Load())
	assert.Less(t, grown, 3*bound)

	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	assert.ErrorIs(t, ioctx.WriteFullContext(ctx, "object", filled(1, size)), context.DeadlineExceeded)
	cluster.Resume(t, "osd.0")
	require.NoError(t, ioctx.WriteFull("object", filled(1, bound)), "which needs all the room")
}

func isUnknown(err error) bool { return errors.Is(err, rados.ErrOutcomeUnknown) }
