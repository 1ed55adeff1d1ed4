package modelcheck

// Pool is one of the pools that a run uses. The two kinds of snapshots exclude each other, so
// there is one for each.
type Pool int

// The pools.
const (
	Managed Pool = iota // writers say which snapshots there are
	Named               // the pool knows its snapshots
	Erasure             // each object is cut into chunks; there are no omaps, and here no snapshots
)

func (p Pool) String() string { return []string{"managed", "named", "erasure"}[p] }

// Replicated are the pools that a cluster of any size has.
var Replicated = []Pool{Managed, Named}

// Space is a part of a pool that has all objects of one generation, and no others.
type Space struct {
	Pool       Pool
	Generation int
}

// Target is what performs operations. Its methods are called by many goroutines.
type Target interface {
	// Do performs op and returns its result: what State.Apply would, Unknown, NotDone,
	// or anything else, which then is not explained.
	Do(worker int, space Space, object string, op Op) string
	// List returns the names of the objects.
	List(worker int, space Space, method int) ([]string, error)
	// Snap takes a snapshot of the pool.
	Snap(worker int, space Space) (id uint64, err error)
	// Forget removes the space with all that is in it, and its snapshots.
	Forget(space Space, objects []string, snaps []uint64) error
	// Owner names a worker as the holder of locks.
	Owner(worker int) string
}
