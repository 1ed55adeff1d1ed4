package fakelibrados_test

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/internal/test/target"
	"github.com/go-rados/go-rados/rados"
)

func TestVersion(t *testing.T) {
	fresh(t)
	major, minor, extra := rados.Version()
	assert.Equal(t, []int{3, 1, 4}, []int{major, minor, extra})
}

// missing asserts that a function is missing, and which release added it.
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

// lackedVar is set in the process of TestFunctionsThatOlderReleasesLack whose
// library lacks them.
const lackedVar = "FAKERADOS_TEST_LACKED"

// TestFunctionsThatOlderReleasesLack runs again in a process whose fake lacks
// functions, since the set of functions is fixed when a process starts.
func TestFunctionsThatOlderReleasesLack(t *testing.T) {
	if os.Getenv(lackedVar) != "" {
		t.Run("Stat2", testStat2Lacked)
		t.Run("Striper", testStriperStatLacked)
		t.Run("BlocklistAdd", testBlocklistAddLacked)
		t.Run("RmOmapRange", testRmOmapRangeLacked)
		t.Run("MgrCommandTarget", testMgrCommandTargetLacked)
		return
	}
	out, err := lackingProcess(t, "^TestFunctionsThatOlderReleasesLack$",
		fakelibrados.Without("rados_stat2", "rados_striper_stat2", "rados_aio_stat2", "rados_aio_create_completion2", "rados_blocklist_add", "rados_write_op_omap_rm_range2", "rados_mgr_command_target"))
	require.NoError(t, err, "%s", out)
	assert.Contains(t, out, "--- PASS: TestFunctionsThatOlderReleasesLack/MgrCommandTarget")
}

func testStat2Lacked(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Answer("rados_stat", memory(42), memory(1457129052))
	stat, err := ioctx.Stat2("object")
	require.NoError(t, err)
	assert.Equal(t, rados.ObjectStat{Size: 42, ModTime: time.Unix(1457129052, 0)}, stat)
	fakelibrados.Return("rados_stat", -int(syscall.ENOENT))
	_, err = ioctx.Stat2("object")
	assert.Equal(t, rados.ErrNotFound, wrapped("Stat2", err))
}

func testBlocklistAddLacked(t *testing.T) {
	require.NoError(t, connected(t).BlocklistAdd("address", time.Millisecond))
	assert.Equal(t, []any{"address", 1}, fakelibrados.Args("rados_blacklist_add"))
}

func testRmOmapRangeLacked(t *testing.T) {
	const function = "rados_write_op_omap_rm_range2"
	ioctx := opened(t)
	w := rados.CreateWriteOp()
	defer w.Release()
	w.RmOmapRange("a", "b")
	missing(t, w.Operate(ioctx, "object", 0), function, "16.2")
	t.Run("between other steps", func(t *testing.T) {
		ioctx := opened(t)
		w := rados.CreateWriteOp()
		w.Write(data, 0)
		w.RmOmapRange("a", "b\x00")
		w.Remove()
		assert.ErrorIs(t, w.Operate(ioctx, "object", 0), rados.ErrMissingFunction)
		assert.Zero(t, fakelibrados.Calls("rados_write_op_operate"), "nothing of the operation is sent")
	})
	t.Run("leaves no memory behind", func(t *testing.T) {
		ioctx := opened(t)
		noGrowth(t, 3000, func() {
			w := rados.CreateWriteOp()
			w.RmOmapRange("a", "b")
			w.Operate(ioctx, "object", 0)
		})
	})
}

func testMgrCommandTargetLacked(t *testing.T) {
	conn := connected(t)
	sendsNothing(t, func() {
		missing(t, third(conn.MgrCommandTarget("x", words)), "rados_mgr_command_target", "16.2")
		missing(t, third(conn.MgrCommandTargetWithInputBuffer("x", words, input)), "rados_mgr_command_target", "16.2")
	})
}

// TestLibraryTooOld uses a library from before Ceph 14.2: its symbols have no
// version, and it lacks functions that every later release has. The loader
// starts the program, and would end it at the first call of a missing function.
func TestLibraryTooOld(t *testing.T) {
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
	out, err := lackingProcess(t, "^TestLibraryTooOld$", fakelibrados.Without("rados_getaddrs", "rados_unlock"), fakelibrados.Version(""))
	require.NoError(t, err, "%s", out)
	assert.Contains(t, out, "--- PASS: TestLibraryTooOld")
}

// TestLibraryOfAnotherVersion uses a library with symbol versions that the
// program is not linked to: the loader does not start the program.
func TestLibraryOfAnotherVersion(t *testing.T) {
	out, err := lackingProcess(t, "^TestLibraryTooOld$", fakelibrados.Version("LIBRADOS_0"))
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	assert.Equal(t, 1, exit.ExitCode())
	assert.Regexp(t, `librados\.so\.2: version .LIBRADOS_14\.2\.0. not found \(required by `, out)
	assert.NotContains(t, out, "TestLibraryTooOld")
}

// lackingProcess runs a test again with another fake. Files of a process that
// the loader does not start are removed with t.
func lackingProcess(t *testing.T, test string, fake ...string) (string, error) {
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	cmd := target.Command(program, "-test.run="+test, "-test.v")
	cmd.Env = append(append(os.Environ(), lackedVar+"=yes", "TMPDIR="+t.TempDir()), fake...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}
