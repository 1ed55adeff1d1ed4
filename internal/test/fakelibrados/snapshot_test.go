package fakelibrados_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

func TestListSnaps(t *testing.T) {
	for _, n := range []int{0, 1, 63, 64, 65, 128, 1006} {
		var want []rados.SnapID
		var ids []uint64
		for i := range n {
			ids = append(ids, uint64(i)<<40)
			want = append(want, rados.SnapID(i)<<40)
		}
		ioctx := opened(t)
		fakelibrados.Answer("rados_ioctx_snap_list", memory(ids...))
		got, err := ioctx.ListSnaps()
		require.NoError(t, err)
		assert.Len(t, got, n)
		assert.ElementsMatch(t, want, got)
	}
}

func TestSetSnapContext(t *testing.T) {
	ioctx := opened(t)
	for _, snaps := range [][]rados.SnapID{nil, {}, {1}, {1<<64 - 1, 1 << 40, 0}, make([]rados.SnapID, 10_000)} {
		want := []any{-1}
		for _, snap := range snaps {
			want = append(want, int(snap))
		}
		require.NoError(t, ioctx.SetSnapContext(1<<64-1, snaps))
		assert.Equal(t, want, fakelibrados.Args("rados_ioctx_selfmanaged_snap_set_write_ctx"))
	}
}
