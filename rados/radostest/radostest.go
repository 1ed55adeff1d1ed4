// Package radostest starts a real Ceph cluster for tests.
//
// A test needs one line for a pool of its own:
//
//	func TestWrite(t *testing.T) {
//		ioctx := radostest.Pool(t)
//		if err := ioctx.WriteFull("greeting", []byte("hello")); err != nil {
//			t.Fatal(err)
//		}
//	}
//
// The cluster, a monitor, a mgr and an OSD that keeps its objects in memory, starts in
// about two seconds when the first test asks for it, and serves all tests of the
// package. Tests that stop daemons or need more OSDs start a cluster of their own:
//
//	cluster := radostest.Start(t, radostest.OSDs(3), radostest.BlueStore(1<<30))
//	cluster.Kill(t, "osd.0")
//
// A cluster is removed when its test or its process ends, even by a signal. Its files are
// in one temporary folder, and it uses loopback ports that no other cluster uses, so
// that packages can be tested in parallel. Root rights are not needed.
//
// The daemons of Ceph 14.2 or later have to be installed; on Debian and Ubuntu:
//
//	apt-get install --no-install-recommends ceph-mon ceph-mgr ceph-osd ceph-common
//
// # Environment
//
// RADOS_TEST_CONF is the absolute path of a ceph.conf. Tests then use the cluster that
// it describes, as client.admin, and start none. Those that control daemons are
// skipped. The command in rados/radostest/cluster starts a cluster for it that
// stays:
//
//	go run github.com/go-rados/go-rados/rados/radostest/cluster up
//
// RADOS_TEST_CLUSTER describes all clusters that the tests start, so that a whole test suite can
// be run with another kind of cluster:
//
//	RADOS_TEST_CLUSTER='wire=secure osds=3 mons=3 bluestore=4G ipv6' go test ./...
//
// It has words, separated by spaces:
//
//	osds=N             as the option [OSDs]
//	mons=N             as [Monitors]
//	bluestore=SIZE     as [BlueStore]; SIZE is a number of bytes, or of GiB if it ends with G
//	wire=MODE          as [Wire]
//	ipv6               as [IPv6]
//	mds                as [MDS]
//	SECTION:KEY=VALUE  as [Config], such as osd:bluestore_compression_mode=force
//
// The options of a test, and of [Main], have precedence: a test that asks for OSDs(1) has one.
// Tests are skipped where the machine or the installed daemons cannot form such a cluster. The
// variable has no effect on the cluster of RADOS_TEST_CONF.
//
// RADOS_TEST_WIRE=MODE is the same as RADOS_TEST_CLUSTER=wire=MODE.
//
// RADOS_TEST_SKIP, if set, skips tests that need a cluster where the daemons
// are not installed, and with Main all examples. Without it they fail. Main prints
// the number of the tests.
package radostest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest/internal/ceph"
)

// The variables that the package's documentation describes.
const (
	confVariable = "RADOS_TEST_CONF"
	skipVariable = ceph.SkipVariable
)

// defaultTimeout bounds the start of a cluster, and each wait for a daemon.
const defaultTimeout = time.Minute

// Start starts a cluster for one test and stops it when the test ends. If the
// test has failed, the last lines of the daemons' logs are part of its output.
//
// If RADOS_TEST_CONF names an existing cluster, that one is returned, and the
// options have no effect.
func Start(t testing.TB, options ...Option) *Cluster {
	t.Helper()
	if c := existing(); c != nil {
		return c
	}
	c, err := start(options)
	if err != nil {
		unavailable(t, err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			c.log(t, func(*ceph.Daemon) bool { return true })
		}
		if err := c.ceph.Close(); err != nil {
			t.Errorf("radostest: %v", err)
		}
	})
	return c
}

func existing() *Cluster {
	conf := os.Getenv(confVariable)
	if conf == "" {
		return nil
	}
	return &Cluster{ceph: ceph.Open(conf), timeout: defaultTimeout, existing: true, lasting: true}
}

func start(options []Option) (*Cluster, error) {
	cfg, err := ceph.Environment()
	if err != nil {
		return nil, err
	}
	cfg.Timeout = defaultTimeout
	for _, option := range options {
		option.apply(&cfg)
	}
	c, err := ceph.Start(context.Background(), cfg)
	if err != nil {
		return nil, err
	}
	return &Cluster{ceph: c, timeout: cfg.Timeout}, nil
}

// unavailable ends the test.
func unavailable(t testing.TB, err error) {
	t.Helper()
	var unsupported *ceph.UnsupportedError
	if errors.As(err, &unsupported) {
		t.Skipf("radostest: skipped: %v", err)
	}
	var missing *ceph.MissingError
	if !errors.As(err, &missing) {
		t.Fatalf("radostest: starting a cluster: %v", err)
	}
	ceph.SkipMissing(t, err)
	t.Fatalf("radostest: %v\n"+
		"to use an existing cluster, set %s to the path of its ceph.conf; to skip such tests, set %s=1", err, confVariable, skipVariable)
}

// shared is the cluster of all tests of the package that is being tested.
var shared struct {
	sync.Mutex
	options []Option
	cluster *Cluster
	err     error
}

// Shared returns the cluster that all tests of a package share. The first call
// starts it, and the end of the process stops it; see Main.
//
// Tests must leave its daemons running, and share it with others.
func Shared(t testing.TB) *Cluster {
	t.Helper()
	if c := existing(); c != nil {
		return c
	}
	shared.Lock()
	defer shared.Unlock()
	if shared.cluster == nil && shared.err == nil {
		shared.cluster, shared.err = start(shared.options)
		if shared.err == nil {
			shared.cluster.lasting = true
		}
	}
	if shared.err != nil {
		unavailable(t, shared.err)
	}
	c := shared.cluster
	t.Cleanup(func() {
		if t.Failed() {
			c.log(t, func(d *ceph.Daemon) bool { return !d.Running() })
		}
	})
	return c
}

// Main runs a package's tests, with these options for the shared cluster, and
// exits. It is for a package's TestMain:
//
//	func TestMain(m *testing.M) { radostest.Main(m, radostest.OSDs(3)) }
//
// Without it the shared cluster has the default options and stops a moment
// after the test process has exited, instead of before.
func Main(m *testing.M, options ...Option) {
	shared.options = options
	skipExamples()
	code := m.Run()
	ceph.ReportSkipped(os.Stderr)
	shared.Lock()
	defer shared.Unlock()
	if shared.cluster != nil {
		if err := shared.cluster.ceph.Close(); err != nil {
			fmt.Fprintln(os.Stderr, "radostest:", err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// skipExamples leaves a package's examples out where its tests would be skipped: an
// example has no way to skip itself.
func skipExamples() {
	var unsupported *ceph.UnsupportedError
	cfg, _ := ceph.Environment() // an error fails the start of a cluster
	skipped := os.Getenv(skipVariable) != "" && ceph.Installed() != nil || errors.As(cfg.Check(), &unsupported)
	if !skipped || existing() != nil {
		return
	}
	flag.Parse() // or the value of -test.skip would be set later
	skip := flag.Lookup("test.skip").Value
	pattern := "^Example"
	if given := skip.String(); given != "" {
		pattern = given + "|" + pattern
	}
	if err := skip.Set(pattern); err != nil {
		panic(err) // a flag of text takes any text
	}
}

// Conn returns a connection to the shared cluster, as client.admin. It is shut
// down when the test ends.
func Conn(t testing.TB) *rados.Conn {
	t.Helper()
	return Shared(t).Conn(t)
}

// Pool returns an IOContext for a new pool of the shared cluster. Both are gone
// when the test ends.
func Pool(t testing.TB) *rados.IOContext {
	t.Helper()
	return Shared(t).Pool(t)
}
