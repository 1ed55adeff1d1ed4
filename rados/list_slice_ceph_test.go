package rados_test

import (
	"fmt"
	"iter"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// everything returns all objects of a listing.
func everything(t testing.TB, list iter.Seq2[rados.Object, error]) (objects []rados.Object) {
	t.Helper()
	for o, err := range list {
		require.NoError(t, err)
		objects = append(objects, o)
	}
	return objects
}

// spread writes objects in each of three namespaces, some with a locator.
func spread(t testing.TB, ioctx *rados.IOContext, each int) (all map[string][]rados.Object) {
	t.Helper()
	all = make(map[string][]rados.Object)
	for _, namespace := range []string{"", "one", "two"} {
		ioctx.SetNamespace(namespace)
		for i := range each {
			o := rados.Object{Name: fmt.Sprintf("object-%d", i), Namespace: namespace}
			if i%10 == 0 {
				o.Locator = "elsewhere"
			}
			ioctx.SetLocator(o.Locator)
			require.NoError(t, ioctx.WriteFull(o.Name, nil))
			all[namespace] = append(all[namespace], o)
			all[rados.AllNamespaces] = append(all[rados.AllNamespaces], o)
		}
	}
	ioctx.SetLocator("")
	ioctx.SetNamespace("")
	return all
}

func TestObjectSlices(t *testing.T) {
	conn := radostest.Conn(t)
	ioctx := open(t, conn, makePool(t, conn))
	for n := range uint64(3) {
		assert.Empty(t, everything(t, ioctx.ObjectsSlice(n, 3)), "an empty pool")
	}
	assert.Empty(t, everything(t, ioctx.ObjectsParallel(3)))
	all := spread(t, ioctx, 400) // more than a batch
	for namespace, want := range all {
		ioctx.SetNamespace(namespace)
		for _, m := range []uint64{1, 2, 5, 64} {
			t.Run(fmt.Sprintf("%q %d", namespace, m), func(t *testing.T) {
				var got []rados.Object
				for n := range m {
					got = append(got, everything(t, ioctx.ObjectsSlice(n, m))...)
				}
				assert.ElementsMatch(t, want, got, "each in one slice")
				assert.ElementsMatch(t, want, everything(t, ioctx.ObjectsParallel(int(min(m, 8)))))
			})
		}
	}
	ioctx.SetNamespace("none")
	assert.Empty(t, everything(t, ioctx.ObjectsParallel(2)))
}

func TestObjectSlicesEnd(t *testing.T) {
	conn := radostest.Conn(t)
	name := makePool(t, conn)
	filling := open(t, conn, name)
	spread(t, filling, 600)
	for way, list := range map[string]func(*rados.IOContext) iter.Seq2[rados.Object, error]{
		"ObjectsSlice":    func(ioctx *rados.IOContext) iter.Seq2[rados.Object, error] { return ioctx.ObjectsSlice(0, 1) },
		"ObjectsParallel": func(ioctx *rados.IOContext) iter.Seq2[rados.Object, error] { return ioctx.ObjectsParallel(1) },
	} {
		t.Run(way+" break", func(t *testing.T) {
			ioctx := open(t, conn, name)
			for _, err := range list(ioctx) {
				require.NoError(t, err)
				break
			}
			assert.Len(t, everything(t, list(ioctx)), 600, "again, all of them")
		})
		t.Run(way+" destroyed", func(t *testing.T) {
			ioctx := open(t, conn, name)
			ioctx.SetNamespace(rados.AllNamespaces) // the last are asked for when many have been seen
			var last error
			for _, last = range list(ioctx) {
				ioctx.Destroy()
			}
			assert.ErrorIs(t, last, rados.ErrInvalidIOContext)
			for _, err := range list(ioctx) {
				assert.ErrorIs(t, err, rados.ErrInvalidIOContext)
			}
		})
		t.Run(way+" of a pool that is gone", func(t *testing.T) {
			gone := makePool(t, conn)
			ioctx := open(t, conn, gone)
			require.NoError(t, conn.DeletePool(gone))
			require.NoError(t, conn.WaitForLatestOSDMap())
			for _, err := range list(ioctx) {
				assert.ErrorIs(t, err, rados.ErrNotFound)
			}
		})
	}
}

func TestNoSuchSlice(t *testing.T) {
	ioctx := namespace(t)
	for _, slice := range [][2]uint64{{0, 0}, {1, 1}, {7, 3}, {1<<64 - 1, 3}} {
		yielded := 0
		for _, err := range ioctx.ObjectsSlice(slice[0], slice[1]) {
			assert.ErrorIs(t, err, syscall.EINVAL)
			yielded++
		}
		assert.Equal(t, 1, yielded)
	}
}

// TestTooManySlices lists one of 2³² slices, and refuses more: each slice is a
// part of the pool.
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
