package wire

import "sync"

// Packed is a buffer on its way to C. Its memory is used again, so that packing
// allocates nothing.
type Packed struct{ Bytes []byte }

var packed = sync.Pool{New: func() any { return &Packed{make([]byte, 0, 512)} }}

// most is how many bytes a buffer may have to be kept.
const most = 64 << 10

// NewPacked returns an empty buffer, which must be freed.
func NewPacked() *Packed { return packed.Get().(*Packed) }

// PackItems is AppendItems to a buffer, which must be freed.
func PackItems(items []string) *Packed {
	p := NewPacked()
	p.Bytes = AppendItems(p.Bytes, items)
	return p
}

// PackPairs is AppendPairs to a buffer, which must be freed.
func PackPairs(pairs map[string][]byte) *Packed {
	p := NewPacked()
	p.Bytes = AppendPairs(p.Bytes, pairs)
	return p
}

// Free gives the buffer back. C must be done with it.
func (p *Packed) Free() {
	if cap(p.Bytes) <= most {
		p.Bytes = p.Bytes[:0]
		packed.Put(p)
	}
}
