package rados_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

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
		require.NoError(t, conn.ParseConfigArgv([]string{"prog", "--mon-host", "127.0.0.1", "else"}))
		assert.Equal(t, "127.0.0.1", value(conn))
	})
	t.Run("the first is not looked at", func(t *testing.T) {
		conn := fresh(t)
		require.NoError(t, conn.ParseConfigArgv([]string{"--mon-host=127.0.0.1"}))
		assert.Empty(t, value(conn))
	})
	t.Run("arguments alone", func(t *testing.T) {
		conn := fresh(t)
		require.NoError(t, conn.ParseCmdLineArgs([]string{"--mon-host=127.0.0.2"}))
		assert.Equal(t, "127.0.0.2", value(conn))
		assert.NoError(t, conn.ParseCmdLineArgs(nil))
	})
	t.Run("empty", func(t *testing.T) {
		assert.Equal(t, rados.ErrEmptyArgument, fresh(t).ParseConfigArgv(nil))
		assert.NoError(t, fresh(t).ParseConfigArgv([]string{""}))
	})
	t.Run("NUL", func(t *testing.T) {
		conn := fresh(t)
		assert.Equal(t, rados.ErrNameContainsNUL, conn.ParseCmdLineArgs([]string{"--mon-host=\x00127.0.0.2"}))
		assert.Empty(t, value(conn))
	})
	t.Run("environment", func(t *testing.T) {
		conn := fresh(t)
		t.Setenv("CEPH_ARGS", "--mon-host 127.0.0.3")
		require.NoError(t, conn.ParseDefaultConfigEnv())
		assert.Equal(t, "127.0.0.3", value(conn))
		assert.Equal(t, "127.0.0.3", value(fresh(t)), "a new Conn has it already")
	})
	t.Run("behind the options", func(t *testing.T) {
		conn := fresh(t)
		require.NoError(t, conn.ParseCmdLineArgs([]string{"--mon-host", "127.0.0.1", "--", "--mon-host", "127.0.0.2"}))
		assert.Equal(t, "127.0.0.1", value(conn))
	})
	t.Run("after Connect", func(t *testing.T) {
		conn := radostest.Conn(t)
		before := value(conn)
		assert.ErrorIs(t, conn.ParseCmdLineArgs([]string{"--mon-host=127.0.0.1"}), syscall.ENOSYS)
		t.Setenv("CEPH_ARGS", "--mon-host 127.0.0.3")
		assert.NoError(t, conn.ParseDefaultConfigEnv())
		assert.Equal(t, before, value(conn))
	})
}

// TestArgvEndsNoProcess runs in another process, since librados would end it.
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
		{"--bind= 127.0.0.1", unsafe, unsafe},
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
		{"--bind 127.0.0.1", nil, nil},
		{"--bind=127.0.0.1:80", nil, nil},
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

func TestParseConfigArgvRemainder(t *testing.T) {
	for _, test := range []struct {
		argv, want []string
		option     string // "" if it is what it was
	}{
		{[]string{"program"}, []string{"program"}, ""},
		{[]string{"program", "file", "--log_file", "set", "-v", "--own=1"}, []string{"program", "file", "-v", "--own=1"}, "set"},
		{[]string{"program", "--log-file=set", "--", "--log_file", "no"}, []string{"program", "--", "--log_file", "no"}, "set"},
		{[]string{"program", "--", "--log_file", "no", "--"}, []string{"program", "--", "--log_file", "no", "--"}, ""},
	} {
		conn := fresh(t)
		value, err := conn.GetConfigOption("log_file")
		require.NoError(t, err)
		if test.option == "" {
			test.option = value
		}
		rest, err := conn.ParseConfigArgvRemainder(test.argv)
		require.NoError(t, err)
		assert.Equal(t, test.want, rest, "%q", test.argv)
		value, err = conn.GetConfigOption("log_file")
		require.NoError(t, err)
		assert.Equal(t, test.option, value, "%q", test.argv)
	}
}

func TestConfigOptions(t *testing.T) {
	conn := fresh(t)
	require.NoError(t, conn.SetConfigOption("mon_host", "127.0.0.1"))
	value, err := conn.GetConfigOption("mon_host")
	require.NoError(t, err)
	assert.Equal(t, "127.0.0.1", value)

	t.Run("long", func(t *testing.T) {
		long := strings.Repeat("127.0.0.1,", 1000) + "127.0.0.1"
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
		assert.Equal(t, rados.ErrNameContainsNUL, conn.SetConfigOption("mon_host", "127.0.0.1\x00"))
		_, err := conn.GetConfigOption("mon_host\x00")
		assert.Equal(t, rados.ErrNameContainsNUL, err)
	})
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

func TestConfiguration(t *testing.T) {
	t.Parallel()
	set := func(t *testing.T, conn *rados.Conn, option, value, want string) {
		t.Helper()
		require.NoError(t, conn.SetConfigOption(option, value))
		got, err := conn.GetConfigOption(option)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	t.Run("config.SimpleSet", func(t *testing.T) { set(t, fresh(t), "log_max_new", "21", "21") })
	t.Run("config.ArgV", func(t *testing.T) {
		conn := fresh(t)
		require.NoError(t, conn.ParseConfigArgv([]string{"foo", "--log_max_new", "2", "--key", "my-key"}))
		for option, want := range map[string]string{"key": "my-key", "log_max_new": "2"} {
			got, err := conn.GetConfigOption(option)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		}
	})
	t.Run("config.DebugLevels", func(t *testing.T) {
		conn := fresh(t)
		set(t, conn, "debug_rados", "3", "3/3")
		set(t, conn, "debug_rados", "7/8", "7/8")
		assert.ErrorIs(t, conn.SetConfigOption("debug_rados", "foo"), syscall.EINVAL)
		assert.Equal(t, rados.ErrNotFound, conn.SetConfigOption("debug_foo", "3"))
		_, err := conn.GetConfigOption("debug_foo")
		assert.Equal(t, rados.ErrNotFound, err)
	})
	t.Run("py.mod.test_parse_argv", func(t *testing.T) {
		args := []string{"osd", "pool", "delete", "foobar", "foobar", "--yes-i-really-really-mean-it"}
		rest, err := fresh(t).ParseConfigArgvRemainder(append([]string{"prog"}, args...))
		require.NoError(t, err)
		assert.Equal(t, append([]string{"prog"}, args...), rest)
	})
	t.Run("py.mod.test_parse_argv_empty_str", func(t *testing.T) {
		rest, err := fresh(t).ParseConfigArgvRemainder([]string{""})
		require.NoError(t, err)
		assert.Equal(t, []string{""}, rest)
	})
	t.Run("py.mod.test_rados_init_error", func(t *testing.T) {
		for _, user := range []string{"invalid", "bad.invalid"} {
			_, err := rados.NewConnWithClusterAndUser("ceph", user)
			assert.ErrorIs(t, err, syscall.EINVAL, user)
		}
	})
	t.Run("py.mod.test_rados_init", func(t *testing.T) {
		for range 2 {
			for _, made := range []func() (*rados.Conn, error){
				func() (*rados.Conn, error) { return rados.NewConnWithUser("admin") },
				func() (*rados.Conn, error) { return rados.NewConnWithClusterAndUser("ceph", "client.admin") },
			} {
				conn, err := made()
				require.NoError(t, err)
				require.NoError(t, conn.ReadConfigFile(radostest.Shared(t).Conf()))
				require.NoError(t, conn.Connect())
				conn.Shutdown()
			}
		}
	})
	t.Run("librados.ConnectFailureLeavesHandleUsable", func(t *testing.T) {
		conn := fresh(t)
		require.NoError(t, conn.SetConfigOption("mon_dns_srv_name", ""))
		for range 2 {
			assert.Equal(t, rados.ErrNotFound, conn.Connect())
		}
	})
}
