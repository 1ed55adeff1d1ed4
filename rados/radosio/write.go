package radosio

import (
	"io"
	"io/fs"
)

// WriteAt writes p from byte off on. What is missing between the end of the object and
// off reads as zeros. It returns how many bytes are known to be written: fewer than
// len(p) only with an error. It neither uses nor moves the position.
func (o *Object) WriteAt(p []byte, off int64) (int, error) {
	return o.write("WriteAt", p, off)
}

// Write writes p from the position on, and moves it behind what was written. Otherwise
// it is like WriteAt.
func (o *Object) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.writeOn("Write", p)
}

// ReadFrom writes all that r has from the position on, and moves it behind that. What
// was read of r before an error is written. It serves io.Copy. It collects a chunk before
// it writes it, however slow r is.
func (o *Object) ReadFrom(r io.Reader) (total int64, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
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

// readFull fills p as far as r goes. Unlike io.ReadFull it tells the end of r from
// the io.ErrUnexpectedEOF of a reader of something that is cut short.
func readFull(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var m int
		m, err = r.Read(p[n:])
		n += m
	}
	return n, err
}

// writeOn writes p at the position, and moves it.
func (o *Object) writeOn(op string, p []byte) (int, error) {
	n, err := o.write(op, p, o.pos)
	o.pos += int64(n)
	o.end, o.sequential = -1, false
	return n, err
}

func (o *Object) write(op string, p []byte, off int64) (n int, err error) {
	switch {
	case o.closed.Load():
		return 0, o.wrap(op, fs.ErrClosed)
	case off < 0:
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

// writeChunk writes p at off. Whatever came of it, what was fetched ahead before may be
// old: an operation that timed out may have been performed nevertheless.
func (o *Object) writeChunk(p []byte, off int64) (err error) {
	if o.checked {
		err = o.writeVersion(p, off)
	} else {
		err = o.ioctx.Write(o.oid, p, uint64(off))
	}
	o.writes.Add(1)
	if err != nil {
		return o.explain(err)
	}
	o.ahead.reaches(off + int64(len(p)))
	return nil
}
