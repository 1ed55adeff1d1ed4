package rados

import "context"

// ListXattrs returns all extended attributes of object oid, by name. The map is empty if
// there are none. It returns ErrNotFound if the object does not exist.
//
// Implements:
//
//	int rados_getxattrs(rados_ioctx_t io, const char *oid, rados_xattrs_iter_t *iter)
func (ioctx *IOContext) ListXattrs(oid string) (map[string][]byte, error) {
	return ioctx.listXattrs(context.Background(), oid)
}

// ListXattrsContext is ListXattrs that ends with ctx. Then its error is an ObjectError in
// which errors.Is finds ctx.Err(). If ctx has ended already, nothing is sent.
func (ioctx *IOContext) ListXattrsContext(ctx context.Context, oid string) (map[string][]byte, error) {
	xattrs, err := ioctx.listXattrs(ctx, oid)
	return xattrs, ioctx.wrap("ListXattrsContext", oid, err)
}

func (ioctx *IOContext) listXattrs(ctx context.Context, oid string) (map[string][]byte, error) {
	r := CreateReadOp()
	step := r.GetXattrs()
	if err := r.operate(ctx, ioctx, oid, OperationNoFlag); err != nil {
		return nil, bare(err)
	}
	return step.Xattrs()
}
