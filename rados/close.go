//go:build cgo

package rados

import "io"

// Each type that the caller must close is an [io.Closer]; see doc.go.
var (
	_ io.Closer = (*Conn)(nil)
	_ io.Closer = (*IOContext)(nil)
	_ io.Closer = (*Watcher)(nil)
	_ io.Closer = (*LogMonitor)(nil)
)

// Close is [Conn.Shutdown] that implements [io.Closer]. It returns nil.
func (c *Conn) Close() error {
	c.Shutdown()
	return nil
}

// Close is [IOContext.Destroy] that implements [io.Closer]. It returns nil.
func (ioctx *IOContext) Close() error {
	ioctx.Destroy()
	return nil
}

// Close is [Watcher.Delete] that implements [io.Closer]: it blocks until the OSD
// has removed the watch. Its error is an [ObjectError].
func (w *Watcher) Close() error { return w.wrap("Watcher.Close", w.Delete()) }

// Close is [LogMonitor.Stop] that implements [io.Closer]. It returns nil.
func (m *LogMonitor) Close() error {
	m.Stop()
	return nil
}
