package rados_test

import (
	"context"
	"fmt"
	"go/ast"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/process"
	"github.com/go-rados/go-rados/internal/test/waitsfor"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// fewThreads bounds the number of additional threads while any number of calls
// wait for daemons: 64 that block at most, and some of the Go runtime.
const fewThreads = 64 + 40

// awaitWaiting blocks until n goroutines wait for admission.
func awaitWaiting(t *testing.T, n int) {
	t.Helper()
	stacks := make([]byte, 32<<20)
	require.Eventually(t, func() bool {
		text := string(stacks[:runtime.Stack(stacks, true)])
		return strings.Count(text, "throttle.(*Limit).Enter(") >= n
	}, 10*await.Patience, 50*time.Millisecond, "goroutines that wait")
}

// TestBlockingCallsWhileADaemonIsAway makes 300 calls of each method that
// blocks a thread while a daemon is stopped: they take at most 32 threads for
// a kind of daemon, and return when it answers again. Calls that wait for
// another kind proceed.
func TestBlockingCallsWhileADaemonIsAway(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops daemons")
	}
	const each = 300
	cluster := radostest.Start(t, radostest.OSDs(1), radostest.Monitors(1))
	ioctx, managed := cluster.Pool(t), cluster.Pool(t)
	name, err := ioctx.GetPoolName()
	require.NoError(t, err)
	name2, err := managed.GetPoolName()
	require.NoError(t, err)
	conn := cluster.Conn(t)
	ioctx, managed = open(t, conn, name), open(t, conn, name2)
	require.NoError(t, ioctx.WriteFull("foo", nil))
	require.NoError(t, ioctx.CreateSnap("snap"))
	snap, err := managed.CreateSelfManagedSnap()
	require.NoError(t, err)
	require.NoError(t, managed.SetSnapContext(snap, []rados.SnapID{snap}))
	require.NoError(t, managed.WriteFull("foo", nil))
	pg := fmt.Sprintf("%d.0", ioctx.GetPoolID())

	osd := map[string]func() error{
		"RollbackSnap":            func() error { return ioctx.RollbackSnap("foo", "snap") },
		"RollbackSelfManagedSnap": func() error { return managed.RollbackSelfManagedSnap("foo", snap) },
		"CachePin":                func() error { return ioctx.CachePin("foo") },
		"CacheUnpin":              func() error { return ioctx.CacheUnpin("foo") },
		"Lock":                    func() error { return ioctx.Lock("foo", "lock", rados.LockOptions{}) },
		"RLock":                   func() error { return ioctx.RLock("foo", "lock", "tag", rados.LockOptions{}) },
		"RevokeLock":              func() error { return ioctx.RevokeLock("foo", "lock", "client.1", "") },
		"ListLockers":             func() error { _, err := ioctx.ListLockers("foo", "lock"); return err },
		"ListObjects":             func() error { return ioctx.ListObjects(func(string) {}) },
		"ObjectsSlice": func() error {
			for _, err := range ioctx.ObjectsSlice(0, 1) {
				return err
			}
			return nil
		},
		"OsdCommand": func() error {
			_, _, err := conn.OsdCommand(0, [][]byte{command(t, "version")})
			return err
		},
		"PGCommand": func() error {
			_, _, err := conn.PGCommand([]byte(pg), [][]byte{command(t, "query", "pgid", pg)})
			return err
		},
	}
	mon := map[string]func() error{
		"MonCommand":         func() error { _, _, err := conn.MonCommand(command(t, "version")); return err },
		"GetClusterStats":    func() error { _, err := conn.GetClusterStats(); return err },
		"GetPoolStats":       func() error { _, err := ioctx.GetPoolStats(); return err },
		"WaitForLatestMap":   conn.WaitForLatestOSDMap,
		"GetPoolByName":      func() error { _, err := conn.GetPoolByName("there is none"); return err },
		"OpenIOContext":      func() error { _, err := conn.OpenIOContext("there is none"); return err },
		"DeletePool":         func() error { return conn.DeletePool("there is none") },
		"SetAppMetadata":     func() error { return ioctx.SetApplicationMetadata("app", "key", "value") },
		"CreateSnap":         func() error { return ioctx.CreateSnap("snap") },
		"MonCommandTarget":   func() error { _, _, err := conn.MonCommandTarget("a", [][]byte{command(t, "version")}); return err },
		"BlocklistAdd":       func() error { return conn.BlocklistAdd("127.0.0.9:0/9", time.Second) },
		"RemoveSnap of none": func() error { return ioctx.RemoveSnap("there is none") },
	}
	mgr := map[string]func() error{
		"MgrCommand":          func() error { _, _, err := conn.MgrCommand([][]byte{command(t, "version")}); return err },
		"ListInconsistentPGs": func() error { _, err := conn.ListInconsistentPGs(ioctx.GetPoolID()); return err },
	}
	for _, group := range []struct {
		daemon  string
		calls   map[string]func() error
		another func() error
	}{
		{"osd.0", osd, func() error { return mon["MonCommand"]() }},
		{"mon.a", mon, func() error { return osd["ListObjects"]() }},
		{"mgr.x", mgr, func() error { return osd["ListObjects"]() }},
	} {
		t.Run(group.daemon, func(t *testing.T) {
			cluster.Pause(t, group.daemon)
			before := process.Threads()
			var wg await.Group
			calls := 0
			for _, call := range group.calls {
				for range each {
					wg.Go(func() { _ = call() })
					calls++
				}
			}
			if group.daemon == "mon.a" { // without a new map some don't get so far
				awaitWaiting(t, 64)
			} else {
				awaitWaiting(t, calls-64)
			}
			assert.NoError(t, group.another())
			after := process.Threads()
			t.Logf("%d calls wait: %d threads, %d before", calls, after, before)
			assert.Less(t, after-before, fewThreads)
			cluster.Resume(t, group.daemon)
			wg.Wait()
		})
	}
}

// TestDetachedCallsWhileTheClusterIsAway makes 10,000 calls with contexts while no daemon answers,
// which are cancelled in C or while they wait: they return, and few threads are started.
func TestDetachedCallsWhileTheClusterIsAway(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops daemons")
	}
	const calls, most = 10_000, 80
	cluster := radostest.Start(t, radostest.OSDs(1), radostest.Monitors(1))
	ioctx := cluster.Pool(t)
	name, err := ioctx.GetPoolName()
	require.NoError(t, err)
	conn := cluster.Conn(t)
	ioctx = open(t, conn, name)
	kinds := []func(ctx context.Context) error{
		func(ctx context.Context) error { return ioctx.LockContext(ctx, "foo", "lock", rados.LockOptions{}) },
		func(ctx context.Context) error { _, err := ioctx.ListLockersContext(ctx, "foo", "lock"); return err },
		func(ctx context.Context) error { return conn.MakePoolContext(ctx, "another") },
		func(ctx context.Context) error {
			_, _, err := conn.MonCommandContext(ctx, command(t, "version"))
			return err
		},
		func(ctx context.Context) error { _, err := conn.OpenIOContextContext(ctx, "there is none"); return err },
		func(ctx context.Context) error {
			_, _, err := conn.MgrCommandContext(ctx, [][]byte{command(t, "version")})
			return err
		},
	}
	daemons := []string{"osd.0", "mgr.x", "mon.a"}
	for _, daemon := range daemons {
		cluster.Pause(t, daemon)
	}
	before := process.Threads()
	ctx, cancel := context.WithCancel(t.Context())
	errs := make(chan error, calls)
	for i := range calls {
		go func() { errs <- kinds[i%len(kinds)](ctx) }()
	}
	awaitWaiting(t, calls-32-16-8)
	waiting := process.Threads()
	cancel()
	for range calls {
		assert.ErrorIs(t, <-errs, context.Canceled)
	}
	after := process.Threads()
	t.Logf("%d calls: %d threads before, %d while they wait, %d after they were cancelled", calls, before, waiting, after)
	assert.Less(t, max(waiting, after)-before, most)
	for _, daemon := range daemons {
		cluster.Resume(t, daemon)
	}
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		info, err := ioctx.ListLockers("foo", "lock")
		if assert.NoError(c, err) {
			assert.Zero(c, info.NumLockers, "the lock that came too late is released")
		}
	}, await.Patience, 100*time.Millisecond)
}

// TestCallsThatWaitForNothing makes the calls that wait for nothing according
// to the spec while no daemon answers: they return, so that they need no room.
func TestCallsThatWaitForNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops daemons")
	}
	cluster := radostest.Start(t, radostest.OSDs(1), radostest.Monitors(1))
	ioctx := cluster.Pool(t)
	conn := cluster.Conn(t)
	require.NoError(t, ioctx.WriteFull("foo", nil))
	require.NoError(t, ioctx.CreateSnap("snap"))
	iter, err := ioctx.Iter()
	require.NoError(t, err)
	require.True(t, iter.Next())
	w, err := ioctx.Watch("foo")
	require.NoError(t, err)

	calls := map[string]func(){
		"Iter":            func() { _, _ = ioctx.Iter() },
		"Iter.Token":      func() { iter.Token() },
		"Iter.Seek":       func() { iter.Seek(0) },
		"Iter.Cursor":     func() { c, _ := iter.Cursor(); _ = iter.SeekCursor(c) },
		"Iter.Close":      func() { iter.Close() },
		"Watcher.Check":   func() { _, _ = w.Check() },
		"RegisterService": func() { _ = conn.RegisterService("service", "daemon", nil) },
		"MonitorLog": func() {
			m, err := conn.MonitorLog("info", func(rados.LogEntry) {})
			assert.NoError(t, err)
			m.Stop()
		},
	}
	on := map[string]any{"Conn": conn, "IOContext": ioctx}
	listed := 0
	for _, m := range waitsfor.Methods("rados") {
		recv, name, _ := strings.Cut(m.Name, ".")
		if m.Target != "nothing" || m.Map || !ast.IsExported(name) { // with Map it waits, and has room for that
			continue
		}
		method := reflect.ValueOf(on[recv]).MethodByName(name)
		require.True(t, method.IsValid(), m.Name)
		calls[m.Name] = func() { method.Call(anything(method.Type())) }
		listed++
	}
	assert.Greater(t, listed, 20)
	for _, daemon := range []string{"mon.a", "mgr.x", "osd.0"} {
		cluster.Pause(t, daemon)
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) { await.Return(t, call) })
	}
	for _, daemon := range []string{"mon.a", "mgr.x", "osd.0"} {
		cluster.Resume(t, daemon)
	}
}

// anything returns arguments for a function: a word for a string, otherwise
// zero values.
func anything(typ reflect.Type) []reflect.Value {
	var args []reflect.Value
	for i := range typ.NumIn() {
		arg := reflect.New(typ.In(i)).Elem()
		switch {
		case arg.Kind() == reflect.String:
			arg.SetString("word")
		case arg.Type() == reflect.TypeFor[[]string]():
			arg.Set(reflect.ValueOf([]string{"program", "--word"}))
		}
		args = append(args, arg)
	}
	return args
}
