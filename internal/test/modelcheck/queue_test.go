package modelcheck

import (
	"encoding/binary"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mdlayher/netlink"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// queue holds packets back that a rule of iptables with "-j NFQUEUE" hands to it. Kernels without netem
// have this.
type queue struct {
	conn   *netlink.Conn
	least  atomic.Int64 // how long each packet is held back
	random atomic.Int64 // how much longer at most
	held   atomic.Int64 // the number of packets
}

// The kernel's numbers for queues: the types of messages, and the attributes of those that are sent.
const (
	queuePacket  = unix.NFNL_SUBSYS_QUEUE << 8
	queueVerdict = unix.NFNL_SUBSYS_QUEUE<<8 | 1
	queueConfig  = unix.NFNL_SUBSYS_QUEUE<<8 | 2

	configCommand, configParameters, configLength, configMask, configFlags = 1, 2, 3, 4, 5

	packetHeader, verdictHeader = 1, 2
)

// newQueue opens queue 0 of this network namespace.
func newQueue(t *testing.T) *queue {
	conn, err := netlink.Dial(unix.NETLINK_NETFILTER, nil)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetOption(netlink.NoENOBUFS, true))
	require.NoError(t, conn.SetReadBuffer(4<<20))
	q := &queue{conn: conn}
	const bind, onlyMeta, failOpen, wholeSegments = 1, 1, 1, 4
	for _, config := range []func(e *netlink.AttributeEncoder){
		func(e *netlink.AttributeEncoder) { e.Bytes(configCommand, []byte{bind, 0, 0, unix.AF_INET}) },
		func(e *netlink.AttributeEncoder) { e.Bytes(configParameters, []byte{0, 0, 0, 0, onlyMeta}) },
		func(e *netlink.AttributeEncoder) {
			e.Uint32(configLength, 1<<16)
			e.Uint32(configMask, failOpen|wholeSegments)
			e.Uint32(configFlags, failOpen|wholeSegments)
		},
	} {
		_, err := conn.Execute(q.message(t, queueConfig, netlink.Request|netlink.Acknowledge, config))
		require.NoError(t, err)
	}
	go q.serve(t)
	return q
}

func (q *queue) message(t *testing.T, kind netlink.HeaderType, flags netlink.HeaderFlags, attributes func(*netlink.AttributeEncoder)) netlink.Message {
	e := netlink.NewAttributeEncoder()
	e.ByteOrder = binary.BigEndian
	attributes(e)
	data, err := e.Encode()
	require.NoError(t, err)
	header := []byte{unix.AF_UNSPEC, unix.NFNETLINK_V0, 0, 0} // of queue 0
	return netlink.Message{Header: netlink.Header{Type: kind, Flags: flags}, Data: append(header, data...)}
}

// serve holds packets back until the queue is closed.
func (q *queue) serve(t *testing.T) {
	for {
		messages, err := q.conn.Receive()
		if err != nil {
			return
		}
		for _, m := range messages {
			if m.Header.Type == queuePacket && len(m.Data) > 4 {
				q.hold(t, m.Data[4:])
			}
		}
	}
}

// hold lets a packet go on after its time.
func (q *queue) hold(t *testing.T, attributes []byte) {
	d, err := netlink.NewAttributeDecoder(attributes)
	if err != nil {
		return
	}
	for d.Next() {
		if d.Type() != packetHeader {
			continue
		}
		id := d.Bytes()[:4]
		verdict := q.message(t, queueVerdict, netlink.Request, func(e *netlink.AttributeEncoder) {
			e.Bytes(verdictHeader, append([]byte{0, 0, 0, 1}, id...)) // NF_ACCEPT
		})
		q.held.Add(1)
		wait := time.Duration(q.least.Load() + rand.Int64N(q.random.Load()+1))
		time.AfterFunc(wait, func() { q.conn.Send(verdict) }) // an error means that the queue is closed
	}
}

// set says how long packets are held back.
func (q *queue) set(least, random time.Duration) {
	q.least.Store(int64(least))
	q.random.Store(int64(random))
}
