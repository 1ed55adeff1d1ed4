//go:build cgo

package radosmem

import (
	"syscall"
	"unsafe"

	"github.com/go-rados/go-rados/internal/memstore"
)

// #include <stdlib.h>
//
// #include "library.h"
import "C"

// listing is a listing of the objects that there were when it was opened, or moved.
type listing struct {
	io      *ioctx
	space   string // the namespace of the listing
	objects []memstore.Address
	at      int
	ahead   uint64            // the hash from which it goes on: as in librados, after objects yet to be returned
	entry   [3]unsafe.Pointer // the texts that the last call returned
	started bool
}

// cursor is a position in a pool: that of an object, or of all objects with a hash from it on.
type cursor struct {
	hash   uint64
	object *memstore.Address
}

// lastHash is that of the position after all objects.
const lastHash = 1 << 32

func (c cursor) compare(d cursor) int {
	switch {
	case c.hash < d.hash:
		return -1
	case c.hash > d.hash:
		return 1
	case c.object == nil && d.object == nil:
		return 0
	case c.object == nil:
		return -1
	case d.object == nil:
		return 1
	}
	return c.object.Compare(*d.object)
}

func cursorAt(a memstore.Address) cursor { return cursor{uint64(a.Hash()), &a} }

// seek returns the number of the first object that is not before c.
func seek(objects []memstore.Address, c cursor) int {
	for i, a := range objects {
		if cursorAt(a).compare(c) >= 0 {
			return i
		}
	}
	return len(objects)
}

// position returns that of the object that was returned last, or of the next one before any was returned.
func (ls *listing) position() cursor {
	at := ls.at
	if ls.started {
		at--
	}
	if at < len(ls.objects) {
		return cursorAt(ls.objects[at])
	}
	return cursor{hash: lastHash}
}

// move makes the listing continue at a position.
func (ls *listing) move(c cursor) {
	ls.objects = ls.io.pool.List(ls.space)
	ls.at, ls.started, ls.ahead = seek(ls.objects, c), false, c.hash
}

func (ls *listing) free() {
	for i, p := range ls.entry {
		C.free(p)
		ls.entry[i] = nil
	}
}

// dispatchListing performs a request about listings, and reports whether it is one.
func (l *library) dispatchListing(r *request) bool {
	var ret int64
	switch r.c.function {
	case C.RADOSMEM_LIST_OPEN:
		io := handle[ioctx](l, r.number(0))
		ls := &listing{io: io, space: io.view.Namespace}
		ls.move(cursor{})
		ret = int64(l.add(ls))
	case C.RADOSMEM_LIST_CLOSE:
		l.remove(r.number(0)).(*listing).free()
	case C.RADOSMEM_LIST_NEXT:
		ret = handle[listing](l, r.number(0)).next(r)
	case C.RADOSMEM_LIST_POSITION:
		ret = int64(min(handle[listing](l, r.number(0)).ahead, lastHash-1))
	case C.RADOSMEM_LIST_SEEK:
		handle[listing](l, r.number(0)).move(cursor{hash: r.number(1)})
		ret = int64(r.number(1))
	case C.RADOSMEM_LIST_CURSOR:
		c := handle[listing](l, r.number(0)).position()
		ret = int64(l.add(&c))
	case C.RADOSMEM_LIST_SEEK_CURSOR:
		c := handle[cursor](l, r.number(1))
		handle[listing](l, r.number(0)).move(*c)
		ret = int64(min(c.hash, lastHash-1))
	case C.RADOSMEM_LIST_SLICE:
		ret = l.listSlice(r)
	case C.RADOSMEM_CURSOR_NEW:
		ret = int64(l.add(&cursor{hash: r.number(1) * lastHash}))
	case C.RADOSMEM_CURSOR_FREE:
		l.remove(r.number(1))
	case C.RADOSMEM_CURSOR_COMPARE:
		with := cursor{hash: lastHash}
		if c := handle[cursor](l, r.number(2)); c != nil {
			with = *c
		}
		ret = int64(handle[cursor](l, r.number(1)).compare(with))
	case C.RADOSMEM_CURSOR_SLICE:
		l.slice(r)
	default:
		return false
	}
	r.answer(ret)
	return true
}

// next returns the next object.
func (ls *listing) next(r *request) int64 {
	ls.free()
	if ls.at == len(ls.objects) || !ls.io.pool.Exists() {
		ls.started = false
		return errno(syscall.ENOENT)
	}
	a := ls.objects[ls.at]
	ls.at++
	ls.started, ls.ahead = true, lastHash
	if ls.at < len(ls.objects) {
		ls.ahead = uint64(ls.objects[ls.at].Hash())
	}
	for i, text := range []string{a.Name, a.Locator, a.Namespace} {
		if i != 1 || text != "" {
			ls.entry[i] = allocate([]byte(text))
		}
		store(r.number(1+i), number(ls.entry[i]))
		store(r.number(4+i), C.size_t(len(text)))
	}
	return 0
}

// slice sets two cursors to the bounds of part n of m of a slice.
func (l *library) slice(r *request) {
	start, finish := handle[cursor](l, r.number(1)), handle[cursor](l, r.number(2))
	n, m := r.number(3), r.number(4)
	at := func(n uint64) cursor {
		switch n {
		case 0:
			return *start
		case m:
			return *finish
		}
		return cursor{hash: start.hash + (finish.hash-start.hash)*n/m}
	}
	from, to := at(n), at(n+1)
	*handle[cursor](l, r.number(5)), *handle[cursor](l, r.number(6)) = from, to
}

// listSlice returns a page of the objects between two cursors.
func (l *library) listSlice(r *request) int64 {
	io := handle[ioctx](l, r.number(0))
	if !io.pool.Exists() {
		return errno(syscall.ENOENT)
	}
	start, finish := *handle[cursor](l, r.number(1)), *handle[cursor](l, r.number(2))
	objects := io.pool.List(io.view.Namespace)
	objects = objects[:seek(objects, finish)]
	at, n := seek(objects, start), uint64(0)
	for ; at < len(objects) && n < r.number(3); at++ {
		a := objects[at]
		item := r.number(4) + n*6*8 // a length and an address for each text
		for _, text := range []string{a.Name, a.Namespace, a.Locator} {
			store(item, C.size_t(len(text)))
			if text != "" {
				store(item+8, number(allocate([]byte(text))))
			}
			item += 16
		}
		n++
	}
	next := finish
	if at < len(objects) {
		next = cursorAt(objects[at])
	}
	*handle[cursor](l, r.number(5)) = next
	return int64(n)
}
