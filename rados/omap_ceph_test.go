package rados_test

import (
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// omap reads the omap of an object with the rados command, one key a line.
func omap(t *testing.T, ioctx *rados.IOContext, oid string) string {
	t.Helper()
	ns, err := ioctx.GetNamespace()
	require.NoError(t, err)
	out, err := exec.Command("rados", "--conf", radostest.Shared(t).Conf(),
		"--pool", "shared", "--namespace", ns, "listomapkeys", oid).Output()
	require.NoError(t, err)
	return string(out)
}

// omapPairs returns n entries whose keys are prefix and a number.
func omapPairs(prefix string, n int) map[string][]byte {
	pairs := make(map[string][]byte, n)
	for i := range n {
		pairs[fmt.Sprintf("%s%06d", prefix, i)] = fmt.Append(nil, i)
	}
	return pairs
}

func TestOmapListing(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	const count = 3000 // three pages
	require.NoError(t, ioctx.SetOmap("big", omapPairs("key-", count)))
	require.NoError(t, ioctx.SetOmap("big", omapPairs("later-", 10)))

	listed := func(t *testing.T, after, prefix string, most int64) []string {
		t.Helper()
		keys := []string{}
		require.NoError(t, ioctx.ListOmapValues("big", after, prefix, most, func(key string, value []byte) {
			keys = append(keys, key)
			n, err := strconv.Atoi(string(value))
			assert.NoError(t, err)
			assert.Contains(t, key, fmt.Sprintf("-%06d", n))
		}))
		assert.True(t, slices.IsSorted(keys))
		pairs, err := ioctx.GetOmapValues("big", after, prefix, most)
		require.NoError(t, err)
		assert.Equal(t, keys, sortedKeys(pairs))
		return keys
	}
	t.Run("all", func(t *testing.T) {
		for _, most := range []int64{-1, -1 << 63, 1 << 62, count + 10} {
			assert.Len(t, listed(t, "", "", most), count+10)
		}
	})
	t.Run("some", func(t *testing.T) {
		for _, most := range []int64{0, 1, 1023, 1024, 1025, 2048, 2049, count} {
			keys := listed(t, "", "", most)
			assert.Len(t, keys, int(most))
		}
	})
	t.Run("after", func(t *testing.T) {
		assert.Equal(t, "key-000100", listed(t, "key-000099", "", 5)[0])
		assert.Len(t, listed(t, "key-000099", "", -1), count-100+10)
		assert.Equal(t, "key-000100", listed(t, "key-000099x", "", 5)[0], "it need not be there")
		assert.Empty(t, listed(t, "m", "", -1))
	})
	t.Run("prefix", func(t *testing.T) {
		assert.Len(t, listed(t, "", "later-", -1), 10)
		assert.Len(t, listed(t, "", "key-0000", -1), 100)
		assert.Len(t, listed(t, "key-000050", "key-0000", -1), 49)
		assert.Empty(t, listed(t, "", "none", -1))
		assert.Len(t, listed(t, "", "key-", 2000), 2000)
	})
	t.Run("GetAllOmapValues", func(t *testing.T) {
		for _, size := range []int64{-1, 0, 1 << 40, 10, 1024, 999} {
			pairs, err := ioctx.GetAllOmapValues("big", "", "key-", size)
			require.NoError(t, err)
			assert.Equal(t, omapPairs("key-", count), pairs, "%d at a time", size)
		}
		pairs, err := ioctx.GetAllOmapValues("big", "key-002989", "key-", 3)
		require.NoError(t, err)
		assert.Len(t, pairs, 10)
	})
	t.Run("range", func(t *testing.T) {
		n := 0
		for kv, err := range ioctx.Omap("big", "", "key-") {
			require.NoError(t, err)
			require.Equal(t, fmt.Sprintf("key-%06d", n), kv.Key)
			n++
		}
		assert.Equal(t, count, n)
		for kv, err := range ioctx.Omap("big", "key-001499", "") {
			require.NoError(t, err)
			assert.Equal(t, "key-001500", kv.Key)
			break
		}
		n = 0
		for entry, err := range ioctx.OmapViews("big", "", "key-") {
			require.NoError(t, err)
			require.Equal(t, fmt.Sprintf("key-%06d", n), string(entry.Key))
			require.Equal(t, fmt.Append(nil, n), entry.Value)
			n++
		}
		assert.Equal(t, count, n)
		for kv, err := range ioctx.Omap("none", "", "") {
			assert.ErrorIs(t, err, rados.ErrNotFound)
			var e *rados.ObjectError
			require.ErrorAs(t, err, &e)
			assert.Equal(t, "none", e.Object)
			assert.Equal(t, "Omap", e.Op)
			assert.Zero(t, kv)
		}
	})
	t.Run("a page of a step", func(t *testing.T) {
		var step *rados.GetOmapStep
		var keys *rados.ReadOpOmapKeysStep
		require.NoError(t, reading(ioctx, "big", func(op *rados.ReadOp) {
			step = op.GetOmapValues("", "", 5000)
			keys = op.GetOmapKeys("", 5000)
		}))
		n := 0
		for kv, err := step.Next(); kv != nil; kv, err = step.Next() {
			require.NoError(t, err)
			n++
		}
		assert.Equal(t, 1024, n, "the OSD's limit")
		assert.True(t, step.More())
		list, err := keys.Keys()
		require.NoError(t, err)
		assert.Len(t, list, 1024)
		assert.True(t, keys.More())
	})
	t.Run("missing object", func(t *testing.T) {
		err := ioctx.ListOmapValues("none", "", "", 10, func(string, []byte) { t.Error("called") })
		assert.Equal(t, rados.ErrNotFound, err)
		_, err = ioctx.GetOmapValues("none", "", "", 10)
		assert.Equal(t, rados.ErrNotFound, err)
		_, err = ioctx.GetAllOmapValues("none", "", "", 10)
		assert.Equal(t, rados.ErrNotFound, err)
		_, err = ioctx.GetAllOmapValues("a\x00b", "", "", 10)
		assert.Equal(t, rados.ErrNameContainsNUL, err)
	})
	t.Run("without omap", func(t *testing.T) {
		require.NoError(t, ioctx.WriteFull("plain", []byte("data")))
		pairs, err := ioctx.GetAllOmapValues("plain", "", "", 10)
		require.NoError(t, err)
		assert.Equal(t, map[string][]byte{}, pairs)
	})
	t.Run("changes meanwhile", func(t *testing.T) {
		require.NoError(t, ioctx.SetOmap("changing", omapPairs("key-", 2000)))
		n := 0
		for kv, err := range ioctx.Omap("changing", "", "") {
			require.NoError(t, err)
			if n == 0 {
				require.NoError(t, ioctx.CleanOmap("changing"))
			}
			assert.NotEmpty(t, kv.Key)
			n++
		}
		assert.Equal(t, 1024, n, "the page that was fetched before")
	})
}

// TestOmapNULKeys lists keys with a NUL: librados can only list from a key up
// to its first NUL.
func TestOmapNULKeys(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	require.NoError(t, ioctx.SetOmap("few", map[string][]byte{"\x00": nil, "a": nil, "a\x00": nil, "a\x00b": nil, "a\x00c": nil, "ab": nil, "b\x00": nil}))
	t.Run("few", func(t *testing.T) {
		for _, test := range []struct {
			after, prefix string
			want          []string
		}{
			{"", "", []string{"\x00", "a", "a\x00", "a\x00b", "a\x00c", "ab", "b\x00"}},
			{"", "a", []string{"a", "a\x00", "a\x00b", "a\x00c", "ab"}},
			{"", "a\x00", []string{"a\x00", "a\x00b", "a\x00c"}},
			{"a\x00b", "", []string{"a\x00c", "ab", "b\x00"}},
			{"a\x00b", "a\x00", []string{"a\x00c"}},
			{"\x00", "", []string{"a", "a\x00", "a\x00b", "a\x00c", "ab", "b\x00"}},
		} {
			for _, size := range []int64{0, 1, 2} {
				pairs, err := ioctx.GetAllOmapValues("few", test.after, test.prefix, size)
				require.NoError(t, err)
				assert.Equal(t, test.want, sortedKeys(pairs), "%q %q %d", test.after, test.prefix, size)
			}
			pairs, err := ioctx.GetOmapValues("few", test.after, test.prefix, 2)
			require.NoError(t, err)
			assert.Equal(t, test.want[:min(2, len(test.want))], sortedKeys(pairs))
		}
	})
	t.Run("two pages", func(t *testing.T) {
		want := omapPairs("a\x00", 1000)
		for key, value := range omapPairs("b\x00", 1000) {
			want[key] = value
		}
		require.NoError(t, ioctx.SetOmap("many", want))
		pairs, err := ioctx.GetAllOmapValues("many", "", "", 0)
		require.NoError(t, err)
		assert.Equal(t, want, pairs)
	})
	t.Run("more than a page that are alike", func(t *testing.T) {
		require.NoError(t, ioctx.SetOmap("alike", omapPairs("a\x00", 1500)))
		n := 0
		err := ioctx.ListOmapValues("alike", "", "", -1, func(string, []byte) { n++ })
		assert.Equal(t, rados.ErrOmapPage, err, "rather than pass over some, or never end")
		assert.Equal(t, 1024, n)
		pairs, err := ioctx.GetOmapValues("alike", "", "", 1024)
		require.NoError(t, err)
		assert.Len(t, pairs, 1024)
	})
}

func TestOmapSteps(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(t *testing.T, ioctx *rados.IOContext){
		"py.TestIoctx.test_set_omap": func(t *testing.T, ioctx *rados.IOContext) {
			want := map[string][]byte{"1": []byte("aaa"), "2": []byte("bbb"), "3": []byte("ccc"), "4": []byte("\x04\x00\x01")}
			require.NoError(t, writing(ioctx, "foo", func(op *rados.WriteOp) { op.SetOmap(want) }))
			for _, test := range []struct {
				after, prefix, want string
			}{{"", "", "1234"}, {"2", "", "34"}, {"", "2", "2"}} {
				var step *rados.GetOmapStep
				op := rados.CreateReadOp()
				step = op.GetOmapValues(test.after, test.prefix, 4)
				require.NoError(t, op.Operate(ioctx, "foo", rados.OperationNoFlag))
				op.Release()
				got := ""
				for kv, err := step.Next(); kv != nil; kv, err = step.Next() {
					require.NoError(t, err)
					assert.Equal(t, want[kv.Key], kv.Value)
					got += kv.Key
				}
				assert.Equal(t, test.want, got)
			}
		},
		"py.TestIoctx.test_get_omap_vals_by_keys": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.SetOmap("foo", map[string][]byte{"1": nil, "3": []byte("c"), "4": {4}}))
			var step *rados.ReadOpOmapGetValsByKeysStep
			get := func(op *rados.ReadOp) { step = op.GetOmapValuesByKeys([]string{"3", "4", "5"}) }
			require.NoError(t, reading(ioctx, "foo", get))
			got := make(map[string][]byte)
			for kv, err := step.Next(); kv != nil; kv, err = step.Next() {
				require.NoError(t, err)
				got[kv.Key] = kv.Value
			}
			assert.Equal(t, map[string][]byte{"3": []byte("c"), "4": {4}}, got)
			assert.ErrorIs(t, reading(ioctx, "none", get), rados.ErrNotFound)
			require.NoError(t, reading(ioctx, "foo", func(op *rados.ReadOp) { step = op.GetOmapValuesByKeys(nil) }))
			kv, err := step.Next()
			require.NoError(t, err)
			assert.Nil(t, kv)
		},
		"py.TestIoctx.test_get_omap_keys": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.SetOmap("foo", map[string][]byte{"1": nil, "2": []byte("b"), "3": nil}))
			var step *rados.ReadOpOmapKeysStep
			get := func(op *rados.ReadOp) { step = op.GetOmapKeys("", 2) }
			require.NoError(t, reading(ioctx, "foo", get))
			keys, err := step.Keys()
			require.NoError(t, err)
			assert.Equal(t, []string{"1", "2"}, keys)
			assert.True(t, step.More())
			assert.ErrorIs(t, reading(ioctx, "none", get), rados.ErrNotFound)
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, namespace(t)) })
	}
}

func TestSetAndRemoveOmap(t *testing.T) {
	ioctx := namespace(t)
	require.NoError(t, ioctx.SetOmap("foo", map[string][]byte{"a": []byte("1"), "b": nil, "c": {}, "d": []byte("4")}))
	require.NoError(t, ioctx.SetOmap("foo", map[string][]byte{"e": []byte("5")}))
	assert.Equal(t, "a\nb\nc\nd\ne\n", omap(t, ioctx, "foo"))
	require.NoError(t, ioctx.RmOmapKeys("foo", []string{"b", "d", "none"}))
	assert.Equal(t, "a\nc\ne\n", omap(t, ioctx, "foo"))
	require.NoError(t, ioctx.CleanOmap("foo"))
	assert.Empty(t, omap(t, ioctx, "foo"))
}

func TestOmapManyEntries(t *testing.T) {
	ioctx := namespace(t)
	pairs := make(map[string][]byte)
	var keys, left []string
	for i := range 3000 {
		key := fmt.Sprintf("key-%06d", i)
		pairs[key] = filled(byte(i), i%50)
		if keys = append(keys, key); i%2 == 1 {
			left = append(left, key)
		}
	}
	require.NoError(t, ioctx.SetOmap("foo", pairs))
	var even []string
	for i := 0; i < len(keys); i += 2 {
		even = append(even, keys[i])
	}
	require.NoError(t, ioctx.RmOmapKeys("foo", even))
	got := omap(t, ioctx, "foo")
	for _, key := range left {
		assert.Contains(t, got, key+"\n")
	}
	assert.Len(t, got, len(left)*len("key-000000\n"))
}

func TestOmapNothing(t *testing.T) {
	ioctx := namespace(t)
	require.NoError(t, ioctx.SetOmap("foo", nil))
	require.NoError(t, ioctx.SetOmap("foo", map[string][]byte{}))
	assert.Empty(t, content(t, ioctx, "foo"), "it is created all the same")
	require.NoError(t, ioctx.RmOmapKeys("foo", nil))
	require.NoError(t, ioctx.RmOmapKeys("foo", []string{}))
}

func TestOmapValuesByKeys(t *testing.T) {
	ioctx := namespace(t)
	require.NoError(t, ioctx.SetOmap("foo", map[string][]byte{"a": []byte("1"), "b": nil, "c\x00d": []byte("2"), "e": []byte("3")}))
	got, err := ioctx.GetOmapValuesByKeys("foo", []string{"e", "b", "none", "c\x00d", "b"})
	require.NoError(t, err)
	assert.Equal(t, map[string][]byte{"b": {}, "c\x00d": []byte("2"), "e": []byte("3")}, got)
	for _, keys := range [][]string{nil, {"none"}} {
		got, err = ioctx.GetOmapValuesByKeysContext(t.Context(), "foo", keys)
		require.NoError(t, err)
		assert.Equal(t, map[string][]byte{}, got)

		_, err = ioctx.GetOmapValuesByKeys("none", keys)
		assert.ErrorIs(t, err, rados.ErrNotFound)
		assert.ErrorContains(t, err, "GetOmapValuesByKeys")
		_, err = ioctx.GetOmapValuesByKeysContext(t.Context(), "none", keys)
		assert.ErrorIs(t, err, rados.ErrNotFound)
		assert.ErrorContains(t, err, "GetOmapValuesByKeysContext")
	}
}

func TestOmapOfAMissingObject(t *testing.T) {
	ioctx := namespace(t)
	assert.Equal(t, rados.ErrNotFound, ioctx.RmOmapKeys("none", []string{"a"}))
	assert.Equal(t, rados.ErrNotFound, ioctx.CleanOmap("none"))
}

func TestOmapNamesWithNUL(t *testing.T) {
	ioctx := namespace(t)
	require.NoError(t, ioctx.SetOmap("foo", map[string][]byte{"a": nil, "a\x00b": nil, "a\x00c": nil, "\x00": nil}))
	require.NoError(t, ioctx.RmOmapKeys("foo", []string{"a\x00b", "\x00"}), "keys may be any bytes")
	assert.Len(t, omap(t, ioctx, "foo"), len("a\na\x00c\n"))
	assert.Equal(t, rados.ErrNameContainsNUL, ioctx.SetOmap("a\x00b", nil))
	assert.Equal(t, rados.ErrNameContainsNUL, ioctx.RmOmapKeys("a\x00b", nil))
	assert.Equal(t, rados.ErrNameContainsNUL, ioctx.CleanOmap("a\x00b"))
}
