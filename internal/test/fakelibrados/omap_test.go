package fakelibrados_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// omap sets the entries of the object.
func omap(pairs map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(pairs)) {
		fakelibrados.Answer("rados_read_op_omap_get_vals2", key, pairs[key])
	}
}

// keysOf returns the keys that ListOmapValues passes to its callback, and
// checks the values.
func keysOf(t *testing.T, ioctx *rados.IOContext, pairs map[string]string, after, prefix string, most int64) (keys []string, err error) {
	t.Helper()
	err = ioctx.ListOmapValues("object", after, prefix, most, func(key string, value []byte) {
		assert.Equal(t, pairs[key], string(value), "%q", key)
		keys = append(keys, key)
	})
	return keys, err
}

// oddKeys returns keys of any bytes, many of which are equal up to a NUL.
func oddKeys() map[string]string {
	pairs := map[string]string{"plain": "", "p": "v\x00", "\x01": "x", "\xff\xff": "y", "p\x01": "z"}
	for i := range 7 {
		pairs[fmt.Sprintf("p\x00%d", i)] = fmt.Sprint(i)
		pairs[fmt.Sprintf("plain\x00%d\x00", i)] = strings.Repeat("\x00", i)
		pairs[fmt.Sprintf("q%d", i)] = fmt.Sprint(i)
	}
	return pairs
}

// TestOmapIsReadToItsEnd reads all entries with any page size: a page can be
// too small only if more keys than fit on it differ only after a NUL.
func TestOmapIsReadToItsEnd(t *testing.T) {
	pairs := oddKeys()
	all := slices.Sorted(maps.Keys(pairs))
	for _, page := range []int{0, 1, 2, 7, 8, 9, 10, 100} {
		for _, size := range []int64{-1, 0, 1, 3, 8, 100} {
			t.Run(fmt.Sprintf("page %d size %d", page, size), func(t *testing.T) {
				ioctx := opened(t)
				omap(pairs)
				fakelibrados.OmapPage(page)
				got, err := ioctx.GetAllOmapValues("object", "", "", size)
				if page > 0 && page <= 7 {
					assert.Equal(t, rados.ErrOmapPage, err)
					assert.Nil(t, got)
					return
				}
				require.NoError(t, err)
				assert.Equal(t, all, slices.Sorted(maps.Keys(got)))
				for key, value := range got {
					assert.Equal(t, pairs[key], string(value))
				}
			})
		}
	}
}

func TestOmapPartly(t *testing.T) {
	pairs := oddKeys()
	all := slices.Sorted(maps.Keys(pairs))
	ioctx := opened(t)
	omap(pairs)
	fakelibrados.OmapPage(9)
	for _, after := range append(all, "", "p\x00", "p\x003x", "zzz") {
		for _, prefix := range []string{"", "p", "p\x00", "plain\x003", "none"} {
			for _, most := range []int64{-1, 0, 1, 2, 5, 1000} {
				var want []string
				for _, key := range all {
					if key > after && strings.HasPrefix(key, prefix) && (most < 0 || int64(len(want)) < most) {
						want = append(want, key)
					}
				}
				got, err := keysOf(t, ioctx, pairs, after, prefix, most)
				require.NoError(t, err)
				assert.Equal(t, want, got, "after %q, prefix %q, at most %d", after, prefix, most)
			}
		}
	}
}

// TestOmapBehindAPrefixWithNUL lists keys with a prefix that has a NUL. Later
// keys, which only have the part of the prefix that C knows, are not mistaken
// for a page without progress.
func TestOmapBehindAPrefixWithNUL(t *testing.T) {
	ioctx := opened(t)
	pairs := map[string]string{"p": "", "p\x00a": "1", "p\x00b": "2"}
	for i := range 20 {
		pairs[fmt.Sprint("pp", i)] = ""
	}
	omap(pairs)
	fakelibrados.OmapPage(4)
	keys, err := keysOf(t, ioctx, pairs, "", "p\x00", -1)
	require.NoError(t, err)
	assert.Equal(t, []string{"p\x00a", "p\x00b"}, keys)
	assert.Equal(t, 1, fakelibrados.Calls("rados_read_op_operate"), "no page is fetched in vain")
}

// TestOmapPageWithoutProgress expects an error rather than an endless loop over
// one page.
func TestOmapPageWithoutProgress(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Outcomes(fakelibrados.Outcome{More: true})
	for _, size := range []int64{0, 5} {
		before := fakelibrados.Calls("rados_read_op_operate")
		_, err := ioctx.GetAllOmapValues("object", "", "", size)
		assert.Equal(t, rados.ErrOmapPage, err)
		assert.ErrorIs(t, err, syscall.EOVERFLOW)
		assert.LessOrEqual(t, fakelibrados.Calls("rados_read_op_operate")-before, 2)
	}
}

// TestOmapAsManyAsAsked expects not to ask C for more entries than are
// wanted.
func TestOmapAsManyAsAsked(t *testing.T) {
	ioctx := opened(t)
	omap(map[string]string{"a": "", "b": "", "c": "", "d": ""})
	asked := func() any { return fakelibrados.Sent()[0][3] }
	_, err := ioctx.GetOmapValues("object", "", "", 3)
	require.NoError(t, err)
	assert.Equal(t, 3, asked())
	_, err = ioctx.GetAllOmapValues("object", "", "", 2)
	require.NoError(t, err)
	assert.Equal(t, 2, asked())
	assert.Equal(t, 1+2, fakelibrados.Calls("rados_read_op_operate"))
	assert.Equal(t, []any{"rados_read_op_omap_get_vals2", "b", "", 2}, fakelibrados.Sent()[0])
}

// TestOmapNamesWithNUL refuses NUL in the name of the object, but not in keys.
func TestOmapNamesWithNUL(t *testing.T) {
	ioctx := opened(t)
	omap(map[string]string{"a": "", "a\x00b": "1", "a\x00c": "2", "b": ""})
	sendsNothing(t, func() {
		_, err := ioctx.GetOmapValues("a\x00", "", "", 1)
		assert.Equal(t, rados.ErrNameContainsNUL, err)
	})
	got, err := ioctx.GetOmapValues("object", "a\x00b", "a\x00", 10)
	require.NoError(t, err)
	assert.Equal(t, map[string][]byte{"a\x00c": []byte("2")}, got)
	assert.Equal(t, []any{"a", "a"}, fakelibrados.Sent()[0][1:3], "up to the NUL")
}

func TestOmapFails(t *testing.T) {
	ioctx := opened(t)
	omap(map[string]string{"a": "", "b": "", "c": ""})
	fakelibrados.OmapPage(1)
	fakelibrados.ReturnAfter("rados_read_op_operate", 2, -int(syscall.EIO))
	keys, err := keysOf(t, ioctx, nil, "", "", -1)
	assert.ErrorIs(t, err, syscall.EIO)
	assert.IsType(t, rados.ErrNotFound, err, "bare")
	assert.Equal(t, []string{"a", "b"}, keys, "those came before")
	fakelibrados.Return("rados_read_op_operate", -int(syscall.ENOENT))
	pairs, err := ioctx.GetOmapValues("object", "", "", 10)
	assert.Equal(t, rados.ErrNotFound, err)
	assert.Nil(t, pairs)
	fakelibrados.ReturnAfter("rados_read_op_operate", 1000, 0)
	fakelibrados.Outcomes(fakelibrados.Outcome{Code: -int(syscall.EPERM)})
	pairs, err = ioctx.GetAllOmapValues("object", "", "", 10)
	assert.Equal(t, rados.ErrPermissionDenied, err)
	assert.Nil(t, pairs)
}

func TestOmapSeq(t *testing.T) {
	ioctx := opened(t)
	pairs := oddKeys()
	omap(pairs)
	fakelibrados.OmapPage(10)
	var keys []string
	for kv, err := range ioctx.Omap("object", "p", "p") {
		require.NoError(t, err)
		assert.Equal(t, pairs[kv.Key], string(kv.Value))
		keys = append(keys, kv.Key)
	}
	assert.Len(t, keys, 16)
	assert.True(t, slices.IsSorted(keys))

	fetched := fakelibrados.Calls("rados_read_op_operate")
	for range ioctx.Omap("object", "", "") {
		break
	}
	assert.Equal(t, 1, fakelibrados.Calls("rados_read_op_operate")-fetched, "no page is fetched in vain")

	fakelibrados.ReturnAfter("rados_read_op_operate", 1, -int(syscall.EIO))
	var errs []error
	for kv, err := range ioctx.Omap("object", "", "") {
		if err != nil {
			assert.Zero(t, kv)
			errs = append(errs, err)
		}
	}
	require.Len(t, errs, 1)
	assert.ErrorIs(t, wrapped("Omap", errs[0]), syscall.EIO)
	assert.EqualError(t, errs[0], "rados: Omap pool/object: rados: ret=-5, Input/output error")
}

func TestOmapViews(t *testing.T) {
	ioctx := opened(t)
	pairs := oddKeys()
	omap(pairs)
	fakelibrados.OmapPage(10)
	var keys []string
	for entry, err := range ioctx.OmapViews("object", "p", "p") {
		require.NoError(t, err)
		assert.Equal(t, pairs[string(entry.Key)], string(entry.Value))
		keys = append(keys, string(entry.Key))
		_, _ = append(entry.Key, "more"...), append(entry.Value, "more"...) // harms none
	}
	var want []string
	for kv := range ioctx.Omap("object", "p", "p") {
		want = append(want, kv.Key)
	}
	assert.Len(t, keys, 16)
	assert.Equal(t, want, keys)

	fetched := fakelibrados.Calls("rados_read_op_operate")
	for range ioctx.OmapViews("object", "", "") {
		break
	}
	assert.Equal(t, 1, fakelibrados.Calls("rados_read_op_operate")-fetched, "no page is fetched in vain")

	fakelibrados.ReturnAfter("rados_read_op_operate", 1, -int(syscall.EIO))
	var errs []error
	for entry, err := range ioctx.OmapViews("object", "", "") {
		if err != nil {
			assert.Zero(t, entry)
			errs = append(errs, err)
		}
	}
	require.Len(t, errs, 1)
	assert.EqualError(t, errs[0], "rados: OmapViews pool/object: rados: ret=-5, Input/output error")
}

// TestOmapEntriesAreCopies changes the memory of other pages, which must not
// change an entry that is kept.
func TestOmapEntriesAreCopies(t *testing.T) {
	ioctx := opened(t)
	pairs := oddKeys()
	omap(pairs)
	fakelibrados.OmapPage(8)
	kept := map[string][]byte{}
	for kv, err := range ioctx.Omap("object", "", "") {
		require.NoError(t, err)
		kept[kv.Key] = kv.Value
		_ = append(kv.Value, "more"...)
	}
	all, err := ioctx.GetAllOmapValues("object", "", "", 0)
	require.NoError(t, err)
	assert.Len(t, kept, len(pairs))
	for key, value := range pairs {
		assert.Equal(t, value, string(kept[key]))
		assert.Equal(t, value, string(all[key]))
	}
}

// TestOmapEntriesOfAStep changes values, which must not change keys or other
// values.
func TestOmapEntriesOfAStep(t *testing.T) {
	ioctx := opened(t)
	pairs := oddKeys()
	omap(pairs)
	op := rados.CreateReadOp()
	step := op.GetOmapValues("", "", 1000)
	require.NoError(t, op.Operate(ioctx, "object", 0))
	var kept []*rados.OmapKeyValue
	for kv, err := step.Next(); kv != nil; kv, err = step.Next() {
		require.NoError(t, err)
		assert.Equal(t, pairs[kv.Key], string(kv.Value))
		kept = append(kept, kv)
		_ = append(kv.Value, "more than there is room for"...)
		clear(kv.Value)
	}
	require.Len(t, kept, len(pairs))
	for i, key := range slices.Sorted(maps.Keys(pairs)) {
		assert.Equal(t, key, kept[i].Key)
		assert.Equal(t, make([]byte, len(pairs[key])), kept[i].Value)
	}
}

// TestOmapPagesShareMemory expects a long listing not to use memory for each
// page.
func TestOmapPagesShareMemory(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Quick(true)
	defer fakelibrados.Quick(false)
	entries := 0
	perListing := testing.AllocsPerRun(3, func() {
		entries = 0
		for range ioctx.OmapViews("object", "", "") {
			entries++
		}
	})
	assert.Greater(t, entries, 50_000)
	assert.Less(t, perListing, float64(entries)/50, "a few for each page")
}

// TestOmapCallbacksMayDoAnything calls methods of the IOContext in callbacks.
func TestOmapCallbacksMayDoAnything(t *testing.T) {
	ioctx := opened(t)
	omap(map[string]string{"a": "", "b": "", "c": ""})
	fakelibrados.OmapPage(2)
	var keys []string
	err := ioctx.ListOmapValues("object", "", "", -1, func(key string, _ []byte) {
		keys = append(keys, key)
		require.NoError(t, second(ioctx.GetOmapValues("object", "", "", 1)))
		if key == "b" {
			ioctx.Destroy()
		}
	})
	assert.Equal(t, rados.ErrInvalidIOContext, err)
	assert.Equal(t, []string{"a", "b"}, keys)
}

// TestOmapStepsRefuseNUL refuses NUL in startAfter and filterPrefix, which C
// would cut short.
func TestOmapStepsRefuseNUL(t *testing.T) {
	ioctx := opened(t)
	for name, add := range map[string]func(r *rados.ReadOp){
		"values after":  func(r *rados.ReadOp) { r.GetOmapValues("a\x00", "", 1) },
		"values prefix": func(r *rados.ReadOp) { r.GetOmapValues("", "a\x00", 1) },
		"keys after":    func(r *rados.ReadOp) { r.GetOmapKeys("a\x00", 1) },
	} {
		r := rados.CreateReadOp()
		add(r)
		sendsNothing(t, func() { assert.ErrorIs(t, r.Operate(ioctx, "object", 0), rados.ErrNameContainsNUL, name) })
	}
}
