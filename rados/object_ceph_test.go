package rados_test

import (
	"math"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
)

// buf is the data that most tests write.
var buf = filled(0xcc, 128)

var objectTests = map[string]func(t *testing.T, ioctx *rados.IOContext){
	"io.SimpleWrite": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.Write("foo", buf, 0))
		ioctx.SetNamespace(unique("other"))
		require.NoError(t, ioctx.Write("foo", buf, 0))
	},
	"io.RoundTrip": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.Write("foo", buf, 0))
		got := make([]byte, 128)
		n, err := ioctx.Read("foo", got, 0)
		require.NoError(t, err)
		assert.Equal(t, 128, n)
		assert.Equal(t, buf, got)

		require.NoError(t, ioctx.Write("bar", buf, 19))
		n, err = ioctx.Read("bar", got, 19)
		require.NoError(t, err)
		assert.Equal(t, 128, n)
		assert.Equal(t, buf, got)
		assert.Equal(t, append(make([]byte, 19), buf...), content(t, ioctx, "bar"))
	},
	"io.OverlappingWriteRoundTrip": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.Write("foo", buf, 0))
		require.NoError(t, ioctx.Write("foo", filled(0xdd, 64), 0))
		assert.Equal(t, append(filled(0xdd, 64), filled(0xcc, 64)...), content(t, ioctx, "foo"))
	},
	"io.WriteFullRoundTrip": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.Write("foo", buf, 0))
		require.NoError(t, ioctx.WriteFull("foo", filled(0xdd, 64)))
		got := make([]byte, 128)
		n, err := ioctx.Read("foo", got, 0)
		require.NoError(t, err)
		assert.Equal(t, filled(0xdd, 64), got[:n])
	},
	"io.AppendRoundTrip": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.Append("foo", filled(0xde, 64)))
		require.NoError(t, ioctx.Append("foo", filled(0xad, 64)))
		assert.Equal(t, append(filled(0xde, 64), filled(0xad, 64)...), content(t, ioctx, "foo"))
	},
	"io.TruncTest": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.Append("foo", buf))
		require.NoError(t, ioctx.Truncate("foo", 64))
		assert.Equal(t, buf[:64], content(t, ioctx, "foo"))
		require.NoError(t, ioctx.Truncate("foo", 66))
		assert.Equal(t, append(filled(0xcc, 64), 0, 0), content(t, ioctx, "foo"))
	},
	"io.RemoveTest": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.Append("foo", buf))
		require.NoError(t, ioctx.Delete("foo"))
		_, err := ioctx.Read("foo", make([]byte, 1), 0)
		assert.Equal(t, rados.ErrNotFound, err)
		assert.Equal(t, rados.ErrNotFound, ioctx.Delete("foo"))
	},
	"io.TooBig": func(t *testing.T, ioctx *rados.IOContext) {
		huge := unreadable(t, 1<<32-1)
		assert.ErrorIs(t, ioctx.Write("foo", huge, 0), syscall.E2BIG)
		assert.ErrorIs(t, ioctx.Append("foo", huge), syscall.E2BIG)
		assert.ErrorIs(t, ioctx.WriteFull("foo", huge), syscall.E2BIG)
		_, err := ioctx.Read("foo", huge, 0)
		assert.ErrorIs(t, err, syscall.E2BIG)
	},
	"stat.Stat": func(t *testing.T, ioctx *rados.IOContext) {
		before := time.Now().Truncate(time.Second)
		require.NoError(t, ioctx.Write("foo", buf, 0))
		stat, err := ioctx.Stat("foo")
		require.NoError(t, err)
		assert.EqualValues(t, 128, stat.Size)
		assert.False(t, stat.ModTime.Before(before), "%v", stat.ModTime)
		assert.Zero(t, stat.ModTime.Nanosecond())
		_, err = ioctx.Stat("nonexistent")
		assert.Equal(t, rados.ErrNotFound, err)
	},
	"stat.StatNS": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.Write("foo", buf, 0))
		require.NoError(t, ioctx.Write("foo2", buf, 0))
		ioctx.SetNamespace(unique("other"))
		require.NoError(t, ioctx.Write("foo", buf[:64], 0))
		stat, err := ioctx.Stat("foo")
		require.NoError(t, err)
		assert.EqualValues(t, 64, stat.Size)
		_, err = ioctx.Stat("foo2")
		assert.Equal(t, rados.ErrNotFound, err)
	},
	"py.TestIoctx.test_append": func(t *testing.T, ioctx *rados.IOContext) {
		for _, data := range []string{"a", "b", "c"} {
			require.NoError(t, ioctx.Append("foo", []byte(data)))
		}
		assert.Equal(t, "abc", string(content(t, ioctx, "foo")))
	},
	"py.TestIoctx.test_trunc": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.Write("foo", []byte("abc"), 0))
		require.NoError(t, ioctx.Truncate("foo", 2))
		assert.Equal(t, "ab", string(content(t, ioctx, "foo")))
	},
	"py.TestIoctx.test_write_zeros": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.Write("foo", []byte("a\x00b\x00c"), 0))
		assert.Equal(t, "a\x00b\x00c", string(content(t, ioctx, "foo")))
	},
	"py.TestIoctx.test_get_last_version": func(t *testing.T, ioctx *rados.IOContext) {
		v, err := ioctx.GetLastVersion()
		require.NoError(t, err)
		assert.Zero(t, v)
	},
}

func TestObjectIO(t *testing.T) {
	for name, test := range objectTests {
		t.Run(name, func(t *testing.T) { test(t, namespace(t)) })
	}
}

// onObject makes every call that takes the name of an object.
func onObject(ioctx *rados.IOContext, oid string) map[string]error {
	errs := make(map[string]error)
	_, errs["Read"] = ioctx.Read(oid, make([]byte, 1), 0)
	_, errs["Stat"] = ioctx.Stat(oid)
	_, errs["GetXattr"] = ioctx.GetXattr(oid, "x", nil)
	_, errs["ListXattrs"] = ioctx.ListXattrs(oid)
	errs["Write"] = ioctx.Write(oid, nil, 0)
	errs["WriteFull"] = ioctx.WriteFull(oid, nil)
	errs["Append"] = ioctx.Append(oid, nil)
	errs["Truncate"] = ioctx.Truncate(oid, 0)
	errs["Delete"] = ioctx.Delete(oid)
	errs["Create"] = ioctx.Create(oid, rados.CreateIdempotent)
	errs["SetXattr"] = ioctx.SetXattr(oid, "x", nil)
	errs["RmXattr"] = ioctx.RmXattr(oid, "x")
	_, errs["Stat2"] = ioctx.Stat2(oid)
	_, errs["Checksums"] = ioctx.Checksums(oid, rados.ChecksumTypeCRC32C, rados.ChecksumsOptions{})
	_, errs["Exec"] = ioctx.Exec(oid, "hello", "say_hello", nil, nil)
	errs["CmpExt"] = ioctx.CmpExt(oid, nil, 0)
	errs["WriteSame"] = ioctx.WriteSame(oid, []byte("x"), 1, 0)
	errs["SetAllocationHint"] = ioctx.SetAllocationHint(oid, 0, 0, rados.AllocHintNoHint)
	errs["SetOmap"] = ioctx.SetOmap(oid, nil)
	errs["RmOmapKeys"] = ioctx.RmOmapKeys(oid, nil)
	errs["CleanOmap"] = ioctx.CleanOmap(oid)
	errs["ListOmapValues"] = ioctx.ListOmapValues(oid, "", "", 1, func(string, []byte) {})
	_, errs["GetOmapValues"] = ioctx.GetOmapValues(oid, "", "", 1)
	_, errs["GetAllOmapValues"] = ioctx.GetAllOmapValues(oid, "", "", 1)
	_, errs["LockExclusive"] = ioctx.LockExclusive(oid, "lock", "", "", 0, nil)
	_, errs["LockShared"] = ioctx.LockShared(oid, "lock", "", "", "", 0, nil)
	_, errs["Unlock"] = ioctx.Unlock(oid, "lock", "")
	_, errs["BreakLock"] = ioctx.BreakLock(oid, "lock", "client.1", "")
	_, errs["ListLockers"] = ioctx.ListLockers(oid, "lock")
	_, errs["Watch"] = ioctx.Watch(oid)
	_, _, errs["Notify"] = ioctx.Notify(oid, nil)
	errs["RollbackSnap"] = ioctx.RollbackSnap(oid, "snap")
	errs["RollbackSelfManagedSnap"] = ioctx.RollbackSelfManagedSnap(oid, 1)
	errs["CachePin"] = ioctx.CachePin(oid)
	errs["CacheUnpin"] = ioctx.CacheUnpin(oid)
	return errs
}

func TestStat2(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(t *testing.T, ioctx *rados.IOContext){
		"sub-second": func(t *testing.T, ioctx *rados.IOContext) {
			op := rados.CreateWriteOp()
			defer op.Release()
			op.WriteFull([]byte("data"))
			require.NoError(t, op.OperateWithMtime(ioctx, "foo", rados.Timespec{Sec: 1457129052, Nsec: 123456789}, 0))
			stat, err := ioctx.Stat2("foo")
			require.NoError(t, err)
			assert.Equal(t, rados.ObjectStat{Size: 4, ModTime: finest(t, 1457129052, 123456789)}, stat)
			_, err = ioctx.Stat2("none")
			assert.ErrorIs(t, err, rados.ErrNotFound)
		},
		"stat.Stat2": func(t *testing.T, ioctx *rados.IOContext) {
			op := rados.CreateWriteOp()
			op.Create(rados.CreateIdempotent)
			require.NoError(t, op.OperateWithMtime(ioctx, "foo", rados.Timespec{Sec: mtime, Nsec: 123456789}, rados.OperationNoFlag))
			stat, err := ioctx.Stat("foo")
			require.NoError(t, err)
			assert.Equal(t, time.Unix(mtime, 0), stat.ModTime)
			stat, err = ioctx.Stat2("foo")
			require.NoError(t, err)
			assert.Equal(t, finest(t, mtime, 123456789), stat.ModTime)
			_, err = ioctx.Stat2("none")
			assert.ErrorIs(t, err, rados.ErrNotFound)
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, namespace(t)) })
	}
}

func TestWriteSame(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(t *testing.T, ioctx *rados.IOContext){
		"repeated": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteSame("foo", []byte("abc"), 12, 2))
			assert.Equal(t, "\x00\x00abcabcabcabc", string(content(t, ioctx, "foo")))
			require.NoError(t, ioctx.WriteSame("foo", []byte("x"), 1, 3))
			assert.Equal(t, "\x00\x00axcabcabcabc", string(content(t, ioctx, "foo")))
		},
		"no multiple": func(t *testing.T, ioctx *rados.IOContext) {
			for _, writeLen := range []uint64{1, 2, 4, 1<<31 - 1} {
				assert.ErrorIs(t, ioctx.WriteSame("foo", []byte("abc"), writeLen, 0), syscall.EINVAL, writeLen)
			}
			_, err := ioctx.Stat("foo")
			assert.Equal(t, rados.ErrNotFound, err)
		},
		"nothing": func(t *testing.T, ioctx *rados.IOContext) {
			for _, none := range [][]byte{nil, {}} {
				assert.ErrorIs(t, ioctx.WriteSame("foo", none, 0, 0), syscall.EINVAL)
				assert.ErrorIs(t, ioctx.WriteSame("foo", none, 3, 0), syscall.EINVAL)
			}
			require.NoError(t, ioctx.WriteSame("foo", []byte("abc"), 0, 7))
		},
		"too far": func(t *testing.T, ioctx *rados.IOContext) {
			assert.ErrorIs(t, ioctx.WriteSame("foo", []byte("x"), 1, 1<<40), syscall.EFBIG)
			for _, writeLen := range []uint64{1 << 31, 1<<32 + 1, 1 << 40, math.MaxUint64} {
				assert.ErrorIs(t, ioctx.WriteSame("foo", []byte("x"), writeLen, 0), syscall.E2BIG, writeLen)
			}
		},
		"misc.WriteSame": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.Write("foo", make([]byte, 512), 0))
			require.NoError(t, ioctx.WriteSame("foo", buf, 512, 0))
			assert.Equal(t, filled(0xcc, 512), content(t, ioctx, "foo"))
			require.NoError(t, ioctx.WriteSame("foo", buf, 128, 0))
			for _, length := range []uint64{511, 64} {
				assert.ErrorIs(t, ioctx.WriteSame("foo", buf, length, 0), syscall.EINVAL, length)
			}
			assert.ErrorIs(t, ioctx.WriteSame("foo", nil, 512, 0), syscall.EINVAL)
		},
		"py.TestIoctx.test_writesame": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteSame("foo", []byte("rzx"), 9, 0))
			assert.Equal(t, "rzxrzxrzx", string(content(t, ioctx, "foo")))
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, namespace(t)) })
	}
}

func TestCmpExt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(t *testing.T, ioctx *rados.IOContext){
		"first difference": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", []byte("0123456789")))
			for _, c := range []struct {
				b      string
				offset uint64
				differ int // -1: nowhere
			}{
				{"0123456789", 0, -1}, {"345", 3, -1}, {"", 0, -1}, {"9\x00\x00", 9, -1}, {"\x00", 1000, -1},
				{"x", 0, 0}, {"012x", 0, 3}, {"345x", 3, 3}, {"9\x00x", 9, 2}, {"x", 1000, 0},
			} {
				err := ioctx.CmpExt("foo", []byte(c.b), c.offset)
				at, ok := rados.MismatchOffset(err)
				if c.differ < 0 {
					assert.NoError(t, err, "%q at %d", c.b, c.offset)
					continue
				}
				assert.True(t, ok, "%q at %d: %v", c.b, c.offset, err)
				assert.EqualValues(t, c.differ, at, "%q at %d", c.b, c.offset)
			}
			err := ioctx.CmpExt("none", []byte("x"), 0)
			assert.ErrorIs(t, err, rados.ErrNotFound)
			_, ok := rados.MismatchOffset(err)
			assert.False(t, ok)
		},
		"steps": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", []byte("0123456789")))
			r := rados.CreateReadOp()
			defer r.Release()
			r.CmpExt([]byte("34x"), 3)
			at, ok := rados.MismatchOffset(r.Operate(ioctx, "foo", 0))
			assert.True(t, ok)
			assert.EqualValues(t, 2, at)
			w := rados.CreateWriteOp()
			defer w.Release()
			w.CmpExt([]byte("0x"), 0)
			w.WriteFull([]byte("changed"))
			at, ok = rados.MismatchOffset(w.Operate(ioctx, "foo", 0))
			assert.True(t, ok)
			assert.EqualValues(t, 1, at)
			assert.Equal(t, "0123456789", string(content(t, ioctx, "foo")))
		},
		"misc.CmpExt": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", []byte("1234567891\x00")))
			require.NoError(t, ioctx.CmpExt("foo", []byte("1234567891\x00"), 0))
			err := ioctx.CmpExt("foo", []byte("1234577777\x00"), 0)
			assert.Equal(t, -4100, code(t, err))
			offset, ok := rados.MismatchOffset(err)
			assert.True(t, ok)
			assert.EqualValues(t, 5, offset)
			assert.NoError(t, ioctx.CmpExt("foo", []byte("91\x00\x00\x00"), 8), "beyond the end are zeros")
			_, ok = rados.MismatchOffset(ioctx.CmpExt("none", []byte("1"), 0))
			assert.False(t, ok)
			_, ok = rados.MismatchOffset(nil)
			assert.False(t, ok)
		},
		"py.TestIoctx.test_cmpext": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.Write("foo", []byte("123456"), 0))
			require.NoError(t, ioctx.CmpExt("foo", []byte("123456"), 0))
			assert.Equal(t, -4095-4, code(t, ioctx.CmpExt("foo", []byte("1234x6"), 0)))
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, namespace(t)) })
	}
}

// TestZeroToTheEndShortens zeros the end of an object, which truncates it.
func TestZeroToTheEndShortens(t *testing.T) {
	ioctx := namespace(t)
	for length, want := range map[uint64]string{2: "1\x00\x004", 3: "1", 100: "1"} {
		require.NoError(t, ioctx.WriteFull("object", []byte("1234")))
		require.NoError(t, writing(ioctx, "object", func(op *rados.WriteOp) { op.Zero(1, length) }))
		assert.Equal(t, want, string(content(t, ioctx, "object")))
	}
}

func TestReadBeyondTheEnd(t *testing.T) {
	ioctx := namespace(t)
	require.NoError(t, ioctx.Write("foo", buf, 0))
	got := filled(0xee, 200)
	n, err := ioctx.Read("foo", got, 100)
	require.NoError(t, err)
	assert.Equal(t, 28, n)
	assert.Equal(t, append(filled(0xcc, 28), filled(0xee, 172)...), got, "beyond the end nothing is touched")
	n, err = ioctx.Read("foo", got, 128)
	assert.NoError(t, err)
	assert.Zero(t, n)
	n, err = ioctx.Read("foo", got, 1<<62)
	assert.NoError(t, err)
	assert.Zero(t, n)
}

func TestEmptyBuffers(t *testing.T) {
	ioctx := namespace(t)
	for _, empty := range [][]byte{nil, {}, buf[128:]} {
		_, err := ioctx.Read("none", empty, 0)
		assert.Equal(t, rados.ErrNotFound, err)
		require.NoError(t, ioctx.Write("write", empty, 0))
		require.NoError(t, ioctx.Append("append", empty))
		require.NoError(t, ioctx.WriteFull("full", empty))
		require.NoError(t, ioctx.WriteFull("foo", buf))
		n, err := ioctx.Read("foo", empty, 0)
		require.NoError(t, err, "to the OSD no length means the whole object")
		assert.Zero(t, n)
	}
	for _, oid := range []string{"write", "append", "full"} {
		assert.Empty(t, content(t, ioctx, oid), oid)
	}
}

func TestTruncateOfAMissingObject(t *testing.T) {
	ioctx := namespace(t)
	require.NoError(t, ioctx.Truncate("none", 10))
	_, err := ioctx.Stat("none")
	assert.Equal(t, rados.ErrNotFound, err)
}

func TestWriteTooFar(t *testing.T) {
	ioctx := namespace(t)
	require.NoError(t, ioctx.Create("foo", rados.CreateExclusive))
	for _, offset := range []uint64{1 << 40, 1 << 62, 1<<64 - 1} {
		assert.ErrorIs(t, ioctx.Write("foo", []byte("x"), offset), syscall.EFBIG)
		assert.ErrorIs(t, ioctx.Truncate("foo", offset), syscall.EFBIG)
	}
}

func TestLargestObject(t *testing.T) {
	ioctx := namespace(t)
	const most = 128 << 20 // osd_max_object_size
	require.NoError(t, ioctx.Write("foo", []byte("x"), most-1))
	assert.ErrorIs(t, ioctx.Write("foo", []byte("x"), most), syscall.EFBIG)
	assert.ErrorIs(t, ioctx.Append("foo", []byte("x")), syscall.EFBIG)
	require.NoError(t, ioctx.Truncate("foo", most-1))
	assert.ErrorIs(t, ioctx.Truncate("foo", most), syscall.EFBIG)
}

func TestLargestWrite(t *testing.T) {
	ioctx := namespace(t)
	data := make([]byte, 90<<20+1) // osd_max_write_size, and one byte
	assert.ErrorIs(t, ioctx.Write("foo", data, 0), syscall.EMSGSIZE)
	assert.ErrorIs(t, ioctx.WriteFull("foo", data), syscall.EMSGSIZE)
	assert.ErrorIs(t, ioctx.Append("foo", data), syscall.EMSGSIZE)
	assert.NoError(t, ioctx.WriteFull("foo", data[1:]))
}

func TestCreate(t *testing.T) {
	ioctx := namespace(t)
	require.NoError(t, ioctx.Create("foo", rados.CreateExclusive))
	assert.Equal(t, rados.ErrObjectExists, ioctx.Create("foo", rados.CreateExclusive))
	require.NoError(t, ioctx.WriteFull("foo", buf))
	require.NoError(t, ioctx.Create("foo", rados.CreateIdempotent))
	assert.Equal(t, buf, content(t, ioctx, "foo"))
	require.NoError(t, ioctx.Create("bar", rados.CreateIdempotent))
	assert.Empty(t, content(t, ioctx, "bar"))
	assert.ErrorIs(t, ioctx.Create("foo", 1<<40), syscall.EINVAL)
	assert.ErrorIs(t, ioctx.Create("none", 2), syscall.EINVAL)
	_, err := ioctx.Stat("none")
	assert.Equal(t, rados.ErrNotFound, err)
}

func TestGetLastVersion(t *testing.T) {
	ioctx := namespace(t)
	require.NoError(t, ioctx.WriteFull("foo", buf))
	first, err := ioctx.GetLastVersion()
	require.NoError(t, err)
	require.NoError(t, ioctx.WriteFull("foo", buf))
	second, err := ioctx.GetLastVersion()
	require.NoError(t, err)
	assert.Greater(t, second, first)
	_, err = ioctx.Stat("foo")
	require.NoError(t, err)
	read, err := ioctx.GetLastVersion()
	require.NoError(t, err)
	assert.Equal(t, second, read)
}

func TestObjectNames(t *testing.T) {
	ioctx := namespace(t)
	for _, oid := range []string{"a", "日本", "\xff\xfe", "with/slash and space", "\n\t\x01", strings.Repeat("n", 255), strings.Repeat("n", 256), strings.Repeat("n", 2000)} {
		require.NoError(t, ioctx.WriteFull(oid, []byte(oid)), "%q", oid)
		assert.Equal(t, oid, string(content(t, ioctx, oid)))
	}
	require.NoError(t, ioctx.WriteFull(strings.Repeat("n", 2048), buf), "the longest")
	for oid, want := range map[string]error{"": syscall.EINVAL, strings.Repeat("n", 2049): syscall.ENAMETOOLONG} {
		errs := onObject(ioctx, oid)
		delete(errs, "RollbackSnap") // looks for the snapshot first
		delete(errs, "BreakLock")    // has EINVAL as its answer, without an error
		for call, err := range errs {
			assert.ErrorIs(t, err, want, "%s %q", call, oid)
		}
	}
}

func TestObjectNamesWithNUL(t *testing.T) {
	ioctx := namespace(t)
	require.NoError(t, ioctx.WriteFull("a", buf))
	for _, oid := range []string{"a\x00b", "\x00", "a\x00", strings.Repeat("n", 300) + "\x00"} {
		for call, err := range onObject(ioctx, oid) {
			assert.ErrorIs(t, err, rados.ErrNameContainsNUL, "%s %q", call, oid)
		}
	}
	assert.Equal(t, buf, content(t, ioctx, "a"))
}
