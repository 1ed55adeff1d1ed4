package rados_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// Snapshots belong to a pool, so each test has its own pool.

var snapshotTests = map[string]func(t *testing.T, ioctx *rados.IOContext){
	"snapshots.SnapList": func(t *testing.T, ioctx *rados.IOContext) {
		snaps, err := ioctx.ListSnaps()
		require.NoError(t, err)
		assert.Empty(t, snaps)
		require.NoError(t, ioctx.CreateSnap("snap1"))
		snaps, err = ioctx.ListSnaps()
		require.NoError(t, err)
		id, err := ioctx.LookupSnap("snap1")
		require.NoError(t, err)
		assert.Equal(t, []rados.SnapID{id}, snaps)
		require.NoError(t, ioctx.RemoveSnap("snap1"))
	},
	"snapshots.SnapRemove": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.CreateSnap("snap1"))
		assert.Equal(t, rados.ErrObjectExists, ioctx.CreateSnap("snap1"))
		require.NoError(t, ioctx.RemoveSnap("snap1"))
		_, err := ioctx.LookupSnap("snap1")
		assert.Equal(t, rados.ErrNotFound, err)
		assert.Equal(t, rados.ErrNotFound, ioctx.RemoveSnap("snap1"))
	},
	"snapshots.Rollback": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.Write("foo", filled(0xcc, 128), 0))
		require.NoError(t, ioctx.CreateSnap("snap1"))
		require.NoError(t, ioctx.WriteFull("foo", filled(0xdd, 128)))
		require.NoError(t, ioctx.RollbackSnap("foo", "snap1"))
		assert.Equal(t, filled(0xcc, 128), content(t, ioctx, "foo"))
		assert.Equal(t, rados.ErrNotFound, ioctx.RollbackSnap("foo", "none"))

		require.NoError(t, ioctx.WriteFull("later", filled(1, 1)))
		require.NoError(t, ioctx.RollbackSnap("later", "snap1"))
		_, err := ioctx.Stat("later")
		assert.Equal(t, rados.ErrNotFound, err, "it was not there when the snapshot was taken")
	},
	"snapshots.SnapGetName": func(t *testing.T, ioctx *rados.IOContext) {
		before := time.Now().Add(-time.Second)
		require.NoError(t, ioctx.CreateSnap("snapfoo"))
		_, err := ioctx.LookupSnap("snapbar")
		assert.Equal(t, rados.ErrNotFound, err)
		id, err := ioctx.LookupSnap("snapfoo")
		require.NoError(t, err)
		name, err := ioctx.GetSnapName(id)
		require.NoError(t, err)
		assert.Equal(t, "snapfoo", name)
		stamp, err := ioctx.GetSnapStamp(id)
		require.NoError(t, err)
		assert.WithinRange(t, stamp, before, time.Now().Add(time.Second))
		_, err = ioctx.GetSnapName(id + 1000)
		assert.Equal(t, rados.ErrNotFound, err)
		_, err = ioctx.GetSnapStamp(id + 1000)
		assert.Equal(t, rados.ErrNotFound, err)
	},
}

func TestSnapshots(t *testing.T) {
	for name, test := range snapshotTests {
		t.Run(name, func(t *testing.T) {
			conn := radostest.Conn(t)
			test(t, open(t, conn, makePool(t, conn)))
		})
	}
}

func TestSelfManagedSnapshots(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(t *testing.T, ioctx *rados.IOContext){
		"snapshots.Self.Snap": func(t *testing.T, ioctx *rados.IOContext) {
			one := takeSnap(t, ioctx)
			require.NoError(t, ioctx.Write("foo", filled(0xcc, 128), 0))
			two := takeSnap(t, ioctx, one)
			assert.Greater(t, two, one)
			require.NoError(t, ioctx.Write("foo", filled(0xdd, 128), 0))
			require.NoError(t, ioctx.SetReadSnap(two-1))
			_, err := ioctx.Read("foo", make([]byte, 128), 0)
			assert.Equal(t, rados.ErrNotFound, err, "it was made with the first one in the context")
			require.NoError(t, ioctx.SetReadSnap(two))
			got := make([]byte, 128)
			_, err = ioctx.Read("foo", got, 0)
			require.NoError(t, err)
			assert.Equal(t, filled(0xcc, 128), got)
			require.NoError(t, ioctx.RemoveSelfManagedSnap(two))
			require.NoError(t, ioctx.RemoveSelfManagedSnap(one))
			require.NoError(t, ioctx.SetReadSnap(rados.SnapHead))
			require.NoError(t, ioctx.Delete("foo"))
		},
		"snapshots.Self.Rollback": func(t *testing.T, ioctx *rados.IOContext) {
			one := takeSnap(t, ioctx)
			require.NoError(t, ioctx.Write("foo", filled(0xcc, 128), 0))
			two := takeSnap(t, ioctx, one)
			require.NoError(t, ioctx.Write("foo", filled(0xdd, 128), 0))
			require.NoError(t, ioctx.RollbackSelfManagedSnap("foo", two))
			assert.Equal(t, filled(0xcc, 128), content(t, ioctx, "foo"))
		},
		"snapshots.Self.FutureSnapRollback": func(t *testing.T, ioctx *rados.IOContext) {
			one := takeSnap(t, ioctx)
			require.NoError(t, ioctx.Write("foo", filled(0xcc, 128), 0))
			takeSnap(t, ioctx, one)
			require.NoError(t, ioctx.Write("foo", filled(0xdd, 128), 0))
			three, err := ioctx.CreateSelfManagedSnap()
			require.NoError(t, err)
			require.NoError(t, ioctx.RollbackSelfManagedSnap("foo", three))
			assert.Equal(t, filled(0xdd, 128), content(t, ioctx, "foo"))
		},
		"py.TestIoCtxSelfManagedSnaps.test": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.SetSnapContext(0, nil), "none yet")
			require.NoError(t, ioctx.WriteFull("foo", []byte("abc")))
			one := takeSnap(t, ioctx)
			require.NoError(t, ioctx.WriteFull("foo", []byte("def")))
			two := takeSnap(t, ioctx, one)
			require.NoError(t, ioctx.WriteFull("foo", []byte("ghi")))
			require.NoError(t, ioctx.RollbackSelfManagedSnap("foo", one))
			assert.Equal(t, "abc", string(content(t, ioctx, "foo")))
			require.NoError(t, ioctx.RollbackSelfManagedSnap("foo", two))
			assert.Equal(t, "def", string(content(t, ioctx, "foo")))
			require.NoError(t, ioctx.RemoveSelfManagedSnap(one))
			require.NoError(t, ioctx.RemoveSelfManagedSnap(two))
		},
		"no snapshot": func(t *testing.T, ioctx *rados.IOContext) {
			assert.ErrorIs(t, ioctx.RemoveSelfManagedSnap(0), rados.ErrNotFound)
			assert.ErrorIs(t, ioctx.RemoveSelfManagedSnap(1), syscall.EOPNOTSUPP)
			takeSnap(t, ioctx)
			for _, id := range []rados.SnapID{0, 1 << 40, rados.SnapHead, math.MaxUint64} {
				assert.ErrorIs(t, ioctx.RemoveSelfManagedSnap(id), rados.ErrNotFound, "%d", id)
				assert.ErrorIs(t, ioctx.RemoveSelfManagedSnapContext(t.Context(), id), rados.ErrNotFound, "%d", id)
			}
		},
		"bad contexts": func(t *testing.T, ioctx *rados.IOContext) {
			assert.ErrorIs(t, ioctx.SetSnapContext(2, []rados.SnapID{1, 2}), syscall.EINVAL, "oldest first")
			assert.ErrorIs(t, ioctx.SetSnapContext(1, []rados.SnapID{2}), syscall.EINVAL, "newer than the newest")
		},
		"an older context": func(t *testing.T, ioctx *rados.IOContext) {
			one := takeSnap(t, ioctx)
			takeSnap(t, ioctx, one)
			require.NoError(t, ioctx.WriteFull("foo", []byte("new")))
			require.NoError(t, ioctx.SetSnapContext(one, []rados.SnapID{one}))
			op := rados.CreateWriteOp()
			op.WriteFull([]byte("old"))
			assert.ErrorIs(t, op.Operate(ioctx, "foo", rados.OperationOrderSnap), syscall.Errno(85), "EOLDSNAPC")
			require.NoError(t, ioctx.WriteFull("foo", []byte("old")), "without the flag")
		},
		"kinds don't mix": func(t *testing.T, ioctx *rados.IOContext) {
			other := radostest.Pool(t)
			require.NoError(t, other.CreateSnap("named"))
			_, err := other.CreateSelfManagedSnap()
			assert.ErrorIs(t, err, syscall.EINVAL)
			takeSnap(t, ioctx)
			if err = ioctx.CreateSnap("named"); err == nil {
				t.Skip("Ceph 14.2 sometimes takes a pool for one that has no self-managed snapshots")
			}
			assert.ErrorIs(t, err, syscall.EINVAL)
		},
		"a clone has the context": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", []byte("old")))
			snap := takeSnap(t, ioctx)
			clone, err := ioctx.Clone()
			require.NoError(t, err)
			defer clone.Destroy()
			require.NoError(t, clone.WriteFull("foo", []byte("new")))
			require.NoError(t, clone.SetReadSnap(snap))
			assert.Equal(t, "old", string(content(t, clone, "foo")))
		},
		"write context": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", []byte("first")))
			first := takeSnap(t, ioctx)
			require.NoError(t, ioctx.WriteFull("foo", []byte("second")))
			second := takeSnap(t, ioctx, first)
			assert.Greater(t, second, first)
			require.NoError(t, ioctx.WriteFull("foo", []byte("third")))
			for snap, want := range map[rados.SnapID]string{first: "first", second: "second", rados.SnapHead: "third"} {
				require.NoError(t, ioctx.SetReadSnap(snap))
				assert.Equal(t, want, string(content(t, ioctx, "foo")))
			}
		},
		"without write context": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", []byte("first")))
			snap, err := ioctx.CreateSelfManagedSnap()
			require.NoError(t, err)
			require.NoError(t, ioctx.WriteFull("foo", []byte("second")))
			require.NoError(t, ioctx.SetReadSnap(snap))
			assert.Equal(t, "second", string(content(t, ioctx, "foo")), "it did not take effect")
		},
		"rollback": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", []byte("then")))
			snap := takeSnap(t, ioctx)
			require.NoError(t, ioctx.WriteFull("foo", []byte("now")))
			require.NoError(t, ioctx.RollbackSelfManagedSnap("foo", snap))
			assert.Equal(t, "then", string(content(t, ioctx, "foo")))
			require.NoError(t, ioctx.WriteFull("later", []byte("now")))
			require.NoError(t, ioctx.RollbackSelfManagedSnap("later", snap))
			_, err := ioctx.Stat("later")
			assert.Equal(t, rados.ErrNotFound, err, "it was not there when the snapshot was taken")
			assert.NoError(t, ioctx.RollbackSelfManagedSnap("never", snap))
		},
		"remove": func(t *testing.T, ioctx *rados.IOContext) {
			snap := takeSnap(t, ioctx)
			require.NoError(t, ioctx.RemoveSelfManagedSnap(snap))
			assert.NoError(t, ioctx.RemoveSelfManagedSnap(snap), "again")
			assert.ErrorIs(t, ioctx.RemoveSelfManagedSnap(snap+1000), rados.ErrNotFound, "never made")
		},
		"order of a context": func(t *testing.T, ioctx *rados.IOContext) {
			for _, bad := range []struct {
				seq   rados.SnapID
				snaps []rados.SnapID
			}{{1, []rados.SnapID{2}}, {3, []rados.SnapID{1, 2}}, {2, []rados.SnapID{1, 1}}, {0, []rados.SnapID{1}}} {
				assert.ErrorIs(t, ioctx.SetSnapContext(bad.seq, bad.snaps), syscall.EINVAL, "%v", bad)
			}
			require.NoError(t, ioctx.SetSnapContext(7, []rados.SnapID{5, 3}))
			require.NoError(t, ioctx.SetSnapContext(7, nil))
			require.NoError(t, ioctx.SetSnapContext(0, nil))
		},
		"clone": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", []byte("then")))
			snap := takeSnap(t, ioctx)
			c, err := ioctx.Clone()
			require.NoError(t, err)
			defer c.Destroy()
			require.NoError(t, c.WriteFull("foo", []byte("now")))
			require.NoError(t, c.SetReadSnap(snap))
			assert.Equal(t, "then", string(content(t, c, "foo")))
			assert.Equal(t, "now", string(content(t, ioctx, "foo")))
		},
		"others first": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.CreateSnap("snap"))
			_, err := ioctx.CreateSelfManagedSnap()
			assert.ErrorIs(t, err, syscall.EINVAL)
			require.NoError(t, ioctx.RemoveSnap("snap"))
			_, err = ioctx.CreateSelfManagedSnap()
			assert.ErrorIs(t, err, syscall.EINVAL, "the pool is settled")
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, radostest.Pool(t)) })
	}
}

func TestSnapshotsOfPools(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(t *testing.T, ioctx *rados.IOContext){
		"py.TestIoctx.test_create_snap": func(t *testing.T, ioctx *rados.IOContext) {
			assert.Equal(t, rados.ErrNotFound, ioctx.RemoveSnap("foo"))
			require.NoError(t, ioctx.CreateSnap("foo"))
			require.NoError(t, ioctx.RemoveSnap("foo"))
		},
		"py.TestIoctx.test_list_snaps": func(t *testing.T, ioctx *rados.IOContext) {
			var want, got []string
			for i := range 3 {
				want = append(want, fmt.Sprint("snap", i))
				require.NoError(t, ioctx.CreateSnap(want[i]))
			}
			ids, err := ioctx.ListSnaps()
			require.NoError(t, err)
			for _, id := range ids {
				name, err := ioctx.GetSnapName(id)
				require.NoError(t, err)
				got = append(got, name)
			}
			assert.Equal(t, want, got)
		},
		"py.TestIoctx.test_snap_rollback": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("insnap", []byte("contents")))
			require.NoError(t, ioctx.CreateSnap("snap1"))
			require.NoError(t, ioctx.Delete("insnap"))
			require.NoError(t, ioctx.RollbackSnap("insnap", "snap1"))
			assert.Equal(t, "contents", string(content(t, ioctx, "insnap")))
		},
		"py.TestIoctx.test_snap_read": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("insnap", []byte("contents")))
			require.NoError(t, ioctx.CreateSnap("snap1"))
			require.NoError(t, ioctx.Delete("insnap"))
			id, err := ioctx.LookupSnap("snap1")
			require.NoError(t, err)
			require.NoError(t, ioctx.SetReadSnap(id))
			assert.Equal(t, "contents", string(content(t, ioctx, "insnap")))
			require.NoError(t, ioctx.SetReadSnap(rados.SnapHead))
			_, err = ioctx.Stat("insnap")
			assert.Equal(t, rados.ErrNotFound, err)
			require.NoError(t, ioctx.WriteFull("insnap", []byte("again")))
			assert.Equal(t, "again", string(content(t, ioctx, "insnap")))
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, radostest.Pool(t)) })
	}
}

// TestSnapshotsAreTrimmed expects the data of a removed snapshot to be removed.
func TestSnapshotsAreTrimmed(t *testing.T) {
	t.Parallel()
	t.Run("snapstats.SnaptrimStats", func(t *testing.T) {
		snapshotIsTrimmed(t, radostest.Shared(t), radostest.Pool(t), 128)
	})
}

// snapshotIsTrimmed reads the statistics of the placement groups, which the
// manager receives every few seconds. An OSD that gets a new map while it trims
// restarts its count, and other tests cause new maps, so there are several
// attempts.
func snapshotIsTrimmed(t *testing.T, cluster *radostest.Cluster, ioctx *rados.IOContext, size int) {
	if testing.Short() {
		t.Skip("waits some seconds for statistics")
	}
	const objects = 10
	conn := cluster.Conn(t)
	write := func(b byte) {
		for i := range objects {
			require.NoError(t, ioctx.WriteFull(fmt.Sprint("object", i), filled(b, size)))
		}
	}
	attempt := func() (trimmed int) {
		write(1)
		snap := takeSnap(t, ioctx)
		write(2)
		are := func(n int) func() bool {
			return func() bool {
				var clones int
				clones, trimmed = trimStats(t, conn, ioctx.GetPoolID())
				return clones == n
			}
		}
		require.Eventually(t, are(objects), 3*await.Patience, 200*time.Millisecond)
		require.NoError(t, ioctx.RemoveSelfManagedSnap(snap))
		require.Eventually(t, are(0), 3*await.Patience, 200*time.Millisecond)
		return trimmed
	}
	for range 5 {
		trimmed := attempt()
		if trimmed == objects || trimmed < 0 {
			return
		}
		t.Logf("the OSDs count %d of %d", trimmed, objects)
	}
	t.Error("the OSDs never counted them all")
}

// trimStats counts the objects that only snapshots have, and those that were
// removed with their snapshot, or -1 where OSDs do not report it, before Ceph
// 17.
func trimStats(t *testing.T, conn *rados.Conn, pool int64) (clones, trimmed int) {
	out, _, err := conn.MonCommandWithInputBuffer(command(t, "pg dump"), nil)
	assert.NoError(t, err)
	var dump struct {
		PGMap struct {
			Stats []struct {
				ID  string `json:"pgid"`
				Sum struct {
					Clones int `json:"num_object_clones"`
				} `json:"stat_sum"`
				Trimmed *int `json:"objects_trimmed"`
			} `json:"pg_stats"`
		} `json:"pg_map"`
	}
	assert.NoError(t, json.Unmarshal(out, &dump))
	for _, pg := range dump.PGMap.Stats {
		switch {
		case !strings.HasPrefix(pg.ID, fmt.Sprint(pool, ".")):
		case pg.Trimmed == nil:
			clones, trimmed = clones+pg.Sum.Clones, -1
		default:
			clones, trimmed = clones+pg.Sum.Clones, trimmed+*pg.Trimmed
		}
	}
	return clones, trimmed
}

// takeSnap takes a snapshot and sets the write context to it and the older
// ones.
func takeSnap(t *testing.T, ioctx *rados.IOContext, older ...rados.SnapID) rados.SnapID {
	t.Helper()
	snap, err := ioctx.CreateSelfManagedSnap()
	require.NoError(t, err)
	require.NoError(t, ioctx.SetSnapContext(snap, append([]rados.SnapID{snap}, older...)))
	return snap
}

func TestReadOfASnapshot(t *testing.T) {
	conn := radostest.Conn(t)
	ioctx := open(t, conn, makePool(t, conn))
	require.NoError(t, ioctx.WriteFull("foo", []byte("then")))
	require.NoError(t, ioctx.CreateSnap("snap"))
	require.NoError(t, ioctx.WriteFull("foo", []byte("now")))
	id, err := ioctx.LookupSnap("snap")
	require.NoError(t, err)
	require.NoError(t, ioctx.SetReadSnap(id))
	assert.Equal(t, "then", string(content(t, ioctx, "foo")))
	require.NoError(t, ioctx.SetReadSnap(rados.SnapHead))
	assert.Equal(t, "now", string(content(t, ioctx, "foo")))
}

func TestListManySnapshots(t *testing.T) {
	conn := radostest.Conn(t)
	ioctx := open(t, conn, makePool(t, conn))
	if testing.Short() {
		t.Skip("makes 70 snapshots")
	}
	for i := range 70 {
		require.NoError(t, ioctx.CreateSnap(fmt.Sprint("snap", i)))
	}
	snaps, err := ioctx.ListSnaps()
	require.NoError(t, err)
	assert.Len(t, snaps, 70)
}

func TestSnapshotNamesWithNUL(t *testing.T) {
	conn := radostest.Conn(t)
	ioctx := open(t, conn, makePool(t, conn))
	const bad = "a\x00b"
	assert.Equal(t, rados.ErrNameContainsNUL, ioctx.CreateSnap(bad))
	assert.Equal(t, rados.ErrNameContainsNUL, ioctx.RemoveSnap(bad))
	assert.Equal(t, rados.ErrNameContainsNUL, ioctx.RollbackSnap("foo", bad))
	assert.Equal(t, rados.ErrNameContainsNUL, ioctx.RollbackSnap(bad, "snap"))
	_, err := ioctx.LookupSnap(bad)
	assert.Equal(t, rados.ErrNameContainsNUL, err)
}
