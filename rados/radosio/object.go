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

// Object is an object of a pool with a position in it, as an os.File is of a file. It
// must be ended with Close. The package's documentation says what its methods have in
// common.
type Object struct {
	options
	ioctx     *rados.IOContext // its own, so that nobody else changes what is set on it
	oid       string
	pool      string
	namespace string

	closed atomic.Bool

	// version is what CheckVersion compares with. A write holds the lock for as long
	// as it takes to make the version another one.
	versionMu sync.RWMutex
	version   uint64

	// writes counts the writes that have ended: what was fetched before is old.
	writes atomic.Int64

	mu         sync.Mutex // of those that use the position
	pos        int64
	end        int64 // where the last Read came upon the end, or -1
	sequential bool  // nothing but Read has moved the position since the last Read
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

// Open opens object oid for reading and writing, from its first byte on. errors.Is
// finds fs.ErrNotExist if there is no such object.
func Open(ioctx *rados.IOContext, oid string, opts ...Option) (*Object, error) {
	return open("Open", ioctx, oid, opts, (*Object).stat)
}

// Create makes oid an empty object, whether it exists or not, and opens it for reading
// and writing. Extended attributes and omap of one that exists stay.
func Create(ioctx *rados.IOContext, oid string, opts ...Option) (*Object, error) {
	return open("Create", ioctx, oid, opts, (*Object).empty)
}

// open makes an Object; begin finds out its size, and thereby its version.
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

// empty makes the object an empty one.
func (o *Object) empty() (size int64, err error) {
	op := rados.CreateWriteOp()
	op.Create(rados.CreateIdempotent)
	op.Truncate(0)
	return 0, bare(op.Operate(o.ioctx, o.oid, rados.OperationNoFlag))
}

// stat asks for the size of the object.
func (o *Object) stat() (size int64, err error) {
	stat, err := o.ioctx.Stat(o.oid)
	return clamp(stat.Size), err
}

// clamp leaves room to go beyond a size without an overflow. No object is as large.
func clamp(size uint64) int64 { return int64(min(size, math.MaxInt64/2)) }

// Close ends the Object. It waits for what is being fetched ahead, but not for calls
// under way, which are completed. Later calls return fs.ErrClosed. A second Close does
// nothing. The error is always nil.
func (o *Object) Close() error {
	o.closed.Store(true)
	o.ahead.close()
	o.ioctx.Destroy()
	return nil
}

// Seek moves the position, from where the next Read or Write goes on: whence is
// io.SeekStart, io.SeekCurrent or io.SeekEnd. A position beyond the end is allowed.
//
// What was fetched ahead is dropped, so that what is read afterwards is what the object
// has afterwards. Only Seek(0, io.SeekCurrent), which tells the position, drops nothing.
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

// target is the position that Seek is asked for.
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

// size asks for the size of the object.
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
