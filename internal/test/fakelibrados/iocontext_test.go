package fakelibrados_test

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
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

// withs are the methods that return a clone with another setting, with the C function that sets it
// and the arguments that it gets.
var withs = []struct {
	name, sends string
	with        func(*rados.IOContext) (*rados.IOContext, error)
	given       []any
}{
	{"WithNamespace", "rados_ioctx_set_namespace", func(ioctx *rados.IOContext) (*rados.IOContext, error) {
		return ioctx.WithNamespace("other")
	}, []any{"other"}},
	{"WithLocator", "rados_ioctx_locator_set_key", func(ioctx *rados.IOContext) (*rados.IOContext, error) {
		return ioctx.WithLocator("other")
	}, []any{"other"}},
	{"WithReadSnap", "rados_ioctx_snap_set_read", func(ioctx *rados.IOContext) (*rados.IOContext, error) {
		return ioctx.WithReadSnap(8)
	}, []any{8}},
	{"WithSnapContext", "rados_ioctx_selfmanaged_snap_set_write_ctx", func(ioctx *rados.IOContext) (*rados.IOContext, error) {
		return ioctx.WithSnapContext(9, []rados.SnapID{9, 4})
	}, []any{9, 9, 4}},
	{"WithPoolFullTry", "rados_set_pool_full_try", (*rados.IOContext).WithPoolFullTry, nil},
	{"WithoutPoolFullTry", "rados_unset_pool_full_try", (*rados.IOContext).WithoutPoolFullTry, nil},
}

// configured returns an IOContext on which everything is set, and what sets it.
func configured(t *testing.T) (ioctx *rados.IOContext, sent map[string][]any) {
	ioctx = opened(t)
	ioctx.SetNamespace("namespace")
	ioctx.SetLocator("locator")
	require.NoError(t, ioctx.SetReadSnap(7))
	require.NoError(t, ioctx.SetSnapContext(7, []rados.SnapID{7, 5}))
	require.NoError(t, ioctx.SetPoolFullTry())
	sent = map[string][]any{}
	for _, w := range withs {
		if fakelibrados.Calls(w.sends) > 0 {
			sent[w.sends] = fakelibrados.Args(w.sends)
		}
	}
	require.Len(t, sent, 5)
	return ioctx, sent
}

// TestWith expects each setting to be set once on the clone, the one that differs and the others of the
// IOContext, and the same of a clone of the clone.
func TestWith(t *testing.T) {
	for _, w := range withs {
		t.Run(w.name, func(t *testing.T) {
			ioctx, want := configured(t)
			want[w.sends] = w.given
			if w.name == "WithoutPoolFullTry" {
				delete(want, "rados_set_pool_full_try")
			}
			clone, err := w.with(ioctx)
			require.NoError(t, err)
			calls := func() map[string]int {
				n := map[string]int{}
				for _, w := range withs {
					n[w.sends] = fakelibrados.Calls(w.sends)
				}
				return n
			}
			before := calls()
			again, err := clone.Clone()
			require.NoError(t, err)
			after := calls()
			for sends, given := range want {
				assert.Equal(t, given, fakelibrados.Args(sends), sends)
				assert.Equal(t, before[sends]+1, after[sends], "%s: once", sends)
				delete(after, sends)
			}
			for sends, n := range after {
				assert.Equal(t, before[sends], n, sends)
			}

			ioctx.Destroy()
			require.NoError(t, clone.Delete("object"), "it is independent")
			clone.Destroy()
			require.NoError(t, again.Delete("object"))
		})
	}
}

// TestWithOfAClosedIOContext expects an error that names the method, and no call.
func TestWithOfAClosedIOContext(t *testing.T) {
	for _, w := range withs {
		t.Run(w.name, func(t *testing.T) {
			o := both(t)
			fails := func(ioctx *rados.IOContext, want error) {
				t.Helper()
				sendsNothing(t, func() {
					clone, err := w.with(ioctx)
					assert.Nil(t, clone)
					assert.Equal(t, want, wrapped(w.name, err))
				})
			}
			fails(nil, rados.ErrInvalidIOContext)
			fails(&rados.IOContext{}, rados.ErrInvalidIOContext)
			o.ioctx.SetLocator("a\x00b")
			fails(o.ioctx, rados.ErrNameContainsNUL)
			o.ioctx.SetLocator("")
			other, err := o.conn.OpenIOContext("other")
			require.NoError(t, err)
			other.Destroy()
			fails(other, rados.ErrInvalidIOContext)
			o.conn.Shutdown()
			fails(o.ioctx, rados.ErrNotConnected)
		})
	}
}

// TestWithFails expects the clone to be destroyed if it can't be configured, and no clone to be made of
// what belongs to a pool that was deleted.
func TestWithFails(t *testing.T) {
	for _, w := range withs {
		t.Run(w.name, func(t *testing.T) {
			ioctx, _ := configured(t)
			live := fakelibrados.Live()
			fails := func(function string, want error) {
				t.Helper()
				clone, err := w.with(ioctx)
				assert.Nil(t, clone)
				assert.Equal(t, want, wrapped(w.name, err))
				assert.Equal(t, live, fakelibrados.Live(), function)
				fakelibrados.Proceed(function)
			}
			fakelibrados.Return("rados_ioctx_create2", -int(syscall.EPERM))
			fails("rados_ioctx_create2", rados.ErrPermissionDenied)
			fakelibrados.Return("rados_ioctx_selfmanaged_snap_set_write_ctx", -int(syscall.EPERM))
			fails("rados_ioctx_selfmanaged_snap_set_write_ctx", rados.ErrPermissionDenied)
			made := fakelibrados.Calls("rados_ioctx_create2")
			fakelibrados.Return("rados_ioctx_pool_requires_alignment2", -int(syscall.ENOENT))
			fails("rados_ioctx_pool_requires_alignment2", rados.ErrNotFound)
			assert.Equal(t, made, fakelibrados.Calls("rados_ioctx_create2"), "it would wait for the monitors")
		})
	}
}

func TestWithNUL(t *testing.T) {
	ioctx := opened(t)
	live := fakelibrados.Live()
	for name, with := range map[string]func(string) (*rados.IOContext, error){
		"WithNamespace": ioctx.WithNamespace, "WithLocator": ioctx.WithLocator,
	} {
		for _, bad := range []string{"a\x00b", "\x00"} {
			clone, err := with(bad)
			assert.Nil(t, clone)
			assert.Equal(t, rados.ErrNameContainsNUL, wrapped(name, err))
			assert.Equal(t, live, fakelibrados.Live(), "the clone is gone")
		}
	}
	require.NoError(t, ioctx.Delete("object"), "it is as it was")
}

// TestWithSnapContextKeepsTheSnaps expects the snapshots that were given, even if the caller has changed
// its slice since.
func TestWithSnapContextKeepsTheSnaps(t *testing.T) {
	ioctx := opened(t)
	snaps := []rados.SnapID{9, 4}
	first, err := ioctx.WithSnapContext(9, snaps)
	require.NoError(t, err)
	clear(snaps)
	_, err = first.Clone()
	require.NoError(t, err)
	assert.Equal(t, []any{9, 9, 4}, fakelibrados.Args("rados_ioctx_selfmanaged_snap_set_write_ctx"))
}

// TestWithDuringCalls uses an IOContext and its clones at the same time.
func TestWithDuringCalls(t *testing.T) {
	ioctx, _ := configured(t)
	live := fakelibrados.Live()
	var wg await.Group
	for _, w := range withs {
		wg.Go(func() {
			for range 50 {
				clone, err := w.with(ioctx)
				if !assert.NoError(t, err) {
					return
				}
				assert.NoError(t, ioctx.Delete("object"))
				assert.NoError(t, clone.Delete("object"))
				clone.Destroy()
			}
		})
	}
	wg.Wait()
	assert.Equal(t, live, fakelibrados.Live())
}

// BenchmarkClone clones an IOContext with two settings.
func BenchmarkClone(b *testing.B) {
	for name, clone := range map[string]func(*rados.IOContext) (*rados.IOContext, error){
		"Clone": (*rados.IOContext).Clone, withs[0].name: withs[0].with,
	} {
		b.Run(name, func(b *testing.B) {
			fakelibrados.Reset()
			conn, err := rados.NewConn()
			require.NoError(b, err)
			defer conn.Shutdown()
			require.NoError(b, conn.Connect())
			ioctx, err := conn.OpenIOContext("pool")
			require.NoError(b, err)
			ioctx.SetNamespace("namespace")
			ioctx.SetLocator("locator")
			b.ReportAllocs()
			for b.Loop() {
				clone, err := clone(ioctx)
				if err != nil {
					b.Fatal(err)
				}
				clone.Destroy()
			}
		})
	}
}

// TestCloneOfAWriteContext expects the snapshots that were set, even if the
// caller has changed its slice since.
func TestCloneOfAWriteContext(t *testing.T) {
	ioctx := opened(t)
	snaps := []rados.SnapID{3, 2}
	require.NoError(t, ioctx.SetSnapContext(3, snaps))
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
	require.NoError(t, ioctx.SetSnapContext(7, snaps))
	snaps[0], snaps[1] = 3, 1
	fakelibrados.Return(sends, -int(syscall.EINVAL))
	assert.ErrorIs(t, ioctx.SetSnapContext(3, snaps), syscall.EINVAL)
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
