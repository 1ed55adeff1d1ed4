package radosio

import (
	"bytes"
	"context"

	"github.com/go-rados/go-rados/rados"
)

// firstRead is the number of bytes that ReadAll requests before it knows the size of the object.
const firstRead = 64 << 10

// ReadAll returns the data of object oid, like os.ReadFile. All of the data is of one state of
// the object: ReadAll reads an object of up to 64 KiB with one operation, and a larger one with
// two, or with more while other clients make it larger. The object must fit into memory, and have
// less than 2 GiB.
//
// The error is fs.ErrNotExist if the object does not exist. When ctx is done, ReadAll is cancelled and
// returns an error in which errors.Is finds ctx.Err().
func ReadAll(ctx context.Context, ioctx *rados.IOContext, oid string) ([]byte, error) {
	for size := uint64(firstRead); ; {
		data := make([]byte, size)
		op := rados.CreateReadOp()
		stat, read := op.Stat(), op.Read(0, data)
		if err := op.OperateContext(ctx, ioctx, oid, rados.OperationNoFlag); err != nil {
			return nil, wrapAll(ioctx, oid, err)
		}
		found, err := stat.Stat()
		if err != nil {
			return nil, wrapAll(ioctx, oid, err)
		}
		if found.Size <= size {
			return compact(data[:read.BytesRead]), nil
		}
		size = found.Size
	}
}

// wrapAll returns the error of ReadAll.
func wrapAll(ioctx *rados.IOContext, oid string, err error) error {
	return newState(ioctx, oid).wrap("ReadAll", bare(err))
}

// compact returns data in memory of its own if it uses less than half of the memory that it is in.
func compact(data []byte) []byte {
	if len(data) < cap(data)/2 {
		return bytes.Clone(data)
	}
	return data
}
