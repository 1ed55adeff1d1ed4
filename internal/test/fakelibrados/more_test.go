package fakelibrados_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// dicts are the methods that take a dict, with where it is among the arguments.
var dicts = map[string]struct {
	sends string
	at    int
	call  func(*rados.Conn, map[string]string) error
}{
	"RegisterService": {"rados_service_register", 2,
		func(c *rados.Conn, dict map[string]string) error { return c.RegisterService("service", "daemon", dict) }},
	"UpdateServiceStatus": {"rados_service_update_status", 0,
		func(c *rados.Conn, dict map[string]string) error { return c.UpdateServiceStatus(dict) }},
}

// pairs reads a dict as C was given it.
func pairs(t *testing.T, flat any) map[string]string {
	t.Helper()
	words := strings.Split(flat.(string), "\x00")
	require.Equal(t, 1, len(words)%2, "%q", flat)
	dict := map[string]string{}
	for i := 0; i+1 < len(words); i += 2 {
		dict[words[i]] = words[i+1]
	}
	return dict
}

func TestDicts(t *testing.T) {
	many := map[string]string{}
	for i := range 1000 {
		many[fmt.Sprint("key", i)] = strings.Repeat("v", i)
	}
	for name, m := range dicts {
		t.Run(name, func(t *testing.T) {
			conn := connected(t)
			for _, dict := range []map[string]string{
				{}, {"key": "value"}, {"key": ""}, {"ü": "\xff", " ": "\n"}, {"a": "", "b": "", "c": "d"}, many,
			} {
				require.NoError(t, m.call(conn, dict))
				assert.Equal(t, dict, pairs(t, fakelibrados.Args(m.sends)[m.at]))
			}
			require.NoError(t, m.call(conn, nil))
			assert.Equal(t, "", fakelibrados.Args(m.sends)[m.at])
		})
	}
}

func TestBadDicts(t *testing.T) {
	for name, m := range dicts {
		t.Run(name, func(t *testing.T) {
			conn := connected(t)
			sendsNothing(t, func() {
				for _, dict := range []map[string]string{
					{"\x00": "v"}, {"k\x00": "v"}, {"\x00k": "v"}, {"k\x00k": "v"},
					{"k": "\x00"}, {"k": "v\x00"}, {"k": "\x00v"}, {"k": "v\x00v"}, {"k": "v\x00\x00"},
					{"k": "v\x00", "l": "w\x00"}, {"": "v\x00"},
				} {
					err := m.call(conn, dict)
					assert.True(t, err == rados.ErrNameContainsNUL, "%q: %v", dict, err)
				}
				for _, dict := range []map[string]string{{"": "v"}, {"": ""}, {"k": "v", "": "v"}} {
					err := m.call(conn, dict)
					assert.ErrorIs(t, err, syscall.EINVAL)
					assert.NotErrorIs(t, err, rados.ErrNameContainsNUL, "%q", dict)
				}
			})
		})
	}
}

func TestNumberLists(t *testing.T) {
	ioctx := opened(t)
	for _, snaps := range [][]rados.SnapID{nil, {}, {1}, {1<<64 - 1, 1 << 40, 0}, make([]rados.SnapID, 10_000)} {
		want := []any{-1}
		for _, snap := range snaps {
			want = append(want, int(snap))
		}
		require.NoError(t, ioctx.SetSelfManagedSnapContext(1<<64-1, snaps))
		assert.Equal(t, want, fakelibrados.Args("rados_ioctx_selfmanaged_snap_set_write_ctx"))
	}
}

// TestCloneHasTheWriteContext as it was set, whatever the caller has done with the
// slice since, and not the one that was refused.
func TestCloneHasTheWriteContext(t *testing.T) {
	const sends = "rados_ioctx_selfmanaged_snap_set_write_ctx"
	ioctx := opened(t)
	snaps := []rados.SnapID{7, 5}
	require.NoError(t, ioctx.SetSelfManagedSnapContext(7, snaps))
	snaps[0], snaps[1] = 3, 1
	fakelibrados.Return(sends, -int(syscall.EINVAL))
	assert.ErrorIs(t, ioctx.SetSelfManagedSnapContext(3, snaps), syscall.EINVAL)
	_, err := ioctx.Clone()
	assert.ErrorIs(t, err, syscall.EINVAL, "none without it")
	fakelibrados.Proceed(sends)
	_, err = ioctx.Clone()
	require.NoError(t, err)
	assert.Equal(t, []any{7, 7, 5}, fakelibrados.Args(sends))
}

func TestBools(t *testing.T) {
	ioctx := opened(t)
	for force, want := range map[bool]int{false: 0, true: 1} {
		require.NoError(t, ioctx.EnableApplication("app", force))
		assert.Equal(t, []any{"app", want}, fakelibrados.Args("rados_application_enable"))
	}
}

func TestSeconds(t *testing.T) {
	conn := connected(t)
	const most = math.MaxUint32 * time.Second
	for expire, want := range map[time.Duration]int{
		0: 0, 1: 1, time.Second - 1: 1, time.Second: 1, time.Second + 1: 2, 90 * time.Minute: 5400,
		most - 1: math.MaxUint32, most: math.MaxUint32,
	} {
		require.NoError(t, conn.BlocklistAdd("address", expire))
		assert.Equal(t, []any{"address", want}, fakelibrados.Args("rados_blocklist_add"), expire)
	}
	sendsNothing(t, func() {
		for _, expire := range []time.Duration{-1, -time.Second, math.MinInt64, most + 1, math.MaxInt64} {
			assert.ErrorIs(t, conn.BlocklistAdd("address", expire), syscall.EINVAL, expire)
		}
	})
}

func TestSmallResults(t *testing.T) {
	o := both(t)
	fakelibrados.Answer("rados_get_min_compatible_osd", "\x10")
	osd, err := o.conn.GetMinCompatibleOSD()
	require.NoError(t, err)
	assert.EqualValues(t, 16, osd)
	fakelibrados.Answer("rados_get_min_compatible_client", "\x0c", "\xff")
	minimum, required, err := o.conn.GetMinCompatibleClient()
	require.NoError(t, err)
	assert.Equal(t, []int8{12, -1}, []int8{minimum, required})
	fakelibrados.Answer("rados_pool_get_base_tier", memory(1<<40))
	tier, err := o.conn.GetBaseTier(7)
	require.NoError(t, err)
	assert.EqualValues(t, 1<<40, tier)
	fakelibrados.Answer("rados_ioctx_selfmanaged_snap_create", memory(1<<63))
	snap, err := o.ioctx.CreateSelfManagedSnap()
	require.NoError(t, err)
	assert.EqualValues(t, uint64(1<<63), snap)
}

func TestExec(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Answer("rados_read_op_exec_user_buf", "out\x00put")
	for _, size := range []int{7, 100} {
		output := make([]byte, size)
		n, err := ioctx.Exec("object", "class", "method", nil, output)
		require.NoError(t, err)
		assert.Equal(t, "out\x00put", string(output[:n]))
	}
	for _, short := range [][]byte{nil, {}, make([]byte, 6)} {
		_, err := ioctx.Exec("object", "class", "method", input, short)
		assert.ErrorIs(t, err, syscall.ERANGE)
	}
	ioctx = opened(t)
	fakelibrados.Outcomes(fakelibrados.Outcome{Code: 42})
	n, err := ioctx.Exec("object", "class", "method", nil, nil)
	require.NoError(t, err)
	assert.Equal(t, 42, n, "the method's own")
}

func TestMoreHugeLengthsAreRefused(t *testing.T) {
	o := both(t)
	b := huge(t, math.MaxInt32+1)
	for what, call := range map[string]func() error{
		"CmpExt":      func() error { return o.ioctx.CmpExt("object", b, 0) },
		"Exec input":  func() error { return second(o.ioctx.Exec("object", "class", "method", b, nil)) },
		"Exec output": func() error { return second(o.ioctx.Exec("object", "class", "method", nil, b)) },
		"WriteSame":   func() error { return o.ioctx.WriteSame("object", b, 1, 0) },
		"MgrCommandTarget": func() error {
			return third(o.conn.MgrCommandTargetWithInputBuffer("x", words, b))
		},
	} {
		t.Run(what, func(t *testing.T) {
			sendsNothing(t, func() { assert.ErrorIs(t, call(), syscall.E2BIG) })
		})
	}
}

func TestMismatchOffset(t *testing.T) {
	ioctx := opened(t)
	for ret, want := range map[int]struct {
		offset uint64
		ok     bool
	}{
		-4095: {0, true}, -4096: {1, true}, -4095 - 1<<20: {1 << 20, true},
		-4094: {}, -int(syscall.ENOENT): {}, 0: {}, 1: {},
	} {
		fakelibrados.Return("rados_cmpext", ret)
		err := ioctx.CmpExt("object", data, 0)
		assert.Equal(t, ret < 0, err != nil, ret)
		for _, err := range []error{err, fmt.Errorf("wrapped: %w", err)} {
			offset, ok := rados.MismatchOffset(err)
			assert.Equal(t, want.ok, ok, ret)
			assert.Equal(t, want.offset, offset, ret)
		}
	}
	for _, err := range []error{nil, errors.New("other"), rados.ErrNotConnected, rados.ErrNameContainsNUL, syscall.Errno(5000)} {
		_, ok := rados.MismatchOffset(err)
		assert.False(t, ok, "%v", err)
	}
}

func TestListInconsistentPGs(t *testing.T) {
	for _, n := range []int{0, 1, 10, 2000} {
		conn := connected(t)
		var want []string
		for i := range n {
			want = append(want, fmt.Sprintf("2.%x", i))
		}
		fakelibrados.Answer("rados_inconsistent_pg_list", terminated(want)+"\x00")
		got, err := conn.ListInconsistentPGs(7)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

func TestListApplications(t *testing.T) {
	for _, n := range []int{0, 1, 3, 500} {
		ioctx := opened(t)
		var want []string
		for i := range n {
			want = append(want, fmt.Sprint("app", i))
		}
		fakelibrados.Answer("rados_application_list", terminated(want))
		got, err := ioctx.ListApplications()
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

func TestGetApplicationMetadata(t *testing.T) {
	for length, calls := range map[int]int{0: 1, 1: 1, 255: 1, 256: 2, 10_000: 2} {
		ioctx := opened(t)
		want := strings.Repeat("x", length)
		fakelibrados.Answer("rados_application_metadata_get", want)
		got, err := ioctx.GetApplicationMetadata("app", "key")
		require.NoError(t, err)
		assert.Equal(t, want, got)
		assert.Equal(t, calls, fakelibrados.Calls("rados_application_metadata_get"), length)
	}
}

func TestListApplicationMetadata(t *testing.T) {
	for _, n := range []int{0, 1, 2, 50, 1000} {
		for what, value := range map[string]string{"empty": "", "short": "v", "long": strings.Repeat("v", 100)} {
			t.Run(fmt.Sprint(n, what), func(t *testing.T) {
				ioctx := opened(t)
				want := map[string]string{}
				var keys, values []string
				for i := range n {
					keys = append(keys, fmt.Sprint("key", i))
					values = append(values, value)
					want[keys[i]] = value
				}
				fakelibrados.Answer("rados_application_metadata_list", terminated(keys), terminated(values))
				got, err := ioctx.ListApplicationMetadata("app")
				require.NoError(t, err)
				assert.Equal(t, want, got)
			})
		}
	}
}

func TestParseConfigArgvRemainder(t *testing.T) {
	conn := unconnected(t)
	for _, test := range []struct{ argv, sent, want []string }{
		{[]string{"program"}, nil, []string{"program"}},
		{[]string{"program", "--option", "a", "-b", ""}, nil, []string{"program", "a", ""}},
		{[]string{"program", "--option", "--", "-x", "--"}, []string{"program", "--option", "--"},
			[]string{"program", "--", "-x", "--"}},
		{[]string{"program", "--"}, nil, []string{"program", "--"}},
		{[]string{"--"}, []string{"./--"}, []string{"--"}}, // a name, which librados would take for an option
	} {
		got, err := conn.ParseConfigArgvRemainder(test.argv)
		require.NoError(t, err)
		assert.Equal(t, test.want, got, test.argv)
		if test.sent == nil {
			test.sent = test.argv
		}
		args := []any{len(test.sent)}
		for _, arg := range test.sent {
			args = append(args, arg)
		}
		assert.Equal(t, args, fakelibrados.Args("rados_conf_parse_argv_remainder"))
	}
	sendsNothing(t, func() {
		for _, none := range [][]string{nil, {}} {
			_, err := conn.ParseConfigArgvRemainder(none)
			assert.Equal(t, rados.ErrEmptyArgument, err)
		}
		_, err := conn.ParseConfigArgvRemainder([]string{"program", "a\x00b"})
		assert.Equal(t, rados.ErrNameContainsNUL, err)
		_, err = conn.ParseConfigArgvRemainder([]string{"program", "--show_conf"})
		assert.ErrorIs(t, err, syscall.EINVAL, "it would end the process")
	})
}

func TestStat2(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Answer("rados_stat2", memory(1<<63+1), memory(1457129052, 123456789))
	stat, err := ioctx.Stat2("object")
	require.NoError(t, err)
	assert.Equal(t, rados.ObjectStat{Size: 1<<63 + 1, ModTime: time.Unix(1457129052, 123456789)}, stat)
	assert.Zero(t, fakelibrados.Calls("rados_stat"))
	fakelibrados.Return("rados_stat2", -int(syscall.ENOENT))
	stat, err = ioctx.Stat2("object")
	assert.Equal(t, rados.ErrNotFound, err)
	assert.Zero(t, stat)
}

// TestMissingFunctionError: the fake always lacks the function that removes a range
// of keys.
func TestMissingFunctionError(t *testing.T) {
	ioctx := opened(t)
	w := rados.CreateWriteOp()
	defer w.Release()
	w.RmOmapRange("a", "b")
	missing(t, w.Operate(ioctx, "object", 0), "rados_write_op_omap_rm_range2", "16.2")
}

// missing asserts that a function is missing, and since when librados has it.
func missing(t *testing.T, err error, function, since string) {
	t.Helper()
	var e *rados.MissingFunctionError
	require.ErrorAs(t, err, &e)
	assert.Equal(t, rados.MissingFunctionError{Function: function, Since: since}, *e)
	for _, is := range []error{rados.ErrMissingFunction, errors.ErrUnsupported, syscall.ENOSYS} {
		assert.ErrorIs(t, err, is)
	}
	assert.NotErrorIs(t, err, rados.ErrNotFound)
	assert.Equal(t, -int(syscall.ENOSYS), e.ErrorCode())
	assert.Contains(t, err.Error(), function)
	assert.Contains(t, err.Error(), since)
}

// lackedVar is set in the process of TestOfOlderReleases that has them lacked.
const lackedVar = "FAKERADOS_TEST_LACKED"

// TestOfOlderReleases runs once more, in a process whose fake lacks functions: which
// there are is settled when a process starts.
func TestOfOlderReleases(t *testing.T) {
	if os.Getenv(lackedVar) != "" {
		t.Run("Stat2", testStat2Lacked)
		t.Run("BlocklistAdd", testBlocklistAddLacked)
		t.Run("MgrCommandTarget", testMgrCommandTargetLacked)
		return
	}
	out, err := lackingProcess(t, "^TestOfOlderReleases$",
		fakelibrados.Without("rados_stat2", "rados_aio_stat2", "rados_aio_create_completion2", "rados_blocklist_add", "rados_mgr_command_target"))
	require.NoError(t, err, "%s", out)
	assert.Contains(t, out, "--- PASS: TestOfOlderReleases/MgrCommandTarget")
}

func testStat2Lacked(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Answer("rados_stat", memory(42), memory(1457129052))
	stat, err := ioctx.Stat2("object")
	require.NoError(t, err)
	assert.Equal(t, rados.ObjectStat{Size: 42, ModTime: time.Unix(1457129052, 0)}, stat)
	fakelibrados.Return("rados_stat", -int(syscall.ENOENT))
	_, err = ioctx.Stat2("object")
	assert.Equal(t, rados.ErrNotFound, err)
}

func testBlocklistAddLacked(t *testing.T) {
	require.NoError(t, connected(t).BlocklistAdd("address", time.Millisecond))
	assert.Equal(t, []any{"address", 1}, fakelibrados.Args("rados_blacklist_add"))
}

func testMgrCommandTargetLacked(t *testing.T) {
	conn := connected(t)
	sendsNothing(t, func() {
		missing(t, third(conn.MgrCommandTarget("x", words)), "rados_mgr_command_target", "16.2")
		missing(t, third(conn.MgrCommandTargetWithInputBuffer("x", words, input)), "rados_mgr_command_target", "16.2")
	})
}

// TestRegisterServiceEarly: whichever C object gets connected is told.
func TestRegisterServiceEarly(t *testing.T) {
	const register = "rados_service_register"
	early := func(t *testing.T) *rados.Conn {
		conn := unconnected(t)
		metadata := map[string]string{"key": "value"}
		require.NoError(t, conn.RegisterService("service", "daemon", metadata))
		metadata["key"] = "another"
		assert.Equal(t, 1, fakelibrados.Calls(register))
		return conn
	}
	t.Run("kept", func(t *testing.T) {
		conn := early(t)
		fakelibrados.Return("rados_connect", -int(syscall.ETIMEDOUT))
		assert.Error(t, conn.Connect())
		assert.Equal(t, 2, fakelibrados.Calls(register), "with the handle that has replaced the one that failed")
		assert.Error(t, conn.Connect())
		assert.Equal(t, 2, fakelibrados.Calls(register))
		fakelibrados.Proceed("rados_connect")
		require.NoError(t, conn.Connect())
		assert.Equal(t, 3, fakelibrados.Calls(register))
		assert.Equal(t, []any{"service", "daemon", "key\x00value\x00"}, fakelibrados.Args(register))
	})
	t.Run("not kept", func(t *testing.T) {
		conn := unconnected(t)
		fakelibrados.Return(register, -int(syscall.EEXIST))
		assert.Equal(t, rados.ErrObjectExists, conn.RegisterService("service", "daemon", nil))
		require.NoError(t, conn.Connect())
		assert.Equal(t, 1, fakelibrados.Calls(register))
	})
	t.Run("known", func(t *testing.T) {
		conn := early(t)
		fakelibrados.Return(register, -int(syscall.EEXIST))
		assert.NoError(t, conn.Connect())
	})
	t.Run("refused", func(t *testing.T) {
		conn := early(t)
		fakelibrados.Return(register, -int(syscall.EPERM))
		assert.ErrorIs(t, conn.Connect(), syscall.EPERM)
		assert.NoError(t, conn.WaitForLatestOSDMap(), "it is connected")
	})
	t.Run("while Connect succeeds", func(t *testing.T) {
		conn := unconnected(t)
		finish := held(t, "rados_connect", conn.Connect)
		require.NoError(t, conn.RegisterService("service", "daemon", nil))
		assert.Zero(t, fakelibrados.Calls(register), "librados would lose it")
		require.NoError(t, finish())
		assert.Equal(t, 1, fakelibrados.Calls(register))
		assert.Equal(t, []any{"service", "daemon", ""}, fakelibrados.Args(register))
	})
	t.Run("while Connect fails", func(t *testing.T) {
		conn := unconnected(t)
		fakelibrados.Return("rados_connect", -int(syscall.ETIMEDOUT))
		finish := held(t, "rados_connect", conn.Connect)
		require.NoError(t, conn.RegisterService("service", "daemon", nil))
		assert.Error(t, finish())
		fakelibrados.Proceed("rados_connect")
		require.NoError(t, conn.Connect())
		assert.Equal(t, 2, fakelibrados.Calls(register))
	})
	t.Run("while another attempt succeeds", func(t *testing.T) {
		conn := unconnected(t)
		fakelibrados.Return("rados_connect", -int(syscall.ETIMEDOUT))
		assert.Error(t, conn.Connect())
		fakelibrados.Proceed("rados_connect")
		finish := held(t, "rados_connect", conn.Connect)
		require.NoError(t, conn.RegisterService("service", "daemon", nil))
		assert.Equal(t, 1, fakelibrados.Calls(register))
		require.NoError(t, finish())
		assert.Equal(t, 2, fakelibrados.Calls(register))
	})
}

// TestTooOld has a library as it was before Ceph 14.2: its symbols have no version, and
// functions are missing that every later release has. The loader lets such a program start,
// and would end it at the first call of what is missing.
func TestTooOld(t *testing.T) {
	if os.Getenv(lackedVar) != "" {
		for _, open := range []func() (*rados.Conn, error){
			rados.NewConn,
			func() (*rados.Conn, error) { return rados.NewConnWithUser("admin") },
			func() (*rados.Conn, error) { return rados.NewConnWithClusterAndUser("ceph", "client.admin") },
		} {
			fresh(t)
			conn, err := open()
			assert.Nil(t, conn)
			missing(t, err, "rados_getaddrs", "14.2")
			assert.Empty(t, fakelibrados.Live())
		}
		return
	}
	out, err := lackingProcess(t, "^TestTooOld$", fakelibrados.Without("rados_getaddrs", "rados_unlock"), fakelibrados.Version(""))
	require.NoError(t, err, "%s", out)
	assert.Contains(t, out, "--- PASS: TestTooOld")
}

// TestLoaderRefuses has a library with versions of which none is that of the symbols that
// programs are linked to: the loader says so, and starts nothing.
func TestLoaderRefuses(t *testing.T) {
	out, err := lackingProcess(t, "^TestTooOld$", fakelibrados.Version("LIBRADOS_0"))
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	assert.Equal(t, 1, exit.ExitCode())
	assert.Regexp(t, `librados\.so\.2: version .LIBRADOS_14\.2\.0. not found \(required by `, out)
	assert.NotContains(t, out, "TestTooOld")
}

// lackingProcess runs a test once more, with another fake. What the process leaves behind if
// the loader refuses to start it goes with t.
func lackingProcess(t *testing.T, test string, fake ...string) (string, error) {
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	cmd := exec.Command(program, "-test.run="+test, "-test.v")
	cmd.Env = append(append(os.Environ(), lackedVar+"=yes", "TMPDIR="+t.TempDir()), fake...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}
