package radoslock_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radoslock"
	"github.com/go-rados/go-rados/rados/radostest"
)

func TestMain(m *testing.M) { radostest.Main(m) }

const (
	pool = "radoslock"
	oid  = "object"
)

var spaces atomic.Int64

// space returns a namespace for the test in a shared pool, since creating a pool takes a
// second.
func space(t testing.TB) *rados.IOContext {
	t.Helper()
	conn := radostest.Conn(t)
	if err := conn.MakePool(pool); err != nil {
		require.ErrorIs(t, err, rados.ErrObjectExists)
	}
	return open(t, conn, fmt.Sprintf("%d-%d", os.Getpid(), spaces.Add(1)))
}

func open(t testing.TB, conn *rados.Conn, namespace string) *rados.IOContext {
	t.Helper()
	ioctx, err := conn.OpenIOContext(pool)
	require.NoError(t, err)
	t.Cleanup(ioctx.Destroy)
	ioctx.SetNamespace(namespace)
	return ioctx
}

// another returns the namespace of ioctx on another connection.
func another(t testing.TB, ioctx *rados.IOContext) *rados.IOContext {
	t.Helper()
	namespace, err := ioctx.GetNamespace()
	require.NoError(t, err)
	return open(t, radostest.Conn(t), namespace)
}

// mutex returns a Mutex for the lock that the tests of a namespace use.
func mutex(ioctx *rados.IOContext, opts ...radoslock.Option) *radoslock.Mutex {
	return radoslock.New(ioctx, oid, "lock", opts...)
}

func lock(t testing.TB, m *radoslock.Mutex) *radoslock.Lease {
	t.Helper()
	lease, err := m.Lock(t.Context())
	require.NoError(t, err)
	return lease
}

// lockers returns the holders of the lock.
func lockers(t testing.TB, ioctx *rados.IOContext) *rados.LockInfo {
	t.Helper()
	info, err := ioctx.ListLockers(oid, "lock")
	require.NoError(t, err)
	return info
}

// revoke takes the lock away from its holder.
func revoke(t testing.TB, ioctx *rados.IOContext) {
	t.Helper()
	info := lockers(t, ioctx)
	require.Equal(t, 1, info.NumLockers)
	require.NoError(t, ioctx.RevokeLock(oid, "lock", info.Clients[0], info.Cookies[0]))
}

// awaitWatchers blocks until n waiters watch the object, which its notifications show.
func awaitWatchers(t testing.TB, ioctx *rados.IOContext, n int) {
	t.Helper()
	await.Until(t, func() bool {
		acks, timeouts, err := ioctx.Notify(oid, []byte("how many"))
		require.NoError(t, err)
		return len(acks) == n && len(timeouts) == 0
	}, "watchers")
}

// awaitChange blocks until the object changes, as each renewal changes it.
func awaitChange(t testing.TB, ioctx *rados.IOContext) {
	t.Helper()
	version := func() uint64 {
		_, err := ioctx.Stat(oid)
		require.NoError(t, err)
		v, err := ioctx.GetLastVersion()
		require.NoError(t, err)
		return v
	}
	before := version()
	await.Until(t, func() bool { return version() != before }, "a change")
}

// goroutines returns the number of goroutines of the package.
func goroutines() int {
	buf := make([]byte, 4<<20)
	return strings.Count(string(buf[:runtime.Stack(buf, true)]), "created by github.com/go-rados/go-rados/rados/radoslock.")
}

// result is what a call returned.
type result struct {
	lease *radoslock.Lease
	err   error
}

// start calls Lock on a goroutine.
func start(ctx context.Context, m *radoslock.Mutex) <-chan result {
	results := make(chan result, 1)
	go func() {
		lease, err := m.Lock(ctx)
		results <- result{lease, err}
	}()
	return results
}

// TestMutualExclusion increments a counter without atomic operations: without the lock,
// increments would be lost.
func TestMutualExclusion(t *testing.T) {
	const goroutinesEach, turns = 4, 4
	first := space(t)
	require.NoError(t, first.WriteFull("counter", []byte("0")))
	increment := func(ioctx *rados.IOContext) error {
		buf := make([]byte, 20)
		n, err := ioctx.Read("counter", buf, 0)
		if err != nil {
			return err
		}
		counter, err := strconv.Atoi(string(buf[:n]))
		if err != nil {
			return err
		}
		return ioctx.WriteFull("counter", []byte(strconv.Itoa(counter+1)))
	}
	var wg await.Group
	for _, ioctx := range []*rados.IOContext{first, another(t, first), another(t, first), another(t, first)} {
		m := mutex(ioctx)
		for range goroutinesEach {
			wg.Go(func() {
				for range turns {
					assert.NoError(t, m.Do(t.Context(), func(context.Context) error { return increment(ioctx) }))
				}
			})
		}
	}
	wg.Wait()
	buf := make([]byte, 20)
	n, err := first.Read("counter", buf, 0)
	require.NoError(t, err)
	assert.Equal(t, strconv.Itoa(4*goroutinesEach*turns), string(buf[:n]))
	assert.Zero(t, lockers(t, first).NumLockers)
	awaitWatchers(t, first, 0)
	await.Until(t, func() bool { return goroutines() == 0 }, "no goroutine is left")
}

func TestTryLock(t *testing.T) {
	ioctx := space(t)
	lease, err := mutex(ioctx, radoslock.Description("for a test")).TryLock(t.Context())
	require.NoError(t, err)
	info := lockers(t, ioctx)
	assert.True(t, info.Exclusive)
	assert.Equal(t, []string{lease.Cookie()}, info.Cookies)

	_, err = mutex(another(t, ioctx)).TryLock(t.Context())
	assert.ErrorIs(t, err, rados.ErrLocked)
	namespace, _ := ioctx.GetNamespace()
	assert.EqualError(t, err, fmt.Sprintf(`rados: TryLock radoslock/%s/object: lock "lock": %v`, namespace, rados.ErrLocked))
	_, err = mutex(ioctx).TryLock(t.Context())
	assert.ErrorIs(t, err, rados.ErrLocked, "the same client")

	require.NoError(t, lease.Unlock(t.Context()))
	assert.NoError(t, lease.Unlock(t.Context()), "again")
	assert.Equal(t, context.Canceled, context.Cause(lease.Context()))
	lease, err = mutex(another(t, ioctx)).TryLock(t.Context())
	require.NoError(t, err)
	require.NoError(t, lease.Unlock(t.Context()))
}

func TestShared(t *testing.T) {
	ioctx := space(t)
	shared := mutex(ioctx, radoslock.Shared(), radoslock.Tag("tag"))
	first := lock(t, shared)
	second := lock(t, mutex(another(t, ioctx), radoslock.Shared(), radoslock.Tag("tag")))
	assert.Equal(t, 2, lockers(t, ioctx).NumLockers)
	_, err := mutex(ioctx).TryLock(t.Context())
	assert.ErrorIs(t, err, rados.ErrLocked)
	_, err = mutex(ioctx, radoslock.Shared(), radoslock.Tag("other")).TryLock(t.Context())
	assert.ErrorIs(t, err, rados.ErrLocked)

	exclusive := start(t.Context(), mutex(ioctx))
	awaitWatchers(t, ioctx, 1)
	require.NoError(t, first.Unlock(t.Context()))
	assert.Equal(t, 1, lockers(t, ioctx).NumLockers)
	require.NoError(t, second.Unlock(t.Context()))
	got := await.Next(t, exclusive)
	require.NoError(t, got.err)

	waiting := []<-chan result{start(t.Context(), shared), start(t.Context(), shared)}
	awaitWatchers(t, ioctx, 2)
	require.NoError(t, got.lease.Unlock(t.Context()))
	for _, w := range waiting {
		got := await.Next(t, w)
		require.NoError(t, got.err)
		defer got.lease.Unlock(t.Context())
	}
	assert.Equal(t, "tag", lockers(t, ioctx).Tag)
}

// TestHandover has a waiter that only a notification wakes.
func TestHandover(t *testing.T) {
	ioctx := space(t)
	lease := lock(t, mutex(ioctx))
	waiter := start(t.Context(), mutex(another(t, ioctx), radoslock.Waiting(true, time.Hour, time.Hour, 0)))
	awaitWatchers(t, ioctx, 1)
	require.NoError(t, lease.Unlock(t.Context()))
	got := await.Next(t, waiter)
	require.NoError(t, got.err)
	require.NoError(t, got.lease.Unlock(t.Context()))
}

// TestReleasedWithoutNotification releases the lock like a program that does not use the
// package.
func TestReleasedWithoutNotification(t *testing.T) {
	ioctx := space(t)
	require.NoError(t, ioctx.Lock(oid, "lock", rados.LockOptions{Cookie: "c"}))
	waiter := start(t.Context(), mutex(ioctx))
	awaitWatchers(t, ioctx, 1)
	require.NoError(t, ioctx.ReleaseLock(oid, "lock", "c"))
	got := await.Next(t, waiter)
	require.NoError(t, got.err)
	require.NoError(t, got.lease.Unlock(t.Context()))
}

// TestRemovedObject removes the object, and thereby the lock and the watches.
func TestRemovedObject(t *testing.T) {
	t.Parallel()
	ioctx := space(t)
	holder := lock(t, mutex(ioctx, radoslock.Duration(2*time.Second)))
	waiter := start(t.Context(), mutex(another(t, ioctx), radoslock.Waiting(true, time.Hour, time.Hour, 0)))
	awaitWatchers(t, ioctx, 1)
	require.NoError(t, ioctx.Delete(oid))
	got := await.Next(t, waiter)
	require.NoError(t, got.err)
	await.Closed(t, holder.Context().Done())
	assert.ErrorIs(t, context.Cause(holder.Context()), radoslock.ErrLost)
	assert.ErrorIs(t, holder.Unlock(t.Context()), radoslock.ErrLost)
	assert.NoError(t, got.lease.Unlock(t.Context()), "it has the lock of the new object")
}

func TestCancelWhileWaiting(t *testing.T) {
	ioctx := space(t)
	holder := lock(t, mutex(ioctx))
	ctx, cancel := context.WithCancelCause(t.Context())
	waiter := start(ctx, mutex(another(t, ioctx)))
	awaitWatchers(t, ioctx, 1)
	reason := errors.New("for a reason")
	cancel(reason)
	got := await.Next(t, waiter)
	for _, target := range []error{context.Canceled, reason, rados.ErrLocked} {
		assert.ErrorIs(t, got.err, target)
	}
	assert.Nil(t, got.lease)
	awaitWatchers(t, ioctx, 0)
	assert.Equal(t, []string{holder.Cookie()}, lockers(t, ioctx).Cookies)
	require.NoError(t, holder.Unlock(t.Context()))

	_, err := mutex(ioctx).Lock(ctx)
	assert.ErrorIs(t, err, context.Canceled)
	assert.Zero(t, lockers(t, ioctx).NumLockers)
}

func TestRenewal(t *testing.T) {
	t.Parallel()
	ioctx := space(t)
	const duration = 2 * time.Second
	lease := lock(t, mutex(ioctx, radoslock.Duration(duration)))
	acquired := time.Now()
	for range 5 {
		awaitChange(t, ioctx)
	}
	assert.Greater(t, time.Since(acquired), duration, "a renewal each quarter")
	assert.NoError(t, lease.Context().Err())
	assert.Equal(t, []string{lease.Cookie()}, lockers(t, ioctx).Cookies)
	require.NoError(t, lease.Unlock(t.Context()))
}

// TestCrashedHolder waits for a lock that is neither renewed nor released.
func TestCrashedHolder(t *testing.T) {
	t.Parallel()
	ioctx := space(t)
	const duration = time.Second
	began := time.Now()
	require.NoError(t, another(t, ioctx).Lock(oid, "lock", rados.LockOptions{Duration: duration}))
	lease := lock(t, mutex(ioctx, radoslock.Duration(duration)))
	assert.GreaterOrEqual(t, time.Since(began), duration)
	t.Logf("the lock was taken %v after it had expired", time.Since(began)-duration)
	_ = lease.Unlock(t.Context())
}

func TestBrokenLock(t *testing.T) {
	t.Parallel()
	ioctx := space(t)
	const duration = 4 * time.Second
	m := mutex(ioctx, radoslock.Duration(duration))
	for name, want := range map[string]error{"nil": nil, "its own": errors.New("its own"), "the cause": radoslock.ErrLost} {
		t.Run(name, func(t *testing.T) {
			err := m.Do(t.Context(), func(ctx context.Context) error {
				revoke(t, ioctx)
				revoked := time.Now()
				await.Closed(t, ctx.Done())
				assert.Less(t, time.Since(revoked), duration/2, "with the next renewal")
				assert.Equal(t, context.Canceled, ctx.Err())
				assert.ErrorIs(t, context.Cause(ctx), radoslock.ErrLost)
				if want == radoslock.ErrLost {
					return context.Cause(ctx)
				}
				return want
			})
			require.ErrorIs(t, err, radoslock.ErrLost)
			var e *rados.ObjectError
			require.ErrorAs(t, err, &e)
			assert.Equal(t, []string{"Renew", pool, oid}, []string{e.Op, e.Pool, e.Object})
			assert.Equal(t, 1, strings.Count(err.Error(), radoslock.ErrLost.Error()), err)
			if want != nil {
				assert.ErrorIs(t, err, want)
			}
		})
	}
}

// TestLostUnnoticed breaks a lock that is released before the next renewal.
func TestLostUnnoticed(t *testing.T) {
	ioctx := space(t)
	err := mutex(ioctx).Do(t.Context(), func(ctx context.Context) error {
		revoke(t, ioctx)
		return nil
	})
	assert.ErrorIs(t, err, radoslock.ErrLost)
}

func TestDoReleases(t *testing.T) {
	ioctx := space(t)
	m := mutex(ioctx)
	reason := errors.New("for a reason")
	assert.Equal(t, reason, m.Do(t.Context(), func(context.Context) error { return reason }))
	assert.Zero(t, lockers(t, ioctx).NumLockers, "after an error")

	assert.PanicsWithValue(t, "panic", func() {
		_ = m.Do(t.Context(), func(context.Context) error { panic("panic") })
	})
	assert.Zero(t, lockers(t, ioctx).NumLockers, "after a panic")

	await.Return(t, func() {
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = m.Do(t.Context(), func(context.Context) error { runtime.Goexit(); return nil })
		}()
		<-done
	})
	assert.Zero(t, lockers(t, ioctx).NumLockers, "after Goexit")

	ctx, cancel := context.WithCancelCause(t.Context())
	err := m.Do(ctx, func(ctx context.Context) error {
		cancel(reason)
		await.Closed(t, ctx.Done())
		assert.Equal(t, reason, context.Cause(ctx))
		return ctx.Err()
	})
	assert.Equal(t, context.Canceled, err)
	assert.Zero(t, lockers(t, ioctx).NumLockers, "after cancellation")

	err = m.Do(ctx, func(context.Context) error { panic("unreachable") })
	assert.ErrorIs(t, err, reason)
}

// TestUnlockWithDoneContext expects the release to go on in the background.
func TestUnlockWithDoneContext(t *testing.T) {
	ioctx := space(t)
	lease := lock(t, mutex(ioctx))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := lease.Unlock(ctx); err != nil {
		assert.ErrorIs(t, err, context.Canceled)
		assert.ErrorIs(t, err, rados.ErrOutcomeUnknown)
	}
	assert.NoError(t, lease.Unlock(t.Context()))
	assert.Zero(t, lockers(t, ioctx).NumLockers)
}

func TestAssertLocked(t *testing.T) {
	ioctx := space(t)
	write := func(lease *radoslock.Lease, text string) error {
		op := rados.CreateWriteOp()
		lease.AssertLocked(op)
		op.WriteFull([]byte(text))
		return op.OperateContext(t.Context(), ioctx, oid, rados.OperationNoFlag)
	}
	content := func() string {
		buf := make([]byte, 20)
		n, err := ioctx.Read(oid, buf, 0)
		require.NoError(t, err)
		return string(buf[:n])
	}
	for name, opts := range map[string][]radoslock.Option{
		"exclusive": nil,
		"tag":       {radoslock.Tag("tag")},
		"shared":    {radoslock.Shared(), radoslock.Tag("tag"), radoslock.Description("for a test")},
	} {
		t.Run(name, func(t *testing.T) {
			m := mutex(ioctx, opts...)
			err := m.Do(t.Context(), func(ctx context.Context) error {
				lease, ok := radoslock.FromContext(ctx)
				require.True(t, ok)
				require.NoError(t, write(lease, "held"))
				revoke(t, ioctx)
				assert.ErrorIs(t, write(lease, "revoked"), rados.ErrLocked)
				next := lock(t, m)
				assert.ErrorIs(t, write(lease, "another has it"), rados.ErrLocked)
				assert.NoError(t, write(next, "its own"))
				require.NoError(t, next.Unlock(t.Context()))
				assert.ErrorIs(t, write(next, "released"), rados.ErrLocked)
				return nil
			})
			assert.ErrorIs(t, err, radoslock.ErrLost)
			assert.Equal(t, "its own", content())
		})
	}
	_, ok := radoslock.FromContext(t.Context())
	assert.False(t, ok)
	lease := lock(t, mutex(ioctx))
	from, ok := radoslock.FromContext(lease.Context())
	assert.True(t, ok)
	assert.Same(t, lease, from)
	require.NoError(t, lease.Unlock(t.Context()))
}

// TestBlocklistedHolder takes the lock away from a holder after excluding it from the
// cluster.
func TestBlocklistedHolder(t *testing.T) {
	t.Parallel()
	ioctx := space(t)
	holder := another(t, ioctx)
	lease := lock(t, mutex(holder, radoslock.Duration(2*time.Second)))
	info := lockers(t, ioctx)
	conn := radostest.Conn(t)
	require.NoError(t, conn.BlocklistAdd(info.Addrs[0], time.Minute))
	require.NoError(t, ioctx.RevokeLock(oid, "lock", info.Clients[0], info.Cookies[0]))
	next := lock(t, mutex(ioctx))
	assert.ErrorIs(t, holder.WriteFull(oid, []byte("late")), syscall.ESHUTDOWN)
	await.Closed(t, lease.Context().Done())
	assert.ErrorIs(t, context.Cause(lease.Context()), radoslock.ErrLost)
	assert.ErrorIs(t, lease.Unlock(t.Context()), radoslock.ErrLost)
	require.NoError(t, next.Unlock(t.Context()))
}

func TestShutdownOfHolder(t *testing.T) {
	t.Parallel()
	ioctx := space(t)
	conn := radostest.Conn(t)
	namespace, err := ioctx.GetNamespace()
	require.NoError(t, err)
	lease := lock(t, mutex(open(t, conn, namespace), radoslock.Duration(2*time.Second)))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	waiter := start(ctx, mutex(open(t, conn, namespace)))
	awaitWatchers(t, ioctx, 1)
	conn.Shutdown()
	assert.ErrorIs(t, await.Next(t, waiter).err, rados.ErrNotConnected)
	await.Closed(t, lease.Context().Done())
	assert.ErrorIs(t, context.Cause(lease.Context()), radoslock.ErrLost)
	assert.ErrorIs(t, context.Cause(lease.Context()), rados.ErrNotConnected)
}

// TestClosedIOContext closes the caller's IOContext, of which a Mutex has a copy.
func TestClosedIOContext(t *testing.T) {
	ioctx := space(t)
	mine := another(t, ioctx)
	m := mutex(mine)
	mine.Destroy()
	require.NoError(t, m.Do(t.Context(), func(context.Context) error { return nil }))
	_, err := mutex(mine).Lock(t.Context())
	assert.ErrorIs(t, err, rados.ErrInvalidIOContext)
}

func TestInvalidInput(t *testing.T) {
	ioctx := space(t)
	for _, d := range []time.Duration{0, -time.Second} {
		_, err := mutex(ioctx, radoslock.Duration(d)).Lock(t.Context())
		assert.ErrorIs(t, err, fs.ErrInvalid, d)
		assert.ErrorContains(t, err, fmt.Sprintf("duration %v", d))
	}
	require.ErrorIs(t, mutex(ioctx, radoslock.Duration(math.MaxInt64)).Do(t.Context(), nil), fs.ErrInvalid)
	_, err := radoslock.New(ioctx, oid, "").Lock(t.Context())
	assert.ErrorIs(t, err, syscall.EINVAL)
	_, err = radoslock.New(ioctx, "nul\x00", "lock").Lock(t.Context())
	assert.ErrorIs(t, err, rados.ErrNameContainsNUL)
	_, err = radoslock.New(nil, oid, "lock").TryLock(t.Context())
	assert.ErrorIs(t, err, rados.ErrInvalidIOContext)
}

func TestNotPermitted(t *testing.T) {
	t.Parallel()
	ioctx := space(t)
	conf := radostest.Shared(t).User(t, "writer", "mon", "allow r", "osd", "allow rw")
	conn, err := rados.NewConnWithUser("writer")
	require.NoError(t, err)
	defer conn.Shutdown()
	require.NoError(t, conn.ReadConfigFile(conf))
	require.NoError(t, conn.Connect())
	namespace, err := ioctx.GetNamespace()
	require.NoError(t, err)
	_, err = mutex(open(t, conn, namespace)).Lock(t.Context())
	assert.ErrorIs(t, err, fs.ErrPermission)
}

// TestTooShortDuration has a lock that expires before the OSD can answer.
func TestTooShortDuration(t *testing.T) {
	ioctx := space(t)
	err := mutex(ioctx, radoslock.Duration(1)).Do(t.Context(), func(ctx context.Context) error {
		await.Closed(t, ctx.Done())
		return nil
	})
	assert.ErrorIs(t, err, radoslock.ErrLost)
}

func TestDecodeInfo(t *testing.T) {
	ioctx := space(t)
	for _, description := range []string{"one", "two"} {
		m := mutex(ioctx, radoslock.Shared(), radoslock.Tag("a tag"), radoslock.Description(description))
		lease := lock(t, m)
		defer lease.Unlock(t.Context())
	}
	request := []byte("\x01\x01\x08\x00\x00\x00\x04\x00\x00\x00lock")
	answer := make([]byte, 1000)
	n, err := ioctx.Exec(oid, "lock", "get_info", request, answer)
	require.NoError(t, err)
	holders, shared, tag, err := radoslock.DecodeInfo(answer[:n])
	require.NoError(t, err)
	assert.Equal(t, []any{2, true, "a tag"}, []any{holders, shared, tag})
	for i := range n {
		_, _, _, err := radoslock.DecodeInfo(answer[:i])
		assert.Error(t, err, i)
	}
	_, _, _, err = radoslock.DecodeInfo([]byte("\x01\x01\x04\x00\x00\x00\xff\xff\xff\xff"))
	assert.Error(t, err, "a number of holders that cannot be")
}
