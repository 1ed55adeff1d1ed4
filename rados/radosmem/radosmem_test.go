package radosmem_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radosio"
	"github.com/go-rados/go-rados/rados/radoslock"
	"github.com/go-rados/go-rados/rados/radosmem"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPoolsAreSeparate(t *testing.T) {
	a, b := radosmem.Pool(t), radosmem.Pool(t)
	require.NoError(t, a.WriteFull("object", nil))
	_, err := b.Stat("object")
	assert.Equal(t, rados.ErrNotFound, err)
	assert.NotEqual(t, a.GetPoolID(), b.GetPoolID())
}

// TestPoolIsDeleted looks for a pool after its test.
func TestPoolIsDeleted(t *testing.T) {
	var name string
	t.Run("user", func(t *testing.T) {
		var err error
		name, err = radosmem.Pool(t).GetPoolName()
		require.NoError(t, err)
	})
	_, err := radosmem.Conn(t).OpenIOContext(name)
	assert.ErrorIs(t, err, rados.ErrNotFound)
}

func TestOpenConnects(t *testing.T) {
	ioctx := radosmem.Pool(t)
	require.NoError(t, ioctx.WriteFull("object", []byte("data")))
	name, err := ioctx.GetPoolName()
	require.NoError(t, err)
	conn, err := rados.Open(context.Background(), rados.Config{NoConfigFile: true, MonHost: "192.0.2.1"})
	require.NoError(t, err)
	defer conn.Shutdown()
	other, err := conn.OpenIOContext(name)
	require.NoError(t, err)
	defer other.Destroy()
	buf := make([]byte, 10)
	n, err := other.Read("object", buf, 0)
	require.NoError(t, err)
	assert.Equal(t, "data", string(buf[:n]))
}

// TestOtherPackages uses packages that take an IOContext.
func TestOtherPackages(t *testing.T) {
	ioctx := radosmem.Pool(t)
	object, err := radosio.Create(ioctx, "object")
	require.NoError(t, err)
	_, err = object.WriteAt([]byte("data"), 4)
	require.NoError(t, err)
	require.NoError(t, object.Close())

	mutex := radoslock.New(ioctx, "object", "lock")
	lease, err := mutex.Lock(t.Context())
	require.NoError(t, err)
	_, err = radoslock.New(ioctx, "object", "lock").TryLock(t.Context())
	assert.ErrorIs(t, err, rados.ErrLocked)
	op := rados.CreateWriteOp()
	lease.AssertLocked(op)
	op.Append([]byte("!"))
	require.NoError(t, op.Operate(ioctx, "object", 0))
	require.NoError(t, lease.Unlock(t.Context()))
	op = rados.CreateWriteOp()
	lease.AssertLocked(op)
	assert.ErrorIs(t, op.Operate(ioctx, "object", 0), syscall.EBUSY)
	stat, err := ioctx.Stat("object")
	require.NoError(t, err)
	assert.EqualValues(t, 9, stat.Size)
}

// TestAllOrNothing fails an operation after steps that change the object.
func TestAllOrNothing(t *testing.T) {
	ioctx := radosmem.Pool(t)
	require.NoError(t, ioctx.WriteFull("object", []byte("before")))
	op := rados.CreateWriteOp()
	op.WriteFull([]byte("after"))
	op.SetXattr("name", nil)
	op.SetOmap(map[string][]byte{"key": nil})
	op.Create(rados.CreateExclusive)
	assert.ErrorIs(t, op.Operate(ioctx, "object", 0), rados.ErrObjectExists)
	read := rados.CreateReadOp()
	stat, xattrs, keys := read.Stat(), read.GetXattrs(), read.GetOmapKeys("", 10)
	require.NoError(t, read.Operate(ioctx, "object", 0))
	size, err := stat.Stat()
	require.NoError(t, err)
	assert.EqualValues(t, 6, size.Size)
	names, err := xattrs.Xattrs()
	require.NoError(t, err)
	assert.Empty(t, names)
	list, err := keys.Keys()
	require.NoError(t, err)
	assert.Empty(t, list)
}

func TestInterceptFails(t *testing.T) {
	ioctx := radosmem.Pool(t)
	require.NoError(t, ioctx.WriteFull("object", []byte("before")))
	cause := rados.ErrNotFound
	for want, err := range map[error]error{
		syscall.ENOSPC:    syscall.ENOSPC,
		syscall.EIO:       errors.New("no errno"),
		rados.ErrNotFound: cause,
	} {
		t.Run(want.Error(), func(t *testing.T) {
			radosmem.Intercept(t, ioctx, func(_ context.Context, call *radosmem.Call) error { return err })
			assert.ErrorIs(t, ioctx.WriteFull("object", []byte("after")), want)
		})
	}
	stat, err := ioctx.Stat("object")
	require.NoError(t, err, "the functions are gone")
	assert.EqualValues(t, 6, stat.Size, "nothing was written")
}

func TestInterceptPerforms(t *testing.T) {
	ioctx := radosmem.Pool(t)
	radosmem.Intercept(t, ioctx, func(_ context.Context, call *radosmem.Call) error {
		if !call.Has("Append") {
			return nil
		}
		if err := call.Perform(); err != nil {
			return err
		}
		assert.NoError(t, call.Perform(), "it is performed once")
		return syscall.ETIMEDOUT
	})
	assert.ErrorIs(t, ioctx.Append("object", []byte("data")), syscall.ETIMEDOUT)
	buf := make([]byte, 10)
	n, err := ioctx.Read("object", buf, 0)
	require.NoError(t, err)
	assert.Equal(t, "data", string(buf[:n]))
	op := rados.CreateWriteOp()
	op.AssertVersion(1 << 40)
	op.Append(nil)
	assert.ErrorIs(t, op.Operate(ioctx, "object", 0), syscall.EOVERFLOW, "its own error")
}

// TestInterceptDescribes compares the calls that a function sees with the methods.
func TestInterceptDescribes(t *testing.T) {
	ioctx := radosmem.Pool(t)
	ioctx.SetNamespace("space")
	var calls []radosmem.Call
	radosmem.Intercept(t, ioctx, func(_ context.Context, call *radosmem.Call) error {
		calls = append(calls, *call)
		return nil
	})
	require.NoError(t, ioctx.Create("object", rados.CreateExclusive))
	op := rados.CreateWriteOp()
	op.SetXattr("name", nil)
	op.SetOmap(map[string][]byte{"key": nil})
	require.NoError(t, op.Operate(ioctx, "object", 0))
	_, err := ioctx.Stat("object")
	require.NoError(t, err)
	require.NoError(t, ioctx.Lock("object", "lock", rados.LockOptions{Cookie: "c"}))
	_, _, err = ioctx.Notify("object", nil)
	require.NoError(t, err)
	require.NoError(t, ioctx.Delete("object"))
	var names []string
	for _, call := range calls {
		assert.Equal(t, "space", call.Namespace)
		assert.Equal(t, "object", call.Object)
		kind := "reads"
		if call.Changes {
			kind = "changes"
		}
		names = append(names, kind+" "+strings.Join(call.Steps, ","))
	}
	assert.Equal(t, []string{"changes Create", "changes SetXattr,SetOmap", "reads Stat", "changes Lock", "reads Notify", "changes Remove"}, names)
}

// TestInterceptOfOnePool makes calls on another pool.
func TestInterceptOfOnePool(t *testing.T) {
	ioctx, other := radosmem.Pool(t), radosmem.Pool(t)
	radosmem.Intercept(t, ioctx, func(context.Context, *radosmem.Call) error { return syscall.EIO })
	assert.NoError(t, other.WriteFull("object", nil))
	clone, err := ioctx.Clone()
	require.NoError(t, err)
	defer clone.Destroy()
	assert.ErrorIs(t, clone.WriteFull("object", nil), syscall.EIO, "another IOContext of the pool")
}

func TestInterceptSeveral(t *testing.T) {
	ioctx := radosmem.Pool(t)
	var order []int
	for i := range 3 {
		radosmem.Intercept(t, ioctx, func(context.Context, *radosmem.Call) error {
			order = append(order, i)
			if i == 1 {
				return syscall.EIO
			}
			return nil
		})
	}
	assert.ErrorIs(t, ioctx.WriteFull("object", nil), syscall.EIO)
	assert.Equal(t, []int{0, 1}, order)
}

// TestCancelledCall blocks a call until its context is done, before or after it is performed.
func TestCancelledCall(t *testing.T) {
	for name, performs := range map[string]bool{"before": false, "after": true} {
		t.Run(name, func(t *testing.T) {
			ioctx := radosmem.Pool(t)
			ended := make(chan struct{})
			ctx, cancel := context.WithCancel(t.Context())
			radosmem.Intercept(t, ioctx, func(called context.Context, call *radosmem.Call) error {
				if !call.Changes {
					return nil
				}
				defer close(ended)
				if performs {
					require.NoError(t, call.Perform())
				}
				cancel()
				<-called.Done()
				return nil
			})
			err := ioctx.WriteFullContext(ctx, "object", []byte("data"))
			assert.ErrorIs(t, err, context.Canceled)
			assert.ErrorIs(t, err, rados.ErrOutcomeUnknown)
			<-ended
			_, err = ioctx.Stat("object")
			if performs {
				assert.NoError(t, err)
			} else {
				assert.Equal(t, rados.ErrNotFound, err)
			}
		})
	}
}

// TestCancelledRead lets a read end after its caller has its buffer back.
func TestCancelledRead(t *testing.T) {
	ioctx := radosmem.Pool(t)
	require.NoError(t, ioctx.WriteFull("object", []byte("data")))
	ctx, cancel := context.WithCancel(t.Context())
	release, ended := make(chan struct{}), make(chan struct{})
	radosmem.Intercept(t, ioctx, func(_ context.Context, call *radosmem.Call) error {
		defer close(ended)
		require.NoError(t, call.Perform())
		cancel()
		<-release
		return nil
	})
	buf := []byte("mine")
	_, err := ioctx.ReadContext(ctx, "object", buf, 0)
	assert.ErrorIs(t, err, context.Canceled)
	close(release)
	<-ended
	require.NoError(t, ioctx.Flush())
	assert.Equal(t, "mine", string(buf))
}

// TestBlockedCallsEnd leaves calls blocked when the test ends.
func TestBlockedCallsEnd(t *testing.T) {
	var ended atomic.Int32
	t.Run("user", func(t *testing.T) {
		ioctx := radosmem.Pool(t)
		radosmem.Intercept(t, ioctx, func(ctx context.Context, call *radosmem.Call) error {
			<-ctx.Done()
			ended.Add(1)
			return ctx.Err()
		})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		err := ioctx.LockContext(ctx, "object", "lock", rados.LockOptions{Cookie: "c"})
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Zero(t, ended.Load(), "the call of a lock cannot be cancelled")
	})
	assert.Eventually(t, func() bool { return ended.Load() == 1 }, time.Minute, time.Millisecond)
}

func TestFlushWaits(t *testing.T) {
	ioctx := radosmem.Pool(t)
	var performed atomic.Bool
	started := make(chan struct{})
	radosmem.Intercept(t, ioctx, func(_ context.Context, call *radosmem.Call) error {
		close(started)
		time.Sleep(20 * time.Millisecond) // is the delay that Flush must outlast
		performed.Store(true)
		return nil
	})
	go ioctx.WriteFull("object", nil)
	<-started
	require.NoError(t, ioctx.Flush())
	assert.True(t, performed.Load())
}

func TestUnsupported(t *testing.T) {
	conn := radosmem.Conn(t)
	_, _, err := conn.MonCommand([]byte(`{"prefix": "status"}`))
	assert.ErrorIs(t, err, syscall.EOPNOTSUPP)
	ioctx := radosmem.Pool(t)
	_, err = ioctx.Exec("object", "rbd", "get_id", nil, nil)
	assert.ErrorIs(t, err, syscall.EOPNOTSUPP)
}

// TestAllFunctions compares the functions of the package with those that package rados calls: one
// that is missing here would be that of the real library.
func TestAllFunctions(t *testing.T) {
	declared := functions(t, "../zz_library.h", `(?m)^\w[\w ]* \**(rados_\w+)\(`)
	defined := functions(t, "library.c", `(?m)^\w[\w ]* \**(rados_\w+)\(`)
	require.Greater(t, len(declared), 150)
	for _, name := range declared {
		assert.Contains(t, defined, name)
	}
}

func functions(t *testing.T, file, pattern string) []string {
	source, err := os.ReadFile(file)
	require.NoError(t, err)
	var names []string
	for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(source), -1) {
		names = append(names, match[1])
	}
	return names
}

// TestOnlyInTests starts a program that is no test.
func TestOnlyInTests(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	program := filepath.Join(t.TempDir(), "program")
	out, err := exec.Command("go", "build", "-o", program, "./testdata/program").CombinedOutput()
	require.NoError(t, err, "%s", out)
	out, err = exec.Command(program).CombinedOutput()
	assert.Error(t, err)
	assert.Contains(t, string(out), "radosmem: the package replaces librados, and must only be imported by tests")
}

// TestListingSeveralPages lists more objects than one call of librados returns.
func TestListingSeveralPages(t *testing.T) {
	ioctx := radosmem.Pool(t)
	var want, got []string
	for i := range 1500 {
		name := "object" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + time.Duration(i).String()
		want = append(want, name)
		require.NoError(t, ioctx.Create(name, rados.CreateExclusive))
	}
	for object, err := range ioctx.ObjectsParallel(4) {
		require.NoError(t, err)
		got = append(got, object.Name)
	}
	slices.Sort(want)
	slices.Sort(got)
	assert.Equal(t, want, got)
}
