package rados_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// makePool makes a pool that is deleted when the test ends.
func makePool(t *testing.T, conn *rados.Conn) string {
	t.Helper()
	name := unique("pool")
	require.NoError(t, conn.MakePool(name))
	t.Cleanup(func() {
		if err := conn.DeletePool(name); err != nil {
			assert.Equal(t, rados.ErrNotFound, err)
		}
	})
	return name
}

func TestPools(t *testing.T) {
	conn := radostest.Conn(t)
	t.Run("pool.PoolList", func(t *testing.T) {
		name := makePool(t, conn)
		pools, err := conn.ListPools()
		require.NoError(t, err)
		assert.Contains(t, pools, name)
	})
	t.Run("pool.PoolLookup2", func(t *testing.T) {
		name := makePool(t, conn)
		id, err := conn.GetPoolByName(name)
		require.NoError(t, err)
		assert.Positive(t, id)
		ioctx := open(t, conn, name)
		assert.Equal(t, id, ioctx.GetPoolID())
		reverse, err := conn.GetPoolByID(id)
		require.NoError(t, err)
		assert.Equal(t, name, reverse)
	})
	t.Run("pool.PoolLookupOtherInstance", func(t *testing.T) {
		other := radostest.Conn(t)
		name := makePool(t, other)
		id, err := conn.GetPoolByName(name)
		require.NoError(t, err)
		want, err := other.GetPoolByName(name)
		require.NoError(t, err)
		assert.Equal(t, want, id)
	})
	t.Run("pool.PoolReverseLookupOtherInstance", func(t *testing.T) {
		other := radostest.Conn(t)
		name := makePool(t, other)
		id, err := other.GetPoolByName(name)
		require.NoError(t, err)
		got, err := conn.GetPoolByID(id)
		require.NoError(t, err)
		assert.Equal(t, name, got)
	})
	t.Run("pool.PoolDelete", func(t *testing.T) {
		name := makePool(t, conn)
		require.NoError(t, conn.DeletePool(name))
		_, err := conn.GetPoolByName(name)
		assert.Equal(t, rados.ErrNotFound, err)
		assert.NoError(t, conn.MakePool(name))
	})
	t.Run("pool.PoolCreateDelete", func(t *testing.T) {
		name := unique("pool")
		require.NoError(t, conn.MakePool(name))
		assert.Equal(t, rados.ErrObjectExists, conn.MakePool(name))
		require.NoError(t, conn.DeletePool(name))
		assert.Equal(t, rados.ErrNotFound, conn.DeletePool(name))
	})
	t.Run("missing", func(t *testing.T) {
		_, err := conn.OpenIOContext("no such pool")
		assert.Equal(t, rados.ErrNotFound, err)
		_, err = conn.GetPoolByID(1 << 40)
		assert.Equal(t, rados.ErrNotFound, err)
		_, err = conn.GetPoolByID(-1)
		assert.Equal(t, rados.ErrNotFound, err)
	})
	t.Run("NUL", func(t *testing.T) {
		assert.Equal(t, rados.ErrNameContainsNUL, conn.MakePool("a\x00b"))
		assert.Equal(t, rados.ErrNameContainsNUL, conn.DeletePool("a\x00b"))
		_, err := conn.GetPoolByName("a\x00b")
		assert.Equal(t, rados.ErrNameContainsNUL, err)
		_, err = conn.OpenIOContext("a\x00b")
		assert.Equal(t, rados.ErrNameContainsNUL, err)
	})
	t.Run("py.TestRados.test_pool_lookup_utf8", func(t *testing.T) {
		name := unique("黄é")
		require.NoError(t, conn.MakePool(name))
		id, err := conn.GetPoolByName(name)
		require.NoError(t, err)
		got, err := conn.GetPoolByID(id)
		require.NoError(t, err)
		assert.Equal(t, name, got)
		require.NoError(t, conn.DeletePool(name))
	})
	t.Run("py.TestCommand.test_ceph_osd_pool_create_utf8", func(t *testing.T) {
		name := unique("黄")
		_, status, err := conn.MonCommand(command(t, "osd pool create", "pool", name, "pg_num", 8))
		require.NoError(t, err, status)
		assert.Equal(t, fmt.Sprintf("pool '%s' created", name), status)
		require.NoError(t, conn.WaitForLatestOSDMap(), "DeletePool only knows the pools of its map")
		require.NoError(t, conn.DeletePool(name))
	})
	t.Run("py.mod.test_ioctx_context_manager", func(t *testing.T) {
		name := makePool(t, conn)
		for range 3 {
			ioctx, err := conn.OpenIOContext(name)
			require.NoError(t, err)
			ioctx.Destroy()
		}
	})
}

func TestManyPools(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 60 pools")
	}
	conn := radostest.Conn(t)
	long := unique("a-pool-with-a-name-that-takes-some-room-in-the-list-of-all-the-pools-there-are")
	var names []string
	for range 60 {
		name := unique(long)
		require.NoError(t, conn.MakePool(name))
		names = append(names, name)
	}
	pools, err := conn.ListPools()
	require.NoError(t, err)
	assert.Subset(t, pools, names, "more than the 4 KiB that are tried first")
	for _, name := range names {
		assert.NoError(t, conn.DeletePool(name))
	}
}

func TestPoolFacts(t *testing.T) {
	conn := radostest.Conn(t)
	name := makePool(t, conn)
	ioctx := open(t, conn, name)
	t.Run("stat.PoolStat", func(t *testing.T) {
		require.NoError(t, ioctx.WriteFull("foo", filled(0xff, 128)))
		got, err := ioctx.GetPoolName()
		require.NoError(t, err)
		assert.Equal(t, name, got)
		var stat rados.PoolStat
		for end := time.Now().Add(await.Patience); stat.Num_objects != 1 || stat.Num_user_bytes != 128 && stat.Num_user_bytes != 128*stat.Num_object_copies; time.Sleep(50 * time.Millisecond) {
			require.True(t, time.Now().Before(end), "%+v, and the manager knows %s", stat, radostest.Shared(t).Ceph(t, "df", "detail", "-f", "json"))
			stat, err = ioctx.GetPoolStats()
			require.NoError(t, err)
		}
	})
	t.Run("deleted", func(t *testing.T) {
		require.NoError(t, conn.DeletePool(name))
		_, err := ioctx.GetPoolName()
		assert.Equal(t, rados.ErrNotFound, err)
		assert.Equal(t, rados.ErrNotFound, ioctx.WriteFull("foo", nil))
	})
	t.Run("py.TestIoctx.test_get_stats", func(t *testing.T) {
		stats, err := open(t, conn, makePool(t, conn)).GetPoolStats()
		require.NoError(t, err)
		assert.Equal(t, rados.PoolStat{}, stats)
	})
}

// TestDeletedPool calls each method of an IOContext whose pool has been
// deleted, and of an Iter: some would make librados abort.
func TestDeletedPool(t *testing.T) {
	t.Parallel()
	conn := radostest.Conn(t)
	name := makePool(t, conn)
	ioctx := open(t, conn, name)
	require.NoError(t, ioctx.WriteFull("object", nil))
	iter, err := ioctx.Iter()
	require.NoError(t, err)
	require.True(t, iter.Next())
	require.NoError(t, conn.DeletePool(name))
	require.NoError(t, conn.WaitForLatestOSDMap())
	for _, on := range []reflect.Value{reflect.ValueOf(iter), reflect.ValueOf(ioctx)} {
		for i := range on.NumMethod() {
			method := on.Type().Method(i).Name
			if slices.Contains([]string{"Destroy", "Close"}, method) {
				continue
			}
			t.Run(method, func(t *testing.T) {
				await.Return(t, func() { callPlainly(t, on.Method(i)) })
				require.NoError(t, ioctx.SetReadSnap(rados.SnapHead))
			})
		}
	}
	_, err = ioctx.Stat("object")
	assert.Equal(t, rados.ErrNotFound, err)
	_, err = ioctx.Read("object", make([]byte, 1), 0)
	assert.Equal(t, rados.ErrNotFound, err)
	for name, change := range map[string]func() error{
		"Write":     func() error { return ioctx.Write("object", []byte("data"), 0) },
		"WriteFull": func() error { return ioctx.WriteFull("object", []byte("data")) },
		"Append":    func() error { return ioctx.Append("object", []byte("data")) },
		"Truncate":  func() error { return ioctx.Truncate("object", 1) },
		"Delete":    func() error { return ioctx.Delete("object") },
		"SetXattr":  func() error { return ioctx.SetXattr("object", "name", nil) },
		"SetOmap":   func() error { return ioctx.SetOmap("object", map[string][]byte{"key": nil}) },
	} {
		assert.Equal(t, rados.ErrNotFound, change(), name)
	}
}

// callPlainly calls a method with small arguments that are not empty, and
// ranges over its result if that is a sequence.
func callPlainly(t *testing.T, method reflect.Value) {
	var args []reflect.Value
	number := 0
	for i := range method.Type().NumIn() {
		args = append(args, plain(t, method.Type().In(i), &number))
	}
	for _, result := range method.Call(args) {
		if result.Kind() == reflect.Func {
			for range result.Seq2() {
			}
		}
	}
}

// plain returns a value of a type. Numbers count up from 0.
func plain(t *testing.T, typ reflect.Type, number *int) reflect.Value {
	switch v := reflect.New(typ).Elem(); {
	case typ == reflect.TypeFor[context.Context]():
		return reflect.ValueOf(t.Context())
	case typ.Kind() == reflect.String:
		return reflect.ValueOf("object").Convert(typ)
	case typ == reflect.TypeFor[[]byte]():
		return reflect.ValueOf([]byte("data"))
	case typ.Kind() == reflect.Func:
		return reflect.MakeFunc(typ, func([]reflect.Value) []reflect.Value { return nil })
	case v.CanInt():
		v.SetInt(int64(*number))
		*number++
		return v
	case v.CanUint():
		v.SetUint(uint64(*number))
		*number++
		return v
	default:
		return v
	}
}

func TestPoolAlignment(t *testing.T) {
	t.Parallel()
	t.Run("py.TestIoctx.test_alignment", func(t *testing.T) {
		ioctx := namespace(t)
		required, err := ioctx.RequiresAlignment()
		require.NoError(t, err)
		assert.False(t, required)
		alignment, err := ioctx.Alignment()
		require.NoError(t, err)
		assert.Zero(t, alignment)
	})
}

func TestMakePoolWithCrushRule(t *testing.T) {
	conn := radostest.Conn(t)
	name := unique("pool")
	require.NoError(t, conn.MakePoolWithCrushRule(name, 0))
	t.Cleanup(func() { conn.DeletePool(name) })
	assert.ErrorIs(t, conn.MakePoolWithCrushRule(name, 0), rados.ErrObjectExists)
	assert.ErrorIs(t, conn.MakePoolWithCrushRule(unique("pool"), 200), rados.ErrNotFound)
	var pool struct {
		Rule string `json:"crush_rule"`
	}
	asked(t, conn, &pool, command(t, "osd pool get", "pool", name, "var", "crush_rule"))
	assert.Equal(t, "replicated_rule", pool.Rule)
}

func TestPoolsByID(t *testing.T) {
	t.Parallel()
	conn := radostest.Conn(t)
	name := makePool(t, conn)
	id, err := conn.GetPoolByName(name)
	require.NoError(t, err)
	ioctx, err := conn.OpenIOContextByID(id)
	require.NoError(t, err)
	defer ioctx.Destroy()
	t.Run("py.TestIoctx2.test_get_last_version", func(t *testing.T) {
		v, err := ioctx.GetLastVersion()
		require.NoError(t, err)
		assert.Zero(t, v)
		assert.Equal(t, id, ioctx.GetPoolID())
		require.NoError(t, ioctx.WriteFull("foo", []byte("data")))
		assert.Equal(t, "data", string(content(t, open(t, conn, name), "foo")))
	})
	t.Run("py.TestIoctx2.test_get_stats", func(t *testing.T) {
		fresh, err := conn.OpenIOContextByID(open(t, conn, makePool(t, conn)).GetPoolID())
		require.NoError(t, err)
		defer fresh.Destroy()
		stats, err := fresh.GetPoolStats()
		require.NoError(t, err)
		assert.Equal(t, rados.PoolStat{}, stats)
	})
	t.Run("missing", func(t *testing.T) {
		for _, id := range []int64{-1, 0, 1 << 40, 1<<63 - 1} {
			_, err := conn.OpenIOContextByID(id)
			assert.ErrorIs(t, err, rados.ErrNotFound)
		}
	})
	t.Run("pool.PoolLookup", func(t *testing.T) { assert.Positive(t, id) })
	t.Run("py.TestRados.test_create_utf8", func(t *testing.T) {
		name := unique("黄")
		require.NoError(t, conn.MakePool(name))
		defer conn.DeletePool(name)
		id, err := conn.GetPoolByName(name)
		require.NoError(t, err)
		got, err := conn.GetPoolByID(id)
		require.NoError(t, err)
		assert.Equal(t, name, got)
	})
	t.Run("py.TestRados.test_list_pools", func(t *testing.T) {
		name := unique(strings.Repeat("a", 500))
		require.NoError(t, conn.MakePool(name))
		pools, err := conn.ListPools()
		require.NoError(t, err)
		assert.Contains(t, pools, name)
		require.NoError(t, conn.DeletePool(name))
		pools, err = conn.ListPools()
		require.NoError(t, err)
		assert.NotContains(t, pools, name)
	})
	t.Run("pool.PoolCreateWithCrushRule", func(t *testing.T) {
		name := unique("pool")
		require.NoError(t, conn.MakePoolWithCrushRule(name, 0))
		require.NoError(t, conn.DeletePool(name))
		assert.ErrorIs(t, conn.MakePoolWithCrushRule(name, 200), rados.ErrNotFound)
	})
	t.Run("pool.PoolGetBaseTier", func(t *testing.T) {
		base, cache := makePool(t, conn), makePool(t, conn)
		id, err := conn.GetPoolByName(base)
		require.NoError(t, err)
		got, err := conn.GetBaseTier(id)
		require.NoError(t, err)
		assert.Equal(t, id, got, "its own")
		_, status, err := conn.MonCommand(command(t, "osd tier add", "pool", base, "tierpool", cache))
		require.NoError(t, err, status)
		require.NoError(t, conn.WaitForLatestOSDMap())
		tier, err := conn.GetPoolByName(cache)
		require.NoError(t, err)
		for _, pool := range []int64{id, tier} {
			got, err = conn.GetBaseTier(pool)
			require.NoError(t, err)
			assert.Equal(t, id, got)
		}
		_, status, err = conn.MonCommand(command(t, "osd tier remove", "pool", base, "tierpool", cache))
		require.NoError(t, err, status)
		_, err = conn.GetBaseTier(1<<63 - 1)
		assert.ErrorIs(t, err, rados.ErrNotFound)
	})
}

func TestGetBaseTier(t *testing.T) {
	conn := radostest.Conn(t)
	base, cache := makePool(t, conn), makePool(t, conn)
	baseID, err := conn.GetPoolByName(base)
	require.NoError(t, err)
	cacheID, err := conn.GetPoolByName(cache)
	require.NoError(t, err)
	tier, err := conn.GetBaseTier(cacheID)
	require.NoError(t, err)
	assert.Equal(t, cacheID, tier, "it is none")
	asked(t, conn, nil, command(t, "osd tier add", "pool", base, "tierpool", cache))
	t.Cleanup(func() { asked(t, conn, nil, command(t, "osd tier remove", "pool", base, "tierpool", cache)) })
	require.NoError(t, conn.WaitForLatestOSDMap())
	tier, err = conn.GetBaseTier(cacheID)
	require.NoError(t, err)
	assert.Equal(t, baseID, tier)
	tier, err = conn.GetBaseTier(baseID)
	require.NoError(t, err)
	assert.Equal(t, baseID, tier)
	_, err = conn.GetBaseTier(1 << 40)
	assert.ErrorIs(t, err, rados.ErrNotFound)
}

func TestCachePin(t *testing.T) {
	conn := radostest.Conn(t)
	base, cache := makePool(t, conn), makePool(t, conn)
	tier := func(what string, pairs ...any) { asked(t, conn, nil, command(t, "osd tier "+what, pairs...)) }
	tier("add", "pool", base, "tierpool", cache)
	t.Cleanup(func() { tier("remove", "pool", base, "tierpool", cache) })
	tier("cache-mode", "pool", cache, "mode", "writeback")
	t.Cleanup(func() { tier("cache-mode", "pool", cache, "mode", "proxy", "yes_i_really_mean_it", true) })
	tier("set-overlay", "pool", base, "overlaypool", cache)
	t.Cleanup(func() { tier("remove-overlay", "pool", base) })
	asked(t, conn, nil, command(t, "osd pool set", "pool", cache, "var", "hit_set_type", "val", "bloom"))
	require.NoError(t, conn.WaitForLatestOSDMap())
	ioctx := open(t, conn, base)
	require.NoError(t, ioctx.WriteFull("foo", []byte("data")))
	require.NoError(t, ioctx.CachePin("foo"))
	require.NoError(t, ioctx.CacheUnpin("foo"))
	assert.NoError(t, ioctx.CacheUnpin("foo"), "again")
	assert.ErrorIs(t, ioctx.CachePin("none"), rados.ErrNotFound)
}

func TestCachePinOutsideACache(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(t *testing.T, ioctx *rados.IOContext){
		"new object": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", nil))
			assert.ErrorIs(t, ioctx.CachePin("foo"), syscall.EINVAL)
			assert.ErrorIs(t, ioctx.CacheUnpin("foo"), syscall.EINVAL)
			assert.ErrorIs(t, ioctx.CachePin("none"), syscall.EINVAL)
		},
		"old object": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", nil))
			assert.ErrorIs(t, ioctx.CachePin("foo"), syscall.EINVAL)
			assert.ErrorIs(t, ioctx.CacheUnpin("foo"), syscall.EINVAL)
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, namespace(t)) })
	}
}

func TestListInconsistentPGs(t *testing.T) {
	conn := radostest.Conn(t)
	ioctx := open(t, conn, makePool(t, conn))
	var pgs []string
	require.Eventually(t, func() (done bool) { // the manager hears of a new pool a little later
		var err error
		pgs, err = conn.ListInconsistentPGs(ioctx.GetPoolID())
		return err == nil
	}, await.Patience, 100*time.Millisecond)
	assert.Empty(t, pgs)
	var err error
	_, err = conn.ListInconsistentPGs(1 << 40)
	assert.ErrorIs(t, err, rados.ErrNotFound)
}
