package rados_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// The tests of this package share one cluster and, where they do not need a
// pool to themselves, one pool, each test in a namespace of its own.

func TestMain(m *testing.M) { radostest.Main(m) }

var serial atomic.Int64

// unique makes a name that no other test uses.
func unique(what string) string { return fmt.Sprintf("%s-%d", what, serial.Add(1)) }

// namespace opens the shared pool in a namespace of the test's own.
func namespace(t testing.TB) *rados.IOContext {
	t.Helper()
	conn := radostest.Conn(t)
	if err := conn.MakePool("shared"); err != nil {
		require.ErrorIs(t, err, rados.ErrObjectExists)
	}
	ioctx := open(t, conn, "shared")
	ioctx.SetNamespace(unique("test"))
	return ioctx
}

func open(t testing.TB, conn *rados.Conn, pool string) *rados.IOContext {
	t.Helper()
	ioctx, err := conn.OpenIOContext(pool)
	require.NoError(t, err)
	t.Cleanup(ioctx.Destroy)
	return ioctx
}

// filled is n bytes of b.
func filled(b byte, n int) []byte { return bytes.Repeat([]byte{b}, n) }

// content reads a whole object.
func content(t testing.TB, ioctx *rados.IOContext, oid string) []byte {
	t.Helper()
	stat, err := ioctx.Stat(oid)
	require.NoError(t, err)
	data := make([]byte, stat.Size)
	n, err := ioctx.Read(oid, data, 0)
	require.NoError(t, err)
	return data[:n]
}

// command is a command as JSON: a prefix, then keys and values by turns.
func command(t testing.TB, prefix string, pairs ...any) []byte {
	t.Helper()
	args := map[string]any{"prefix": prefix, "format": "json"}
	for i := 0; i < len(pairs); i += 2 {
		args[pairs[i].(string)] = pairs[i+1]
	}
	doc, err := json.Marshal(args)
	require.NoError(t, err)
	return doc
}

// code is the code in a librados error, 0 for nil.
func code(t testing.TB, err error) int {
	t.Helper()
	if err == nil {
		return 0
	}
	var coded interface{ ErrorCode() int }
	require.True(t, errors.As(err, &coded), "%v has no code", err)
	return coded.ErrorCode()
}
