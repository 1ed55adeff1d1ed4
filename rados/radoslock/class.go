package radoslock

import (
	"errors"

	"github.com/go-rados/go-rados/internal/encoding"
)

// The methods of the object class "lock" and their arguments. librados has functions for them, but none that is
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
	var e encoding.Encoder
	e.Text(m.name)
	e.Byte(m.lockType())
	e.Text(cookie)
	e.Text(m.tag)
	e.Text(m.description)
	e.Duration(m.duration)
	e.Byte(flags)
	return e.Versioned()
}

// assertRequest returns the input of the method "assert_locked".
func (m *Mutex) assertRequest(cookie string) []byte {
	var e encoding.Encoder
	e.Text(m.name)
	e.Byte(m.lockType())
	e.Text(cookie)
	e.Text(m.tag)
	return e.Versioned()
}

// infoRequest returns the input of the method "get_info".
func (m *Mutex) infoRequest() []byte {
	var e encoding.Encoder
	e.Text(m.name)
	return e.Versioned()
}

// info is the answer of the method "get_info", without the holders' properties.
type info struct {
	holders  int
	lockType byte
	tag      string
}

var errInfo = errors.New("malformed answer of the lock class")

func decodeInfo(answer []byte) (i info, err error) {
	d := encoding.NewDecoder(encoding.NewDecoder(answer).Versioned())
	count := d.Uint32()
	for range count {
		d.Versioned() // the client and its cookie
		d.Versioned() // expiration, address and description
		if d.Failed() {
			break
		}
	}
	i = info{holders: int(count), lockType: d.Byte(), tag: d.Text()}
	if d.Failed() {
		return info{}, errInfo
	}
	return i, nil
}
