package radoslock

import (
	"encoding/binary"
	"errors"
	"time"
)

// The methods of the object class "lock" and the encoding of their arguments, which is the
// same in all releases of Ceph. librados has functions for them, but none that is
// asynchronous, so that each waiter would block a thread.

const class = "lock"

// The types of a lock.
const (
	typeExclusive = 1
	typeShared    = 2
)

// The flags of a lock request, as in rados.LockFlags.
const (
	mayRenew  = 1
	mustRenew = 2
)

// lockType returns the type of the lock.
func (o *options) lockType() byte {
	if o.shared {
		return typeShared
	}
	return typeExclusive
}

// lockRequest returns the input of the method "lock".
func (m *Mutex) lockRequest(cookie string, flags byte) []byte {
	var e encoder
	e.text(m.name)
	e.byte(m.lockType())
	e.text(cookie)
	e.text(m.tag)
	e.text(m.description)
	e.duration(m.duration)
	e.byte(flags)
	return e.versioned()
}

// assertRequest returns the input of the method "assert_locked".
func (m *Mutex) assertRequest(cookie string) []byte {
	var e encoder
	e.text(m.name)
	e.byte(m.lockType())
	e.text(cookie)
	e.text(m.tag)
	return e.versioned()
}

// infoRequest returns the input of the method "get_info".
func (m *Mutex) infoRequest() []byte {
	var e encoder
	e.text(m.name)
	return e.versioned()
}

// info is the answer of the method "get_info", without the holders' properties.
type info struct {
	holders  int
	lockType byte
	tag      string
}

var errInfo = errors.New("malformed answer of the lock class")

func decodeInfo(answer []byte) (i info, err error) {
	d := decoder{rest: answer}
	d = decoder{rest: d.versioned()}
	count := d.uint32()
	for range count {
		d.versioned() // the client and its cookie
		d.versioned() // expiration, address and description
		if d.failed {
			break
		}
	}
	i = info{holders: int(count), lockType: d.byte(), tag: string(d.take(int64(d.uint32())))}
	if d.failed {
		return info{}, errInfo
	}
	return i, nil
}

// encoder appends values in the encoding of Ceph.
type encoder struct{ buf []byte }

func (e *encoder) byte(b byte) { e.buf = append(e.buf, b) }

func (e *encoder) uint32(n uint32) { e.buf = binary.LittleEndian.AppendUint32(e.buf, n) }

func (e *encoder) text(s string) {
	e.uint32(uint32(len(s)))
	e.buf = append(e.buf, s...)
}

func (e *encoder) duration(d time.Duration) {
	e.uint32(uint32(d / time.Second))
	e.uint32(uint32(d % time.Second))
}

// versioned returns the encoded structure, with its version and its length.
func (e *encoder) versioned() []byte {
	var s encoder
	s.byte(1) // its version
	s.byte(1) // the oldest version that can decode it
	s.uint32(uint32(len(e.buf)))
	return append(s.buf, e.buf...)
}

// decoder takes values from the front of a buffer. After a failure all values are zero.
type decoder struct {
	rest   []byte
	failed bool
}

func (d *decoder) take(n int64) []byte {
	if d.failed || n > int64(len(d.rest)) {
		d.failed = true
		return nil
	}
	taken := d.rest[:n]
	d.rest = d.rest[n:]
	return taken
}

func (d *decoder) byte() byte {
	b := d.take(1)
	if d.failed {
		return 0
	}
	return b[0]
}

func (d *decoder) uint32() uint32 {
	b := d.take(4)
	if d.failed {
		return 0
	}
	return binary.LittleEndian.Uint32(b)
}

// versioned returns the content of a structure.
func (d *decoder) versioned() []byte {
	d.take(2)
	return d.take(int64(d.uint32()))
}
