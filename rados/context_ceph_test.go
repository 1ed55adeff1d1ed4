package rados_test

import (
	"context"
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// started starts a call in another goroutine, and returns a function that waits
// for its result.
func started(call func() error) (wait func() error) {
	result := make(chan error, 1)
	go func() { result <- call() }()
	return func() error { return <-result }
}

// readContext reads up to n bytes.
func readContext(t testing.TB, ioctx *rados.IOContext, oid string, n int) []byte {
	t.Helper()
	data := make([]byte, n)
	n, err := ioctx.ReadContext(t.Context(), oid, data, 0)
	require.NoError(t, err)
	return data[:n]
}

// sizeContext returns the size of an object.
func sizeContext(t testing.TB, ioctx *rados.IOContext, oid string) int {
	t.Helper()
	stat, err := ioctx.StatContext(t.Context(), oid)
	require.NoError(t, err)
	return int(stat.Size)
}

// aioTests test calls that librados performs asynchronously.
var aioTests = map[string]func(t *testing.T, ioctx *rados.IOContext){
	"aio.TooBig": func(t *testing.T, ioctx *rados.IOContext) {
		huge := unreadable(t, 1<<32-1)
		assert.ErrorIs(t, ioctx.WriteContext(t.Context(), "foo", huge, 0), syscall.E2BIG)
		assert.ErrorIs(t, ioctx.WriteFullContext(t.Context(), "foo", huge), syscall.E2BIG)
		assert.ErrorIs(t, ioctx.AppendContext(t.Context(), "foo", huge), syscall.E2BIG)
		_, err := ioctx.StatContext(t.Context(), "foo")
		assert.ErrorIs(t, err, rados.ErrNotFound)
	},
	"aio.SimpleWrite": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.WriteContext(t.Context(), "foo", buf, 0))
		ioctx.SetNamespace(unique("nspace"))
		require.NoError(t, ioctx.WriteContext(t.Context(), "foo", buf, 0))
		assert.Equal(t, buf, content(t, ioctx, "foo"))
	},
	"aio.WaitForSafe": func(t *testing.T, ioctx *rados.IOContext) {
		wait := started(func() error { return ioctx.WriteContext(t.Context(), "foo", buf, 0) })
		require.NoError(t, wait())
		assert.Equal(t, buf, content(t, ioctx, "foo"))
	},
	"aio.RoundTrip": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.WriteContext(t.Context(), "foo", buf, 0))
		assert.Equal(t, buf, readContext(t, ioctx, "foo", 256))
	},
	"aio.RoundTrip2": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.WriteContext(t.Context(), "foo", buf, 0))
		assert.Equal(t, buf, readContext(t, ioctx, "foo", 128))
	},
	"aio.RoundTrip3": func(t *testing.T, ioctx *rados.IOContext) {
		w := rados.CreateWriteOp()
		w.Write(buf, 0)
		w.SetAllocationHint(0, 0, rados.AllocHintNoHint)
		wait := started(func() error { return w.OperateContext(t.Context(), ioctx, "foo", rados.OperationNoFlag) })
		require.NoError(t, wait())
		w.Release()
		r := rados.CreateReadOp()
		data := make([]byte, 128)
		read := r.Read(0, data)
		r.SetFlags(rados.OpFlagFAdviseNoCache | rados.OpFlagFAdviseRandom)
		sums := r.Checksum(rados.ChecksumTypeCRC32C, rados.ChecksumsOptions{Seed: 1<<32 - 1})
		require.NoError(t, r.OperateContext(t.Context(), ioctx, "foo", rados.OperationNoFlag))
		r.Release()
		assert.Equal(t, &rados.ReadOpReadStep{BytesRead: 128}, read)
		assert.Equal(t, buf, data)
		got, err := sums.Sums()
		require.NoError(t, err)
		assert.Equal(t, []uint64{castagnoli(1<<32-1, buf)}, got)
	},
	"aio.RoundTripAppend": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.AppendContext(t.Context(), "foo", filled(0xcc, 128)))
		require.NoError(t, ioctx.AppendContext(t.Context(), "foo", filled(0xdd, 128)))
		assert.Equal(t, append(filled(0xcc, 128), filled(0xdd, 128)...), readContext(t, ioctx, "foo", 256))
	},
	"aio.RemoveTest": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.Append("foo", buf))
		require.NoError(t, ioctx.DeleteContext(t.Context(), "foo"))
		_, err := ioctx.Read("foo", make([]byte, 128), 0)
		assert.Equal(t, rados.ErrNotFound, err)
	},
	"aio.XattrsRoundTrip": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.Append("bar", buf))
		_, err := ioctx.GetXattr("bar", "attr1", make([]byte, 128))
		assert.ErrorIs(t, err, syscall.ENODATA)
		require.NoError(t, ioctx.SetXattrContext(t.Context(), "bar", "attr1", []byte("foo bar baz\x00")))
		value := make([]byte, 128)
		n, err := ioctx.GetXattr("bar", "attr1", value)
		require.NoError(t, err)
		assert.Equal(t, "foo bar baz\x00", string(value[:n]))
	},
	"aio.RmXattr": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.Append("bar", buf))
		require.NoError(t, ioctx.SetXattrContext(t.Context(), "bar", "attr1", []byte("value")))
		require.NoError(t, ioctx.RmXattrContext(t.Context(), "bar", "attr1"))
		_, err := ioctx.GetXattr("bar", "attr1", make([]byte, 128))
		assert.ErrorIs(t, err, syscall.ENODATA)
		require.NoError(t, ioctx.SetXattrContext(t.Context(), "bar", "attr2", []byte("value")))
		require.NoError(t, ioctx.DeleteContext(t.Context(), "bar"))
		assert.ErrorIs(t, ioctx.RmXattrContext(t.Context(), "bar", "attr2"), rados.ErrNotFound)
	},
	"aio.XattrIter": func(t *testing.T, ioctx *rados.IOContext) {
		binary := make([]byte, 256)
		for i := range binary {
			binary[i] = byte(i % 255)
		}
		want := map[string][]byte{"attr1": []byte("foo bar baz\x00"), "attr2": binary}
		require.NoError(t, ioctx.Append("foo", buf))
		for name, value := range want {
			require.NoError(t, ioctx.SetXattr("foo", name, value))
		}
		got, err := ioctx.ListXattrsContext(t.Context(), "foo")
		require.NoError(t, err)
		assert.Equal(t, want, got)
	},
	"aio.ReturnValue": func(t *testing.T, ioctx *rados.IOContext) {
		wait := started(func() error {
			_, err := ioctx.ReadContext(t.Context(), "nonexistent", make([]byte, 128), 0)
			return err
		})
		assert.ErrorIs(t, wait(), rados.ErrNotFound)
	},
	"aio.RoundTripWriteFull": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.WriteContext(t.Context(), "foo", buf, 0))
		require.NoError(t, ioctx.WriteFullContext(t.Context(), "foo", filled(0xdd, 64)))
		assert.Equal(t, filled(0xdd, 64), readContext(t, ioctx, "foo", 192))
	},
	"aio.RoundTripWriteSame": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.WriteContext(t.Context(), "foo", buf, 0))
		require.NoError(t, ioctx.WriteSameContext(t.Context(), "foo", filled(0xdd, 32), 128, 0))
		assert.Equal(t, filled(0xdd, 128), readContext(t, ioctx, "foo", 128))
	},
	"aio.SimpleStat": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.WriteContext(t.Context(), "foo", buf, 0))
		assert.Equal(t, 128, sizeContext(t, ioctx, "foo"))
	},
	"aio.OperateMtime": func(t *testing.T, ioctx *rados.IOContext) {
		createdAt(t, ioctx, rados.Timespec{Sec: mtime})
	},
	"aio.Operate2Mtime": func(t *testing.T, ioctx *rados.IOContext) {
		createdAt(t, ioctx, rados.Timespec{Sec: mtime, Nsec: 123456789})
	},
	"aio.SimpleStatNS": func(t *testing.T, ioctx *rados.IOContext) {
		first, err := ioctx.GetNamespace()
		require.NoError(t, err)
		second := unique("nspace")
		require.NoError(t, ioctx.WriteContext(t.Context(), "foo", buf, 0))
		ioctx.SetNamespace(second)
		require.NoError(t, ioctx.WriteContext(t.Context(), "foo", buf[:64], 0))
		ioctx.SetNamespace(first)
		assert.Equal(t, 128, sizeContext(t, ioctx, "foo"))
		ioctx.SetNamespace(second)
		assert.Equal(t, 64, sizeContext(t, ioctx, "foo"))
	},
	"aio.StatRemove": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.WriteContext(t.Context(), "foo", buf, 0))
		assert.Equal(t, 128, sizeContext(t, ioctx, "foo"))
		require.NoError(t, ioctx.DeleteContext(t.Context(), "foo"))
		_, err := ioctx.StatContext(t.Context(), "foo")
		assert.ErrorIs(t, err, rados.ErrNotFound)
	},
	"aio.ExecuteClass": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.WriteContext(t.Context(), "foo", buf, 0))
		assert.Equal(t, "Hello, world!", helloContext(t, ioctx, ""))
	},
	"aio.MultiWrite": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.WriteContext(t.Context(), "foo", buf, 0))
		require.NoError(t, ioctx.WriteContext(t.Context(), "foo", filled(0xdd, 64), 128))
		assert.Equal(t, append(filled(0xcc, 128), filled(0xdd, 64)...), readContext(t, ioctx, "foo", 576))
	},
	"aio.AioUnlock": func(t *testing.T, ioctx *rados.IOContext) {
		for range 2 {
			verdict(t, 0, "free")(ioctx.LockExclusive("foo", "lock", "cookie", "", 0, nil))
			wait := started(func() error { return ioctx.ReleaseLock("foo", "lock", "cookie") })
			require.NoError(t, wait())
		}
	},
	"aio.CancelBeforeSubmit": func(t *testing.T, ioctx *rados.IOContext) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		w := rados.CreateWriteOp()
		w.WriteFull(buf)
		assert.ErrorIs(t, w.OperateContext(ctx, ioctx, "foo", rados.OperationNoFlag), context.Canceled)
		_, err := ioctx.Stat("foo")
		assert.Equal(t, rados.ErrNotFound, err, "it was not sent")
		w.Release()
	},
	"aio.CancelAfterComplete": func(t *testing.T, ioctx *rados.IOContext) {
		ctx, cancel := context.WithCancel(t.Context())
		r := rados.CreateReadOp()
		read := r.Read(0, make([]byte, 128))
		err := r.OperateContext(ctx, ioctx, "nonexistent", rados.OperationNoFlag)
		assert.ErrorIs(t, err, rados.ErrNotFound)
		cancel()
		assert.NotErrorIs(t, err, context.Canceled)
		assert.Equal(t, -int(syscall.ENOENT), read.Result)
	},
	"py.TestIoctx.test_set_omap_aio": func(t *testing.T, ioctx *rados.IOContext) {
		want := map[string][]byte{"1": []byte("aaa"), "2": []byte("bbb"), "3": []byte("ccc"), "4": []byte("\x04\x04\x04\x04")}
		require.NoError(t, ioctx.SetOmapContext(t.Context(), "foo", want))
		r := rados.CreateReadOp()
		values := r.GetOmapValues("", "", 4)
		require.NoError(t, r.OperateContext(t.Context(), ioctx, "foo", rados.OperationNoFlag))
		for _, key := range sortedKeys(want) {
			kv, err := values.Next()
			require.NoError(t, err)
			assert.Equal(t, &rados.OmapKeyValue{Key: key, Value: want[key]}, kv)
		}
		kv, err := values.Next()
		assert.NoError(t, err)
		assert.Nil(t, kv)
	},
	"py.TestIoctx.test_operate_aio_write_op": func(t *testing.T, ioctx *rados.IOContext) {
		w := rados.CreateWriteOp()
		w.Create(rados.CreateExclusive)
		w.WriteFull([]byte("rzx"))
		wait := started(func() error { return w.OperateContext(t.Context(), ioctx, "foo", rados.OperationNoFlag) })
		require.NoError(t, wait())
		assert.Equal(t, "rzx", string(content(t, ioctx, "foo")))
	},
	"py.TestIoctx.test_aio_write": func(t *testing.T, ioctx *rados.IOContext) {
		wait := started(func() error { return ioctx.WriteContext(t.Context(), "foo", []byte("bar"), 0) })
		require.NoError(t, wait())
		assert.Equal(t, "bar", string(content(t, ioctx, "foo")))
	},
	"py.TestIoctx.test_aio_cmpext": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.WriteContext(t.Context(), "foo", []byte("abcdefghi"), 0))
		r := rados.CreateReadOp()
		step := r.CmpExt([]byte("abcdefghi"), 0)
		require.NoError(t, r.OperateContext(t.Context(), ioctx, "foo", rados.OperationNoFlag))
		assert.Zero(t, step.Result)
	},
	"py.TestIoctx.test_aio_rmxattr": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.SetXattr("foo", "key", []byte("value")))
		require.NoError(t, ioctx.RmXattrContext(t.Context(), "foo", "key"))
		_, err := ioctx.GetXattr("foo", "key", make([]byte, 10))
		assert.ErrorIs(t, err, syscall.ENODATA)
	},
	"py.TestIoctx.test_aio_write_no_comp_ref": func(t *testing.T, ioctx *rados.IOContext) {
		var wg await.Group
		for i := range 20 {
			wg.Go(func() { _ = ioctx.WriteContext(context.Background(), fmt.Sprint("foo", i), []byte("bar"), 0) })
			runtime.GC()
		}
		wg.Wait()
		for i := range 20 {
			assert.Equal(t, "bar", string(content(t, ioctx, fmt.Sprint("foo", i))))
		}
	},
	"py.TestIoctx.test_aio_writesame": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.WriteSameContext(t.Context(), "foo", []byte("rzx"), 9, 0))
		assert.Equal(t, "rzxrzxrzx", string(content(t, ioctx, "foo")))
	},
	"py.TestIoctx.test_aio_stat": func(t *testing.T, ioctx *rados.IOContext) {
		_, err := ioctx.StatContext(t.Context(), "foo")
		assert.ErrorIs(t, err, rados.ErrNotFound)
		assert.Equal(t, -2, code(t, err))
		require.NoError(t, ioctx.WriteContext(t.Context(), "foo", []byte("bar"), 0))
		assert.Equal(t, 3, sizeContext(t, ioctx, "foo"))
	},
	"py.TestIoctx.test_aio_remove": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.WriteContext(t.Context(), "foo", []byte("bar"), 0))
		require.NoError(t, ioctx.DeleteContext(t.Context(), "foo"))
		assert.Empty(t, names(t, ioctx))
	},
	"py.TestIoctx.test_aio_execute": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.WriteContext(t.Context(), "foo", nil, 0))
		assert.Equal(t, "Hello, world!", helloContext(t, ioctx, ""))
		assert.Equal(t, "Hello, nose!", helloContext(t, ioctx, "nose"))
	},
	"py.TestIoctx.test_aio_setxattr": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.SetXattrContext(t.Context(), "foo", "key", []byte("value")))
		xattrs, err := ioctx.ListXattrsContext(t.Context(), "foo")
		require.NoError(t, err)
		assert.Equal(t, map[string][]byte{"key": []byte("value")}, xattrs)
	},
}

// unreadable returns n bytes that must not be read.
func unreadable(t testing.TB, n int) []byte {
	t.Helper()
	huge, err := syscall.Mmap(-1, 0, n, syscall.PROT_NONE, syscall.MAP_ANON|syscall.MAP_PRIVATE|syscall.MAP_NORESERVE)
	require.NoError(t, err)
	t.Cleanup(func() { syscall.Munmap(huge) })
	return huge
}

// createdAt creates an object with a modification time.
func createdAt(t *testing.T, ioctx *rados.IOContext, when rados.Timespec) {
	w := rados.CreateWriteOp()
	w.Create(rados.CreateIdempotent)
	wait := started(func() error { return w.OperateWithMtime(ioctx, "foo", when, rados.OperationNoFlag) })
	require.NoError(t, wait())
	stat, err := ioctx.Stat2Context(t.Context(), "foo")
	require.NoError(t, err)
	assert.Zero(t, stat.Size)
	assert.True(t, stat.ModTime.Equal(finest(t, when.Sec, when.Nsec)), "%v", stat.ModTime)
}

// helloContext calls a method of class hello.
func helloContext(t *testing.T, ioctx *rados.IOContext, whom string) string {
	t.Helper()
	r := rados.CreateReadOp()
	step := r.ExecInto("hello", "say_hello", []byte(whom), make([]byte, 128))
	require.NoError(t, r.OperateContext(t.Context(), ioctx, "foo", rados.OperationNoFlag))
	out, err := step.Bytes()
	require.NoError(t, err)
	return string(out)
}

func TestAsynchronousCalls(t *testing.T) {
	t.Parallel()
	for name, test := range aioTests {
		t.Run(name, func(t *testing.T) { test(t, namespace(t)) })
	}
}

// TestContextForms calls the form of each method that has a context.
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

// TestContextFormsOfCallsWithoutCancel calls the forms with a context of
// functions that librados cannot cancel.
func TestContextFormsOfCallsWithoutCancel(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	t.Run("watch and notify", func(t *testing.T) {
		ioctx := namespace(t)
		require.NoError(t, ioctx.WriteFull("foo", nil))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		w, err := ioctx.WatchContext(ctx, "foo")
		require.NoError(t, err)
		go func() {
			for e := range w.Events() {
				_ = e.Ack([]byte("answer"))
			}
		}()
		acks, timeouts, err := ioctx.NotifyContext(ctx, "foo", []byte("data"))
		require.NoError(t, err)
		assert.Empty(t, timeouts)
		require.Len(t, acks, 1)
		assert.Equal(t, "answer", string(acks[0].Response))
		require.NoError(t, w.Delete())

		_, err = ioctx.WatchContext(ended, "foo")
		assert.ErrorIs(t, err, context.Canceled)
		_, err = ioctx.WatchContext(ctx, "none")
		assert.ErrorIs(t, err, rados.ErrNotFound)
		_, _, err = ioctx.NotifyContext(ended, "foo", nil)
		assert.ErrorIs(t, err, context.Canceled)
		assert.NotErrorIs(t, err, rados.ErrOutcomeUnknown, "nothing was sent")
	})
	t.Run("notify that nobody answers", func(t *testing.T) {
		ioctx := namespace(t)
		require.NoError(t, ioctx.WriteFull("foo", nil))
		w, err := ioctx.Watch("foo")
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-w.Events()
			cancel()
		}()
		_, _, err = ioctx.NotifyContext(ctx, "foo", nil)
		assert.ErrorIs(t, err, context.Canceled)
		assert.ErrorIs(t, err, rados.ErrOutcomeUnknown)
		require.NoError(t, w.Delete())
	})
	t.Run("snapshots", func(t *testing.T) {
		ioctx := radostest.Pool(t) // of its own: such snapshots exclude others
		id, err := ioctx.CreateSelfManagedSnapContext(t.Context())
		require.NoError(t, err)
		require.NoError(t, ioctx.RemoveSelfManagedSnapContext(t.Context(), id))
		_, err = ioctx.CreateSelfManagedSnapContext(ended)
		assert.ErrorIs(t, err, context.Canceled)
		assert.ErrorIs(t, ioctx.RemoveSelfManagedSnapContext(ended, id), context.Canceled)
	})
}
