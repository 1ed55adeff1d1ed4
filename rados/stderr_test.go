package rados_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
)

// TestLibradosIsSilent: what librados prints goes where the log options say once the Conn has
// read a configuration file.
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
