package radostest

import (
	"fmt"
	"time"

	"github.com/go-rados/go-rados/rados/radostest/internal/ceph"
)

// Option changes what kind of cluster is started; the functions that return one say how.
type Option struct{ change func(*ceph.Config) }

// apply does what the option is for; the zero Option is for nothing.
func (o Option) apply(c *ceph.Config) {
	if o.change != nil {
		o.change(c)
	}
}

// OSDs sets the number of OSDs, from 1 to 10, instead of 1. Pools have as many
// replicas, but at most 3.
func OSDs(n int) Option {
	return Option{func(c *ceph.Config) { c.OSDs = n }}
}

// Monitors sets the number of monitors, from 1 to 3, instead of 1. They are called mon.a, mon.b and
// mon.c. Two of three are a quorum: the cluster goes on without the third.
func Monitors(n int) Option {
	return Option{func(c *ceph.Config) { c.Monitors = n }}
}

// IPv6 makes all daemons listen on the loopback address ::1 instead of 127.0.0.1. A test that asks for
// it is skipped where the machine has no IPv6.
func IPv6() Option {
	return Option{func(c *ceph.Config) { c.IPv6 = true }}
}

// MDS gives the cluster a CephFS file system called cephfs, and the MDS for it, mds.m. The
// program ceph-mds has to be installed, from the package of this name on Debian and Ubuntu. The
// cluster takes about two seconds longer to start.
func MDS() Option {
	return Option{func(c *ceph.Config) { c.MDS = true }}
}

// BlueStore makes each OSD keep its objects in a sparse file of the given size instead
// of in memory. They then survive the death of an OSD. The cluster takes about three
// seconds longer to start. Size 0 is memory, also where RADOS_TEST_CLUSTER has another.
//
// The store compresses the objects with
//
//	radostest.Config("osd", "bluestore compression mode", "force")
func BlueStore(size int64) Option {
	return Option{func(c *ceph.Config) { c.BlueStore = size }}
}

// Config sets an option of ceph.conf, for all daemons and clients ("global"),
// for a kind of them ("mon", "mgr", "osd", "mds", "client") or for one ("osd.0").
func Config(section, key, value string) Option {
	return Option{func(c *ceph.Config) {
		c.Settings = append(c.Settings, ceph.Setting{Section: section, Key: key, Value: value})
	}}
}

// WireMode is how the daemons and clients of a cluster send messages.
type WireMode string

// The modes for [Wire].
const (
	WireCRC        WireMode = "crc"        // with checksums, and readable to everyone on the way
	WireSecure     WireMode = "secure"     // encrypted
	WireCompressed WireMode = "compressed" // compressed between OSDs, but not to and from clients; otherwise like WireCRC
)

// Wire sets how the daemons and clients of the cluster send messages, instead
// of the mode of the environment. No other mode is accepted on any connection.
// WireCompressed needs the daemons of Ceph 17 or later; a test that asks for it
// with older ones is skipped.
func Wire(mode WireMode) Option {
	return Option{func(c *ceph.Config) { c.Wire = ceph.Wire(mode) }}
}

// LogLevel sets how much the daemons log about themselves and their messages,
// from 0 to 20.
func LogLevel(level int) Option {
	return Option{func(c *ceph.Config) {
		for _, subsystem := range []string{"mon", "mgr", "osd", "mds", "ms"} {
			Config("global", "debug "+subsystem, fmt.Sprint(level)).apply(c)
		}
	}}
}

// Dir sets the folder that everything of the cluster is in. It must be absent
// or empty, and is removed with the cluster. Its path may have 95 bytes at most,
// since it has unix sockets in it.
func Dir(path string) Option {
	return Option{func(c *ceph.Config) { c.Dir = path }}
}

// Timeout sets how long the cluster may take to start, and how long each wait
// for a daemon may take, instead of a minute.
func Timeout(d time.Duration) Option {
	return Option{func(c *ceph.Config) { c.Timeout = d }}
}
