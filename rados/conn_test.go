package rados_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// fresh makes a connection that is neither configured nor connected.
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
			"mon_host":             "127.0.0.1:1", // nobody listens there
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
		var wg sync.WaitGroup
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
}

func TestConfigFiles(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(dir, "good.conf")
	require.NoError(t, os.WriteFile(good, []byte("[global]\nrados_osd_op_timeout = 17\n"), 0o600))
	bad := filepath.Join(dir, "bad.conf")
	require.NoError(t, os.WriteFile(bad, []byte("[global\nnonsense"), 0o600))

	t.Run("read", func(t *testing.T) {
		conn := fresh(t)
		require.NoError(t, conn.ReadConfigFile(good))
		value, err := conn.GetConfigOption("rados_osd_op_timeout")
		require.NoError(t, err)
		assert.Contains(t, value, "17")
	})
	t.Run("none", func(t *testing.T) {
		assert.Equal(t, rados.ErrNotFound, fresh(t).ReadConfigFile(filepath.Join(dir, "none.conf")))
	})
	t.Run("unparsable", func(t *testing.T) {
		err := fresh(t).ReadConfigFile(bad)
		if err == nil {
			t.Skip("this librados passes over what it can't parse, as Ceph 14.2's does")
		}
		assert.ErrorIs(t, err, syscall.EINVAL)
	})
	t.Run("NUL", func(t *testing.T) {
		assert.Equal(t, rados.ErrNameContainsNUL, fresh(t).ReadConfigFile(good+"\x00"))
	})
	t.Run("after Connect", func(t *testing.T) {
		t.Setenv("CEPH_CONF", good)
		conn := radostest.Conn(t)
		assert.ErrorIs(t, conn.ReadConfigFile(good), syscall.ENOSYS)
		assert.ErrorIs(t, conn.ReadDefaultConfigFile(), syscall.ENOSYS)
	})
	t.Run("default", func(t *testing.T) {
		t.Setenv("CEPH_CONF", good)
		conn := fresh(t)
		require.NoError(t, conn.ReadDefaultConfigFile())
		value, err := conn.GetConfigOption("rados_osd_op_timeout")
		require.NoError(t, err)
		assert.Contains(t, value, "17")
	})
}

func TestConfigArgv(t *testing.T) {
	value := func(conn *rados.Conn) string {
		v, err := conn.GetConfigOption("mon_host")
		require.NoError(t, err)
		return v
	}
	t.Run("argv", func(t *testing.T) {
		conn := fresh(t)
		require.NoError(t, conn.ParseConfigArgv([]string{"prog", "--mon-host", "10.0.0.1", "else"}))
		assert.Equal(t, "10.0.0.1", value(conn))
	})
	t.Run("the first is not looked at", func(t *testing.T) {
		conn := fresh(t)
		require.NoError(t, conn.ParseConfigArgv([]string{"--mon-host=10.0.0.1"}))
		assert.Empty(t, value(conn))
	})
	t.Run("arguments alone", func(t *testing.T) {
		conn := fresh(t)
		require.NoError(t, conn.ParseCmdLineArgs([]string{"--mon-host=10.0.0.2"}))
		assert.Equal(t, "10.0.0.2", value(conn))
		assert.NoError(t, conn.ParseCmdLineArgs(nil))
	})
	t.Run("empty", func(t *testing.T) {
		assert.Equal(t, rados.ErrEmptyArgument, fresh(t).ParseConfigArgv(nil))
		assert.NoError(t, fresh(t).ParseConfigArgv([]string{""}))
	})
	t.Run("NUL", func(t *testing.T) {
		conn := fresh(t)
		assert.Equal(t, rados.ErrNameContainsNUL, conn.ParseCmdLineArgs([]string{"--mon-host=\x0010.0.0.2"}))
		assert.Empty(t, value(conn))
	})
	t.Run("environment", func(t *testing.T) {
		conn := fresh(t)
		t.Setenv("CEPH_ARGS", "--mon-host 10.0.0.3")
		require.NoError(t, conn.ParseDefaultConfigEnv())
		assert.Equal(t, "10.0.0.3", value(conn))
		assert.Equal(t, "10.0.0.3", value(fresh(t)), "a new Conn has it already")
	})
	t.Run("behind the options", func(t *testing.T) {
		conn := fresh(t)
		require.NoError(t, conn.ParseCmdLineArgs([]string{"--mon-host", "10.0.0.1", "--", "--mon-host", "10.0.0.2"}))
		assert.Equal(t, "10.0.0.1", value(conn))
	})
	t.Run("after Connect", func(t *testing.T) {
		conn := radostest.Conn(t)
		before := value(conn)
		assert.ErrorIs(t, conn.ParseCmdLineArgs([]string{"--mon-host=10.0.0.1"}), syscall.ENOSYS)
		t.Setenv("CEPH_ARGS", "--mon-host 10.0.0.3")
		assert.NoError(t, conn.ParseDefaultConfigEnv())
		assert.Equal(t, before, value(conn))
	})
}

// TestArgvEndsNoProcess runs in a process of its own, since librados would end it.
func TestArgvEndsNoProcess(t *testing.T) {
	const child = "GO_RADOS_TEST_ARGV"
	if os.Getenv(child) != "" {
		argvEndsNoProcess(t)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestArgvEndsNoProcess$", "-test.v")
	cmd.Env = append(os.Environ(), child+"=1")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "--- PASS: TestArgvEndsNoProcess", "the process ended by itself")
}

func argvEndsNoProcess(t *testing.T) {
	unsafe := rados.ErrUnsafeArgument
	einval := fresh(t).SetConfigOption("fsid", "x")
	require.ErrorIs(t, einval, syscall.EINVAL)
	for _, c := range []struct {
		args string // with spaces between them
		want error
		env  error // from the environment
	}{
		{"--mon-host", unsafe, unsafe},
		{"--mon_host", unsafe, unsafe},
		{"-m", unsafe, unsafe},
		{"--keyring", unsafe, unsafe},
		{"-k", unsafe, unsafe},
		{"--keyfile", unsafe, unsafe},
		{"-K", unsafe, unsafe},
		{"--monmap", unsafe, unsafe},
		{"-M", unsafe, unsafe},
		{"--client-mountpoint", unsafe, unsafe},
		{"-r", unsafe, unsafe},
		{"--show-config-value", unsafe, unsafe},
		{"--bind", unsafe, unsafe},
		{"--bind localhost:80", unsafe, unsafe},
		{"--bind=", unsafe, unsafe},
		{"--bind= 10.0.0.1", unsafe, unsafe},
		{"--show-conf", unsafe, unsafe},
		{"--show_conf x", unsafe, unsafe},
		{"x -m", unsafe, unsafe},
		{"--mon-host a --keyring", unsafe, unsafe},
		{"--log-to-stderr -m", unsafe, unsafe},
		{"--log-file -- -m", nil, unsafe},
		{"--log-file -- --show-conf", nil, unsafe},
		{"--log-to-stderr -- prog -m", nil, unsafe},
		{"-- -m", nil, unsafe},
		{"--mon-host --", nil, unsafe},
		{"--mon-host -- --", nil, unsafe},
		{"--mon-host a --", nil, nil},

		{"-m=", nil, nil},
		{"-ma", nil, nil},
		{"--bind 10.0.0.1", nil, nil},
		{"--bind=10.0.0.1:80", nil, nil},
		{"--bind ::1", nil, nil},
		{"--bind [::1]:80", nil, nil},
		{"--bind ::ffff:1:2", nil, nil},
		{"--show-config", nil, nil},
		{"--show-config-value fsid", nil, nil},
		{"--show-conf=x", nil, nil},
		{"-c", nil, nil},
		{"--conf", nil, nil},
		{"-c /nowhere", nil, nil},
		{"-K /nowhere", nil, nil},
		{"-i", nil, nil},
		{"--id", nil, nil},
		{"-n", nil, nil},
		{"--name", nil, nil},
		{"--cluster", nil, nil},
		{"-h", nil, nil},
		{"--help", nil, nil},
		{"-v", nil, nil},
		{"--version", nil, nil},
		{"-d", nil, nil},
		{"-f", nil, nil},
		{"--log-to-stderr", nil, nil},
		{"--no-log-to-stderr", nil, nil},
		{"--no-mon-config", nil, nil},
		{"--no-such-option", nil, nil},
		{"-", nil, nil},
		{"--", nil, nil},
		{"", nil, nil},

		// Here the environment's faults go unnoticed.
		{"--log-to-stderr=x", einval, nil},
		{"--log-file", einval, nil},
		{"--rados-osd-op-timeout", einval, nil},
		{"--rados-osd-op-timeout soon", einval, nil},
		{"--default-mon-host", einval, nil},
		{"--public-addr localhost:80", einval, nil},
		{"--setuser", einval, nil},
		{"--fsid x", einval, nil},
		{"--debug-ms", einval, nil},
	} {
		t.Run(c.args, func(t *testing.T) {
			args := strings.Fields(c.args)
			assert.Equal(t, c.want, fresh(t).ParseCmdLineArgs(args))
			assert.Equal(t, c.want, fresh(t).ParseConfigArgv(append([]string{"prog"}, args...)))
			conn := fresh(t)
			t.Setenv("CEPH_ARGS", c.args)
			assert.Equal(t, c.env, conn.ParseDefaultConfigEnv())
			for _, err := range newConns() {
				assert.Equal(t, c.env, err)
			}
		})
	}
	assert.ErrorIs(t, unsafe, syscall.EINVAL)
}

// newConns makes a Conn in each way and shuts it down.
func newConns() []error {
	var errs []error
	note := func(conn *rados.Conn, err error) {
		conn.Shutdown()
		errs = append(errs, err)
	}
	note(rados.NewConn())
	note(rados.NewConnWithUser("admin"))
	note(rados.NewConnWithClusterAndUser("ceph", "client.admin"))
	return errs
}

func TestConfigOptions(t *testing.T) {
	conn := fresh(t)
	require.NoError(t, conn.SetConfigOption("mon_host", "10.0.0.1"))
	value, err := conn.GetConfigOption("mon_host")
	require.NoError(t, err)
	assert.Equal(t, "10.0.0.1", value)

	t.Run("long", func(t *testing.T) {
		long := strings.Repeat("10.0.0.1,", 1000) + "10.0.0.1"
		require.NoError(t, conn.SetConfigOption("mon_host", long))
		value, err := conn.GetConfigOption("mon_host")
		require.NoError(t, err)
		assert.Equal(t, long, value)
	})
	t.Run("unknown", func(t *testing.T) {
		assert.Equal(t, rados.ErrNotFound, conn.SetConfigOption("no_such_option", "1"))
		_, err := conn.GetConfigOption("no_such_option")
		assert.Equal(t, rados.ErrNotFound, err)
		_, err = conn.GetConfigOption("")
		assert.ErrorIs(t, err, syscall.EINVAL)
	})
	t.Run("unsuitable", func(t *testing.T) {
		assert.ErrorIs(t, conn.SetConfigOption("rados_osd_op_timeout", "soon"), syscall.EINVAL)
	})
	t.Run("NUL", func(t *testing.T) {
		assert.Equal(t, rados.ErrNameContainsNUL, conn.SetConfigOption("mon_host", "10.0.0.1\x00"))
		_, err := conn.GetConfigOption("mon_host\x00")
		assert.Equal(t, rados.ErrNameContainsNUL, err)
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

// TestPingMonitor runs in a process of its own, because librados can die of a
// ping: on a busy machine the monitor may answer before librados has prepared for
// the answer, which is a null pointer then. That death, and no other, is tried again.
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
				assert.Equal(t, rados.ErrNotConnected, err, call)
				assert.ErrorIs(t, err, syscall.ENOTCONN, call)
			}
			assert.Zero(t, conn.GetInstanceID())
		})
	}
}

// needConnection calls all that needs a connected Conn.
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

func TestConfigureAfterShutdown(t *testing.T) {
	conn := fresh(t)
	conn.Shutdown()
	assert.Equal(t, rados.ErrNotConnected, conn.Connect())
	assert.Equal(t, rados.ErrNotConnected, conn.ReadDefaultConfigFile())
	assert.Equal(t, rados.ErrNotConnected, conn.ReadConfigFile("x"))
	assert.Equal(t, rados.ErrNotConnected, conn.SetConfigOption("mon_host", "x"))
	assert.Equal(t, rados.ErrNotConnected, conn.ParseConfigArgv([]string{"x"}))
	assert.Equal(t, rados.ErrNotConnected, conn.ParseCmdLineArgs(nil))
	assert.Equal(t, rados.ErrNotConnected, conn.ParseDefaultConfigEnv())
	_, err := conn.GetConfigOption("mon_host")
	assert.Equal(t, rados.ErrNotConnected, err)
	_, err = conn.PingMonitor("a")
	assert.Equal(t, rados.ErrNotConnected, err)
	conn.Shutdown()
}

func TestErrorValues(t *testing.T) {
	assert.True(t, errors.Is(rados.ErrNotFound, os.ErrNotExist))
	assert.True(t, errors.Is(rados.ErrObjectExists, os.ErrExist))
	assert.True(t, errors.Is(rados.ErrPermissionDenied, os.ErrPermission))
	assert.True(t, errors.Is(rados.ErrMissingFunction, errors.ErrUnsupported))
	assert.False(t, errors.Is(rados.ErrNotFound, syscall.EPERM))
	assert.Equal(t, -2, code(t, rados.ErrNotFound))
	assert.Equal(t, -int(syscall.ENOTCONN), code(t, rados.ErrNotConnected))
	assert.Equal(t, -int(syscall.EINVAL), code(t, rados.ErrNameContainsNUL))
	assert.Equal(t, rados.ErrNotFound, rados.RadosErrorNotFound)
	assert.Equal(t, rados.ErrPermissionDenied, rados.RadosErrorPermissionDenied)
}
