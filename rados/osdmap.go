package rados

import (
	"context"

	"github.com/go-rados/go-rados/internal/throttle"
)

// WaitForLatestOSDMap waits until this connection has the newest OSD map, so that it knows
// the pools and settings that others have made before the call. It waits for the monitors for
// as long as they take, whatever rados_mon_op_timeout says, and can't be cancelled.
//
// Methods that look for a pool or snapshot do the same before they return ErrNotFound or
// ErrObjectExists. What they find in an older map they return without asking the monitors.
//
// Implements:
//
//	int rados_wait_for_latest_osdmap(rados_t cluster)
func (c *Conn) WaitForLatestOSDMap() error { return c.latestMap() }

// OpenIOContextByID opens the pool of that id for reading and writing, in its default namespace.
// It returns ErrNotFound if there is no such pool.
//
// Implements:
//
//	int rados_ioctx_create2(rados_t cluster, int64_t pool_id, rados_ioctx_t *ioctx)
func (c *Conn) OpenIOContextByID(id int64) (*IOContext, error) {
	room, err := c.acquire(context.Background(), throttle.Mon)
	if err != nil {
		return nil, err
	}
	defer room.Exit(0)
	return c.openIOContextByID(id)
}

// latestMap waits until the connection has the newest OSD map.
func (c *Conn) latestMap() error {
	room, err := c.acquire(context.Background(), throttle.Mon)
	if err != nil {
		return err
	}
	defer room.Exit(0)
	return c.waitForLatestOSDMap()
}

// latestMap waits until the connection of ioctx has the newest OSD map. It returns an error
// at once if ioctx can't be used. Closing ioctx ends its wait for room.
func (ioctx *IOContext) latestMap() error {
	lane, err := ioctx.enter()
	if err != nil {
		return err
	}
	ioctx.exit(lane)
	room, err := ioctx.acquire(context.Background(), throttle.Mon)
	if err != nil {
		return err
	}
	defer room.Exit(0)
	return ioctx.conn.waitForLatestOSDMap()
}
