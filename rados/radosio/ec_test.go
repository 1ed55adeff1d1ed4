package radosio_test

import (
	"bytes"
	"io"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados/radosio"
	"github.com/go-rados/go-rados/rados/radostest"
)

// TestErasureCoded writes sequentially, as a pool without overwrites requires.
func TestErasureCoded(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster of three OSDs")
	}
	ioctx := radostest.Start(t, radostest.OSDs(3)).ECPool(t)
	alignment, err := ioctx.Alignment()
	require.NoError(t, err)
	data := noise(9<<20 + 1)

	obj, err := radosio.Create(ioctx, oid)
	require.NoError(t, err)
	defer obj.Close()
	n, err := obj.ReadFrom(bytes.NewReader(data))
	require.NoError(t, err)
	require.EqualValues(t, len(data), n)
	_, err = obj.Seek(0, io.SeekStart)
	require.NoError(t, err)
	got, err := io.ReadAll(obj)
	require.NoError(t, err)
	require.True(t, bytes.Equal(data, got))
	_, err = obj.WriteAt([]byte("x"), 0)
	require.ErrorIs(t, err, syscall.EOPNOTSUPP)

	again, err := radosio.Create(ioctx, oid)
	require.NoError(t, err)
	defer again.Close()
	for _, size := range []int{int(alignment), 3 * int(alignment), 100} {
		_, err = again.Write(data[:size])
		require.NoError(t, err)
	}
	_, err = again.Write(data[:100])
	require.ErrorIs(t, err, syscall.EOPNOTSUPP, "what was not a multiple of the alignment was the last")
}
