package rados_test

import (
	"fmt"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

const (
	taken = -int(syscall.EBUSY)  // by another client
	mine  = -int(syscall.EEXIST) // already
	none  = -int(syscall.ENOENT)
)

// verdict asserts that ret comes without an error.
func verdict(t *testing.T, want int, why string) func(ret int, err error) {
	return func(ret int, err error) {
		t.Helper()
		require.NoError(t, err, why)
		assert.Equal(t, want, ret, why)
	}
}

// another opens the pool and namespace of ioctx on another connection.
func another(t *testing.T, ioctx *rados.IOContext) *rados.IOContext {
	t.Helper()
	cluster, ok := clusters.Load(ioctx)
	if !ok {
		cluster = radostest.Shared(t)
	}
	pool, err := ioctx.GetPoolName()
	require.NoError(t, err)
	ns, err := ioctx.GetNamespace()
	require.NoError(t, err)
	other := open(t, cluster.(*radostest.Cluster).Conn(t), pool)
	other.SetNamespace(ns)
	return other
}

// clusters maps an IOContext to its cluster, unless that is the shared one.
var clusters sync.Map // *rados.IOContext → *radostest.Cluster

var lockTests = map[string]func(t *testing.T, ioctx *rados.IOContext){
	"lock.LockExclusive": func(t *testing.T, ioctx *rados.IOContext) {
		verdict(t, 0, "free")(ioctx.LockExclusive("foo", "lock", "cookie", "for a test", 0, nil))
		verdict(t, mine, "same cookie")(ioctx.LockExclusive("foo", "lock", "cookie", "", 0, nil))
		verdict(t, taken, "other client")(another(t, ioctx).LockExclusive("foo", "lock", "cookie", "", 0, nil))
		verdict(t, taken, "shared")(another(t, ioctx).LockShared("foo", "lock", "cookie", "tag", "", 0, nil))
	},
	"lock.LockShared": func(t *testing.T, ioctx *rados.IOContext) {
		verdict(t, 0, "free")(ioctx.LockShared("foo", "lock", "cookie", "tag", "", 0, nil))
		verdict(t, mine, "same cookie")(ioctx.LockShared("foo", "lock", "cookie", "tag", "", 0, nil))
		verdict(t, 0, "shared with others")(another(t, ioctx).LockShared("foo", "lock", "cookie", "tag", "", 0, nil))
		verdict(t, taken, "another tag")(another(t, ioctx).LockShared("foo", "lock", "cookie", "gat", "", 0, nil))
		verdict(t, taken, "exclusive")(another(t, ioctx).LockExclusive("foo", "lock", "cookie", "", 0, nil))
	},
	"lock.LockExclusiveDur": func(t *testing.T, ioctx *rados.IOContext) {
		other := another(t, ioctx)
		verdict(t, 0, "free")(ioctx.LockExclusive("foo", "lock", "cookie", "", time.Second, nil))
		expires(t, func() (int, error) { return other.LockExclusive("foo", "lock", "cookie", "", 0, nil) })
	},
	"lock.LockSharedDur": func(t *testing.T, ioctx *rados.IOContext) {
		other := another(t, ioctx)
		verdict(t, 0, "free")(ioctx.LockShared("foo", "lock", "cookie", "tag", "", time.Second, nil))
		expires(t, func() (int, error) { return other.LockExclusive("foo", "lock", "cookie", "", 0, nil) })
	},
	"lock.LockMayRenew": func(t *testing.T, ioctx *rados.IOContext) {
		renew := byte(1)
		verdict(t, 0, "free")(ioctx.LockExclusive("foo", "lock", "cookie", "", 0, nil))
		verdict(t, mine, "no flag")(ioctx.LockExclusive("foo", "lock", "cookie", "", 0, nil))
		verdict(t, 0, "renewed")(ioctx.LockExclusive("foo", "lock", "cookie", "", 0, &renew))
	},
	"lock.Unlock": func(t *testing.T, ioctx *rados.IOContext) {
		verdict(t, 0, "free")(ioctx.LockExclusive("foo", "lock", "cookie", "", 0, nil))
		verdict(t, none, "other cookie")(ioctx.Unlock("foo", "lock", "other"))
		verdict(t, none, "other client")(another(t, ioctx).Unlock("foo", "lock", "cookie"))
		verdict(t, 0, "held")(ioctx.Unlock("foo", "lock", "cookie"))
		verdict(t, none, "no longer held")(ioctx.Unlock("foo", "lock", "cookie"))
		verdict(t, 0, "free again")(ioctx.LockExclusive("foo", "lock", "cookie", "", 0, nil))
	},
	"lock.ListLockers": func(t *testing.T, ioctx *rados.IOContext) {
		_, err := ioctx.ListLockers("none", "lock")
		assert.Equal(t, rados.ErrNotFound, err)
		verdict(t, 0, "free")(ioctx.LockShared("foo", "lock", "cookie", "Tag", "", 0, nil))
		verdict(t, 0, "held")(ioctx.Unlock("foo", "lock", "cookie"))
		info, err := ioctx.ListLockers("foo", "lock")
		require.NoError(t, err)
		assert.Equal(t, &rados.LockInfo{}, info)
		verdict(t, 0, "free")(ioctx.LockShared("foo", "lock", "cookie", "Tag", "", 0, nil))
		verdict(t, 0, "shared")(ioctx.LockShared("foo", "lock", "", "Tag", "", 0, nil))
		info, err = ioctx.ListLockers("foo", "lock")
		require.NoError(t, err)
		assert.Equal(t, 2, info.NumLockers)
		assert.False(t, info.Exclusive)
		assert.Equal(t, "Tag", info.Tag)
		assert.Equal(t, info.Clients[0], info.Clients[1])
		assert.Regexp(t, `^client\.\d+$`, info.Clients[0])
		assert.ElementsMatch(t, []string{"cookie", ""}, info.Cookies, "an empty one counts")
		assert.Len(t, info.Addrs, 2)
	},
	"lock.BreakLock": func(t *testing.T, ioctx *rados.IOContext) {
		verdict(t, 0, "free")(ioctx.LockExclusive("foo", "lock", "cookie", "", 0, nil))
		other := another(t, ioctx)
		info, err := other.ListLockers("foo", "lock")
		require.NoError(t, err)
		assert.Equal(t, 1, info.NumLockers)
		assert.True(t, info.Exclusive)
		assert.Empty(t, info.Tag)
		verdict(t, 0, "held")(other.BreakLock("foo", "lock", info.Clients[0], info.Cookies[0]))
		verdict(t, 0, "free again")(other.LockExclusive("foo", "lock", "cookie", "", 0, nil))
	},
}

func TestLocks(t *testing.T) {
	for name, test := range lockTests {
		t.Run(name, func(t *testing.T) { test(t, namespace(t)) })
	}
}

// expires takes a lock again until it has expired, for which there is no event.
func expires(t *testing.T, lock func() (int, error)) {
	t.Helper()
	verdict(t, taken, "not yet expired")(lock())
	require.Eventually(t, func() bool {
		ret, err := lock()
		return assert.NoError(t, err) && ret == 0
	}, 10*time.Second, 20*time.Millisecond)
}

func TestLockErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(t *testing.T, ioctx, other *rados.IOContext){
		"py.TestIoctx.test_lock": func(t *testing.T, ioctx, other *rados.IOContext) {
			opts := rados.LockOptions{Cookie: "cookie", Description: "for a test"}
			require.NoError(t, ioctx.Lock("foo", "lock", opts))
			err := ioctx.Lock("foo", "lock", opts)
			assert.ErrorIs(t, err, rados.ErrLockHeld)
			assert.NotErrorIs(t, err, rados.ErrLocked)
			err = other.Lock("foo", "lock", opts)
			assert.ErrorIs(t, err, rados.ErrLocked)
			var e *rados.ObjectError
			require.ErrorAs(t, err, &e)
			assert.Equal(t, []string{"Lock", "shared", "foo"}, []string{e.Op, e.Pool, e.Object})
			assert.NotEmpty(t, e.Namespace)
			assert.ErrorIs(t, other.RLock("foo", "lock", "tag", opts), rados.ErrLocked)
			require.NoError(t, ioctx.ReleaseLock("foo", "lock", "cookie"))
			assert.ErrorIs(t, ioctx.ReleaseLock("foo", "lock", "cookie"), rados.ErrNotFound)

			require.NoError(t, ioctx.RLock("foo", "lock", "tag", rados.LockOptions{Cookie: "1"}))
			require.NoError(t, ioctx.RLock("foo", "lock", "tag", rados.LockOptions{Cookie: "2"}))
			assert.ErrorIs(t, ioctx.RLock("foo", "lock", "tag", rados.LockOptions{Cookie: "2"}), rados.ErrLockHeld)
			assert.ErrorIs(t, ioctx.Lock("foo", "lock", rados.LockOptions{Cookie: "3"}), rados.ErrLocked)
			assert.ErrorIs(t, other.RLock("foo", "lock", "other tag", rados.LockOptions{}), rados.ErrLocked)
			require.NoError(t, other.RLock("foo", "lock", "tag", rados.LockOptions{}))
			require.NoError(t, ioctx.ReleaseLock("foo", "lock", "1"))
			require.NoError(t, ioctx.ReleaseLock("foo", "lock", "2"))
			require.NoError(t, other.ReleaseLock("foo", "lock", ""))
		},
	} {
		t.Run(name, func(t *testing.T) {
			ioctx := namespace(t)
			test(t, ioctx, another(t, ioctx))
		})
	}
}

func TestListManyLockers(t *testing.T) {
	ioctx := namespace(t)
	for i := range 200 {
		verdict(t, 0, "shared")(ioctx.LockShared("foo", "lock", fmt.Sprintf("a-long-cookie-%d", i), "tag", "", 0, nil))
	}
	info, err := ioctx.ListLockers("foo", "lock")
	require.NoError(t, err)
	assert.Equal(t, 200, info.NumLockers)
	assert.Len(t, info.Cookies, 200)
}

func TestBreakLock(t *testing.T) {
	ioctx := namespace(t)
	other := another(t, ioctx)
	verdict(t, 0, "free")(ioctx.LockExclusive("foo", "lock", "cookie", "", 0, nil))
	verdict(t, -int(syscall.EINVAL), "no client's name")(other.BreakLock("foo", "lock", "nonsense", "cookie"))
	verdict(t, none, "not the holder")(other.BreakLock("foo", "lock", "client.1", "cookie"))
}

func TestLockArgumentsAreRefused(t *testing.T) {
	ioctx := namespace(t)
	_, err := ioctx.LockExclusive("foo", "lo\x00ck", "cookie", "", 0, nil)
	assert.Equal(t, rados.ErrNameContainsNUL, err)
	_, err = ioctx.LockExclusive("foo", "lock", "cookie", "", -time.Second, nil)
	assert.ErrorIs(t, err, syscall.EINVAL)
	_, err = ioctx.LockShared("foo", "lock", "cookie", "t\x00ag", "", 0, nil)
	assert.Equal(t, rados.ErrNameContainsNUL, err)
	ret, err := ioctx.Unlock("", "lock", "cookie")
	assert.Error(t, err, "no object")
	assert.Negative(t, ret)
}

func TestLockRenewal(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	other := another(t, ioctx)
	must := rados.LockOptions{Cookie: "c", Flags: rados.LockMustRenew}
	assert.ErrorIs(t, ioctx.Lock("foo", "lock", must), rados.ErrNotFound)
	may := rados.LockOptions{Cookie: "c", Flags: rados.LockMayRenew}
	require.NoError(t, ioctx.Lock("foo", "lock", may))
	require.NoError(t, ioctx.Lock("foo", "lock", may))
	require.NoError(t, ioctx.Lock("foo", "lock", must))
	assert.ErrorIs(t, other.Lock("foo", "lock", may), rados.ErrLocked)
	assert.Error(t, other.Lock("foo", "lock", must))
	may.Flags |= rados.LockMustRenew
	assert.ErrorIs(t, ioctx.Lock("foo", "lock", may), syscall.EINVAL, "both")
}

func TestLockExpiry(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	other := another(t, ioctx)
	require.NoError(t, ioctx.Lock("foo", "lock", rados.LockOptions{Duration: time.Second}))
	require.ErrorIs(t, other.Lock("foo", "lock", rados.LockOptions{}), rados.ErrLocked)
	require.Eventually(t, func() bool { return other.Lock("foo", "lock", rados.LockOptions{}) == nil }, await.Patience, 20*time.Millisecond)
	assert.ErrorIs(t, ioctx.ReleaseLock("foo", "lock", ""), rados.ErrNotFound)
	assert.ErrorIs(t, ioctx.Lock("bar", "lock", rados.LockOptions{Duration: -1}), syscall.EINVAL)
}

func TestRevokedLock(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	other := another(t, ioctx)
	require.NoError(t, ioctx.Lock("foo", "lock", rados.LockOptions{Cookie: "c"}))
	info, err := other.ListLockers("foo", "lock")
	require.NoError(t, err)
	assert.ErrorIs(t, other.RevokeLock("foo", "lock", info.Clients[0], "other"), rados.ErrNotFound)
	assert.ErrorIs(t, other.RevokeLock("foo", "lock", "nobody", "c"), syscall.EINVAL)
	require.NoError(t, other.RevokeLock("foo", "lock", info.Clients[0], "c"))
	require.NoError(t, other.Lock("foo", "lock", rados.LockOptions{}))
	assert.ErrorIs(t, ioctx.ReleaseLock("foo", "lock", "c"), rados.ErrNotFound)
}

func TestLockErrorsOfBadInput(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	other := another(t, ioctx)
	assert.ErrorIs(t, ioctx.Lock("foo", "lo\x00ck", rados.LockOptions{}), rados.ErrNameContainsNUL)
	assert.ErrorIs(t, ioctx.RLock("foo", "lock", "\x00", rados.LockOptions{}), rados.ErrNameContainsNUL)
	other.Destroy()
	assert.ErrorIs(t, other.Lock("foo", "lock", rados.LockOptions{}), rados.ErrInvalidIOContext)
	assert.ErrorIs(t, other.ReleaseLock("foo", "lock", ""), rados.ErrInvalidIOContext)
	var none *rados.IOContext
	assert.ErrorIs(t, none.Lock("foo", "lock", rados.LockOptions{}), rados.ErrInvalidIOContext)
}
