package guide

import (
	"context"
	"errors"
	"time"

	"github.com/go-rados/go-rados/rados"
)

// withSnapshot calls read with the pool as it is now, whatever is written meanwhile.
func withSnapshot(ctx context.Context, ioctx *rados.IOContext, name string, read func(past *rados.IOContext) error) (err error) {
	if err := ioctx.CreateSnapContext(ctx, name); err != nil {
		return err
	}
	defer func() { // also when ctx is done
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		err = errors.Join(err, ioctx.RemoveSnapContext(ctx, name))
	}()
	id, err := ioctx.LookupSnapContext(ctx, name)
	if err != nil {
		return err
	}
	past, err := ioctx.WithReadSnap(id)
	if err != nil {
		return err
	}
	defer past.Destroy()
	return read(past)
}
