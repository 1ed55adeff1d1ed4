package wire

import "sync"

// Packed is a buffer whose content is passed to C. Buffers are pooled, so that packing
// does not allocate.
type Packed struct{ Bytes []byte }

var packed = sync.Pool{New: func() any { return &Packed{make([]byte, 0, 512)} }}

// maxPooled is the largest capacity of a buffer that is kept in the pool.
const maxPooled = 64 << 10

// newPacked returns an empty buffer. The caller must free it.
func newPacked() *Packed { return packed.Get().(*Packed) }

// PackItems is AppendItems to a new buffer. The caller must free it.
func PackItems(items []string) *Packed {
	p := newPacked()
	p.Bytes = AppendItems(p.Bytes, items)
	return p
}

// PackPairs is AppendPairs to a new buffer. The caller must free it.
func PackPairs(pairs map[string][]byte) *Packed {
	p := newPacked()
	p.Bytes = AppendPairs(p.Bytes, pairs)
	return p
}

// Free returns the buffer to the pool. C must not use it any longer.
func (p *Packed) Free() {
	if cap(p.Bytes) <= maxPooled {
		p.Bytes = p.Bytes[:0]
		packed.Put(p)
	}
}
