package checksum

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestBuffer(t *testing.T) {
	assert.Len(t, Buffer(4, 0, 0), 8)
	assert.Len(t, Buffer(8, 100, 0), 12)
	assert.Len(t, Buffer(4, 12, 4), 4+3*4)
	assert.Nil(t, Buffer(4, 13, 4), "a part of a chunk")
	assert.Nil(t, Buffer(4, 0, 4), "no chunk")
	assert.Nil(t, Buffer(0, 0, 0), "no such kind")
	assert.Nil(t, Buffer(4, maxSums+1, 1), "too many")
	assert.Len(t, Buffer(4, maxSums, 1), 4+maxSums*4)
}

func TestSeed(t *testing.T) {
	assert.Equal(t, []byte{4, 3, 2, 1}, Seed(4, 0x01020304))
	assert.Equal(t, []byte{8, 7, 6, 5, 4, 3, 2, 1}, Seed(8, 0x0102030405060708))
	assert.Empty(t, Seed(0, 1))
}

func TestDecode(t *testing.T) {
	sums, ok := Decode(4, []byte{2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 255})
	assert.True(t, ok)
	assert.Equal(t, []uint64{1, 0xff000000}, sums)
	sums, ok = Decode(8, []byte{1, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0})
	assert.True(t, ok)
	assert.Equal(t, []uint64{0x201}, sums)
	sums, ok = Decode(4, []byte{255, 255, 255, 255, 1, 0, 0, 0, 2})
	assert.True(t, ok)
	assert.Equal(t, []uint64{1}, sums, "cut short")
	_, ok = Decode(4, []byte{1, 0, 0})
	assert.False(t, ok)
	_, ok = Decode(0, []byte{1, 0, 0, 0})
	assert.False(t, ok)
}
