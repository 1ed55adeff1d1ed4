package fakelibrados_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// TestLockResults expects codes that are answers without an error.
func TestLockResults(t *testing.T) {
	answers := map[string][]syscall.Errno{
		"LockExclusive": {syscall.EBUSY, syscall.EEXIST},
		"LockShared":    {syscall.EBUSY, syscall.EEXIST},
		"Unlock":        {syscall.ENOENT},
		"BreakLock":     {syscall.ENOENT, syscall.EINVAL},
	}
	ioctx := opened(t)
	call := map[string]func() (int, error){
		"LockExclusive": func() (int, error) { return ioctx.LockExclusive("o", "l", "c", "d", 0, nil) },
		"LockShared":    func() (int, error) { return ioctx.LockShared("o", "l", "c", "t", "d", 0, nil) },
		"Unlock":        func() (int, error) { return ioctx.Unlock("o", "l", "c") },
		"BreakLock":     func() (int, error) { return ioctx.BreakLock("o", "l", "client.1", "c") },
	}
	for _, m := range methods {
		for _, errno := range answers[m.name] {
			fakelibrados.Return(m.sends, -int(errno))
			ret, err := call[m.name]()
			assert.NoError(t, err, "%s: %v", m.name, errno)
			assert.Equal(t, -int(errno), ret)
		}
		if call[m.name] != nil {
			fakelibrados.Return(m.sends, -int(syscall.EIO))
			ret, err := call[m.name]()
			assert.ErrorIs(t, err, syscall.EIO)
			assert.Equal(t, -int(syscall.EIO), ret)
		}
	}
	ret, err := ioctx.LockExclusive("o", "l", "c", "d", -1, nil)
	assert.ErrorIs(t, err, syscall.EINVAL, "a negative duration")
	assert.Negative(t, ret)
	ret, err = ioctx.Unlock("o\x00", "l", "c")
	assert.Equal(t, rados.ErrNameContainsNUL, err)
	assert.Equal(t, -int(syscall.EINVAL), ret, "no number of the binding's own")
	ioctx.Destroy()
	ret, err = ioctx.Unlock("o", "l", "c")
	assert.Equal(t, rados.ErrInvalidIOContext, err)
	assert.Negative(t, ret, "not to be taken for success")
}

// TestLocksWithErrors tests the methods that return an error if a lock is held.
func TestLocksWithErrors(t *testing.T) {
	for function, call := range map[string]func(*rados.IOContext) error{
		"rados_lock_exclusive": func(ioctx *rados.IOContext) error { return ioctx.Lock("object", "lock", rados.LockOptions{}) },
		"rados_lock_shared": func(ioctx *rados.IOContext) error {
			return ioctx.RLock("object", "lock", "tag", rados.LockOptions{})
		},
		"rados_unlock":     func(ioctx *rados.IOContext) error { return ioctx.ReleaseLock("object", "lock", "cookie") },
		"rados_break_lock": func(ioctx *rados.IOContext) error { return ioctx.RevokeLock("object", "lock", "client.1", "cookie") },
	} {
		t.Run(function, func(t *testing.T) {
			ioctx := opened(t)
			require.NoError(t, call(ioctx))
			for errno, want := range map[syscall.Errno]error{
				syscall.EBUSY: rados.ErrLocked, syscall.EEXIST: rados.ErrLockHeld, syscall.ENOENT: rados.ErrNotFound, syscall.EIO: syscall.EIO,
			} {
				fakelibrados.Return(function, -int(errno))
				err := call(ioctx)
				assert.ErrorIs(t, err, want)
				assert.ErrorIs(t, err, errno)
			}
		})
	}
}

func TestListLockers(t *testing.T) {
	for _, n := range []int{0, 1, 100, 1000} {
		want := &rados.LockInfo{NumLockers: n, Exclusive: true, Tag: strings.Repeat("t", n)}
		for i := range n {
			want.Clients = append(want.Clients, fmt.Sprintf("client.%d", i))
			want.Cookies = append(want.Cookies, strings.Repeat("c", i%3)) // may be empty
			want.Addrs = append(want.Addrs, fmt.Sprintf("127.0.0.1:0/%d", i))
		}
		ioctx := opened(t)
		fakelibrados.Answer("rados_list_lockers", want.Tag+"\x00",
			terminated(want.Clients), terminated(want.Cookies), terminated(want.Addrs))
		got, err := ioctx.ListLockers("object", "lock")
		require.NoError(t, err)
		if n == 0 {
			want = &rados.LockInfo{} // whatever earlier holders left
		}
		assert.Equal(t, want, got)
	}
}
