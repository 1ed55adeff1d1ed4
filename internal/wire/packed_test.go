package wire

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestPack, with buffers that are used again: nothing of what was in them is left.
func TestPack(t *testing.T) {
	for _, n := range []int{1, 3, maxPooled, 0, 2} {
		value := make([]byte, n)
		pairs := PackPairs(map[string][]byte{"key": value})
		items := PackItems([]string{"a", string(value)})
		assert.Equal(t, pair(nil, "key", string(value)), pairs.Bytes)
		assert.Equal(t, put(nil, "a", string(value)), items.Bytes, "another buffer, while the first is not free")
		pairs.Free()
		items.Free()
	}
}

func TestPackNothing(t *testing.T) {
	for _, p := range []*Packed{PackPairs(nil), PackItems(nil)} {
		assert.Empty(t, p.Bytes)
		p.Free()
	}
}

// TestLargeIsNotKept: one large operation does not cost memory for ever.
func TestLargeIsNotKept(t *testing.T) {
	PackItems([]string{string(make([]byte, maxPooled+1))}).Free()
	for range 10 {
		p := PackItems(nil)
		assert.LessOrEqual(t, cap(p.Bytes), maxPooled)
	}
}
