package fakelibrados_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// memory is numbers as C has them in memory.
func memory(numbers ...uint64) string {
	var b []byte
	for _, n := range numbers {
		b = binary.NativeEndian.AppendUint64(b, n)
	}
	return string(b)
}

func TestRead(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Answer("rados_read_op_read", "con\x00tent")
	for size, want := range map[int]string{1: "c", 8: "con\x00tent", 20: "con\x00tent"} {
		buf := make([]byte, size)
		n, err := ioctx.Read("object", buf, 0)
		require.NoError(t, err)
		assert.Equal(t, want, string(buf[:n]))
	}
	buf := []byte("untouched")
	n, err := ioctx.Read("object", buf[:3], 0)
	require.NoError(t, err)
	assert.Equal(t, 3, n)
	assert.Equal(t, "conouched", string(buf))
}

// TestReadInPieces: on encrypted connections replies arrive in pieces, which no way of
// reading may fail for.
func TestReadInPieces(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Pieces()
	for size := range 40 {
		content := strings.Repeat("content ", 5)[:size]
		fakelibrados.Outcomes(fakelibrados.Outcome{Answers: []string{content}})
		read := func(call func(buf []byte) (int, error)) {
			t.Helper()
			buf := make([]byte, 50)
			n, err := call(buf)
			require.NoError(t, err, size)
			assert.Equal(t, content, string(buf[:n]))
			assert.Equal(t, make([]byte, 50-n), buf[n:])
		}
		read(func(buf []byte) (int, error) { return ioctx.Read("object", buf, 0) })
		read(func(buf []byte) (int, error) { return ioctx.ReadContext(t.Context(), "object", buf, 0) })
		read(func(buf []byte) (int, error) {
			for task := range rados.Pipeline(t.Context(), 4, slices.Values([]*rados.Task{ioctx.ReadTask("object", buf, 0)})) {
				return task.N, task.Err
			}
			return 0, errors.New("no task was yielded")
		})
		read(func(buf []byte) (int, error) {
			op := rados.CreateReadOp()
			step := op.ExecInto("class", "method", nil, buf)
			if err := op.Operate(ioctx, "object", 0); err != nil {
				return 0, err
			}
			out, err := step.Bytes()
			return len(out), err
		})
		fakelibrados.Reset()
		fakelibrados.Pieces()
	}
}

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

func TestStat(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Answer("rados_stat", memory(1<<63+1), memory(1457129052))
	stat, err := ioctx.Stat("object")
	require.NoError(t, err)
	assert.Equal(t, rados.ObjectStat{Size: 1<<63 + 1, ModTime: time.Unix(1457129052, 0)}, stat)
	fakelibrados.Return("rados_stat", -int(syscall.ENOENT))
	stat, err = ioctx.Stat("object")
	assert.Equal(t, rados.ErrNotFound, err)
	assert.Zero(t, stat)
}

func TestGetClusterStats(t *testing.T) {
	conn := connected(t)
	fakelibrados.Answer("rados_cluster_stat", memory(1, 2, 3, math.MaxUint64))
	stat, err := conn.GetClusterStats()
	require.NoError(t, err)
	assert.Equal(t, rados.ClusterStat{Kb: 1, Kb_used: 2, Kb_avail: 3, Num_objects: math.MaxUint64}, stat)
	fakelibrados.Return("rados_cluster_stat", -int(syscall.EIO))
	stat, err = conn.GetClusterStats()
	assert.ErrorIs(t, err, syscall.EIO)
	assert.Zero(t, stat)
}

func TestGetPoolStats(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Answer("rados_ioctx_pool_stat", memory(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))
	stat, err := ioctx.GetPoolStats()
	require.NoError(t, err)
	assert.Equal(t, rados.PoolStat{
		Num_bytes: 1, Num_kb: 2, Num_objects: 3, Num_object_clones: 4, Num_object_copies: 5,
		Num_objects_missing_on_primary: 6, Num_objects_unfound: 7, Num_objects_degraded: 8,
		Num_rd: 9, Num_rd_kb: 10, Num_wr: 11, Num_wr_kb: 12,
		Num_user_bytes: 13, Compressed_bytes_orig: 14, Compressed_bytes: 15, Compressed_bytes_alloc: 16,
	}, stat)
	fakelibrados.Return("rados_ioctx_pool_stat", -int(syscall.EIO))
	stat, err = ioctx.GetPoolStats()
	assert.ErrorIs(t, err, syscall.EIO)
	assert.Zero(t, stat)
}

func TestNumbers(t *testing.T) {
	o := both(t)
	fakelibrados.Return("rados_get_instance_id", -1)
	assert.EqualValues(t, uint64(math.MaxUint64), o.conn.GetInstanceID())
	fakelibrados.Return("rados_ioctx_get_id", math.MaxInt64)
	assert.EqualValues(t, math.MaxInt64, o.ioctx.GetPoolID())
	fakelibrados.Return("rados_pool_lookup", math.MaxInt64)
	id, err := o.conn.GetPoolByName("pool")
	require.NoError(t, err)
	assert.EqualValues(t, math.MaxInt64, id)
}

// text is a method that returns a text of any length, which librados writes
// into a buffer that may prove too short.
type text struct {
	name    string
	sends   string
	first   int // the buffer that is tried first
	short   syscall.Errno
	prepare func(o *on, text string)
	get     func(o on) (string, error)
}

var texts = []text{
	{"GetConfigOption", "rados_conf_get", 256, syscall.ENAMETOOLONG,
		func(_ *on, text string) { fakelibrados.Answer("rados_conf_get", text) },
		func(o on) (string, error) { return o.conn.GetConfigOption("option") }},
	{"GetFSID", "rados_cluster_fsid", 37, syscall.ERANGE,
		func(_ *on, text string) { fakelibrados.Answer("rados_cluster_fsid", text) },
		func(o on) (string, error) { return o.conn.GetFSID() }},
	{"GetPoolByID", "rados_pool_reverse_lookup", 256, syscall.ERANGE,
		func(_ *on, text string) { fakelibrados.Answer("rados_pool_reverse_lookup", text) },
		func(o on) (string, error) { return o.conn.GetPoolByID(7) }},
	{"GetNamespace", "rados_ioctx_get_namespace", 128, syscall.ERANGE,
		func(o *on, text string) { o.ioctx.SetNamespace(text) },
		func(o on) (string, error) { return o.ioctx.GetNamespace() }},
	{"GetPoolName", "rados_ioctx_get_pool_name", 128, syscall.ERANGE,
		func(o *on, text string) {
			o.ioctx, _ = o.conn.OpenIOContext(text)
		},
		func(o on) (string, error) { return o.ioctx.GetPoolName() }},
}

func forEachText(t *testing.T, test func(*testing.T, text)) {
	for _, tx := range texts {
		t.Run(tx.name, func(t *testing.T) { test(t, tx) })
	}
}

func TestTextsOfAnyLength(t *testing.T) {
	forEachText(t, func(t *testing.T, tx text) {
		for length, calls := range map[int]int{
			0:                 1,
			1:                 1,
			tx.first - 1:      1, // with its NUL just right
			tx.first:          2,
			2*tx.first - 1:    2,
			2 * tx.first:      3,
			100*tx.first + 17: 8,
		} {
			t.Run(fmt.Sprint(length), func(t *testing.T) {
				o := both(t)
				want := strings.Repeat("ü", length/2) + strings.Repeat("x", length%2)
				tx.prepare(&o, want)
				got, err := tx.get(o)
				require.NoError(t, err)
				assert.Equal(t, want, got)
				assert.Equal(t, calls, fakelibrados.Calls(tx.sends)-madeByBoth[tx.sends])
			})
		}
	})
}

// TestTextsThatFailWhenTriedAgain: the larger buffer is freed as well, which
// the C heap would not tell; but the error must be the later one.
func TestTextsThatFailWhenTriedAgain(t *testing.T) {
	forEachText(t, func(t *testing.T, tx text) {
		o := both(t)
		tx.prepare(&o, strings.Repeat("x", 10*tx.first))
		fakelibrados.ReturnAfter(tx.sends, 2, -int(syscall.EIO))
		got, err := tx.get(o)
		assert.ErrorIs(t, err, syscall.EIO)
		assert.Empty(t, got)
		assert.Equal(t, 3, fakelibrados.Calls(tx.sends)-madeByBoth[tx.sends])
	})
}

// TestTextsThatNeverFit: librados could say so for ever.
func TestTextsThatNeverFit(t *testing.T) {
	forEachText(t, func(t *testing.T, tx text) {
		o := both(t)
		fakelibrados.Return(tx.sends, -int(tx.short))
		_, err := tx.get(o)
		assert.ErrorIs(t, err, syscall.ENOMEM)
	})
}

// TestTextsOtherErrors: what asks for a larger buffer from one function is an
// error from another.
func TestTextsOtherErrors(t *testing.T) {
	forEachText(t, func(t *testing.T, tx text) {
		for _, errno := range []syscall.Errno{syscall.ERANGE, syscall.ENAMETOOLONG, syscall.EIO} {
			if errno == tx.short {
				continue
			}
			t.Run(errno.Error(), func(t *testing.T) {
				o := both(t)
				fakelibrados.Return(tx.sends, -int(errno))
				_, err := tx.get(o)
				assert.ErrorIs(t, err, errno)
				assert.Equal(t, 1, fakelibrados.Calls(tx.sends)-madeByBoth[tx.sends])
			})
		}
	})
}

func TestListPools(t *testing.T) {
	long := strings.Repeat("x", 5000)
	for what, want := range map[string][]string{
		"none":        nil,
		"one":         {"pool"},
		"some":        {"rbd", ".mgr", "pööl", "p"},
		"long":        {long},
		"long behind": {"rbd", long, "p"},
		"just fits":   {strings.Repeat("x", 4096-2)},
		"one too few": {strings.Repeat("x", 4096-1)},
		"many":        strings.Split(strings.Repeat("pool ", 9999)+"last", " "),
	} {
		t.Run(what, func(t *testing.T) {
			conn := connected(t)
			flat := strings.Join(append(want, ""), "\x00") + "\x00"
			fakelibrados.Answer("rados_pool_list", flat)
			got, err := conn.ListPools()
			require.NoError(t, err)
			assert.Equal(t, want, got)
			if len(flat) <= 4096 {
				assert.Equal(t, 1, fakelibrados.Calls("rados_pool_list"))
			} else {
				assert.Equal(t, 2, fakelibrados.Calls("rados_pool_list"))
				assert.Equal(t, []any{max(len(flat), 4096)}, fakelibrados.Args("rados_pool_list"), "just what is needed")
			}
		})
	}
}

func TestListPoolsFails(t *testing.T) {
	conn := connected(t)
	fakelibrados.Answer("rados_pool_list", strings.Repeat("x", 10_000))
	fakelibrados.ReturnAfter("rados_pool_list", 1, -int(syscall.EIO))
	names, err := conn.ListPools()
	assert.ErrorIs(t, err, syscall.EIO)
	assert.Nil(t, names)
	fakelibrados.Return("rados_pool_list", math.MaxInt32)
	_, err = conn.ListPools()
	assert.ErrorIs(t, err, syscall.ENOMEM, "nobody has 2 GiB of pool names")
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

// manyXattrs has the fake answer with as many as that, in order.
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

// command is a method that sends a command.
type command struct {
	name  string
	sends string
	call  func(conn *rados.Conn) ([]byte, string, error)
}

var commands = []command{
	{"MgrCommand", "rados_mgr_command",
		func(c *rados.Conn) ([]byte, string, error) { return c.MgrCommand(words) }},
	{"MgrCommandWithInputBuffer", "rados_mgr_command",
		func(c *rados.Conn) ([]byte, string, error) { return c.MgrCommandWithInputBuffer(words, input) }},
	{"MgrCommandTarget", "rados_mgr_command_target",
		func(c *rados.Conn) ([]byte, string, error) { return c.MgrCommandTarget("x", words) }},
	{"MgrCommandTargetWithInputBuffer", "rados_mgr_command_target",
		func(c *rados.Conn) ([]byte, string, error) {
			return c.MgrCommandTargetWithInputBuffer("x", words, input)
		}},
	{"MonCommand", "rados_mon_command",
		func(c *rados.Conn) ([]byte, string, error) { return c.MonCommand(data) }},
	{"MonCommandWithInputBuffer", "rados_mon_command",
		func(c *rados.Conn) ([]byte, string, error) { return c.MonCommandWithInputBuffer(data, input) }},
	{"MonCommandTarget", "rados_mon_command_target",
		func(c *rados.Conn) ([]byte, string, error) { return c.MonCommandTarget("a", words) }},
	{"MonCommandTargetWithInputBuffer", "rados_mon_command_target",
		func(c *rados.Conn) ([]byte, string, error) {
			return c.MonCommandTargetWithInputBuffer("a", words, input)
		}},
	{"OsdCommand", "rados_osd_command",
		func(c *rados.Conn) ([]byte, string, error) { return c.OsdCommand(0, words) }},
	{"OsdCommandWithInputBuffer", "rados_osd_command",
		func(c *rados.Conn) ([]byte, string, error) { return c.OsdCommandWithInputBuffer(0, words, input) }},
	{"PGCommand", "rados_pg_command",
		func(c *rados.Conn) ([]byte, string, error) { return c.PGCommand(data, words) }},
	{"PGCommandWithInputBuffer", "rados_pg_command",
		func(c *rados.Conn) ([]byte, string, error) { return c.PGCommandWithInputBuffer(data, words, input) }},
}

func TestCommands(t *testing.T) {
	output := strings.Repeat("out\x00put", 10_000)
	for _, cmd := range commands {
		for what, answers := range map[string][]string{
			"nothing":     nil,
			"no bytes":    {"", ""}, // yet memory to give back
			"output":      {output},
			"status":      {"", "status"},
			"both":        {output, "st\x00atus"},
			"one, no two": {"o", ""},
		} {
			for _, ret := range []int{0, int(syscall.EINVAL), -int(syscall.EINVAL)} {
				t.Run(fmt.Sprintf("%s/%s %d", cmd.name, what, ret), func(t *testing.T) {
					conn := connected(t)
					fakelibrados.Answer(cmd.sends, answers...)
					fakelibrados.Return(cmd.sends, ret)
					want := append(append([]string{}, answers...), "", "")
					got, status, err := cmd.call(conn)
					assert.Equal(t, want[0], string(got))
					assert.Equal(t, want[1], status)
					if ret != 0 {
						assert.ErrorIs(t, err, syscall.EINVAL)
						assert.Equal(t, -int(syscall.EINVAL), err.(interface{ ErrorCode() int }).ErrorCode())
					} else {
						assert.NoError(t, err)
					}
				})
			}
		}
	}
}

// TestCommandsTableIsComplete checks that TestCommands covers every command method of Conn.
func TestCommandsTableIsComplete(t *testing.T) {
	var methods, tested []string
	conn := reflect.TypeFor[*rados.Conn]()
	for i := range conn.NumMethod() {
		if name := conn.Method(i).Name; strings.Contains(name, "Command") {
			methods = append(methods, name)
		}
	}
	for _, cmd := range commands {
		tested = append(tested, cmd.name)
	}
	assert.ElementsMatch(t, methods, tested)
}

// TestCommandFailsWithAnyPositiveErrno: managers return the errno without its sign.
func TestCommandFailsWithAnyPositiveErrno(t *testing.T) {
	for _, cmd := range commands {
		conn := connected(t)
		for _, errno := range []syscall.Errno{syscall.EPERM, syscall.ENOENT, syscall.EINVAL, syscall.ETIMEDOUT} {
			fakelibrados.Return(cmd.sends, int(errno))
			_, _, err := cmd.call(conn)
			assert.ErrorIs(t, err, errno, cmd.name)
		}
		fakelibrados.Return(cmd.sends, int(syscall.ENOENT))
		_, _, err := cmd.call(conn)
		assert.Equal(t, rados.ErrNotFound, err, cmd.name)
	}
}

func TestNamespacesAreTheIOContexts(t *testing.T) {
	o := both(t)
	other, err := o.conn.OpenIOContext("other")
	require.NoError(t, err)
	for _, namespace := range []string{"here", "", rados.AllNamespaces} {
		o.ioctx.SetNamespace(namespace)
		got, err := o.ioctx.GetNamespace()
		require.NoError(t, err)
		assert.Equal(t, namespace, got)
		got, err = other.GetNamespace()
		require.NoError(t, err)
		assert.Empty(t, got)
	}
}

// TestNamespaceKeepsItsError: SetNamespace can't return it, so whatever comes
// next does, and goes nowhere.
func TestNamespaceKeepsItsError(t *testing.T) {
	forEach(t, func(m method) bool { return !m.ofConn() && fails(m) && !m.setup }, func(t *testing.T, m method) {
		o := both(t)
		o.ioctx.SetNamespace("good")
		sendsNothing(t, func() {
			o.ioctx.SetNamespace("a\x00b")
			for range 3 {
				assert.Equal(t, rados.ErrNameContainsNUL, m.call(o, "name"))
			}
			o.ioctx.SetNamespace("\x00")
			assert.Equal(t, rados.ErrNameContainsNUL, m.call(o, "name"))
		})
		require.NoError(t, o.conn.WaitForLatestOSDMap(), "the Conn has nothing to do with it")
		o.ioctx.SetNamespace("")
		assert.NoError(t, m.call(o, "name"))
	})
}

// TestNamespaceErrorDoesNotKeepOut what sends nothing.
func TestNamespaceErrorDoesNotKeepOut(t *testing.T) {
	forEach(t, func(m method) bool { return !m.ofConn() && m.setup }, func(t *testing.T, m method) {
		o := both(t)
		o.ioctx.SetNamespace("a\x00b")
		require.NoError(t, m.call(o, "name"))
		assert.Equal(t, 1, fakelibrados.Calls(m.sends))
	})
	o := both(t)
	fakelibrados.Return("rados_ioctx_get_id", 7)
	o.ioctx.SetNamespace("good")
	o.ioctx.SetNamespace("a\x00b")
	assert.EqualValues(t, 7, o.ioctx.GetPoolID())
	namespace, err := o.ioctx.GetNamespace()
	require.NoError(t, err)
	assert.Equal(t, "good", namespace)
	pool, err := o.ioctx.GetPoolName()
	require.NoError(t, err)
	assert.Equal(t, "pool", pool)
}

func TestNamespaceErrorEndsWithTheIOContext(t *testing.T) {
	ioctx := opened(t)
	ioctx.SetNamespace("a\x00b")
	ioctx.Destroy()
	assert.Equal(t, rados.ErrInvalidIOContext, ioctx.Delete("object"))
}

func TestListSnaps(t *testing.T) {
	for _, n := range []int{0, 1, 63, 64, 65, 128, 1006} {
		var want []rados.SnapID
		var ids []uint64
		for i := range n {
			ids = append(ids, uint64(i)<<40)
			want = append(want, rados.SnapID(i)<<40)
		}
		ioctx := opened(t)
		fakelibrados.Answer("rados_ioctx_snap_list", memory(ids...))
		got, err := ioctx.ListSnaps()
		require.NoError(t, err)
		assert.Len(t, got, n)
		assert.ElementsMatch(t, want, got)
	}
}

func TestListLockers(t *testing.T) {
	for _, n := range []int{0, 1, 100, 1000} {
		want := &rados.LockInfo{NumLockers: n, Exclusive: true, Tag: strings.Repeat("t", n)}
		for i := range n {
			want.Clients = append(want.Clients, fmt.Sprintf("client.%d", i))
			want.Cookies = append(want.Cookies, strings.Repeat("c", i%3)) // may be empty
			want.Addrs = append(want.Addrs, fmt.Sprintf("127.0.0.1:0/%d", i))
		}
		ioctx := opened(t)
		fakelibrados.Answer("rados_list_lockers", want.Tag+"\x00",
			terminated(want.Clients), terminated(want.Cookies), terminated(want.Addrs))
		got, err := ioctx.ListLockers("object", "lock")
		require.NoError(t, err)
		if n == 0 {
			want = &rados.LockInfo{} // whatever earlier holders left
		}
		assert.Equal(t, want, got)
	}
}

// terminated puts a NUL behind each item.
func terminated(items []string) string {
	var b strings.Builder
	for _, item := range items {
		b.WriteString(item + "\x00")
	}
	return b.String()
}

// TestLastVersion: it is that of the last call, of any goroutine.
func TestLastVersion(t *testing.T) {
	ioctx := opened(t)
	version, err := ioctx.GetLastVersion()
	require.NoError(t, err)
	assert.Zero(t, version, "there was no call yet")
	for range 3 {
		before := version
		require.NoError(t, ioctx.Write("object", data, 0))
		version, err = ioctx.GetLastVersion()
		require.NoError(t, err)
		assert.Greater(t, version, before)
		require.NoError(t, ioctx.WriteContext(t.Context(), "object", data, 0))
		parked, err := ioctx.GetLastVersion()
		require.NoError(t, err)
		assert.Greater(t, parked, version)
		version = parked
	}
	ioctx.Destroy()
	_, err = ioctx.GetLastVersion()
	assert.Equal(t, rados.ErrInvalidIOContext, err)
}
