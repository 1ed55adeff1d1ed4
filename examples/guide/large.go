package guide

import (
	"context"
	"io"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radosio"
	"github.com/go-rados/go-rados/rados/striper"
)

func upload(ctx context.Context, ioctx *rados.IOContext, oid string, from io.Reader) error {
	obj, err := radosio.CreateContext(ctx, ioctx, oid)
	if err != nil {
		return err
	}
	defer obj.Close()
	_, err = obj.WithContext(ctx).ReadFrom(from) // EFBIG beyond osd_max_object_size
	return err
}

func uploadStriped(ctx context.Context, ioctx *rados.IOContext, soid string, from io.Reader) error {
	s, err := striper.New(ioctx)
	if err != nil {
		return err
	}
	defer s.Destroy()
	to := io.NewOffsetWriter(radosio.NewObjectAt(ctx, s, soid), 0)
	_, err = io.CopyBuffer(to, from, make([]byte, 4<<20))
	return err
}
