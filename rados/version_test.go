package rados_test

import (
	"errors"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
)

func TestAssertVersionErrors(t *testing.T) {
	ioctx := namespace(t)
	require.NoError(t, ioctx.WriteFull("a", []byte("1")))
	require.NoError(t, ioctx.WriteFull("a", []byte("2")))
	version, err := ioctx.GetLastVersion()
	require.NoError(t, err)
	for ver, want := range map[uint64]error{
		version:     nil,
		version - 1: syscall.ERANGE,
		version + 1: syscall.EOVERFLOW,
		0:           syscall.EINVAL,
	} {
		read, write := rados.CreateReadOp(), rados.CreateWriteOp()
		read.AssertVersion(ver)
		read.Stat()
		write.AssertVersion(ver)
		for _, err := range []error{
			read.Operate(ioctx, "a", rados.OperationNoFlag),
			write.Operate(ioctx, "a", rados.OperationNoFlag),
		} {
			require.True(t, errors.Is(err, want), "asked for %d of %d: %v", ver, version, err)
		}
	}
}
