// Package memory has the tests of the guide that need no Ceph.
package memory

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radosmem"
)

// save is a function of a program, which does not know of its tests.
func save(ctx context.Context, ioctx *rados.IOContext, name string, document []byte) error {
	ctx, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	op := rados.CreateWriteOp()
	op.WriteFull(document)
	op.SetXattr("type", []byte("text/plain"))
	return op.OperateContext(ctx, ioctx, name, rados.OperationNoFlag)
}

func TestSave(t *testing.T) {
	ctx, ioctx := t.Context(), radosmem.Pool(t) // a new pool, which is deleted after the test
	if err := save(ctx, ioctx, "document", []byte("hello")); err != nil {
		t.Fatal(err)
	}
	if stat, err := ioctx.Stat("document"); err != nil || stat.Size != 5 {
		t.Error(stat, err)
	}
}

func TestSaveWithoutAnswer(t *testing.T) {
	ctx, ioctx := t.Context(), radosmem.Pool(t)
	radosmem.Intercept(t, ioctx, func(ctx context.Context, call *radosmem.Call) error {
		if call.Object == "document" && call.Has("WriteFull") {
			<-ctx.Done() // no OSD answers
		}
		return nil
	})
	err := save(ctx, ioctx, "document", []byte("hello"))
	if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, rados.ErrOutcomeUnknown) {
		t.Error(err)
	}
}
