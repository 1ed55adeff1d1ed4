package radosio

import (
	"fmt"
	"io"
	"io/fs"
	"math"
	"sync"
	"sync/atomic"

	"github.com/go-rados/go-rados/rados"
)

// Object is an open object of a pool with a position, like an os.File. It must be closed
// with Close. The package documentation describes the common behavior of its methods.
type Object struct {
	options
	ioctx     *rados.IOContext // a clone, so that no caller changes its settings
	oid       string
	pool      string
	namespace string

	closed atomic.Bool

	// version is the expected version of CheckVersion. A write holds the lock until it
	// knows the new version.
	versionMu sync.RWMutex
	version   uint64

	// writes counts the completed writes: pieces that were started before are old.
	writes atomic.Int64

	mu         sync.Mutex // guards the position
	pos        int64
	end        int64 // the end that the last Read met, or -1
	sequential bool  // only Read has moved the position since the last Read
	ahead      *ahead
}

var _ interface {
	io.ReadWriteSeeker
	io.ReaderAt
	io.WriterAt
	io.ReaderFrom
	io.WriterTo
	io.Closer
} = (*Object)(nil)

// Open opens object oid for reading and writing, with the position at its first byte. The
// error is fs.ErrNotExist if it does not exist.
func Open(ioctx *rados.IOContext, oid string, opts ...Option) (*Object, error) {
	return open("Open", ioctx, oid, opts, (*Object).stat)
}

// Create creates object oid or makes it empty, and opens it for reading and writing. It
// keeps the extended attributes and the omap of an existing object.
func Create(ioctx *rados.IOContext, oid string, opts ...Option) (*Object, error) {
	return open("Create", ioctx, oid, opts, (*Object).empty)
}

// open returns an Object. begin determines its size, and thereby its version.
func open(op string, ioctx *rados.IOContext, oid string, opts []Option, begin func(*Object) (int64, error)) (*Object, error) {
	o := &Object{oid: oid, end: -1}
	o.pool, _ = ioctx.GetPoolName()
	o.namespace, _ = ioctx.GetNamespace()
	var err error
	if o.options, err = collect(opts); err != nil {
		return nil, o.wrap(op, err)
	}
	if o.ioctx, err = ioctx.Clone(); err != nil {
		return nil, o.wrap(op, bare(err))
	}
	size, err := begin(o)
	if err == nil {
		o.version, err = o.ioctx.GetLastVersion()
	}
	if err != nil {
		o.ioctx.Destroy()
		return nil, o.wrap(op, err)
	}
	o.ahead = newAhead(o, size)
	return o, nil
}

// empty makes the object empty.
func (o *Object) empty() (size int64, err error) {
	op := rados.CreateWriteOp()
	op.Create(rados.CreateIdempotent)
	op.WriteFull(nil) // unlike Truncate it is possible in any erasure-coded pool
	return 0, bare(op.Operate(o.ioctx, o.oid, rados.OperationNoFlag))
}

// stat returns the size of the object.
func (o *Object) stat() (size int64, err error) {
	stat, err := o.ioctx.Stat(o.oid)
	return clamp(stat.Size), err
}

// clamp limits a size so that additions cannot overflow. No object is that large.
func clamp(size uint64) int64 { return int64(min(size, math.MaxInt64/2)) }

// Close closes the Object. It blocks until no piece is being read ahead, but does not wait
// for calls in progress, which complete. Later calls return fs.ErrClosed. A second Close is
// a no-op. The error is always nil.
func (o *Object) Close() error {
	o.closed.Store(true)
	o.ahead.close()
	o.ioctx.Destroy()
	return nil
}

// Seek sets the position of the next Read or Write: whence is io.SeekStart,
// io.SeekCurrent or io.SeekEnd. A position beyond the end is allowed.
//
// Seek drops the data that was read ahead, so that later reads return current data. Only
// Seek(0, io.SeekCurrent), which returns the position, drops nothing.
func (o *Object) Seek(offset int64, whence int) (int64, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed.Load() {
		return 0, o.wrap("Seek", fs.ErrClosed)
	}
	if offset == 0 && whence == io.SeekCurrent {
		return o.pos, nil
	}
	pos, err := o.target(offset, whence)
	if err != nil {
		return 0, o.wrap("Seek", err)
	}
	o.pos, o.end, o.sequential = pos, -1, false
	o.ahead.drop()
	return pos, nil
}

// target returns the new position of Seek.
func (o *Object) target(offset int64, whence int) (int64, error) {
	var base int64
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		base = o.pos
	case io.SeekEnd:
		size, err := o.size()
		if err != nil {
			return 0, err
		}
		base = size
	default:
		return 0, fmt.Errorf("whence %d: %w", whence, fs.ErrInvalid)
	}
	if offset > math.MaxInt64-base || base+offset < 0 {
		return 0, fmt.Errorf("offset %d from %d: %w", offset, base, fs.ErrInvalid)
	}
	return base + offset, nil
}

// size returns the size of the object.
func (o *Object) size() (size int64, err error) {
	if o.checked {
		size, err = o.statVersion()
	} else {
		size, err = o.stat()
	}
	if err != nil {
		return 0, o.explain(err)
	}
	o.ahead.guess.Store(size)
	return size, nil
}
