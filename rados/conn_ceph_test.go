package rados_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// fresh returns a Conn that is neither configured nor connected.
func fresh(t *testing.T) *rados.Conn {
	t.Helper()
	conn, err := rados.NewConnWithUser("admin")
	require.NoError(t, err)
	t.Cleanup(conn.Shutdown)
	return conn
}

func TestVersion(t *testing.T) {
	t.Run("misc.Version", func(t *testing.T) {
		major, minor, extra := rados.Version()
		assert.Equal(t, []int{3, 0, 0}, []int{major, minor, extra})
	})
}

func TestNewConn(t *testing.T) {
	t.Run("librados.CreateShutdown", func(t *testing.T) {
		conn, err := rados.NewConnWithUser("id")
		require.NoError(t, err)
		conn.Shutdown()
	})
	t.Run("default user", func(t *testing.T) {
		conn, err := rados.NewConn()
		require.NoError(t, err)
		conn.Shutdown()
	})
	t.Run("cluster and user", func(t *testing.T) {
		conn, err := rados.NewConnWithClusterAndUser("ceph", "client.admin")
		require.NoError(t, err)
		defer conn.Shutdown()
		require.NoError(t, conn.ReadConfigFile(radostest.Shared(t).Conf()))
		assert.NoError(t, conn.Connect())
	})
	t.Run("user without its type", func(t *testing.T) {
		_, err := rados.NewConnWithClusterAndUser("ceph", "admin")
		assert.ErrorIs(t, err, syscall.EINVAL)
	})
	t.Run("NUL", func(t *testing.T) {
		_, err := rados.NewConnWithUser("ad\x00min")
		assert.Equal(t, rados.ErrNameContainsNUL, err)
		_, err = rados.NewConnWithClusterAndUser("ce\x00ph", "client.admin")
		assert.Equal(t, rados.ErrNameContainsNUL, err)
		_, err = rados.NewConnWithClusterAndUser("ceph", "client.admin\x00")
		assert.Equal(t, rados.ErrNameContainsNUL, err)
	})
}

func TestConnect(t *testing.T) {
	t.Run("misc.ConnectFailure", func(t *testing.T) {
		conn := fresh(t)
		require.NoError(t, conn.SetConfigOption("mon_dns_srv_name", "")) // do not ask the network's DNS
		assert.Equal(t, rados.ErrNotFound, conn.Connect())
		_, err := conn.GetFSID()
		assert.Equal(t, rados.ErrNotConnected, err, "a Connect that failed connects nothing")
	})
	t.Run("misc.ConnectTimeout", func(t *testing.T) {
		if testing.Short() {
			t.Skip("waits a second for a monitor that is not there, with Ceph 14.2 ten")
		}
		conn := fresh(t)
		for option, value := range map[string]string{
			"mon_host":             "127.0.0.1:1", // no daemon listens there
			"client_mount_timeout": "1",
			"key":                  "AQAnbLRlAAAAABAAZOpg6BByZT1o+bT6aVSDaw==",
		} {
			require.NoError(t, conn.SetConfigOption(option, value))
		}
		start := time.Now()
		assert.ErrorIs(t, conn.Connect(), syscall.ETIMEDOUT)
		assert.GreaterOrEqual(t, time.Since(start), time.Second)
	})
	t.Run("twice", func(t *testing.T) {
		assert.ErrorIs(t, radostest.Conn(t).Connect(), syscall.EISCONN)
	})
	t.Run("after failures", func(t *testing.T) {
		conn := fresh(t)
		set := func(option, value string) { require.NoError(t, conn.SetConfigOption(option, value)) }
		set("mon_dns_srv_name", "")
		assert.Equal(t, rados.ErrNotFound, conn.Connect(), "no monitor is known")
		require.NoError(t, conn.ReadConfigFile(radostest.Shared(t).Conf()))
		keyring, err := conn.GetConfigOption("keyring")
		require.NoError(t, err)
		set("keyring", filepath.Join(t.TempDir(), "none"))
		assert.Equal(t, rados.ErrNotFound, conn.Connect(), "no key")
		set("key", "AQAnbLRlAAAAABAAZOpg6BByZT1o+bT6aVSDaw==")
		for range 2 {
			assert.ErrorIs(t, conn.Connect(), syscall.EACCES, "not the user's key")
		}
		set("key", "")
		set("keyring", keyring)
		require.NoError(t, conn.Connect())
		_, err = conn.GetFSID()
		assert.NoError(t, err)
	})
	t.Run("Cluster before", func(t *testing.T) {
		conn := fresh(t)
		before := conn.Cluster()
		require.NotNil(t, before)
		require.NoError(t, conn.ReadConfigFile(radostest.Shared(t).Conf()))
		require.NoError(t, conn.Connect())
		assert.Equal(t, before, conn.Cluster(), "the handle that others were given is connected")
	})
	t.Run("Cluster after a failure", func(t *testing.T) {
		conn := fresh(t)
		before := conn.Cluster()
		require.NoError(t, conn.ReadConfigFile(radostest.Shared(t).Conf()))
		require.NoError(t, conn.SetConfigOption("key", aKey))
		assert.ErrorIs(t, conn.Connect(), syscall.EACCES)
		assert.NotEqual(t, before, conn.Cluster(), "librados never connects the one that has failed")
		require.NoError(t, conn.SetConfigOption("key", ""))
		require.NoError(t, conn.Connect())
		_, err := conn.GetFSID()
		assert.NoError(t, err)
	})
	t.Run("at once", func(t *testing.T) {
		conn := fresh(t)
		require.NoError(t, conn.ReadConfigFile(radostest.Shared(t).Conf()))
		var connected atomic.Int32
		var wg await.Group
		for range 8 {
			wg.Go(func() {
				switch err := conn.Connect(); {
				case err == nil:
					connected.Add(1)
				case !errors.Is(err, syscall.EINPROGRESS):
					assert.ErrorIs(t, err, syscall.EISCONN)
				}
			})
		}
		wg.Wait()
		assert.EqualValues(t, 1, connected.Load())
		_, err := conn.GetFSID()
		assert.NoError(t, err)
	})
	t.Run("py.TestRadosStateError.test_connected", func(t *testing.T) {
		conn := radostest.Conn(t)
		assert.ErrorIs(t, conn.Connect(), syscall.EISCONN)
		_, err := conn.GetFSID()
		assert.NoError(t, err, "it stays connected")
	})
}

func TestClusterFacts(t *testing.T) {
	conn := radostest.Conn(t)
	t.Run("misc.ClusterFSID", func(t *testing.T) {
		fsid, err := conn.GetFSID()
		require.NoError(t, err)
		assert.Regexp(t, regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`), fsid)
	})
	t.Run("stat.ClusterStat", func(t *testing.T) {
		stat, err := conn.GetClusterStats()
		require.NoError(t, err)
		assert.GreaterOrEqual(t, stat.Kb, stat.Kb_avail)
	})
	t.Run("instance id", func(t *testing.T) {
		id := conn.GetInstanceID()
		assert.NotZero(t, id)
		assert.Equal(t, id, conn.GetInstanceID())
		assert.NotEqual(t, id, radostest.Conn(t).GetInstanceID())
		assert.Zero(t, fresh(t).GetInstanceID())
	})
	t.Run("latest map", func(t *testing.T) {
		assert.NoError(t, conn.WaitForLatestOSDMap())
	})
}

// TestPingMonitor runs in another process, because a ping can crash librados:
// on a busy machine the monitor may answer before librados is ready for the
// answer, and librados follows a null pointer. The test is repeated after that
// crash, and no other.
// TestPing pings while daemons do not answer.
func TestPing(t *testing.T) {
	t.Parallel()
	conn := radostest.Conn(t)
	require.NoError(t, conn.Ping(t.Context()))
	conn.Shutdown()
	assert.ErrorIs(t, conn.Ping(t.Context()), rados.ErrNotConnected)
	unconnected, err := rados.NewConn()
	require.NoError(t, err)
	defer unconnected.Shutdown()
	assert.ErrorIs(t, unconnected.Ping(t.Context()), rados.ErrNotConnected)
	if testing.Short() {
		t.Skip("starts a cluster and pauses its daemons")
	}
	cluster := radostest.Start(t, radostest.Monitors(1), radostest.OSDs(1))
	conn = cluster.Conn(t)
	cluster.Pause(t, "osd.0")
	require.NoError(t, conn.Ping(t.Context()), "it does not wait for OSDs")
	cluster.Resume(t, "osd.0")
	cluster.Pause(t, "mon.a")
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	err = conn.Ping(ctx)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
	assert.ErrorContains(t, err, "Ping")
	assert.NotErrorIs(t, err, rados.ErrOutcomeUnknown)
	pinged := make(chan error, 1)
	go func() { pinged <- conn.Ping(t.Context()) }()
	cluster.Resume(t, "mon.a")
	assert.NoError(t, await.Next(t, pinged))
}

func TestPingMonitor(t *testing.T) {
	const child = "GO_RADOS_TEST_PING"
	if os.Getenv(child) != "" {
		pingMonitor(t)
		return
	}
	t.Run("py.TestRados.test_ping_monitor", func(t *testing.T) {
		for range 10 {
			cmd := exec.Command(os.Args[0], "-test.run=^TestPingMonitor$")
			cmd.Env = append(os.Environ(), child+"=1", "RADOS_TEST_CONF="+radostest.Shared(t).Conf())
			out, err := cmd.CombinedOutput()
			if err == nil {
				return
			}
			status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
			crashed := status.Signaled() && status.Signal() == syscall.SIGSEGV
			require.True(t, crashed || strings.Contains(string(out), "SIGSEGV"), "%v\n%s", err, out)
			t.Log("librados crashed in rados_ping_monitor; once more")
		}
		t.Fatal("no ping succeeded")
	})
}

func pingMonitor(t *testing.T) {
	conn := fresh(t)
	require.NoError(t, conn.ReadConfigFile(radostest.Shared(t).Conf()))
	ping := func(t *testing.T) {
		answer, err := conn.PingMonitor("a")
		require.NoError(t, err)
		assert.Contains(t, answer, "health")
		_, err = conn.PingMonitor("nobody")
		assert.Equal(t, rados.ErrNotFound, err)
		_, err = conn.PingMonitor("a\x00")
		assert.Equal(t, rados.ErrNameContainsNUL, err)
	}
	t.Run("before Connect", ping)
	t.Run("twice", ping) // on one handle that is not connected, librados would abort
	require.NoError(t, conn.SetConfigOption("key", aKey))
	require.ErrorIs(t, conn.Connect(), syscall.EACCES)
	require.NoError(t, conn.SetConfigOption("key", ""))
	t.Run("after a failure", ping)
	require.NoError(t, conn.Connect())
	t.Run("connected", ping)
	t.Run("empty id", func(t *testing.T) {
		_, err := conn.PingMonitor("")
		assert.ErrorIs(t, err, syscall.EINVAL)
	})
	t.Run("no keyring", func(t *testing.T) {
		conn := fresh(t)
		require.NoError(t, conn.ReadConfigFile(radostest.Shared(t).Conf()))
		require.NoError(t, conn.SetConfigOption("keyring", filepath.Join(t.TempDir(), "none")))
		answer, err := conn.PingMonitor("a")
		assert.Contains(t, []int{-int(syscall.EACCES), -int(syscall.ENOENT)}, code(t, err))
		assert.Empty(t, answer)
	})
	t.Run("unknown user", func(t *testing.T) {
		conn, err := rados.NewConnWithUser("nobody")
		require.NoError(t, err)
		defer conn.Shutdown()
		require.NoError(t, conn.ReadConfigFile(radostest.Shared(t).Conf()))
		require.NoError(t, conn.SetConfigOption("mon_client_ping_timeout", "1"))
		_, err = conn.PingMonitor("a")
		assert.ErrorIs(t, err, syscall.ETIMEDOUT)
	})
}

func TestNotConnected(t *testing.T) {
	before := fresh(t)
	after := radostest.Conn(t)
	after.Shutdown()
	for name, conn := range map[string]*rados.Conn{"before": before, "after": after, "nil": nil, "zero": {}} {
		t.Run(name, func(t *testing.T) {
			for call, err := range needConnection(conn) {
				assert.ErrorIs(t, err, rados.ErrNotConnected, call)
				assert.ErrorIs(t, err, syscall.ENOTCONN, call)
			}
			assert.Zero(t, conn.GetInstanceID())
		})
	}
	t.Run("py.TestRadosStateError.test_configuring", func(t *testing.T) {
		for call, err := range needConnection(fresh(t)) {
			assert.ErrorIs(t, err, rados.ErrNotConnected, call)
		}
	})
	t.Run("py.TestRadosStateError.test_shutdown", func(t *testing.T) {
		ended := radostest.Conn(t)
		ended.Shutdown()
		for call, err := range needConnection(ended) {
			assert.ErrorIs(t, err, rados.ErrNotConnected, call)
		}
		assert.Equal(t, rados.ErrNotConnected, ended.Connect())
	})
}

// needConnection makes every call that needs a connected Conn.
func needConnection(conn *rados.Conn) map[string]error {
	errs := make(map[string]error)
	args := [][]byte{[]byte("{}")}
	_, errs["GetFSID"] = conn.GetFSID()
	_, errs["GetClusterStats"] = conn.GetClusterStats()
	_, errs["ListPools"] = conn.ListPools()
	_, errs["GetPoolByID"] = conn.GetPoolByID(1)
	_, errs["GetPoolByName"] = conn.GetPoolByName("p")
	_, errs["OpenIOContext"] = conn.OpenIOContext("p")
	_, _, errs["MonCommand"] = conn.MonCommand(nil)
	_, _, errs["MonCommandWithInputBuffer"] = conn.MonCommandWithInputBuffer(nil, nil)
	_, _, errs["MonCommandTarget"] = conn.MonCommandTarget("a", args)
	_, _, errs["MonCommandTargetWithInputBuffer"] = conn.MonCommandTargetWithInputBuffer("a", args, nil)
	_, _, errs["MgrCommand"] = conn.MgrCommand(args)
	_, _, errs["MgrCommandWithInputBuffer"] = conn.MgrCommandWithInputBuffer(args, nil)
	_, _, errs["OsdCommand"] = conn.OsdCommand(0, args)
	_, _, errs["OsdCommandWithInputBuffer"] = conn.OsdCommandWithInputBuffer(0, args, nil)
	_, _, errs["PGCommand"] = conn.PGCommand([]byte("1.0"), args)
	_, _, errs["PGCommandWithInputBuffer"] = conn.PGCommandWithInputBuffer([]byte("1.0"), args, nil)
	errs["MakePool"] = conn.MakePool("p")
	errs["DeletePool"] = conn.DeletePool("p")
	errs["WaitForLatestOSDMap"] = conn.WaitForLatestOSDMap()
	_, errs["GetAddrs"] = conn.GetAddrs()
	_, errs["OpenIOContextByID"] = conn.OpenIOContextByID(1)
	errs["WatcherFlush"] = conn.WatcherFlush()
	errs["WatcherFlushContext"] = errors.Unwrap(conn.WatcherFlushContext(context.Background()))
	errs["BlocklistAdd"] = conn.BlocklistAdd("1.2.3.4/5", 0)
	_, errs["GetBaseTier"] = conn.GetBaseTier(1)
	_, errs["GetMinCompatibleOSD"] = conn.GetMinCompatibleOSD()
	_, _, errs["GetMinCompatibleClient"] = conn.GetMinCompatibleClient()
	_, errs["ListInconsistentPGs"] = conn.ListInconsistentPGs(1)
	errs["MakePoolWithCrushRule"] = conn.MakePoolWithCrushRule("p", 0)
	_, _, errs["MgrCommandTarget"] = conn.MgrCommandTarget("x", args)
	_, errs["MonitorLog"] = conn.MonitorLog("info", func(rados.LogEntry) {})
	errs["UpdateServiceStatus"] = conn.UpdateServiceStatus(nil)
	return errs
}

func TestMinCompatible(t *testing.T) {
	conn := radostest.Conn(t)
	require.NoError(t, conn.WaitForLatestOSDMap())
	numbers := map[string]int8{"unknown": 0, "": 0}
	for i, name := range strings.Fields("argonaut bobtail cuttlefish dumpling emperor firefly giant hammer infernalis jewel kraken luminous mimic nautilus octopus pacific quincy reef squid tentacle") {
		numbers[name] = int8(i + 1)
	}
	var dump struct {
		OSD      string `json:"require_osd_release"`
		Minimum  string `json:"min_compat_client"`
		Required string `json:"require_min_compat_client"`
	}
	asked(t, conn, &dump, command(t, "osd dump"))
	osd, err := conn.GetMinCompatibleOSD()
	require.NoError(t, err)
	assert.Equal(t, numbers[dump.OSD], osd)
	assert.EqualValues(t, release(t), osd)
	minimum, required, err := conn.GetMinCompatibleClient()
	require.NoError(t, err)
	assert.Equal(t, []int8{numbers[dump.Minimum], numbers[dump.Required]}, []int8{minimum, required}, "%v", dump)
	assert.Positive(t, minimum)
}

func TestClusterCompatibility(t *testing.T) {
	t.Parallel()
	conn := radostest.Conn(t)
	t.Run("misc.MinCompatOSD", func(t *testing.T) {
		osd, err := conn.GetMinCompatibleOSD()
		require.NoError(t, err)
		assert.EqualValues(t, release(t), osd, "a new cluster demands its own release")
	})
	t.Run("misc.MinCompatClient", func(t *testing.T) {
		least, required, err := conn.GetMinCompatibleClient()
		require.NoError(t, err)
		for _, number := range []int8{least, required} {
			assert.GreaterOrEqual(t, number, int8(-1))
			assert.LessOrEqual(t, int(number), release(t))
		}
	})
	t.Run("py.TestRados.test_blocklist_add", func(t *testing.T) {
		require.NoError(t, conn.BlocklistAdd("1.2.3.4/123", time.Second))
		out, _, err := conn.MonCommand(command(t, "osd dump"))
		require.NoError(t, err)
		assert.Contains(t, string(out), "1.2.3.4:0/123")
		assert.ErrorIs(t, conn.BlocklistAdd("nonsense", 0), syscall.EINVAL)
	})
	t.Run("py.TestRados.test_get_cluster_stats", func(t *testing.T) {
		require.Eventually(t, func() bool {
			stat, err := conn.GetClusterStats()
			return assert.NoError(t, err) && stat.Kb > 0 && stat.Kb_avail > 0
		}, await.Patience, 100*time.Millisecond)
	})
	t.Run("address", func(t *testing.T) {
		addrs, err := conn.GetAddrs()
		require.NoError(t, err)
		ioctx := open(t, conn, makePool(t, conn))
		watch(t, ioctx, "foo")
		var list []struct {
			Entity struct{ Num uint64 }   `json:"entity_name"`
			Addr   struct{ Nonce uint32 } `json:"entity_addr_t"`
		}
		dumpWatchers(t, &list)
		for _, w := range list {
			if w.Entity.Num == conn.GetInstanceID() {
				assert.Contains(t, addrs, fmt.Sprintf("/%d", w.Addr.Nonce))
				return
			}
		}
		assert.Fail(t, "this client watches nothing", "%v", list)
	})
}

func TestBlocklistAdd(t *testing.T) {
	conn, other := radostest.Conn(t), radostest.Conn(t)
	pool := makePool(t, conn)
	ioctx := open(t, other, pool)
	require.NoError(t, ioctx.WriteFull("foo", []byte("data")))
	address, err := other.GetAddrs()
	require.NoError(t, err)
	require.NoError(t, conn.BlocklistAdd(address, time.Minute))
	require.NoError(t, other.WaitForLatestOSDMap(), "the monitors do not shut it out")
	assert.ErrorIs(t, ioctx.WriteFull("foo", []byte("changed")), syscall.ESHUTDOWN)
	_, err = ioctx.Read("foo", make([]byte, 4), 0)
	assert.ErrorIs(t, err, syscall.ESHUTDOWN)
	assert.Equal(t, "data", string(content(t, open(t, conn, pool), "foo")))
	assert.ErrorIs(t, conn.BlocklistAdd("no address", time.Minute), syscall.EINVAL)
	assert.ErrorIs(t, conn.BlocklistAdd("", time.Minute), syscall.EINVAL)
}

// TestInjectedFaults has librados inject faults.
func TestInjectedFaults(t *testing.T) {
	t.Parallel()
	pool := radostest.Pool(t)
	name, err := pool.GetPoolName()
	require.NoError(t, err)
	require.NoError(t, pool.WriteFull("foo", buf))
	injected := func(t *testing.T, options map[string]string) *rados.Conn {
		conn := fresh(t)
		require.NoError(t, conn.ReadConfigFile(radostest.Shared(t).Conf()))
		for option, value := range options {
			require.NoError(t, conn.SetConfigOption(option, value))
		}
		require.NoError(t, conn.Connect())
		return conn
	}
	t.Run("io.ReadTimeout", func(t *testing.T) {
		if testing.Short() {
			t.Skip("waits for some seconds of delays")
		}
		conn := injected(t, map[string]string{"rados_osd_op_timeout": "1", "ms_inject_internal_delays": "2"})
		ioctx := open(t, conn, name)
		var buffers [][]byte
		for range 5 {
			data := filled(0xee, 4096)
			if _, err := ioctx.Read("foo", data, 0); err != nil {
				assert.ErrorIs(t, err, syscall.ETIMEDOUT)
				assert.Equal(t, filled(0xee, 4096), data)
				buffers = append(buffers, data)
			}
		}
		conn.Shutdown() // the replies in flight have arrived by then
		for _, data := range buffers {
			assert.Equal(t, filled(0xee, 4096), data, "nothing is written into it afterwards")
		}
	})
	t.Run("misc.PoolCreationRace", func(t *testing.T) {
		if testing.Short() {
			t.Skip("waits for some seconds of delays")
		}
		conn := injected(t, map[string]string{"objecter_debug_inject_relock_delay": "true"})
		ioctx, other := open(t, conn, name), radostest.Conn(t)
		var wg await.Group
		for range 16 {
			wg.Go(func() {
				for range 4 {
					_, err := ioctx.Read("none", make([]byte, 1), 0)
					assert.Equal(t, rados.ErrNotFound, err)
				}
			})
		}
		makePool(t, other)
		wg.Wait()
	})
}

// TestConnectWithoutDescriptors connects with any number of file descriptors,
// and pings with too few, in another process: librados would end the process if
// too few were left.
func TestConnectWithoutDescriptors(t *testing.T) {
	const variable = "GO_RADOS_TEST_DESCRIPTORS"
	if os.Getenv(variable) == "" {
		cluster := radostest.Shared(t)
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		cmd.Env = append(os.Environ(), variable+"="+cluster.Conf())
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Contains(t, string(out), "--- PASS: "+t.Name())
		return
	}
	var limit syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit))
	var refused, connected int
	for spare := range uint64(32) {
		conn, err := rados.NewConn()
		require.NoError(t, err)
		require.NoError(t, conn.ReadConfigFile(os.Getenv(variable)))
		require.NoError(t, conn.SetConfigOption("client_mount_timeout", "10"))
		used, err := os.Open("/dev/null") // the lowest that is free
		require.NoError(t, err)
		free := uint64(used.Fd())
		require.NoError(t, used.Close())
		few := syscall.Rlimit{Cur: free + spare, Max: limit.Max}
		require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &few))
		if spare < 8 { // with more it can reach the monitor, and meet the race of PingMonitor
			_, err := conn.PingMonitor("a")
			assert.ErrorIs(t, err, syscall.EMFILE)
		}
		err = conn.Connect()
		conn.Shutdown()
		require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit))
		switch {
		case err == nil:
			connected++
		case errors.Is(err, syscall.EMFILE):
			refused++
		default:
			assert.ErrorIs(t, err, syscall.ETIMEDOUT, "%d descriptors", spare)
		}
	}
	t.Log(refused, "refused,", connected, "connected")
	assert.Positive(t, refused)
	assert.Positive(t, connected)
}

// TestConnectErrors connects without a usable key or monitor.
func TestConnectErrors(t *testing.T) {
	cluster := radostest.Shared(t)
	cut := filepath.Join(t.TempDir(), "keyring")
	require.NoError(t, os.WriteFile(cut, []byte("[client.admin]\n\tkey = AQA="), 0o600)) // no newline
	noNewline := map[int]error{14: syscall.EACCES, 20: rados.ErrNotFound}[release(t)]
	if noNewline == nil {
		noNewline = syscall.EIO
	}
	for _, test := range []struct {
		name    string
		options []string // and their values
		want    error
	}{
		{"no keyring", []string{"auth_client_required", "cephx", "keyring", "/none"}, rados.ErrNotFound},
		{"no keyring, none is allowed", []string{"auth_client_required", "cephx, none", "keyring", "/none"}, syscall.EACCES},
		{"keyring without a newline", []string{"keyring", cut}, noNewline},
		{"unknown host", []string{"mon_host", "no-such-host.invalid"}, syscall.EINVAL},
		{"no monitor", []string{"mon_host", ""}, rados.ErrNotFound},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn, err := rados.NewConn()
			require.NoError(t, err)
			defer conn.Shutdown()
			require.NoError(t, conn.ReadConfigFile(cluster.Conf()))
			mode, err := conn.GetConfigOption("ms_client_mode")
			require.NoError(t, err)
			if mode == "secure" && slices.Contains(test.options, "cephx, none") {
				t.Skip("without a key no connection can be encrypted, and Connect waits for another")
			}
			for i := 0; i < len(test.options); i += 2 {
				require.NoError(t, conn.SetConfigOption(test.options[i], test.options[i+1]))
			}
			assert.ErrorIs(t, conn.Connect(), test.want)
		})
	}
}

// TestLibradosIsSilent expects librados to print nothing once the Conn has read
// a configuration file: the log options decide.
func TestLibradosIsSilent(t *testing.T) {
	const variable = "GO_RADOS_TEST_CONF"
	path := os.Getenv(variable)
	if path == "" {
		path = filepath.Join(t.TempDir(), "ceph.conf")
		require.NoError(t, os.WriteFile(path, nil, 0o666))
		var stderr strings.Builder
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		cmd.Env, cmd.Stderr = append(os.Environ(), variable+"="+path), &stderr
		out, err := cmd.Output()
		require.NoError(t, err, "%s", out)
		require.Contains(t, string(out), "--- PASS: "+t.Name())
		assert.Empty(t, stderr.String())
		return
	}
	conn, err := rados.NewConn()
	require.NoError(t, err)
	t.Cleanup(conn.Shutdown)
	require.NoError(t, conn.ReadConfigFile(path))
	for option, value := range map[string]string{"mon_host": "127.0.0.1:1", "auth_client_required": "cephx", "keyring": path + ".none"} {
		require.NoError(t, conn.SetConfigOption(option, value))
	}
	assert.ErrorIs(t, conn.Connect(), rados.ErrNotFound)
}
