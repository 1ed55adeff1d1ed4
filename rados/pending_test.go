package rados_test

import (
	"context"
	"fmt"
	"runtime/pprof"
	"sync"
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

// TestOperateContextGivenUp has an OSD that does not answer: operations end with their
// context, and the OSD may perform them afterwards.
func TestOperateContextGivenUp(t *testing.T) {
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

// TestShutdownUnderOperateContext: calls under way are completed, and the last of them
// disconnects.
func TestShutdownUnderOperateContext(t *testing.T) {
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
