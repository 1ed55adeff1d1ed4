package rados_test

import (
	"cmp"
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// names lists the objects with ListObjects, sorted.
func names(t testing.TB, ioctx *rados.IOContext) []string {
	t.Helper()
	list := []string{}
	require.NoError(t, ioctx.ListObjects(func(oid string) { list = append(list, oid) }))
	slices.Sort(list)
	return list
}

// objects lists the objects with Objects, sorted.
func objects(t testing.TB, ioctx *rados.IOContext) []rados.Object {
	t.Helper()
	list := []rados.Object{}
	for object, err := range ioctx.Objects() {
		require.NoError(t, err)
		list = append(list, object)
	}
	slices.SortFunc(list, func(a, b rados.Object) int {
		return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
	})
	return list
}

func TestListing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(t *testing.T, ioctx *rados.IOContext){
		"list.ListObjects":             listOne,
		"list.ListObjectsNS":           listNamespaces,
		"list.ListObjectsStart":        listFromPositions,
		"list.ListObjectsCursor":       listFromCursors,
		"list.ListObjectsZeroInName":   listAnyNames,
		"py.TestIoctx.test_locator":    listLocators,
		"py.TestIoctx.test_obj_xattrs": listedXattrs,
		"py.TestIoctx.test_list_objects_empty": func(t *testing.T, ioctx *rados.IOContext) {
			iter, err := ioctx.Iter()
			require.NoError(t, err)
			defer iter.Close()
			for range 3 {
				assert.False(t, iter.Next())
				assert.NoError(t, iter.Err())
				assert.Empty(t, iter.Value())
			}
			assert.Empty(t, names(t, ioctx))
			assert.Empty(t, objects(t, ioctx))
		},
		"py.TestIoctx.test_list_objects": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.Write("a", nil, 0))
			require.NoError(t, ioctx.Write("b", []byte("b"), 0))
			require.NoError(t, ioctx.WriteFull("c", []byte("c")))
			require.NoError(t, ioctx.Append("d", []byte("d")))
			assert.Equal(t, []string{"a", "b", "c", "d"}, names(t, ioctx))
		},
		"list.EnumerateObjects": func(t *testing.T, ioctx *rados.IOContext) {
			want := make([]string, 16)
			for i := range want {
				want[i] = fmt.Sprintf("object-%02d", i)
				require.NoError(t, ioctx.WriteFull(want[i], nil))
			}
			assert.Equal(t, want, sliced(t, ioctx, 1))
			var got []string
			for object, err := range ioctx.ObjectsParallel(3) {
				require.NoError(t, err)
				got = append(got, object.Name)
			}
			slices.Sort(got)
			assert.Equal(t, want, got)
		},
		"list.EnumerateObjectsSplit": func(t *testing.T, ioctx *rados.IOContext) {
			want := make([]string, 16)
			for i := range want {
				want[i] = fmt.Sprintf("object-%02d", i)
				require.NoError(t, ioctx.WriteFull(want[i], nil))
			}
			for _, slices := range []uint64{2, 5, 100} {
				assert.Equal(t, want, sliced(t, ioctx, slices))
			}
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, radostest.Pool(t)) })
	}
}

// sliced lists a pool in n slices, one after the other, and returns the names,
// sorted.
func sliced(t *testing.T, ioctx *rados.IOContext, n uint64) []string {
	t.Helper()
	var list []string
	for i := range n {
		for object, err := range ioctx.ObjectsSlice(i, n) {
			require.NoError(t, err)
			list = append(list, object.Name)
		}
	}
	slices.Sort(list)
	return list
}

func listOne(t *testing.T, ioctx *rados.IOContext) {
	require.NoError(t, ioctx.WriteFull("foo", nil))
	iter, err := ioctx.Iter()
	require.NoError(t, err)
	defer iter.Close()
	assert.Empty(t, iter.Value(), "before Next")
	require.True(t, iter.Next())
	assert.Equal(t, "foo", iter.Value())
	assert.Empty(t, iter.Namespace())
	assert.Empty(t, iter.Locator())
	assert.False(t, iter.Next())
	assert.NoError(t, iter.Err())
	assert.Empty(t, iter.Value(), "after the last")
}

func listNamespaces(t *testing.T, ioctx *rados.IOContext) {
	want := map[string][]string{"": {"foo1", "foo2", "foo3"}, "ns1": {"foo1", "foo4", "foo5"}, "ns2": {"foo6", "foo7"}}
	var all []rados.Object
	for _, ns := range sortedKeys(want) {
		ioctx.SetNamespace(ns)
		got, err := ioctx.GetNamespace()
		require.NoError(t, err)
		assert.Equal(t, ns, got)
		for _, oid := range want[ns] {
			require.NoError(t, ioctx.WriteFull(oid, nil))
			all = append(all, rados.Object{Name: oid, Namespace: ns})
		}
	}
	for ns, list := range want {
		ioctx.SetNamespace(ns)
		assert.Equal(t, list, names(t, ioctx))
		for _, object := range objects(t, ioctx) {
			assert.Equal(t, ns, object.Namespace)
		}
	}
	ioctx.SetNamespace(rados.AllNamespaces)
	assert.Equal(t, all, objects(t, ioctx))
	iter, err := ioctx.Iter()
	require.NoError(t, err)
	defer iter.Close()
	ioctx.SetNamespace("ns1")
	n := 0
	for iter.Next() {
		assert.Contains(t, want[iter.Namespace()], iter.Value())
		n++
	}
	require.NoError(t, iter.Err())
	assert.Equal(t, len(all), n, "the namespace is that of when the iterator was made")
}

// listFromPositions seeks to the position of each object, in any order.
func listFromPositions(t *testing.T, ioctx *rados.IOContext) {
	for i := range 16 {
		require.NoError(t, ioctx.WriteFull(fmt.Sprint(i), nil))
	}
	iter, err := ioctx.Iter()
	require.NoError(t, err)
	defer iter.Close()
	at := make(map[rados.IterToken][]string) // the objects listed from each position on
	var order []string
	for iter.Next() {
		token := iter.Token()
		at[token] = append(at[token], iter.Value())
		order = append(order, iter.Value())
	}
	require.NoError(t, iter.Err())
	assert.Len(t, order, 16)
	positions := sortedKeys(at)
	slices.Reverse(positions)
	other, err := ioctx.Iter()
	require.NoError(t, err)
	defer other.Close()
	for _, token := range positions {
		other.Seek(token)
		assert.Equal(t, token, other.Token())
		assert.Empty(t, other.Value())
		require.True(t, other.Next())
		assert.Contains(t, at[token], other.Value())
	}
	other.Seek(0)
	var again []string
	for other.Next() {
		again = append(again, other.Value())
	}
	assert.Equal(t, order, again)
}

// writeMany writes n objects, and returns their names in order.
func writeMany(t *testing.T, ioctx *rados.IOContext, n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("object%05d", i))
	}
	write := func(i int) *rados.Task { return ioctx.Tasks().WriteFull(names[i], nil) }
	for task := range rados.Pipeline(t.Context(), 64, tasks(n, write)) {
		require.NoError(t, task.Err)
	}
	return names
}

// TestTokenSkipsNothing lists more objects than librados fetches together, and goes on from the token of some.
func TestTokenSkipsNothing(t *testing.T) {
	t.Parallel()
	ioctx := radostest.Pool(t)
	want := writeMany(t, ioctx, 3000)
	iter, err := ioctx.Iter()
	require.NoError(t, err)
	defer iter.Close()
	var seen []string
	tokens := map[rados.IterToken]int{} // the number of objects before the last one with that token
	for iter.Next() {
		tokens[iter.Token()] = len(seen)
		seen = append(seen, iter.Value())
	}
	require.NoError(t, iter.Err())
	assert.Greater(t, len(tokens), 1, "librados fetched several times")
	for token, before := range tokens {
		iter.Seek(token)
		all := slices.Clone(seen[:before])
		for iter.Next() {
			all = append(all, iter.Value())
		}
		require.NoError(t, iter.Err())
		slices.Sort(all)
		assert.Equal(t, want, slices.Compact(all), token)
	}
}

// TestIterAfterTimeout goes on with an Iter after an OSD has not answered, when librados had received the
// objects of others.
func TestIterAfterTimeout(t *testing.T) {
	t.Parallel()
	cluster := radostest.Start(t, radostest.OSDs(2), radostest.Config("client", "rados_osd_op_timeout", "5"))
	ioctx := cluster.Pool(t)
	cluster.Ceph(t, "osd", "set-require-min-compat-client", "luminous")
	for pg := range 8 { // the first OSD of the even ones is another than that of the odd ones
		cluster.Ceph(t, "osd", "pg-upmap", fmt.Sprintf("%d.%d", ioctx.GetPoolID(), pg), fmt.Sprint(pg%2), fmt.Sprint(1-pg%2))
	}
	want := writeMany(t, ioctx, 100)
	iter, err := ioctx.Iter()
	require.NoError(t, err)
	defer iter.Close()

	cluster.Pause(t, "osd.1")
	assert.False(t, iter.Next())
	assert.ErrorIs(t, iter.Err(), syscall.ETIMEDOUT)
	cluster.Resume(t, "osd.1")
	var got []string
	for iter.Next() {
		got = append(got, iter.Value())
	}
	require.NoError(t, iter.Err())
	slices.Sort(got)
	assert.Equal(t, want, got)
}

// listFromCursors seeks to the cursor of each object.
func listFromCursors(t *testing.T, ioctx *rados.IOContext) {
	for i := range 16 {
		require.NoError(t, ioctx.WriteFull(fmt.Sprint("object", i), nil))
	}
	iter, err := ioctx.Iter()
	require.NoError(t, err)
	defer iter.Close()
	begin, err := iter.Cursor()
	require.NoError(t, err)
	var found []string
	var cursors []*rados.IterCursor
	for iter.Next() {
		c, err := iter.Cursor()
		require.NoError(t, err)
		found, cursors = append(found, iter.Value()), append(cursors, c)
	}
	require.Len(t, found, 16)
	end, err := iter.Cursor()
	require.NoError(t, err)
	other, err := ioctx.Iter()
	require.NoError(t, err)
	defer other.Close()
	for _, i := range append(rand.Perm(16), rand.Perm(16)...) {
		for _, iter := range []*rados.Iter{iter, other} {
			require.NoError(t, iter.SeekCursor(cursors[i]))
			assert.Empty(t, iter.Value())
			require.True(t, iter.Next())
			assert.Equal(t, found[i], iter.Value())
		}
	}
	for range 2 {
		require.NoError(t, iter.SeekCursor(begin))
		for _, oid := range found {
			require.True(t, iter.Next())
			assert.Equal(t, oid, iter.Value())
		}
		assert.False(t, iter.Next())
		require.NoError(t, iter.SeekCursor(end))
		assert.False(t, iter.Next())
		assert.NoError(t, iter.Err())
	}
	require.NoError(t, ioctx.Delete(found[3]))
	require.NoError(t, iter.SeekCursor(cursors[3]))
	require.True(t, iter.Next())
	assert.Equal(t, found[4], iter.Value(), "the one behind what is gone")

	elsewhere, err := radostest.Pool(t).Iter()
	require.NoError(t, err)
	defer elsewhere.Close()
	assert.ErrorIs(t, elsewhere.SeekCursor(begin), syscall.EINVAL)
	assert.ErrorIs(t, iter.SeekCursor(nil), syscall.EINVAL)
	assert.ErrorIs(t, iter.SeekCursor(new(rados.IterCursor)), syscall.EINVAL)
	iter.Close()
	_, err = iter.Cursor()
	assert.ErrorIs(t, err, rados.ErrIterClosed)
	assert.ErrorIs(t, iter.SeekCursor(begin), rados.ErrIterClosed)
	ioctx.Destroy()
	assert.ErrorIs(t, other.SeekCursor(begin), rados.ErrInvalidIOContext)
	for _, none := range []*rados.Iter{nil, {}} {
		_, err = none.Cursor()
		assert.ErrorIs(t, err, rados.ErrIterClosed)
		assert.ErrorIs(t, none.SeekCursor(begin), rados.ErrIterClosed)
	}
}

// listAnyNames lists names of any bytes. This package can't make one with a
// NUL, which it refuses rather than cutting the name off.
func listAnyNames(t *testing.T, ioctx *rados.IOContext) {
	want := []string{"foo", "日本", "\xff\xfe", "a/b c", "\n\t\x01", "..", strings.Repeat("n", 2000)}
	for _, oid := range want {
		require.NoError(t, ioctx.WriteFull(oid, nil))
	}
	assert.Equal(t, rados.ErrNameContainsNUL, ioctx.WriteFull("foo\x00bar", nil))
	slices.Sort(want)
	assert.Equal(t, want, names(t, ioctx))
}

func listLocators(t *testing.T, ioctx *rados.IOContext) {
	require.NoError(t, ioctx.WriteFull("plain", nil))
	ioctx.SetLocator("bar")
	require.NoError(t, ioctx.WriteFull("foo", []byte("old")))
	ioctx.SetLocator("")
	_, err := ioctx.Stat("foo")
	assert.Equal(t, rados.ErrNotFound, err, "it is not where its name would put it")
	list := objects(t, ioctx)
	assert.Equal(t, []rados.Object{{Name: "foo", Locator: "bar"}, {Name: "plain"}}, list)
	ioctx.SetLocator(list[0].Locator)
	require.NoError(t, ioctx.WriteFull("foo", []byte("new")))
	assert.Equal(t, "new", string(content(t, ioctx, "foo")))
	_, err = ioctx.Stat("plain")
	assert.Equal(t, rados.ErrNotFound, err)
	for object, err := range ioctx.Objects() {
		require.NoError(t, err)
		ioctx.SetLocator(object.Locator)
		require.NoError(t, ioctx.Delete(object.Name))
	}
	assert.Empty(t, objects(t, ioctx))
	ioctx.SetLocator("b\x00ar")
	assert.ErrorIs(t, ioctx.WriteFull("foo", nil), rados.ErrNameContainsNUL)
	ioctx.SetLocator("")
	assert.NoError(t, ioctx.WriteFull("foo", nil))
}

func listedXattrs(t *testing.T, ioctx *rados.IOContext) {
	require.NoError(t, ioctx.WriteFull("foo", nil))
	for object, err := range ioctx.Objects() {
		require.NoError(t, err)
		for name, value := range map[string]string{"a": "1", "b": "2\x003", "c": "\x00", "d": ""} {
			require.NoError(t, ioctx.SetXattr(object.Name, name, []byte(value)))
		}
	}
	var got []string
	for xattr, err := range ioctx.Xattrs("foo") {
		require.NoError(t, err)
		got = append(got, xattr.Name+"="+string(xattr.Value))
	}
	assert.Equal(t, []string{"a=1", "b=2\x003", "c=\x00", "d="}, got)
	for xattr, err := range ioctx.Xattrs("foo") {
		require.NoError(t, err)
		assert.Equal(t, "a", xattr.Name)
		break
	}
	for xattr, err := range ioctx.Xattrs("none") {
		assert.ErrorIs(t, err, rados.ErrNotFound)
		assert.Zero(t, xattr)
	}
}

// TestLongListing lists more objects than the first reply has, which is one
// page of each placement group, and leaves early.
func TestLongListing(t *testing.T) {
	t.Parallel()
	ioctx := radostest.Pool(t)
	const count = 1500
	var wg await.Group
	for worker := range 16 {
		wg.Go(func() {
			for i := worker; i < count; i += 16 {
				assert.NoError(t, ioctx.Create(fmt.Sprintf("object-%05d", i), rados.CreateExclusive))
			}
		})
	}
	wg.Wait()
	list := names(t, ioctx)
	assert.Len(t, list, count)
	assert.Equal(t, list, slices.Compact(slices.Clone(list)), "each once")

	left := 0
	for _, err := range ioctx.Objects() {
		require.NoError(t, err)
		if left++; left == 100 {
			break
		}
	}
	assert.Equal(t, 100, left)

	t.Run("destroyed in the middle", func(t *testing.T) {
		clone, err := ioctx.Clone()
		require.NoError(t, err)
		iter, err := clone.Iter()
		require.NoError(t, err)
		require.True(t, iter.Next())
		clone.Destroy()
		assert.False(t, iter.Next())
		assert.Equal(t, rados.ErrInvalidIOContext, iter.Err())
		assert.Empty(t, iter.Value())
		assert.Zero(t, iter.Token())
		iter.Seek(5)
		iter.Close()
		assert.False(t, iter.Next())

		clone, err = ioctx.Clone()
		require.NoError(t, err)
		var errs []error
		for object, err := range clone.Objects() {
			clone.Destroy()
			if err != nil {
				assert.Zero(t, object)
				errs = append(errs, err)
			}
		}
		require.Len(t, errs, 1, "the error comes last")
		assert.ErrorIs(t, errs[0], rados.ErrInvalidIOContext)
		assert.Equal(t, rados.ErrInvalidIOContext, clone.ListObjects(func(string) { t.Error("called") }))
		_, err = clone.Iter()
		assert.Equal(t, rados.ErrInvalidIOContext, err)
	})
	t.Run("shut down in the middle", func(t *testing.T) {
		conn := radostest.Conn(t)
		pool, err := ioctx.GetPoolName()
		require.NoError(t, err)
		iter, err := open(t, conn, pool).Iter()
		require.NoError(t, err)
		require.True(t, iter.Next())
		conn.Shutdown()
		assert.False(t, iter.Next())
		assert.Equal(t, rados.ErrNotConnected, iter.Err())
		iter.Close()
	})
	t.Run("closed", func(t *testing.T) {
		iter, err := ioctx.Iter()
		require.NoError(t, err)
		require.True(t, iter.Next())
		iter.Close()
		iter.Close()
		assert.False(t, iter.Next())
		assert.Equal(t, rados.ErrIterClosed, iter.Err())
		assert.Empty(t, iter.Value())
		assert.Zero(t, iter.Token())
		iter.Seek(1)
		var none *rados.Iter
		assert.False(t, none.Next())
		assert.Equal(t, rados.ErrIterClosed, none.Err())
		assert.Empty(t, none.Value()+none.Namespace()+none.Locator())
		assert.Zero(t, none.Token())
		none.Seek(1)
		none.Close()
	})
	t.Run("collected in the middle", func(t *testing.T) {
		pool, err := ioctx.GetPoolName()
		require.NoError(t, err)
		iter := func() *rados.Iter {
			iter, err := dropped(t, radostest.Shared(t).Conf(), pool).Iter()
			require.NoError(t, err)
			return iter
		}()
		n := 0
		for iter.Next() {
			if n++; n%100 == 0 {
				runtime.GC() // nothing but the iterator refers to the IOContext and Conn
			}
		}
		require.NoError(t, iter.Err())
		assert.Equal(t, count, n)
	})
	t.Run("several at once", func(t *testing.T) {
		iter, err := ioctx.Iter()
		require.NoError(t, err)
		defer iter.Close()
		var wg await.Group
		var mu sync.Mutex
		n := 0
		for range 4 {
			wg.Go(func() {
				for iter.Next() {
					_ = iter.Value()
					mu.Lock()
					n++
					mu.Unlock()
				}
				assert.NoError(t, iter.Err())
			})
		}
		wg.Wait()
		assert.Equal(t, count, n)
	})
}

func TestListingOfADeletedPool(t *testing.T) {
	t.Parallel()
	t.Run("list.NP.ListObjectsError", func(t *testing.T) {
		conn := radostest.Conn(t)
		name := makePool(t, conn)
		ioctx := open(t, conn, name)
		require.NoError(t, conn.DeletePool(name))
		require.NoError(t, conn.WaitForLatestOSDMap())
		iter, err := ioctx.Iter()
		require.NoError(t, err)
		defer iter.Close()
		assert.False(t, iter.Next())
		assert.Equal(t, rados.ErrNotFound, iter.Err())
	})
	t.Run("seeking", func(t *testing.T) {
		conn := radostest.Conn(t)
		name := makePool(t, conn)
		ioctx := open(t, conn, name)
		writeMany(t, ioctx, 2)
		iter, err := ioctx.Iter()
		require.NoError(t, err)
		defer iter.Close()
		require.True(t, iter.Next())
		token := iter.Token()
		cursor, err := iter.Cursor()
		require.NoError(t, err)
		require.NoError(t, conn.DeletePool(name))
		require.NoError(t, conn.WaitForLatestOSDMap())
		if iter.Next() { // librados has the object
			assert.NotEmpty(t, iter.Value())
		}
		iter.Seek(token)
		assert.Equal(t, rados.ErrNotFound, iter.Err())
		assert.False(t, iter.Next())
		assert.Equal(t, rados.ErrNotFound, iter.Err())
		_, err = iter.Cursor()
		assert.ErrorIs(t, err, rados.ErrNotFound)
		assert.ErrorIs(t, iter.SeekCursor(cursor), rados.ErrNotFound)
	})
}

// TestListingOfDeletedPool expects an error, not an empty listing.
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
