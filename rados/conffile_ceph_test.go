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

// endsOverBytes reports whether librados ends the process over bytes that are not ASCII.
// Ceph 14.2 has another parser, and 18.2 another version of boost.
func endsOverBytes(t *testing.T) bool { return release(t) > 14 && release(t) < 18 }

// assertUnsafe asserts that err names the line of path, if librados would end
// the process because of it.
func assertUnsafe(t *testing.T, err error, path string, line int) {
	t.Helper()
	if !endsOverBytes(t) {
		assert.NotErrorIs(t, err, rados.ErrUnsafeFile)
		return
	}
	var unsafe *rados.UnsafeFileError
	require.ErrorAs(t, err, &unsafe)
	assert.Equal(t, rados.UnsafeFileError{Path: path, Line: line}, *unsafe)
	assert.ErrorIs(t, err, syscall.EINVAL)
	assert.ErrorIs(t, err, rados.ErrUnsafeFile)
}

func TestUnsafeConfigFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Chdir(dir)
	write := func(name, text string) string {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o777))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o666))
		return name
	}
	conn := func() *rados.Conn {
		conn, err := rados.NewConnWithClusterAndUser("some-cluster", "client.some-one")
		require.NoError(t, err)
		t.Cleanup(conn.Shutdown)
		return conn
	}
	for _, test := range []struct {
		name, text string
		line       int
	}{
		{"byte order mark", "\ufeff[global]\nhost = a\n", 1},
		{"no-break space", "[global]\nhost =\u00a0a\n", 2},
		{"typographic quotes", "[global]\n\nhost = “a”\n", 3},
		{"name", "# zürich\n[global]\nhost = zürich\n", 3},
		{"section", "[global]\nhost = a\n[client.zürich]\nhost = b\n", 3},
		{"key", "[global]\nhöst = a\n", 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := write("unsafe.conf", test.text)
			assertUnsafe(t, conn().ReadConfigFile(path), path, test.line)
		})
	}
	const unsafe, safe = "[global]\nhost = zürich\n", "[global]\nmon host = \"zürich\" # zürich\n"
	t.Run("safe", func(t *testing.T) {
		conn := conn()
		require.NoError(t, conn.ReadConfigFile(write("safe.conf", safe)))
		host, err := conn.GetConfigOption("mon_host")
		require.NoError(t, err)
		assert.Equal(t, "zürich", host)
	})
	t.Run("search", func(t *testing.T) {
		path := write("d/client.some-one", unsafe)
		assertUnsafe(t, conn().ReadConfigFile("none;d/$name"), path, 2)
		require.NoError(t, conn().ReadConfigFile("safe.conf,d/$name"), "the first file is read")
		t.Setenv("CEPH_CONF", "none,d/$name")
		assertUnsafe(t, conn().ReadDefaultConfigFile(), path, 2)
		require.NoError(t, os.Unsetenv("CEPH_CONF"))

		path = write("some-cluster.conf", unsafe)
		assertUnsafe(t, conn().ReadDefaultConfigFile(), path, 2)
		path = write(filepath.Join(dir, ".ceph/some-cluster.conf"), unsafe)
		assertUnsafe(t, conn().ReadDefaultConfigFile(), path, 2)
		write(path, safe)
		require.NoError(t, conn().ReadDefaultConfigFile())
	})
}

func TestUnsafeKeyring(t *testing.T) {
	cluster := radostest.Shared(t)
	good, err := os.ReadFile(cluster.Keyring())
	require.NoError(t, err)
	lines := strings.Count(string(good), "\n")
	path := filepath.Join(t.TempDir(), "keyring")
	conn := func(text string) *rados.Conn {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
		conn, err := rados.NewConn()
		require.NoError(t, err)
		t.Cleanup(conn.Shutdown)
		require.NoError(t, conn.ReadConfigFile(cluster.Conf()))
		return conn
	}
	const bad = "[client.zürich]\n"
	if endsOverBytes(t) { // the others know no such user, and take the keyring for broken
		unsafe := conn(string(good) + bad)
		assertUnsafe(t, unsafe.SetConfigOption("keyring", "/none,"+path), path, lines+1)
		conf := filepath.Join(t.TempDir(), "ceph.conf")
		for _, section := range []string{"global", "client", "client.admin"} {
			require.NoError(t, os.WriteFile(conf, []byte("["+section+"]\nkeyring = "+path+" # comment\n"), 0o666))
			assertUnsafe(t, unsafe.ReadConfigFile(conf), path, lines+1)
		}
		require.NoError(t, os.WriteFile(conf, []byte("[osd]\nkeyring = "+path+"\n"), 0o666))
		assert.NoError(t, unsafe.ReadConfigFile(conf))

		unsafe = conn(string(good))
		require.NoError(t, unsafe.SetConfigOption("keyring", path))
		require.NoError(t, os.WriteFile(path, []byte(string(good)+bad), 0o666))
		assertUnsafe(t, unsafe.Connect(), path, lines+1)
		_, err := unsafe.PingMonitor("a")
		assertUnsafe(t, err, path, lines+1)
		assertUnsafe(t, unsafe.SetConfigOption("auth_client_required", "cephx"), path, lines+1)
	}
	t.Run("arguments", func(t *testing.T) {
		// An argument as well as an option at which librados reads the keyring that was set before.
		for _, args := range [][]string{{"--keyring", path}, {"-k", path}, {"--keyring=none," + path}, {"--auth-client-required=cephx"}} {
			unsafe := conn(string(good))
			require.NoError(t, unsafe.SetConfigOption("keyring", path))
			require.NoError(t, os.WriteFile(path, []byte(string(good)+bad), 0o666))
			for what, call := range map[string]func() error{
				"ParseConfigArgv":  func() error { return unsafe.ParseConfigArgv(append([]string{"program"}, args...)) },
				"ParseCmdLineArgs": func() error { return unsafe.ParseCmdLineArgs(args) },
				"ParseConfigArgvRemainder": func() error {
					_, err := unsafe.ParseConfigArgvRemainder(append([]string{"program"}, args...))
					return err
				},
			} {
				if err := call(); endsOverBytes(t) {
					assertUnsafe(t, err, path, lines+1)
				} else {
					assert.NoError(t, err, what)
				}
			}
		}
	})
	t.Run("the file sets what makes librados read the keyring", func(t *testing.T) {
		conf := filepath.Join(t.TempDir(), "ceph.conf")
		for _, text := range []string{"[global]\nauth client required = cephx\n", "[client]\nauth_client-required=cephx", "[global]\nms  client mode = crc\n"} {
			require.NoError(t, os.WriteFile(conf, []byte(text+"\n"), 0o666))
			unsafe := conn(string(good))
			require.NoError(t, unsafe.SetConfigOption("keyring", path))
			require.NoError(t, os.WriteFile(path, []byte(string(good)+bad), 0o666))
			if err := unsafe.ReadConfigFile(conf); endsOverBytes(t) {
				assertUnsafe(t, err, path, lines+1)
			} else {
				assert.NoError(t, err)
			}
		}
	})
	connect := func(text string) error {
		conn := conn(text)
		require.NoError(t, conn.SetConfigOption("keyring", "/none,"+path))
		return conn.Connect()
	}
	assert.NoError(t, connect("# zürich\n"+string(good)))
	assert.NoError(t, connect(string(good)+"[client.other]\n\tcaps mon = \"zürich\"\n"))
}

// TestUnsafeKeyringOfEnvironment runs in another process for each variable:
// librados reads CEPH_ARGS only once.
func TestUnsafeKeyringOfEnvironment(t *testing.T) {
	const variable = "GO_RADOS_TEST_KEYRING"
	path := os.Getenv(variable)
	if path == "" {
		path = filepath.Join(t.TempDir(), "keyring")
		require.NoError(t, os.WriteFile(path, []byte("[client.admin]\nkey = "+aKey+"\n[client.zürich]\n"), 0o666))
		for _, setting := range []string{"CEPH_KEYRING=" + path, "CEPH_ARGS=--keyring=" + path, "CEPH_ARGS=-k  " + path} {
			cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
			cmd.Env = append(os.Environ(), variable+"="+path, setting)
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s: %s", setting, out)
			require.Contains(t, string(out), "--- PASS: "+t.Name())
		}
		return
	}
	conf := filepath.Join(t.TempDir(), "ceph.conf")
	require.NoError(t, os.WriteFile(conf, []byte("[global]\n"), 0o666))
	conn, err := rados.NewConn()
	require.NoError(t, err)
	t.Cleanup(conn.Shutdown)
	for _, call := range []func() error{conn.ParseDefaultConfigEnv, func() error { return conn.ReadConfigFile(conf) }} {
		if err := call(); endsOverBytes(t) {
			assertUnsafe(t, err, path, 3)
		} else {
			assert.NoError(t, err)
		}
	}
}
