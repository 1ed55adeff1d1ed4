//go:build cgo

package rados

import "github.com/go-rados/go-rados/internal/throttle"

// Stats are the numbers of calls and bytes of a Conn at one moment; see [Conn.Stats].
type Stats struct {
	// Calls is the number of asynchronous calls in flight, and WaitingCalls the number
	// of calls that wait for admission. MaxCalls is the limit that
	// [Conn.SetMaxInFlight] sets. Calls does not include up to 8 calls of the process
	// that librados performs on the threads of their callers; see [Conn.Stats].
	Calls, WaitingCalls, MaxCalls int

	// Bytes is the number of bytes of the calls in flight: the size of the data that
	// they write, or of the buffers that they fill. It includes RetainedBytes, the
	// data of writes that were cancelled or returned ETIMEDOUT, and that may still be
	// in memory. MaxBytes is the limit that [Conn.SetMaxInFlight] sets.
	Bytes, RetainedBytes, MaxBytes int64

	// OSDs, Monitors and Managers are the calls that block a thread until these
	// daemons answer. Acks are the calls of [NotifyEvent.Ack] that block a thread
	// until librados has room for them.
	OSDs, Monitors, Managers, Acks BlockingStats

	// MaxBlockingCalls is the maximum number of calls that block a thread, the sum of
	// the Max of OSDs, Monitors, Managers and Acks. Because of rounding it may differ
	// from the argument of [Conn.SetMaxBlockingCalls].
	MaxBlockingCalls int

	// Watchers is the number of Watchers that receive notifications.
	Watchers int
}

// BlockingStats are the numbers of calls that each block a thread, for one kind of
// daemon.
type BlockingStats struct {
	// Calls is the number of calls that block a thread, and Waiting the number of
	// calls that wait for admission, without a thread. Max is the maximum number of
	// calls that block a thread, which is the part of [Conn.SetMaxBlockingCalls] for
	// this kind.
	Calls, Waiting, Max int
}

// Stats returns the numbers of calls and bytes of the connection. It calls neither
// librados nor the cluster, and without Watchers takes less than a microsecond.
// The numbers in one line of [Stats] are of the same moment; calls may start and
// complete between the lines.
//
// Calls does not include methods without a context, such as Read and Write of less
// than 64 KiB, while few calls are in flight: librados performs up to 8 of these
// in the process on the threads of their callers, and this package does not count
// them by connection.
//
// After [Conn.Shutdown] the numbers decrease to 0 as the calls complete.
func (c *Conn) Stats() Stats {
	if c == nil {
		return Stats{}
	}
	retained := c.admission.RetainedBytes.Load() // before the bytes, which include them
	calls := c.admission.InFlight.Usage()
	s := Stats{
		Calls:         calls.Calls,
		WaitingCalls:  calls.Waiting,
		Bytes:         calls.Bytes,
		RetainedBytes: min(retained, calls.Bytes),
		OSDs:          c.blockingStats(throttle.OSD),
		Monitors:      c.blockingStats(throttle.Mon),
		Managers:      c.blockingStats(throttle.Mgr),
		Acks:          c.blockingStats(throttle.Ack),
	}
	s.MaxCalls, s.MaxBytes = c.admission.InFlight.Max()
	s.MaxBlockingCalls = c.admission.Blocking.Max()
	watchers.each(func(w *Watcher) {
		if w.ioctx.conn == c {
			s.Watchers++
		}
	})
	return s
}

func (c *Conn) blockingStats(target throttle.Target) BlockingStats {
	limit := &c.admission.Blocking[target]
	usage := limit.Usage()
	most, _ := limit.Max()
	return BlockingStats{Calls: usage.Calls, Waiting: usage.Waiting, Max: most}
}
