package rados_test

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// fulls are ways to make a pool full and to free space again, with the error of
// calls that would grow it.
var fulls = map[string]struct {
	set  func(t *testing.T, conn *rados.Conn, pool string, full bool)
	want error
}{
	"pool": {func(t *testing.T, conn *rados.Conn, pool string, full bool) {
		objects := "0" // no quota
		if full {
			objects = "1"
		}
		_, _, err := conn.MonCommand(command(t, "osd pool set-quota", "pool", pool, "field", "max_objects", "val", objects))
		require.NoError(t, err)
	}, syscall.EDQUOT},
	"cluster": {func(t *testing.T, conn *rados.Conn, _ string, full bool) {
		ratios := map[string]float64{"nearfull": 0.85, "backfillfull": 0.9, "full": 0.95}
		for _, which := range slices.Backward(slices.Sorted(maps.Keys(ratios))) {
			ratio := ratios[which]
			if full {
				ratio /= 1e7
			}
			_, _, err := conn.MonCommand(command(t, "osd set-"+which+"-ratio", "ratio", ratio))
			require.NoError(t, err)
		}
	}, syscall.ENOSPC},
}

// TestFull makes calls while the pool or cluster is full: changes wait until
// there is space, and reads do not. WithPoolFullTry and OperationFullTry send
// changes all the same.
func TestFull(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and waits until it is full")
	}
	for how, full := range fulls {
		t.Run(how, func(t *testing.T) {
			cluster := radostest.Start(t)
			ioctx := cluster.Pool(t)
			pool, err := ioctx.GetPoolName()
			require.NoError(t, err)
			conn := cluster.Conn(t)
			for _, oid := range []string{"foo", "bar", "baz"} {
				require.NoError(t, ioctx.WriteFull(oid, []byte("data")))
			}
			full.set(t, conn, pool, true)
			require.Eventually(t, func() bool {
				w := rados.CreateWriteOp()
				w.WriteFull([]byte("data"))
				err := w.Operate(ioctx, unique("new"), rados.OperationFullTry)
				if err != nil {
					assert.ErrorIs(t, err, full.want)
				}
				return err != nil
			}, await.Patience, 100*time.Millisecond)

			require.NoError(t, conn.WaitForLatestOSDMap())
			try, err := open(t, conn, pool).WithPoolFullTry()
			require.NoError(t, err)
			defer try.Destroy()
			assert.ErrorIs(t, try.WriteFull(unique("new"), []byte("data")), full.want)
			assert.ErrorIs(t, try.Append("foo", []byte("data")), full.want)
			assert.NoError(t, try.Truncate("foo", 1))
			assert.NoError(t, try.Delete("bar"))

			// Another Conn, since the library of Ceph 14.2 sends all operations of try's.
			others := cluster.Conn(t)
			tries, err := open(t, others, pool).WithPoolFullTry()
			require.NoError(t, err)
			defer tries.Destroy()
			other, err := tries.WithoutPoolFullTry()
			require.NoError(t, err)
			defer other.Destroy()
			require.NoError(t, others.WaitForLatestOSDMap())
			stat, err := other.Stat("foo")
			require.NoError(t, err)
			assert.EqualValues(t, 1, stat.Size)
			waiting := map[string]func(ctx context.Context) error{
				"WriteFull": func(ctx context.Context) error { return other.WriteFullContext(ctx, "foo", nil) },
				"Truncate":  func(ctx context.Context) error { return other.TruncateContext(ctx, "foo", 0) },
				"SetXattr":  func(ctx context.Context) error { return other.SetXattrContext(ctx, "foo", "name", nil) },
				"RmXattr":   func(ctx context.Context) error { return other.RmXattrContext(ctx, "foo", "name") },
				"SetOmap": func(ctx context.Context) error {
					return other.SetOmapContext(ctx, "foo", map[string][]byte{"key": nil})
				},
				"CleanOmap": func(ctx context.Context) error { return other.CleanOmapContext(ctx, "foo") },
				"Delete":    func(ctx context.Context) error { return other.DeleteContext(ctx, "foo") },
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			var wg await.Group
			for name, call := range waiting {
				wg.Go(func() { assert.ErrorIs(t, call(ctx), context.DeadlineExceeded, name) })
			}
			wg.Wait()
			errs := make(chan error, 3)
			changes := []func() error{
				func() error { return other.WriteFull("foo", []byte("data")) },
				func() error { return other.Delete("baz") },
				func() error { return other.Lock("foo", "lock", rados.LockOptions{}) },
			}
			for _, change := range changes {
				go func() { errs <- change() }()
			}
			select {
			case err := <-errs:
				require.Fail(t, "a change does not wait", "%v", err)
			case <-time.After(time.Second): // which is what it is about
			}
			full.set(t, conn, pool, false)
			for i := range changes {
				assert.NoError(t, <-errs, strconv.Itoa(i))
			}
		})
	}
}

func TestPoolFullTry(t *testing.T) {
	ioctx := namespace(t)
	require.NoError(t, ioctx.SetPoolFullTry())
	require.NoError(t, ioctx.WriteFull("foo", []byte("data")), "the pool is not full")
	require.NoError(t, ioctx.UnsetPoolFullTry())
}
