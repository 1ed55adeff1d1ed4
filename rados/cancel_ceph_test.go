package rados_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"sync/atomic"
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

// TestOperateContextCancelled cancels operations while the OSD does not answer.
// They return, and the OSD may perform them afterwards.
func TestOperateContextCancelled(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops a daemon")
	}
	cluster := radostest.Start(t, radostest.OSDs(1))
	ioctx := cluster.Pool(t)
	require.NoError(t, ioctx.WriteFull("object", []byte("before")))
	cluster.Pause(t, "osd.0")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	r := rados.CreateReadOp()
	buf := make([]byte, 6)
	step := r.Read(0, buf)
	stat := r.Stat()
	err := r.OperateContext(ctx, ioctx, "object", 0)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	assert.NotErrorIs(t, err, rados.ErrOutcomeUnknown, "a read changes nothing")
	assert.Zero(t, step.BytesRead)
	assert.Negative(t, step.Result)
	_, err = stat.Stat()
	assert.ErrorIs(t, err, rados.ErrOperationIncomplete)

	ctx, cancel = context.WithCancel(t.Context())
	w := rados.CreateWriteOp()
	w.WriteFull([]byte("after"))
	over := make(chan error)
	go func() { over <- w.OperateContext(ctx, ioctx, "object", 0) }()
	cancel()
	err = <-over
	assert.ErrorIs(t, err, context.Canceled)

	cluster.Resume(t, "osd.0")
	content := content(t, ioctx, "object")
	assert.Contains(t, []string{"before", "after"}, string(content))
}

// TestContextEndsReadThatAReplicaBounced cancels a read that a replica has sent
// on to the primary OSD, where librados does not cancel it. The read returns
// all the same, and its buffer stays unchanged when the primary answers.
func TestContextEndsReadThatAReplicaBounced(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of three OSDs and stops a daemon")
	}
	t.Parallel()
	cluster := radostest.Start(t, radostest.OSDs(3), radostest.Config("mon", "mon osd report timeout", "600"),
		radostest.Config("global", "osd heartbeat grace", "600"))
	ioctx := cluster.Pool(t)
	pool, err := ioctx.GetPoolName()
	require.NoError(t, err)
	conn := cluster.Conn(t)
	primary := func(oid string) (osd int) {
		out, status, err := conn.MonCommand(command(t, "osd map", "pool", pool, "object", oid))
		require.NoError(t, err, status)
		var place struct {
			ActingPrimary int `json:"acting_primary"`
		}
		require.NoError(t, json.Unmarshal(out, &place))
		return place.ActingPrimary
	}
	var oids []string
	for i := 0; len(oids) < 10; i++ {
		if oid := fmt.Sprint("object", i); primary(oid) == 0 {
			oids = append(oids, oid)
		}
	}
	for _, oid := range oids {
		require.NoError(t, ioctx.WriteFull(oid, []byte("content")))
	}
	cluster.Pause(t, "osd.0")
	for _, flag := range []rados.OperationFlags{rados.OperationBalanceReads, rados.OperationLocalizeReads} {
		ended := make(chan error, len(oids))
		var buffers [][]byte
		ctx, cancel := context.WithTimeout(t.Context(), time.Second) // until replicas have bounced the reads
		defer cancel()
		for _, oid := range oids {
			buf := []byte("nothing")
			buffers = append(buffers, buf)
			go func() {
				r := rados.CreateReadOp()
				step := r.Read(0, buf)
				err := r.OperateContext(ctx, ioctx, oid, flag)
				if err == nil {
					assert.Equal(t, "content", string(buf), "of a replica")
				} else {
					assert.Equal(t, "nothing", string(buf))
					assert.Zero(t, step.BytesRead)
				}
				copy(buf, "own use")
				ended <- err
			}()
		}
		failed := 0
		for range oids {
			if err := await.Next(t, ended); err != nil {
				assert.ErrorIs(t, err, context.DeadlineExceeded)
				failed++
			}
		}
		assert.NotZero(t, failed, "replicas have served them all")
		cluster.Resume(t, "osd.0")
		for _, oid := range oids { // whose answers come after those of the reads
			require.Equal(t, "content", string(content(t, ioctx, oid)))
		}
		for _, buf := range buffers {
			assert.Equal(t, "own use", string(buf))
		}
		cluster.Pause(t, "osd.0")
	}
	cluster.Resume(t, "osd.0")
}

// TestTimeoutIsAnUnknownOutcome has librados cancel writes after
// rados_osd_op_timeout: they may have been performed, and every form returns
// ErrOutcomeUnknown.
func TestTimeoutIsAnUnknownOutcome(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops a daemon")
	}
	cluster := radostest.Start(t, radostest.OSDs(1), radostest.Config("client", "rados_osd_op_timeout", "1"))
	ioctx := cluster.Pool(t)
	require.NoError(t, ioctx.WriteFull("object", []byte("before")))
	cluster.Pause(t, "osd.0")
	w := rados.CreateWriteOp()
	w.WriteFull([]byte("after"))
	for _, err := range []error{
		ioctx.WriteFull("object", []byte("after")),
		ioctx.WriteFullContext(t.Context(), "object", []byte("after")),
		w.OperateContext(t.Context(), ioctx, "object", 0),
	} {
		assert.ErrorIs(t, err, syscall.ETIMEDOUT)
		assert.ErrorIs(t, err, rados.ErrOutcomeUnknown)
	}
	assert.NotErrorIs(t, rados.ErrNotFound, rados.ErrOutcomeUnknown)
	cluster.Resume(t, "osd.0")
	assert.Contains(t, []string{"before", "after"}, string(content(t, ioctx, "object")))
}

// TestOperateWithMtimeCancelled cancels 1,200 operations that set the
// modification time while the OSD is stopped: they leave at most as many
// threads as may block, and as many goroutines.
func TestOperateWithMtimeCancelled(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops a daemon")
	}
	cluster := radostest.Start(t, radostest.OSDs(1))
	ioctx := cluster.Pool(t)
	require.NoError(t, ioctx.WriteFull("foo", nil))
	operate := func(ctx context.Context) error {
		w := rados.CreateWriteOp()
		w.WriteFull([]byte("data"))
		return w.OperateWithMtimeContext(ctx, ioctx, "foo", rados.Timespec{Sec: 7}, 0)
	}
	cluster.Pause(t, "osd.0")
	before := process.Threads()
	unknown := 0
	for range 12 {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		errs := make(chan error)
		for range 100 {
			go func() { errs <- operate(ctx) }()
		}
		for range 100 {
			err := <-errs
			assert.ErrorIs(t, err, context.DeadlineExceeded)
			if errors.Is(err, rados.ErrOutcomeUnknown) {
				unknown++
			}
		}
		cancel()
	}
	var wg await.Group
	for range 600 {
		wg.Go(func() { assert.NoError(t, operate(context.Background())) })
	}
	require.Eventually(t, func() bool { return process.Goroutines() >= 600 }, await.Patience, time.Millisecond)
	t.Logf("1200 cancelled, of which %d were sent, and 600 wait: %d threads, %d before", unknown, process.Threads(), before)
	assert.Less(t, process.Threads()-before, fewThreads)
	cluster.Resume(t, "osd.0")
	wg.Wait()
	assert.Equal(t, []byte("data"), content(t, ioctx, "foo"))
}

// TestCancelledWritesAreBounded cancels writes while the OSD is stopped. Their
// data stays in memory, up to the limit of the connection. Later writes wait
// and are not sent until the OSD answers again.
func TestCancelledWritesAreBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops a daemon")
	}
	const size, attempts, bound = 4 << 20, 25, 40 << 20 // each of 4 goroutines makes the attempts
	cluster := radostest.Start(t, radostest.OSDs(1))
	conn := cluster.Conn(t)
	require.NoError(t, conn.SetMaxInFlight(0, bound))
	require.NoError(t, conn.MakePool("pool"))
	ioctx := open(t, conn, "pool")
	require.NoError(t, ioctx.WriteFull("object", []byte("before")))
	cluster.Pause(t, "osd.0")
	before := process.Resident()
	var sent atomic.Int64
	var writers await.Group
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
	grown := process.Resident() - before
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

// TestReadsWaitForTheOSD reads while the OSD is down. The reads complete when
// it is up again.
func TestReadsWaitForTheOSD(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster and waits for a while")
	}
	t.Parallel()
	cluster := radostest.Start(t, radostest.OSDs(1))
	conn := cluster.Conn(t)
	require.NoError(t, conn.MakePool("pool"))
	ioctx := open(t, conn, "pool")
	payload := []byte("bar\x00frob")
	require.NoError(t, ioctx.WriteFull("foo", payload))
	down := func(t *testing.T) (up func()) {
		cluster.Ceph(t, "osd", "set", "noup")
		cluster.Ceph(t, "osd", "down", "0")
		cluster.WaitDown(t, "osd.0")
		require.NoError(t, conn.WaitForLatestOSDMap())
		return func() { cluster.Ceph(t, "osd", "unset", "noup") }
	}
	read := func(t *testing.T, oid string, data []byte) (n int, err error) {
		up := down(t)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			n, err = ioctx.ReadContext(t.Context(), oid, data, 0)
		}()
		select {
		case <-ended:
			assert.Fail(t, "the OSD is down")
		case <-time.After(time.Second):
		}
		up()
		await.Closed(t, ended)
		return n, err
	}
	t.Run("py.TestIoctx.test_aio_read_wait_for_complete", func(t *testing.T) {
		data := make([]byte, len(payload))
		n, err := read(t, "foo", data)
		require.NoError(t, err)
		assert.Equal(t, payload, data[:n])
	})
	t.Run("py.TestIoctx.test_aio_read_wait_for_complete_and_cb", func(t *testing.T) {
		data := make([]byte, 2*len(payload))
		n, err := read(t, "foo", data)
		require.NoError(t, err)
		assert.Equal(t, payload, data[:n])
	})
	t.Run("py.TestIoctx.test_aio_read_wait_for_complete_and_cb_error", func(t *testing.T) {
		data := filled('x', 10)
		n, err := read(t, "bar", data)
		assert.ErrorIs(t, err, rados.ErrNotFound)
		assert.Zero(t, n)
		assert.Equal(t, filled('x', 10), data)
	})
	t.Run("aio.CancelBeforeComplete", func(t *testing.T) {
		defer down(t)()
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		_, err := ioctx.ReadContext(ctx, "nonexistent", make([]byte, 128), 0)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.NotErrorIs(t, err, rados.ErrNotFound)
	})
}

// promptly makes a call whose context is cancelled while the OSD does not answer, and expects it to
// return within 100 ms with the reason.
func promptly(t *testing.T, name string, call func(ctx context.Context) error) error {
	t.Helper()
	reason := errors.New("reason")
	ctx, cancel := context.WithCancelCause(t.Context())
	var cancelled time.Time
	timer := time.AfterFunc(50*time.Millisecond, func() { cancelled = time.Now(); cancel(reason) })
	defer timer.Stop()
	err := call(ctx)
	took := time.Since(cancelled)
	require.ErrorIs(t, err, context.Canceled, name)
	assert.ErrorIs(t, err, reason, name)
	assert.Less(t, took, 100*time.Millisecond, name)
	return err
}

// last returns the error that a listing yields.
func last[T any](list iter.Seq2[T, error]) (err error) {
	for _, err = range list {
	}
	return err
}

// TestContextFormsWhileTheOSDIsAway cancels the calls that are not operations on one object, and those
// of several operations, while the OSD is stopped. They return promptly. When the OSD goes on, a
// listing continues without a loss, and no watch, goroutine or thread is left.
func TestContextFormsWhileTheOSDIsAway(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops a daemon")
	}
	cluster := radostest.Start(t, radostest.OSDs(1))
	ioctx := cluster.Pool(t)
	const objects = 300
	for i := range objects {
		require.NoError(t, ioctx.WriteFull(fmt.Sprint("object", i), nil))
	}
	const oid = "object0"
	require.NoError(t, ioctx.SetOmap(oid, map[string][]byte{"key": nil}))
	w, err := ioctx.Watch(oid)
	require.NoError(t, err)
	listing, err := ioctx.Iter()
	require.NoError(t, err)
	defer listing.Close()
	_, _, err = ioctx.NotifyWithTimeout(oid, nil, time.Second)
	require.ErrorIs(t, err, syscall.ETIMEDOUT, "no client answers")
	event := await.Next(t, w.Events())
	goroutines, threads := process.Goroutines(), process.Threads()

	cluster.Pause(t, "osd.0")
	for name, form := range map[string]func(ctx context.Context) error{
		"ListOmapValuesContext": func(ctx context.Context) error {
			return ioctx.ListOmapValuesContext(ctx, oid, "", "", 10, func(string, []byte) {})
		},
		"GetOmapValuesContext": func(ctx context.Context) error {
			_, err := ioctx.GetOmapValuesContext(ctx, oid, "", "", 10)
			return err
		},
		"GetAllOmapValuesContext": func(ctx context.Context) error {
			_, err := ioctx.GetAllOmapValuesContext(ctx, oid, "", "", 10)
			return err
		},
		"OmapContext":      func(ctx context.Context) error { return last(ioctx.OmapContext(ctx, oid, "", "")) },
		"OmapViewsContext": func(ctx context.Context) error { return last(ioctx.OmapViewsContext(ctx, oid, "", "")) },
		"XattrsContext":    func(ctx context.Context) error { return last(ioctx.XattrsContext(ctx, oid)) },
		"ChecksumContext": func(ctx context.Context) error {
			return ioctx.ChecksumContext(ctx, oid, rados.ChecksumTypeCRC32C, make([]byte, 8), nil)
		},
		"ListObjectsContext":     func(ctx context.Context) error { return ioctx.ListObjectsContext(ctx, func(string) {}) },
		"ObjectsContext":         func(ctx context.Context) error { return last(ioctx.ObjectsContext(ctx)) },
		"ObjectsSliceContext":    func(ctx context.Context) error { return last(ioctx.ObjectsSliceContext(ctx, 1, 2)) },
		"ObjectsParallelContext": func(ctx context.Context) error { return last(ioctx.ObjectsParallelContext(ctx, 4)) },
		"WatchContext": func(ctx context.Context) error {
			_, err := ioctx.WatchContext(ctx, oid)
			return err
		},
		"WatchWithTimeoutContext": func(ctx context.Context) error {
			_, err := ioctx.WatchWithTimeoutContext(ctx, oid, time.Minute)
			return err
		},
		"Watcher.DeleteContext": w.DeleteContext,
	} {
		err := promptly(t, name, form)
		assert.NotErrorIs(t, err, rados.ErrOutcomeUnknown, name)
		assert.ErrorContains(t, err, name)
	}
	for name, form := range map[string]func(ctx context.Context) error{
		"NotifyContext": func(ctx context.Context) error {
			_, _, err := ioctx.NotifyContext(ctx, oid, nil)
			return err
		},
		"NotifyWithTimeoutContext": func(ctx context.Context) error {
			_, _, err := ioctx.NotifyWithTimeoutContext(ctx, oid, nil, time.Second)
			return err
		},
	} {
		err := promptly(t, name, form)
		assert.ErrorIs(t, err, rados.ErrOutcomeUnknown, name)
		assert.ErrorContains(t, err, name)
	}
	assert.ErrorIs(t, event.AckContext(t.Context(), nil), rados.ErrWatcherClosed)
	for range 3 {
		promptly(t, "Iter.NextContext", func(ctx context.Context) error {
			assert.False(t, listing.NextContext(ctx))
			return listing.Err()
		})
	}
	promptly(t, "Iter.TokenContext", func(ctx context.Context) error {
		_, err := listing.TokenContext(ctx)
		return err
	})

	cluster.Resume(t, "osd.0")
	seen := make(map[string]int)
	for listing.Next() {
		seen[listing.Value()]++
	}
	require.NoError(t, listing.Err())
	assert.Len(t, seen, objects)
	for name, times := range seen {
		assert.Equal(t, 1, times, name)
	}
	require.Eventually(t, func() bool { // a watch that is left does not answer
		_, timeouts, err := ioctx.NotifyWithTimeout(oid, nil, time.Second)
		return err == nil && len(timeouts) == 0
	}, await.Patience, time.Millisecond, "the watches that came too late are deleted")
	require.Eventually(t, func() bool { return process.Goroutines() <= goroutines }, await.Patience, time.Millisecond, "goroutines")
	t.Logf("%d threads, %d before", process.Threads(), threads)
	assert.LessOrEqual(t, process.Threads(), threads+10)
}
