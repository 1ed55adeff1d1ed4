package rados_test

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

func TestOperateContext(t *testing.T) {
	ioctx := namespace(t)
	w := rados.CreateWriteOp()
	w.WriteFull([]byte("hello"))
	w.SetOmap(map[string][]byte{"k": []byte("v")})
	require.NoError(t, w.OperateContext(t.Context(), ioctx, "o", 0))
	assert.ErrorIs(t, w.OperateContext(t.Context(), ioctx, "o", 0), rados.ErrOperationUsed)

	r := rados.CreateReadOp()
	buf := make([]byte, 5)
	read := r.Read(0, buf)
	om := r.GetOmapValues("", "", 10)
	require.NoError(t, r.OperateContext(t.Context(), ioctx, "o", 0))
	assert.EqualValues(t, 5, read.BytesRead)
	assert.Equal(t, "hello", string(buf))
	kv, err := om.Next()
	require.NoError(t, err)
	assert.Equal(t, "k", kv.Key)

	r = rados.CreateReadOp()
	err = r.OperateContext(t.Context(), ioctx, "missing\x00", 0)
	assert.ErrorIs(t, err, rados.ErrNameContainsNUL)
	r = rados.CreateReadOp()
	r.Stat()
	err = r.OperateContext(t.Context(), ioctx, "missing", 0)
	assert.ErrorIs(t, err, rados.ErrNotFound)
	var oe *rados.ObjectError
	require.ErrorAs(t, err, &oe)
	assert.Equal(t, "missing", oe.Object)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r = rados.CreateReadOp()
	r.Stat()
	assert.ErrorIs(t, r.OperateContext(ctx, ioctx, "o", 0), context.Canceled)
	require.NoError(t, r.OperateContext(t.Context(), ioctx, "o", 0), "it was not sent")
}

// TestOperateContextParks performs more operations at once than librados takes: their
// goroutines wait, and no threads with them.
func TestOperateContextParks(t *testing.T) {
	ioctx := namespace(t)
	before := pprof.Lookup("threadcreate").Count()
	var wg sync.WaitGroup
	for i := range 3000 {
		wg.Go(func() {
			oid := fmt.Sprint("object", i%100)
			w := rados.CreateWriteOp()
			w.WriteFull(filled(byte(i), 4096))
			assert.NoError(t, w.OperateContext(t.Context(), ioctx, oid, 0))
			r := rados.CreateReadOp()
			step := r.Stat()
			assert.NoError(t, r.OperateContext(t.Context(), ioctx, oid, 0))
			stat, err := step.Stat()
			assert.NoError(t, err)
			assert.EqualValues(t, 4096, stat.Size)
		})
	}
	wg.Wait()
	assert.Less(t, pprof.Lookup("threadcreate").Count()-before, 50)
}

// TestTenThousandWhileTheOSDIsAway has 10,000 goroutines write and read while the OSD is
// stopped, and killed: none is told of it, nothing is lost, and few threads wait.
func TestTenThousandWhileTheOSDIsAway(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own, and stops and kills its OSD")
	}
	const calls, away = 10_000, 3 * time.Second
	cluster := radostest.Start(t, radostest.BlueStore(4<<30))
	ioctx := cluster.Pool(t)
	before, goroutines := pprof.Lookup("threadcreate").Count(), runtime.NumGoroutine()
	var ended atomic.Int64
	var wg sync.WaitGroup
	for i := range calls {
		wg.Go(func() {
			defer ended.Add(1)
			oid, data, got := fmt.Sprint("object", i), filled(byte(i), 1024), make([]byte, 2048)
			assert.NoError(t, ioctx.WriteFullContext(t.Context(), oid, data))
			n, err := ioctx.Read(oid, got, 0)
			assert.NoError(t, err)
			assert.Equal(t, data, got[:n])
		})
	}
	reached := func(n int64) {
		require.Eventually(t, func() bool { return ended.Load() >= n }, 10*patience, 10*time.Millisecond)
	}
	reached(calls / 10)
	cluster.Pause(t, "osd.0")
	time.Sleep(away) // which is what it is about
	cluster.Resume(t, "osd.0")
	reached(calls / 5)
	cluster.Kill(t, "osd.0")
	time.Sleep(away)
	cluster.Restart(t, "osd.0")
	reached(calls)
	wg.Wait()
	assert.Less(t, pprof.Lookup("threadcreate").Count()-before, 50)
	assert.Less(t, runtime.NumGoroutine()-goroutines, 50)
}

// TestOperateContextGivenUp has an OSD that does not answer: operations end with their
// context, and the OSD may perform them afterwards.
func TestOperateContextGivenUp(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops a daemon")
	}
	cluster := radostest.Start(t)
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
	assert.Equal(t, rados.ErrOperationIncomplete, err)

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

// TestContextEndsReadThatAReplicaBounced: a replica sends a read of what has just been written
// on to the primary OSD, where librados does not cancel it. The context ends it all the same,
// and its buffer is left alone when the primary answers.
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
			select {
			case err := <-ended:
				if err != nil {
					assert.ErrorIs(t, err, context.DeadlineExceeded)
					failed++
				}
			case <-time.After(20 * time.Second):
				t.Fatal("a read goes on though its context has ended")
			}
		}
		assert.NotZero(t, failed, "replicas have served them all")
		cluster.Resume(t, "osd.0")
		for _, oid := range oids { // whose answers come behind those of the reads
			require.Equal(t, "content", string(content(t, ioctx, oid)))
		}
		for _, buf := range buffers {
			assert.Equal(t, "own use", string(buf))
		}
		cluster.Pause(t, "osd.0")
	}
	cluster.Resume(t, "osd.0")
}

// TestShutdownUnderOperateContext: calls under way are completed, and the last of them
// disconnects.
func TestShutdownUnderOperateContext(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops a daemon")
	}
	cluster := radostest.Start(t)
	conn := cluster.Conn(t)
	require.NoError(t, conn.MakePool("pool"))
	ioctx := open(t, conn, "pool")
	cluster.Pause(t, "osd.0")
	over := make(chan error)
	for range 10 {
		go func() {
			w := rados.CreateWriteOp()
			w.WriteFull([]byte("data"))
			over <- w.OperateContext(t.Context(), ioctx, "object", 0)
		}()
	}
	conn.Shutdown()
	cluster.Resume(t, "osd.0")
	for range 10 {
		if err := <-over; err != nil {
			assert.ErrorIs(t, err, rados.ErrNotConnected, "it came too late")
		}
	}
}

// TestContextForms does with a context what each method does without one.
func TestContextForms(t *testing.T) {
	ioctx := namespace(t)
	ctx := t.Context()
	require.NoError(t, ioctx.CreateContext(ctx, "object", rados.CreateExclusive))
	assert.ErrorIs(t, ioctx.CreateContext(ctx, "object", rados.CreateExclusive), rados.ErrObjectExists)
	require.NoError(t, ioctx.WriteContext(ctx, "object", []byte("ello"), 1))
	require.NoError(t, ioctx.AppendContext(ctx, "object", []byte(" world")))
	require.NoError(t, ioctx.TruncateContext(ctx, "object", 8))
	buf := make([]byte, 100)
	n, err := ioctx.ReadContext(ctx, "object", buf, 0)
	require.NoError(t, err)
	assert.Equal(t, "\x00ello wo", string(buf[:n]))
	n, err = ioctx.ReadContext(ctx, "object", nil, 0)
	require.NoError(t, err)
	assert.Zero(t, n)
	require.NoError(t, ioctx.WriteFullContext(ctx, "object", []byte("all")))
	require.NoError(t, ioctx.WriteSameContext(ctx, "object", []byte("ab"), 4, 3))
	assert.Equal(t, "allabab", string(content(t, ioctx, "object")))
	stat, err := ioctx.StatContext(ctx, "object")
	require.NoError(t, err)
	assert.EqualValues(t, 7, stat.Size)
	sums, err := ioctx.ChecksumsContext(ctx, "object", rados.ChecksumTypeCRC32C, rados.ChecksumsOptions{})
	require.NoError(t, err)
	assert.Len(t, sums, 1)
	require.NoError(t, ioctx.SetAllocationHintContext(ctx, "object", 100, 10, rados.AllocHintNoHint))

	require.NoError(t, ioctx.SetXattrContext(ctx, "object", "a", []byte("b")))
	require.NoError(t, ioctx.SetXattrContext(ctx, "object", "c", nil))
	require.NoError(t, ioctx.RmXattrContext(ctx, "object", "c"))
	xattrs, err := ioctx.ListXattrsContext(ctx, "object")
	require.NoError(t, err)
	assert.Equal(t, map[string][]byte{"a": []byte("b")}, xattrs)

	require.NoError(t, ioctx.SetOmapContext(ctx, "object", map[string][]byte{"k": nil, "l": nil}))
	require.NoError(t, ioctx.RmOmapKeysContext(ctx, "object", []string{"k"}))
	assert.Equal(t, "l\n", omap(t, ioctx, "object"))
	require.NoError(t, ioctx.CleanOmapContext(ctx, "object"))
	assert.Empty(t, omap(t, ioctx, "object"))

	require.NoError(t, ioctx.DeleteContext(ctx, "object"))
	err = ioctx.DeleteContext(ctx, "object")
	assert.ErrorIs(t, err, rados.ErrNotFound)
	assert.Contains(t, err.Error(), "DeleteContext shared/")
	_, err = ioctx.StatContext(ctx, "object")
	assert.ErrorIs(t, err, rados.ErrNotFound)

	ended, cancel := context.WithCancel(ctx)
	cancel()
	assert.ErrorIs(t, ioctx.WriteFullContext(ended, "object", nil), context.Canceled)
	_, err = ioctx.Stat("object")
	assert.Equal(t, rados.ErrNotFound, err, "nothing was sent")
	var none *rados.IOContext
	assert.ErrorIs(t, none.WriteFullContext(ctx, "object", nil), rados.ErrInvalidIOContext)
	ioctx.Destroy()
	assert.ErrorIs(t, ioctx.WriteFullContext(ctx, "object", nil), rados.ErrInvalidIOContext)
}

// TestTimeoutIsAnUnknownOutcome: a write that librados gave up after rados_osd_op_timeout
// may have been performed, and says so in all its forms.
func TestTimeoutIsAnUnknownOutcome(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops a daemon")
	}
	cluster := radostest.Start(t, radostest.Config("client", "rados_osd_op_timeout", "1"))
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
