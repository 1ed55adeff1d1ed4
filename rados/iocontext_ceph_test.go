package rados_test

import (
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
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
			assert.ErrorIs(t, err, rados.ErrNameContainsNUL, call)
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
	t.Run("deleted pool", func(t *testing.T) {
		conn := radostest.Conn(t)
		pool := makePool(t, conn)
		ioctx := open(t, conn, pool)
		require.NoError(t, conn.DeletePool(pool))
		require.NoError(t, conn.WaitForLatestOSDMap())
		clone, err := ioctx.Clone()
		assert.Nil(t, clone)
		assert.ErrorIs(t, err, rados.ErrNotFound)
		clone, err = ioctx.WithLocator("key")
		assert.Nil(t, clone)
		assert.ErrorIs(t, err, rados.ErrNotFound)
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

// with returns the IOContext that make returns, until the test ends.
func with(t *testing.T, made func() (*rados.IOContext, error)) *rados.IOContext {
	t.Helper()
	ioctx, err := made()
	require.NoError(t, err)
	t.Cleanup(ioctx.Destroy)
	return ioctx
}

// locators lists the locators of the objects of the namespace of ioctx, by name.
func locators(t *testing.T, ioctx *rados.IOContext) map[string]string {
	t.Helper()
	all := map[string]string{}
	for o, err := range ioctx.Objects() {
		require.NoError(t, err)
		all[o.Name] = o.Locator
	}
	return all
}

// TestWith expects each clone to have the other settings of its IOContext, which stays as it is.
func TestWith(t *testing.T) {
	t.Parallel()
	t.Run("WithNamespace", func(t *testing.T) {
		ioctx := with(t, func() (*rados.IOContext, error) { return namespace(t).WithLocator("together") })
		other := with(t, func() (*rados.IOContext, error) { return ioctx.WithNamespace(unique("other")) })
		require.NoError(t, ioctx.WriteFull("here", nil))
		require.NoError(t, other.WriteFull("there", nil))
		assert.Equal(t, map[string]string{"here": "together"}, locators(t, ioctx))
		assert.Equal(t, map[string]string{"there": "together"}, locators(t, other))
	})
	t.Run("WithLocator", func(t *testing.T) {
		ioctx := namespace(t)
		located := with(t, func() (*rados.IOContext, error) { return ioctx.WithLocator("key") })
		plain := with(t, func() (*rados.IOContext, error) { return located.WithLocator("") })
		require.NoError(t, ioctx.WriteFull("first", nil))
		require.NoError(t, located.WriteFull("second", nil))
		require.NoError(t, plain.WriteFull("third", nil))
		assert.Equal(t, map[string]string{"first": "", "second": "key", "third": ""}, locators(t, ioctx))
	})
	t.Run("WithReadSnap", func(t *testing.T) {
		pool := radostest.Pool(t)
		ioctx := with(t, func() (*rados.IOContext, error) { return pool.WithNamespace("ns") })
		require.NoError(t, ioctx.WriteFull("foo", []byte("then")))
		require.NoError(t, pool.CreateSnap("snap"))
		require.NoError(t, ioctx.WriteFull("foo", []byte("now")))
		id, err := pool.LookupSnap("snap")
		require.NoError(t, err)
		past := with(t, func() (*rados.IOContext, error) { return ioctx.WithReadSnap(id) })
		present := with(t, func() (*rados.IOContext, error) { return past.WithReadSnap(rados.SnapHead) })
		var wg await.Group
		for want, of := range map[string][]*rados.IOContext{"then": {past}, "now": {ioctx, present}} {
			for _, ioctx := range of {
				wg.Go(func() {
					for range 20 {
						data := make([]byte, 10)
						n, err := ioctx.Read("foo", data, 0)
						assert.NoError(t, err)
						assert.Equal(t, want, string(data[:n]))
					}
				})
			}
		}
		wg.Wait()
	})
	t.Run("WithSnapContext", func(t *testing.T) {
		pool := radostest.Pool(t)
		ioctx := with(t, func() (*rados.IOContext, error) { return pool.WithNamespace("ns") })
		for _, oid := range []string{"foo", "bar"} {
			require.NoError(t, ioctx.WriteFull(oid, []byte("then")))
		}
		snap, err := ioctx.CreateSelfManagedSnap()
		require.NoError(t, err)
		writer := with(t, func() (*rados.IOContext, error) { return ioctx.WithSnapContext(snap, []rados.SnapID{snap}) })
		past := with(t, func() (*rados.IOContext, error) { return ioctx.WithReadSnap(snap) })
		require.NoError(t, writer.WriteFull("foo", []byte("now")))
		require.NoError(t, ioctx.WriteFull("bar", []byte("now")))
		assert.Equal(t, "then", string(content(t, past, "foo")))
		assert.Equal(t, "now", string(content(t, past, "bar")), "written without the snapshot")
		assert.Equal(t, "now", string(content(t, ioctx, "foo")))

		clone, err := ioctx.WithSnapContext(1, []rados.SnapID{2})
		assert.Nil(t, clone)
		assert.ErrorIs(t, err, syscall.EINVAL)
		var e *rados.ObjectError
		require.ErrorAs(t, err, &e)
		assert.Equal(t, "WithSnapContext", e.Op)
	})
	t.Run("WithPoolFullTry", func(t *testing.T) { // see TestFull as well
		ioctx := namespace(t)
		try := with(t, ioctx.WithPoolFullTry)
		wait := with(t, try.WithoutPoolFullTry)
		require.NoError(t, try.WriteFull("foo", []byte("data")))
		assert.Equal(t, "data", string(content(t, ioctx, "foo")))
		assert.Equal(t, "data", string(content(t, wait, "foo")))
	})
	t.Run("NUL", func(t *testing.T) {
		ioctx := namespace(t)
		for name, with := range map[string]func(string) (*rados.IOContext, error){
			"WithNamespace": ioctx.WithNamespace, "WithLocator": ioctx.WithLocator,
		} {
			clone, err := with("a\x00b")
			assert.Nil(t, clone)
			assert.ErrorIs(t, err, rados.ErrNameContainsNUL)
			var e *rados.ObjectError
			require.ErrorAs(t, err, &e)
			assert.Equal(t, name, e.Op)
		}
		require.NoError(t, ioctx.WriteFull("foo", nil))
	})
}

func BenchmarkClone(b *testing.B) {
	ioctx := namespace(b)
	ioctx.SetLocator("together")
	for name, clone := range map[string]func() (*rados.IOContext, error){
		"Clone":         ioctx.Clone,
		"WithNamespace": func() (*rados.IOContext, error) { return ioctx.WithNamespace("other") },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				clone, err := clone()
				if err != nil {
					b.Fatal(err)
				}
				clone.Destroy()
			}
		})
	}
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
