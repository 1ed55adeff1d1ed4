package rados_test

import (
	"fmt"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// omap reads an object's omap with the rados command, one key a line.
func omap(t *testing.T, ioctx *rados.IOContext, oid string) string {
	t.Helper()
	ns, err := ioctx.GetNamespace()
	require.NoError(t, err)
	out, err := exec.Command("rados", "--conf", radostest.Shared(t).Conf(),
		"--pool", "shared", "--namespace", ns, "listomapkeys", oid).Output()
	require.NoError(t, err)
	return string(out)
}

func TestOmapWrites(t *testing.T) {
	for name, test := range map[string]func(t *testing.T, ioctx *rados.IOContext){
		"set, remove, clean": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.SetOmap("foo", map[string][]byte{"a": []byte("1"), "b": nil, "c": {}, "d": []byte("4")}))
			require.NoError(t, ioctx.SetOmap("foo", map[string][]byte{"e": []byte("5")}))
			assert.Equal(t, "a\nb\nc\nd\ne\n", omap(t, ioctx, "foo"))
			require.NoError(t, ioctx.RmOmapKeys("foo", []string{"b", "d", "none"}))
			assert.Equal(t, "a\nc\ne\n", omap(t, ioctx, "foo"))
			require.NoError(t, ioctx.CleanOmap("foo"))
			assert.Empty(t, omap(t, ioctx, "foo"))
		},
		"many": func(t *testing.T, ioctx *rados.IOContext) {
			pairs := make(map[string][]byte)
			var keys, left []string
			for i := range 3000 {
				key := fmt.Sprintf("key-%06d", i)
				pairs[key] = filled(byte(i), i%50)
				if keys = append(keys, key); i%2 == 1 {
					left = append(left, key)
				}
			}
			require.NoError(t, ioctx.SetOmap("foo", pairs))
			var even []string
			for i := 0; i < len(keys); i += 2 {
				even = append(even, keys[i])
			}
			require.NoError(t, ioctx.RmOmapKeys("foo", even))
			got := omap(t, ioctx, "foo")
			for _, key := range left {
				assert.Contains(t, got, key+"\n")
			}
			assert.Len(t, got, len(left)*len("key-000000\n"))
		},
		"nothing": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.SetOmap("foo", nil))
			require.NoError(t, ioctx.SetOmap("foo", map[string][]byte{}))
			assert.Empty(t, content(t, ioctx, "foo"), "it is created all the same")
			require.NoError(t, ioctx.RmOmapKeys("foo", nil))
			require.NoError(t, ioctx.RmOmapKeys("foo", []string{}))
		},
		"missing object": func(t *testing.T, ioctx *rados.IOContext) {
			assert.Equal(t, rados.ErrNotFound, ioctx.RmOmapKeys("none", []string{"a"}))
			assert.Equal(t, rados.ErrNotFound, ioctx.CleanOmap("none"))
		},
		"NUL": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.SetOmap("foo", map[string][]byte{"a": nil, "a\x00b": nil, "a\x00c": nil, "\x00": nil}))
			require.NoError(t, ioctx.RmOmapKeys("foo", []string{"a\x00b", "\x00"}), "keys may be any bytes")
			assert.Len(t, omap(t, ioctx, "foo"), len("a\na\x00c\n"))
			assert.Equal(t, rados.ErrNameContainsNUL, ioctx.SetOmap("a\x00b", nil))
			assert.Equal(t, rados.ErrNameContainsNUL, ioctx.RmOmapKeys("a\x00b", nil))
			assert.Equal(t, rados.ErrNameContainsNUL, ioctx.CleanOmap("a\x00b"))
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, namespace(t)) })
	}
}
