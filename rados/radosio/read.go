package radosio

import (
	"errors"
	"io"
	"io/fs"

	"github.com/go-rados/go-rados/internal/ctxerr"
)

// ReadAt reads len(p) bytes at offset off from the cluster. It returns fewer only with an
// error, which is io.EOF at the end of the object. It does not use or move the position.
func (o *Object) ReadAt(p []byte, off int64) (n int, err error) {
	if err := o.usable(); err != nil {
		return 0, o.wrap("ReadAt", err)
	}
	if off < 0 {
		return 0, o.wrapAt("ReadAt", off, fs.ErrInvalid)
	}
	for n < len(p) {
		want := min(o.chunk, len(p)-n)
		m, err := o.readChunk(p[n:n+want], off+int64(n))
		n += m
		if err != nil {
			return n, o.wrapAt("ReadAt", off+int64(n), err)
		}
		if m < want {
			return n, io.EOF
		}
	}
	return n, nil
}

// Read reads up to len(p) bytes at the position, and advances it. At the end of the object
// it returns io.EOF; the next Read asks the cluster again.
func (o *Object) Read(p []byte) (n int, err error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := o.lock(); err != nil {
		return 0, o.wrap("Read", err)
	}
	defer o.position.unlock()
	data, err := o.peek(func() []byte { return p })
	switch {
	case err == io.EOF:
		return 0, io.EOF
	case err != nil:
		return 0, o.wrapAt("Read", o.pos, err)
	}
	n = copy(p, data) // copies nothing if data is p
	o.move(n)
	return n, nil
}

// WriteTo reads from the position to the end of the object and writes the data to w. It
// advances the position by the bytes that w accepted. io.Copy calls it.
func (o *Object) WriteTo(w io.Writer) (total int64, err error) {
	if err := o.lock(); err != nil {
		return 0, o.wrap("WriteTo", err)
	}
	defer o.position.unlock()
	var scratch []byte
	for {
		o.sequential = true
		data, err := o.peek(func() []byte {
			if scratch == nil {
				scratch = make([]byte, o.chunk)
			}
			return scratch
		})
		switch {
		case err == io.EOF:
			return total, nil
		case err != nil:
			return total, o.wrapAt("WriteTo", o.pos, err)
		}
		n, err := w.Write(data)
		n = max(0, min(n, len(data)))
		o.move(n)
		total += int64(n)
		switch {
		case err != nil:
			return total, err
		case n < len(data):
			return total, io.ErrShortWrite
		}
	}
}

// peek returns at least one byte at the position without moving it: data that was read
// ahead, or else data from the cluster, in the buffer that buffer returns.
func (o *Object) peek(buffer func() []byte) ([]byte, error) {
	end := o.end
	o.end = -1
	if err := o.usable(); err != nil {
		return nil, err
	}
	if end == o.pos {
		return nil, io.EOF
	}
	if o.ahead.fresh(o.pos) == nil {
		return o.peekDirect(buffer())
	}
	data, err := o.peekAhead()
	if err == errInterrupted {
		if err := o.usable(); err != nil {
			return nil, err
		}
		return o.peekDirect(buffer())
	}
	return data, err
}

// errInterrupted is the error of a piece whose context is done: that of an earlier Read, or of Close.
var errInterrupted = errors.New("interrupted")

// peekAhead waits for the piece at the position.
func (o *Object) peekAhead() ([]byte, error) {
	p := o.ahead.at(o.pos)
	select {
	case <-p.done:
	case <-o.ctx.Done():
		return nil, ctxerr.Of(o.ctx)
	}
	switch {
	case p.err != nil:
		o.ahead.drop() // so that the next call tries again
		return nil, p.err
	case len(p.rest) == 0:
		o.ahead.drop()
		return nil, io.EOF // the object has become shorter
	}
	return p.rest, nil
}

// peekDirect reads into p, and reads ahead the data after it at the same time. The first
// Read does not read ahead, since it may be the only one at its position.
func (o *Object) peekDirect(p []byte) ([]byte, error) {
	p = p[:min(len(p), o.chunk)]
	behind := o.pos + int64(len(p))
	if o.sequential {
		o.ahead.fill(o.ctx, behind)
	}
	o.sequential = true
	n, err := o.readChunk(p, o.pos)
	switch {
	case err != nil:
		o.ahead.drop()
		return nil, err
	case n == 0:
		o.ahead.drop()
		return nil, io.EOF
	case n < len(p):
		o.ahead.drop()
		o.end = o.pos + int64(n)
	case behind > o.ahead.guess.Load():
		o.ahead.reaches(behind + int64(o.window)) // it has grown, and may have grown more
	}
	return p[:n], nil
}

// move advances the position by n bytes that peek returned.
func (o *Object) move(n int) {
	p := o.ahead.at(o.pos)
	o.pos += int64(n)
	if p == nil {
		return
	}
	p.next += int64(n)
	p.rest = p.rest[n:]
	switch {
	case len(p.rest) > 0:
	case p.next < p.to: // there was less than was asked for
		o.end = p.next
		o.ahead.drop()
	default:
		o.ahead.pop()
		o.ahead.fill(o.ctx, o.pos)
	}
}

// readChunk reads one chunk at off. It returns fewer than len(p) bytes only at the end of
// the object.
func (o *Object) readChunk(p []byte, off int64) (n int, err error) {
	if o.checked {
		n, err = o.readVersion(p, off)
	} else {
		n, err = o.ioctx.ReadContext(o.ctx, o.oid, p, uint64(off))
	}
	if err != nil {
		return 0, o.explain(err)
	}
	return n, nil
}
