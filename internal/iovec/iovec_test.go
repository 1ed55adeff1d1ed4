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
