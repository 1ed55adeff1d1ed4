package memstore

import (
	"cmp"
	"syscall"

	"github.com/go-rados/go-rados/internal/encoding"
)

// The methods of object classes that exist: those of "lock" that package radoslock calls, and two of
// "hello", which Ceph has as an example.

// exec calls a method of an object class.
func (t *transaction) exec(s *Step) int {
	switch s.method() {
	case "hello.say_hello", "hello.record_hello":
		return t.hello(s)
	case "lock.lock", "lock.assert_locked":
		r, ok := decodeLock(s.Data, s.Key == "lock")
		switch {
		case !ok:
			return code(syscall.EINVAL)
		case s.Key == "lock":
			return t.takeLock(r)
		}
		return t.assertLocked(r)
	}
	d := encoding.NewDecoder(encoding.NewDecoder(s.Data).Versioned())
	name := d.Text()
	cookie := ""
	if s.Key == "unlock" {
		cookie = d.Text()
	}
	switch {
	case d.Failed():
		return code(syscall.EINVAL)
	case s.Key == "unlock":
		return t.releaseLock(name, ClientName(t.view.Client), cookie)
	case !t.exists:
		return code(syscall.ENOENT)
	}
	s.Out = encodeInfo(t.now.lock(name))
	return 0
}

// methods are the methods of object classes, and whether they change objects, which they then create.
var methods = map[string]bool{
	"hello.record_hello": true,
	"hello.say_hello":    false,
	"lock.assert_locked": false,
	"lock.get_info":      false,
	"lock.lock":          true,
	"lock.unlock":        true,
}

func (s *Step) method() string { return s.Name + "." + s.Key }

// isUnknown reports whether the step calls a method that does not exist.
func (s *Step) isUnknown() bool {
	_, known := methods[s.method()]
	return s.Kind == Exec && !known
}

// hello returns a greeting, or writes it to an object that does not exist yet.
func (t *transaction) hello(s *Step) int {
	if len(s.Data) > 100 {
		return code(syscall.EINVAL)
	}
	greeting := "Hello, " + cmp.Or(string(s.Data), "world") + "!"
	switch {
	case s.Key == "say_hello" && !t.exists:
		return code(syscall.ENOENT)
	case s.Key == "say_hello":
		s.Out = []byte(greeting)
	case t.exists:
		return code(syscall.EEXIST)
	default:
		t.now.data, t.ownData = []byte(greeting), true
		t.change(true)
	}
	return 0
}

// decodeLock decodes the input of the method lock or, if not complete, of assert_locked.
func decodeLock(input []byte, complete bool) (*LockRequest, bool) {
	d := encoding.NewDecoder(encoding.NewDecoder(input).Versioned())
	r := &LockRequest{Name: d.Text(), Type: LockType(d.Byte()), Cookie: d.Text(), Tag: d.Text()}
	if complete {
		r.Description, r.Duration, r.Flags = d.Text(), d.Duration(), d.Byte()
	}
	return r, !d.Failed()
}

// encodeInfo encodes the answer of get_info: each holder, without the address, and the lock.
func encodeInfo(l lock) []byte {
	var out encoding.Encoder
	out.Uint32(uint32(len(l.lockers)))
	for _, h := range l.lockers {
		var id, properties encoding.Encoder
		id.Text(h.Client)
		id.Text(h.Cookie)
		properties.Text(h.Description)
		out.Append(id.Versioned())
		out.Append(properties.Versioned())
	}
	out.Byte(byte(l.kind))
	out.Text(l.tag)
	return out.Versioned()
}
