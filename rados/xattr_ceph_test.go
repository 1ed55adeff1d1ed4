package rados_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
)

var xattrTests = map[string]func(t *testing.T, ioctx *rados.IOContext){
	"io.XattrsRoundTrip": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.WriteFull("foo", filled(1, 128)))
		got := make([]byte, 128)
		_, err := ioctx.GetXattr("foo", "attr1", got)
		assert.ErrorIs(t, err, syscall.ENODATA)
		require.NoError(t, ioctx.SetXattr("foo", "attr1", []byte("foo bar baz\x00")))
		n, err := ioctx.GetXattr("foo", "attr1", got)
		require.NoError(t, err)
		assert.Equal(t, "foo bar baz\x00", string(got[:n]))
	},
	"io.RmXattr": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.SetXattr("foo", "attr1", []byte("value")))
		require.NoError(t, ioctx.RmXattr("foo", "attr1"))
		_, err := ioctx.GetXattr("foo", "attr1", make([]byte, 8))
		assert.ErrorIs(t, err, syscall.ENODATA)
		assert.NoError(t, ioctx.RmXattr("foo", "attr1"), "again")
		require.NoError(t, ioctx.Delete("foo"))
		assert.Equal(t, rados.ErrNotFound, ioctx.RmXattr("foo", "attr1"))
	},
	"io.XattrIter": func(t *testing.T, ioctx *rados.IOContext) {
		binary := make([]byte, 256)
		for i := range binary {
			binary[i] = byte(i % 255)
		}
		want := map[string][]byte{"attr1": []byte("foo bar baz\x00"), "attr2": binary, "empty": {}}
		require.NoError(t, ioctx.Create("foo", rados.CreateExclusive))
		got, err := ioctx.ListXattrs("foo")
		require.NoError(t, err)
		assert.Equal(t, map[string][]byte{}, got)
		for name, value := range want {
			require.NoError(t, ioctx.SetXattr("foo", name, value))
		}
		got, err = ioctx.ListXattrs("foo")
		require.NoError(t, err)
		assert.Equal(t, want, got)
		_, err = ioctx.ListXattrs("none")
		assert.Equal(t, rados.ErrNotFound, err)
	},
	"py.TestIoctx.test_xattrs": func(t *testing.T, ioctx *rados.IOContext) {
		want := map[string][]byte{"a": []byte("1"), "b": []byte("2\x003"), "c": {0}, "d": {}}
		require.NoError(t, ioctx.WriteFull("foo", nil))
		for name, value := range want {
			require.NoError(t, ioctx.SetXattr("foo", name, value))
			got := make([]byte, 10)
			n, err := ioctx.GetXattr("foo", name, got)
			require.NoError(t, err)
			assert.Equal(t, value, got[:n])
		}
		got, err := ioctx.ListXattrs("foo")
		require.NoError(t, err)
		assert.Equal(t, want, got)
	},
}

func TestXattrs(t *testing.T) {
	for name, test := range xattrTests {
		t.Run(name, func(t *testing.T) { test(t, namespace(t)) })
	}
}

func TestManyXattrs(t *testing.T) {
	ioctx := namespace(t)
	want := make(map[string][]byte)
	for i := range 200 {
		name := fmt.Sprintf("attr-%d", i)
		want[name] = filled(byte(i), i*10)
		require.NoError(t, ioctx.SetXattr("foo", name, want[name]))
	}
	got, err := ioctx.ListXattrs("foo")
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

func TestGetXattrIntoAShortBuffer(t *testing.T) {
	ioctx := namespace(t)
	require.NoError(t, ioctx.SetXattr("foo", "x", []byte("value")))
	for _, short := range [][]byte{nil, {}, make([]byte, 4)} {
		_, err := ioctx.GetXattr("foo", "x", short)
		assert.ErrorIs(t, err, syscall.ERANGE)
	}
	n, err := ioctx.GetXattr("foo", "x", make([]byte, 5))
	require.NoError(t, err)
	assert.Equal(t, 5, n)
}

func TestEmptyXattr(t *testing.T) {
	ioctx := namespace(t)
	require.NoError(t, ioctx.SetXattr("foo", "x", nil))
	n, err := ioctx.GetXattr("foo", "x", nil)
	require.NoError(t, err)
	assert.Zero(t, n)
}

func TestXattrNamesAreRefused(t *testing.T) {
	ioctx := namespace(t)
	require.NoError(t, ioctx.Create("foo", rados.CreateExclusive))
	for name, want := range map[string]error{"": syscall.EINVAL, "a\x00b": rados.ErrNameContainsNUL} {
		assert.ErrorIs(t, ioctx.SetXattr("foo", name, nil), want)
		assert.ErrorIs(t, ioctx.RmXattr("foo", name), want)
		_, err := ioctx.GetXattr("foo", name, nil)
		assert.ErrorIs(t, err, want)
	}
	assert.NoError(t, ioctx.SetXattr("foo", strings.Repeat("x", 100), nil), "osd_max_attr_name_len")
	assert.ErrorIs(t, ioctx.SetXattr("foo", strings.Repeat("x", 101), nil), syscall.ENAMETOOLONG)
}
