package rados_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// TestOldMap makes calls about pools and snapshots that another client has
// changed, before this one has the new OSD map. No answer comes from the old
// map.
func TestOldMap(t *testing.T) {
	const rounds = 20
	conn, other := radostest.Conn(t), radostest.Conn(t)

	pools := []struct {
		name string
		try  func(t *testing.T, pool string) // other has made pool, which conn does not know
	}{
		{"DeletePool", func(t *testing.T, pool string) { assert.NoError(t, conn.DeletePool(pool)) }},
		{"MakePool", func(t *testing.T, pool string) {
			require.NoError(t, conn.WaitForLatestOSDMap())
			require.NoError(t, other.DeletePool(pool))
			assert.NoError(t, conn.MakePool(pool))
		}},
		{"MakePoolWithCrushRule", func(t *testing.T, pool string) {
			require.NoError(t, conn.WaitForLatestOSDMap())
			require.NoError(t, other.DeletePool(pool))
			assert.NoError(t, conn.MakePoolWithCrushRule(pool, 0))
		}},
		{"ListPools", func(t *testing.T, pool string) {
			names, err := conn.ListPools()
			require.NoError(t, err)
			assert.Contains(t, names, pool)
			require.NoError(t, other.DeletePool(pool))
			names, err = conn.ListPools()
			require.NoError(t, err)
			assert.NotContains(t, names, pool)
		}},
		{"OpenIOContext", func(t *testing.T, pool string) {
			ioctx, err := conn.OpenIOContext(pool)
			if assert.NoError(t, err) {
				ioctx.Destroy()
			}
		}},
		{"GetPoolByName", func(t *testing.T, pool string) {
			want, err := other.GetPoolByName(pool)
			require.NoError(t, err)
			id, err := conn.GetPoolByName(pool)
			assert.NoError(t, err)
			assert.Equal(t, want, id)
		}},
		{"GetPoolByID", func(t *testing.T, pool string) {
			id, err := other.GetPoolByName(pool)
			require.NoError(t, err)
			name, err := conn.GetPoolByID(id)
			assert.NoError(t, err)
			assert.Equal(t, pool, name)
		}},
		{"GetBaseTier", func(t *testing.T, pool string) {
			id, err := other.GetPoolByName(pool)
			require.NoError(t, err)
			base, err := conn.GetBaseTier(id)
			assert.NoError(t, err)
			assert.Equal(t, id, base)
		}},
		{"ListApplications", func(t *testing.T, pool string) {
			mine, theirs := open(t, conn, pool), open(t, other, pool)
			require.NoError(t, theirs.EnableApplication("app", false))
			apps, err := mine.ListApplications()
			assert.NoError(t, err)
			assert.Equal(t, []string{"app"}, apps)
		}},
		{"PGCommand", func(t *testing.T, pool string) {
			id, err := other.GetPoolByName(pool)
			require.NoError(t, err)
			// Listing visits each placement group: after it the OSD has made them all.
			require.NoError(t, open(t, other, pool).ListObjects(func(string) {}))
			pg := fmt.Sprintf("%d.0", id)
			query := [][]byte{command(t, "query", "pgid", pg, "cmd", "query")}
			require.Eventually(t, func() bool {
				_, _, err := other.PGCommand([]byte(pg), query)
				return err == nil
			}, time.Minute, 10*time.Millisecond, "the OSD has made the placement group")
			output, status, err := conn.PGCommand([]byte(pg), query)
			assert.NoError(t, err, status)
			assert.NotEmpty(t, output)
		}},
	}
	for _, test := range pools {
		t.Run(test.name, func(t *testing.T) {
			for range rounds {
				pool := unique("pool")
				require.NoError(t, conn.WaitForLatestOSDMap())
				require.NoError(t, other.MakePool(pool))
				test.try(t, pool)
				if err := other.DeletePool(pool); err != nil {
					require.ErrorIs(t, err, rados.ErrNotFound)
				}
			}
		})
	}

	pool := makePool(t, conn)
	mine, theirs := open(t, conn, pool), open(t, other, pool)
	snaps := []struct {
		name string
		try  func(t *testing.T, snap string) // other has taken snap, which conn does not know
	}{
		{"RemoveSnap", func(t *testing.T, snap string) { assert.NoError(t, mine.RemoveSnap(snap)) }},
		{"CreateSnap", func(t *testing.T, snap string) {
			require.NoError(t, conn.WaitForLatestOSDMap())
			require.NoError(t, theirs.RemoveSnap(snap))
			assert.NoError(t, mine.CreateSnap(snap))
		}},
		{"LookupSnap", func(t *testing.T, snap string) {
			want, err := theirs.LookupSnap(snap)
			require.NoError(t, err)
			id, err := mine.LookupSnap(snap)
			assert.NoError(t, err)
			assert.Equal(t, want, id)
		}},
		{"GetSnapName", func(t *testing.T, snap string) {
			id, err := theirs.LookupSnap(snap)
			require.NoError(t, err)
			name, err := mine.GetSnapName(id)
			assert.NoError(t, err)
			assert.Equal(t, snap, name)
		}},
		{"GetSnapStamp", func(t *testing.T, snap string) {
			id, err := theirs.LookupSnap(snap)
			require.NoError(t, err)
			want, err := theirs.GetSnapStamp(id)
			require.NoError(t, err)
			stamp, err := mine.GetSnapStamp(id)
			assert.NoError(t, err)
			assert.Equal(t, want, stamp)
		}},
		{"ListSnaps", func(t *testing.T, snap string) {
			id, err := theirs.LookupSnap(snap)
			require.NoError(t, err)
			ids, err := mine.ListSnaps()
			require.NoError(t, err)
			assert.Contains(t, ids, id)
			require.NoError(t, theirs.RemoveSnap(snap))
			ids, err = mine.ListSnaps()
			require.NoError(t, err)
			assert.NotContains(t, ids, id)
		}},
		{"RollbackSnap", func(t *testing.T, snap string) { assert.NoError(t, mine.RollbackSnap("object", snap)) }},
		{"GetApplicationMetadata", func(t *testing.T, key string) {
			require.NoError(t, theirs.SetApplicationMetadata("app", key, "value"))
			value, err := mine.GetApplicationMetadata("app", key)
			assert.NoError(t, err)
			assert.Equal(t, "value", value)
		}},
		{"ListApplicationMetadata", func(t *testing.T, key string) {
			require.NoError(t, theirs.SetApplicationMetadata("app", key, "value"))
			metadata, err := mine.ListApplicationMetadata("app")
			assert.NoError(t, err)
			assert.Equal(t, "value", metadata[key])
		}},
	}
	require.NoError(t, mine.WriteFull("object", []byte("content")))
	require.NoError(t, theirs.EnableApplication("app", false))
	for _, test := range snaps {
		t.Run(test.name, func(t *testing.T) {
			for range rounds {
				snap := unique("snap")
				require.NoError(t, conn.WaitForLatestOSDMap())
				require.NoError(t, theirs.CreateSnap(snap))
				test.try(t, snap)
				if err := theirs.RemoveSnap(snap); err != nil {
					require.ErrorIs(t, err, rados.ErrNotFound)
				}
			}
		})
	}
}
