package rados_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// These tests have users with few capabilities, clients on the blocklist, and
// keys that must not leak. A refusal must come immediately: librados would wait
// for these seconds, which is longer than await.Patience.
const waits = 120

// asUser returns a Conn of the user that is not yet connected.
func asUser(t testing.TB, name, conf string) *rados.Conn {
	t.Helper()
	conn, err := rados.NewConnWithUser(name)
	require.NoError(t, err)
	t.Cleanup(conn.Shutdown)
	require.NoError(t, conn.ReadConfigFile(conf))
	for _, option := range []string{"client_mount_timeout", "rados_osd_op_timeout", "rados_mon_op_timeout"} {
		require.NoError(t, conn.SetConfigOption(option, fmt.Sprint(waits)))
	}
	return conn
}

// keyOf returns the key in a keyring, or in the keyring beside a ceph.conf that
// radostest.Cluster.User has written.
func keyOf(t testing.TB, conf string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(filepath.Dir(conf), "keyring"))
	require.NoError(t, err)
	key := regexp.MustCompile(`key = (\S+)`).FindSubmatch(text)
	require.NotNil(t, key)
	return string(key[1])
}

// aKey belongs to no user.
const aKey = "AQAnbLRlAAAAABAAZOpg6BByZT1o+bT6aVSDaw=="

// TestRefusedUsers connects as users that the cluster does not know or that have
// no capabilities: Connect fails immediately.
func TestRefusedUsers(t *testing.T) {
	cluster := radostest.Shared(t)
	name := unique("user")
	conf := cluster.User(t, name, "mon", "allow r", "osd", "allow r")
	with := func(option, value string) func(*rados.Conn) {
		return func(conn *rados.Conn) { require.NoError(t, conn.SetConfigOption(option, value)) }
	}
	keyring := func(text string) func(*rados.Conn) {
		path := filepath.Join(t.TempDir(), "keyring")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return with("keyring", path)
	}
	for _, c := range []struct {
		what   string
		change func(*rados.Conn)
		want   []error
	}{
		{"wrong key", with("key", aKey), []error{syscall.EACCES}},
		{"wrong key in a keyring", keyring("[client." + name + "]\nkey = " + aKey + "\n"), []error{syscall.EACCES}},
		{"no keyring", with("keyring", filepath.Join(t.TempDir(), "none")), []error{rados.ErrNotFound}},
		// Ceph 14.2 takes it for one without a key, 20.2 looks for another.
		{"a keyring that is none", keyring("rubbish"), []error{syscall.EIO, syscall.EACCES, rados.ErrNotFound}},
		{"a key cut short", keyring("[client." + name + "]\nkey = " + aKey[:20] + "\n"), []error{syscall.EIO, rados.ErrNotFound}},
	} {
		t.Run(c.what, func(t *testing.T) {
			conn := asUser(t, name, conf)
			c.change(conn)
			for range 2 {
				err := await.Result(t, conn.Connect)
				assert.True(t, errorsIsAny(err, c.want...), "%v", err)
				assert.Equal(t, errors.Is(err, syscall.EACCES), errors.Is(err, fs.ErrPermission))
			}
			with("key", keyOf(t, conf))(conn)
			with("keyring", filepath.Join(filepath.Dir(conf), "keyring"))(conn)
			assert.NoError(t, conn.Connect(), "now it is the right one")
		})
	}
	for what, caps := range map[string][]string{
		"no rights":             nil,
		"no rights at monitors": {"osd", "allow *"},
	} {
		t.Run(what, func(t *testing.T) {
			name := unique("user")
			conn := asUser(t, name, cluster.User(t, name, caps...))
			assert.ErrorIs(t, await.Result(t, conn.Connect), syscall.EACCES)
		})
	}
	t.Run("unknown user", func(t *testing.T) {
		conn := asUser(t, "nobody", conf)
		with("key", aKey)(conn)
		assert.ErrorIs(t, await.Result(t, conn.Connect), syscall.EACCES)
	})
	t.Run("deleted, then with a new key", func(t *testing.T) {
		name := unique("user")
		conf := cluster.User(t, name, "mon", "allow r")
		require.NoError(t, asUser(t, name, conf).Connect())
		cluster.Ceph(t, "auth", "rm", "client."+name)
		assert.ErrorIs(t, await.Result(t, asUser(t, name, conf).Connect), syscall.EACCES)
		anew := cluster.User(t, name, "mon", "allow r")
		require.NotEqual(t, keyOf(t, conf), keyOf(t, anew))
		assert.ErrorIs(t, await.Result(t, asUser(t, name, conf).Connect), syscall.EACCES)
		assert.NoError(t, asUser(t, name, anew).Connect())
	})
}

// call is a call that a user may make or not. need is the capability at the
// OSDs that it takes: r, w, x; "-" if these do not decide, and no user here may
// make it.
type call struct {
	name string
	need string
	do   func(t *testing.T, ioctx *rados.IOContext) error
}

var calls = []call{
	{"Read", "r", func(_ *testing.T, ioctx *rados.IOContext) error {
		_, err := ioctx.Read("o", make([]byte, 4), 0)
		return err
	}},
	{"ReadContext", "r", func(t *testing.T, ioctx *rados.IOContext) error {
		_, err := ioctx.ReadContext(t.Context(), "o", make([]byte, 4), 0)
		return err
	}},
	{"Stat", "r", func(_ *testing.T, ioctx *rados.IOContext) error {
		_, err := ioctx.Stat("o")
		return err
	}},
	{"ListXattrs", "r", func(_ *testing.T, ioctx *rados.IOContext) error {
		_, err := ioctx.ListXattrs("o")
		return err
	}},
	{"ReadOp.Operate", "r", func(_ *testing.T, ioctx *rados.IOContext) error {
		op := rados.CreateReadOp()
		op.Stat()
		op.GetOmapValues("", "", 10)
		return op.Operate(ioctx, "o", rados.OperationNoFlag)
	}},
	{"Notify", "r", func(_ *testing.T, ioctx *rados.IOContext) error {
		_, _, err := ioctx.NotifyWithTimeout("o", nil, time.Second)
		return err
	}},
	{"Objects", "r", func(_ *testing.T, ioctx *rados.IOContext) error {
		for _, err := range ioctx.Objects() {
			if err != nil {
				return err
			}
		}
		return nil
	}},
	{"WriteFull", "w", func(_ *testing.T, ioctx *rados.IOContext) error {
		return ioctx.WriteFull("o", []byte("data"))
	}},
	{"WriteFullContext", "w", func(t *testing.T, ioctx *rados.IOContext) error {
		return ioctx.WriteFullContext(t.Context(), "o", []byte("data"))
	}},
	{"Truncate", "w", func(_ *testing.T, ioctx *rados.IOContext) error {
		return ioctx.Truncate("o", 4)
	}},
	{"SetXattr", "w", func(_ *testing.T, ioctx *rados.IOContext) error {
		return ioctx.SetXattr("o", "x", []byte("data"))
	}},
	{"SetOmap", "w", func(_ *testing.T, ioctx *rados.IOContext) error {
		return ioctx.SetOmap("o", map[string][]byte{"key": nil})
	}},
	{"WriteOp.Operate", "w", func(_ *testing.T, ioctx *rados.IOContext) error {
		return writing(ioctx, "o", func(op *rados.WriteOp) { op.WriteFull([]byte("data")) })
	}},
	{"WriteOp.OperateContext", "w", func(t *testing.T, ioctx *rados.IOContext) error {
		op := rados.CreateWriteOp()
		op.WriteFull([]byte("data"))
		return op.OperateContext(t.Context(), ioctx, "o", rados.OperationNoFlag)
	}},
	{"Watch", "rw", func(_ *testing.T, ioctx *rados.IOContext) error {
		w, err := ioctx.Watch("o")
		if err != nil {
			return err
		}
		return w.Delete()
	}},
	{"ListLockers", "rx", func(_ *testing.T, ioctx *rados.IOContext) error {
		_, err := ioctx.ListLockers("o", "lock")
		return err
	}},
	{"Lock", "rwx", func(_ *testing.T, ioctx *rados.IOContext) error {
		_, err := ioctx.LockShared("o", "lock", unique("cookie"), "tag", "", 0, nil)
		return err
	}},
	{"CreateSnap", "-", func(_ *testing.T, ioctx *rados.IOContext) error {
		return ioctx.CreateSnap("snap")
	}},
}

// TestCaps makes every call with every capability: without the needed one, each
// form returns EPERM.
func TestCaps(t *testing.T) {
	cluster := radostest.Shared(t)
	mine, other := cluster.Pool(t), cluster.Pool(t)
	pools := map[string]*rados.IOContext{"mine": mine, "other": other}
	for _, ioctx := range pools {
		for _, namespace := range []string{"", "a"} {
			ioctx.SetNamespace(namespace)
			require.NoError(t, ioctx.WriteFull("o", []byte("data")))
		}
	}
	pool, err := mine.GetPoolName()
	require.NoError(t, err)
	for _, user := range []struct {
		osd  string
		may  string                            // what its rights are
		here func(pool, namespace string) bool // and where they hold
	}{
		{"allow r", "r", func(string, string) bool { return true }},
		{"allow w", "w", func(string, string) bool { return true }},
		{"allow rw", "rw", func(string, string) bool { return true }},
		{"allow rwx", "rwx", func(string, string) bool { return true }},
		{"allow rw namespace=a", "rw", func(_, namespace string) bool { return namespace == "a" }},
		{"allow rwx pool=" + pool, "rwx", func(pool, _ string) bool { return pool == "mine" }},
		{"allow r pool=" + pool + " namespace=a", "r", func(pool, namespace string) bool { return pool == "mine" && namespace == "a" }},
	} {
		t.Run(user.osd, func(t *testing.T) {
			name := unique("user")
			conn := asUser(t, name, cluster.User(t, name, "mon", "allow r", "osd", user.osd))
			require.NoError(t, conn.Connect())
			for which, admins := range pools {
				pool, err := admins.GetPoolName()
				require.NoError(t, err)
				ioctx := open(t, conn, pool)
				for _, namespace := range []string{"", "a"} {
					ioctx.SetNamespace(namespace)
					may := ""
					if user.here(which, namespace) {
						may = user.may
					}
					for _, c := range calls {
						checkCap(t, ioctx, c, may, which+"/"+namespace)
					}
				}
			}
		})
	}
}

// TestNoCapsAtOSDs makes calls as a user without capabilities at OSDs. OSDs
// refuse them; from Ceph 18 on they do not answer.
func TestNoCapsAtOSDs(t *testing.T) {
	cluster := radostest.Shared(t)
	pool, err := cluster.Pool(t).GetPoolName()
	require.NoError(t, err)
	name := unique("user")
	conn := asUser(t, name, cluster.User(t, name, "mon", "allow r"))
	require.NoError(t, conn.SetConfigOption("rados_osd_op_timeout", "2"))
	require.NoError(t, conn.Connect())
	ioctx := open(t, conn, pool)
	want := error(rados.ErrPermissionDenied)
	if release(t) >= 18 {
		want = syscall.ETIMEDOUT
	}
	_, err = ioctx.Read("o", make([]byte, 1), 0)
	assert.ErrorIs(t, err, want)
	assert.ErrorIs(t, ioctx.WriteFull("o", nil), want)
	assert.ErrorIs(t, ioctx.WriteFullContext(t.Context(), "o", nil), want)
}

// checkCap makes a call with these capabilities.
func checkCap(t *testing.T, ioctx *rados.IOContext, c call, may, where string) {
	t.Helper()
	if c.name == "CreateSnap" && release(t) < 16 {
		return // its monitors ask for the right to write in some namespace only
	}
	allowed := strings.Trim(c.need, may) == ""
	err := await.Result(t, func() error { return c.do(t, ioctx) })
	if allowed {
		assert.NoError(t, err, "%s in %s", c.name, where)
		return
	}
	assert.ErrorIs(t, err, rados.ErrPermissionDenied, "%s in %s", c.name, where)
	assert.ErrorIs(t, err, fs.ErrPermission, "%s in %s", c.name, where)
}

// TestClusterCaps makes calls about the cluster without the needed capability:
// commands return EACCES, calls about pools EPERM.
func TestClusterCaps(t *testing.T) {
	cluster := radostest.Shared(t)
	admins := cluster.Pool(t)
	pool, err := admins.GetPoolName()
	require.NoError(t, err)
	name := unique("user")
	conn := asUser(t, name, cluster.User(t, name, "mon", "allow r", "osd", "allow rwx"))
	require.NoError(t, conn.Connect())
	ioctx := open(t, conn, pool)
	for what, c := range map[string]struct {
		want syscall.Errno
		do   func() error
	}{
		"MakePool":          {syscall.EPERM, func() error { return conn.MakePool(unique("pool")) }},
		"DeletePool":        {syscall.EPERM, func() error { return conn.DeletePool(pool) }},
		"CreateSnap":        {syscall.EPERM, func() error { return ioctx.CreateSnap("snap") }},
		"EnableApplication": {syscall.EACCES, func() error { return ioctx.EnableApplication("app", false) }},
		"BlocklistAdd":      {syscall.EACCES, func() error { return conn.BlocklistAdd("1.2.3.4:5/6", time.Second) }},
		"MonCommand": {syscall.EACCES, func() error {
			_, _, err := conn.MonCommand(command(t, "osd set", "key", "noout"))
			return err
		}},
		"OsdCommand": {syscall.EACCES, func() error {
			_, _, err := conn.OsdCommand(0, [][]byte{command(t, "version")})
			return err
		}},
		"MgrCommand": {syscall.EACCES, func() error {
			_, _, err := conn.MgrCommand([][]byte{command(t, "pg stat")})
			return err
		}},
	} {
		t.Run(what, func(t *testing.T) {
			if what == "OsdCommand" && release(t) < 16 {
				c.want = syscall.EPERM
			}
			err := await.Result(t, c.do)
			assert.ErrorIs(t, err, c.want)
			assert.ErrorIs(t, err, fs.ErrPermission)
		})
	}
	pools, err := conn.ListPools()
	require.NoError(t, err, "it may look")
	assert.Contains(t, pools, pool)
}

// TestBlocklistedInMidOperation puts a client on the blocklist while operations
// of every form are in flight. All of them return ESHUTDOWN, and its watch is
// lost reports whether err is that of a lost watch: the OSD has removed it, or
// has refused to register it again.
func TestBlocklistedInMidOperation(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own")
	}
	cluster := radostest.Start(t) // flags are of the cluster as a whole
	admin := cluster.Conn(t)
	require.NoError(t, admin.MakePool("pool"))
	require.NoError(t, open(t, admin, "pool").WriteFull("o", []byte("data")))

	conn := asUser(t, "admin", cluster.Conf())
	socket := filepath.Join(t.TempDir(), "asok")
	require.NoError(t, conn.SetConfigOption("admin_socket", socket))
	require.NoError(t, conn.Connect())
	ioctx := open(t, conn, "pool")
	watcher, err := ioctx.Watch("o")
	require.NoError(t, err)

	cluster.Ceph(t, "osd", "set", "pause")
	require.NoError(t, conn.WaitForLatestOSDMap())
	type result struct {
		name string
		err  error
	}
	results := make(chan result, len(calls))
	onObjects := slices.DeleteFunc(slices.Clone(calls), func(c call) bool { return c.need == "-" || c.name == "Objects" })
	for _, c := range onObjects {
		go func() { results <- result{c.name, c.do(t, ioctx)} }()
	}
	require.Eventually(t, func() bool {
		return strings.Count(cluster.Ceph(t, "--admin-daemon", socket, "objecter_requests"), `"osd_ops"`) == len(onObjects)
	}, await.Patience, 50*time.Millisecond, "they are not under way")

	address, err := conn.GetAddrs()
	require.NoError(t, err)
	require.NoError(t, admin.BlocklistAdd(address, time.Hour))
	cluster.Ceph(t, "osd", "unset", "pause")
	for range onObjects {
		r := await.Next(t, results)
		assert.ErrorIs(t, r.err, syscall.ESHUTDOWN, r.name)
	}
	err = await.Next(t, watcher.Errors())
	assert.True(t, lost(err), "%v", err)
	_, err = watcher.Check()
	assert.True(t, lost(err), "%v", err)
	assert.ErrorIs(t, await.Result(t, watcher.Delete), syscall.ESHUTDOWN)
	for _, c := range onObjects {
		err := await.Result(t, func() error { return c.do(t, ioctx) })
		assert.ErrorIs(t, err, syscall.ESHUTDOWN, c.name)
		assert.NotErrorIs(t, err, fs.ErrPermission, c.name)
	}
	_, err = conn.ListPools()
	assert.NoError(t, err, "the monitors go on to answer")
	for _, err := range ioctx.Objects() {
		assert.NoError(t, err, "and OSDs to list")
	}

	cluster.Ceph(t, "osd", blocklist(t), "rm", strings.TrimPrefix(address, "v2:"))
	require.NoError(t, conn.WaitForLatestOSDMap())
	assert.NoError(t, ioctx.WriteFull("o", []byte("data")), "it is let in again")
}

// lost tells that a watch is: the OSD has dropped it, or would not take it up again.
func lost(err error) bool { return errorsIsAny(err, syscall.ENOTCONN, syscall.ESHUTDOWN) }

// blocklist returns the name of the blocklist in commands of this release.
func blocklist(t testing.TB) string {
	if release(t) < 16 {
		return "blacklist"
	}
	return "blocklist"
}

// needShortTickets skips a test whose users have tickets with short lives.
func needShortTickets(t *testing.T) {
	t.Helper()
	if release(t) < 16 {
		t.Skip("Ceph 14.2 refuses users with tickets of so short lives once its OSD has been restarted")
	}
}

// TestUserChangedWhileConnected changes users that are connected, and stay so.
// A new connection to an OSD takes a ticket. After its expiry, operations of a
// deleted user wait until rados_osd_op_timeout or their context ends them, as
// if the OSD did not answer; those of a user without the capabilities fail.
func TestUserChangedWhileConnected(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	needShortTickets(t)
	cluster := radostest.Start(t, radostest.OSDs(1),
		radostest.Config("global", "auth service ticket ttl", "4"), // seconds
		radostest.Config("global", "auth mon ticket ttl", "4"))
	admin := cluster.Conn(t)
	require.NoError(t, admin.MakePool("pool"))
	conf := make(map[string]string)
	connect := func(name string) *rados.IOContext {
		conf[name] = cluster.User(t, name, "mon", "allow r", "osd", "allow rw")
		conn := asUser(t, name, conf[name])
		require.NoError(t, conn.SetConfigOption("rados_osd_op_timeout", "4"))
		require.NoError(t, conn.Connect())
		return open(t, conn, "pool")
	}
	write := func(ioctx *rados.IOContext) error { return ioctx.WriteFull("o", []byte("data")) }
	deleted, demoted := connect("deleted"), connect("demoted")
	require.NoError(t, errors.Join(write(deleted), write(demoted)))
	cluster.Ceph(t, "auth", "rm", "client.deleted")
	cluster.Ceph(t, "auth", "caps", "client.demoted", "mon", "allow r", "osd", "allow r")
	require.NoError(t, errors.Join(write(deleted), write(demoted)), "they were connected before")

	var gone, less error
	require.Eventually(t, func() bool {
		cluster.Restart(t, "osd.0") // which ends all connections to it
		gone, less = write(deleted), write(demoted)
		return gone != nil && less != nil
	}, 3*time.Minute, time.Millisecond, "their tickets never run out")
	assert.ErrorIs(t, gone, syscall.ETIMEDOUT)
	assert.ErrorIs(t, less, rados.ErrPermissionDenied)
	assert.ErrorIs(t, deleted.WriteFullContext(t.Context(), "o", []byte("data")), syscall.ETIMEDOUT)
	// On a busy machine the ticket of admin's connection may have run out as well, and for good:
	// it lives for as short a time. So this is another one, and each attempt ends.
	present := open(t, cluster.Conn(t), "pool")
	assert.Eventually(t, func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		return present.WriteFullContext(ctx, "o", []byte("data")) == nil
	}, time.Minute, time.Millisecond, "the OSD is there")
	assert.ErrorIs(t, await.Result(t, asUser(t, "deleted", conf["deleted"]).Connect), syscall.EACCES)
	assert.NoError(t, asUser(t, "demoted", conf["demoted"]).Connect())
}

// TestCapsTakenWhileWriting takes the permission to write from a user that writes, and gives it back: each
// write is done, or fails with EPERM and is not.
func TestCapsTakenWhileWriting(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	needShortTickets(t)
	const ttl, writers = "4", 8 // seconds
	cluster := radostest.Start(t, radostest.OSDs(1), radostest.Config("global", "auth service ticket ttl", ttl), radostest.Config("global", "auth mon ticket ttl", ttl))
	require.NoError(t, cluster.Conn(t).MakePool("pool"))
	conn := asUser(t, "writer", cluster.User(t, "writer", "mon", "allow r", "osd", "allow rw"))
	require.NoError(t, conn.Connect())
	ioctx := open(t, conn, "pool")
	write := func(n int) (errs [writers]error) {
		var wg sync.WaitGroup
		for i := range writers {
			wg.Add(1)
			go func() {
				defer wg.Done()
				errs[i] = ioctx.WriteFull(fmt.Sprint("o", i), fmt.Append(nil, n))
			}()
		}
		wg.Wait()
		return errs
	}
	number, done := 0, [writers]int{}
	until := func(what string, wanted func(error) bool) {
		require.Eventually(t, func() bool {
			cluster.Restart(t, "osd.0") // after that each connection needs a ticket
			number++
			all := true
			for i, err := range write(number) {
				if err == nil {
					done[i] = number
				} else {
					require.ErrorIs(t, err, rados.ErrPermissionDenied)
					require.NotErrorIs(t, err, rados.ErrOutcomeUnknown)
				}
				all = all && wanted(err)
			}
			return all
		}, 3*time.Minute, time.Millisecond, what)
		for i, n := range done {
			content := make([]byte, 10)
			n2, err := ioctx.Read(fmt.Sprint("o", i), content, 0)
			require.NoError(t, err)
			require.Equal(t, fmt.Sprint(n), string(content[:n2]))
		}
	}
	until("they may write", func(err error) bool { return err == nil })
	cluster.Ceph(t, "auth", "caps", "client.writer", "mon", "allow r", "osd", "allow r")
	until("their tickets never run out", func(err error) bool { return err != nil })
	cluster.Ceph(t, "auth", "caps", "client.writer", "mon", "allow r", "osd", "allow rw")
	until("they may write again", func(err error) bool { return err == nil })
}

// TestKeyReplaced gives a connected user another key. Calls on its connection end with their context, or
// succeed; new connections need the new key.
func TestKeyReplaced(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops daemons")
	}
	cluster := radostest.Start(t, radostest.OSDs(1), radostest.Monitors(1))
	require.NoError(t, cluster.Conn(t).MakePool("pool"))
	caps := []string{"mon", "allow r", "osd", "allow rw"}
	before := cluster.User(t, "user", caps...)
	old := asUser(t, "user", before)
	require.NoError(t, old.Connect())
	ioctx := open(t, old, "pool")
	write := func(ioctx *rados.IOContext) error {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		return await.Result(t, func() error { return ioctx.WriteFullContext(ctx, "o", []byte("data")) })
	}
	require.NoError(t, write(ioctx))

	cluster.Ceph(t, "auth", "rm", "client.user")
	after := cluster.User(t, "user", caps...)
	require.NotEqual(t, keyOf(t, before), keyOf(t, after))
	for _, restarted := range []string{"osd.0", "mon.a", "osd.0"} {
		cluster.Restart(t, restarted)
		if err := write(ioctx); err != nil {
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.ErrorIs(t, err, rados.ErrOutcomeUnknown)
		}
	}
	require.ErrorIs(t, await.Result(t, asUser(t, "user", before).Connect), syscall.EACCES)
	fresh := asUser(t, "user", after)
	require.NoError(t, fresh.Connect())
	require.NoError(t, write(open(t, fresh, "pool")))
}

// The other process of TestKeyStaysSecret gets its input by these variables.
const (
	secretConf = "GO_RADOS_SECRET_CONF"
	secretPool = "GO_RADOS_SECRET_POOL"
	secretUser = "secret"
)

// TestKeyStaysSecret looks for the key of a user in all output of another
// process, which fails in every way: no error, no printed value and no log line
// of librados may contain it.
func TestKeyStaysSecret(t *testing.T) {
	cluster := radostest.Shared(t)
	conf := cluster.User(t, secretUser, "mon", "allow r", "osd", "allow rwx")
	key := keyOf(t, conf)
	pool, err := cluster.Pool(t).GetPoolName()
	require.NoError(t, err)
	cmd := exec.Command(os.Args[0], "-test.run", "^TestUseSecretKey$", "-test.v")
	cmd.Env = append(os.Environ(), secretConf+"="+conf, secretPool+"="+pool, "RADOS_TEST_CONF="+cluster.Conf())
	var printed, logged bytes.Buffer // apart: what goes into a pipe that librados fills as well may get lost
	cmd.Stdout, cmd.Stderr = &printed, &logged
	err = cmd.Run()
	out := append(printed.Bytes(), logged.Bytes()...)
	require.NoError(t, err, "%s", out[max(0, len(out)-4000):])
	for _, want := range []string{"cephx", "monclient", "ms_handle_connect", "printed: ", "error: "} {
		assert.Contains(t, string(out), want, "it does not say much")
	}
	assertSecret(t, key, "the other process", out)
	for _, daemon := range []string{"mon.a", "mgr.x", "osd.0"} {
		assertSecret(t, key, daemon, []byte(cluster.Log(t, daemon, 100_000)))
	}
}

// assertSecret asserts that text has no key, in the spelling of a keyring or
// any other.
func assertSecret(t *testing.T, key, where string, text []byte) {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(key)
	require.NoError(t, err)
	secret := raw[12:]                              // after its type, time and length
	require.Contains(t, []int{16, 32}, len(secret)) // from Ceph 20 on it is the longer one
	require.NotEmpty(t, text, where)
	assert.NotContains(t, dumped(text), hex.EncodeToString(secret), "dumped by %s", where)
	for form, trace := range map[string]string{
		"key":     strings.TrimRight(key, "=")[16:],
		"bytes":   string(secret),
		"base64":  base64.RawStdEncoding.EncodeToString(secret),
		"hex":     hex.EncodeToString(secret),
		"numbers": strings.Trim(fmt.Sprint(secret), "[]"),
	} {
		if before, _, shown := bytes.Cut(text, []byte(trace)); shown {
			line := before[bytes.LastIndexByte(before, '\n')+1:]
			assert.Fail(t, "the key is shown", "as %s by %s: %s<KEY>", form, where, line)
		}
	}
}

// dumped returns the bytes of all hexadecimal dumps of librados.
func dumped(text []byte) string {
	var all strings.Builder
	for _, line := range regexp.MustCompile(`(?m)^[0-9a-f]{8}  ([0-9a-f ]+)\|`).FindAllSubmatch(text, -1) {
		all.WriteString(strings.ReplaceAll(string(line[1]), " ", ""))
	}
	return all.String()
}

// TestUseSecretKey makes every call that can fail because of a key, and prints
// all results.
func TestUseSecretKey(t *testing.T) {
	conf := os.Getenv(secretConf)
	if conf == "" {
		t.Skip("TestKeyStaysSecret runs it, in a process of its own")
	}
	key := keyOf(t, conf)
	set := func(conn *rados.Conn, option, value string) { require.NoError(t, conn.SetConfigOption(option, value)) }
	talkative := func() *rados.Conn {
		conn := asUser(t, secretUser, conf)
		set(conn, "log_to_stderr", "true")
		for _, subsystem := range []string{"auth", "monc", "ms", "rados", "objecter", "crypto", "context"} {
			set(conn, "debug_"+subsystem, "30/30")
		}
		return conn
	}
	failed := func(err error) {
		t.Helper()
		require.Error(t, err)
		t.Logf("error: %v %+v %#v %q", err, err, err, err.Error())
	}
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "file")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}

	conn := talkative()
	set(conn, "key", key)
	require.NoError(t, conn.Connect())
	ioctx := open(t, conn, os.Getenv(secretPool))
	require.NoError(t, ioctx.WriteFull("o", nil))
	watcher, err := ioctx.Watch("o")
	require.NoError(t, err)
	monitor, err := conn.MonitorLog("debug", func(rados.LogEntry) {})
	require.NoError(t, err)
	for _, value := range []any{conn, ioctx, watcher, monitor} {
		t.Logf("printed: %v %+v %#v", value, value, value)
	}
	failed(ioctx.Delete("nothing"))
	_, status, err := conn.MonCommandWithInputBuffer(command(t, "auth import"), []byte("[client.other]\nkey = "+key+"\n"))
	failed(err)
	t.Log(status)
	failed(conn.SetConfigOption("key", key+"\x00"))
	failed(conn.SetConfigOption("no_such_option", key))
	monitor.Stop()
	conn.Shutdown()
	failed(conn.Connect())

	failed(openError(rados.Config{ConfigFile: conf, User: secretUser, Key: key + key}))
	failed(openError(rados.Config{ConfigFile: conf, User: "nobody", Key: key}))
	failed(openError(rados.Config{ConfigFile: conf, User: secretUser, Key: key, Keyring: key}))
	failed(openError(rados.Config{ConfigFile: conf, User: secretUser, Keyring: key}))
	failed(openError(rados.Config{ConfigFile: conf, User: secretUser, Options: map[string]string{"key": key + "\x00"}}))
	config := rados.Config{Key: key, Options: map[string]string{"key": key}}
	t.Logf("printed: %v %+v %#v", config, config, config)

	failed(talkative().ParseCmdLineArgs([]string{"--key", key, "--keyring"})) // which would end the process
	failed(talkative().ParseCmdLineArgs([]string{"--key=" + key, "--bind", "x"}))
	conn = talkative()
	t.Setenv("CEPH_ARGS", "--key="+key+" --bind x")
	failed(conn.ParseDefaultConfigEnv())
	require.NoError(t, os.Unsetenv("CEPH_ARGS"))
	for _, text := range []string{
		"[client." + secretUser + "]\nkey " + key + "\n",
		"client." + secretUser + "]\nkey = " + key + "\n",
		"[client." + secretUser + "\nkey = " + key + "\n",
		key,
	} {
		if err := talkative().ReadConfigFile(file(text)); err != nil { // Ceph 14.2 passes over it
			failed(err)
		}
	}
	// A keyring is not among these: a line in which it can't find a key, librados logs.
	for option, value := range map[string]string{
		"keyfile": file(key + key),
		"key":     key + key,
	} {
		conn := talkative()
		set(conn, "keyring", "")
		set(conn, option, value)
		if err := conn.Connect(); err != nil { // it may be that librados reads as far as it makes sense
			failed(err)
		}
	}
}
