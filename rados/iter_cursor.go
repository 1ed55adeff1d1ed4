package rados

import (
	"runtime"
	"syscall"
	"unsafe"

	"github.com/go-rados/go-rados/internal/handle"
)

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
	iter.turn.Lock()
	defer iter.turn.Unlock()
	lane, err := iter.listing.enter()
	if err != nil {
		return nil, err
	}
	defer iter.listing.exit(lane)
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
	runtime.AddCleanup(c, (*handle.Handle).Abandon, h)
	return c, nil
}

// SeekCursor goes to a place that Cursor returned, also of another iterator of the same
// pool; Next then goes on to the object there, or to the one behind if it has been removed.
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
	iter.turn.Lock()
	defer iter.turn.Unlock()
	err := iter.seekCursor(cursor)
	if err == nil {
		iter.set(objectEntry{}, nil)
	}
	return err
}

func (iter *Iter) seekCursor(c *IterCursor) error {
	lane, err := iter.listing.enter()
	if err != nil {
		return err
	}
	defer iter.listing.exit(lane)
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
