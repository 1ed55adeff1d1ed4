package fakelibrados_test

import (
	"bytes"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
)

func TestGetXattr(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Answer("rados_getxattr", "va\x00lue")
	for _, size := range []int{6, 7, 100} {
		buf := make([]byte, size)
		n, err := ioctx.GetXattr("object", "xattr", buf)
		require.NoError(t, err)
		assert.Equal(t, "va\x00lue", string(buf[:n]))
	}
	for _, short := range [][]byte{nil, {}, make([]byte, 5)} {
		n, err := ioctx.GetXattr("object", "xattr", short)
		assert.ErrorIs(t, err, syscall.ERANGE)
		assert.Zero(t, n)
	}
}

func TestListXattrs(t *testing.T) {
	binaryValue := make([]byte, 256)
	for i := range binaryValue {
		binaryValue[i] = byte(i)
	}
	for what, want := range map[string]map[string][]byte{
		"none": {},
		"one":  {"name": []byte("value")},
		"odd": {
			"empty": {}, "NUL": {0}, "binary": binaryValue, "ü": []byte("ü"), "": []byte("nameless"),
			strings.Repeat("n", 300): bytes.Repeat([]byte("v"), 100_000),
		},
	} {
		t.Run(what, func(t *testing.T) {
			ioctx := opened(t)
			for name, value := range want {
				fakelibrados.Answer("rados_read_op_getxattrs", name, string(value))
			}
			got, err := ioctx.ListXattrs("object")
			require.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
}

// manyXattrs has the fake return n xattrs, in order.
func manyXattrs(n int) map[string][]byte {
	xattrs := map[string][]byte{}
	for i := range n {
		name, value := fmt.Sprint("name", i), strings.Repeat("v\x00", i)
		xattrs[name] = []byte(value)
		fakelibrados.Answer("rados_read_op_getxattrs", name, value)
	}
	return xattrs
}

func TestListManyXattrs(t *testing.T) {
	ioctx := opened(t)
	want := manyXattrs(2000)
	got, err := ioctx.ListXattrs("object")
	require.NoError(t, err)
	assert.Equal(t, want, got)
	_ = append(got["name5"], "overwritten"...)
	assert.Equal(t, want, got, "values lie apart")
}

func TestListXattrsFails(t *testing.T) {
	for after := range 12 {
		t.Run(fmt.Sprint(after), func(t *testing.T) {
			ioctx := opened(t)
			manyXattrs(11)
			fakelibrados.ReturnAfter("rados_getxattrs_next", after, -int(syscall.EIO))
			got, err := ioctx.ListXattrs("object")
			assert.ErrorIs(t, err, syscall.EIO)
			assert.Nil(t, got)
		})
	}
}
