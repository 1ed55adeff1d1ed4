package fakelibrados_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

func TestArguments(t *testing.T) {
	names := []string{"n", "näme", "with space\n", strings.Repeat("x", 255), strings.Repeat("x", 256), strings.Repeat("x", 10_000)}
	forEach(t, again, func(t *testing.T, m method) {
		o := both(t)
		for _, name := range names {
			require.NoError(t, m.call(o, name))
			assert.Equal(t, m.args(name), fakelibrados.Args(m.sends))
		}
		assert.Equal(t, len(names), fakelibrados.Calls(m.sends)-madeByBoth[m.sends])
	})
}

// madeByBoth are the calls that both makes.
var madeByBoth = map[string]int{"rados_connect": 1, "rados_conf_get": 3, "rados_ioctx_create": 1}

func TestEmptyNames(t *testing.T) {
	// To an OSD, what belongs to the object itself.
	refused := map[string]bool{"GetXattr name": true, "SetXattr name": true, "RmXattr name": true}
	forEach(t, method.named, func(t *testing.T, m method) {
		o := both(t)
		if refused[m.name] {
			sendsNothing(t, func() { assert.ErrorIs(t, m.call(o, ""), syscall.EINVAL) })
			return
		}
		require.NoError(t, m.call(o, ""))
		assert.Equal(t, m.args(""), fakelibrados.Args(m.sends))
	})
}

// TestNamesOfAllLengths: names are copied in pieces whose size depends on theirs.
func TestNamesOfAllLengths(t *testing.T) {
	ioctx := opened(t)
	for n := range 300 {
		name := make([]byte, n)
		for i := range name {
			name[i] = byte('a' + i%26)
		}
		require.NoError(t, ioctx.Delete(string(name)))
		require.Equal(t, []any{string(name)}, fakelibrados.Args("rados_remove"))
		for i := range name {
			was := name[i]
			name[i] = 0
			require.Equal(t, rados.ErrNameContainsNUL, ioctx.Delete(string(name)), "a NUL at %d of %d", i, n)
			name[i] = was
		}
	}
}

func TestNamesWithNULAreRefused(t *testing.T) {
	long := strings.Repeat("x", 1000)
	forEach(t, method.named, func(t *testing.T, m method) {
		o := both(t)
		for _, name := range []string{"\x00", "a\x00b", "a\x00", "\x00b", long + "\x00", "\x00" + long} {
			sendsNothing(t, func() {
				err := m.call(o, name)
				if m.mute {
					return // TestNamespaceKeepsItsError
				}
				assert.True(t, err == rados.ErrNameContainsNUL, "%q: %v", name, err)
				assert.ErrorIs(t, err, syscall.EINVAL)
			})
		}
	})
}

func TestNewConn(t *testing.T) {
	fresh(t)
	long := strings.Repeat("x", 300)
	open := func(conn *rados.Conn, err error) {
		t.Helper()
		require.NoError(t, err)
		conn.Shutdown()
	}
	open(rados.NewConn())
	assert.Equal(t, []any{nil}, fakelibrados.Args("rados_create"))
	open(rados.NewConnWithUser(long))
	assert.Equal(t, []any{long}, fakelibrados.Args("rados_create"))
	open(rados.NewConnWithUser(""))
	assert.Equal(t, []any{""}, fakelibrados.Args("rados_create"))
	open(rados.NewConnWithClusterAndUser("ceph", "client.admin"))
	assert.Equal(t, []any{"ceph", "client.admin", 0}, fakelibrados.Args("rados_create2"))
	assert.Equal(t, 4, fakelibrados.Calls("rados_shutdown"))
}

func TestNewConnFails(t *testing.T) {
	fresh(t)
	fakelibrados.Return("rados_create", -int(syscall.EINVAL))
	fakelibrados.Return("rados_create2", -int(syscall.ENOENT))
	refuse := func(want error) func(*rados.Conn, error) {
		return func(conn *rados.Conn, err error) {
			t.Helper()
			assert.Nil(t, conn)
			assert.ErrorIs(t, err, want)
		}
	}
	refuse(syscall.EINVAL)(rados.NewConn())
	refuse(syscall.EINVAL)(rados.NewConnWithUser("user"))
	refuse(rados.ErrNotFound)(rados.NewConnWithClusterAndUser("ceph", "client.admin"))
	sendsNothing(t, func() {
		refuse(rados.ErrNameContainsNUL)(rados.NewConnWithUser("a\x00b"))
		refuse(rados.ErrNameContainsNUL)(rados.NewConnWithClusterAndUser("a\x00b", "c"))
		refuse(rados.ErrNameContainsNUL)(rados.NewConnWithClusterAndUser("a", "b\x00c"))
	})
}

func TestVersion(t *testing.T) {
	fresh(t)
	major, minor, extra := rados.Version()
	assert.Equal(t, []int{3, 1, 4}, []int{major, minor, extra})
}

// TestErrors has each C function fail.
func TestErrors(t *testing.T) {
	forEach(t, func(m method) bool { return fails(m) && !m.void }, func(t *testing.T, m method) {
		o := prepared(t, m)
		fakelibrados.Return(m.sends, -int(syscall.EPERM)) // for none of them an answer
		err := m.call(o, "name")
		assert.True(t, err == rados.ErrPermissionDenied, "%v is not bare", err)
	})
}

// TestVerdicts: codes that are answers come without an error.
func TestVerdicts(t *testing.T) {
	answers := map[string][]syscall.Errno{
		"LockExclusive": {syscall.EBUSY, syscall.EEXIST},
		"LockShared":    {syscall.EBUSY, syscall.EEXIST},
		"Unlock":        {syscall.ENOENT},
		"BreakLock":     {syscall.ENOENT, syscall.EINVAL},
	}
	ioctx := opened(t)
	call := map[string]func() (int, error){
		"LockExclusive": func() (int, error) { return ioctx.LockExclusive("o", "l", "c", "d", 0, nil) },
		"LockShared":    func() (int, error) { return ioctx.LockShared("o", "l", "c", "t", "d", 0, nil) },
		"Unlock":        func() (int, error) { return ioctx.Unlock("o", "l", "c") },
		"BreakLock":     func() (int, error) { return ioctx.BreakLock("o", "l", "client.1", "c") },
	}
	for _, m := range methods {
		for _, errno := range answers[m.name] {
			fakelibrados.Return(m.sends, -int(errno))
			ret, err := call[m.name]()
			assert.NoError(t, err, "%s: %v", m.name, errno)
			assert.Equal(t, -int(errno), ret)
		}
		if call[m.name] != nil {
			fakelibrados.Return(m.sends, -int(syscall.EIO))
			ret, err := call[m.name]()
			assert.ErrorIs(t, err, syscall.EIO)
			assert.Equal(t, -int(syscall.EIO), ret)
		}
	}
	ret, err := ioctx.LockExclusive("o", "l", "c", "d", -1, nil)
	assert.ErrorIs(t, err, syscall.EINVAL, "a negative duration")
	assert.Negative(t, ret)
	ret, err = ioctx.Unlock("o\x00", "l", "c")
	assert.Equal(t, rados.ErrNameContainsNUL, err)
	assert.Equal(t, -int(syscall.EINVAL), ret, "no number of the binding's own")
	ioctx.Destroy()
	ret, err = ioctx.Unlock("o", "l", "c")
	assert.Equal(t, rados.ErrInvalidIOContext, err)
	assert.Negative(t, ret, "not to be taken for success")
}

// TestPositiveCodesAreNoErrors: only negative ones are, but for those of commands.
func TestPositiveCodesAreNoErrors(t *testing.T) {
	handles := map[string]bool{ // of which the fake makes none, or whose steps it does not answer, when told what to return
		"rados_nobjects_list_next2": true, "rados_read_op_operate": true,
	}
	commands := func(m method) bool {
		return strings.HasSuffix(m.sends, "_command") || strings.HasSuffix(m.sends, "_command_target")
	}
	forEach(t, commands, func(t *testing.T, m method) {
		o := prepared(t, m)
		fakelibrados.Return(m.sends, 1)
		assert.Equal(t, rados.ErrPermissionDenied, m.call(o, "name"))
	})
	forEach(t, func(m method) bool { return !m.opens && !handles[m.sends] && !commands(m) }, func(t *testing.T, m method) {
		o := prepared(t, m)
		fakelibrados.Return(m.sends, 1)
		assert.NoError(t, m.call(o, "name"))
	})
}

func TestErrorValues(t *testing.T) {
	ioctx := opened(t)
	tests := []struct {
		errno syscall.Errno
		is    []error
		bare  error
	}{
		{syscall.ENOENT, []error{rados.ErrNotFound, fs.ErrNotExist}, rados.ErrNotFound},
		{syscall.EPERM, []error{rados.ErrPermissionDenied, fs.ErrPermission}, rados.ErrPermissionDenied},
		{syscall.EACCES, []error{fs.ErrPermission}, nil},
		{syscall.EEXIST, []error{rados.ErrObjectExists, fs.ErrExist}, rados.ErrObjectExists},
		{syscall.EOPNOTSUPP, []error{errors.ErrUnsupported}, nil},
		{syscall.ENOSYS, []error{errors.ErrUnsupported}, nil},
		{syscall.ENOTEMPTY, []error{fs.ErrExist}, nil},
		{syscall.ETIMEDOUT, nil, nil},
		{syscall.Errno(4095 + 7), nil, nil}, // no errno: where a comparison failed
	}
	known := []error{rados.ErrNotFound, rados.ErrPermissionDenied, rados.ErrObjectExists,
		fs.ErrNotExist, fs.ErrPermission, fs.ErrExist, errors.ErrUnsupported,
		rados.ErrNotConnected, rados.ErrInvalidIOContext, rados.ErrEmptyArgument, rados.ErrOperationIncomplete,
		rados.ErrNameContainsNUL, rados.ErrMissingFunction, syscall.EIO}
	for _, test := range tests {
		t.Run(test.errno.Error(), func(t *testing.T) {
			fakelibrados.Return("rados_write", -int(test.errno))
			err := ioctx.Write("object", data, 0)
			require.Error(t, err)
			assert.ErrorIs(t, err, test.errno)
			assert.Equal(t, -int(test.errno), err.(interface{ ErrorCode() int }).ErrorCode())
			if test.errno <= 133 {
				assert.EqualError(t, err, fmt.Sprintf("rados: ret=%d, %s", -int(test.errno), fakelibrados.Strerror(int(test.errno))))
			} else {
				assert.EqualError(t, err, "rados: ret=-4102, mismatch at offset 7")
			}
			for _, k := range known {
				assert.Equal(t, slices.Contains(test.is, k), errors.Is(err, k), "errors.Is(err, %v)", k)
				if _, code := k.(interface{ ErrorCode() int }); code {
					assert.Equal(t, k == test.bare, err == k, "err == %v", k)
				}
			}
		})
	}
}

// TestErrorTexts: an error reads as the reference API's does, with C's text of the errno.
func TestErrorTexts(t *testing.T) {
	assert.EqualError(t, rados.ErrNotFound, "rados: ret=-2, No such file or directory")
	ioctx := opened(t)
	for errno := 1; errno <= 133; errno++ {
		want := fmt.Sprintf("rados: ret=%d, %s", -errno, fakelibrados.Strerror(errno))
		fakelibrados.Return("rados_write", -errno)
		assert.EqualError(t, ioctx.Write("object", data, 0), want)

		fakelibrados.Return("rados_write_op_operate", -errno)
		op := rados.CreateWriteOp()
		op.Create(rados.CreateIdempotent)
		assert.EqualError(t, op.Operate(ioctx, "object", rados.OperationNoFlag), "rados: write operation failed: "+want)
	}
	fakelibrados.Return("rados_write", -999)
	assert.EqualError(t, ioctx.Write("object", data, 0), "rados: ret=-999, "+fakelibrados.Strerror(999), "no errno")
}

// otherError is an error of another binding: cephfs, rbd.
type otherError int

func (e otherError) Error() string  { return fmt.Sprint("other: ", int(e)) }
func (e otherError) ErrorCode() int { return int(e) }

// TestIsErrorOfAnotherPackage: errors.Is finds an error of another binding by its code, but not
// one of this package in another.
func TestIsErrorOfAnotherPackage(t *testing.T) {
	ioctx := opened(t)
	enoent, enotconn := otherError(-int(syscall.ENOENT)), otherError(-int(syscall.ENOTCONN))
	assert.ErrorIs(t, rados.ErrNotFound, enoent)
	assert.NotErrorIs(t, rados.ErrNotFound, enotconn)
	assert.NotErrorIs(t, rados.ErrNotFound, otherError(syscall.ENOENT), "the other sign")
	assert.ErrorIs(t, rados.ErrNotConnected, enotconn)
	assert.NotErrorIs(t, rados.ErrOperationIncomplete, otherError(0))
	assert.ErrorIs(t, &rados.MissingFunctionError{}, otherError(-int(syscall.ENOSYS)))

	fakelibrados.Return("rados_write", -int(syscall.ENOENT))
	assert.ErrorIs(t, ioctx.WriteContext(t.Context(), "object", data, 0), enoent, "in an ObjectError")
	fakelibrados.Return("rados_write_op_operate", -int(syscall.ENOENT))
	op := rados.CreateWriteOp()
	op.Create(rados.CreateIdempotent)
	err := op.Operate(ioctx, "object", rados.OperationNoFlag)
	assert.ErrorIs(t, err, enoent, "in an OperationError")
	assert.NotErrorIs(t, err, enotconn)
	assert.ErrorIs(t, rados.OperationError{StepErrors: map[int]error{3: rados.ErrNotFound}}, enoent, "of a step")
}

// TestOwnErrorsOfOneCode: errors of this package are different things though their code is the same.
func TestOwnErrorsOfOneCode(t *testing.T) {
	fresh(t)
	own := []error{
		rados.ErrNotFound, rados.ErrPermissionDenied, rados.ErrObjectExists, rados.ErrLocked,
		rados.ErrNotConnected, rados.ErrEmptyArgument, rados.ErrUnsafeArgument, rados.ErrInvalidIOContext,
		rados.ErrOperationIncomplete, rados.ErrIterClosed, rados.ErrWatcherClosed, rados.ErrOmapPage,
		rados.ErrOperationUsed, rados.ErrOutcomeUnknown, rados.ErrOperationReleased, rados.ErrNameContainsNUL,
		rados.ErrMissingFunction,
	}
	for i, err := range own {
		for j, target := range own {
			assert.Equal(t, i == j, errors.Is(err, target), "errors.Is(%v, %v)", err, target)
		}
	}
	for _, errno := range []syscall.Errno{syscall.EINVAL, syscall.ENOTCONN, syscall.ENOSYS, syscall.EOVERFLOW} {
		fakelibrados.Return("rados_conf_set", -int(errno))
		conn, err := rados.NewConn()
		require.NoError(t, err)
		err = conn.SetConfigOption("option", "value")
		conn.Shutdown()
		assert.ErrorIs(t, err, errno)
		for _, target := range own {
			assert.NotErrorIs(t, err, target)
			assert.NotErrorIs(t, target, err)
		}
	}
	assert.ErrorIs(t, rados.ErrLockHeld, rados.ErrObjectExists, "two names of one error")
}

func TestStateErrors(t *testing.T) {
	assert.ErrorIs(t, rados.ErrNotConnected, syscall.ENOTCONN)
	assert.ErrorIs(t, rados.ErrInvalidIOContext, syscall.EINVAL)
	assert.ErrorIs(t, rados.ErrEmptyArgument, syscall.EINVAL)
	assert.ErrorIs(t, rados.ErrMissingFunction, errors.ErrUnsupported)
	assert.NotErrorIs(t, rados.ErrInvalidIOContext, rados.ErrEmptyArgument, "the same errno is not the same error")
}

func TestEmptySlices(t *testing.T) {
	o := both(t)
	for name, empty := range map[string][]byte{"nil": nil, "empty": {}, "end": data[len(data):]} {
		t.Run(name, func(t *testing.T) {
			none := []any{nil, ""}
			require.NoError(t, o.ioctx.Write("object", empty, 7))
			assert.Contains(t, none, fakelibrados.Args("rados_write")[1])
			require.NoError(t, o.ioctx.WriteFull("object", empty))
			assert.Contains(t, none, fakelibrados.Args("rados_write_full")[1])
			require.NoError(t, o.ioctx.Append("object", empty))
			assert.Contains(t, none, fakelibrados.Args("rados_append")[1])
			require.NoError(t, o.ioctx.SetXattr("object", "xattr", empty))
			assert.Contains(t, none, fakelibrados.Args("rados_setxattr")[2])
			n, err := o.ioctx.GetXattr("object", "xattr", empty)
			require.NoError(t, err)
			assert.Zero(t, n)
			_, _, err = o.conn.MonCommandWithInputBuffer(empty, empty)
			require.NoError(t, err)
			assert.Contains(t, none, fakelibrados.Args("rados_mon_command")[2])
			_, _, err = o.conn.PGCommand(empty, words)
			require.NoError(t, err)
			require.NoError(t, o.conn.ParseCmdLineArgs(nil))
			assert.Equal(t, []any{1, "placeholder"}, fakelibrados.Args("rados_conf_parse_argv"))
		})
	}
}

// TestReadOfNothing: to an OSD, a length of 0 is the whole object.
func TestReadOfNothing(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Answer("rados_read_op_read", "content")
	for _, empty := range [][]byte{nil, {}, data[len(data):]} {
		n, err := ioctx.Read("object", empty, 7)
		require.NoError(t, err)
		assert.Zero(t, n)
		assert.Equal(t, []any{7, 1}, fakelibrados.Args("rados_read_op_read"))
	}
	assert.Equal(t, "data", string(data), "nothing was written behind the end")
	fakelibrados.Return("rados_read_op_operate", -int(syscall.ENOENT))
	_, err := ioctx.Read("object", nil, 0)
	assert.Equal(t, rados.ErrNotFound, err)
}

func TestEmptyListsAreRefused(t *testing.T) {
	conn := connected(t)
	sendsNothing(t, func() {
		for _, none := range [][][]byte{nil, {}} {
			assert.Equal(t, rados.ErrEmptyArgument, third(conn.MgrCommand(none)))
			assert.Equal(t, rados.ErrEmptyArgument, third(conn.MgrCommandWithInputBuffer(none, input)))
			assert.Equal(t, rados.ErrEmptyArgument, third(conn.MonCommandTarget("a", none)))
			assert.Equal(t, rados.ErrEmptyArgument, third(conn.MonCommandTargetWithInputBuffer("a", none, input)))
			assert.Equal(t, rados.ErrEmptyArgument, third(conn.OsdCommand(0, none)))
			assert.Equal(t, rados.ErrEmptyArgument, third(conn.OsdCommandWithInputBuffer(0, none, input)))
			assert.Equal(t, rados.ErrEmptyArgument, third(conn.PGCommand(nil, none)))
			assert.Equal(t, rados.ErrEmptyArgument, third(conn.PGCommandWithInputBuffer(nil, none, input)))
		}
		assert.Equal(t, rados.ErrEmptyArgument, conn.ParseConfigArgv(nil))
		assert.Equal(t, rados.ErrEmptyArgument, conn.ParseConfigArgv([]string{}))
	})
}

// huge is a slice of n bytes that are not there: who reads one is gone.
func huge(t *testing.T, n int) []byte {
	t.Helper()
	p, _, errno := syscall.Syscall6(syscall.SYS_MMAP, 0, uintptr(n), syscall.PROT_NONE,
		syscall.MAP_PRIVATE|syscall.MAP_ANON|syscall.MAP_NORESERVE, ^uintptr(0), 0)
	require.Zero(t, errno)
	t.Cleanup(func() {
		_, _, errno := syscall.Syscall(syscall.SYS_MUNMAP, p, uintptr(n), 0)
		require.Zero(t, errno)
	})
	return unsafe.Slice((*byte)(*(*unsafe.Pointer)(unsafe.Pointer(&p))), n)
}

func TestHugeLengthsAreRefused(t *testing.T) {
	o := both(t)
	for _, n := range []int{math.MaxInt32 + 1, math.MaxUint32 + 8} {
		b := huge(t, n)
		for name, call := range map[string]func() error{
			"Append":    func() error { return o.ioctx.Append("object", b) },
			"GetXattr":  func() error { return second(o.ioctx.GetXattr("object", "xattr", b)) },
			"Read":      func() error { return second(o.ioctx.Read("object", b, 0)) },
			"SetXattr":  func() error { return o.ioctx.SetXattr("object", "xattr", b) },
			"Write":     func() error { return o.ioctx.Write("object", b, 0) },
			"WriteFull": func() error { return o.ioctx.WriteFull("object", b) },

			"MgrCommand":       func() error { return third(o.conn.MgrCommandWithInputBuffer(words, b)) },
			"MonCommand":       func() error { return third(o.conn.MonCommandWithInputBuffer(data, b)) },
			"MonCommandTarget": func() error { return third(o.conn.MonCommandTargetWithInputBuffer("a", words, b)) },
			"OsdCommand":       func() error { return third(o.conn.OsdCommandWithInputBuffer(0, words, b)) },
			"PGCommand":        func() error { return third(o.conn.PGCommandWithInputBuffer(data, words, b)) },
		} {
			t.Run(fmt.Sprintf("%s %d", name, n), func(t *testing.T) {
				sendsNothing(t, func() { assert.ErrorIs(t, call(), syscall.E2BIG) })
			})
		}
	}
}

func TestLongestLengths(t *testing.T) {
	ioctx := opened(t)
	b := huge(t, math.MaxInt32)
	_, err := ioctx.Read("object", b, 0)
	require.NoError(t, err)
	assert.Equal(t, []any{0, math.MaxInt32}, fakelibrados.Args("rados_read_op_read"))
	_, err = ioctx.GetXattr("object", "xattr", b)
	require.NoError(t, err)
	assert.Equal(t, []any{"object", "xattr", math.MaxInt32}, fakelibrados.Args("rados_getxattr"))
}

func TestNumbersOutOfRangeAreRefused(t *testing.T) {
	o := both(t)
	for _, n := range []int{math.MaxInt32 + 1, math.MinInt32 - 1, 1 << 40} {
		sendsNothing(t, func() {
			assert.ErrorIs(t, third(o.conn.OsdCommand(n, words)), syscall.EINVAL)
			assert.ErrorIs(t, third(o.conn.OsdCommandWithInputBuffer(n, words, input)), syscall.EINVAL)
			assert.ErrorIs(t, o.ioctx.Create("object", rados.CreateOption(n)), syscall.EINVAL)
		})
	}
	for _, n := range []int{math.MaxInt32, math.MinInt32} {
		require.NoError(t, third(o.conn.OsdCommand(n, list("word"))))
		assert.Equal(t, []any{n, 1, "word", nil}, fakelibrados.Args("rados_osd_command"))
	}
}

func TestUnknownOptions(t *testing.T) {
	ioctx := opened(t)
	for _, option := range []rados.CreateOption{-1, 2, math.MaxInt32} {
		sendsNothing(t, func() {
			assert.ErrorIs(t, ioctx.Create("object", option), syscall.EINVAL)
		})
	}
}

func TestUnsignedNumbers(t *testing.T) {
	ioctx := opened(t)
	require.NoError(t, ioctx.Write("object", data, math.MaxUint64))
	assert.Equal(t, -1, fakelibrados.Args("rados_write")[2])
	_, err := ioctx.Read("object", make([]byte, 1), math.MaxUint64)
	require.NoError(t, err)
	assert.Equal(t, -1, fakelibrados.Args("rados_read_op_read")[0])
	require.NoError(t, ioctx.Truncate("object", math.MaxUint64))
	assert.Equal(t, -1, fakelibrados.Args("rados_write_op_truncate")[0])
}

func TestCreate(t *testing.T) {
	ioctx := opened(t)
	require.NoError(t, ioctx.Create("object", rados.CreateExclusive))
	assert.Equal(t, []any{1, nil}, fakelibrados.Args("rados_write_op_create"))
	require.NoError(t, ioctx.Create("object", rados.CreateIdempotent))
	assert.Equal(t, []any{0, nil}, fakelibrados.Args("rados_write_op_create"))
	fakelibrados.Return("rados_write_op_operate", -int(syscall.EEXIST))
	assert.Equal(t, rados.ErrObjectExists, ioctx.Create("object", rados.CreateExclusive))

	sent := fakelibrados.Calls("rados_write_op_operate")
	fakelibrados.Return("rados_create_write_op", 0)
	assert.ErrorIs(t, ioctx.Create("object", rados.CreateExclusive), syscall.ENOMEM, "no op, no operation")
	assert.Equal(t, sent, fakelibrados.Calls("rados_write_op_operate"))
}

// TestPingMonitor: the monitor is asked through a connection of its own, which
// must be gone afterwards whatever failed.
func TestPingMonitor(t *testing.T) {
	conn := connected(t)
	live := fakelibrados.Live()
	fakelibrados.Answer("rados_ping_monitor", "{}")
	answer, err := conn.PingMonitor("a")
	require.NoError(t, err)
	assert.Equal(t, "{}", answer)
	fakelibrados.Return("rados_ping_monitor", -int(syscall.ETIMEDOUT))
	answer, err = conn.PingMonitor("a")
	assert.ErrorIs(t, err, syscall.ETIMEDOUT)
	assert.Equal(t, "{}", answer, "what was said counts, also with an error")
	fakelibrados.Return("rados_create_with_context", -int(syscall.EINVAL))
	_, err = conn.PingMonitor("a")
	assert.ErrorIs(t, err, syscall.EINVAL)
	fakelibrados.Return("rados_cct", 0)
	_, err = conn.PingMonitor("a")
	assert.Error(t, err)
	assert.Equal(t, live, fakelibrados.Live())
}

// TestPingMonitorWithoutAnswer: librados reports success where it had no key to
// ask with.
func TestPingMonitorWithoutAnswer(t *testing.T) {
	for what, order := range map[string]func(){
		"none":     func() { fakelibrados.Return("rados_ping_monitor", 0) },
		"no bytes": func() { fakelibrados.Answer("rados_ping_monitor", "") },
	} {
		t.Run(what, func(t *testing.T) {
			conn := unconnected(t)
			order()
			answer, err := conn.PingMonitor("a")
			assert.ErrorIs(t, err, syscall.EACCES)
			assert.Empty(t, answer)
		})
	}
}

// TestLocksWithErrors: the forms that tell by an error whether a lock could be taken.
func TestLocksWithErrors(t *testing.T) {
	for function, call := range map[string]func(*rados.IOContext) error{
		"rados_lock_exclusive": func(ioctx *rados.IOContext) error { return ioctx.Lock("object", "lock", rados.LockOptions{}) },
		"rados_lock_shared": func(ioctx *rados.IOContext) error {
			return ioctx.RLock("object", "lock", "tag", rados.LockOptions{})
		},
		"rados_unlock":     func(ioctx *rados.IOContext) error { return ioctx.ReleaseLock("object", "lock", "cookie") },
		"rados_break_lock": func(ioctx *rados.IOContext) error { return ioctx.RevokeLock("object", "lock", "client.1", "cookie") },
	} {
		t.Run(function, func(t *testing.T) {
			ioctx := opened(t)
			require.NoError(t, call(ioctx))
			for errno, want := range map[syscall.Errno]error{
				syscall.EBUSY: rados.ErrLocked, syscall.EEXIST: rados.ErrLockHeld, syscall.ENOENT: rados.ErrNotFound, syscall.EIO: syscall.EIO,
			} {
				fakelibrados.Return(function, -int(errno))
				err := call(ioctx)
				assert.ErrorIs(t, err, want)
				assert.ErrorIs(t, err, errno)
			}
		})
	}
}
