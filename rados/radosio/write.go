package radosio

import (
	"io"
	"io/fs"
)

// WriteAt writes p at offset off. A gap between the end of the object and off reads as
// zeros. It returns the number of bytes that are known to be written: fewer than len(p)
// only with an error. It does not use or move the position.
func (o *Object) WriteAt(p []byte, off int64) (int, error) {
	return o.write("WriteAt", p, off)
}

// Write writes p at the position, and advances it. Otherwise it is like WriteAt.
func (o *Object) Write(p []byte) (int, error) {
	if err := o.lock(); err != nil {
		return 0, o.wrap("Write", err)
	}
	defer o.position.unlock()
	return o.writeOn("Write", p)
}

// ReadFrom writes the data of r at the position, and advances it. Data that r returned
// before an error is written. ReadFrom fills a chunk before it writes it, even if r is
// slow. io.Copy calls it.
func (o *Object) ReadFrom(r io.Reader) (total int64, err error) {
	if err := o.lock(); err != nil {
		return 0, o.wrap("ReadFrom", err)
	}
	defer o.position.unlock()
	buf := make([]byte, o.chunk)
	for {
		n, fault := readFull(r, buf)
		m, err := o.writeOn("ReadFrom", buf[:n])
		total += int64(m)
		switch {
		case err != nil:
			return total, err
		case fault == io.EOF:
			return total, nil
		case fault != nil:
			return total, fault
		}
	}
}

// readFull fills p from r. Unlike io.ReadFull it distinguishes the end of r from an
// io.ErrUnexpectedEOF that r returns.
func readFull(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var m int
		m, err = r.Read(p[n:])
		n += m
	}
	return n, err
}

// writeOn writes p at the position, and advances it.
func (o *Object) writeOn(op string, p []byte) (int, error) {
	n, err := o.write(op, p, o.pos)
	o.pos += int64(n)
	o.end, o.sequential = -1, false
	return n, err
}

func (o *Object) write(op string, p []byte, off int64) (n int, err error) {
	if err := o.usable(); err != nil {
		return 0, o.wrap(op, err)
	}
	if off < 0 {
		return 0, o.wrapAt(op, off, fs.ErrInvalid)
	}
	for n < len(p) {
		chunk := p[n:min(n+o.chunk, len(p))]
		if err := o.writeChunk(chunk, off+int64(n)); err != nil {
			return n, o.wrapAt(op, off+int64(n), err)
		}
		n += len(chunk)
	}
	return n, nil
}

// writeChunk writes p at off. Pieces that were read ahead before count as old even if it
// fails, since an operation that timed out may have been performed.
func (o *Object) writeChunk(p []byte, off int64) (err error) {
	if o.checked {
		err = o.writeVersion(p, off)
	} else {
		err = o.ioctx.WriteContext(o.ctx, o.oid, p, uint64(off))
	}
	o.writes.Add(1)
	if err != nil {
		return o.explain(err)
	}
	o.ahead.reaches(off + int64(len(p)))
	return nil
}
