package fakelibrados_test

import (
	"fmt"
	"math"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

func TestListPools(t *testing.T) {
	long := strings.Repeat("x", 5000)
	for what, want := range map[string][]string{
		"none":        nil,
		"one":         {"pool"},
		"some":        {"rbd", ".mgr", "pööl", "p"},
		"long":        {long},
		"long behind": {"rbd", long, "p"},
		"just fits":   {strings.Repeat("x", 4096-2)},
		"one too few": {strings.Repeat("x", 4096-1)},
		"many":        strings.Split(strings.Repeat("pool ", 9999)+"last", " "),
	} {
		t.Run(what, func(t *testing.T) {
			conn := connected(t)
			flat := strings.Join(append(want, ""), "\x00") + "\x00"
			fakelibrados.Answer("rados_pool_list", flat)
			got, err := conn.ListPools()
			require.NoError(t, err)
			assert.Equal(t, want, got)
			if len(flat) <= 4096 {
				assert.Equal(t, 1, fakelibrados.Calls("rados_pool_list"))
			} else {
				assert.Equal(t, 2, fakelibrados.Calls("rados_pool_list"))
				assert.Equal(t, []any{max(len(flat), 4096)}, fakelibrados.Args("rados_pool_list"), "just what is needed")
			}
		})
	}
}

func TestListPoolsFails(t *testing.T) {
	conn := connected(t)
	fakelibrados.Answer("rados_pool_list", strings.Repeat("x", 10_000))
	fakelibrados.ReturnAfter("rados_pool_list", 1, -int(syscall.EIO))
	names, err := conn.ListPools()
	assert.ErrorIs(t, err, syscall.EIO)
	assert.Nil(t, names)
	fakelibrados.Return("rados_pool_list", math.MaxInt32)
	_, err = conn.ListPools()
	assert.ErrorIs(t, err, syscall.ENOMEM, "2 GiB of pool names")
}

func TestGetPoolStats(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Answer("rados_ioctx_pool_stat", memory(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))
	stat, err := ioctx.GetPoolStats()
	require.NoError(t, err)
	assert.Equal(t, rados.PoolStat{
		Num_bytes: 1, Num_kb: 2, Num_objects: 3, Num_object_clones: 4, Num_object_copies: 5,
		Num_objects_missing_on_primary: 6, Num_objects_unfound: 7, Num_objects_degraded: 8,
		Num_rd: 9, Num_rd_kb: 10, Num_wr: 11, Num_wr_kb: 12,
		Num_user_bytes: 13, Compressed_bytes_orig: 14, Compressed_bytes: 15, Compressed_bytes_alloc: 16,
	}, stat)
	fakelibrados.Return("rados_ioctx_pool_stat", -int(syscall.EIO))
	stat, err = ioctx.GetPoolStats()
	assert.ErrorIs(t, err, syscall.EIO)
	assert.Zero(t, stat)
}

func TestListInconsistentPGs(t *testing.T) {
	for _, n := range []int{0, 1, 10, 2000} {
		conn := connected(t)
		var want []string
		for i := range n {
			want = append(want, fmt.Sprintf("2.%x", i))
		}
		fakelibrados.Answer("rados_inconsistent_pg_list", terminated(want)+"\x00")
		got, err := conn.ListInconsistentPGs(7)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}
