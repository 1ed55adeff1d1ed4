package rados_test

import (
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

func TestOpenIOContextByID(t *testing.T) {
	conn := radostest.Conn(t)
	pool := makePool(t, conn)
	byName := open(t, conn, pool)
	require.NoError(t, byName.WriteFull("foo", []byte("data")))
	ioctx, err := conn.OpenIOContextByID(byName.GetPoolID())
	require.NoError(t, err)
	defer ioctx.Destroy()
	assert.Equal(t, byName.GetPoolID(), ioctx.GetPoolID())
	name, err := ioctx.GetPoolName()
	require.NoError(t, err)
	assert.Equal(t, pool, name)
	assert.Equal(t, "data", string(content(t, ioctx, "foo")))
}

func TestNamespaces(t *testing.T) {
	ioctx := open(t, radostest.Conn(t), makePool(t, radostest.Conn(t)))
	got, err := ioctx.GetNamespace()
	require.NoError(t, err)
	assert.Empty(t, got)
	for _, ns := range []string{"ns1", "日本", strings.Repeat("n", 126), strings.Repeat("n", 1000), ""} {
		ioctx.SetNamespace(ns)
		got, err := ioctx.GetNamespace()
		require.NoError(t, err)
		assert.Equal(t, ns, got)
	}
}

func TestLongestNamespace(t *testing.T) {
	ioctx := namespace(t)
	ioctx.SetNamespace(strings.Repeat("n", 256))
	require.NoError(t, ioctx.WriteFull("foo", nil))
	require.NoError(t, ioctx.Delete("foo"))
	ioctx.SetNamespace(strings.Repeat("n", 257))
	assert.ErrorIs(t, ioctx.WriteFull("foo", nil), syscall.ENAMETOOLONG)
}

func TestNamespaceKeepsItsError(t *testing.T) {
	ioctx := namespace(t)
	require.NoError(t, ioctx.WriteFull("foo", []byte("here")))
	ioctx.SetNamespace("bad\x00name")
	for range 2 {
		for call, err := range onObject(ioctx, "foo") {
			assert.Equal(t, rados.ErrNameContainsNUL, err, call)
		}
	}
	ioctx.SetNamespace(unique("other"))
	_, err := ioctx.Stat("foo")
	assert.Equal(t, rados.ErrNotFound, err)
}

func TestClone(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	ns, err := ioctx.GetNamespace()
	require.NoError(t, err)
	ioctx.SetLocator("together")
	require.NoError(t, ioctx.WriteFull("foo", []byte("data")))
	t.Run("settings", func(t *testing.T) {
		clone, err := ioctx.Clone()
		require.NoError(t, err)
		defer clone.Destroy()
		got, err := clone.GetNamespace()
		require.NoError(t, err)
		assert.Equal(t, ns, got)
		assert.Equal(t, "data", string(content(t, clone, "foo")), "the locator")
		assert.Equal(t, ioctx.GetPoolID(), clone.GetPoolID())
		clone.SetLocator("")
		_, err = clone.Stat("foo")
		assert.Equal(t, rados.ErrNotFound, err)
		assert.Equal(t, "data", string(content(t, ioctx, "foo")), "each goes its own way")
		assert.NotEqual(t, ioctx.Pointer(), clone.Pointer())
	})
	t.Run("version", func(t *testing.T) {
		before, err := ioctx.GetLastVersion()
		require.NoError(t, err)
		clone, err := ioctx.Clone()
		require.NoError(t, err)
		defer clone.Destroy()
		require.NoError(t, clone.WriteFull("foo", []byte("data")))
		after, err := ioctx.GetLastVersion()
		require.NoError(t, err)
		assert.Equal(t, before, after)
	})
	t.Run("read snapshot", func(t *testing.T) {
		pool := radostest.Pool(t)
		require.NoError(t, pool.WriteFull("foo", []byte("then")))
		require.NoError(t, pool.CreateSnap("snap"))
		require.NoError(t, pool.WriteFull("foo", []byte("now")))
		id, err := pool.LookupSnap("snap")
		require.NoError(t, err)
		require.NoError(t, pool.SetReadSnap(id))
		clone, err := pool.Clone()
		require.NoError(t, err)
		defer clone.Destroy()
		require.NoError(t, pool.SetReadSnap(rados.SnapHead))
		assert.Equal(t, "then", string(content(t, clone, "foo")))
		assert.Equal(t, "now", string(content(t, pool, "foo")))
	})
	t.Run("another namespace", func(t *testing.T) {
		name := unique("other")
		other, err := ioctx.WithNamespace(name)
		require.NoError(t, err)
		defer other.Destroy()
		got, err := other.GetNamespace()
		require.NoError(t, err)
		assert.Equal(t, name, got)
		_, err = other.Stat("foo")
		assert.Equal(t, rados.ErrNotFound, err)
		_, err = ioctx.WithNamespace("a\x00b")
		assert.ErrorIs(t, err, rados.ErrNameContainsNUL)
		var e *rados.ObjectError
		require.ErrorAs(t, err, &e)
		assert.Equal(t, "WithNamespace", e.Op)
	})
	t.Run("outlives", func(t *testing.T) {
		first, err := ioctx.Clone()
		require.NoError(t, err)
		second, err := first.Clone()
		require.NoError(t, err)
		first.Destroy()
		assert.Equal(t, "data", string(content(t, second, "foo")))
		second.Destroy()
		_, err = first.Clone()
		assert.ErrorIs(t, err, rados.ErrInvalidIOContext)
		_, err = first.WithNamespace("x")
		assert.ErrorIs(t, err, rados.ErrInvalidIOContext)
	})
}

func TestCHandles(t *testing.T) {
	conn := radostest.Conn(t)
	ioctx := open(t, conn, makePool(t, radostest.Conn(t)))
	assert.NotNil(t, conn.Cluster())
	assert.NotNil(t, ioctx.Pointer())
	ioctx.Destroy()
	assert.Panics(t, func() { ioctx.Pointer() })
	conn.Shutdown()
	assert.Panics(t, func() { conn.Cluster() })
	assert.Panics(t, func() { (*rados.Conn)(nil).Cluster() })
	assert.Panics(t, func() { (*rados.IOContext)(nil).Pointer() })
}
