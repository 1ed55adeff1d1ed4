//go:build cgo

package rados

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"runtime"
	"sync"
	"syscall"
	"unsafe"

	"github.com/go-rados/go-rados/internal/admit"
	"github.com/go-rados/go-rados/internal/ctxerr"
	"github.com/go-rados/go-rados/internal/detach"
	"github.com/go-rados/go-rados/internal/handle"
	"github.com/go-rados/go-rados/internal/throttle"
	"github.com/go-rados/go-rados/internal/wire"
)

// ObjectListFunc is called by [IOContext.ListObjects] for each object.
type ObjectListFunc func(oid string)

// IterToken is a position in a pool, by the hash of the names of objects; see
// [Iter.Token].
type IterToken uint32

// Iter iterates over the objects of a pool, in the namespace that was set on the
// IOContext when the Iter was made, or in all namespaces after
// SetNamespace(AllNamespaces). Objects that are created or removed meanwhile may
// or may not be returned; each other object is returned once.
//
// The caller must close an Iter with [Iter.Close]. If it becomes unreachable
// without Close, the garbage collector closes it. An Iter is meant for one
// goroutine; several goroutines take turns. So [Iter.Token], [Iter.Seek],
// [Iter.Cursor] and [Iter.SeekCursor] also wait for the OSD while [Iter.Next] does
// in another goroutine, or while the call of an [Iter.NextContext] that has
// returned continues.
type Iter struct {
	listing *listing
	turn    throttle.Limit // admits one call at a time, which uses the listing and the next three fields
	page    page
	unread  *fetched     // the result of the call of a NextContext that returned before it
	place   place        // of the current object
	span    *listingSpan // nil if the listing is not traced

	mu      sync.Mutex
	current Object
	err     error
}

// fetched is the result of a call that goes to the next objects.
type fetched struct {
	texts []byte // those of the objects before the error; see page
	err   error
}

// place is where a listing is in its pool, by placement groups. librados tells only which one it will ask next,
// and it may have fetched objects of several before, which it has yet to return.
type place struct {
	token uint32 // a group that is not after the current object
	next  uint32 // the group that librados will ask next
}

// advance notes the group that librados will ask next, after each object. If that has changed, librados has
// fetched objects from the former one on, and the current object is the first of them.
func (p *place) advance(next uint32) {
	if next != p.next {
		p.token, p.next = p.next, next
	}
}

// Iter starts a listing of the objects. It returns an error only if the IOContext
// is not usable; [Iter.Err] returns later errors. [IOContext.Objects] is the newer
// form.
//
// Implements: rados_nobjects_list_open
func (ioctx *IOContext) Iter() (*Iter, error) {
	ctx := context.Background()
	span := ioctx.trace(&ctx, "Iter", "", 0)
	iter, err := ioctx.iter()
	if span == nil {
		return iter, err
	}
	if err != nil {
		span.end(nil, &err)
		return nil, err
	}
	iter.span = &listingSpan{span: span}
	runtime.AddCleanup(iter, func(s *listingSpan) { s.end(nil) }, iter.span)
	return iter, nil
}

// iter is Iter that is not traced.
func (ioctx *IOContext) iter() (*Iter, error) {
	l, err := ioctx.openListing()
	if err != nil {
		return nil, err
	}
	it := &Iter{listing: l}
	it.turn.SetMax(1, 0)
	return it, nil
}

// listingSpan is the span of an Iter, which ends when the Iter is closed or garbage collected.
type listingSpan struct {
	span *span
	once sync.Once
}

// end ends the span, once.
func (s *listingSpan) end(err error) { s.once.Do(func() { s.span.end(nil, &err) }) }

// enter waits for the turn to use the listing, which leave ends. It returns an error if ctx is done
// or iter is closed before.
func (iter *Iter) enter(ctx context.Context) error {
	if iter == nil || iter.listing == nil {
		return ErrIterClosed
	}
	if err := checkContext(ctx); err != nil {
		return err
	}
	return iter.turn.Enter(ctx, iter.listing.handle, 0)
}

func (iter *Iter) leave() { iter.turn.Exit(0) }

// wrap returns an ObjectError of err, or nil if err is nil.
func (iter *Iter) wrap(op string, err error) error {
	if iter == nil || iter.listing == nil {
		return (*IOContext)(nil).wrap(op, "", err)
	}
	return iter.listing.ioctx.wrap(op, "", err)
}

// Next advances to the next object and reports whether there is one. At the end,
// and after an error, it returns false; see [Iter.Err]. It blocks until the OSDs
// answer, or until rados_osd_op_timeout elapses if that is configured;
// [Iter.NextContext] returns when its context is done.
//
// Implements: rados_nobjects_list_next2
func (iter *Iter) Next() bool {
	object, err := iter.next(context.Background())
	return iter.set(object, err)
}

// NextContext is Next with a context. When ctx is done, or the Iter, IOContext or
// Conn is closed, it returns false, and [Iter.Err] returns an [ObjectError] in
// which errors.Is finds the reason. librados continues the call, which counts
// until it completes; see [Conn.SetMaxBlockingCalls]. No object is lost: the
// following Next or NextContext waits for that call and returns its object, unless
// Seek or SeekCursor is called before.
func (iter *Iter) NextContext(ctx context.Context) bool {
	object, err := iter.next(detach.Closable(ctx))
	return iter.set(object, iter.wrap("Iter.NextContext", err))
}

// next returns the next object, or errEnd.
func (iter *Iter) next(ctx context.Context) (Object, error) {
	if err := iter.enter(ctx); err != nil {
		return Object{}, err
	}
	if iter.unread != nil {
		return iter.takeUnread()
	}
	if ctx.Done() == nil { // which is faster
		return iter.take(iter.listing.fetchNow(iter.page.memory, 1), nil)
	}
	f, ended, err := iter.listing.fetch(ctx, iter.page.memory, 1, func(f fetched) {
		iter.unread = &f
		iter.leave()
	})
	if !ended {
		return Object{}, err // the call has the turn
	}
	return iter.take(f, err)
}

// takeUnread returns the object of a NextContext that has returned before, and leaves.
func (iter *Iter) takeUnread() (Object, error) {
	f := iter.unread
	iter.unread = nil
	return iter.take(*f, iter.listing.handle.Err())
}

// take returns the object in f, unless err or that of f is an error, and leaves.
func (iter *Iter) take(f fetched, err error) (Object, error) {
	defer iter.leave()
	iter.place.advance(iter.listing.position())
	if err == nil { // which is faster than cmp.Or
		err = f.err
	}
	if err != nil {
		return Object{}, err
	}
	iter.page.set(f.texts)
	object, _ := iter.page.next()
	return object, nil
}

// fetchNow returns up to most of the next objects, in memory, or the error errEnd.
func (l *listing) fetchNow(memory []byte, most int) (f fetched) {
	f.texts, f.err = l.listed(l.next(memory, most))
	return f
}

// fetch is fetchNow with a context. If that is done or the listing is closed while librados is in the call,
// fetch returns false and the reason, and keep gets the result later. Until then the memory is in use.
func (l *listing) fetch(ctx context.Context, memory []byte, most int, keep func(fetched)) (f fetched, ended bool, err error) {
	return runKept(ctx, l.blocking(throttle.OSD), func() (f fetched) {
		f.texts, f.err = l.listed(l.nextAdmitted(memory, most))
		return f
	}, keep)
}

// runKept makes a call that blocks its thread. If ctx is done or the handle is closed while librados
// is in the call, runKept returns false and the reason, and keep gets the value later.
//
// A goroutine that mostly waits in C and never calls the scheduler seems to monopolize its processor: Go
// takes that away again and again, which costs more than the calls. So runKept calls it, unless it waits for
// another goroutine.
func runKept[T any](ctx context.Context, b admit.Blocking, call func() T, keep func(T)) (value T, ended bool, err error) {
	room, err := b.Acquire(ctx)
	if err != nil {
		return value, true, err
	}
	if ctx.Done() == nil {
		defer runtime.Gosched()
	}
	return detach.Run(ctx, b.Handle, func() (T, error) {
		defer room.Exit(0)
		return call(), nil
	}, keep)
}

// set sets the current object of the Iter, and reports whether an object exists.
func (iter *Iter) set(object Object, err error) bool {
	if iter == nil {
		return false
	}
	iter.mu.Lock()
	defer iter.mu.Unlock()
	iter.current = object
	if iter.err = err; errors.Is(err, errEnd) {
		iter.err = nil
	}
	return err == nil
}

// errEnd is the error of a listing that has no further objects.
var errEnd = errors.New("rados: no more objects")

// listed returns what next has returned. Its error is errEnd at the end.
func (l *listing) listed(texts []byte, err error) ([]byte, error) {
	switch err {
	case nil:
	case ErrNotFound:
		err = l.poolError() // librados returns the same for a pool that is gone
		if err == nil {
			err = errEnd
		}
	default:
		l.stay()
	}
	return texts, err
}

// stay has librados return the object after an error that it would pass over: objects that it had received
// before the error are in its list, and it takes the first of them for one that it has returned.
func (l *listing) stay() {
	_ = l.locate(func() error { // the error of the call that failed is more important
		cursor, err := l.cursor()
		if err == nil {
			l.seekCursor(cursor)
			l.ioctx.freeCursor(cursor)
		}
		return err
	})
}

// locate calls f, which looks up positions of l, unless l is closed or its pool has been deleted.
func (l *listing) locate(f func() error) error {
	shard, err := l.enter()
	if err != nil {
		return err
	}
	defer l.exit(shard)
	if err := l.poolError(); err != nil {
		return err
	}
	return f()
}

// poolError returns an error unless the pool exists: librados crashes when it looks up positions in a
// pool that has been deleted.
func (l *listing) poolError() error {
	if l == nil {
		return nil
	}
	return l.ioctx.poolError()
}

// poolError returns ErrNotFound if the pool has been deleted, and ENOMEM if C has no memory for its name.
func (ioctx *IOContext) poolError() error {
	_, err := ioctx.GetPoolName()
	if err == ErrNotFound || errors.Is(err, syscall.ENOMEM) {
		return err
	}
	return nil
}

// Value returns the name of the current object, to which Next advanced. It returns
// "" before the first Next and after the end.
func (iter *Iter) Value() string { return iter.object().Name }

// Namespace returns the namespace of the current object.
func (iter *Iter) Namespace() string { return iter.object().Namespace }

// Locator returns the locator of the current object, or "" if it has none; see
// [IOContext.SetLocator].
func (iter *Iter) Locator() string { return iter.object().Locator }

func (iter *Iter) object() Object {
	if iter == nil {
		return Object{}
	}
	iter.mu.Lock()
	defer iter.mu.Unlock()
	return iter.current
}

// Err returns the error of the last Next or NextContext that returned false, or of
// a Seek after it. It returns nil at the end of the pool, [ErrNotFound] if the
// pool has been deleted, [ErrIterClosed] after Close, and [ErrInvalidIOContext]
// after Destroy of the IOContext.
func (iter *Iter) Err() error {
	if iter == nil {
		return ErrIterClosed
	}
	iter.mu.Lock()
	defer iter.mu.Unlock()
	return iter.err
}

// Token returns the position of the iterator for [Iter.Seek]: the placement group
// of the current object, or one before it, since librados fetches objects of
// several of them together. Seek returns to the first object of the placement
// group, so objects may be returned again, but none is skipped; [Iter.Cursor] is
// exact. Token returns 0, the start, if the iterator is not usable.
// [Iter.TokenContext] returns when its context is done.
//
// Implements: rados_nobjects_list_get_pg_hash_position
func (iter *Iter) Token() IterToken {
	token, _ := iter.token(context.Background())
	return token
}

// TokenContext is Token with a context, which ends a wait for Next; see [Iter].
func (iter *Iter) TokenContext(ctx context.Context) (IterToken, error) {
	token, err := iter.token(ctx)
	return token, iter.wrap("Iter.TokenContext", err)
}

func (iter *Iter) token(ctx context.Context) (IterToken, error) {
	if err := iter.enter(ctx); err != nil {
		return 0, err
	}
	defer iter.leave()
	if err := iter.listing.handle.Err(); err != nil {
		return 0, err
	}
	return IterToken(iter.place.token), nil
}

// Seek moves the iterator to a position that [Iter.Token] returned, possibly of
// another iterator of the same pool. Next then advances to the first object there.
// [Iter.SeekContext] returns when its context is done.
//
// Implements: rados_nobjects_list_seek
func (iter *Iter) Seek(token IterToken) {
	iter.set(Object{}, iter.seek(context.Background(), token))
}

// SeekContext is Seek with a context, which ends a wait for Next; see [Iter]. It
// returns [ErrNotFound] if the pool has been deleted.
func (iter *Iter) SeekContext(ctx context.Context, token IterToken) error {
	return iter.moved(iter.wrap("Iter.SeekContext", iter.seek(ctx, token)))
}

func (iter *Iter) seek(ctx context.Context, token IterToken) error {
	return iter.move(ctx, func() error {
		iter.listing.seek(uint32(token))
		return nil
	})
}

// move calls f, which moves the listing.
func (iter *Iter) move(ctx context.Context, f func() error) error {
	if err := iter.enter(ctx); err != nil {
		return err
	}
	defer iter.leave()
	if err := iter.listing.locate(f); err != nil {
		return err
	}
	iter.unread = nil
	at := iter.listing.position()
	iter.place = place{token: at, next: at}
	return nil
}

// moved sets that the Iter is at no object, unless it could not be moved because of err, which it
// returns.
func (iter *Iter) moved(err error) error {
	if err == nil {
		iter.set(Object{}, nil)
	}
	return err
}

// Close closes the iterator. A second Close is a no-op.
//
// Implements: rados_nobjects_list_close
func (iter *Iter) Close() {
	if iter == nil {
		return
	}
	iter.listing.close()
	if iter.span != nil {
		iter.span.end(withoutMethod(iter.Err()))
	}
}

// ListObjects calls listFn for each object of the pool, in the namespace of the
// IOContext, or in all namespaces after SetNamespace(AllNamespaces). It returns
// EINVAL if listFn is nil. If it returns another error, it may have called listFn
// already. It fetches objects together as [IOContext.Objects], the newer form,
// does. See [Iter] for the objects that it lists, and [Iter.Next] for the time that
// each fetch may block. [IOContext.ListObjectsContext] returns when its context is
// done.
func (ioctx *IOContext) ListObjects(listFn ObjectListFunc) error {
	return ioctx.listObjects(context.Background(), listFn)
}

// ListObjectsContext is ListObjects with a context. When ctx is done, or ioctx is
// closed, it returns an [ObjectError] in which errors.Is finds the reason.
// librados continues the call that is in progress; see [Iter.NextContext].
func (ioctx *IOContext) ListObjectsContext(ctx context.Context, listFn ObjectListFunc) error {
	return ioctx.wrap("ListObjectsContext", "", ioctx.listObjects(detach.Closable(ctx), listFn))
}

func (ioctx *IOContext) listObjects(ctx context.Context, listFn ObjectListFunc) error {
	if listFn == nil {
		return ioctx.visitObjects(ctx, "ListObjects", nil)
	}
	return ioctx.visitObjects(ctx, "ListObjects", func(o Object) bool {
		listFn(o.Name)
		return true
	})
}

// IterCursor is a position in a listing, at an object; an [IterToken] is a
// position at a placement group. It need not be closed: it is freed with the
// IOContext of its Iter, or by the garbage collector.
type IterCursor struct {
	pool   int64
	cursor uintptr
	handle *handle.Handle
}

// Cursor returns the position of the iterator for [Iter.SeekCursor]: at the
// current object, or at the first one if Next has not been called. It returns
// [ErrNotFound] if the pool has been deleted. [Iter.CursorContext] returns when
// its context is done.
//
// Implements: rados_nobjects_list_get_cursor
func (iter *Iter) Cursor() (*IterCursor, error) {
	c, err := iter.cursor(context.Background())
	return c, iter.wrap("Iter.Cursor", err)
}

// CursorContext is Cursor with a context, which ends a wait for Next; see [Iter].
// After a NextContext that has returned because its context is done, it returns
// the position of the object that Next will return.
func (iter *Iter) CursorContext(ctx context.Context) (*IterCursor, error) {
	c, err := iter.cursor(ctx)
	return c, iter.wrap("Iter.CursorContext", err)
}

func (iter *Iter) cursor(ctx context.Context) (c *IterCursor, err error) {
	if err := iter.enter(ctx); err != nil {
		return nil, err
	}
	defer iter.leave()
	err = iter.listing.locate(func() (err error) {
		c, err = iter.listing.newCursor()
		return err
	})
	return c, err
}

// newCursor returns the position of l.
func (l *listing) newCursor() (*IterCursor, error) {
	ioctx := l.ioctx
	cursor, err := l.cursor()
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

// SeekCursor moves the iterator to a position that [Iter.Cursor] returned,
// possibly of another iterator of the same pool. Next then advances to the object
// there, or to the following object if that one has been removed. SeekCursor
// returns EINVAL if the cursor is of another pool, and [ErrNotFound] if the pool
// has been deleted. [Iter.SeekCursorContext] returns when its context is done.
//
// Implements: rados_nobjects_list_seek_cursor
func (iter *Iter) SeekCursor(cursor *IterCursor) error {
	return iter.moved(iter.wrap("Iter.SeekCursor", iter.seekCursor(context.Background(), cursor)))
}

// SeekCursorContext is SeekCursor with a context, which ends a wait for Next; see
// [Iter].
func (iter *Iter) SeekCursorContext(ctx context.Context, cursor *IterCursor) error {
	return iter.moved(iter.wrap("Iter.SeekCursorContext", iter.seekCursor(ctx, cursor)))
}

func (iter *Iter) seekCursor(ctx context.Context, c *IterCursor) error {
	return iter.move(ctx, func() error {
		if c == nil || c.handle == nil || c.pool != iter.listing.ioctx.GetPoolID() {
			return radosError(-int(syscall.EINVAL))
		}
		inside, err := c.handle.Enter(nil)
		if err != nil {
			return err
		}
		defer runtime.KeepAlive(c)
		defer c.handle.Exit(inside)
		iter.listing.seekCursor(c.cursor)
		return nil
	})
}

// Object is an object in a listing.
type Object struct {
	Name string
	// Namespace is "" for the default one.
	Namespace string
	// Locator is the key by which the object is placed, or "" if it is placed by its
	// name; see [IOContext.SetLocator].
	Locator string
}

// Objects returns an iterator over the objects of the pool, in the namespace of
// the IOContext, or in all namespaces after SetNamespace(AllNamespaces):
//
//	for object, err := range ioctx.Objects() {
//		if err != nil {
//			return err
//		}
//		fmt.Println(object.Name)
//	}
//
// An error is yielded last, with a zero Object. Leaving the loop ends the listing.
// Objects fetches one object, and then more and more of them together, up to 512.
// So an object may be yielded that has been removed a moment ago, and an object may
// wait for those that are fetched with it, as long as an OSD does not answer. See
// [Iter] for the objects that it lists, and [Iter.Next] for the time that each
// fetch may block. [IOContext.ObjectsContext] ends when its context is done.
func (ioctx *IOContext) Objects() iter.Seq2[Object, error] {
	return ioctx.objects(context.Background(), "Objects")
}

// ObjectsContext is Objects with a context. When ctx is done, or ioctx is closed,
// the iterator yields an [ObjectError] in which errors.Is finds the reason, and
// ends. librados continues the call that is in progress; see [Iter.NextContext].
func (ioctx *IOContext) ObjectsContext(ctx context.Context) iter.Seq2[Object, error] {
	return ioctx.objects(detach.Closable(ctx), "ObjectsContext")
}

// objects is Objects for the method of that name.
func (ioctx *IOContext) objects(ctx context.Context, method string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		err := ioctx.visitObjects(ctx, "Objects", func(o Object) bool { return yield(o, nil) })
		if err != nil {
			yield(Object{}, ioctx.wrap(method, "", err))
		}
	}
}

// visitObjects calls visit for each object until it returns false. It returns EINVAL if visit is nil. op is
// the name of the span.
func (ioctx *IOContext) visitObjects(ctx context.Context, op string, visit func(Object) bool) (err error) {
	defer ioctx.trace(&ctx, op, "", 0).end(nil, &err)
	if err := checkContext(ctx); err != nil {
		return err
	}
	l, err := ioctx.openListing()
	if err != nil {
		return err
	}
	defer l.close()
	if visit == nil {
		return radosError(-int(syscall.EINVAL))
	}
	if err := l.visit(ctx, visit); err != errEnd {
		return err
	}
	return nil
}

// visit calls yield for each object until it returns false, or returns errEnd. It fetches one object, and
// then more and more of them together: so a loop that ends early does not wait for many.
func (l *listing) visit(ctx context.Context, yield func(Object) bool) error {
	p, inCall := newPage(), false // librados uses p
	defer func() {
		if !inCall {
			p.free()
		}
	}()
	for most := 1; ; most = min(2*most, maxPage) {
		f, ended, err := l.fetch(ctx, p.memory, most, nil)
		inCall = !ended
		if err != nil {
			return err
		}
		p.set(f.texts)
		proceed := p.visit(func(o Object) bool {
			if !yield(o) {
				return false
			}
			if err = ctxerr.Of(ctx); err == nil { // which is faster than cmp.Or
				err = l.handle.Err()
			}
			return err == nil
		})
		if !proceed {
			return err
		}
		if f.err != nil {
			return f.err
		}
	}
}

// maxPage is the maximum number of objects that are fetched together; the doc comments of Objects and
// ObjectsSliceContext name it.
const maxPage = 512

// page has the names, namespaces and locators of objects in turn, in memory that is used again.
type page struct {
	memory []byte
	texts  wire.Triples
}

var pages = sync.Pool{New: func() any { return new(page) }}

// newPage returns a page without objects.
func newPage() *page { return pages.Get().(*page) }

// free makes the memory of p available to others, unless it is large.
func (p *page) free() {
	if cap(p.memory) <= 1<<20 {
		p.texts = wire.Triples{}
		pages.Put(p)
	}
}

// set sets the objects in p. texts is in the memory of p, or replaces it, or is nil.
func (p *page) set(texts []byte) {
	p.texts.Rest = texts
	if texts != nil {
		p.memory = texts
	}
}

// next returns the next object in p, or false at the end.
func (p *page) next() (o Object, ok bool) {
	o.Name, o.Namespace, o.Locator, ok = p.texts.Next()
	return o, ok
}

// visit calls yield for each object in p until it returns false, and returns whether it did not.
func (p *page) visit(yield func(Object) bool) bool {
	for o, ok := p.next(); ok; o, ok = p.next() {
		if !yield(o) {
			return false
		}
	}
	return true
}

// maxSlices is the maximum number of slices that differ. With more, the arithmetic
// of librados overflows.
const maxSlices = 1 << 32

// ObjectsSlice returns an iterator over slice n of m slices of the pool, counted
// from 0. Together the slices are the whole pool, and each can be listed by
// another goroutine or machine. The slices have about the same size, because
// objects are distributed by the hash of their names. ObjectsSlice is otherwise
// like [IOContext.Objects]. It yields EINVAL if n is not below m, or m is above
// 2³², the number of hashes. [IOContext.ObjectsSliceContext] ends when its context
// is done.
//
// Implements: rados_object_list
func (ioctx *IOContext) ObjectsSlice(n, m uint64) iter.Seq2[Object, error] {
	return ioctx.objectsSlice(context.Background(), "ObjectsSlice", n, m)
}

// ObjectsSliceContext is ObjectsSlice with a context. When ctx is done, or ioctx
// is closed, librados continues to read the current batch of 512 objects, which
// counts until it is complete; see [Conn.SetMaxBlockingCalls]. The objects of a
// batch that was read before are still yielded. The error that is yielded last is
// an [ObjectError] in which errors.Is finds the reason.
func (ioctx *IOContext) ObjectsSliceContext(ctx context.Context, n, m uint64) iter.Seq2[Object, error] {
	return ioctx.objectsSlice(detach.Closable(ctx), "ObjectsSliceContext", n, m)
}

// objectsSlice is ObjectsSlice for the method of that name.
func (ioctx *IOContext) objectsSlice(ctx context.Context, method string, n, m uint64) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		err := ioctx.visitTracedSlice(ctx, n, m, func(p *page) bool {
			defer p.free()
			return p.visit(func(o Object) bool { return yield(o, nil) })
		})
		if err != nil {
			yield(Object{}, ioctx.wrap(method, "", err))
		}
	}
}

// visitTracedSlice is visitSlice for a listing of one slice.
func (ioctx *IOContext) visitTracedSlice(ctx context.Context, n, m uint64, yield func(*page) bool) (err error) {
	defer ioctx.trace(&ctx, "ObjectsSlice", "", 0).end(nil, &err)
	return ioctx.visitSlice(ctx, n, m, yield)
}

// visitSlice calls yield for each page of a slice until it returns false. yield frees the page.
func (ioctx *IOContext) visitSlice(ctx context.Context, n, m uint64, yield func(*page) bool) error {
	if err := ioctx.precheck(ctx); err != nil {
		return err
	}
	s, err := ioctx.openSlice(n, m)
	if err != nil {
		return err
	}
	inCall := false // librados uses s
	defer func() {
		if !inCall {
			s.close()
		}
	}()
	for !s.ended {
		if err := checkContext(ctx); err != nil {
			return err
		}
		p := newPage()
		fetch := func() fetched { return s.fetch(p.memory) }
		f, ended, err := runKept(ctx, ioctx.blocking(throttle.OSD), fetch, func(fetched) { s.close() })
		inCall = !ended
		if err = cmp.Or(err, f.err); err != nil {
			if ended {
				p.free()
			}
			return err
		}
		p.set(f.texts)
		if !yield(p) {
			return nil
		}
	}
	return nil
}

// slice is a part of a pool that is being listed, from next to finish. It is inside its IOContext
// until it is closed.
type slice struct {
	ioctx        *IOContext
	shard        *handle.Shard
	n, m         uint64  // it is the n-th of m
	next, finish uintptr // 0 before the first fetch
	ended        bool    // next has reached finish
}

// openSlice returns the n-th of m slices.
func (ioctx *IOContext) openSlice(n, m uint64) (*slice, error) {
	shard, err := ioctx.enter() // the cursors are the IOContext's
	if err != nil {
		return nil, err
	}
	if n >= m || m > maxSlices {
		ioctx.exit(shard)
		return nil, radosError(-int(syscall.EINVAL))
	}
	return &slice{ioctx: ioctx, shard: shard, n: n, m: m}, nil
}

// fetch returns the next objects, in memory. The caller has room for it: until
// then no C function is called, so callers that wait for room never block a thread.
func (s *slice) fetch(memory []byte) (f fetched) {
	if s.next == 0 {
		s.begin()
		if s.ended = s.atEnd(); s.ended {
			return f
		}
	}
	_, f.texts, f.err = s.ioctx.listSlice(s.next, s.finish, memory, maxPage, s.next)
	s.ended = s.atEnd()
	return f
}

// begin makes the cursors.
func (s *slice) begin() {
	s.next, s.finish = s.ioctx.listBegin(), s.ioctx.listEnd()
	if s.m > 1 {
		begin, end := s.ioctx.listBegin(), s.ioctx.listEnd()
		s.ioctx.sliceCursors(begin, end, s.n, s.m, s.next, s.finish)
		s.ioctx.freeCursor(begin)
		s.ioctx.freeCursor(end)
	}
}

func (s *slice) atEnd() bool {
	return s.ioctx.isEnd(s.next) != 0 || s.ioctx.compareCursors(s.next, s.finish) >= 0
}

func (s *slice) close() {
	if s.next != 0 {
		s.ioctx.freeCursor(s.next)
		s.ioctx.freeCursor(s.finish)
	}
	s.ioctx.exit(s.shard)
}

// maxWorkers is the maximum number of goroutines that list at the same time.
// SetMaxBlockingCalls limits the number of those that block a thread each.
const maxWorkers = 1024

// ObjectsParallel returns an iterator over the objects of the pool in no
// particular order. It lists workers slices of the pool at the same time, at most
// 1024. The body of the loop runs for one object after the other. ObjectsParallel
// is otherwise like [IOContext.Objects]. [IOContext.ObjectsParallelContext] ends
// when its context is done.
func (ioctx *IOContext) ObjectsParallel(workers int) iter.Seq2[Object, error] {
	return ioctx.objectsParallel(context.Background(), "ObjectsParallel", workers)
}

// ObjectsParallelContext is ObjectsParallel with a context. When ctx is done, or
// ioctx is closed, the workers end, and the iterator yields an [ObjectError] in
// which errors.Is finds the reason. librados continues to read the current batches
// of the workers; see [IOContext.ObjectsSliceContext].
func (ioctx *IOContext) ObjectsParallelContext(ctx context.Context, workers int) iter.Seq2[Object, error] {
	return ioctx.objectsParallel(detach.Closable(ctx), "ObjectsParallelContext", workers)
}

// objectsParallel is ObjectsParallel for the method of that name.
func (ioctx *IOContext) objectsParallel(ctx context.Context, method string, workers int) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		err := ioctx.visitParallel(ctx, uint64(min(max(workers, 1), maxWorkers)), func(o Object) bool { return yield(o, nil) })
		if err != nil {
			yield(Object{}, ioctx.wrap(method, "", err))
		}
	}
}

// visitParallel calls yield for each object until it returns false, or ctx is done.
func (ioctx *IOContext) visitParallel(ctx context.Context, workers uint64, yield func(Object) bool) (err error) {
	defer ioctx.trace(&ctx, "ObjectsParallel", "", 0).end(nil, &err)
	if err := ioctx.precheck(ctx); err != nil {
		return err
	}
	p := parallel{ctx: ctx, found: make(chan *page), stop: make(chan struct{})}
	defer p.end()
	if ctx.Done() != nil { // leaving the loop must not wait for OSDs either
		var cancel context.CancelFunc
		p.ctx, cancel = context.WithCancel(ctx)
		defer cancel() // before end
	}
	p.list(ioctx, workers)
	for found := range p.found {
		proceed := found.visit(func(o Object) bool {
			err = ctxerr.Of(ctx)
			return err == nil && yield(o)
		})
		found.free()
		if !proceed {
			return err
		}
	}
	return p.err()
}

// parallel is a listing by several workers.
type parallel struct {
	ctx     context.Context
	found   chan *page    // closed when all workers have returned
	stop    chan struct{} // closed when the loop has been left
	workers sync.WaitGroup

	mu    sync.Mutex
	first error
}

func (p *parallel) list(ioctx *IOContext, workers uint64) {
	for n := range workers {
		p.workers.Add(1)
		go func() {
			defer p.workers.Done()
			p.fail(ioctx.visitSlice(p.ctx, n, workers, p.put))
		}()
	}
	go func() {
		p.workers.Wait()
		close(p.found)
	}()
}

// put yields a page, and returns false if the loop has been left or the context is done.
func (p *parallel) put(found *page) bool {
	select {
	case p.found <- found:
		return true
	case <-p.ctx.Done():
		p.fail(ctxerr.Of(p.ctx))
		return false
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

// end stops the workers, and waits until they have returned.
func (p *parallel) end() {
	close(p.stop)
	p.workers.Wait()
}
