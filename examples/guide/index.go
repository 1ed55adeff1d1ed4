package guide

import (
	"context"
	"errors"
	"syscall"

	"github.com/go-rados/go-rados/rados"
)

const index = "index"

// add makes an entry, unless there is one with this name.
func add(ctx context.Context, ioctx *rados.IOContext, name string, value []byte) error {
	op := rados.CreateWriteOp()
	op.Create(rados.CreateIdempotent)
	op.CmpOmap(name, rados.CompareEQ, nil) // a key that does not exist counts as an empty value
	op.SetOmap(map[string][]byte{name: value})
	err := op.OperateContext(ctx, ioctx, index, rados.OperationNoFlag)
	if errors.Is(err, syscall.ECANCELED) {
		return rados.ErrObjectExists
	}
	return err
}

// list returns up to most names that begin with prefix and come after the name after.
func list(ctx context.Context, ioctx *rados.IOContext, prefix, after string, most int) (names []string, err error) {
	for entry, err := range ioctx.OmapContext(ctx, index, after, prefix) {
		if errors.Is(err, rados.ErrNotFound) {
			return nil, nil // nothing was added yet
		}
		if err != nil {
			return nil, err
		}
		if names = append(names, entry.Key); len(names) == most {
			break
		}
	}
	return names, nil
}
