package radostest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-rados/go-rados/rados"
)

// Conn returns a connection to the cluster, as client.admin. It is shut down
// when the test ends.
func (c *Cluster) Conn(t testing.TB) *rados.Conn {
	t.Helper()
	conn, err := c.connect()
	if err != nil {
		t.Fatalf("radostest: connecting to the cluster: %v", err)
	}
	t.Cleanup(conn.Shutdown)
	return conn
}

func (c *Cluster) connect() (*rados.Conn, error) {
	conn, err := rados.NewConnWithUser("admin")
	if err != nil {
		return nil, err
	}
	if err := c.configure(conn); err != nil {
		conn.Shutdown()
		return nil, err
	}
	if err := conn.Connect(); err != nil {
		conn.Shutdown()
		return nil, err
	}
	return conn, nil
}

func (c *Cluster) configure(conn *rados.Conn) error {
	if err := conn.ReadConfigFile(c.Conf()); err != nil {
		return fmt.Errorf("reading %s: %w", c.Conf(), err)
	}
	// Otherwise a cluster that is down would be waited for five minutes.
	seconds := fmt.Sprint(int(max(c.timeout, time.Second).Seconds()))
	return conn.SetConfigOption("client_mount_timeout", seconds)
}

// Pool returns an IOContext for a new replicated pool. Both are gone when the
// test ends.
func (c *Cluster) Pool(t testing.TB) *rados.IOContext {
	t.Helper()
	conn, name := c.Conn(t), newPoolName()
	if err := conn.MakePool(name); err != nil {
		t.Fatalf("radostest: making pool %s: %v", name, err)
	}
	return c.openPool(t, conn, name)
}

// ECPool returns an IOContext for a new erasure-coded pool, with two data
// chunks and one of parity on different OSDs. Both are gone when the test ends.
// It needs a cluster of three OSDs.
func (c *Cluster) ECPool(t testing.TB) *rados.IOContext {
	t.Helper()
	conn, name := c.Conn(t), newPoolName()
	c.needOSDs(t, conn, 3)
	const profile = "radostest-k2-m1"
	monCommand(t, conn, command{
		"prefix": "osd erasure-code-profile set", "name": profile,
		"profile": []string{"k=2", "m=1", "crush-failure-domain=osd"},
	})
	monCommand(t, conn, command{
		"prefix": "osd pool create", "pool": name, "pool_type": "erasure",
		"erasure_code_profile": profile, "pg_num": 8, "pgp_num": 8,
	})
	return c.openPool(t, conn, name)
}

func (c *Cluster) needOSDs(t testing.TB, conn *rados.Conn, n int) {
	t.Helper()
	var ids []int
	if err := json.Unmarshal(monCommand(t, conn, command{"prefix": "osd ls", "format": "json"}), &ids); err != nil {
		t.Fatalf("radostest: the ids of the OSDs: %v", err)
	}
	switch {
	case len(ids) >= n:
	case c.existing:
		t.Skipf("radostest: skipped, since the test needs %d OSDs, and the cluster of %s has %d", n, confVariable, len(ids))
	default:
		t.Fatalf("radostest: the test needs %d OSDs, and the cluster has %d: use radostest.OSDs(%d) as an option of Start, or of Main", n, len(ids), n)
	}
}

// poolCount makes names of pools different within a process.
var poolCount atomic.Int64

func newPoolName() string {
	return fmt.Sprintf("radostest-%d-%d", os.Getpid(), poolCount.Add(1))
}

func (c *Cluster) openPool(t testing.TB, conn *rados.Conn, name string) *rados.IOContext {
	t.Helper()
	if c.lasting {
		t.Cleanup(func() {
			if err := conn.DeletePool(name); err != nil && !errors.Is(err, rados.ErrNotFound) {
				t.Errorf("radostest: deleting pool %s: %v", name, err)
			}
		})
	}
	ioctx, err := conn.OpenIOContext(name)
	if err != nil {
		t.Fatalf("radostest: opening pool %s: %v", name, err)
	}
	t.Cleanup(ioctx.Destroy)
	return ioctx
}

// User creates a user, client.NAME, with the given capabilities: pairs of a
// kind of daemon and the permissions there, or none. It returns the path of a
// ceph.conf with which the user finds its key:
//
//	conf := cluster.User(t, "reader", "mon", "allow r", "osd", "allow r")
//	conn, err := rados.NewConnWithUser("reader")
//	…
//	err = conn.ReadConfigFile(conf)
func (c *Cluster) User(t testing.TB, name string, caps ...string) (conf string) {
	t.Helper()
	conn, entity := c.Conn(t), "client."+name
	create := command{"prefix": "auth get-or-create", "entity": entity}
	if len(caps) > 0 { // the monitor takes no empty list
		create["caps"] = caps
	}
	key := monCommand(t, conn, create)
	if c.lasting {
		t.Cleanup(func() { monCommand(t, conn, command{"prefix": "auth rm", "entity": entity}) })
	}
	general, err := os.ReadFile(c.Conf())
	if err != nil {
		t.Fatalf("radostest: %v", err)
	}
	dir, err := os.MkdirTemp("", "radostest-user-") // the test's name may have what a ceph.conf can't
	if err != nil {
		t.Fatalf("radostest: %v", err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	conf, keyring := filepath.Join(dir, "ceph.conf"), filepath.Join(dir, "keyring")
	own := fmt.Appendf(general, "\n[%s]\nkeyring = %s\n", entity, keyring)
	if err := errors.Join(os.WriteFile(keyring, key, 0o600), os.WriteFile(conf, own, 0o600)); err != nil {
		t.Fatalf("radostest: %v", err)
	}
	return conf
}

// command is a monitor command, to be sent as JSON.
type command map[string]any

func monCommand(t testing.TB, conn *rados.Conn, cmd command) []byte {
	t.Helper()
	args, err := json.Marshal(cmd)
	if err != nil {
		t.Fatalf("radostest: %v", err)
	}
	out, status, err := conn.MonCommand(args)
	if err != nil {
		t.Fatalf("radostest: %s: %v: %s", cmd["prefix"], err, status)
	}
	return out
}
