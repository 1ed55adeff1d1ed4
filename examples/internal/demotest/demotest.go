// Package demotest has what the tests of the example programs do alike.
package demotest

import (
	"context"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// asProgram makes a test binary run as the program that it tests.
const asProgram = "GO_RADOS_EXAMPLE"

// Main is for TestMain: it runs the tests, or main in a process of Command.
func Main(m *testing.M, main func(), options ...radostest.Option) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	radostest.Main(m, options...)
}

// Command returns a command that runs the program as a process of its own, which
// a test can signal.
func Command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// Pool makes a pool in a cluster, which becomes the cluster of the program, and
// returns an IOContext of the pool and its name.
func Pool(t *testing.T, cluster *radostest.Cluster) (ioctx *rados.IOContext, name string) {
	t.Helper()
	t.Setenv("CEPH_CONF", cluster.Conf())
	ioctx = cluster.Pool(t)
	name, err := ioctx.GetPoolName()
	require.NoError(t, err)
	return ioctx, name
}
