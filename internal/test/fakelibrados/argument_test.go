package fakelibrados_test

import (
	"fmt"
	"math"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

func TestArgumentsReachC(t *testing.T) {
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

// TestNamesOfAllLengths passes names of every length: they are copied in pieces
// whose size depends on theirs.
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

// huge returns a slice of n bytes that must not be read: a read ends the
// process.
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

func TestDurationsBecomeWholeSeconds(t *testing.T) {
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
