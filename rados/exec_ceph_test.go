package rados_test

import (
	"encoding/binary"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
)

func TestExec(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(t *testing.T, ioctx *rados.IOContext){
		"hello": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", []byte("data")))
			output := make([]byte, 100)
			n, err := ioctx.Exec("foo", "hello", "say_hello", []byte("you"), output)
			require.NoError(t, err)
			assert.Equal(t, "Hello, you!", string(output[:n]))
			n, err = ioctx.Exec("foo", "hello", "say_hello", nil, output[:13])
			require.NoError(t, err)
			assert.Equal(t, "Hello, world!", string(output[:n]))
			_, err = ioctx.Exec("foo", "hello", "say_hello", nil, output[:12])
			assert.ErrorIs(t, err, syscall.ERANGE)
			_, err = ioctx.Exec("foo", "hello", "say_hello", filled('x', 101), output)
			assert.ErrorIs(t, err, syscall.EINVAL, "the method's own")
			for _, none := range [][2]string{{"hello", "none"}, {"none", "say_hello"}} {
				_, err = ioctx.Exec("foo", none[0], none[1], nil, output)
				assert.ErrorIs(t, err, syscall.EOPNOTSUPP)
			}
			n, err = ioctx.Exec("new", "hello", "record_hello", []byte("you"), nil)
			require.NoError(t, err)
			assert.Zero(t, n)
			assert.Equal(t, "Hello, you!", string(content(t, ioctx, "new")))
		},
		"misc.Exec": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", nil))
			out := make([]byte, 512)
			n, err := ioctx.Exec("foo", "rbd", "get_all_features", nil, out)
			require.NoError(t, err)
			assert.Equal(t, 8, n)
			assert.NotZero(t, binary.LittleEndian.Uint64(out))
		},
		"py.TestIoctx.test_execute": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", nil))
			out := make([]byte, 64)
			for input, want := range map[string]string{"": "Hello, world!", "nose": "Hello, nose!"} {
				n, err := ioctx.Exec("foo", "hello", "say_hello", []byte(input), out)
				require.NoError(t, err)
				assert.Equal(t, want, string(out[:n]))
			}
			_, err := ioctx.Exec("foo", "hello", "say_hello", nil, out[:5])
			assert.ErrorIs(t, err, syscall.ERANGE)
			_, err = ioctx.Exec("foo", "no_such_class", "x", nil, out)
			assert.ErrorIs(t, err, syscall.EOPNOTSUPP)
			_, err = ioctx.Exec("foo", "hello", "no_such_method", nil, out)
			assert.ErrorIs(t, err, syscall.EOPNOTSUPP)
			_, err = ioctx.Exec("foo", "hel\x00lo", "say_hello", nil, out)
			assert.ErrorIs(t, err, rados.ErrNameContainsNUL)
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, namespace(t)) })
	}
}
