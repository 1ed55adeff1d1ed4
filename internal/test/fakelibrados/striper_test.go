package fakelibrados_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/striper"
)

// striped returns a Striper on a fake that is reset.
func striped(t *testing.T) *striper.Striper {
	t.Helper()
	s, err := striper.New(opened(t))
	require.NoError(t, err)
	t.Cleanup(s.Destroy)
	return s
}

func TestStriperArguments(t *testing.T) {
	s := striped(t)
	buf := make([]byte, 8)
	for _, c := range []struct {
		function string
		want     []any
		call     func() error
	}{
		{"append", []any{"object", "data"}, func() error { return s.Append("object", data) }},
		{"getxattr", []any{"object", "name", 8}, func() error { return second(s.GetXattr("object", "name", buf)) }},
		{"getxattrs", []any{"object"}, func() error { return second(s.ListXattrs("object")) }},
		{"read", []any{"object", 8, 1 << 40}, func() error { return second(s.Read("object", buf, 1<<40)) }},
		{"remove", []any{"object"}, func() error { return s.Remove("object") }},
		{"rmxattr", []any{"object", "name"}, func() error { return s.RmXattr("object", "name") }},
		{"setxattr", []any{"object", "name", "data"}, func() error { return s.SetXattr("object", "name", data) }},
		{"set_object_layout_stripe_unit", []any{1 << 16}, func() error { return s.SetObjectLayoutStripeUnit(1 << 16) }},
		{"set_object_layout_stripe_count", []any{3}, func() error { return s.SetObjectLayoutStripeCount(3) }},
		{"set_object_layout_object_size", []any{1 << 20}, func() error { return s.SetObjectLayoutObjectSize(1 << 20) }},
		{"stat2", []any{"object"}, func() error { return second(s.Stat("object")) }},
		{"trunc", []any{"object", 1 << 40}, func() error { return s.Truncate("object", 1<<40) }},
		{"write", []any{"object", "data", 1 << 40}, func() error { return s.Write("object", data, 1<<40) }},
		{"write_full", []any{"object", "data"}, func() error { return s.WriteFull("object", data) }},
	} {
		t.Run(c.function, func(t *testing.T) {
			require.NoError(t, c.call())
			assert.Equal(t, c.want, fakelibrados.Args("rados_striper_"+c.function))
		})
	}
}

func TestStriperResults(t *testing.T) {
	s := striped(t)
	fakelibrados.Answer("rados_striper_getxattr", "a\x00b")
	fakelibrados.Answer("rados_striper_getxattrs", "key", "value", "empty", "")
	fakelibrados.Answer("rados_striper_read", "content")
	fakelibrados.Answer("rados_striper_stat2", memory(10), memory(1457129052, 7))
	buf := make([]byte, 8)
	n, err := s.GetXattr("object", "name", buf)
	require.NoError(t, err)
	assert.Equal(t, "a\x00b", string(buf[:n]))
	n, err = s.Read("object", buf, 0)
	require.NoError(t, err)
	assert.Equal(t, "content", string(buf[:n]))
	xattrs, err := s.ListXattrs("object")
	require.NoError(t, err)
	assert.Equal(t, map[string][]byte{"key": []byte("value"), "empty": {}}, xattrs)
	stat, err := s.Stat("object")
	require.NoError(t, err)
	assert.Equal(t, striper.StatInfo{Size: 10, ModTime: striper.Timespec{Sec: 1457129052, Nsec: 7}}, stat)

	var taskStat striper.StatInfo
	var taskXattrs map[string][]byte
	tasks := []*rados.Task{s.Tasks().Stat("object", &taskStat), s.Tasks().ListXattrs("object", &taskXattrs)}
	for task := range rados.Pipeline(t.Context(), 2, slices.Values(tasks)) {
		require.NoError(t, task.Err)
	}
	assert.Equal(t, stat, taskStat)
	assert.Equal(t, xattrs, taskXattrs)
}

// testStriperStatLacked expects the older function, whose time has whole seconds.
func testStriperStatLacked(t *testing.T) {
	s := striped(t)
	fakelibrados.Answer("rados_striper_stat", memory(10), memory(1457129052))
	stat, err := s.Stat("object")
	require.NoError(t, err)
	assert.Equal(t, striper.StatInfo{Size: 10, ModTime: striper.Timespec{Sec: 1457129052}}, stat)
}
