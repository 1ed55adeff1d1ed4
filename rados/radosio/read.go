package radosio

import (
	"io"
	"io/fs"
)

// ReadAt reads len(p) bytes from byte off on, straight from the cluster. It returns
// fewer only with an error, which is io.EOF at the end of the object. It neither uses
// nor moves the position.
func (o *Object) ReadAt(p []byte, off int64) (n int, err error) {
	if o.closed.Load() {
		return 0, o.wrap("ReadAt", fs.ErrClosed)
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

// Read reads up to len(p) bytes from the position on, and moves it behind them. At the
// end of the object it returns io.EOF; the next Read asks again whether that is still
// the end.
func (o *Object) Read(p []byte) (n int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(p) == 0 {
		return 0, nil
	}
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

// WriteTo reads from the position to the end of the object, and writes that to w. The
// position is moved behind what w took. It serves io.Copy.
func (o *Object) WriteTo(w io.Writer) (total int64, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
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

// peek returns some bytes from the position on, at least one, without moving it: what
// has been fetched ahead, or else what the cluster has, in what buffer returns.
func (o *Object) peek(buffer func() []byte) ([]byte, error) {
	end := o.end
	o.end = -1
	switch {
	case o.closed.Load():
		return nil, fs.ErrClosed
	case end == o.pos:
		return nil, io.EOF
	}
	if o.ahead.fresh(o.pos) == nil {
		return o.peekDirect(buffer())
	}
	return o.peekAhead()
}

// peekAhead waits for what is being fetched at the position.
func (o *Object) peekAhead() ([]byte, error) {
	p := o.ahead.at(o.pos)
	<-p.done
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

// peekDirect reads into p, and has fetched meanwhile what comes behind. The first Read
// fetches nothing ahead: it may be the only one here.
func (o *Object) peekDirect(p []byte) ([]byte, error) {
	p = p[:min(len(p), o.chunk)]
	behind := o.pos + int64(len(p))
	if o.sequential {
		o.ahead.fill(behind)
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

// move moves the position behind n bytes that peek returned.
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
		o.ahead.fill(o.pos)
	}
}

// readChunk reads one chunk at off. There are fewer bytes than p has room for only at
// the end of the object.
func (o *Object) readChunk(p []byte, off int64) (n int, err error) {
	if o.checked {
		n, err = o.readVersion(p, off)
	} else {
		n, err = o.ioctx.Read(o.oid, p, uint64(off))
	}
	if err != nil {
		return 0, o.explain(err)
	}
	return n, nil
}
