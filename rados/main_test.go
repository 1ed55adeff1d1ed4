package rados_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"maps"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/exampletb"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// The tests of this package share one cluster and, where they do not need a
// pool of their own, one pool, each test in its own namespace.

// An operation that the OSD never answers fails, so that no test hangs.
func TestMain(m *testing.M) {
	radostest.Main(m,
		radostest.Config("client", "rados_osd_op_timeout", "30"),
		radostest.Config("osd", "osd_max_omap_entries_per_request", "1024")) // the default, but of Ceph 14.2
}

var serial atomic.Int64

// unique returns a name that no other test uses.
func unique(what string) string { return fmt.Sprintf("%s-%d", what, serial.Add(1)) }

// namespace opens the shared pool in a namespace of the test.
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

// filled returns n bytes of b.
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

// command returns a command as JSON, given its prefix and alternating keys and
// values.
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

// code returns the code in a librados error, 0 for nil.
func code(t testing.TB, err error) int {
	t.Helper()
	if err == nil {
		return 0
	}
	var coded interface{ ErrorCode() int }
	require.True(t, errors.As(err, &coded), "%v has no code", err)
	return coded.ErrorCode()
}

// sortedKeys returns the keys of m in order, and an empty slice, not nil, for
// an empty map.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := slices.AppendSeq([]K{}, maps.Keys(m))
	slices.Sort(keys)
	return keys
}

// release returns the major release of Ceph that is installed, such as 16.
func release(t testing.TB) int {
	t.Helper()
	out, err := installed()
	require.NoError(t, err)
	var number int
	_, err = fmt.Sscanf(string(out), "ceph version %d.", &number)
	require.NoError(t, err, "%s", out)
	return number
}

var installed = sync.OnceValues(func() ([]byte, error) { return exec.Command("ceph", "--version").Output() })

// finest returns a time with the precision of the library.
func finest(t testing.TB, sec, nsec int64) time.Time {
	t.Helper()
	if release(t) < 18 {
		nsec = 0
	}
	return time.Unix(sec, nsec)
}

// errorsIsAny reports whether err is one of targets.
func errorsIsAny(err error, targets ...error) bool {
	return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) })
}

// asked sends a command to the monitors and unmarshals the answer.
func asked(t testing.TB, conn *rados.Conn, answer any, command []byte) {
	t.Helper()
	out, status, err := conn.MonCommand(command)
	require.NoError(t, err, status)
	if answer != nil {
		require.NoError(t, json.Unmarshal(out, answer), "%s", out)
	}
}

// The examples use the cluster of this package's tests. The functions below stand for what a program does:
// connect, and open a pool. They are not in the files of the examples: pkg.go.dev would take examples with
// them for whole programs.

func exampleConf() string { return radostest.Shared(&exampletb.TB{}).Conf() }

// exampleUser returns the addresses of the monitors, and the name and key of a user.
func exampleUser() (monHost, user, key string, done func()) {
	tb := &exampletb.TB{}
	monHost, err := radostest.Conn(tb).GetConfigOption("mon_host")
	if err != nil {
		log.Fatal(err)
	}
	user = unique("example")
	return monHost, user, keyOf(tb, radostest.Shared(tb).User(tb, user, "mon", "allow r")), tb.Done
}

func exampleConn() (conn *rados.Conn, done func()) {
	tb := &exampletb.TB{}
	return radostest.Conn(tb), tb.Done
}

// examplePool opens the pool of the tests, in a namespace of the example's own.
func examplePool() (ioctx *rados.IOContext, done func()) {
	conn, shutdown := exampleConn()
	if err := conn.MakePool("shared"); err != nil && !errors.Is(err, rados.ErrObjectExists) {
		log.Fatal(err)
	}
	ioctx, err := conn.OpenIOContext("shared")
	if err != nil {
		log.Fatal(err)
	}
	ioctx.SetNamespace(unique("example"))
	return ioctx, func() {
		ioctx.Destroy()
		shutdown()
	}
}
