package limits

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/process"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// maxThreads is enough for the threads of Go in this process, whatever the number of calls: those that
// block a thread are at most 64, and Go has others for itself.
const maxThreads = 64 + 24

// TestThreads makes thousands of calls wait for a cluster that is paused, in a process that may have few
// threads of Go.
func TestThreads(t *testing.T) {
	if testing.Short() {
		t.Skip("pauses a cluster of its own")
	}
	if !inChild() {
		cluster := radostest.Start(t)
		signals := signalsOf(cluster.Conf())
		var wg await.Group
		wg.Go(func() {
			signals.await(t, "pause")
			pause(t, cluster)
			signals.send(t, "paused")
			signals.await(t, "resume")
			resume(t, cluster)
		})
		inProcess(t, cluster, exec.Command(os.Args[0]))
		wg.Wait()
		return
	}
	debug.SetMaxThreads(maxThreads)
	signals := signalsOf(os.Getenv(childVar))
	conn := connect(t, os.Getenv(childVar))
	ioctx := pool(t, conn, "pool")
	require.NoError(t, ioctx.WriteFull("object", []byte("data")))
	signals.send(t, "pause")
	signals.await(t, "paused")
	ctx, cancel := context.WithCancel(t.Context())
	var wg await.Group
	calls := []func(context.Context) error{
		func(ctx context.Context) error { _, err := conn.GetClusterStatsContext(ctx); return err },
		func(ctx context.Context) error { return ioctx.WriteFullContext(ctx, "object", []byte("other")) },
		func(ctx context.Context) error { _, err := ioctx.StatContext(ctx, "object"); return err },
		func(ctx context.Context) error {
			return ioctx.LockContext(ctx, "object", "lock", rados.LockOptions{})
		},
		func(ctx context.Context) error { _, err := ioctx.WatchContext(ctx, "object"); return err },
	}
	const each = 2000
	cost(t, "10000 calls that wait", func() {
		for _, call := range calls {
			for range each {
				wg.Go(func() { assert.ErrorIs(t, call(ctx), context.Canceled) })
			}
		}
		await.Until(t, func() bool { return busy(conn) >= (len(calls)-1)*each }, "waiting") // the watches are not counted
	})
	assert.Less(t, process.Threads(), 2*maxThreads, "with those of librados")
	cost(t, "10000 calls that were cancelled", func() { cancel(); wg.Wait() })
	signals.send(t, "resume")
	_, err := ioctx.Stat("object")
	assert.NoError(t, err)
}

// busy returns the number of calls that are in flight or wait for that.
func busy(conn *rados.Conn) int {
	s := conn.Stats()
	n := s.Calls + s.WaitingCalls
	for _, b := range []rados.BlockingStats{s.OSDs, s.Monitors, s.Managers, s.Acks} {
		n += b.Calls + b.Waiting
	}
	return n
}

// daemons are those of a cluster of one OSD.
var daemons = []string{"osd.0", "mgr.x", "mon.a"}

func pause(t *testing.T, cluster *radostest.Cluster) {
	for _, daemon := range daemons {
		cluster.Pause(t, daemon)
	}
}

func resume(t *testing.T, cluster *radostest.Cluster) {
	for _, daemon := range daemons {
		cluster.Resume(t, daemon)
	}
}

// rlimitNPROC is the limit of the processes and threads of a user, which package syscall lacks.
const rlimitNPROC = 6

// TestFewProcesses connects and makes calls as a user that may have few threads, those of librados
// included.
func TestFewProcesses(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of its own")
	}
	const user, most = 64321, 200
	if !inChild() {
		if os.Getuid() != 0 {
			t.Skip("only root can become another user")
		}
		cluster := radostest.Start(t)
		cmd := exec.Command(shared(t, filepath.Dir(cluster.Conf())))
		cmd.Dir = "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: user, Gid: user}}
		inProcess(t, cluster, cmd)
		return
	}
	require.NoError(t, syscall.Setrlimit(rlimitNPROC, &syscall.Rlimit{Cur: most, Max: most}))
	conn := connect(t, os.Getenv(childVar))
	ioctx := pool(t, conn, "pool")
	var wg await.Group
	for range 5000 {
		wg.Go(func() {
			assert.NoError(t, ioctx.WriteFull("object", []byte("data")))
			_, err := conn.GetClusterStats()
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	t.Logf("%d threads", process.Threads())
}

// shared lets all users use the files of a cluster, and copies the program of the test to their folder.
func shared(t *testing.T, dir string) (program string) {
	t.Helper()
	require.NoError(t, os.Chmod(dir, 0o755))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		if e.Type().IsRegular() {
			require.NoError(t, os.Chmod(filepath.Join(dir, e.Name()), 0o644))
		}
	}
	data, err := os.ReadFile(os.Args[0])
	require.NoError(t, err)
	program = filepath.Join(dir, "limits.test")
	require.NoError(t, os.WriteFile(program, data, 0o755))
	return program
}
