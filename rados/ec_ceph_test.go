package rados_test

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// TestErasureCoded tests erasure-coded pools without overwrites, on a cluster
// of three OSDs.
func TestErasureCoded(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of three OSDs")
	}
	t.Parallel()
	cluster := radostest.Start(t, radostest.OSDs(3), radostest.Config("client", "rados_osd_op_timeout", "60"))
	shared := cluster.ECPool(t)
	run := func(tests map[string]func(t *testing.T, ioctx *rados.IOContext), pool func(t *testing.T) *rados.IOContext) {
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				ioctx := pool(t)
				clusters.Store(ioctx, cluster)
				defer clusters.Delete(ioctx)
				test(t, ioctx)
			})
		}
	}
	run(map[string]func(t *testing.T, ioctx *rados.IOContext){
		"aio.EC.SimpleWrite":        aioTests["aio.SimpleWrite"],
		"aio.EC.WaitForComplete":    aioTests["aio.WaitForSafe"],
		"aio.EC.RoundTrip":          aioTests["aio.RoundTrip"],
		"aio.EC.RoundTrip2":         aioTests["aio.RoundTrip2"],
		"aio.EC.RoundTripAppend":    ecAppendContext,
		"aio.EC.IsComplete":         orderTests["aio.IsComplete"],
		"aio.EC.IsSafe":             orderTests["aio.IsSafe"],
		"aio.EC.Flush":              orderTests["aio.Flush"],
		"aio.EC.FlushAsync":         orderTests["aio.FlushAsync"],
		"aio.EC.ReadWriteOrdering":  orderTests["aio.ReadWriteOrdering"],
		"aio.EC.ReturnValue":        aioTests["aio.ReturnValue"],
		"aio.EC.RoundTripWriteFull": aioTests["aio.RoundTripWriteFull"],
		"aio.EC.SimpleStat":         aioTests["aio.SimpleStat"],
		"aio.EC.SimpleStatNS":       aioTests["aio.SimpleStatNS"],
		"aio.EC.StatRemove":         aioTests["aio.StatRemove"],
		"aio.EC.ExecuteClass":       aioTests["aio.ExecuteClass"],
		"aio.EC.MultiWrite": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteContext(t.Context(), "foo", buf, 0))
			assert.ErrorIs(t, ioctx.WriteContext(t.Context(), "foo", filled(0xdd, 64), 128), syscall.EOPNOTSUPP)
			assert.Equal(t, buf, readContext(t, ioctx, "foo", 576))
		},
		"io.EC.SimpleWrite":               objectTests["io.SimpleWrite"],
		"io.EC.RoundTrip":                 ecRoundTrip,
		"io.EC.OverlappingWriteRoundTrip": ecOverlap,
		"io.EC.WriteFullRoundTrip":        objectTests["io.WriteFullRoundTrip"],
		"io.EC.AppendRoundTrip":           ecAppend,
		"io.EC.TruncTest":                 ecTruncate,
		"io.EC.RemoveTest":                objectTests["io.RemoveTest"],
		"io.EC.XattrsRoundTrip":           xattrTests["io.XattrsRoundTrip"],
		"io.EC.RmXattr":                   xattrTests["io.RmXattr"],
		"io.EC.XattrIter":                 xattrTests["io.XattrIter"],
		"lock.EC.LockExclusive":           lockTests["lock.LockExclusive"],
		"lock.EC.LockShared":              lockTests["lock.LockShared"],
		"lock.EC.LockExclusiveDur":        lockTests["lock.LockExclusiveDur"],
		"lock.EC.LockSharedDur":           lockTests["lock.LockSharedDur"],
		"lock.EC.LockMayRenew":            lockTests["lock.LockMayRenew"],
		"lock.EC.Unlock":                  lockTests["lock.Unlock"],
		"lock.EC.ListLockers":             lockTests["lock.ListLockers"],
		"lock.EC.BreakLock":               lockTests["lock.BreakLock"],
		"stat.EC.Stat":                    objectTests["stat.Stat"],
		"stat.EC.StatNS":                  objectTests["stat.StatNS"],
		"stat.EC.ClusterStat": func(t *testing.T, _ *rados.IOContext) {
			stat, err := cluster.Conn(t).GetClusterStats()
			require.NoError(t, err)
			assert.GreaterOrEqual(t, stat.Kb, stat.Kb_avail)
		},
		"stat.EC.PoolStat": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", buf))
			name, err := ioctx.GetPoolName()
			require.NoError(t, err)
			assert.NotEmpty(t, name)
			_, err = ioctx.GetPoolStats()
			assert.NoError(t, err)
		},
		"watch.EC.WatchNotify": func(t *testing.T, ioctx *rados.IOContext) {
			assert.Len(t, answer1(t, ioctx, watch(t, ioctx, "foo")), 1)
		},
		"py.TestIoctxEc.test_alignment": func(t *testing.T, ioctx *rados.IOContext) {
			required, err := ioctx.RequiresAlignment()
			require.NoError(t, err)
			assert.True(t, required)
			alignment, err := ioctx.Alignment()
			require.NoError(t, err)
			assert.EqualValues(t, 8192, alignment, "two chunks of 4 KiB")
		},
		"no omap": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", buf))
			assert.ErrorIs(t, ioctx.SetOmap("foo", map[string][]byte{"k": nil}), syscall.EOPNOTSUPP)
			assert.ErrorIs(t, ioctx.CleanOmap("foo"), syscall.EOPNOTSUPP)
			err := writing(ioctx, "foo", func(op *rados.WriteOp) { op.SetOmap(map[string][]byte{"k": nil}) })
			assert.ErrorIs(t, err, syscall.EOPNOTSUPP)
			pairs, err := ioctx.GetAllOmapValues("foo", "", "", 0)
			require.NoError(t, err, "it has none, as it were")
			assert.Empty(t, pairs)
		},
		"operations": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, writing(ioctx, "foo", func(op *rados.WriteOp) {
				op.Create(rados.CreateExclusive)
				op.WriteFull([]byte("data"))
				op.SetXattr("x", []byte("value"))
			}))
			got := make([]byte, 10)
			var read *rados.ReadOpReadStep
			var sums *rados.ReadOpChecksumStep
			require.NoError(t, reading(ioctx, "foo", func(op *rados.ReadOp) {
				op.CmpExt([]byte("data\x00"), 0)
				op.CmpXattr("x", rados.CompareEQ, []byte("value"))
				read = op.Read(0, got)
			}))
			assert.Equal(t, "data", string(got[:read.BytesRead]))
			require.NoError(t, reading(ioctx, "foo", func(op *rados.ReadOp) {
				sums = op.Checksum(rados.ChecksumTypeCRC32C, rados.ChecksumsOptions{Length: 4, ChunkSize: 2})
			}))
			list, err := sums.Sums()
			require.NoError(t, err)
			assert.Equal(t, []uint64{castagnoli(0, []byte("da")), castagnoli(0, []byte("ta"))}, list)
			err = writing(ioctx, "foo", func(op *rados.WriteOp) { op.Zero(0, 2) })
			assert.ErrorIs(t, err, syscall.EOPNOTSUPP)
		},
	}, func(t *testing.T) *rados.IOContext {
		ioctx, err := shared.WithNamespace(unique("test"))
		require.NoError(t, err)
		t.Cleanup(ioctx.Destroy)
		return ioctx
	})
	run(map[string]func(t *testing.T, ioctx *rados.IOContext){
		"list.EC.ListObjects":        listOne,
		"list.EC.ListObjectsNS":      listNamespaces,
		"list.EC.ListObjectsStart":   listFromPositions,
		"snapshots.EC.SnapList":      snapshotTests["snapshots.SnapList"],
		"snapshots.EC.SnapRemove":    snapshotTests["snapshots.SnapRemove"],
		"snapshots.EC.Rollback":      snapshotTests["snapshots.Rollback"],
		"snapshots.EC.SnapGetName":   snapshotTests["snapshots.SnapGetName"],
		"snapshots.EC.Self.Snap":     ecSelfManagedSnap,
		"snapshots.EC.Self.Rollback": ecSelfManagedRollback,
		"snapstats.EC.SnaptrimStats": func(t *testing.T, ioctx *rados.IOContext) {
			snapshotIsTrimmed(t, cluster, ioctx, aligned(t, ioctx))
		},
	}, func(t *testing.T) *rados.IOContext { return cluster.ECPool(t) })
}

// aligned returns the number of bytes that an append must be a multiple of.
func aligned(t *testing.T, ioctx *rados.IOContext) int {
	t.Helper()
	alignment, err := ioctx.Alignment()
	require.NoError(t, err)
	require.Positive(t, alignment)
	return int(alignment)
}

func ecRoundTrip(t *testing.T, ioctx *rados.IOContext) {
	require.NoError(t, ioctx.Write("foo", buf, 0))
	assert.Equal(t, buf, content(t, ioctx, "foo"))
	assert.ErrorIs(t, ioctx.Write("bar", buf, 19), syscall.EOPNOTSUPP)
}

func ecOverlap(t *testing.T, ioctx *rados.IOContext) {
	a := aligned(t, ioctx)
	require.NoError(t, ioctx.Write("foo", filled(0xcc, 2*a), 0))
	assert.ErrorIs(t, ioctx.Write("foo", filled(0xdd, a), 0), syscall.EOPNOTSUPP)
	assert.Equal(t, filled(0xcc, 2*a), content(t, ioctx, "foo"))
}

func ecAppend(t *testing.T, ioctx *rados.IOContext) {
	a := aligned(t, ioctx)
	require.NoError(t, ioctx.Append("foo", filled(0xde, a)))
	require.NoError(t, ioctx.Append("foo", filled(0xad, a)))
	require.NoError(t, ioctx.Append("foo", filled(0xbe, a/2)))
	assert.ErrorIs(t, ioctx.Append("foo", filled(0xef, a/2)), syscall.EOPNOTSUPP)
	want := append(append(filled(0xde, a), filled(0xad, a)...), filled(0xbe, a/2)...)
	assert.Equal(t, want, content(t, ioctx, "foo"))
}

func ecAppendContext(t *testing.T, ioctx *rados.IOContext) {
	required, err := ioctx.RequiresAlignment()
	require.NoError(t, err)
	require.True(t, required)
	a := aligned(t, ioctx)
	require.NoError(t, ioctx.AppendContext(t.Context(), "foo", filled(0xde, a)))
	require.NoError(t, ioctx.AppendContext(t.Context(), "foo", filled(0xad, a/2)))
	assert.ErrorIs(t, ioctx.AppendContext(t.Context(), "foo", filled(0xbe, a/2)), syscall.EOPNOTSUPP)
	assert.Equal(t, append(filled(0xde, a), filled(0xad, a/2)...), readContext(t, ioctx, "foo", 3*a))
}

func ecTruncate(t *testing.T, ioctx *rados.IOContext) {
	require.NoError(t, ioctx.Append("foo", buf))
	assert.ErrorIs(t, ioctx.Truncate("foo", 64), syscall.EOPNOTSUPP)
	assert.Equal(t, buf, content(t, ioctx, "foo"))
}

func ecSelfManagedSnap(t *testing.T, ioctx *rados.IOContext) {
	a := aligned(t, ioctx)
	one := takeSnap(t, ioctx)
	require.NoError(t, ioctx.WriteFull("foo", filled(0xcc, a)))
	two := takeSnap(t, ioctx, one)
	require.NoError(t, ioctx.Append("foo", filled(0xdd, a)))
	require.NoError(t, ioctx.SetReadSnap(one))
	_, err := ioctx.Read("foo", make([]byte, 2*a), 0)
	assert.Equal(t, rados.ErrNotFound, err)
	require.NoError(t, ioctx.SetReadSnap(two))
	got := make([]byte, 2*a)
	n, err := ioctx.Read("foo", got, 0)
	require.NoError(t, err)
	assert.Equal(t, filled(0xcc, a), got[:n])
	require.NoError(t, ioctx.SetReadSnap(rados.SnapHead))
	assert.Len(t, content(t, ioctx, "foo"), 2*a)
	require.NoError(t, ioctx.RemoveSelfManagedSnap(two))
	require.NoError(t, ioctx.RemoveSelfManagedSnap(one))
}

func ecSelfManagedRollback(t *testing.T, ioctx *rados.IOContext) {
	a := aligned(t, ioctx)
	one := takeSnap(t, ioctx)
	require.NoError(t, ioctx.WriteFull("foo", filled(0xcc, a)))
	two := takeSnap(t, ioctx, one)
	require.NoError(t, ioctx.Append("foo", filled(0xdd, a)))
	require.NoError(t, ioctx.RollbackSelfManagedSnap("foo", two))
	assert.Equal(t, filled(0xcc, a), content(t, ioctx, "foo"))
}
