package radosio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/go-rados/go-rados/rados"
)

// ReadWriter are the methods that an [ObjectAt] needs. *striper.Striper and *rados.IOContext have
// them; package radosio does not import package striper, so that only programs which do are linked
// with libradosstriper.
type ReadWriter interface {
	ReadContext(ctx context.Context, oid string, data []byte, offset uint64) (int, error)
	WriteContext(ctx context.Context, oid string, data []byte, offset uint64) error
}

// ObjectAt reads and writes an object at any offset. With a *striper.Striper the object may be
// larger than osd_max_object_size. It need not be closed, and is safe for concurrent use.
type ObjectAt struct {
	ctx context.Context
	rw  ReadWriter
	oid string
}

var _ interface {
	io.ReaderAt
	io.WriterAt
} = (*ObjectAt)(nil)

// NewObjectAt returns an ObjectAt for object oid. The object need not exist. ctx ends the calls of its
// methods.
func NewObjectAt(ctx context.Context, rw ReadWriter, oid string) *ObjectAt {
	return &ObjectAt{ctx, rw, oid}
}

// atChunk is the number of bytes that one call transfers: many objects of a stripe, but less than
// osd_max_write_size, the limit of an object that is not striped.
const atChunk = 32 << 20

// ReadAt reads len(p) bytes at offset off. It returns fewer only with an error, which is io.EOF at the
// end of the object.
func (o *ObjectAt) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, o.wrap("ReadAt", off, fs.ErrInvalid)
	}
	for n < len(p) {
		want := min(atChunk, len(p)-n)
		m, err := o.rw.ReadContext(o.ctx, o.oid, p[n:n+want], uint64(off)+uint64(n))
		n += m
		if err != nil {
			return n, o.wrap("ReadAt", off+int64(n), err)
		}
		if m < want {
			return n, io.EOF
		}
	}
	return n, nil
}

// WriteAt writes p at offset off, and creates the object if it does not exist. After an error the
// bytes from off+n on may have been written, too.
func (o *ObjectAt) WriteAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, o.wrap("WriteAt", off, fs.ErrInvalid)
	}
	for n < len(p) {
		want := min(atChunk, len(p)-n)
		if err := o.rw.WriteContext(o.ctx, o.oid, p[n:n+want], uint64(off)+uint64(n)); err != nil {
			return n, o.wrap("WriteAt", off+int64(n), err)
		}
		n += want
	}
	return n, nil
}

// wrap adds the operation, the object and the offset to err. The pool is known if err names it.
func (o *ObjectAt) wrap(op string, off int64, err error) error {
	wrapped := rados.ObjectError{Op: op, Object: o.oid, Err: fmt.Errorf("at byte %d: %w", off, bare(err))}
	var inner *rados.ObjectError
	if errors.As(err, &inner) {
		wrapped.Pool, wrapped.Namespace = inner.Pool, inner.Namespace
	}
	return &wrapped
}
