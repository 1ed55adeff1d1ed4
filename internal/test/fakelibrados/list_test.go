package fakelibrados_test

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/internal/test/process"
	"github.com/go-rados/go-rados/rados"
)

// pool puts objects of these names, locators and namespaces into the pool.
func pool(parts ...string) { fakelibrados.Answer("rados_nobjects_list_next2", parts...) }

func manyObjects(n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("object%d", i))
		pool(names[i], "", "")
	}
	return names
}

func listed(iter *rados.Iter) (names []string) {
	for iter.Next() {
		names = append(names, iter.Value())
	}
	return names
}

func TestIter(t *testing.T) {
	ioctx := opened(t)
	pool("a", "", "", "ü\x00b", "loc\x00", "n\x00s", "", "", "namespace")
	iter, err := ioctx.Iter()
	require.NoError(t, err)
	assert.Empty(t, iter.Value(), "before the first")
	var got []string
	for iter.Next() {
		got = append(got, iter.Value(), iter.Locator(), iter.Namespace())
	}
	assert.Equal(t, []string{"a", "", "", "ü\x00b", "loc\x00", "n\x00s", "", "", "namespace"}, got)
	assert.NoError(t, iter.Err())
	assert.Empty(t, iter.Value()+iter.Locator()+iter.Namespace(), "behind the last")
	assert.False(t, iter.Next())
	assert.NoError(t, iter.Err())
	iter.Close()
	assert.False(t, iter.Next())
	assert.Equal(t, rados.ErrIterClosed, iter.Err())
	iter.Close()
	assert.Equal(t, 1, fakelibrados.Calls("rados_nobjects_list_close"))
}

// TestIterCursor expects a cursor to be freed with its IOContext, or when it is
// collected returns the objects of a listing up to its error.
func TestIterCursor(t *testing.T) {
	ioctx := opened(t)
	names := manyObjects(3)
	iter, err := ioctx.Iter()
	require.NoError(t, err)
	require.True(t, iter.Next())
	require.True(t, iter.Next())
	cursor, err := iter.Cursor()
	require.NoError(t, err)
	assert.Equal(t, 1, fakelibrados.Live()["cursors"])
	assert.Equal(t, names[2:], listed(iter))
	require.NoError(t, iter.SeekCursor(cursor))
	assert.Equal(t, names[1:], listed(iter))
	runtime.KeepAlive(cursor)
	cursor = nil
	require.Eventually(t, func() bool {
		runtime.GC()
		return fakelibrados.Live()["cursors"] == 0
	}, time.Minute, time.Millisecond)

	kept, err := iter.Cursor()
	require.NoError(t, err)
	fakelibrados.Return("rados_nobjects_list_get_cursor", -int(syscall.ENOMEM))
	_, err = iter.Cursor()
	assert.ErrorIs(t, err, syscall.ENOMEM)
	assert.Equal(t, 1, fakelibrados.Live()["cursors"])
	ioctx.Destroy()
	assert.Zero(t, fakelibrados.Live()["cursors"])
	assert.Equal(t, rados.ErrInvalidIOContext, wrapped("Iter.SeekCursor", iter.SeekCursor(kept)))
	_, err = iter.Cursor()
	assert.Equal(t, rados.ErrInvalidIOContext, wrapped("Iter.Cursor", err))
}

// TestIterOfNoPool distinguishes the end of a listing from a missing pool:
// librados returns ENOENT for both.
func TestIterOfNoPool(t *testing.T) {
	ioctx := opened(t)
	manyObjects(2)
	fakelibrados.Return("rados_ioctx_get_pool_name", -int(syscall.ENOENT))
	iter, err := ioctx.Iter()
	require.NoError(t, err)
	assert.Len(t, listed(iter), 2)
	assert.Equal(t, rados.ErrNotFound, iter.Err())
	iter.Close()
	found := 0
	for _, err = range ioctx.Objects() {
		found++
	}
	assert.Equal(t, 3, found, "the error is the last")
	assert.Equal(t, rados.ErrNotFound, wrapped("Objects", err))
	assert.EqualError(t, err, "rados: Objects: "+rados.ErrNotFound.Error())
}

func TestIterFails(t *testing.T) {
	ioctx := opened(t)
	want := manyObjects(5)
	fakelibrados.ReturnAfter("rados_nobjects_list_next2", 3, -int(syscall.EIO))
	iter, err := ioctx.Iter()
	require.NoError(t, err)
	defer iter.Close()
	assert.Equal(t, want[:3], listed(iter))
	assert.ErrorIs(t, iter.Err(), syscall.EIO)
	assert.Empty(t, iter.Value())
	fakelibrados.Proceed("rados_nobjects_list_next2")
	assert.Equal(t, want[3:], listed(iter), "it has passed, and no object has been passed over")
	assert.NoError(t, iter.Err())

	fakelibrados.Return("rados_nobjects_list_open", -int(syscall.EPERM))
	iter, err = ioctx.Iter()
	assert.Equal(t, rados.ErrPermissionDenied, err)
	assert.Nil(t, iter)
}

func TestIterOfNothing(t *testing.T) {
	callsNothing(t, func() {
		for what, iter := range map[string]*rados.Iter{"nil": nil, "zero": {}} {
			assert.False(t, iter.Next(), what)
			assert.Equal(t, rados.ErrIterClosed, iter.Err(), what)
			assert.Empty(t, iter.Value()+iter.Locator()+iter.Namespace(), what)
			assert.Zero(t, iter.Token(), what)
			iter.Seek(7)
			iter.Close()
			iter.Close()
		}
	})
}

func TestIterTokens(t *testing.T) {
	ioctx := opened(t)
	manyObjects(5)
	iter, err := ioctx.Iter()
	require.NoError(t, err)
	defer iter.Close()
	require.True(t, iter.Next())
	require.True(t, iter.Next())
	token := iter.Token() // of the current object: librados has the position of the next one
	assert.Equal(t, []string{"object2", "object3", "object4"}, listed(iter))
	iter.Seek(token)
	assert.Empty(t, iter.Value())
	assert.Equal(t, []string{"object1", "object2", "object3", "object4"}, listed(iter))
	fakelibrados.Return("rados_nobjects_list_get_pg_hash_position", 1<<31+1)
	iter.Seek(0)
	assert.Equal(t, rados.IterToken(1<<31+1), iter.Token(), "no error")
	other, err := ioctx.Iter()
	require.NoError(t, err)
	other.Seek(3)
	assert.Equal(t, []string{"object3", "object4"}, listed(other))
	other.Close()
	assert.Zero(t, other.Token())
	other.Seek(0)
	assert.False(t, other.Next())
}

// TestIterEndsWithItsIOContext closes both in either order.
func TestIterEndsWithItsIOContext(t *testing.T) {
	for what, end := range map[string]func(o on) error{
		"destroy":  func(o on) error { o.ioctx.Destroy(); return rados.ErrInvalidIOContext },
		"shutdown": func(o on) error { o.conn.Shutdown(); return rados.ErrNotConnected },
	} {
		t.Run(what, func(t *testing.T) {
			o := both(t)
			manyObjects(5)
			iter, err := o.ioctx.Iter()
			require.NoError(t, err)
			require.True(t, iter.Next())
			want := end(o)
			assert.Equal(t, 1, fakelibrados.Calls("rados_nobjects_list_close"))
			callsNothing(t, func() {
				assert.False(t, iter.Next())
				assert.Equal(t, want, iter.Err())
				assert.Zero(t, iter.Token())
				iter.Seek(1)
				iter.Close()
			})
		})
	}
}

// TestIterClosedUnderNext closes an Iter during Next: Close does not wait, and
// the listing lives until Next returns.
func TestIterClosedUnderNext(t *testing.T) {
	o := both(t)
	manyObjects(5)
	iter, err := o.ioctx.Iter()
	require.NoError(t, err)
	finish := held(t, "rados_nobjects_list_next2", func() error {
		assert.True(t, iter.Next())
		return nil
	})
	iter.Close()
	o.ioctx.Destroy()
	o.conn.Shutdown()
	assert.Equal(t, map[string]int{"clusters": connection, "ioctxs": 1, "listings": 1}, fakelibrados.Live())
	assert.Empty(t, iter.Value(), "does not wait for Next")
	require.NoError(t, finish())
	assert.Equal(t, "object0", iter.Value())
	assert.Empty(t, fakelibrados.Live())
	assert.False(t, iter.Next())
}

// droppedIter returns an Iter that holds the only reference to its IOContext
// and Conn.
func droppedIter(t *testing.T) *rados.Iter {
	iter, err := connectedTo(t, "pool").ioctx.Iter()
	require.NoError(t, err)
	return iter
}

// TestIterKeepsItsIOContext runs the collector between all calls of Next. The
// fake ends the process if the IOContext is freed first.
func TestIterKeepsItsIOContext(t *testing.T) {
	fresh(t)
	want := manyObjects(50)
	iter := droppedIter(t)
	var names []string
	for iter.Next() {
		names = append(names, iter.Value())
		runtime.GC()
		assert.Equal(t, 1, fakelibrados.Live()["ioctxs"])
	}
	assert.NoError(t, iter.Err())
	assert.Equal(t, want, names)
	runtime.KeepAlive(iter)
	iter = nil
	collectUntil(t, "freed", nothingLives)
	assert.Equal(t, 1, fakelibrados.Calls("rados_nobjects_list_close"), "a dropped one is closed")
}

// TestItersByMany uses one Iter from several goroutines: each object is
// returned once. Closing it under them is safe.
func TestItersByMany(t *testing.T) {
	o := both(t)
	const n = 500
	manyObjects(n)
	iter, err := o.ioctx.Iter()
	require.NoError(t, err)
	var wg await.Group
	for range 4 {
		wg.Go(func() {
			for iter.Next() {
				iter.Value()
				iter.Token()
				iter.Err()
			}
		})
	}
	wg.Wait()
	assert.Equal(t, n+4, fakelibrados.Calls("rados_nobjects_list_next2"))
	for range 50 {
		o := connectedTo(t, "pool")
		iter, err := o.ioctx.Iter()
		require.NoError(t, err)
		for range 3 {
			wg.Go(func() { listed(iter) })
			wg.Go(func() { iter.Seek(iter.Token()) })
		}
		wg.Go(iter.Close)
		wg.Go(o.ioctx.Destroy)
		wg.Go(o.conn.Shutdown)
		wg.Wait()
	}
}

func TestListObjects(t *testing.T) {
	ioctx := opened(t)
	want := manyObjects(20)
	var names []string
	require.NoError(t, ioctx.ListObjects(func(oid string) { names = append(names, oid) }))
	assert.Equal(t, want, names)
	assert.Empty(t, fakelibrados.Live()["listings"])
	names = nil
	assert.Panics(t, func() {
		ioctx.ListObjects(func(oid string) {
			names = append(names, oid)
			panic("stop")
		})
	})
	assert.Len(t, names, 1)
	assert.Empty(t, fakelibrados.Live()["listings"], "closed all the same")
}

func TestObjects(t *testing.T) {
	ioctx := opened(t)
	pool("a", "locator", "namespace", "b", "", "")
	var objects []rados.Object
	for object, err := range ioctx.Objects() {
		require.NoError(t, err)
		objects = append(objects, object)
	}
	assert.Equal(t, []rados.Object{{Name: "a", Namespace: "namespace", Locator: "locator"}, {Name: "b"}}, objects)
	for range ioctx.Objects() {
		break
	}
	assert.Empty(t, fakelibrados.Live()["listings"], "leaving the loop ends it")
	fakelibrados.ReturnAfter("rados_nobjects_list_next2", 1, -int(syscall.EIO))
	var errs []error
	for object, err := range ioctx.Objects() {
		if err != nil {
			assert.Zero(t, object)
			errs = append(errs, err)
		}
	}
	require.Len(t, errs, 1)
	assert.ErrorIs(t, wrapped("Objects", errs[0]), syscall.EIO)
}

// TestObjectsFailLater fetches objects together, of which one can't be had: those before it are yielded, and
// librados is not asked for others, since the next one may pass over an object.
func TestObjectsFailLater(t *testing.T) {
	const next = "rados_nobjects_list_next2"
	ioctx := opened(t)
	want := manyObjects(20)
	for good := range want {
		fakelibrados.ReturnAfter(next, good, -int(syscall.EIO))
		before := fakelibrados.Calls(next)
		var names []string
		var last error
		for object, err := range ioctx.Objects() {
			if last = err; err == nil {
				names = append(names, object.Name)
			}
			if fakelibrados.Calls(next) > before+good {
				fakelibrados.Proceed(next) // it has failed once
			}
		}
		assert.Equal(t, want[:good], append([]string{}, names...))
		assert.ErrorIs(t, wrapped("Objects", last), syscall.EIO)
		assert.Equal(t, good+1, fakelibrados.Calls(next)-before)
	}
}

// TestPageEndsWithItsOwner closes the IOContext while librados looks for the first of several objects: it is
// not asked for the others.
func TestPageEndsWithItsOwner(t *testing.T) {
	const next = "rados_nobjects_list_next2"
	ioctx := opened(t)
	want := manyObjects(1000)
	var names []string
	done := make(chan error, 1)
	go func() {
		var last error
		for object, err := range ioctx.Objects() {
			if last = err; err == nil {
				names = append(names, object.Name)
				fakelibrados.Hold(next)
			}
		}
		done <- last
	}()
	require.True(t, fakelibrados.Await(next, 1))
	ioctx.Destroy()
	fakelibrados.Release(next)
	assert.Equal(t, rados.ErrInvalidIOContext, wrapped("Objects", await.Next(t, done)))
	assert.Equal(t, want[:2], names)
	assert.Equal(t, 2, fakelibrados.Calls(next))
}

// sliced puts n objects into the pool for slices.
func sliced(n int) (objects []rados.Object) {
	for i := range n {
		objects = append(objects, rados.Object{Name: fmt.Sprint("object", i)})
		fakelibrados.Answer("rados_object_list", objects[i].Name, "", "")
	}
	return objects
}

// collected is what a listing yields up to its error.
func collected(list iter.Seq2[rados.Object, error]) (objects []rados.Object, err error) {
	for o, err := range list {
		if err != nil {
			return objects, err
		}
		objects = append(objects, o)
	}
	return objects, nil
}

// cursorsFreed asserts that all cursors of the listings are freed, each once:
// the fake ends the process at the second time.
func cursorsFreed(t *testing.T) {
	t.Helper()
	live := fakelibrados.Live()
	assert.Zero(t, live["cursors"])
	assert.Zero(t, live["buffers"])
}

// listingsFreed reports whether all that listings use has been freed.
func listingsFreed() bool {
	live := fakelibrados.Live()
	return live["listings"]+live["cursors"]+live["buffers"] == 0
}

// ways are the listings by slices.
var ways = map[string]func(*rados.IOContext) iter.Seq2[rados.Object, error]{
	"ObjectsSlice":    func(ioctx *rados.IOContext) iter.Seq2[rados.Object, error] { return ioctx.ObjectsSlice(0, 1) },
	"ObjectsParallel": func(ioctx *rados.IOContext) iter.Seq2[rados.Object, error] { return ioctx.ObjectsParallel(3) },
}

func forEachWay(t *testing.T, test func(*testing.T, string, func(*rados.IOContext) iter.Seq2[rados.Object, error])) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) { test(t, name, way) })
	}
}

// TestItems lists objects whose names have any bytes, or none.
func TestItems(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	want := []rados.Object{
		{Name: "a"}, {Name: "ü\x00b", Namespace: "n\x00s", Locator: "loc\x00"}, {Name: "", Namespace: "namespace"},
		{Name: "\x00", Locator: "l"}, {Name: long, Namespace: long, Locator: long},
	}
	forEachWay(t, func(t *testing.T, _ string, way func(*rados.IOContext) iter.Seq2[rados.Object, error]) {
		ioctx := opened(t)
		for _, o := range want {
			fakelibrados.Answer("rados_object_list", o.Name, o.Namespace, o.Locator)
		}
		got, err := collected(way(ioctx))
		require.NoError(t, err)
		assert.ElementsMatch(t, want, got)
		cursorsFreed(t)
	})
}

func TestSlices(t *testing.T) {
	for _, objects := range []int{0, 1, 2, 511, 512, 513, 1300} {
		for _, m := range []uint64{1, 2, 3, 7, 100} {
			ioctx := opened(t)
			want := sliced(objects)
			var got []rados.Object
			for n := range m {
				slice, err := collected(ioctx.ObjectsSlice(n, m))
				require.NoError(t, err)
				got = append(got, slice...)
			}
			assert.Equal(t, want, got, "%d objects, %d slices", objects, m)
			got, err := collected(ioctx.ObjectsParallel(int(m)))
			require.NoError(t, err)
			assert.ElementsMatch(t, want, got)
			cursorsFreed(t)
		}
	}
}

func TestNoSuchSlice(t *testing.T) {
	ioctx := opened(t)
	sendsNothing(t, func() {
		for _, slice := range [][2]uint64{{0, 0}, {1, 1}, {7, 3}, {1<<64 - 1, 1<<64 - 1}} {
			got, err := collected(ioctx.ObjectsSlice(slice[0], slice[1]))
			assert.ErrorIs(t, wrapped("ObjectsSlice", err), syscall.EINVAL)
			assert.Empty(t, got)
		}
	})
}

// TestWorkers lists with any number of workers.
func TestWorkers(t *testing.T) {
	ioctx := opened(t)
	want := sliced(10)
	for _, workers := range []int{-1, 0, 1} {
		got, err := collected(ioctx.ObjectsParallel(workers))
		require.NoError(t, err)
		assert.Equal(t, want, got, workers)
	}
}

func TestSlicesEndEarly(t *testing.T) {
	forEachWay(t, func(t *testing.T, _ string, way func(*rados.IOContext) iter.Seq2[rados.Object, error]) {
		for _, after := range []int{0, 1, 600} {
			ioctx := opened(t)
			sliced(1300)
			list, seen := way(ioctx), 0
			for range list {
				if seen == after {
					break
				}
				seen++
			}
			cursorsFreed(t)
			again, err := collected(list)
			require.NoError(t, err)
			assert.Len(t, again, 1300, "from the start")
		}
	})
}

func TestSlicesPanic(t *testing.T) {
	forEachWay(t, func(t *testing.T, _ string, way func(*rados.IOContext) iter.Seq2[rados.Object, error]) {
		ioctx := opened(t)
		sliced(1300)
		assert.PanicsWithValue(t, "body", func() {
			for range way(ioctx) {
				panic("body")
			}
		})
		cursorsFreed(t)
		ioctx.Destroy()
		assert.Zero(t, fakelibrados.Live()["ioctxs"], "no call is inside")
	})
}

func TestSlicesFail(t *testing.T) {
	forEachWay(t, func(t *testing.T, name string, way func(*rados.IOContext) iter.Seq2[rados.Object, error]) {
		for after := range 3 {
			ioctx := opened(t)
			sliced(1300)
			fakelibrados.ReturnAfter("rados_object_list", after, -int(syscall.EIO))
			got, err := collected(way(ioctx))
			assert.ErrorIs(t, wrapped(name, err), syscall.EIO)
			assert.Less(t, len(got), 1300)
			cursorsFreed(t)
		}
	})
}

// TestSlicesOfWhatIsClosed closes the IOContext of a listing: it yields the
// error, and then releases the IOContext.
func TestSlicesOfWhatIsClosed(t *testing.T) {
	for what, end := range map[string]func(o on) error{
		"destroy":  func(o on) error { o.ioctx.Destroy(); return rados.ErrInvalidIOContext },
		"shutdown": func(o on) error { o.conn.Shutdown(); return rados.ErrNotConnected },
	} {
		for name, way := range map[string]func(*rados.IOContext) iter.Seq2[rados.Object, error]{
			"ObjectsSlice":    ways["ObjectsSlice"],
			"ObjectsParallel": func(ioctx *rados.IOContext) iter.Seq2[rados.Object, error] { return ioctx.ObjectsParallel(1) },
		} {
			t.Run(name+" "+what, func(t *testing.T) {
				o := both(t)
				sliced(1300) // the last are asked for when many have been seen
				var want, err error
				for _, err = range way(o.ioctx) {
					if want == nil {
						want = end(o)
					}
				}
				assert.Equal(t, want, wrapped(name, err))
				assert.Zero(t, fakelibrados.Live()["ioctxs"])
				cursorsFreed(t)
			})
		}
	}
}

// cancelNext cancels a NextContext while librados is in it, and returns a function that lets librados
// go on.
func cancelNext(t *testing.T, iter *rados.Iter) (proceed func()) {
	t.Helper()
	const next = "rados_nobjects_list_next2"
	ctx, cancel := context.WithCancel(t.Context())
	done := begun(t, next, func() error {
		assert.False(t, iter.NextContext(ctx))
		return iter.Err()
	})
	cancel()
	assert.ErrorIs(t, wrapped("Iter.NextContext", await.Next(t, done)), context.Canceled)
	assert.Empty(t, iter.Value())
	return func() { fakelibrados.Release(next) }
}

// TestNextContextLosesNoObject cancels a NextContext at each object: the next call returns it, whether
// librados has returned it by then or not.
func TestNextContextLosesNoObject(t *testing.T) {
	for _, early := range []bool{true, false} {
		ioctx := opened(t)
		want := manyObjects(4)
		iter, err := ioctx.Iter()
		require.NoError(t, err)
		var got []string
		for range want {
			proceed := cancelNext(t, iter)
			if early {
				proceed()
			}
			next := make(chan bool, 1)
			go func() { next <- iter.NextContext(t.Context()) }()
			if !early {
				awaitGoroutines(t, "rados.(*Iter).enter", 1)
				proceed()
			}
			require.True(t, await.Next(t, next))
			assert.NoError(t, iter.Err())
			got = append(got, iter.Value())
		}
		assert.Equal(t, want, got)
		cancelNext(t, iter)()
		assert.False(t, iter.Next(), "the end is not lost either")
		assert.NoError(t, iter.Err())
		assert.False(t, iter.NextContext(t.Context()))
		assert.NoError(t, iter.Err(), "the end is no error")
		assert.Equal(t, len(want)+2, fakelibrados.Calls("rados_nobjects_list_next2"))
		iter.Close()
	}
}

// TestNextContextKeepsErrors cancels a NextContext that fails later.
func TestNextContextKeepsErrors(t *testing.T) {
	ioctx := opened(t)
	manyObjects(1)
	iter, err := ioctx.Iter()
	require.NoError(t, err)
	defer iter.Close()
	fakelibrados.Return("rados_nobjects_list_next2", -int(syscall.EIO))
	cancelNext(t, iter)()
	assert.False(t, iter.Next())
	assert.ErrorIs(t, iter.Err(), syscall.EIO)
	fakelibrados.Proceed("rados_nobjects_list_next2")
	assert.True(t, iter.Next())
}

// TestNextContextCancelledAnyTime cancels calls that librados does not hold up.
func TestNextContextCancelledAnyTime(t *testing.T) {
	ioctx := opened(t)
	want := manyObjects(1000)
	iter, err := ioctx.Iter()
	require.NoError(t, err)
	defer iter.Close()
	var got []string
	for {
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		switch {
		case iter.NextContext(ctx):
			got = append(got, iter.Value())
			continue
		case iter.Err() != nil:
			require.ErrorIs(t, iter.Err(), context.Canceled)
			continue
		}
		break
	}
	assert.Equal(t, want, got)
}

// TestNextContextCancelledAgain cancels many calls of one Iter: they leave one call and no goroutine
// each.
func TestNextContextCancelledAgain(t *testing.T) {
	ioctx := opened(t)
	want := manyObjects(1)
	iter, err := ioctx.Iter()
	require.NoError(t, err)
	defer iter.Close()
	before := process.Goroutines()
	proceed := cancelNext(t, iter)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan bool)
	for range many {
		go func() { done <- iter.NextContext(ctx) }()
	}
	awaitGoroutines(t, "rados.(*Iter).enter", many)
	cancel()
	for range many {
		assert.False(t, await.Next(t, done))
	}
	fewGoroutines(t, before)
	assert.Equal(t, 1, fakelibrados.Calls("rados_nobjects_list_next2"))
	proceed()
	assert.Equal(t, want, listed(iter))
}

// TestNextContextThatHasEnded expects the Iter to stay where it is.
func TestNextContextThatHasEnded(t *testing.T) {
	ioctx := opened(t)
	want := manyObjects(2)
	iter, err := ioctx.Iter()
	require.NoError(t, err)
	defer iter.Close()
	cursor, err := iter.CursorContext(t.Context())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var none context.Context
	sendsNothing(t, func() {
		for ctx, want := range map[context.Context]error{ctx: context.Canceled, none: syscall.EINVAL} {
			assert.False(t, iter.NextContext(ctx))
			assert.ErrorIs(t, iter.Err(), want)
			assert.ErrorIs(t, second(iter.TokenContext(ctx)), want)
			assert.ErrorIs(t, iter.SeekContext(ctx, 1), want)
			assert.ErrorIs(t, second(iter.CursorContext(ctx)), want)
			assert.ErrorIs(t, iter.SeekCursorContext(ctx, cursor), want)
		}
	})
	assert.Equal(t, want, listed(iter))
	require.NoError(t, iter.SeekCursorContext(t.Context(), cursor))
	assert.Equal(t, want, listed(iter))
	require.NoError(t, iter.SeekContext(t.Context(), 1))
	token, err := iter.TokenContext(t.Context())
	require.NoError(t, err)
	assert.Equal(t, rados.IterToken(1), token)
	assert.Equal(t, want[1:], listed(iter))
	iter.Close()
	assert.ErrorIs(t, iter.SeekContext(t.Context(), 1), rados.ErrIterClosed)
	assert.ErrorIs(t, second(iter.TokenContext(t.Context())), rados.ErrIterClosed)
}

// TestIterWaitsForACancelledNext makes the other calls of an Iter while librados is in a NextContext
// that was cancelled. They end with their contexts, and a Seek afterwards drops the object.
func TestIterWaitsForACancelledNext(t *testing.T) {
	ioctx := opened(t)
	want := manyObjects(3)
	iter, err := ioctx.Iter()
	require.NoError(t, err)
	defer iter.Close()
	start, err := iter.Cursor()
	require.NoError(t, err)
	for name, call := range map[string]func(ctx context.Context) error{
		"TokenContext":      func(ctx context.Context) error { return second(iter.TokenContext(ctx)) },
		"SeekContext":       func(ctx context.Context) error { return iter.SeekContext(ctx, 0) },
		"CursorContext":     func(ctx context.Context) error { return second(iter.CursorContext(ctx)) },
		"SeekCursorContext": func(ctx context.Context) error { return iter.SeekCursorContext(ctx, start) },
	} {
		proceed := cancelNext(t, iter)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- call(ctx) }()
		awaitGoroutines(t, "rados.(*Iter).enter", 1)
		cancel()
		assert.ErrorIs(t, wrapped("Iter."+name, await.Next(t, done)), context.Canceled)
		proceed()
		require.NoError(t, iter.SeekContext(t.Context(), 0))
		assert.Equal(t, want, listed(iter), name)
		iter.Seek(0)
		cancelNext(t, iter)()
		require.NoError(t, call(t.Context()))
		rest := listed(iter)
		if strings.HasPrefix(name, "Seek") {
			assert.Equal(t, want, rest, "the object was dropped, not returned twice")
		} else {
			assert.Equal(t, want, rest, name)
		}
		iter.Seek(0)
	}
}

// TestIterClosedUnderACancelledNext closes an Iter while librados is in a NextContext that was
// cancelled: the next call returns immediately, and the listing is freed when librados has returned.
func TestIterClosedUnderACancelledNext(t *testing.T) {
	for what, closing := range map[string]struct {
		end  func(o on, iter *rados.Iter)
		want error
	}{
		"close":    {func(_ on, iter *rados.Iter) { iter.Close() }, rados.ErrIterClosed},
		"destroy":  {func(o on, _ *rados.Iter) { o.ioctx.Destroy() }, rados.ErrInvalidIOContext},
		"shutdown": {func(o on, _ *rados.Iter) { o.conn.Shutdown() }, rados.ErrNotConnected},
	} {
		t.Run(what, func(t *testing.T) {
			o := both(t)
			manyObjects(2)
			iter, err := o.ioctx.Iter()
			require.NoError(t, err)
			proceed := cancelNext(t, iter)
			waiting := make(chan bool)
			go func() { waiting <- iter.Next() }()
			awaitGoroutines(t, "rados.(*Iter).enter", 1)
			closing.end(o, iter)
			assert.False(t, await.Next(t, waiting))
			assert.Equal(t, closing.want, iter.Err())
			assert.Equal(t, 1, fakelibrados.Live()["listings"])
			proceed()
			await.Until(t, func() bool { return fakelibrados.Live()["listings"] == 0 }, "freed")
			await.Until(t, func() bool { return !iter.Next() && iter.Err() == closing.want }, "its object is not returned")
		})
	}
}

// TestIterClosedUnderNextContext closes an Iter during NextContext, which returns.
func TestIterClosedUnderNextContext(t *testing.T) {
	ioctx := opened(t)
	manyObjects(2)
	iter, err := ioctx.Iter()
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := begun(t, "rados_nobjects_list_next2", func() error {
		assert.False(t, iter.NextContext(ctx))
		return iter.Err()
	})
	iter.Close()
	assert.Equal(t, rados.ErrIterClosed, wrapped("Iter.NextContext", await.Next(t, done)))
	fakelibrados.Release("rados_nobjects_list_next2")
	await.Until(t, func() bool { return fakelibrados.Live()["listings"] == 0 }, "freed")
}

// TestCancelledListingsAreBounded cancels many listings: only as many are in librados as may block, and
// all are freed when it goes on.
func TestCancelledListingsAreBounded(t *testing.T) {
	for name, list := range map[string]func(ctx context.Context, ioctx *rados.IOContext) error{
		"rados_nobjects_list_next2": func(ctx context.Context, ioctx *rados.IOContext) error {
			return yielded(ioctx.ObjectsContext(ctx))
		},
		"rados_object_list": func(ctx context.Context, ioctx *rados.IOContext) error {
			return yielded(ioctx.ObjectsSliceContext(ctx, 0, 1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			ioctx := opened(t)
			goroutines, threads := process.Goroutines(), process.Threads()
			ctx, cancel := context.WithCancel(t.Context())
			done, most := start(t, name, func() error { return list(ctx, ioctx) })
			cancel()
			for range many {
				assert.ErrorIs(t, await.Next(t, done), context.Canceled)
			}
			await.Until(t, func() bool { return process.Goroutines() <= goroutines+most+5 }, "goroutines end")
			assert.LessOrEqual(t, process.Threads(), threads+most+otherThreads)
			assert.Equal(t, most, fakelibrados.Calls(name))
			fakelibrados.Release(name)
			fewGoroutines(t, goroutines)
			assert.Equal(t, most, fakelibrados.Calls(name))
			await.Until(t, listingsFreed, "freed")
		})
	}
}

// TestLeavingParallelContext leaves the loop while workers wait for an OSD that does not answer.
func TestLeavingParallelContext(t *testing.T) {
	const list = "rados_object_list"
	ioctx := opened(t)
	sliced(5 * 512)
	before := process.Goroutines()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	await.Return(t, func() {
		found := 0
		for _, err := range ioctx.ObjectsParallelContext(ctx, 2) {
			require.NoError(t, err)
			switch found++; found {
			case 1: // three batches of 512 have been fetched, of which the workers have put one
				awaitGoroutines(t, "rados.(*parallel).put", 2)
				fakelibrados.Hold(list)
			case 1025: // of the third batch: the workers have put what they had
				require.True(t, fakelibrados.Await(list, 2), "the workers wait")
				return
			}
		}
	})
	fakelibrados.Release(list)
	fewGoroutines(t, before)
	await.Until(t, listingsFreed, "freed")
}

// TestParallelContext cancels a listing by several workers in the body of its loop, while workers wait
// for the loop.
func TestParallelContext(t *testing.T) {
	ioctx := opened(t)
	sliced(1300)
	before := process.Goroutines()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	found := 0
	var err error
	for _, err = range ioctx.ObjectsParallelContext(ctx, 2) {
		if found++; found == 1 {
			awaitGoroutines(t, "rados.(*parallel).put", 2)
			cancel()
		}
	}
	assert.Equal(t, 2, found, "one object and the error")
	assert.ErrorIs(t, wrapped("ObjectsParallelContext", err), context.Canceled)
	fewGoroutines(t, before)
	await.Until(t, listingsFreed, "freed")
}
