package radostest

import (
	"context"
	"testing"
	"time"

	"github.com/go-rados/go-rados/rados/radostest/internal/ceph"
)

// Cluster is a running Ceph cluster. Its daemons are called mon.a, mgr.x and
// osd.0, osd.1 and so on, mon.b and mon.c with the option [Monitors], and mds.m with [MDS].
//
// Methods that take a test end it if they fail. They are safe for concurrent
// use.
type Cluster struct {
	ceph     *ceph.Cluster
	timeout  time.Duration
	existing bool // it was there before, so its daemons are not ours to control
	lasting  bool // it outlives the test, which has to clean up after itself
}

// Conf is the path of the cluster's ceph.conf, for Conn.ReadConfigFile.
func (c *Cluster) Conf() string { return c.ceph.Conf() }

// Keyring is the path of the keyring of client.admin and the daemons. It is
// empty if the cluster was not started by this package.
func (c *Cluster) Keyring() string {
	if c.existing {
		return ""
	}
	return c.ceph.Keyring()
}

// Ceph runs the ceph program against the cluster, as client.admin, and returns
// what it printed:
//
//	cluster.Ceph(t, "osd", "set", "pause")
func (c *Cluster) Ceph(t testing.TB, args ...string) string {
	t.Helper()
	ctx, cancel := c.context()
	defer cancel()
	out, err := c.ceph.Ceph(ctx, args...)
	if err != nil {
		t.Fatalf("radostest: %v", err)
	}
	return string(out)
}

// Stop asks a daemon to end, with SIGTERM, and waits until it has. What an OSD
// keeps in memory is still there after Restart.
func (c *Cluster) Stop(t testing.TB, daemon string) {
	t.Helper()
	c.control(t, daemon, func(ctx context.Context, d *ceph.Daemon) error { return d.Stop(ctx) })
}

// Kill ends a daemon with SIGKILL and waits until it is gone. An OSD without
// BlueStore loses what it held; if no other OSD has it, operations on it wait
// for ever after a restart too.
func (c *Cluster) Kill(t testing.TB, daemon string) {
	t.Helper()
	c.control(t, daemon, func(_ context.Context, d *ceph.Daemon) error { return d.Kill() })
}

// Pause stops a daemon with SIGSTOP, in the middle of whatever it does.
func (c *Cluster) Pause(t testing.TB, daemon string) {
	t.Helper()
	c.control(t, daemon, func(_ context.Context, d *ceph.Daemon) error { return d.Pause() })
}

// Resume lets a paused daemon go on. It may have been marked down meanwhile:
// see WaitUp.
func (c *Cluster) Resume(t testing.TB, daemon string) {
	t.Helper()
	c.control(t, daemon, func(_ context.Context, d *ceph.Daemon) error { return d.Resume() })
}

// Restart starts a daemon, after stopping it if it runs, and waits until it is
// up.
func (c *Cluster) Restart(t testing.TB, daemon string) {
	t.Helper()
	c.control(t, daemon, func(ctx context.Context, d *ceph.Daemon) error {
		if d.Running() {
			if err := d.Stop(ctx); err != nil {
				return err
			}
		}
		return d.Start(ctx)
	})
}

// WaitUp waits until a daemon is of use: a monitor in quorum, a mgr or an MDS active, an
// OSD marked up.
func (c *Cluster) WaitUp(t testing.TB, daemon string) {
	t.Helper()
	c.control(t, daemon, func(ctx context.Context, d *ceph.Daemon) error { return d.WaitUp(ctx) })
}

// WaitDown waits until the monitor has marked an OSD down: immediately if it was
// stopped, about ten seconds after it was paused, or killed.
func (c *Cluster) WaitDown(t testing.TB, osd string) {
	t.Helper()
	c.control(t, osd, func(ctx context.Context, d *ceph.Daemon) error { return d.WaitDown(ctx) })
}

// Running reports whether the process of a daemon exists. A paused one is running.
func (c *Cluster) Running(t testing.TB, daemon string) (running bool) {
	t.Helper()
	c.control(t, daemon, func(_ context.Context, d *ceph.Daemon) error { running = d.Running(); return nil })
	return running
}

// PID returns the process id of a daemon.
func (c *Cluster) PID(t testing.TB, daemon string) (pid int) {
	t.Helper()
	c.control(t, daemon, func(_ context.Context, d *ceph.Daemon) error { pid = d.PID(); return nil })
	return pid
}

// Log returns the last lines of a daemon's log and of its standard error.
func (c *Cluster) Log(t testing.TB, daemon string, lines int) (text string) {
	t.Helper()
	c.control(t, daemon, func(_ context.Context, d *ceph.Daemon) error { text = d.Log(lines); return nil })
	return text
}

// control does something to a daemon, unless the cluster is not ours.
func (c *Cluster) control(t testing.TB, daemon string, action func(context.Context, *ceph.Daemon) error) {
	t.Helper()
	if c.existing {
		t.Skipf("radostest: skipped, since the test controls %s, and %s=%s is a cluster that this process did not start",
			daemon, confVariable, c.Conf())
	}
	d, err := c.ceph.Daemon(daemon)
	if err != nil {
		t.Fatalf("radostest: %v", err)
	}
	ctx, cancel := c.context()
	defer cancel()
	if err := action(ctx, d); err != nil {
		t.Fatalf("radostest: %v", err)
	}
}

// context is not the context of the test, which is done when cleanup functions run.
func (c *Cluster) context() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), c.timeout)
}

func (c *Cluster) log(t testing.TB, wanted func(*ceph.Daemon) bool) {
	t.Helper()
	for _, d := range c.ceph.Daemons() {
		if wanted(d) {
			t.Logf("radostest: %s\n%s", d.Name, d.Log(20))
		}
	}
}
