package radosio_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radosio"
	"github.com/go-rados/go-rados/rados/radostest"
)

// TestErrorsSurfaceInPlace stops the OSD while pieces are read ahead: Read returns the
// pieces, then the error; when the OSD is back, reading continues at that position.
func TestErrorsSurfaceInPlace(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops a daemon")
	}
	cluster := radostest.Start(t, radostest.OSDs(1), radostest.Config("client", "rados_osd_op_timeout", "3"))
	ioctx := cluster.Pool(t)
	data := noise(100_000)
	require.NoError(t, ioctx.WriteFull(oid, data))
	obj := open(t, ioctx, radosio.ChunkSize(1000), radosio.ReadAhead(10_000))
	sequence(t, obj, 2000) // has the next 10 chunks fetched
	obj.Settle()

	cluster.Pause(t, "osd.0")
	got, err := io.ReadAll(obj)
	cluster.Resume(t, "osd.0")
	require.ErrorIs(t, err, syscall.ETIMEDOUT)
	require.GreaterOrEqual(t, len(got), 10_000)
	at := 2000 + len(got)
	require.Contains(t, err.Error(), fmt.Sprintf("rados: Read %s/object: at byte %d: ", poolName(ioctx), at))
	require.True(t, bytes.Equal(data[2000:at], got))

	cluster.WaitUp(t, "osd.0")
	rest, err := io.ReadAll(obj)
	require.NoError(t, err)
	require.True(t, bytes.Equal(data[at:], rest))
}

func poolName(ioctx *rados.IOContext) string {
	name, _ := ioctx.GetPoolName()
	return name
}

func TestRemovedWhileRead(t *testing.T) {
	for name, opts := range ways {
		t.Run(name, func(t *testing.T) {
			data := noise(100_000)
			ioctx := stored(t, data)
			obj := open(t, ioctx, opts...)
			sequence(t, obj, 100)
			require.NoError(t, ioctx.Delete(oid))
			got, err := io.ReadAll(obj)
			if len(got) == len(data)-100 && err == nil {
				return // all of it had been fetched
			}
			require.True(t, errors.Is(err, fs.ErrNotExist) || errors.Is(err, radosio.ErrChanged), err)
			require.True(t, bytes.Equal(data[100:100+len(got)], got))
			require.Contains(t, err.Error(), fmt.Sprintf("at byte %d: ", 100+len(got)))
		})
	}
}

func TestUseAfterClose(t *testing.T) {
	obj := open(t, stored(t, noise(10_000)))
	sequence(t, obj, 100)
	require.NoError(t, obj.Close())
	require.NoError(t, obj.Close())
	p := make([]byte, 1)
	for name, use := range map[string]func() error{
		"Read":     func() error { _, err := obj.Read(p); return err },
		"ReadAt":   func() error { _, err := obj.ReadAt(p, 0); return err },
		"WriteTo":  func() error { _, err := obj.WriteTo(io.Discard); return err },
		"Write":    func() error { _, err := obj.Write(p); return err },
		"WriteAt":  func() error { _, err := obj.WriteAt(p, 0); return err },
		"ReadFrom": func() error { _, err := obj.ReadFrom(bytes.NewReader(p)); return err },
		"Seek":     func() error { _, err := obj.Seek(0, io.SeekStart); return err },
	} {
		require.ErrorIs(t, use(), fs.ErrClosed, name)
	}
}

func TestShutdownUnderUse(t *testing.T) {
	ioctx := stored(t, noise(10_000))
	conn := radostest.Conn(t)
	other, err := conn.OpenIOContext(poolName(ioctx))
	require.NoError(t, err)
	ns, err := ioctx.GetNamespace()
	require.NoError(t, err)
	other.SetNamespace(ns)
	obj := open(t, other, radosio.ChunkSize(100), radosio.ReadAhead(1000)) // not all of it
	sequence(t, obj, 200)
	conn.Shutdown()
	_, err = io.ReadAll(obj)
	require.ErrorIs(t, err, rados.ErrNotConnected)
	require.NoError(t, obj.Close())
}

// fetchers returns the number of goroutines of the package.
func fetchers() int {
	buf := make([]byte, 1<<20)
	return strings.Count(string(buf[:runtime.Stack(buf, true)]), "radosio.(*ahead).fetch(")
}

// TestCloseEndsGoroutines closes while a stopped OSD blocks goroutines: Close ends all of them.
func TestCloseEndsGoroutines(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops a daemon")
	}
	cluster := radostest.Start(t, radostest.OSDs(1))
	ioctx := cluster.Pool(t)
	require.NoError(t, ioctx.WriteFull(oid, noise(100_000)))
	obj := open(t, ioctx, radosio.ChunkSize(1000), radosio.ReadAhead(4000))
	other := open(t, ioctx)
	sequence(t, obj, 2000)
	obj.Settle()

	cluster.Pause(t, "osd.0")
	t.Cleanup(func() { cluster.Resume(t, "osd.0") })
	read := make(chan error)
	go func() { // reads the object and starts four pieces
		_, err := io.ReadAll(obj)
		read <- err
	}()
	require.Eventually(t, func() bool { return fetchers() == 4 }, time.Minute, time.Millisecond)
	await.Return(t, func() { require.NoError(t, obj.Close()) })
	require.Zero(t, fetchers())
	require.ErrorIs(t, await.Next(t, read), fs.ErrClosed)
	cluster.Resume(t, "osd.0")
	cluster.WaitUp(t, "osd.0")
	_, err := other.ReadAt(make([]byte, 1), 0)
	require.NoError(t, err)
}

// TestSeeksDontPileUp seeks while the OSD does not answer: dropped pieces count as read
// ahead until they complete.
func TestSeeksDontPileUp(t *testing.T) {
	ioctx := stored(t, noise(1<<20))
	obj := open(t, ioctx, radosio.ChunkSize(1000), radosio.ReadAhead(4000))
	most := 0
	for i := range 200 {
		_, err := obj.Seek(int64(i*4000), io.SeekStart)
		require.NoError(t, err)
		sequence(t, obj, 20)
		most = max(most, fetchers())
	}
	require.LessOrEqual(t, most, 4)
}

// TestConcurrentUse calls all methods at the same time until one goroutine closes the
// Object. Each call must succeed or return fs.ErrClosed. It is meant for the race detector.
func TestConcurrentUse(t *testing.T) {
	for name, opts := range ways {
		t.Run(name, func(t *testing.T) {
			obj := open(t, stored(t, noise(100_000)), opts...)
			uses := []func() error{
				func() error { _, err := obj.Read(make([]byte, 5000)); return err },
				func() error { _, err := obj.Read(make([]byte, 10)); return err },
				func() error { _, err := obj.Seek(50_000, io.SeekStart); return err },
				func() error { _, err := obj.Seek(-10_000, io.SeekEnd); return err },
				func() error { _, err := obj.WriteTo(io.Discard); return err },
				func() error { _, err := obj.ReadAt(make([]byte, 5000), 1000); return err },
				func() error { _, err := obj.WriteAt(make([]byte, 5000), 1000); return err },
				func() error { _, err := obj.Write(make([]byte, 10)); return err },
			}
			var wg await.Group
			for _, use := range uses {
				wg.Go(func() {
					for err := error(nil); err == nil || err == io.EOF; {
						if err = use(); errors.Is(err, fs.ErrClosed) {
							return
						}
						if err != nil && err != io.EOF {
							t.Error(err)
						}
					}
				})
			}
			time.AfterFunc(200*time.Millisecond, func() { obj.Close() })
			wg.Wait()
			require.NoError(t, obj.Close())
			require.Zero(t, fetchers())
		})
	}
}
