package radosio_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/process"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radosio"
	"github.com/go-rados/go-rados/rados/radostest"
)

// contextCalls are calls of an Object that wait for the cluster, by the name of the method.
var contextCalls = map[string]func(obj *radosio.Object) error{
	"Read":     func(obj *radosio.Object) error { _, err := obj.Read(make([]byte, 10)); return err },
	"ReadAt":   func(obj *radosio.Object) error { _, err := obj.ReadAt(make([]byte, 10), 0); return err },
	"WriteTo":  func(obj *radosio.Object) error { _, err := obj.WriteTo(io.Discard); return err },
	"Write":    func(obj *radosio.Object) error { _, err := obj.Write([]byte("data")); return err },
	"WriteAt":  func(obj *radosio.Object) error { _, err := obj.WriteAt([]byte("data"), 0); return err },
	"ReadFrom": func(obj *radosio.Object) error { _, err := obj.ReadFrom(strings.NewReader("data")); return err },
	"Seek":     func(obj *radosio.Object) error { _, err := obj.Seek(0, io.SeekEnd); return err },
}

// promptly makes a call whose context is cancelled, and asserts that it returns within 100 ms.
func promptly(t *testing.T, call func(ctx context.Context) error) error {
	t.Helper()
	reason := errors.New("reason")
	ctx, cancel := context.WithCancelCause(t.Context())
	var cancelled time.Time
	timer := time.AfterFunc(50*time.Millisecond, func() { cancelled = time.Now(); cancel(reason) })
	defer timer.Stop()
	err := call(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, reason)
	require.Less(t, time.Since(cancelled), 100*time.Millisecond)
	return err
}

// TestContextEnds cancels calls while the OSD is stopped: they return, and what an Object has read
// ahead with the context ends as well. The Object can be used afterwards.
func TestContextEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops a daemon")
	}
	cluster := radostest.Start(t, radostest.OSDs(1))
	ioctx := cluster.Pool(t)
	data := noise(100_000)
	for name, opts := range ways {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, ioctx.WriteFull(oid, data))
			obj := open(t, ioctx, append(opts, radosio.ChunkSize(1000), radosio.ReadAhead(4000))...)
			before := process.Goroutines()
			cluster.Pause(t, "osd.0")
			defer cluster.Resume(t, "osd.0")
			for method, call := range contextCalls {
				err := promptly(t, func(ctx context.Context) error { return call(obj.WithContext(ctx)) })
				require.ErrorContains(t, err, "rados: "+method+" ")
				writes := strings.HasPrefix(method, "Write") && method != "WriteTo" || method == "ReadFrom"
				require.Equal(t, writes, errors.Is(err, rados.ErrOutcomeUnknown), method)
			}
			promptly(t, func(ctx context.Context) error { _, err := radosio.OpenContext(ctx, ioctx, oid); return err })
			err := promptly(t, func(ctx context.Context) error {
				_, err := radosio.CreateContext(ctx, ioctx, "other")
				return err
			})
			require.ErrorIs(t, err, rados.ErrOutcomeUnknown)
			await.Until(t, func() bool { return fetchers() == 0 }, "nothing is read ahead")

			holding := make(chan error)
			go func() { holding <- contextCalls["Write"](obj) }()
			await.Until(t, func() bool { return strings.Contains(stacks(), "radosio.(*Object).writeChunk(") }, "a Write has the position")
			promptly(t, func(ctx context.Context) error { return contextCalls["Read"](obj.WithContext(ctx)) })
			cluster.Resume(t, "osd.0")
			if err := await.Next(t, holding); err != nil {
				require.ErrorIs(t, err, radosio.ErrChanged, "by a write that was cancelled")
			}
			await.Until(t, func() bool { return process.Goroutines() <= before }, "goroutines end")
		})
	}
}

func stacks() string {
	buf := make([]byte, 1<<20)
	return string(buf[:runtime.Stack(buf, true)])
}

// TestReadAfterACancelledOne reads what was read ahead for a context that is done.
func TestReadAfterACancelledOne(t *testing.T) {
	data := noise(100_000)
	obj := open(t, stored(t, data), radosio.ChunkSize(1000), radosio.ReadAhead(50_000))
	var got []byte
	for len(got) < 60_000 {
		ctx, cancel := context.WithCancel(t.Context())
		p := make([]byte, 700)
		for range 3 {
			n, err := obj.WithContext(ctx).Read(p)
			require.NoError(t, err)
			got = append(got, p[:n]...)
		}
		cancel() // pieces are being read
	}
	rest, err := io.ReadAll(obj)
	require.NoError(t, err)
	require.True(t, bytes.Equal(data, append(got, rest...)))
}

// TestContextThatHasEnded uses contexts that are done or nil: the calls fail, and nothing is changed.
func TestContextThatHasEnded(t *testing.T) {
	ioctx := stored(t, []byte("content"))
	obj := open(t, ioctx)
	done, cancel := context.WithCancel(t.Context())
	cancel()
	var none context.Context
	for ctx, want := range map[context.Context]error{done: context.Canceled, none: syscall.EINVAL} {
		for method, call := range contextCalls {
			err := call(obj.WithContext(ctx))
			require.ErrorIs(t, err, want, method)
			require.NotErrorIs(t, err, rados.ErrOutcomeUnknown)
		}
		_, err := radosio.OpenContext(ctx, ioctx, oid)
		require.ErrorIs(t, err, want)
		_, err = radosio.CreateContext(ctx, ioctx, oid)
		require.ErrorIs(t, err, want)
	}
	require.Equal(t, "content", string(content(t, ioctx)))
	view := obj.WithContext(t.Context())
	require.NoError(t, contextCalls["Read"](view))
	pos, err := obj.Seek(0, io.SeekCurrent)
	require.NoError(t, err)
	require.EqualValues(t, 7, pos, "they share the position")
	created, err := radosio.CreateContext(t.Context(), ioctx, "other")
	require.NoError(t, err)
	require.NoError(t, created.Close())
	require.NoError(t, view.Close())
	require.ErrorIs(t, contextCalls["Read"](obj), fs.ErrClosed)
}
