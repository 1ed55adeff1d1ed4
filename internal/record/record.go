// Package record encodes the members of C structs into one buffer, the form in which structs
// cross into C and back. Both sides go through the members in the same order, so a record has no
// description of itself. The C half is record.h.
package record

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"syscall"
	"time"
)

// A Writer makes a record for C.
type Writer struct{ data []byte }

// Bytes returns the record.
func (w *Writer) Bytes() []byte { return w.data }

// Number adds a number. A negative one is added in two's complement.
func (w *Writer) Number(n uint64) { w.data = binary.NativeEndian.AppendUint64(w.data, n) }

// Bool adds 1 or 0.
func (w *Writer) Bool(b bool) {
	if b {
		w.Number(1)
	} else {
		w.Number(0)
	}
}

// Text adds a text and a NUL, so that C can use a pointer into the record.
func (w *Writer) Text(text string) {
	w.Number(uint64(len(text)))
	w.data = append(append(w.data, text...), 0)
}

// Data adds bytes. They have a NUL as well, which is not counted.
func (w *Writer) Data(data []byte) {
	w.Number(uint64(len(data)))
	w.data = append(append(w.data, data...), 0)
}

// Time adds a time as seconds and nanoseconds. The zero Time is added as 0.
func (w *Writer) Time(t time.Time) {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	w.Number(uint64(t.Unix()))
	w.Number(uint64(t.Nanosecond()))
}

// A Reader reads a record of C. After its end all values are zero.
type Reader struct{ data []byte }

// NewReader returns a Reader of data.
func NewReader(data []byte) *Reader { return &Reader{data} }

// Number reads a number.
func (r *Reader) Number() uint64 {
	if len(r.data) < 8 {
		r.data = nil
		return 0
	}
	n := binary.NativeEndian.Uint64(r.data)
	r.data = r.data[8:]
	return n
}

// Bool reads a number and reports whether it is not 0.
func (r *Reader) Bool() bool { return r.Number() != 0 }

// bytes reads bytes after their number. They are part of the record.
func (r *Reader) bytes() []byte {
	n := r.Number()
	if n > uint64(len(r.data)) {
		r.data = nil
		return nil
	}
	data := r.data[:n]
	r.data = r.data[n:]
	return data
}

// Text reads a text.
func (r *Reader) Text() string { return string(r.bytes()) }

// Data reads bytes and returns a copy, which is nil if it is empty.
func (r *Reader) Data() []byte { return append([]byte(nil), r.bytes()...) }

// Time reads seconds and nanoseconds.
func (r *Reader) Time() time.Time {
	seconds := int64(r.Number())
	return time.Unix(seconds, int64(r.Number()))
}

// Address reads a struct sockaddr_storage of Linux. It returns the zero AddrPort for an address of neither
// IPv4 nor IPv6.
func (r *Reader) Address() netip.AddrPort {
	data := r.bytes()
	if len(data) < sizeofSockaddrIn6 {
		return netip.AddrPort{}
	}
	var addr netip.Addr
	switch binary.NativeEndian.Uint16(data) {
	case syscall.AF_INET:
		addr = netip.AddrFrom4([4]byte(data[4:8]))
	case syscall.AF_INET6:
		addr = netip.AddrFrom16([16]byte(data[8:24]))
		if scope := binary.NativeEndian.Uint32(data[24:]); scope != 0 {
			addr = addr.WithZone(strconv.FormatUint(uint64(scope), 10))
		}
	default:
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(addr, binary.BigEndian.Uint16(data[2:]))
}

// sizeofSockaddrIn6 is the size of a struct sockaddr_in6, the larger of those in a struct
// sockaddr_storage that Address reads.
const sizeofSockaddrIn6 = 28

// One reads a record of one value.
func One[T any](data []byte, read func(*Reader) T) T { return read(NewReader(data)) }

// Optional reads a record of one value, and returns nil if the record is empty.
func Optional[T any](data []byte, read func(*Reader) T) *T {
	if len(data) == 0 {
		return nil
	}
	value := One(data, read)
	return &value
}

// List reads a number and that many values.
func List[T any](r *Reader, read func(*Reader) T) []T {
	var list []T
	for n := r.Number(); n > 0 && len(r.data) > 0; n-- {
		list = append(list, read(r))
	}
	return list
}

// Fixed reads n values.
func Fixed[T any](r *Reader, n int, read func(*Reader) T) []T {
	list := make([]T, n)
	for i := range list {
		list[i] = read(r)
	}
	return list
}

// Lists reads a record that is a list.
func Lists[T any](data []byte, read func(*Reader) T) []T { return List(NewReader(data), read) }

// Text reads a text of a list.
func Text(r *Reader) string { return r.Text() }
