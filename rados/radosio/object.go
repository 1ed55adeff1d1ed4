package radosio

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"math"
	"sync/atomic"
	"syscall"

	"github.com/go-rados/go-rados/internal/ctxerr"
	"github.com/go-rados/go-rados/rados"
)

// Object is an open object of a pool with a position, like an os.File. It must be closed
// with Close. The package documentation describes the common behavior of its methods.
type Object struct {
	*state
	ctx context.Context // ends the calls of the methods
}

// state is what an Object shares with those that WithContext returns.
type state struct {
	options
	ioctx     *rados.IOContext // a clone, so that no caller changes its settings
	oid       string
	pool      string
	namespace string

	closed atomic.Bool

	// version is the expected version of CheckVersion. A write holds the lock until it
	// knows the new version.
	versionLock rwLock
	version     uint64

	// writes counts the completed writes: pieces that were started before are old.
	writes atomic.Int64

	position   rwLock // guards the fields that follow; no method only reads them
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
// error is fs.ErrNotExist if it does not exist. [OpenContext] returns when its context is done.
func Open(ioctx *rados.IOContext, oid string, opts ...Option) (*Object, error) {
	return open(context.Background(), "Open", ioctx, oid, opts, (*Object).stat)
}

// OpenContext is Open with a context. When ctx is done, it is cancelled and returns an error
// in which errors.Is finds ctx.Err(). ctx has no effect on the Object that it returns; see
// [Object.WithContext].
func OpenContext(ctx context.Context, ioctx *rados.IOContext, oid string, opts ...Option) (*Object, error) {
	return open(ctx, "OpenContext", ioctx, oid, opts, (*Object).stat)
}

// Create creates object oid or makes it empty, and opens it for reading and writing. It
// keeps the extended attributes and the omap of an existing object. [CreateContext] returns when
// its context is done.
func Create(ioctx *rados.IOContext, oid string, opts ...Option) (*Object, error) {
	return open(context.Background(), "Create", ioctx, oid, opts, (*Object).empty)
}

// CreateContext is Create with a context. When ctx is done, it is cancelled and returns an
// error in which errors.Is finds ctx.Err() and rados.ErrOutcomeUnknown: the object may have
// been created or made empty. ctx has no effect on the Object that it returns; see
// [Object.WithContext].
func CreateContext(ctx context.Context, ioctx *rados.IOContext, oid string, opts ...Option) (*Object, error) {
	return open(ctx, "CreateContext", ioctx, oid, opts, (*Object).empty)
}

// newState returns the state of an Object that has not been opened yet: its errors name the pool and the object.
func newState(ioctx *rados.IOContext, oid string) *state {
	s := &state{oid: oid, end: -1}
	s.pool, _ = ioctx.GetPoolName()
	s.namespace, _ = ioctx.GetNamespace()
	return s
}

// open returns an Object. begin determines its size, and thereby its version.
func open(ctx context.Context, op string, ioctx *rados.IOContext, oid string, opts []Option, begin func(*Object) (int64, error)) (*Object, error) {
	o := &Object{newState(ioctx, oid), ctx}
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
	o.ahead = newAhead(o.state, size)
	return o.WithContext(context.Background()), nil
}

// WithContext returns an Object whose methods end with ctx: io.Copy(w, obj.WithContext(ctx))
// for example. It has the position, the data that was read ahead and the lifetime in common
// with o; Close closes both.
//
// When ctx is done, calls in progress are cancelled, and they and all later calls return an
// error in which errors.Is finds ctx.Err(), and rados.ErrOutcomeUnknown if a write was
// cancelled: then the cluster may have stored its chunk, and writes after CheckVersion
// return ErrChanged if it has. What the methods of the returned Object read ahead ends
// as well. Seek waits for the cluster only with io.SeekEnd. ctx does not end a call of the
// reader of ReadFrom or of the writer of WriteTo, nor Close, which does not wait for the
// cluster.
func (o *Object) WithContext(ctx context.Context) *Object { return &Object{o.state, ctx} }

// usable returns an error if o is closed, or its context is nil or done.
func (o *Object) usable() error {
	switch {
	case o.closed.Load():
		return fs.ErrClosed
	case o.ctx == nil:
		return syscall.EINVAL
	}
	return ctxerr.Of(o.ctx)
}

// lock waits for the position. position.unlock releases it.
func (o *Object) lock() error {
	if err := o.usable(); err != nil {
		return err
	}
	return o.position.lock(o.ctx)
}

// empty makes the object empty.
func (o *Object) empty() (size int64, err error) {
	op := rados.CreateWriteOp()
	op.Create(rados.CreateIdempotent)
	op.WriteFull(nil) // unlike Truncate it is possible in any erasure-coded pool
	return 0, bare(op.OperateContext(o.ctx, o.ioctx, o.oid, rados.OperationNoFlag))
}

// stat returns the size of the object.
func (o *Object) stat() (size int64, err error) {
	stat, err := o.ioctx.StatContext(o.ctx, o.oid)
	return clamp(stat.Size), bare(err)
}

// clamp limits a size so that additions cannot overflow. No object is that large.
func clamp(size uint64) int64 { return int64(min(size, math.MaxInt64/2)) }

// Close closes the Object. It cancels the reading ahead, and does not wait for calls in
// progress. Later calls return fs.ErrClosed. A second Close is a no-op. The error is always
// nil.
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
	if err := o.lock(); err != nil {
		return 0, o.wrap("Seek", err)
	}
	defer o.position.unlock()
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
