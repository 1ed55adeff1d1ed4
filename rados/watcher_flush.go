package rados

import "context"

// WatcherFlush waits until all notifications that have arrived so far have been received from
// the Events channels of the connection's Watchers. A notification counts as received as well if
// its Watcher has been deleted or has ended. So WatcherFlush blocks until a goroutine reads
// Events, and must not be called by the only one that does.
//
// It returns ErrNotConnected if the Conn is not connected, and does not wait for the network.
// See [Conn.WatcherFlushContext] for a form that can be cancelled.
//
// Implements:
//
//	int rados_watch_flush(rados_t cluster)
func (c *Conn) WatcherFlush() error { return c.flushWatchers(context.Background()) }

// WatcherFlushContext is WatcherFlush that ends with ctx: its error is then an ObjectError in
// which errors.Is finds ctx.Err().
//
// Implements:
//
//	int rados_watch_flush(rados_t cluster)
func (c *Conn) WatcherFlushContext(ctx context.Context) error {
	if err := c.flushWatchers(ctx); err != nil {
		return &ObjectError{Op: "WatcherFlushContext", Err: err}
	}
	return nil
}

func (c *Conn) flushWatchers(ctx context.Context) error {
	flush := func() (struct{}, error) { return struct{}{}, c.flushCallbacks() }
	if _, err := detached(ctx, flush, func(struct{}) {}); err != nil {
		return err
	}
	if err := listeners.sync(ctx); err != nil {
		return err
	}
	var received []<-chan struct{}
	watchers.each(func(w *Watcher) {
		if w.ioctx.conn == c {
			received = append(received, w.events.Received())
		}
	})
	for _, r := range received {
		select {
		case <-r:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
