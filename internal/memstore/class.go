package memstore

import (
	"cmp"
	"encoding/binary"
	"slices"
	"syscall"
	"time"
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
	d := decoder{rest: s.Data}
	d.rest = d.versioned()
	name := d.text()
	cookie := ""
	if s.Key == "unlock" {
		cookie = d.text()
	}
	switch {
	case d.failed:
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
	d := decoder{rest: input}
	d.rest = d.versioned()
	r := &LockRequest{Name: d.text(), Type: LockType(d.byte()), Cookie: d.text(), Tag: d.text()}
	if complete {
		r.Description = d.text()
		r.Duration = time.Duration(d.uint32()) * time.Second
		r.Duration += time.Duration(d.uint32())
		r.Flags = d.byte()
	}
	return r, !d.failed
}

// encodeInfo encodes the answer of get_info: each holder, without the address, and the lock.
func encodeInfo(l lock) []byte {
	out := binary.LittleEndian.AppendUint32(nil, uint32(len(l.lockers)))
	for _, h := range l.lockers {
		out = appendVersioned(out, appendText(appendText(nil, h.Client), h.Cookie))
		out = appendVersioned(out, appendText(nil, h.Description))
	}
	out = append(out, byte(l.kind))
	return appendVersioned(nil, appendText(out, l.tag))
}

func appendText[T string | []byte](b []byte, text T) []byte {
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(text))), text...)
}

// appendVersioned appends a structure, with its version and its length.
func appendVersioned(b, structure []byte) []byte {
	return appendText(append(b, 1, 1), structure)
}

// decoder takes values of Ceph's encoding from the front of a buffer. After a failure all values are
// zero.
type decoder struct {
	rest   []byte
	failed bool
}

func (d *decoder) take(n uint32) []byte {
	if d.failed || int64(n) > int64(len(d.rest)) {
		d.failed = true
		return nil
	}
	taken := d.rest[:n]
	d.rest = d.rest[n:]
	return slices.Clip(taken)
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

func (d *decoder) text() string { return string(d.take(d.uint32())) }

// versioned returns the content of a structure.
func (d *decoder) versioned() []byte {
	d.take(2)
	return d.take(d.uint32())
}
