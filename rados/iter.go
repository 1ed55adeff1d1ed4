package rados

import (
	"errors"
	"sync"
	"syscall"
)

// ObjectListFunc is what IOContext.ListObjects calls for each object.
type ObjectListFunc func(oid string)

// IterToken is a position in a pool, by the hash of the objects' names; see
// Iter.Token.
type IterToken uint32

// Iter goes through the objects of a pool, in the namespace that was set on the
// IOContext when it was made, or in all of them after SetNamespace(AllNamespaces).
// Objects that are created or removed meanwhile may or may not be among those
// returned; every other is returned once.
//
// An Iter must be ended with Close; one that is dropped is closed when it is
// garbage collected. It is meant for one goroutine: others take turns with it.
type Iter struct {
	listing *listing

	turn sync.Mutex // of those that move on; librados may keep them waiting

	mu    sync.Mutex
	entry objectEntry
	fault error
}

// objectEntry is one object in a listing.
type objectEntry struct{ name, locator, namespace string }

// Iter starts to list the objects. It returns an error only if the IOContext can't be
// used; what goes wrong later, Iter.Err tells.
//
// Implements:
//
//	int rados_nobjects_list_open(rados_ioctx_t io, rados_list_ctx_t *ctx)
func (ioctx *IOContext) Iter() (*Iter, error) {
	l, err := ioctx.openListing()
	if err != nil {
		return nil, err
	}
	return &Iter{listing: l}, nil
}

// Next goes on to the next object and reports whether there is one. At the end, and
// after an error, it returns false; Err tells which it was. It waits for the OSDs
// for as long as they take, unless rados_osd_op_timeout is configured, and can't be
// cancelled.
//
// Implements:
//
//	int rados_nobjects_list_next2(rados_list_ctx_t ctx, const char **entry, const char **key, const char **nspace, size_t *entry_size, size_t *key_size, size_t *nspace_size)
func (iter *Iter) Next() bool {
	if iter == nil {
		return false
	}
	iter.turn.Lock()
	defer iter.turn.Unlock()
	entry, err := iter.listing.nextEntry()
	iter.set(entry, err)
	return err == nil
}

func (iter *Iter) set(entry objectEntry, err error) {
	iter.mu.Lock()
	defer iter.mu.Unlock()
	iter.entry = entry
	if iter.fault = err; errors.Is(err, errEnd) {
		iter.fault = nil
	}
}

// errEnd says that a listing has come to its end.
var errEnd = errors.New("rados: no more objects")

// nextEntry returns the next object, or errEnd.
func (l *listing) nextEntry() (objectEntry, error) {
	names, err := l.next()
	switch {
	case err == ErrNotFound:
		// librados says the same of a pool that is gone.
		if l.poolIsGone() {
			return objectEntry{}, err
		}
		return objectEntry{}, errEnd
	case err != nil:
		return objectEntry{}, err
	}
	return objectEntry{names[0], names[1], names[2]}, nil
}

// poolIsGone says that the pool has been deleted: then librados crashes where it looks up
// what is where in the pool.
func (l *listing) poolIsGone() bool {
	if l == nil {
		return false
	}
	return l.ioctx.poolIsGone()
}

// poolIsGone reports whether the pool has been deleted.
func (ioctx *IOContext) poolIsGone() bool {
	_, err := ioctx.GetPoolName()
	return err == ErrNotFound
}

// Value returns the name of the object that Next went on to, "" before and after.
func (iter *Iter) Value() string { return iter.current().name }

// Namespace returns the namespace of the object that Next went on to.
func (iter *Iter) Namespace() string { return iter.current().namespace }

// Locator returns the locator of the object that Next went on to, "" if it has none;
// see IOContext.SetLocator.
func (iter *Iter) Locator() string { return iter.current().locator }

func (iter *Iter) current() objectEntry {
	if iter == nil {
		return objectEntry{}
	}
	iter.mu.Lock()
	defer iter.mu.Unlock()
	return iter.entry
}

// Err returns the error that made the last Next return false, nil at the end of the
// pool: ErrNotFound if the pool has been deleted, ErrIterClosed after Close,
// ErrInvalidIOContext after Destroy of the IOContext.
func (iter *Iter) Err() error {
	if iter == nil {
		return ErrIterClosed
	}
	iter.mu.Lock()
	defer iter.mu.Unlock()
	return iter.fault
}

// Token returns where the iterator is, for Seek: the placement group whose objects
// are being listed. Seek goes back to its first object, so that objects may be
// returned again but none is passed over. It returns 0, the start, if the iterator
// can't be used any more.
//
// Implements:
//
//	uint32_t rados_nobjects_list_get_pg_hash_position(rados_list_ctx_t ctx)
func (iter *Iter) Token() IterToken {
	if iter == nil {
		return 0
	}
	iter.turn.Lock()
	defer iter.turn.Unlock()
	return IterToken(iter.listing.position())
}

// Seek goes to a position that Token returned, also of another iterator of the same
// pool; Next then goes on to the first object there.
//
// Implements:
//
//	uint32_t rados_nobjects_list_seek(rados_list_ctx_t ctx, uint32_t pos)
func (iter *Iter) Seek(token IterToken) {
	if iter == nil {
		return
	}
	iter.turn.Lock()
	defer iter.turn.Unlock()
	if iter.listing.poolIsGone() {
		iter.set(objectEntry{}, ErrNotFound)
		return
	}
	iter.listing.seek(uint32(token))
	iter.set(objectEntry{}, nil)
}

// Close ends the iterator. A second Close is a no-op.
//
// Implements:
//
//	void rados_nobjects_list_close(rados_list_ctx_t ctx)
func (iter *Iter) Close() {
	if iter != nil {
		iter.listing.close()
	}
}

// ListObjects calls listFn for each object of the pool, in the namespace that is set,
// or in all of them after SetNamespace(AllNamespaces). When it fails listFn may have
// been called already; if that is nil it is EINVAL. See Iter for what it sees, and how
// long it may wait.
func (ioctx *IOContext) ListObjects(listFn ObjectListFunc) error {
	iter, err := ioctx.Iter()
	if err != nil {
		return err
	}
	defer iter.Close()
	if listFn == nil {
		return radosError(-int(syscall.EINVAL))
	}
	for iter.Next() {
		listFn(iter.Value())
	}
	return iter.Err()
}
