package guide

import (
	"context"
	"log"
	"time"

	"github.com/go-rados/go-rados/rados"
)

// follow calls reload now, and whenever a client notifies the watchers of the object, until
// ctx is done, reload fails, or the object can't be watched.
func follow(ctx context.Context, ioctx *rados.IOContext, oid string, reload func(context.Context) error) error {
	for {
		if err := followOnce(ctx, ioctx, oid, reload); err != nil {
			return err
		}
	}
}

// followOnce returns nil when the watch is lost.
func followOnce(ctx context.Context, ioctx *rados.IOContext, oid string, reload func(context.Context) error) error {
	watcher, err := ioctx.WatchContext(ctx, oid)
	if err != nil {
		return err
	}
	defer func() { // also when ctx is done, but not until an OSD answers that is away
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		watcher.DeleteContext(ctx)
	}()
	if err := reload(ctx); err != nil { // for changes while there was no watch
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case event, open := <-watcher.Events():
			if !open {
				log.Printf("watch of %s is lost: %v", oid, <-watcher.Errors())
				return nil
			}
			if err := event.AckContext(ctx, nil); err != nil { // the sender waits for it
				log.Print(err)
			}
			if err := reload(ctx); err != nil {
				return err
			}
		}
	}
}
