package iovec

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
)

// TestPin expects the addresses and the lengths of buffers, of which some are empty.
func TestPin(t *testing.T) {
	buffers := [][]byte{[]byte("ab"), nil, {}, []byte("c")}
	p := Pin(buffers)
	defer p.Unpin()
	entries := unsafe.Slice((*entry)(p.Pointer()), len(buffers))
	assert.Equal(t, entry{unsafe.Pointer(&buffers[0][0]), 2}, entries[0])
	assert.Equal(t, []entry{{}, {}}, entries[1:3])
	assert.Equal(t, entry{unsafe.Pointer(&buffers[3][0]), 1}, entries[3])
	none := Pin(nil)
	defer none.Unpin()
	assert.Nil(t, none.Pointer())
}

// TestCopy copies less than there is, and all.
func TestCopy(t *testing.T) {
	from := [][]byte{[]byte("ab"), nil, []byte("cd")}
	assert.Equal(t, 4, Size(from))
	for n, want := range map[int][][]byte{
		0: {{0, 0}, nil, {0, 0}},
		3: {[]byte("ab"), nil, {'c', 0}},
		4: from,
	} {
		to := [][]byte{make([]byte, 2), nil, make([]byte, 2)}
		Copy(to, from, n)
		assert.Equal(t, want, to)
	}
}
