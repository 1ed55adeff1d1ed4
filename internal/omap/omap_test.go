package omap

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// object is an omap whose OSD returns up to max entries of it.
type object struct {
	keys []string // sorted
	max  int
	err  error

	limits []uint64 // of the pages
}

func (o *object) FetchPage(after, prefix string, limit uint64) (pairs []byte, more bool, err error) {
	if strings.Contains(after+prefix, "\x00") {
		return nil, false, errors.New("a NUL byte for C")
	}
	o.limits = append(o.limits, limit)
	n := 0
	for _, key := range o.keys {
		if key <= after || !strings.HasPrefix(key, prefix) {
			continue
		}
		if n == o.max || uint64(n) == limit {
			return pairs, true, o.err
		}
		pairs = binary.NativeEndian.AppendUint64(pairs, uint64(len(key)))
		pairs = binary.NativeEndian.AppendUint64(pairs, 1)
		pairs = append(append(pairs, key...), 'v')
		n++
	}
	return pairs, false, o.err
}

type view struct{ Key, Value []byte }

// list returns the keys that Visit yields, up to stop of them.
func list(t *testing.T, p Page, o *object, stop int) ([]string, error) {
	t.Helper()
	var keys []string
	err := Visit(&p, o, func(v view, err error) bool {
		require.NoError(t, err)
		assert.Equal(t, "v", string(v.Value))
		keys = append(keys, string(v.Key))
		return len(keys) < stop
	})
	return keys, err
}

const all = math.MaxInt64

func TestVisit(t *testing.T) {
	keys := []string{"a", "a\x001", "a\x002", "b", "b1", "b2", "c"}
	for name, test := range map[string]struct {
		page Page
		max  int
		want []string
	}{
		"all":                {Page{Limit: all}, 100, keys},
		"by pages":           {Page{Limit: all, Size: 4}, 100, keys},
		"by the OSD's pages": {Page{Limit: all}, 4, keys},
		"limit":              {Page{Limit: 4}, 4, keys[:4]},
		"none":               {Page{}, 100, nil},
		"after":              {Page{After: "b", Limit: all}, 2, keys[4:]},
		"prefix":             {Page{Prefix: "b", Limit: all}, 2, keys[3:6]},
		"after a NUL byte":   {Page{After: "a\x001", Limit: all}, 100, keys[2:]},
		"prefix with one":    {Page{Prefix: "a\x00", Limit: all}, 100, keys[1:3]},
		"both, and a limit":  {Page{After: "a\x00", Prefix: "a\x00", Limit: 1}, 100, keys[1:2]},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := list(t, test.page, &object{keys: keys, max: test.max}, math.MaxInt)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
	got, err := list(t, Page{Limit: all, Size: 2}, &object{keys: keys, max: 100}, 1)
	require.NoError(t, err)
	assert.Equal(t, keys[:1], got, "it was left")
}

// TestPage: where a page has only keys that are the same to C, a larger one is fetched once.
func TestPage(t *testing.T) {
	keys := []string{"a\x001", "a\x002", "a\x003", "b"}
	o := &object{keys: keys, max: 4}
	got, err := list(t, Page{After: "a\x00", Limit: all, Size: 1}, o, math.MaxInt)
	require.NoError(t, err)
	assert.Equal(t, keys, got)
	assert.Equal(t, []uint64{math.MaxInt64}, o.limits)

	o = &object{keys: keys, max: 2}
	got, err = list(t, Page{Limit: all}, o, math.MaxInt)
	assert.Equal(t, ErrPage, err)
	assert.Equal(t, keys[:2], slices.Compact(got))
}

func TestError(t *testing.T) {
	failed := errors.New("failed")
	_, err := list(t, Page{Limit: all}, &object{err: failed}, math.MaxInt)
	assert.Equal(t, failed, err)
}
