// Package encoding has the encoding of Ceph in which the methods of object classes take arguments and
// answer. It is the same in all releases.
package encoding

import (
	"encoding/binary"
	"slices"
	"time"
)

// Encoder appends values.
type Encoder struct{ buf []byte }

// Byte appends a number of eight bits.
func (e *Encoder) Byte(b byte) { e.buf = append(e.buf, b) }

// Uint32 appends a number.
func (e *Encoder) Uint32(n uint32) { e.buf = binary.LittleEndian.AppendUint32(e.buf, n) }

// Text appends a text after its length.
func (e *Encoder) Text(s string) {
	e.Uint32(uint32(len(s)))
	e.buf = append(e.buf, s...)
}

// Duration appends a duration.
func (e *Encoder) Duration(d time.Duration) {
	e.Uint32(uint32(d / time.Second))
	e.Uint32(uint32(d % time.Second))
}

// Append appends what another Encoder has encoded.
func (e *Encoder) Append(encoded []byte) { e.buf = append(e.buf, encoded...) }

// Versioned returns the encoded structure, with its version and its length.
func (e *Encoder) Versioned() []byte {
	var s Encoder
	s.Byte(1) // its version
	s.Byte(1) // the oldest version that can decode it
	s.Uint32(uint32(len(e.buf)))
	s.Append(e.buf)
	return s.buf
}

// Decoder takes values from the front of a buffer. After a failure all values are zero.
type Decoder struct {
	rest   []byte
	failed bool
}

// NewDecoder returns a Decoder of a buffer.
func NewDecoder(buf []byte) *Decoder { return &Decoder{rest: buf} }

// Failed reports whether a value was missing or cut short.
func (d *Decoder) Failed() bool { return d.failed }

func (d *Decoder) take(n uint32) []byte {
	if d.failed || int64(n) > int64(len(d.rest)) {
		d.failed = true
		return nil
	}
	taken := d.rest[:n]
	d.rest = d.rest[n:]
	return slices.Clip(taken)
}

// Byte takes a number of eight bits.
func (d *Decoder) Byte() byte {
	b := d.take(1)
	if d.failed {
		return 0
	}
	return b[0]
}

// Uint32 takes a number.
func (d *Decoder) Uint32() uint32 {
	b := d.take(4)
	if d.failed {
		return 0
	}
	return binary.LittleEndian.Uint32(b)
}

// Text takes a text.
func (d *Decoder) Text() string { return string(d.take(d.Uint32())) }

// Duration takes a duration.
func (d *Decoder) Duration() time.Duration {
	seconds := time.Duration(d.Uint32()) * time.Second
	return seconds + time.Duration(d.Uint32())
}

// Versioned takes a structure and returns its content.
func (d *Decoder) Versioned() []byte {
	d.take(2)
	return d.take(d.Uint32())
}
