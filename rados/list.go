package rados

import (
	"errors"
	"iter"
	"runtime"
	"sync"
	"syscall"
	"unsafe"

	"github.com/go-rados/go-rados/internal/handle"
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

	nextMu sync.Mutex // held while librados moves on, which may block

	mu    sync.Mutex
	entry objectEntry
	err   error
}

// objectEntry is one object in a listing.
type objectEntry struct{ name, locator, namespace string }

// Iter starts to list the objects. It returns an error only if the IOContext can't be
// used; Iter.Err returns later errors.
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
// after an error, it returns false; see Err. It waits for the OSDs
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
	iter.nextMu.Lock()
	defer iter.nextMu.Unlock()
	entry, err := iter.listing.nextEntry()
	iter.set(entry, err)
	return err == nil
}

func (iter *Iter) set(entry objectEntry, err error) {
	iter.mu.Lock()
	defer iter.mu.Unlock()
	iter.entry = entry
	if iter.err = err; errors.Is(err, errEnd) {
		iter.err = nil
	}
}

// errEnd is the error of a listing that has no further objects.
var errEnd = errors.New("rados: no more objects")

// nextEntry returns the next object, or errEnd.
func (l *listing) nextEntry() (objectEntry, error) {
	names, err := l.next()
	switch {
	case err == ErrNotFound:
		// librados returns the same for a pool that is gone.
		if l.poolIsGone() {
			return objectEntry{}, err
		}
		return objectEntry{}, errEnd
	case err != nil:
		return objectEntry{}, err
	}
	return objectEntry{names[0], names[1], names[2]}, nil
}

// poolIsGone reports whether the pool has been deleted: then librados crashes when it looks up
// positions in the pool.
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
	return iter.err
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
	iter.nextMu.Lock()
	defer iter.nextMu.Unlock()
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
	iter.nextMu.Lock()
	defer iter.nextMu.Unlock()
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

// IterCursor is a place in a listing, to the object; an IterToken is one to the placement
// group. It needs no ending: it ends with the IOContext of its Iter, or when it is garbage
// collected.
type IterCursor struct {
	pool   int64
	cursor uintptr
	handle *handle.Handle
}

// Cursor returns where the iterator is, for SeekCursor: at the object that Next went on
// to, or at the first one if Next was not called yet. It returns ErrNotFound if the pool
// has been deleted.
//
// Implements:
//
//	int rados_nobjects_list_get_cursor(rados_list_ctx_t ctx, rados_object_list_cursor *cursor)
func (iter *Iter) Cursor() (*IterCursor, error) {
	if iter == nil {
		return nil, ErrIterClosed
	}
	iter.nextMu.Lock()
	defer iter.nextMu.Unlock()
	shard, err := iter.listing.enter()
	if err != nil {
		return nil, err
	}
	defer iter.listing.exit(shard)
	if iter.listing.poolIsGone() {
		return nil, ErrNotFound
	}
	ioctx := iter.listing.ioctx
	cursor, err := iter.listing.cursor()
	if err != nil {
		return nil, err
	}
	free := func(unsafe.Pointer) { ioctx.freeCursor(cursor) }
	h, err := ioctx.handle.NewChild(nil, free)
	if err != nil {
		return nil, err
	}
	c := &IterCursor{pool: ioctx.GetPoolID(), cursor: cursor, handle: h}
	runtime.AddCleanup(c, (*handle.Handle).CloseAsync, h)
	return c, nil
}

// SeekCursor goes to a place that Cursor returned, also of another iterator of the same
// pool; Next then goes on to the object there, or to the one after it if that has been removed.
// It returns EINVAL if the cursor is of another pool, and ErrNotFound if the pool has
// been deleted.
//
// Implements:
//
//	uint32_t rados_nobjects_list_seek_cursor(rados_list_ctx_t ctx, rados_object_list_cursor cursor)
func (iter *Iter) SeekCursor(cursor *IterCursor) error {
	if iter == nil {
		return ErrIterClosed
	}
	iter.nextMu.Lock()
	defer iter.nextMu.Unlock()
	err := iter.seekCursor(cursor)
	if err == nil {
		iter.set(objectEntry{}, nil)
	}
	return err
}

func (iter *Iter) seekCursor(c *IterCursor) error {
	shard, err := iter.listing.enter()
	if err != nil {
		return err
	}
	defer iter.listing.exit(shard)
	if c == nil || c.handle == nil || c.pool != iter.listing.ioctx.GetPoolID() {
		return radosError(-int(syscall.EINVAL))
	}
	inside, err := c.handle.Enter(nil)
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(c)
	defer c.handle.Exit(inside)
	if iter.listing.poolIsGone() {
		return ErrNotFound
	}
	iter.listing.seekCursor(c.cursor)
	return nil
}

// Object is an object in a listing.
type Object struct {
	Name string
	// Namespace is "" for the default one.
	Namespace string
	// Locator is what the object is placed by instead of its name, "" for the name;
	// see IOContext.SetLocator.
	Locator string
}

// Objects goes through the objects of the pool, in the namespace that is set, or in
// all of them after SetNamespace(AllNamespaces):
//
//	for object, err := range ioctx.Objects() {
//		if err != nil {
//			return err
//		}
//		fmt.Println(object.Name)
//	}
//
// An error comes last, with a zero Object. Leaving the loop ends the listing. See Iter
// for what it sees, and how long it may wait.
func (ioctx *IOContext) Objects() iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		it, err := ioctx.Iter()
		if err != nil {
			yield(Object{}, ioctx.wrap("Objects", "", err))
			return
		}
		defer it.Close()
		for it.Next() {
			entry := it.current()
			if !yield(Object{Name: entry.name, Namespace: entry.namespace, Locator: entry.locator}, nil) {
				return
			}
		}
		if err := it.Err(); err != nil {
			yield(Object{}, ioctx.wrap("Objects", "", err))
		}
	}
}

// sliceBatch is the number of objects of a slice that are fetched together.
const sliceBatch = 512

// maxSlices is how many slices can differ. With more, librados' arithmetic overflows.
const maxSlices = 1 << 32

// ObjectsSlice goes through the n-th of m slices of the pool, counted from 0, which
// together are the whole pool: each can be listed by another goroutine or machine. The
// slices are of about the same size, since objects are spread by the hash of their
// names. Otherwise it is like Objects. It is EINVAL if n is not below m, or m is beyond
// 2³², the number of hashes there are.
//
// Implements:
//
//	int rados_object_list(rados_ioctx_t io, const rados_object_list_cursor start, const rados_object_list_cursor finish, const size_t result_size, const char *filter_buf, const size_t filter_buf_len, rados_object_list_item *results, rados_object_list_cursor *next)
func (ioctx *IOContext) ObjectsSlice(n, m uint64) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		err := ioctx.visitSlice(n, m, func(o Object) bool { return yield(o, nil) })
		if err != nil {
			yield(Object{}, ioctx.wrap("ObjectsSlice", "", err))
		}
	}
}

// visitSlice calls yield for each object of a slice until it returns false.
func (ioctx *IOContext) visitSlice(n, m uint64, yield func(Object) bool) error {
	shard, err := ioctx.enter() // the cursors are the IOContext's
	if err != nil {
		return err
	}
	defer ioctx.exit(shard)
	if n >= m || m > maxSlices {
		return radosError(-int(syscall.EINVAL))
	}
	begin, end := ioctx.listBegin(), ioctx.listEnd()
	next, finish := ioctx.listBegin(), ioctx.listEnd()
	defer func() {
		for _, cursor := range []uintptr{begin, end, next, finish} {
			ioctx.freeCursor(cursor)
		}
	}()
	if m > 1 {
		ioctx.sliceCursors(begin, end, n, m, next, finish)
	}
	for ioctx.isEnd(next) == 0 && ioctx.compareCursors(next, finish) < 0 {
		names, err := ioctx.nextBatch(next, finish)
		if err != nil {
			return err
		}
		for ; len(names) >= 3; names = names[3:] {
			if !yield(Object{Name: names[0], Namespace: names[1], Locator: names[2]}) {
				return nil
			}
		}
	}
	return nil
}

func (ioctx *IOContext) nextBatch(next, finish uintptr) ([]string, error) {
	_, names, err := ioctx.listSlice(next, finish, sliceBatch, next)
	return names, err
}

// maxWorkers is how many goroutines list at the same time at most. SetMaxBlockingCalls bounds how
// many of them block a thread each.
const maxWorkers = 1024

// ObjectsParallel goes through the objects of the pool in no order, listing workers
// slices of it at the same time, 1024 at most. The loop's body is run for one object
// after the other. Otherwise it is like Objects.
func (ioctx *IOContext) ObjectsParallel(workers int) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		p := parallel{found: make(chan Object, sliceBatch), stop: make(chan struct{})}
		p.list(ioctx, uint64(min(max(workers, 1), maxWorkers)))
		defer p.end()
		for o := range p.found {
			if !yield(o, nil) {
				return
			}
		}
		if err := p.err(); err != nil {
			yield(Object{}, ioctx.wrap("ObjectsParallel", "", err))
		}
	}
}

// parallel is a listing by several workers.
type parallel struct {
	found   chan Object   // closed when all have ended
	stop    chan struct{} // closed when the loop has been left
	workers sync.WaitGroup

	mu    sync.Mutex
	first error
}

func (p *parallel) list(ioctx *IOContext, workers uint64) {
	for n := range workers {
		p.workers.Go(func() { p.fail(ioctx.visitSlice(n, workers, p.put)) })
	}
	go func() {
		p.workers.Wait()
		close(p.found)
	}()
}

// put yields an object, and returns false if the loop has been left.
func (p *parallel) put(o Object) bool {
	select {
	case p.found <- o:
		return true
	case <-p.stop:
		return false
	}
}

func (p *parallel) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.first == nil {
		p.first = err
	}
}

func (p *parallel) err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.first
}

// end stops the workers, and waits until they are done with the IOContext.
func (p *parallel) end() {
	close(p.stop)
	p.workers.Wait()
}
