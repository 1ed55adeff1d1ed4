package fakelibrados_test

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// TestCloneOfAFaultyIOContext expects the pending setter error from Clone,
// rather than an error about pool -1.
func TestCloneOfAFaultyIOContext(t *testing.T) {
	for what, spoil := range map[string]func(*rados.IOContext){
		"namespace": func(ioctx *rados.IOContext) { ioctx.SetNamespace("a\x00b") },
		"locator":   func(ioctx *rados.IOContext) { ioctx.SetLocator("a\x00b") },
	} {
		t.Run(what, func(t *testing.T) {
			ioctx := opened(t)
			spoil(ioctx)
			c, err := ioctx.Clone()
			assert.ErrorIs(t, err, rados.ErrNameContainsNUL)
			assert.Nil(t, c)
			c, err = ioctx.WithNamespace("good")
			assert.ErrorIs(t, err, rados.ErrNameContainsNUL)
			assert.Nil(t, c)
			assert.Zero(t, fakelibrados.Calls("rados_ioctx_create2"))
		})
	}
}

func TestCloneHasTheSettings(t *testing.T) {
	ioctx := opened(t)
	ioctx.SetNamespace("first")
	ioctx.SetNamespace("namespace")
	ioctx.SetLocator("locator")
	require.NoError(t, ioctx.SetReadSnap(7))
	require.NoError(t, ioctx.SetPoolFullTry())
	fakelibrados.Return("rados_ioctx_get_id", 1<<40)
	c, err := ioctx.Clone()
	require.NoError(t, err)
	assert.Equal(t, []any{1 << 40}, fakelibrados.Args("rados_ioctx_create2"))
	namespace, err := c.GetNamespace()
	require.NoError(t, err)
	assert.Equal(t, "namespace", namespace)
	assert.Equal(t, 3, fakelibrados.Calls("rados_ioctx_set_namespace"), "once: the last one")
	assert.Equal(t, 2, fakelibrados.Calls("rados_ioctx_locator_set_key"))
	assert.Equal(t, 2, fakelibrados.Calls("rados_ioctx_snap_set_read"))
	assert.Equal(t, 2, fakelibrados.Calls("rados_set_pool_full_try"))
	ioctx.Destroy()
	require.NoError(t, c.Delete("object"), "it is independent")
}

func TestWithNamespace(t *testing.T) {
	ioctx := opened(t)
	c, err := ioctx.WithNamespace("namespace")
	require.NoError(t, err)
	namespace, err := c.GetNamespace()
	require.NoError(t, err)
	assert.Equal(t, "namespace", namespace)
	c.Destroy()

	live := fakelibrados.Live()
	c, err = ioctx.WithNamespace("a\x00b")
	assert.ErrorIs(t, err, rados.ErrNameContainsNUL)
	assert.Nil(t, c)
	assert.Equal(t, live, fakelibrados.Live(), "the copy is gone")
	fakelibrados.Return("rados_ioctx_create2", -int(syscall.EPERM))
	_, err = ioctx.WithNamespace("namespace")
	assert.Equal(t, rados.ErrPermissionDenied, wrapped("WithNamespace", err))

	ioctx.Destroy()
	_, err = ioctx.WithNamespace("namespace")
	assert.Equal(t, rados.ErrInvalidIOContext, wrapped("WithNamespace", err))
	_, err = (*rados.IOContext)(nil).WithNamespace("namespace")
	assert.Equal(t, rados.ErrInvalidIOContext, wrapped("WithNamespace", err))
}

// TestCloneOfAWriteContext expects the snapshots that were set, even if the
// caller has changed its slice since.
func TestCloneOfAWriteContext(t *testing.T) {
	ioctx := opened(t)
	snaps := []rados.SnapID{3, 2}
	require.NoError(t, ioctx.SetSelfManagedSnapContext(3, snaps))
	set := fakelibrados.Args("rados_ioctx_selfmanaged_snap_set_write_ctx")
	clear(snaps)
	c, err := ioctx.Clone()
	require.NoError(t, err)
	defer c.Destroy()
	assert.Equal(t, 2, fakelibrados.Calls("rados_ioctx_selfmanaged_snap_set_write_ctx"))
	assert.Equal(t, set, fakelibrados.Args("rados_ioctx_selfmanaged_snap_set_write_ctx"))
}

// TestCloneHasTheWriteContext expects the write context that was set last, not
// the caller's slice or one that was refused.
func TestCloneHasTheWriteContext(t *testing.T) {
	const sends = "rados_ioctx_selfmanaged_snap_set_write_ctx"
	ioctx := opened(t)
	snaps := []rados.SnapID{7, 5}
	require.NoError(t, ioctx.SetSelfManagedSnapContext(7, snaps))
	snaps[0], snaps[1] = 3, 1
	fakelibrados.Return(sends, -int(syscall.EINVAL))
	assert.ErrorIs(t, ioctx.SetSelfManagedSnapContext(3, snaps), syscall.EINVAL)
	_, err := ioctx.Clone()
	assert.ErrorIs(t, err, syscall.EINVAL, "none without it")
	fakelibrados.Proceed(sends)
	_, err = ioctx.Clone()
	require.NoError(t, err)
	assert.Equal(t, []any{7, 7, 5}, fakelibrados.Args(sends))
}

func TestNamespacesAreTheIOContexts(t *testing.T) {
	o := both(t)
	other, err := o.conn.OpenIOContext("other")
	require.NoError(t, err)
	for _, namespace := range []string{"here", "", rados.AllNamespaces} {
		o.ioctx.SetNamespace(namespace)
		got, err := o.ioctx.GetNamespace()
		require.NoError(t, err)
		assert.Equal(t, namespace, got)
		got, err = other.GetNamespace()
		require.NoError(t, err)
		assert.Empty(t, got)
	}
}

// TestNamespaceKeepsItsError expects an error of SetNamespace, which cannot
// return it, from the next call, which is not sent.
func TestNamespaceKeepsItsError(t *testing.T) {
	forEach(t, func(m method) bool { return !m.ofConn() && fails(m) && !m.setup }, func(t *testing.T, m method) {
		o := both(t)
		o.ioctx.SetNamespace("good")
		sendsNothing(t, func() {
			o.ioctx.SetNamespace("a\x00b")
			for range 3 {
				assert.Equal(t, rados.ErrNameContainsNUL, m.call(o, "name"))
			}
			o.ioctx.SetNamespace("\x00")
			assert.Equal(t, rados.ErrNameContainsNUL, m.call(o, "name"))
		})
		require.NoError(t, o.conn.WaitForLatestOSDMap(), "the Conn has nothing to do with it")
		o.ioctx.SetNamespace("")
		assert.NoError(t, m.call(o, "name"))
	})
}

// TestNamespaceErrorDoesNotKeepOut expects calls that send nothing to work in
// spite of the error.
func TestNamespaceErrorDoesNotKeepOut(t *testing.T) {
	forEach(t, func(m method) bool { return !m.ofConn() && m.setup }, func(t *testing.T, m method) {
		o := both(t)
		o.ioctx.SetNamespace("a\x00b")
		require.NoError(t, m.call(o, "name"))
		assert.Equal(t, 1, fakelibrados.Calls(m.sends))
	})
	o := both(t)
	fakelibrados.Return("rados_ioctx_get_id", 7)
	o.ioctx.SetNamespace("good")
	o.ioctx.SetNamespace("a\x00b")
	assert.EqualValues(t, 7, o.ioctx.GetPoolID())
	namespace, err := o.ioctx.GetNamespace()
	require.NoError(t, err)
	assert.Equal(t, "good", namespace)
	pool, err := o.ioctx.GetPoolName()
	require.NoError(t, err)
	assert.Equal(t, "pool", pool)
}

func TestNamespaceErrorEndsWithTheIOContext(t *testing.T) {
	ioctx := opened(t)
	ioctx.SetNamespace("a\x00b")
	ioctx.Destroy()
	assert.Equal(t, rados.ErrInvalidIOContext, ioctx.Delete("object"))
}
