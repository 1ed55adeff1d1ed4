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

// Snapshots belong to a pool, so each test has a pool of its own.

func TestSnapshots(t *testing.T) {
	for name, test := range map[string]func(t *testing.T, ioctx *rados.IOContext){
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
		"read": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", []byte("then")))
			require.NoError(t, ioctx.CreateSnap("snap"))
			require.NoError(t, ioctx.WriteFull("foo", []byte("now")))
			id, err := ioctx.LookupSnap("snap")
			require.NoError(t, err)
			require.NoError(t, ioctx.SetReadSnap(id))
			assert.Equal(t, "then", string(content(t, ioctx, "foo")))
			require.NoError(t, ioctx.SetReadSnap(rados.SnapHead))
			assert.Equal(t, "now", string(content(t, ioctx, "foo")))
		},
		"more than fit at first": func(t *testing.T, ioctx *rados.IOContext) {
			if testing.Short() {
				t.Skip("makes 70 snapshots")
			}
			for i := range 70 {
				require.NoError(t, ioctx.CreateSnap(fmt.Sprint("snap", i)))
			}
			snaps, err := ioctx.ListSnaps()
			require.NoError(t, err)
			assert.Len(t, snaps, 70)
		},
		"bad names": func(t *testing.T, ioctx *rados.IOContext) {
			const bad = "a\x00b"
			assert.Equal(t, rados.ErrNameContainsNUL, ioctx.CreateSnap(bad))
			assert.Equal(t, rados.ErrNameContainsNUL, ioctx.RemoveSnap(bad))
			assert.Equal(t, rados.ErrNameContainsNUL, ioctx.RollbackSnap("foo", bad))
			assert.Equal(t, rados.ErrNameContainsNUL, ioctx.RollbackSnap(bad, "snap"))
			_, err := ioctx.LookupSnap(bad)
			assert.Equal(t, rados.ErrNameContainsNUL, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			conn := radostest.Conn(t)
			test(t, open(t, conn, makePool(t, conn)))
		})
	}
}

func TestPoolFullTry(t *testing.T) {
	ioctx := namespace(t)
	require.NoError(t, ioctx.SetPoolFullTry())
	require.NoError(t, ioctx.WriteFull("foo", []byte("data")), "the pool is not full")
	require.NoError(t, ioctx.UnsetPoolFullTry())
}

func TestHandlesForOthers(t *testing.T) {
	conn := radostest.Conn(t)
	ioctx := open(t, conn, makePool(t, radostest.Conn(t)))
	assert.NotNil(t, conn.Cluster())
	assert.NotNil(t, ioctx.Pointer())
	ioctx.Destroy()
	assert.Nil(t, ioctx.Pointer())
	conn.Shutdown()
	assert.Nil(t, conn.Cluster())
	assert.Nil(t, (*rados.Conn)(nil).Cluster())
	assert.Nil(t, (*rados.IOContext)(nil).Pointer())
}
