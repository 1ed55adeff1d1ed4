package rados_test

import (
	"context"
	"iter"
	"reflect"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
		for end := time.Now().Add(patience); stat.Num_objects != 1 || stat.Num_user_bytes != 128; time.Sleep(50 * time.Millisecond) {
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
}

// TestListingOfDeletedPool: a pool that is gone is not an empty one.
func TestListingOfDeletedPool(t *testing.T) {
	conn := radostest.Conn(t)
	name := makePool(t, conn)
	ioctx := open(t, conn, name)
	require.NoError(t, ioctx.WriteFull("object", nil))
	require.NoError(t, conn.DeletePool(name))
	for what, list := range map[string]iter.Seq2[rados.Object, error]{
		"Objects":         ioctx.Objects(),
		"ObjectsSlice":    ioctx.ObjectsSlice(0, 1),
		"ObjectsParallel": ioctx.ObjectsParallel(2),
	} {
		errs := 0
		for object, err := range list {
			errs++
			require.ErrorIs(t, err, rados.ErrNotFound, what)
			assert.Zero(t, object, what)
		}
		assert.Equal(t, 1, errs, what)
	}
	assert.Equal(t, rados.ErrNotFound, ioctx.ListObjects(func(string) { t.Error("an object") }))
}

// TestTooManySlices: each of those that can be had is a part of the pool, no more.
func TestTooManySlices(t *testing.T) {
	ioctx := radostest.Pool(t)
	for i := range 10 {
		require.NoError(t, ioctx.WriteFull(unique("object"), nil), i)
	}
	for _, slice := range [][2]uint64{{0, 0}, {1, 1}, {0, 1<<32 + 1}, {1<<40 - 1, 1 << 40}, {0, 1<<64 - 1}} {
		for _, err := range ioctx.ObjectsSlice(slice[0], slice[1]) {
			require.ErrorIs(t, err, syscall.EINVAL)
		}
	}
	for _, n := range []uint64{0, 1 << 31, 1<<32 - 1} {
		for _, err := range ioctx.ObjectsSlice(n, 1<<32) {
			t.Error("a slice of one hash has an object", err)
		}
	}
}

// TestDeletedPool calls each method of an IOContext whose pool has been deleted, and each
// of an Iter: some would make librados abort.
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
				returns(t, func() { callPlainly(t, on.Method(i)) })
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

// returns fails if a call does not return.
func returns(t *testing.T, call func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		call()
	}()
	ends(t, done)
}

// callPlainly calls a method with arguments that are small but not empty, and goes
// through what it returns if that is a sequence.
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

// plain is a value of a type. Numbers go up from 0.
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
