package rados

import "syscall"

// SetMaxInFlight sets how many calls of all IOContexts of the connection, and how many bytes
// that they move together, may be under way at once while their goroutines are parked; 0
// stands for the usual 512 calls and 50 MiB. More wait for their turn: one of each IOContext
// after the other, so that nobody's many calls hold up another's few. A call that is larger
// than all is admitted alone.
//
// librados has bounds of its own, objecter_inflight_ops (1024 unless configured) and
// objecter_inflight_op_bytes (100 MiB): past those it keeps a thread waiting for each call,
// which can't be cut short. So what is set here should stay well below. Calls that are under
// way already are not held up. It returns EINVAL for less than 0.
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
