// Package notifyreply decodes the reply to a notification. librados can do that only from Ceph
// 16.2 on.
package notifyreply

import "encoding/binary"

// Client is a watch that was notified: the number of its client, and its own.
type Client struct{ Notifier, Watcher uint64 }

// Decode calls acked for each watch that has answered, with its response, and missed for each that
// has not. The response is a part of reply. What a reply that was cut short lacks is zero.
//
// The reply has the number of answers, each with two numbers and the length of the response before
// it; then the number of missing answers, each with two numbers. All are little-endian.
func Decode(reply []byte, acked func(c Client, response []byte), missed func(Client)) {
	r := reader{reply}
	for n := r.uint32(); n > 0 && r.has(20); n-- {
		c := r.client()
		acked(c, r.bytes(int(r.uint32())))
	}
	for n := r.uint32(); n > 0 && r.has(16); n-- {
		missed(r.client())
	}
}

// reader takes numbers and bytes from the front of a reply.
type reader struct{ rest []byte }

func (r *reader) has(n int) bool { return len(r.rest) >= n }

func (r *reader) client() Client { return Client{Notifier: r.uint64(), Watcher: r.uint64()} }

func (r *reader) bytes(n int) []byte {
	n = min(max(n, 0), len(r.rest))
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) uint32() uint32 {
	var word [4]byte
	copy(word[:], r.bytes(4))
	return binary.LittleEndian.Uint32(word[:])
}

func (r *reader) uint64() uint64 {
	var word [8]byte
	copy(word[:], r.bytes(8))
	return binary.LittleEndian.Uint64(word[:])
}
