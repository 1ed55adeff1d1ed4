package radosio_test

import (
	"context"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radosio"
	"github.com/go-rados/go-rados/rados/radostest"
)

func TestReadWhole(t *testing.T) {
	ioctx := space(t)
	for _, size := range []int{0, 1, 64<<10 - 1, 64 << 10, 64<<10 + 1, 5 << 20} {
		data := noise(size)
		require.NoError(t, ioctx.WriteFull(oid, data))
		got, err := radosio.ReadAll(t.Context(), ioctx, oid)
		require.NoError(t, err)
		require.NotNil(t, got)
		require.Equal(t, data, got)
	}

	_, err := radosio.ReadAll(t.Context(), ioctx, "nothing")
	assert.ErrorIs(t, err, fs.ErrNotExist)
	var wrapped *rados.ObjectError
	require.ErrorAs(t, err, &wrapped)
	assert.Equal(t, "ReadAll", wrapped.Op)
	assert.Equal(t, "nothing", wrapped.Object)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = radosio.ReadAll(ctx, ioctx, oid)
	assert.ErrorIs(t, err, context.Canceled)
	_, err = radosio.ReadAll(t.Context(), nil, oid)
	assert.ErrorIs(t, err, rados.ErrInvalidIOContext)
}

// TestReadWholeKeepsLittle expects a small object not to keep the buffer of the first read in memory.
func TestReadWholeKeepsLittle(t *testing.T) {
	data, err := radosio.ReadAll(t.Context(), stored(t, noise(100)), oid)
	require.NoError(t, err)
	assert.Less(t, cap(data), 1000)
}

// after is a Tracer that calls the next of its functions after each operation.
type after []func()

func (after) TraceStart(ctx context.Context, _ rados.TracedCall) context.Context { return ctx }

func (a *after) TraceEnd(_ context.Context, call rados.TracedCall, _ rados.TracedResult) {
	if call.Op == "ReadOp.Operate" && len(*a) > 0 {
		next := (*a)[0]
		*a = (*a)[1:]
		next()
	}
}

// TestReadWholeWhileItChanges expects all data of one state of an object that another client replaces by a larger
// one, and then by a smaller one.
func TestReadWholeWhileItChanges(t *testing.T) {
	writer := stored(t, noise(100<<10))
	namespace, err := writer.GetNamespace()
	require.NoError(t, err)
	conn := radostest.Conn(t)
	reader, err := conn.OpenIOContext("radosio")
	require.NoError(t, err)
	defer reader.Destroy()
	reader.SetNamespace(namespace)
	small := noise(10)
	replace := func(data []byte) func() {
		return func() { assert.NoError(t, writer.WriteFull(oid, data)) }
	}
	pending := &after{replace(noise(200 << 10)), replace(small)}
	conn.SetTracer(pending)
	got, err := radosio.ReadAll(t.Context(), reader, oid)
	require.NoError(t, err)
	assert.Equal(t, small, got)
	assert.Empty(t, *pending)
}
