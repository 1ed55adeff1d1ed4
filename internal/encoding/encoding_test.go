package encoding

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestBytes compares the encoding with that of Ceph.
func TestBytes(t *testing.T) {
	var inner, e Encoder
	inner.Text("ab")
	e.Byte(7)
	e.Duration(2*time.Second + 3)
	e.Append(inner.Versioned())
	assert.Equal(t, "\x01\x01\x15\x00\x00\x00"+"\x07"+"\x02\x00\x00\x00\x03\x00\x00\x00"+"\x01\x01\x06\x00\x00\x00"+"\x02\x00\x00\x00ab",
		string(e.Versioned()))
}

// TestDecoder decodes what an Encoder has encoded, and each beginning of it, which fails.
func TestDecoder(t *testing.T) {
	var e Encoder
	e.Byte(7)
	e.Uint32(1 << 31)
	e.Text("text")
	e.Duration(2*time.Second + 3)
	e.Append(new(Encoder).Versioned())
	decode := func(d *Decoder) {
		assert.Equal(t, []any{byte(7), uint32(1 << 31), "text", 2*time.Second + 3}, []any{d.Byte(), d.Uint32(), d.Text(), d.Duration()})
		assert.Empty(t, d.Versioned())
		assert.False(t, d.Failed())
	}
	whole := e.Versioned()
	d := NewDecoder(whole)
	content := d.Versioned()
	assert.False(t, d.Failed())
	decode(NewDecoder(content))
	for n := range content {
		d := NewDecoder(content[:n])
		d.Byte()
		d.Uint32()
		_ = d.Text()
		d.Duration()
		d.Versioned()
		assert.True(t, d.Failed(), "%d bytes", n)
		assert.Zero(t, d.Uint32())
		assert.Zero(t, d.Byte())
	}
	huge := NewDecoder([]byte("\xff\xff\xff\xffabc"))
	assert.Empty(t, huge.Text())
	assert.True(t, huge.Failed())
}
