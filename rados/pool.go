package rados

// GetPoolByID returns the name of the pool with that id, or ErrNotFound. It asks the monitors
// for a newer map before it gives up.
//
// Implements:
//
//	int rados_pool_reverse_lookup(rados_t cluster, int64_t id, char *buf, size_t maxlen)
func (c *Conn) GetPoolByID(id int64) (string, error) {
	pool, err := c.getPoolByID(id)
	if err != ErrNotFound {
		return pool, err
	}
	// Ceph 14.2 has only looked at the map that it had.
	if err := c.WaitForLatestOSDMap(); err != nil {
		return "", err
	}
	return c.getPoolByID(id)
}
