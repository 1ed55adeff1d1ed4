package fakelibrados_test

import (
	"fmt"
	"iter"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// sliced gives the pool that many objects for slices.
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

// cursorsFreed asserts that what the listings made is gone, all of it once: the fake
// ends the process at a second time.
func cursorsFreed(t *testing.T) {
	t.Helper()
	live := fakelibrados.Live()
	assert.Zero(t, live["cursors"])
	assert.Zero(t, live["buffers"])
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

// TestItems: parts of any bytes, or none.
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

// TestWorkers: no number of them is too small.
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
		assert.Zero(t, fakelibrados.Live()["ioctxs"], "nobody is inside")
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

// TestSlicesOfWhatIsClosed: the listing has the error, and the IOContext goes when the
// listing has let go of it.
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
