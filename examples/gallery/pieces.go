package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-rados/go-rados/rados"
)

// pieces stores data of any size in several objects, since an object may have 128 MiB at most
// and should have less. It is a [radosio.ReadWriter], like a striper.Striper, which would do as
// well: but libradosstriper locks an object while it works on it, and the lock stays if the
// program is killed.
type pieces struct {
	ioctx *rados.IOContext
	size  uint64 // of all pieces but the last
}

func pieceOf(id string, n uint64) string { return fmt.Sprintf("content/%s/%d", id, n) }

// part returns the object with the byte at an offset, the offset in it, and how many of the
// bytes in data it has from there on.
func (p *pieces) part(id string, data []byte, offset uint64) (oid string, at uint64, part []byte) {
	at = offset % p.size
	return pieceOf(id, offset/p.size), at, data[:min(uint64(len(data)), p.size-at)]
}

// ReadContext reads into data from offset on. It reads less only at the end.
func (p *pieces) ReadContext(ctx context.Context, id string, data []byte, offset uint64) (n int, err error) {
	for n < len(data) {
		oid, at, part := p.part(id, data[n:], offset+uint64(n))
		m, err := p.ioctx.ReadContext(ctx, oid, part, at)
		n += max(m, 0)
		if errors.Is(err, rados.ErrNotFound) && offset+uint64(n) > 0 {
			return n, nil // the piece before was the last, and full
		}
		if err != nil || m < len(part) {
			return n, err
		}
	}
	return n, nil
}

// WriteContext writes data at offset.
func (p *pieces) WriteContext(ctx context.Context, id string, data []byte, offset uint64) error {
	for len(data) > 0 {
		oid, at, part := p.part(id, data, offset)
		if err := p.ioctx.WriteContext(ctx, oid, part, at); err != nil {
			return err
		}
		data, offset = data[len(part):], offset+uint64(len(part))
	}
	return nil
}

// remove removes all pieces, the last one first: if it is interrupted, those that are left can
// be found from the first one on.
func (p *pieces) remove(ctx context.Context, id string) error {
	var count uint64
	for {
		_, err := p.ioctx.StatContext(ctx, pieceOf(id, count))
		if errors.Is(err, rados.ErrNotFound) {
			break
		}
		if err != nil {
			return err
		}
		count++
	}
	for n := count; n > 0; n-- {
		if err := ignoreMissing(p.ioctx.DeleteContext(ctx, pieceOf(id, n-1))); err != nil {
			return err
		}
	}
	return nil
}
