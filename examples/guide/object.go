package guide

import (
	"context"
	"fmt"

	"github.com/go-rados/go-rados/rados"
)

// put replaces the data of an object, and its attribute, in one operation.
func put(ctx context.Context, ioctx *rados.IOContext, oid string, data []byte, mime string) error {
	op := rados.CreateWriteOp()
	op.WriteFull(data)
	op.SetXattr("mime", []byte(mime))
	return op.OperateContext(ctx, ioctx, oid, rados.OperationNoFlag)
}

// get returns the data and the attribute of an object that has at most limit bytes, both of the same state.
func get(ctx context.Context, ioctx *rados.IOContext, oid string, limit int) (data []byte, mime string, err error) {
	data = make([]byte, limit+1)
	op := rados.CreateReadOp()
	read, attributes := op.Read(0, data), op.GetXattrs()
	if err := op.OperateContext(ctx, ioctx, oid, rados.OperationNoFlag); err != nil {
		return nil, "", err
	}
	if read.BytesRead > int64(limit) {
		return nil, "", fmt.Errorf("%s has more than %d bytes", oid, limit)
	}
	xattrs, err := attributes.Xattrs()
	return data[:read.BytesRead], string(xattrs["mime"]), err
}
