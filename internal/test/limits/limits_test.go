// Package limits tests what happens when file descriptors, threads or the disks of the cluster run
// out, and what large numbers of objects, goroutines and cancelled calls cost.
//
// A test of which a limit applies to the whole process runs in a process of its own.
package limits

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/process"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

func TestMain(m *testing.M) { radostest.Main(m) }

// childVar has the path of the cluster's configuration file in the process of a test.
const childVar = "GO_RADOS_TEST_LIMITS"

// inProcess runs the test in a process of its own.
func inProcess(t *testing.T, cluster *radostest.Cluster, cmd *exec.Cmd) {
	t.Helper()
	cmd.Args = append(cmd.Args, "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), childVar+"="+cluster.Conf())
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "--- PASS: "+t.Name())
	t.Logf("%s", out)
}

// inChild reports whether this process was started by inProcess.
func inChild() bool { return os.Getenv(childVar) != "" }

// connect connects with a configuration file.
func connect(t *testing.T, conf string) *rados.Conn {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	conn, err := rados.Open(ctx, rados.Config{ConfigFile: conf})
	require.NoError(t, err)
	t.Cleanup(conn.Shutdown)
	return conn
}

// pool opens a new pool.
func pool(t *testing.T, conn *rados.Conn, name string) *rados.IOContext {
	t.Helper()
	require.NoError(t, conn.MakePool(name))
	ioctx, err := conn.OpenIOContext(name)
	require.NoError(t, err)
	t.Cleanup(ioctx.Destroy)
	return ioctx
}

// cost logs what f costs: time, threads and memory.
func cost(t *testing.T, what string, f func()) {
	t.Helper()
	began, threads, resident := time.Now(), process.Threads(), process.Resident()
	f()
	t.Logf("%s: %v, %+d to %d threads, %+d to %d MiB", what, time.Since(began).Round(time.Millisecond),
		process.Threads()-threads, process.Threads(), (process.Resident()-resident)>>20, process.Resident()>>20)
}

// number returns the number of repetitions: all of them only in the nightly tests.
func number(nightly, otherwise int) int {
	if process.Nightly() {
		return nightly
	}
	return otherwise
}
