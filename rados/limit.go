package rados

import (
	"fmt"
	"runtime"
	"strconv"
	"syscall"
)

// SetMaxInFlight sets how many calls of all IOContexts of the connection, and how many bytes
// that they move together, may be under way at once while their goroutines are parked; 0
// stands for the usual 1024 calls and 100 MiB. More wait for their turn: one of each IOContext
// after the other, so that nobody's many calls hold up another's few. A call that is larger
// than all is admitted alone.
//
// The data of a write that was cancelled, or has ended with ETIMEDOUT, stays in memory until the
// OSD takes it or its connection is closed, which librados does not tell. From 64 KiB on its bytes
// keep counting until then: a Stat of the same object, sent after it, is answered; for a minute at
// most, or until Shutdown. While they take all the room, calls that move data wait, to whatever OSD.
//
// librados has bounds of its own, objecter_inflight_ops and objecter_inflight_op_bytes: past
// those it keeps a thread waiting for each call, which can't be cut short. Connect sets them
// to more than may be under way here, unless they are configured; then less may be under way
// than they are. So call SetMaxInFlight before Connect, or set less than the bounds were
// then. Calls that are under way already are not held up. It returns EINVAL for less than 0.
func (c *Conn) SetMaxInFlight(calls int, bytes int64) error {
	lane, err := c.enterSetup()
	if err != nil {
		return err
	}
	defer c.exit(lane)
	if calls < 0 || bytes < 0 {
		return radosError(-int(syscall.EINVAL))
	}
	c.inflight.SetMax(calls, bytes)
	return nil
}

// SetMaxBlockingCalls sets how many calls of the connection may block an OS thread each while
// they wait for OSDs; as many again may wait for monitors, as many for managers, and as many calls of
// NotifyEvent.Ack for room in librados' own bounds. 0 stands for the default, 64. It returns EINVAL for
// less than 0.
//
// librados has no asynchronous form of these calls: Connect, PingMonitor, commands, what works on
// pools and pool snapshots, locks, listings, RollbackSnap, RollbackSelfManagedSnap, CachePin,
// CacheUnpin, and with libraries before Ceph 18 OperateWithMtime. They can't be cancelled once
// they have begun. Beyond the bound a call waits for its turn, which takes no thread: one of each
// IOContext, iterator and Conn after the other. Such a wait ends when ctx is done, in methods that
// have one, and when the IOContext or Conn is closed. A call whose context has ended it counts
// until librados returns from it.
//
// A lower bound does not affect calls that are in flight. SetMaxInFlight bounds the other calls.
func (c *Conn) SetMaxBlockingCalls(calls int) error {
	lane, err := c.enterSetup()
	if err != nil {
		return err
	}
	defer c.exit(lane)
	if calls < 0 {
		return radosError(-int(syscall.EINVAL))
	}
	c.blocking.SetMax(calls)
	return nil
}

// bound is one of librados' bounds, from which Connect keeps away.
type bound struct {
	option string
	usual  int64 // what librados makes it unless it is configured
	spare  int64 // for what is under way without being counted here
}

var (
	callsBound = bound{"objecter_inflight_ops", 1024, 64}
	bytesBound = bound{"objecter_inflight_op_bytes", 100 << 20, 32 << 20}
)

// leastStarting is how many calls may be started at once at least.
const leastStarting = 8

// mostProbing is how many lost watches ask at the same time whether their OSDs are back.
const mostProbing = 64

// makeRoom keeps librados' bounds and those of c apart. It also bounds how many calls are
// started at once, each of which takes a thread: more would only wait for one another in
// librados' locks.
func (c *Conn) makeRoom() {
	c.starting.SetMax(max(leastStarting, 2*runtime.GOMAXPROCS(0)), 0)
	c.probing.SetMax(mostProbing, 0)
	c.retaining.SetMax(mostRetaining, 0)
	calls, bytes := c.inflight.Max()
	c.inflight.SetMax(int(callsBound.admit(c, int64(calls))), bytesBound.admit(c, bytes))
}

// admit has librados admit more than what is wanted, or returns how much less is to be wanted.
func (b bound) admit(c *Conn, wanted int64) int64 {
	text, err := c.GetConfigOption(b.option)
	if err != nil {
		return wanted
	}
	configured, err := strconv.ParseInt(text, 10, 64)
	if err != nil || configured <= 0 { // which stands for no bound
		return wanted
	}
	if configured == b.usual && wanted > configured-b.spare &&
		c.SetConfigOption(b.option, fmt.Sprint(wanted+b.spare)) == nil {
		return wanted
	}
	return min(wanted, configured-min(b.spare, configured/2))
}
