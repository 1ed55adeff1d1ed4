// Package memstore is a cluster in memory: pools of objects with data, extended attributes and
// omaps, operations that are performed as a whole or not at all, locks, watches and snapshots.
// Package radosmem puts it in the place of librados.
//
// Results are codes as librados returns them: a negative errno, or 0. The rules are those of the
// OSDs of Ceph; the tests of package radosmem compare the two.
package memstore

import (
	"hash/fnv"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A Cluster has pools. Its methods and those of its parts may be called by several goroutines.
type Cluster struct {
	mu       sync.Mutex
	pools    map[int64]*Pool
	lastPool int64
	lastID   uint64 // of watches and notifications
}

// New returns a cluster without pools.
func New() *Cluster { return &Cluster{pools: make(map[int64]*Pool)} }

// A Pool has objects.
type Pool struct {
	Name string
	ID   int64

	cluster  *Cluster
	objects  map[Address]*object
	version  uint64 // of the last change
	lastSnap uint64
	snaps    []Snap // by name, oldest first
	named    bool   // it has had snapshots by name
	managed  bool   // it has had self-managed snapshots
}

// An Address is the name of an object in a pool.
type Address struct{ Namespace, Locator, Name string }

// Hash returns the position of the address in listings.
func (a Address) Hash() uint32 {
	name := a.Locator
	if name == "" {
		name = a.Name
	}
	h := fnv.New32a()
	h.Write([]byte(a.Namespace + "\x00" + name))
	return h.Sum32()
}

// Compare orders addresses as listings do.
func (a Address) Compare(b Address) int {
	if x, y := a.Hash(), b.Hash(); x != y {
		if x < y {
			return -1
		}
		return 1
	}
	for _, pair := range [][2]string{{a.Namespace, b.Namespace}, {a.Locator, b.Locator}, {a.Name, b.Name}} {
		if c := strings.Compare(pair[0], pair[1]); c != 0 {
			return c
		}
	}
	return 0
}

// code returns the negative of an errno.
func code(errno syscall.Errno) int { return -int(errno) }

// CreatePool adds a pool without objects. It returns EEXIST if there is one of that name.
func (c *Cluster) CreatePool(name string) (*Pool, int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.find(name) != nil {
		return nil, code(syscall.EEXIST)
	}
	c.lastPool++
	p := &Pool{Name: name, ID: c.lastPool, cluster: c, objects: make(map[Address]*object)}
	c.pools[p.ID] = p
	return p, 0
}

func (c *Cluster) find(name string) *Pool {
	for _, p := range c.pools {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// Pool returns the pool of that name, or nil.
func (c *Cluster) Pool(name string) *Pool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.find(name)
}

// PoolByID returns the pool with that number, or nil.
func (c *Cluster) PoolByID(id int64) *Pool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pools[id]
}

// DeletePool removes a pool. Its watches are lost.
func (c *Cluster) DeletePool(name string) int {
	c.mu.Lock()
	p := c.find(name)
	if p == nil {
		c.mu.Unlock()
		return code(syscall.ENOENT)
	}
	delete(c.pools, p.ID)
	var lost []*Watch
	for _, o := range p.objects {
		lost = append(lost, o.dropWatches()...)
	}
	c.mu.Unlock()
	loseAll(lost)
	return 0
}

// Pools returns the names of the pools, sorted.
func (c *Cluster) Pools() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var names []string
	for _, p := range c.pools {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	return names
}

// Usage returns the number of objects, and of the bytes in them.
func (p *Pool) Usage() (objects, bytes uint64) {
	p.cluster.mu.Lock()
	defer p.cluster.mu.Unlock()
	for _, o := range p.objects {
		if o.head != nil {
			objects++
			bytes += uint64(len(o.head.data))
		}
	}
	return objects, bytes
}

// Exists reports whether the pool has not been deleted.
func (p *Pool) Exists() bool {
	p.cluster.mu.Lock()
	defer p.cluster.mu.Unlock()
	return p.exists()
}

// exists reports whether the pool has not been deleted.
func (p *Pool) exists() bool { return p.cluster.pools[p.ID] == p }

// AllNamespaces stands for every namespace in a listing.
const AllNamespaces = "\x01"

// List returns the addresses of the objects in a namespace, in the order of Compare.
func (p *Pool) List(namespace string) []Address {
	p.cluster.mu.Lock()
	defer p.cluster.mu.Unlock()
	var list []Address
	for a, o := range p.objects {
		if (namespace == AllNamespaces || a.Namespace == namespace) && (o.head != nil || o.seq > 0) {
			list = append(list, a)
		}
	}
	slices.SortFunc(list, Address.Compare)
	return list
}

// object is an object with its past.
type object struct {
	head    *content // nil if the object does not exist
	clones  []clone  // oldest first
	seq     uint64   // the newest snapshot that a change of the object has known of
	version uint64   // of the last change
	watches []*Watch
}

// content is an object at one time. It does not change once it is part of an object.
type content struct {
	data         []byte
	xattrs, omap map[string][]byte
	hasOmap      bool // an omap was set since the last CleanOmap
	locks        map[string]lock
	mtime        time.Time
	version      uint64
}
