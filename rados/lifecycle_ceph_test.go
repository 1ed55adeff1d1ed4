package rados_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

func TestAfterDestroy(t *testing.T) {
	destroyed := namespace(t)
	destroyed.Destroy()
	destroyed.Destroy()
	for name, ioctx := range map[string]*rados.IOContext{"destroyed": destroyed, "nil": nil, "zero": {}} {
		t.Run(name, func(t *testing.T) {
			for call, err := range onObject(ioctx, "foo") {
				assert.ErrorIs(t, err, rados.ErrInvalidIOContext, call)
			}
			for call, err := range onPool(ioctx) {
				assert.ErrorIs(t, err, rados.ErrInvalidIOContext, call)
			}
			assert.EqualValues(t, -1, ioctx.GetPoolID())
			ioctx.SetNamespace("x")
			ioctx.Destroy()
		})
	}
}

// onPool makes every other call of an IOContext that returns an error.
func onPool(ioctx *rados.IOContext) map[string]error {
	errs := make(map[string]error)
	_, errs["GetNamespace"] = ioctx.GetNamespace()
	_, errs["GetPoolName"] = ioctx.GetPoolName()
	_, errs["GetPoolStats"] = ioctx.GetPoolStats()
	_, errs["GetLastVersion"] = ioctx.GetLastVersion()
	_, errs["Iter"] = ioctx.Iter()
	errs["ListObjects"] = ioctx.ListObjects(func(string) {})
	_, errs["RequiresAlignment"] = ioctx.RequiresAlignment()
	_, errs["Alignment"] = ioctx.Alignment()
	_, errs["ListSnaps"] = ioctx.ListSnaps()
	_, errs["LookupSnap"] = ioctx.LookupSnap("snap")
	_, errs["GetSnapName"] = ioctx.GetSnapName(1)
	_, errs["GetSnapStamp"] = ioctx.GetSnapStamp(1)
	errs["CreateSnap"] = ioctx.CreateSnap("snap")
	errs["RemoveSnap"] = ioctx.RemoveSnap("snap")
	errs["SetReadSnap"] = ioctx.SetReadSnap(rados.SnapHead)
	_, errs["CreateSelfManagedSnap"] = ioctx.CreateSelfManagedSnap()
	errs["RemoveSelfManagedSnap"] = ioctx.RemoveSelfManagedSnap(1)
	errs["SetSnapContext"] = ioctx.SetSnapContext(0, nil)
	errs["EnableApplication"] = ioctx.EnableApplication("app", false)
	_, errs["ListApplications"] = ioctx.ListApplications()
	_, errs["ListApplicationMetadata"] = ioctx.ListApplicationMetadata("app")
	_, errs["GetApplicationMetadata"] = ioctx.GetApplicationMetadata("app", "key")
	errs["SetApplicationMetadata"] = ioctx.SetApplicationMetadata("app", "key", "value")
	errs["RemoveApplicationMetadata"] = ioctx.RemoveApplicationMetadata("app", "key")
	errs["SetPoolFullTry"] = ioctx.SetPoolFullTry()
	errs["UnsetPoolFullTry"] = ioctx.UnsetPoolFullTry()
	return errs
}

func TestAfterShutdown(t *testing.T) {
	conn := radostest.Conn(t)
	ioctx := open(t, conn, makePool(t, radostest.Conn(t)))
	conn.Shutdown()
	conn.Shutdown()
	for call, err := range onObject(ioctx, "foo") {
		assert.ErrorIs(t, err, rados.ErrNotConnected, call)
	}
	for call, err := range onPool(ioctx) {
		assert.ErrorIs(t, err, rados.ErrNotConnected, call)
	}
	ioctx.Destroy()
}

// TestShutdownUnderCalls closes a connection and its IOContexts, in every
// order, while many goroutines use them: each call succeeds or returns the
// reason.
func TestShutdownUnderCalls(t *testing.T) {
	pool := makePool(t, radostest.Conn(t))
	for round := range 5 {
		conn := radostest.Conn(t)
		ioctx := open(t, conn, pool)
		require.NoError(t, ioctx.WriteFull("foo", []byte("data")))
		var wg await.Group
		running := make(chan struct{}, 100)
		for range 100 {
			wg.Go(func() {
				running <- struct{}{}
				buf := make([]byte, 4)
				for {
					if _, err := ioctx.Read("foo", buf, 0); err != nil {
						if err != rados.ErrInvalidIOContext {
							assert.Equal(t, rados.ErrNotConnected, err)
						}
						return
					}
				}
			})
		}
		for range 100 {
			<-running
		}
		for range 4 {
			wg.Go(func() {
				if round%2 == 0 {
					ioctx.Destroy()
				}
				conn.Shutdown()
				ioctx.Destroy()
			})
		}
		wg.Wait()
	}
}

// TestCollectedUnderCall drops all references but that of the call, while the
// collector runs as often as possible: the connection must live until the call
// returns, and no longer.
func TestCollectedUnderCall(t *testing.T) {
	pool := makePool(t, radostest.Conn(t))
	stop := make(chan struct{})
	var hammer await.Group
	hammer.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	})
	conf := radostest.Shared(t).Conf()
	deadline := time.Now().Add(2 * time.Second)
	for time.Now().Before(deadline) {
		data := make([]byte, 1<<16)
		require.NoError(t, dropped(t, conf, pool).WriteFull("foo", data))
		n, err := dropped(t, conf, pool).Read("foo", data, 0)
		require.NoError(t, err)
		require.Equal(t, len(data), n)
	}
	close(stop)
	hammer.Wait()
}

// dropped opens a pool on a connection to which nothing else refers.
func dropped(t *testing.T, conf, pool string) *rados.IOContext {
	conn, err := rados.NewConnWithUser("admin")
	require.NoError(t, err)
	require.NoError(t, conn.ReadConfigFile(conf))
	require.NoError(t, conn.Connect())
	ioctx, err := conn.OpenIOContext(pool)
	require.NoError(t, err)
	return ioctx
}

// TestManyConnections connects and shuts down from many goroutines.
func TestManyConnections(t *testing.T) {
	conf := radostest.Shared(t).Conf()
	t.Run("misc.ShutdownRace", func(t *testing.T) {
		rounds := 8
		if testing.Short() {
			rounds = 2
		}
		var wg await.Group
		for range 16 {
			wg.Go(func() {
				for range rounds {
					conn, err := rados.NewConnWithUser("admin")
					if !assert.NoError(t, err) || !assert.NoError(t, conn.ReadConfigFile(conf)) {
						return
					}
					assert.NoError(t, conn.Connect())
					conn.Shutdown()
				}
			})
		}
		wg.Wait()
	})
}

// TestShutdownUnderOperateContext shuts down while calls are in flight: they
// complete, and the last of them disconnects.
func TestShutdownUnderOperateContext(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops a daemon")
	}
	cluster := radostest.Start(t, radostest.OSDs(1))
	conn := cluster.Conn(t)
	require.NoError(t, conn.MakePool("pool"))
	ioctx := open(t, conn, "pool")
	cluster.Pause(t, "osd.0")
	over := make(chan error)
	for range 10 {
		go func() {
			w := rados.CreateWriteOp()
			w.WriteFull([]byte("data"))
			over <- w.OperateContext(t.Context(), ioctx, "object", 0)
		}()
	}
	conn.Shutdown()
	cluster.Resume(t, "osd.0")
	for range 10 {
		if err := <-over; err != nil {
			assert.ErrorIs(t, err, rados.ErrNotConnected, "it came too late")
		}
	}
}
