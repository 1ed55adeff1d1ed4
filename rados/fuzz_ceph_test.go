package rados_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
)

// These need the real librados, but no cluster. The tests of arguments and
// results are in internal/test/fakelibrados.

// FuzzCommandLine passes any command line to librados, whose parser may end the
// process. The process must continue.
func FuzzCommandLine(f *testing.F) {
	for _, line := range []string{
		"program -m 127.0.0.1 rest", "program --keyring=a -- -m", "program --show_config_value fsid",
		"program --bind 10.0.0.1:1", "program -c /none --id x -n client.x --cluster y", "program --conf --foreground",
		"program --rados_osd_op_timeout 3 --no_such", "program --version", "program --help -h",
		"program --default-log_to_stderr=false --no-err_to_stderr", "program --show-config -f -d -v -i",
	} {
		f.Add(line, " ")
	}
	f.Fuzz(func(t *testing.T, line, separator string) {
		t.Chdir(t.TempDir()) // for files that an option names
		argv := strings.Split(line, separator)
		conn, err := rados.NewConn()
		require.NoError(t, err)
		defer conn.Shutdown()
		_ = conn.ParseConfigArgv(argv)
		rest, err := conn.ParseConfigArgvRemainder(argv)
		if err == nil && !strings.Contains(line, "\x00") {
			assert.LessOrEqual(t, len(rest), len(argv))
		}
		t.Setenv("CEPH_ARGS", strings.ReplaceAll(line, "\x00", ""))
		_ = conn.ParseDefaultConfigEnv()
		_, err = conn.GetConfigOption("fsid")
		assert.NoError(t, err, "the Conn is of use")
	})
}

// FuzzKeyring passes any keyring to librados, which parses it as a
// configuration file. The process must continue.
func FuzzKeyring(f *testing.F) {
	for _, text := range []string{
		"[client.admin]\n\tkey = AQ==\n", "\ufeff[client.x]\n", "[a]\nkey = \"ü\" # ü\n", "[a]\nb = c \\\nü\n", "\x01\x00\x00\x00\x00ü",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "keyring")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
		conn, err := rados.NewConn()
		require.NoError(t, err)
		defer conn.Shutdown()
		_ = conn.SetConfigOption("keyring", path)
	})
}

// TestProgramNamedLikeAnOption passes names of programs that look like options,
// which they are not. librados ended the process for "-r", which wants a value.
func TestProgramNamedLikeAnOption(t *testing.T) {
	for _, name := range []string{"-r", "--show-conf", "--", "--id=x", "--mon-host"} {
		conn := fresh(t)
		require.NoError(t, conn.ParseConfigArgv([]string{name}))
		for _, argv := range [][]string{{name}, {name, "rest", "--keyring=a", "more"}} {
			rest, err := conn.ParseConfigArgvRemainder(argv)
			require.NoError(t, err)
			assert.Equal(t, slices.DeleteFunc(argv, func(arg string) bool { return arg == "--keyring=a" }), rest)
		}
		_, err := conn.ParseConfigArgvRemainder([]string{name + "\x00"})
		assert.ErrorIs(t, err, rados.ErrNameContainsNUL)
	}
}

// FuzzConfigOption sets any option to any value. A value that librados accepts
// can be read.
func FuzzConfigOption(f *testing.F) {
	for option, value := range map[string]string{
		"rados_osd_op_timeout": "1.5", "keyring": "$cluster/$name/$$/${x", "fsid": "x", "mon_host": "[v2:1.2.3.4:5/6]",
		"debug_ms": "1/20", "log_to_stderr": "maybe", "ms_type": "x", "public_network": "1.2.3.4/40", "no such": "\x00",
	} {
		f.Add(option, value)
	}
	f.Fuzz(func(t *testing.T, option, value string) {
		t.Chdir(t.TempDir())
		conn, err := rados.NewConn()
		require.NoError(t, err)
		defer conn.Shutdown()
		err = conn.SetConfigOption(option, value)
		_, again := conn.GetConfigOption(option)
		if strings.Contains(option+value, "\x00") {
			assert.Equal(t, rados.ErrNameContainsNUL, err)
		} else if err == nil {
			assert.NoError(t, again)
		}
	})
}
