package rados

// latestMap waits until the connection has the newest OSD map.
func (c *Conn) latestMap() error { return c.WaitForLatestOSDMap() }

// latestMap waits until the connection of ioctx has the newest OSD map. It returns an error
// at once if ioctx can't be used.
func (ioctx *IOContext) latestMap() error {
	lane, err := ioctx.enter()
	if err != nil {
		return err
	}
	ioctx.exit(lane)
	return ioctx.conn.WaitForLatestOSDMap()
}
