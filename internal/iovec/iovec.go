// Package iovec makes the array by which C gets several buffers of Go, without copying them.
package iovec

import (
	"runtime"
	"unsafe"
)

// Pinned is an array of struct iovec. The buffers in it are pinned, so that C may get pointers to them.
type Pinned struct {
	pinner runtime.Pinner
	list   []entry
}

// entry has the layout of a struct iovec.
type entry struct {
	base unsafe.Pointer
	n    uintptr
}

// Pin pins buffers. The caller must call Unpin.
func Pin(buffers [][]byte) *Pinned {
	p := &Pinned{list: make([]entry, len(buffers))}
	for i, b := range buffers {
		if len(b) > 0 {
			p.pinner.Pin(&b[0])
			p.list[i] = entry{unsafe.Pointer(&b[0]), uintptr(len(b))}
		}
	}
	if len(p.list) > 0 {
		p.pinner.Pin(&p.list[0]) // an asynchronous call uses the array after C has returned
	}
	return p
}

// Size returns the number of bytes in buffers.
func Size(buffers [][]byte) int {
	sum := 0
	for _, b := range buffers {
		sum += len(b)
	}
	return sum
}

// Copy copies the first n bytes of the buffers from, one after the other, into the buffers to, which have
// the same sizes.
func Copy(to, from [][]byte, n int) {
	for i, b := range from {
		n -= copy(to[i], b[:min(n, len(b))])
	}
}

// Pointer returns the address of the array, which is nil if there are no buffers.
func (p *Pinned) Pointer() unsafe.Pointer {
	if len(p.list) == 0 {
		return nil
	}
	return unsafe.Pointer(&p.list[0])
}

// Unpin ends the use of the array.
func (p *Pinned) Unpin() { p.pinner.Unpin() }
