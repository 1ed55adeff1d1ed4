package guide

import (
	"context"
	"log"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radoswatch"
)

// follow calls reload now, whenever a client notifies the watchers of the object, and after
// times without a watch, until ctx is done, reload fails, or the object can't be watched.
func follow(ctx context.Context, ioctx *rados.IOContext, oid string, reload func(context.Context) error) error {
	for event, err := range radoswatch.Events(ctx, ioctx, oid) {
		if err != nil {
			return err
		}
		if event.Gap != nil && event.Gap.Err != nil {
			log.Printf("no watch of %s from %v to %v: %v", oid, event.Gap.From, event.Gap.To, event.Gap.Err)
		}
		if err := reload(ctx); err != nil {
			return err
		}
	}
	return nil
}
