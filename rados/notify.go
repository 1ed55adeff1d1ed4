package rados

import (
	"encoding/binary"
	"math"
	"time"
)

// NotifyEvent is a notification that a Watcher has received. Notifications are delivered at
// least once: after connection failures a Watcher can receive one twice, under the same or
// another ID. A receiver that must act only once has to tell notifications apart by an
// identifier in their data.
type NotifyEvent struct {
	ID         NotifyID
	WatcherID  WatcherID
	NotifierID NotifierID
	// Data is what the notifier sent, nil if that was empty.
	Data []byte
}

// NotifyAck is the answer of a Watcher to a notification.
type NotifyAck struct {
	WatcherID WatcherID
	// NotifierID is the client whose Watcher it is, not the one that notifies.
	NotifierID NotifierID
	// Response is what was given to NotifyEvent.Ack, nil if that was empty.
	Response []byte
}

// NotifyTimeout is a Watcher that has not answered a notification in time.
type NotifyTimeout struct {
	WatcherID WatcherID
	// NotifierID is the client whose Watcher it is, not the one that notifies.
	NotifierID NotifierID
}

// Ack answers the notification, so that the notifier no longer waits for this Watcher. It
// must be called once for each notification; response may be nil. Ack does not wait for the
// OSD to receive the answer, but blocks while as many operations are in flight as librados
// allows (objecter_inflight_ops).
//
// It returns ErrWatcherClosed if the Watcher has been deleted or has ended with its IOContext
// or Conn: the notifier does not get the answer. ErrInvalidIOContext is the error of a NotifyEvent without a
// WatcherID.
//
// Implements:
//
//	int rados_notify_ack(rados_ioctx_t io, const char *o, uint64_t notify_id, uint64_t cookie, const char *buf, int buf_len)
func (ne *NotifyEvent) Ack(response []byte) error {
	if ne == nil || ne.WatcherID == 0 {
		return ErrInvalidIOContext
	}
	w := watchers.get(ne.WatcherID)
	if w == nil || w.handle.Err() != nil {
		return ErrWatcherClosed
	}
	return w.ioctx.ackNotify(w.object, uint64(ne.ID), uint64(ne.WatcherID), response)
}

// Notify sends a notification to all who watch object obj, and waits until they have
// answered, for as long as the client is configured to (client_notify_timeout, 10
// seconds): see NotifyWithTimeout.
func (ioctx *IOContext) Notify(obj string, data []byte) ([]NotifyAck, []NotifyTimeout, error) {
	return ioctx.NotifyWithTimeout(obj, data, 0)
}

// NotifyWithTimeout sends a notification to all who watch object obj, which must exist,
// and blocks until they have answered. It returns the answers, and the watchers that did
// not answer within timeout. timeout counts in whole seconds and is rounded up; 0 stands
// for the client's default. While the OSD itself does not answer, NotifyWithTimeout blocks
// longer. It returns
//
//   - ETIMEDOUT if watchers did not answer in time, along with the answers of the others;
//   - ErrNotFound if the object does not exist;
//   - EINVAL for a timeout that is negative or too long.
//
// Notifications are delivered at least once; see NotifyEvent. After connection failures librados
// can also return the answers to another notification of this client. The reply does not name
// the notification, so this package can't detect that. If it matters, put an identifier into
// data, have the Watchers repeat it in their answers, and compare it with NotifyAck.Response.
//
// Implements:
//
//	int rados_notify2(rados_ioctx_t io, const char *o, const char *buf, int buf_len, uint64_t timeout_ms, char **reply_buffer, size_t *reply_buffer_len)
func (ioctx *IOContext) NotifyWithTimeout(obj string, data []byte, timeout time.Duration) ([]NotifyAck, []NotifyTimeout, error) {
	// librados takes milliseconds but drops what is less than a second. If that leaves
	// nothing the OSD waits for 30 seconds.
	seconds, err := roundUp(timeout, time.Second, math.MaxUint32)
	if err != nil {
		return nil, nil, err
	}
	reply, err := ioctx.notify(obj, data, seconds*1000)
	acks, timeouts := decodeReply(reply)
	return acks, timeouts, err
}

// decodeReply reads the OSD's account of who answered and who did not: the number of
// answers, each with two ids and a text behind its length; then the number of those
// that are missing, each with two ids. All in little endian. It is read here rather
// than by librados, which can't do so in Ceph 14.2.
func decodeReply(reply []byte) (acks []NotifyAck, timeouts []NotifyTimeout) {
	r := replyReader{reply}
	for n := r.uint32(); n > 0 && r.has(20); n-- {
		ack := NotifyAck{NotifierID: NotifierID(r.uint64()), WatcherID: WatcherID(r.uint64())}
		if response := r.bytes(int(r.uint32())); len(response) > 0 {
			ack.Response = response
		}
		acks = append(acks, ack)
	}
	for n := r.uint32(); n > 0 && r.has(16); n-- {
		timeouts = append(timeouts, NotifyTimeout{NotifierID: NotifierID(r.uint64()), WatcherID: WatcherID(r.uint64())})
	}
	return acks, timeouts
}

// replyReader takes numbers and texts off a reply. What a reply that was cut short
// lacks is zero.
type replyReader struct{ rest []byte }

func (r *replyReader) has(n int) bool { return len(r.rest) >= n }

func (r *replyReader) bytes(n int) []byte {
	n = min(max(n, 0), len(r.rest))
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

func (r *replyReader) uint32() uint32 {
	var word [4]byte
	copy(word[:], r.bytes(4))
	return binary.LittleEndian.Uint32(word[:])
}

func (r *replyReader) uint64() uint64 {
	var word [8]byte
	copy(word[:], r.bytes(8))
	return binary.LittleEndian.Uint64(word[:])
}
