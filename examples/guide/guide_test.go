package guide

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radoslock"
	"github.com/go-rados/go-rados/rados/radostest"
	"github.com/go-rados/go-rados/rados/striper"
)

func TestMain(m *testing.M) { radostest.Main(m) }

// useCluster makes the cluster of the tests that of the zero rados.Config.
func useCluster(t *testing.T) { t.Setenv("CEPH_CONF", radostest.Shared(t).Conf()) }

func content(t *testing.T, ioctx *rados.IOContext, oid string) string {
	t.Helper()
	data := make([]byte, 100)
	n, err := ioctx.Read(oid, data, 0)
	require.NoError(t, err)
	return string(data[:n])
}

func TestConnect(t *testing.T) {
	name, err := radostest.Pool(t).GetPoolName()
	require.NoError(t, err)
	useCluster(t)
	conn, ioctx, err := connect(t.Context(), name)
	require.NoError(t, err)
	defer conn.Shutdown()
	defer ioctx.Destroy()
	assert.NoError(t, ioctx.WriteFull("foo", nil))

	_, _, err = connect(t.Context(), "no-such-pool")
	assert.ErrorIs(t, err, rados.ErrNotFound)
}

// TestConnectFrom expects errors to name the file and the user.
func TestConnectFrom(t *testing.T) {
	file := radostest.Shared(t).Conf()
	conn, err := connectFrom(t.Context(), file, "admin")
	require.NoError(t, err)
	conn.Shutdown()

	_, err = connectFrom(t.Context(), "/none", "admin")
	assert.ErrorIs(t, err, rados.ErrNotFound)
	assert.ErrorContains(t, err, "/none")
	_, err = connectFrom(t.Context(), file, "client.admin")
	var cause *rados.OpenError
	require.ErrorAs(t, err, &cause)
	assert.Equal(t, "client.client.admin", cause.User)
}

// access makes a user that may use a new pool, and returns the monitors, the pool and the user's key.
func access(t *testing.T, user string) (monitors, pool, key string) {
	t.Helper()
	admin := radostest.Conn(t)
	monitors, err := admin.GetConfigOption("mon_host")
	require.NoError(t, err)
	pool, err = radostest.Pool(t).GetPoolName()
	require.NoError(t, err)
	radostest.Shared(t).User(t, user, "mon", "allow r", "osd", "allow rwx pool="+pool)
	answer, _, err := admin.MonCommand(fmt.Appendf(nil, `{"prefix": "auth get-key", "entity": "client.%s"}`, user))
	require.NoError(t, err)
	return monitors, pool, string(answer)
}

// TestContainer connects with the environment alone, as docs/GUIDE.md describes it for a container.
func TestContainer(t *testing.T) {
	monitors, pool, key := access(t, "container")
	keyring := filepath.Join(t.TempDir(), "keyring")
	require.NoError(t, os.WriteFile(keyring, fmt.Appendf(nil, "[client.container]\n\tkey = %s\n", key), 0o600))
	t.Setenv("CEPH_CONF", "") // restores it
	require.NoError(t, os.Unsetenv("CEPH_CONF"))

	args := "--cluster none --mon-host " + monitors + " --id container" // no configuration file has this name
	for name, env := range map[string][2]string{
		"key":  {args + " --key " + key, ""},
		"file": {args, keyring},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("CEPH_ARGS", env[0])
			t.Setenv("CEPH_KEYRING", env[1])
			if env[1] == "" {
				require.NoError(t, os.Unsetenv("CEPH_KEYRING"))
			}
			conn, ioctx, err := connect(t.Context(), pool)
			require.NoError(t, err)
			defer conn.Shutdown()
			defer ioctx.Destroy()
			assert.NoError(t, ioctx.WriteFull("foo", nil))
		})
	}
}

func TestConnectAs(t *testing.T) {
	monitors, pool, key := access(t, "guide")
	conn, err := connectAs(t.Context(), "guide", key, monitors)
	require.NoError(t, err)
	defer conn.Shutdown()
	ioctx, err := conn.OpenIOContext(pool)
	require.NoError(t, err)
	defer ioctx.Destroy()
	require.NoError(t, ioctx.WriteFull("foo", nil))
	require.NoError(t, ioctx.Lock("foo", "lock", rados.LockOptions{Cookie: "cookie"}))

	_, err = connectAs(t.Context(), "other", key, monitors)
	assert.ErrorIs(t, err, syscall.EACCES)
	assert.ErrorContains(t, err, "the monitors do not know the user with this key")
}

func TestSave(t *testing.T) {
	ioctx := radostest.Pool(t)
	require.NoError(t, save(t.Context(), ioctx, "report", []byte("text")))
	assert.Equal(t, "text", content(t, ioctx, "report"))
}

func TestOpenPool(t *testing.T) {
	conn := radostest.Conn(t)
	t.Cleanup(func() { assert.NoError(t, radostest.Conn(t).DeletePool("made")) })
	for range 2 { // the second time it exists
		ioctx, err := openPool(t.Context(), conn, "made", "guide")
		require.NoError(t, err)
		applications, err := ioctx.ListApplications()
		require.NoError(t, err)
		assert.Equal(t, []string{"guide"}, applications)
		ioctx.Destroy()
	}
	_, err := openPool(t.Context(), conn, "made", "other")
	assert.ErrorIs(t, err, syscall.EPERM)
}

func TestCommand(t *testing.T) {
	conn := radostest.Conn(t)
	name, err := radostest.Pool(t).GetPoolName()
	require.NoError(t, err)
	output, err := command(t.Context(), conn, "osd pool get", map[string]any{"pool": name, "var": "size"})
	require.NoError(t, err)
	assert.Contains(t, string(output), `"size":`)
	_, err = command(t.Context(), conn, "osd pool get", map[string]any{"pool": "none", "var": "size"})
	assert.ErrorIs(t, err, rados.ErrNotFound)
	assert.ErrorContains(t, err, "unrecognized pool 'none'")
}

func TestPut(t *testing.T) {
	ioctx := radostest.Pool(t)
	require.NoError(t, put(t.Context(), ioctx, "page", []byte("text"), "text/html"))
	data, mime, err := get(t.Context(), ioctx, "page", 4)
	require.NoError(t, err)
	assert.Equal(t, "text", string(data))
	assert.Equal(t, "text/html", mime)
	_, _, err = get(t.Context(), ioctx, "page", 3)
	assert.ErrorContains(t, err, "more than 3 bytes")
	_, _, err = get(t.Context(), ioctx, "nothing", 3)
	assert.ErrorIs(t, err, rados.ErrNotFound)
}

// TestRights compares the table of capabilities in docs/GUIDE.md with the answers of the daemons.
func TestRights(t *testing.T) {
	for name, test := range map[string]struct {
		mon, osd                 string
		locks, pools, app, block bool
	}{
		"objects":     {mon: "allow r", osd: "allow rw"},
		"locks":       {mon: "allow r", osd: "allow rwx", locks: true},
		"application": {mon: `allow r, allow command "osd pool application enable"`, osd: "allow rwx", locks: true, app: true},
		"blocklist":   {mon: `allow r, allow command "osd blocklist", allow command "osd blacklist"`, osd: "allow rwx", locks: true, block: true},
		"pools":       {mon: "allow rw", osd: "allow rwx", locks: true, pools: true, app: true, block: true},
	} {
		t.Run(name, func(t *testing.T) {
			pool, err := radostest.Pool(t).GetPoolName()
			require.NoError(t, err)
			conf := radostest.Shared(t).User(t, name, "mon", test.mon, "osd", test.osd+" pool="+pool)
			conn, err := rados.Open(t.Context(), rados.Config{User: name, ConfigFile: conf})
			require.NoError(t, err)
			defer conn.Shutdown()
			ioctx, err := conn.OpenIOContext(pool)
			require.NoError(t, err)
			defer ioctx.Destroy()
			permits := func(permitted bool, what string, err error) {
				t.Helper()
				if permitted {
					assert.NoError(t, err, what)
				} else {
					assert.ErrorIs(t, err, fs.ErrPermission, what)
				}
			}
			permits(true, "objects", ioctx.SetOmap("foo", map[string][]byte{"key": nil}))
			watcher, err := ioctx.Watch("foo")
			permits(true, "watches", err)
			require.NoError(t, watcher.Delete())
			permits(test.locks, "locks", ioctx.Lock("foo", "lock", rados.LockOptions{Cookie: "cookie"}))
			permits(test.app, "applications", ioctx.EnableApplication("guide", true))
			permits(test.block, "blocklist", conn.BlocklistAdd("192.0.2.1:0/1", time.Minute))
			permits(test.pools, "pools", conn.MakePool(pool+"-other"))
			permits(test.pools, "snapshots of the pool", ioctx.CreateSnap("snap"))
			if test.pools {
				require.NoError(t, ioctx.RemoveSnap("snap"))
				permits(true, "pools", conn.DeletePool(pool+"-other"))
				return
			}
			id, err := ioctx.CreateSelfManagedSnap()
			permits(true, "self-managed snapshots", err)
			permits(true, "self-managed snapshots", ioctx.RemoveSelfManagedSnap(id))
		})
	}
}

// attempts is a rados.Tracer that reports the errors of calls.
type attempts chan error

func (a attempts) TraceStart(ctx context.Context, _ rados.TracedCall) context.Context { return ctx }

func (a attempts) TraceEnd(_ context.Context, _ rados.TracedCall, result rados.TracedResult) {
	select {
	case a <- result.Err:
	default:
	}
}

// pausable starts a cluster and returns a connection that has used its OSD, with a pool.
func pausable(t *testing.T) (*radostest.Cluster, *rados.Conn, *rados.IOContext) {
	t.Helper()
	cluster := radostest.Start(t)
	name, err := cluster.Pool(t).GetPoolName()
	require.NoError(t, err)
	conn := cluster.Conn(t)
	ioctx, err := conn.OpenIOContext(name)
	require.NoError(t, err)
	t.Cleanup(ioctx.Destroy)
	require.NoError(t, ioctx.Create("foo", rados.CreateIdempotent)) // connects to the OSD
	return cluster, conn, ioctx
}

// TestInsert expects an insert to succeed that an OSD performs after its context is done.
func TestInsert(t *testing.T) {
	if testing.Short() {
		t.Skip("pauses an OSD")
	}
	cluster, conn, ioctx := pausable(t)
	ended := make(attempts, 1)
	cluster.Pause(t, "osd.0")
	conn.SetTracer(ended)
	result := make(chan error, 1)
	go func() { result <- insert(t.Context(), ioctx, "order", []byte("text"), time.Second) }()
	require.ErrorIs(t, <-ended, rados.ErrOutcomeUnknown)
	cluster.Resume(t, "osd.0")
	require.NoError(t, <-result)
	assert.Equal(t, "text", content(t, ioctx, "order"))
	assert.ErrorIs(t, insert(t.Context(), ioctx, "order", nil, time.Minute), rados.ErrObjectExists)
}

// TestInsertEndsUncertain expects insert to return ErrOutcomeUnknown if only an earlier attempt was sent.
func TestInsertEndsUncertain(t *testing.T) {
	if testing.Short() {
		t.Skip("pauses an OSD")
	}
	cluster, conn, ioctx := pausable(t)
	data := make([]byte, 64<<10) // which is retained, so that the next attempt waits for room
	require.NoError(t, conn.SetMaxInFlight(0, int64(len(data))))
	cluster.Pause(t, "osd.0")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	err := insert(ctx, ioctx, "order", data, 500*time.Millisecond)
	assert.ErrorIs(t, err, rados.ErrOutcomeUnknown)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	cluster.Resume(t, "osd.0")
}

// TestFollowEnds ends follow while an OSD does not answer.
func TestFollowEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("pauses an OSD")
	}
	cluster := radostest.Start(t)
	ioctx := cluster.Pool(t)
	require.NoError(t, ioctx.Create("config", rados.CreateIdempotent))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	reloads, result := make(chan struct{}), make(chan error, 1)
	go func() {
		result <- follow(ctx, ioctx, "config", func(context.Context) error { reloads <- struct{}{}; return nil })
	}()
	<-reloads
	cluster.Pause(t, "osd.0")
	defer cluster.Resume(t, "osd.0")
	cancel()
	select {
	case err := <-result:
		assert.ErrorIs(t, err, context.Canceled)
	case <-time.After(30 * time.Second):
		assert.Fail(t, "follow waits for the OSD")
	}
}

// TestFollowBlocklisted expects follow to return when its client was blocklisted.
func TestFollowBlocklisted(t *testing.T) {
	if testing.Short() {
		t.Skip("waits until a watch is lost")
	}
	admin := radostest.Pool(t)
	require.NoError(t, admin.Create("config", rados.CreateIdempotent))
	name, err := admin.GetPoolName()
	require.NoError(t, err)
	useCluster(t)
	conn, ioctx, err := connect(t.Context(), name)
	require.NoError(t, err)
	defer conn.Shutdown()
	defer ioctx.Destroy()
	reloads, result := make(chan struct{}), make(chan error, 1)
	go func() {
		result <- follow(t.Context(), ioctx, "config", func(context.Context) error { reloads <- struct{}{}; return nil })
	}()
	<-reloads
	address, err := conn.GetAddrs()
	require.NoError(t, err)
	require.NoError(t, radostest.Conn(t).BlocklistAdd(address, time.Minute))
	select {
	case err := <-result:
		assert.ErrorIs(t, err, syscall.ESHUTDOWN)
	case <-time.After(2 * time.Minute):
		assert.Fail(t, "follow does not return")
	}
}

func TestUpload(t *testing.T) {
	ioctx := radostest.Pool(t)
	require.NoError(t, upload(t.Context(), ioctx, "file", strings.NewReader("text")))
	assert.Equal(t, "text", content(t, ioctx, "file"))
}

func TestUploadStriped(t *testing.T) {
	ioctx := radostest.Pool(t)
	data := bytes.Repeat([]byte("12345"), 1<<20)
	require.NoError(t, uploadStriped(t.Context(), ioctx, "file", bytes.NewReader(data)))
	s, err := striper.New(ioctx)
	require.NoError(t, err)
	defer s.Destroy()
	stat, err := s.Stat("file")
	require.NoError(t, err)
	assert.EqualValues(t, len(data), stat.Size)
}

func TestIndex(t *testing.T) {
	ctx, ioctx := t.Context(), radostest.Pool(t) // a new pool, which is deleted after the test
	for _, name := range []string{"b2", "a1", "b1", "b3"} {
		if err := add(ctx, ioctx, name, []byte("value")); err != nil {
			t.Fatal(err)
		}
	}
	if err := add(ctx, ioctx, "a1", []byte("other")); !errors.Is(err, rados.ErrObjectExists) {
		t.Errorf("a second a1: %v", err)
	}
	names, err := list(ctx, ioctx, "b", "b1", 10)
	if err != nil || fmt.Sprint(names) != "[b2 b3]" {
		t.Error(names, err)
	}
}

func TestListNothing(t *testing.T) {
	names, err := list(t.Context(), radostest.Pool(t), "", "", 10)
	assert.NoError(t, err)
	assert.Empty(t, names)
}

func TestExclusively(t *testing.T) {
	ioctx := radostest.Pool(t)
	require.NoError(t, exclusively(t.Context(), ioctx, "state", func(context.Context) ([]byte, error) { return []byte("first"), nil }))
	err := exclusively(t.Context(), ioctx, "state", func(context.Context) ([]byte, error) {
		holders, err := ioctx.ListLockers("state", "owner")
		require.NoError(t, err)
		return []byte("second"), ioctx.RevokeLock("state", "owner", holders.Clients[0], holders.Cookies[0])
	})
	assert.ErrorIs(t, err, radoslock.ErrLost)
	assert.Equal(t, "first", content(t, ioctx, "state"))
}

func TestFollow(t *testing.T) {
	ioctx := radostest.Pool(t)
	require.NoError(t, ioctx.Create("config", rados.CreateIdempotent))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	reloads, result := make(chan struct{}), make(chan error, 1)
	go func() {
		result <- follow(ctx, ioctx, "config", func(context.Context) error { reloads <- struct{}{}; return nil })
	}()
	reloaded := func(why string) {
		t.Helper()
		select {
		case <-reloads:
		case err := <-result:
			require.Fail(t, why, "%v", err)
		case <-time.After(30 * time.Second):
			require.Fail(t, why)
		}
	}
	reloaded("at the start")
	notify := make(chan error, 1)
	go func() {
		_, _, err := ioctx.Notify("config", nil)
		notify <- err
	}()
	reloaded("after a notification")
	require.NoError(t, <-notify)

	op := rados.CreateWriteOp() // ends the watches of the object
	op.Remove()
	op.Create(rados.CreateIdempotent)
	require.NoError(t, op.Operate(ioctx, "config", rados.OperationNoFlag))
	reloaded("after the loss of the watch")
	cancel()
	assert.ErrorIs(t, <-result, context.Canceled)

	assert.ErrorIs(t, follow(t.Context(), ioctx, "nothing", nil), rados.ErrNotFound)
}

func TestSnapshot(t *testing.T) {
	ioctx := radostest.Pool(t)
	require.NoError(t, ioctx.WriteFull("foo", []byte("old")))
	require.NoError(t, withSnapshot(t.Context(), ioctx, "backup", func(past *rados.IOContext) error {
		require.NoError(t, ioctx.WriteFull("foo", []byte("new")))
		assert.Equal(t, "old", content(t, past, "foo"))
		return nil
	}))
	snaps, err := ioctx.ListSnaps()
	require.NoError(t, err)
	assert.Empty(t, snaps)
}

func TestThroughput(t *testing.T) {
	ioctx := radostest.Pool(t)
	objects, names := map[string][]byte{}, []string{}
	for i := range 100 {
		names = append(names, fmt.Sprint("object", i))
		objects[names[i]] = make([]byte, i)
	}
	require.NoError(t, writeAll(t.Context(), ioctx, objects))
	got, err := sizes(t.Context(), ioctx, names)
	require.NoError(t, err)
	assert.EqualValues(t, 99, got[99])
	_, err = sizes(t.Context(), ioctx, []string{"nothing"})
	assert.ErrorIs(t, err, rados.ErrNotFound)

	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	assert.ErrorIs(t, writeAll(canceled, ioctx, objects), context.Canceled)
}

func TestReady(t *testing.T) {
	conn, ioctx := radostest.Conn(t), radostest.Pool(t)
	assert.NoError(t, ready(t.Context(), conn, ioctx))
	require.NoError(t, ioctx.WriteFull("ready", nil))
	assert.NoError(t, ready(t.Context(), conn, ioctx))
	ioctx.Destroy()
	assert.ErrorIs(t, ready(t.Context(), conn, ioctx), rados.ErrInvalidIOContext)
	conn.Shutdown()
	assert.ErrorIs(t, ready(t.Context(), conn, ioctx), rados.ErrNotConnected)
}

func TestBounded(t *testing.T) {
	useCluster(t)
	conn, err := bounded(t.Context())
	require.NoError(t, err)
	defer conn.Shutdown()
	assert.Equal(t, 256, conn.Stats().MaxCalls)
	assert.Equal(t, 16, conn.Stats().MaxBlockingCalls)
}

// output is a buffer that several goroutines use.
type output struct {
	sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.Lock()
	defer o.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.Lock()
	defer o.Unlock()
	return o.text.String()
}

func TestConnectObserved(t *testing.T) {
	name, err := radostest.Pool(t).GetPoolName()
	require.NoError(t, err)
	useCluster(t)
	var lines output
	conn, err := connectObserved(t.Context(), slog.New(slog.NewTextHandler(&lines, nil)))
	require.NoError(t, err)
	ioctx, err := conn.OpenIOContext(name)
	require.NoError(t, err)
	_, err = ioctx.Stat("nothing")
	require.ErrorIs(t, err, rados.ErrNotFound)
	ioctx.Destroy()
	conn.Shutdown()
	assert.Contains(t, lines.String(), "op=Stat pool="+name+" object=nothing bytes=0")
}
