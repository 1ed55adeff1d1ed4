package radostest_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
	"github.com/go-rados/go-rados/rados/radostest/internal/ceph"
)

func TestMain(m *testing.M) {
	os.Unsetenv("RADOS_TEST_CONF") // it is the starting of clusters that is tested
	os.Unsetenv("RADOS_TEST_CLUSTER")
	radostest.Main(m)
}

// outcome is how a test ended that used the package in a certain way.
type outcome struct {
	testing.TB
	failure, skip string
	cleanups      []func()
}

func (o *outcome) Fatalf(format string, args ...any) {
	o.failure = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (o *outcome) Skipf(format string, args ...any) {
	o.skip = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (o *outcome) Cleanup(f func()) { o.cleanups = append(o.cleanups, f) }

// outcomeOf runs a test of its own, whose failure is not the caller's.
func outcomeOf(t *testing.T, test func(t testing.TB)) *outcome {
	o, done := &outcome{TB: t}, make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			for i := len(o.cleanups) - 1; i >= 0; i-- {
				o.cleanups[i]()
			}
		}()
		test(o)
	}()
	<-done
	return o
}

func TestPool(t *testing.T) {
	var name string
	t.Run("use", func(t *testing.T) {
		ioctx := radostest.Pool(t)
		require.NoError(t, ioctx.WriteFull("greeting", []byte("hello")))
		var err error
		name, err = ioctx.GetPoolName()
		require.NoError(t, err)
	})
	conn := radostest.Conn(t)
	pools, err := conn.ListPools()
	require.NoError(t, err)
	assert.NotContains(t, pools, name, "the pool outlived its test")

	t.Run("deleted by the test", func(t *testing.T) {
		ioctx := radostest.Pool(t)
		name, err := ioctx.GetPoolName()
		require.NoError(t, err)
		require.NoError(t, conn.WaitForLatestOSDMap())
		require.NoError(t, conn.DeletePool(name))
	})
	assert.Same(t, radostest.Shared(t), radostest.Shared(t))
}

func TestSharedIsGoneAfterTheProcess(t *testing.T) {
	if dirFile := os.Getenv("RADOSTEST_DIR_FILE"); dirFile != "" { // the process below
		require.NoError(t, os.WriteFile(dirFile, []byte(radostest.Shared(t).Conf()), 0o600))
		return
	}
	ceph.SkipMissing(t, ceph.Installed())
	file := filepath.Join(t.TempDir(), "dir")
	cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "RADOSTEST_DIR_FILE="+file)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	conf, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.NoDirExists(t, filepath.Dir(string(conf)))
	left, err := ceph.Processes(filepath.Dir(string(conf)))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestUser(t *testing.T) {
	cluster := radostest.Shared(t)
	ioctx := cluster.Pool(t)
	require.NoError(t, ioctx.WriteFull("object", []byte("data")))
	pool, err := ioctx.GetPoolName()
	require.NoError(t, err)

	conf := cluster.User(t, "reader", "mon", "allow r", "osd", "allow r")
	conn, err := rados.NewConnWithUser("reader")
	require.NoError(t, err)
	require.NoError(t, conn.ReadConfigFile(conf))
	require.NoError(t, conn.Connect())
	defer conn.Shutdown()
	reader, err := conn.OpenIOContext(pool)
	require.NoError(t, err)
	defer reader.Destroy()
	data := make([]byte, 4)
	_, err = reader.Read("object", data, 0)
	require.NoError(t, err)
	assert.Equal(t, "data", string(data))
	assert.Error(t, reader.WriteFull("object", nil))
}

// TestUserInTestWithOddName: the files of a user are found in whichever test.
func TestUserInTestWithOddName(t *testing.T) {
	cluster := radostest.Shared(t)
	for i, name := range []string{"a, b", "a;b", "$cluster", "#00"} {
		t.Run(name, func(t *testing.T) {
			user := fmt.Sprint("odd", i)
			conn, err := rados.NewConnWithUser(user)
			require.NoError(t, err)
			defer conn.Shutdown()
			require.NoError(t, conn.ReadConfigFile(cluster.User(t, user, "mon", "allow r")))
			assert.NoError(t, conn.Connect())
		})
	}
}

// TestUserWithoutCaps: there is such a user, though it can't connect.
func TestUserWithoutCaps(t *testing.T) {
	cluster := radostest.Shared(t)
	assert.FileExists(t, cluster.User(t, "powerless"))
	assert.Contains(t, cluster.Ceph(t, "auth", "ls"), "client.powerless")
}

func TestMemoryOutlivesStop(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops a daemon")
	}
	t.Parallel()
	cluster := radostest.Start(t)
	ioctx := cluster.Pool(t)
	require.NoError(t, ioctx.WriteFull("object", []byte("data")))
	cluster.Stop(t, "osd.0")
	cluster.WaitDown(t, "osd.0")
	cluster.Restart(t, "osd.0")
	cluster.Restart(t, "mon.a")
	requireContent(t, ioctx, "object", "data")
	assert.FileExists(t, cluster.Keyring())
	assert.NotEmpty(t, cluster.Log(t, "osd.0", 5))
}

func requireContent(t *testing.T, ioctx *rados.IOContext, oid, want string) {
	t.Helper()
	data := make([]byte, len(want)+1)
	n, err := ioctx.Read(oid, data, 0)
	require.NoError(t, err)
	require.Equal(t, want, string(data[:n]))
}

func TestBlueStoreOutlivesKill(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	t.Parallel()
	cluster := radostest.Start(t, radostest.BlueStore(1<<30))
	ioctx := cluster.Pool(t)
	require.NoError(t, ioctx.WriteFull("object", []byte("data")))
	pid := cluster.PID(t, "osd.0")
	assert.True(t, cluster.Running(t, "osd.0"))
	cluster.Kill(t, "osd.0")
	assert.False(t, cluster.Running(t, "osd.0"))

	waiting := make(chan error)
	go func() { waiting <- ioctx.WriteFull("later", []byte("more")) }()
	cluster.Restart(t, "osd.0")
	assert.NotEqual(t, pid, cluster.PID(t, "osd.0"))
	require.NoError(t, <-waiting, "a client waits for the OSD and goes on")
	requireContent(t, ioctx, "object", "data")
	requireContent(t, ioctx, "later", "more")
}

func TestPausedOSDIsMarkedDown(t *testing.T) {
	if testing.Short() {
		t.Skip("takes eight seconds")
	}
	t.Parallel()
	cluster := radostest.Start(t, radostest.Config("mon", "mon osd report timeout", "4"))
	ioctx := cluster.Pool(t)
	require.NoError(t, ioctx.WriteFull("object", []byte("data")))
	cluster.Pause(t, "osd.0")
	cluster.WaitDown(t, "osd.0")
	assert.Contains(t, cluster.Ceph(t, "osd", "stat"), "0 up")
	cluster.Resume(t, "osd.0")
	cluster.WaitUp(t, "osd.0")
	assert.Contains(t, cluster.Ceph(t, "osd", "stat"), "1 up")
	requireContent(t, ioctx, "object", "data")
}

func TestThreeOSDs(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of three OSDs")
	}
	t.Parallel()
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("rados-three-%d", os.Getpid()))
	cluster := radostest.Start(t, radostest.OSDs(3), radostest.Dir(dir), radostest.LogLevel(1), radostest.Timeout(2*time.Minute))
	assert.Equal(t, filepath.Join(dir, "ceph.conf"), cluster.Conf())
	chunked, replicated := cluster.ECPool(t), cluster.Pool(t)
	for _, ioctx := range []*rados.IOContext{chunked, replicated} {
		require.NoError(t, ioctx.WriteFull("object", []byte("data")))
	}
	cluster.Kill(t, "osd.2")
	cluster.WaitDown(t, "osd.2")
	requireContent(t, chunked, "object", "data")
	requireContent(t, replicated, "object", "data")
	cluster.ECPool(t) // the profile exists by now
}

func TestMisuse(t *testing.T) {
	cluster := radostest.Shared(t)
	for want, use := range map[string]func(t testing.TB){
		"use radostest.OSDs(3) as an option": func(t testing.TB) { cluster.ECPool(t) },
		`no daemon "osd.7"`:                  func(t testing.TB) { cluster.Kill(t, "osd.7") },
		"no valid command found":             func(t testing.TB) { cluster.Ceph(t, "nonsense") },
		"it must be 1 to 10":                 func(t testing.TB) { radostest.Start(t, radostest.OSDs(-1)) },
	} {
		o := outcomeOf(t, use)
		assert.Contains(t, o.failure, want)
		assert.Empty(t, o.skip)
	}
}

// TestWire: in secure mode the daemons refuse connections that are not encrypted.
func TestWire(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own")
	}
	t.Parallel()
	cluster := radostest.Start(t, radostest.Wire(radostest.WireSecure), radostest.Config("client", "client_mount_timeout", "10"))
	requireContent(t, written(t, cluster), "object", "data")
	for _, plain := range []string{"ms_client_mode", "ms_mon_client_mode"} {
		conn, err := rados.NewConnWithUser("admin")
		require.NoError(t, err)
		defer conn.Shutdown()
		require.NoError(t, conn.ReadConfigFile(cluster.Conf()))
		mode, err := conn.GetConfigOption(plain)
		require.NoError(t, err)
		assert.Equal(t, "secure", mode)
		require.NoError(t, conn.SetConfigOption(plain, "crc"))
		require.NoError(t, conn.SetConfigOption("rados_osd_op_timeout", "2"))
		if err = conn.Connect(); plain == "ms_client_mode" { // monitors have a mode of their own
			require.NoError(t, err)
			pools, err := conn.ListPools()
			require.NoError(t, err)
			ioctx, err := conn.OpenIOContext(pools[len(pools)-1])
			require.NoError(t, err)
			defer ioctx.Destroy()
			_, err = ioctx.Stat("object")
			assert.ErrorIs(t, err, syscall.ETIMEDOUT)
		} else {
			assert.Error(t, err)
		}
	}
}

// written is a new pool of cluster with an object in it.
func written(t *testing.T, cluster *radostest.Cluster) *rados.IOContext {
	t.Helper()
	ioctx := cluster.Pool(t)
	require.NoError(t, ioctx.WriteFull("object", []byte("data")))
	return ioctx
}

// TestWireCompressed expects the replicas of written data to take few bytes on the wire.
func TestWireCompressed(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own")
	}
	t.Parallel()
	cluster := radostest.Start(t, radostest.Wire(radostest.WireCompressed), radostest.OSDs(2)) // or it is skipped
	ioctx := cluster.Pool(t)
	received := func() (bytes uint64) {
		for _, osd := range []string{"osd.0", "osd.1"} {
			var counters map[string]map[string]any
			require.NoError(t, json.Unmarshal([]byte(cluster.Ceph(t, "tell", osd, "perf", "dump")), &counters))
			for name, c := range counters {
				if n, ok := c["msgr_recv_bytes"].(float64); ok && strings.HasPrefix(name, "AsyncMessenger::Worker") {
					bytes += uint64(n)
				}
			}
		}
		return bytes
	}
	const size, objects = 1 << 20, 8
	before := received()
	for i := range objects {
		require.NoError(t, ioctx.WriteFull(fmt.Sprint("object", i), make([]byte, size)))
	}
	from, to := uint64(size*objects), uint64(size*objects*3/2) // without compression it is twice the data
	bytes := received() - before
	assert.Greater(t, bytes, from)
	assert.Less(t, bytes, to)
}

// TestWireOfEnvironment: RADOS_TEST_WIRE sets the mode of all clusters that have no option.
func TestWireOfEnvironment(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own")
	}
	t.Setenv("RADOS_TEST_WIRE", "secure")
	mode := func(options ...radostest.Option) string {
		conn := radostest.Start(t, options...).Conn(t)
		mode, err := conn.GetConfigOption("ms_service_mode")
		require.NoError(t, err)
		return mode
	}
	assert.Equal(t, "secure", mode())
	assert.Equal(t, "crc", mode(radostest.Wire(radostest.WireCRC)))

	t.Setenv("RADOS_TEST_WIRE", "secret")
	o := outcomeOf(t, func(t testing.TB) { radostest.Start(t) })
	assert.Contains(t, o.failure, `wire mode "secret": it must be crc, secure or compressed`)
}

// TestMonitors: each of three monitors can be controlled, and the cluster goes on without one, but not
// without two.
func TestMonitors(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops daemons")
	}
	t.Parallel()
	cluster := radostest.Start(t, radostest.Monitors(3))
	quorum := func() int {
		var status struct {
			Names []string `json:"quorum_names"`
		}
		require.NoError(t, json.Unmarshal([]byte(cluster.Ceph(t, "quorum_status")), &status))
		return len(status.Names)
	}
	require.Equal(t, 3, quorum())
	conn := cluster.Conn(t)
	cluster.Kill(t, "mon.a") // the leader
	_, err := conn.ListPools()
	require.NoError(t, err)
	require.Eventually(t, func() bool { return quorum() == 2 }, time.Minute, 10*time.Millisecond, "the death is noticed with the end of a lease")

	cluster.Pause(t, "mon.b")
	require.Eventually(t, func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, _, err = conn.MonCommandContext(ctx, []byte(`{"prefix": "osd dump"}`))
		return errors.Is(err, context.DeadlineExceeded)
	}, time.Minute, 10*time.Millisecond, "mon.c answers until its lease ends")
	cluster.Resume(t, "mon.b")
	cluster.WaitUp(t, "mon.b")
	cluster.Restart(t, "mon.a")
	cluster.WaitUp(t, "mon.c")
	require.Eventually(t, func() bool { return quorum() == 3 }, time.Minute, 10*time.Millisecond)
	requireContent(t, written(t, cluster), "object", "data")
}

// TestIPv6: no daemon listens on an IPv4 address.
func TestIPv6(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own")
	}
	t.Parallel()
	cluster := radostest.Start(t, radostest.IPv6(), radostest.Monitors(2)) // or it is skipped
	requireContent(t, written(t, cluster), "object", "data")
	for _, what := range [][]string{{"mon", "dump"}, {"osd", "dump"}, {"mgr", "dump"}} {
		out := cluster.Ceph(t, what...)
		assert.Contains(t, out, "[::1]:")
		assert.NotContains(t, out, "127.0.0.1")
	}
}

// TestBlueStoreCompression: the store compresses the data of objects.
func TestBlueStoreCompression(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own")
	}
	t.Parallel()
	cluster := radostest.Start(t, radostest.BlueStore(1<<30), radostest.Config("osd", "bluestore compression mode", "force"))
	require.NoError(t, cluster.Pool(t).WriteFull("object", make([]byte, 4<<20)))
	require.Eventually(t, func() bool {
		var counters struct {
			BlueStore struct {
				Compressed uint64 `json:"compress_success_count"`
			} `json:"bluestore"`
		}
		require.NoError(t, json.Unmarshal([]byte(cluster.Ceph(t, "daemon", "osd.0", "perf", "dump")), &counters))
		return counters.BlueStore.Compressed > 0
	}, time.Minute, 10*time.Millisecond)
}

// TestClusterOfEnvironment: RADOS_TEST_CLUSTER describes the clusters; options have precedence.
func TestClusterOfEnvironment(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own")
	}
	t.Setenv("RADOS_TEST_CLUSTER", "osds=2 mons=3 bluestore=1G wire=secure client:client_mount_timeout=17")
	cluster := radostest.Start(t, radostest.OSDs(1), radostest.BlueStore(0))
	conn, err := rados.NewConn()
	require.NoError(t, err)
	defer conn.Shutdown()
	require.NoError(t, conn.ReadConfigFile(cluster.Conf()))
	for option, want := range map[string]string{"client_mount_timeout": "17", "ms_client_mode": "secure"} {
		value, err := conn.GetConfigOption(option)
		require.NoError(t, err)
		assert.Contains(t, value, want) // Ceph 14.2 has "17.000000"
	}
	for want, args := range map[string][]string{
		"3 mons at":  {"mon", "stat"},
		"1 osds: 1":  {"osd", "stat"},
		`"memstore"`: {"osd", "metadata", "0"},
	} {
		assert.Contains(t, cluster.Ceph(t, args...), want)
	}

	t.Setenv("RADOS_TEST_CLUSTER", "osd=3")
	o := outcomeOf(t, func(t testing.TB) { radostest.Start(t) })
	assert.Contains(t, o.failure, `RADOS_TEST_CLUSTER: "osd=3": it must be osds=N,`)
}

func TestMissingDaemons(t *testing.T) {
	saved := ceph.SearchDirs
	t.Cleanup(func() { ceph.SearchDirs = saved })
	ceph.SearchDirs = nil
	t.Setenv("PATH", t.TempDir())
	use := func(t testing.TB) { radostest.Start(t) }

	t.Setenv("RADOS_TEST_SKIP", "")
	o := outcomeOf(t, use)
	assert.Empty(t, o.skip)
	for _, want := range []string{"ceph-mon, ceph-mgr, ceph-osd", "apt-get install", "RADOS_TEST_CONF", "RADOS_TEST_SKIP=1"} {
		assert.Contains(t, o.failure, want)
	}

	t.Setenv("RADOS_TEST_SKIP", "1")
	o = outcomeOf(t, use)
	assert.Empty(t, o.failure)
	assert.Contains(t, o.skip, "apt-get install")
	var report strings.Builder
	ceph.ReportSkipped(&report)
	assert.Regexp(t, `^radostest: [1-9]\d* tests were skipped, since RADOS_TEST_SKIP is set`, report.String())
	report.Reset()
	ceph.ReportSkipped(&report)
	assert.Empty(t, report.String(), "none since then")

	skip := flag.Lookup("test.skip").Value
	given := skip.String()
	t.Cleanup(func() { skip.Set(given) })
	require.NoError(t, skip.Set("TestThis/that"))
	radostest.SkipExamples()
	assert.Equal(t, "TestThis/that|^Example", skip.String())
}

func TestExistingCluster(t *testing.T) {
	c, err := ceph.Start(context.Background(), ceph.Config{})
	ceph.SkipMissing(t, err)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, c.Close()) })
	t.Setenv("RADOS_TEST_CONF", c.Conf())

	cluster := radostest.Start(t, radostest.OSDs(3))
	assert.Equal(t, c.Conf(), cluster.Conf())
	assert.Equal(t, c.Conf(), radostest.Shared(t).Conf())
	assert.Empty(t, cluster.Keyring())
	t.Run("pool and user", func(t *testing.T) {
		require.NoError(t, radostest.Pool(t).WriteFull("object", nil))
		assert.FileExists(t, cluster.User(t, "reader", "mon", "allow r"))
	})
	assert.NotContains(t, cluster.Ceph(t, "osd", "pool", "ls"), "radostest-")
	assert.NotContains(t, cluster.Ceph(t, "auth", "ls"), "client.reader")

	assert.Contains(t, outcomeOf(t, func(t testing.TB) { cluster.Kill(t, "osd.0") }).skip, "did not start")
	assert.Contains(t, outcomeOf(t, func(t testing.TB) { cluster.ECPool(t) }).skip, "needs 3 OSDs")
	assert.True(t, c.Daemons()[2].Running())
}

// TestImports limits the dependencies of the package.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".").Output()
	require.NoError(t, err)
	for _, path := range strings.Fields(string(out)) {
		assert.True(t, strings.HasPrefix(path, "github.com/go-rados/go-rados/"), path)
	}
}

// TestOption: godoc is to show no type that users can't name.
func TestOption(t *testing.T) {
	typ := reflect.TypeFor[radostest.Option]()
	require.Equal(t, reflect.Struct, typ.Kind())
	for i := range typ.NumField() {
		assert.False(t, typ.Field(i).IsExported(), typ.Field(i).Name)
	}
}
