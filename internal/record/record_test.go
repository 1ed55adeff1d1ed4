package record_test

import (
	"encoding/binary"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/go-rados/go-rados/internal/record"
)

// TestWriter reads back what a Writer has written. A text of C has no NUL, so it is skipped.
func TestWriter(t *testing.T) {
	at := time.Unix(-1, 5)
	minus := -3
	var w record.Writer
	w.Number(uint64(minus))
	w.Bool(true)
	w.Bool(false)
	w.Time(at)
	w.Time(time.Time{})
	w.Number(2)
	w.Number(7)
	w.Number(8)
	w.Text("ab")

	r := record.NewReader(w.Bytes())
	assert.Equal(t, -3, int(r.Number()))
	assert.True(t, r.Bool())
	assert.False(t, r.Bool())
	assert.Equal(t, at, r.Time())
	assert.Equal(t, time.Unix(0, 0), r.Time())
	assert.Equal(t, []uint64{7, 8}, record.List(r, (*record.Reader).Number))
	assert.Equal(t, "ab", r.Text())

	w = record.Writer{}
	w.Text("ab")
	assert.Equal(t, append(w.Bytes()[:8:8], 'a', 'b', 0), w.Bytes())
	w = record.Writer{}
	w.Data([]byte("ab"))
	assert.Equal(t, []byte("ab"), record.NewReader(w.Bytes()).Data())
}

// TestOptional tells a record from none.
func TestOptional(t *testing.T) {
	var w record.Writer
	w.Text("")
	assert.Empty(t, *record.Optional(w.Bytes(), record.Text))
	assert.Nil(t, record.Optional(nil, record.Text))
}

// TestAddress has the bytes of addresses as Linux lays them out. The port is in the order of the network.
func TestAddress(t *testing.T) {
	address := func(family uint16, rest ...byte) *record.Reader {
		data := binary.NativeEndian.AppendUint16(nil, family)
		var w record.Writer
		w.Data(append(append(data, rest...), make([]byte, 126-len(rest))...))
		return record.NewReader(w.Bytes())
	}
	v4 := []byte{0x1a, 0x90, 127, 0, 0, 1}
	v6 := append([]byte{0, 1, 9, 9, 9, 9, 0xfe, 0x80}, append(make([]byte, 13), 1)...)
	zone := binary.NativeEndian.AppendUint32(nil, 1<<32-1)
	assert.Equal(t, netip.MustParseAddrPort("127.0.0.1:6800"), address(syscall.AF_INET, v4...).Address())
	assert.Equal(t, netip.MustParseAddrPort("[fe80::1]:1"), address(syscall.AF_INET6, v6...).Address())
	assert.Equal(t, netip.MustParseAddrPort("[fe80::1%4294967295]:1"), address(syscall.AF_INET6, append(v6, zone...)...).Address())
	assert.Zero(t, address(syscall.AF_UNIX, v4...).Address())
	assert.Zero(t, address(0).Address())
	var w record.Writer
	w.Data(make([]byte, 27))
	assert.Zero(t, record.NewReader(w.Bytes()).Address(), "it is too short")
}

// TestReaderOfShort reads more than there is: a fault in C must not end the process.
func TestReaderOfShort(t *testing.T) {
	var w record.Writer
	w.Number(1 << 40)
	for name, read := range map[string]func(*record.Reader){
		"text":   func(r *record.Reader) { assert.Empty(t, r.Text()) },
		"data":   func(r *record.Reader) { assert.Nil(t, r.Data()) },
		"list":   func(r *record.Reader) { assert.Empty(t, record.List(r, record.Text)) },
		"fixed":  func(r *record.Reader) { assert.Len(t, record.Fixed(r, 3, record.Text), 3) },
		"number": func(r *record.Reader) { r.Number(); assert.Zero(t, r.Number()) },
	} {
		t.Run(name, func(*testing.T) { read(record.NewReader(w.Bytes())) })
	}
	assert.Equal(t, []string{""}, record.Lists(append(w.Bytes(), 1, 2), record.Text))
	assert.Zero(t, record.One(nil, (*record.Reader).Number))
}
