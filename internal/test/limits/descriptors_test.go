package limits

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados/radostest"
)

// TestConnectedWithoutDescriptors has no file descriptor left once it is connected: calls, watches and
// IOContexts need none. When the OSD has restarted, librados cannot open a socket: calls wait until their
// contexts are done, and go on when there are descriptors again.
func TestConnectedWithoutDescriptors(t *testing.T) {
	if testing.Short() {
		t.Skip("restarts an OSD")
	}
	if !inChild() {
		cluster := radostest.Start(t)
		signals := signalsOf(cluster.Conf())
		var wg await.Group
		wg.Go(func() {
			signals.await(t, "restart")
			cluster.Restart(t, "osd.0")
			signals.send(t, "restarted")
		})
		inProcess(t, cluster, exec.Command(os.Args[0]))
		wg.Wait()
		return
	}
	conf := os.Getenv(childVar)
	signals := signalsOf(conf)
	conn := connect(t, conf)
	ioctx := pool(t, conn, "pool")
	require.NoError(t, ioctx.WriteFull("object", []byte("data")))
	limit := exhaust(t)
	for i := range 100 {
		w, err := ioctx.Watch("object")
		require.NoError(t, err, i)
		defer w.Delete()
		go func() {
			for e := range w.Events() {
				assert.NoError(t, e.Ack(nil))
			}
		}()
		other, err := conn.OpenIOContext("pool")
		require.NoError(t, err, i)
		defer other.Destroy()
		require.NoError(t, other.WriteFull(fmt.Sprint(i), []byte("data")))
	}
	_, _, err := ioctx.Notify("object", []byte("news"))
	assert.NoError(t, err)
	signals.send(t, "restart")
	signals.await(t, "restarted")
	write := func(patience time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		return ioctx.WriteFullContext(ctx, "object", []byte("other"))
	}
	assert.ErrorIs(t, write(3*time.Second), context.DeadlineExceeded)
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit))
	assert.NoError(t, write(await.Patience))
}

// exhaust sets the limit of file descriptors to those that are open and returns the limit before.
func exhaust(t *testing.T) (limit syscall.Rlimit) {
	t.Helper()
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit))
	few := limit
	few.Cur = 0 // less than any that is open
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &few))
	_, err := os.Open(os.DevNull)
	require.ErrorIs(t, err, syscall.EMFILE)
	return limit
}

// signals are folders in which two processes make folders to signal to each other, which takes no file
// descriptor.
type signals string

func signalsOf(conf string) signals { return signals(filepath.Dir(conf)) }

func (s signals) send(t *testing.T, name string) {
	assert.NoError(t, os.Mkdir(filepath.Join(string(s), name), 0o700))
}

func (s signals) await(t *testing.T, name string) {
	assert.Eventually(t, func() bool {
		_, err := os.Stat(filepath.Join(string(s), name))
		return err == nil
	}, await.Patience, 10*time.Millisecond, name)
}
