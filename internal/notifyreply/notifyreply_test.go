package notifyreply

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/assert"
)

// ack is an answer of a watch.
type ack struct {
	Client
	response string
}

func decode(reply []byte) (acks []ack, missed []Client) {
	Decode(reply,
		func(c Client, response []byte) { acks = append(acks, ack{c, string(response)}) },
		func(c Client) { missed = append(missed, c) })
	return acks, missed
}

func TestDecode(t *testing.T) {
	le := binary.LittleEndian
	reply := le.AppendUint32(nil, 2)
	reply = le.AppendUint32(le.AppendUint64(le.AppendUint64(reply, 1), 2), 3)
	reply = append(reply, "abc"...)
	reply = le.AppendUint32(le.AppendUint64(le.AppendUint64(reply, 3), 4), 0)
	reply = le.AppendUint64(le.AppendUint64(le.AppendUint32(reply, 1), 5), 6)
	acks, missed := decode(reply)
	assert.Equal(t, []ack{{Client{1, 2}, "abc"}, {Client{3, 4}, ""}}, acks)
	assert.Equal(t, []Client{{5, 6}}, missed)

	for n := range reply { // cut short anywhere
		acks, missed := decode(reply[:n])
		assert.LessOrEqual(t, len(acks), 2)
		assert.Empty(t, missed)
	}
	acks, missed = decode(nil)
	assert.Empty(t, acks)
	assert.Empty(t, missed)
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte{1, 0, 0, 0})
	f.Fuzz(func(t *testing.T, reply []byte) {
		n := 0
		Decode(reply, func(_ Client, response []byte) { n += 20 + len(response) }, func(Client) { n += 16 })
		assert.LessOrEqual(t, n, len(reply))
	})
}
