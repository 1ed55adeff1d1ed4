package rados_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// buf is what most tests write.
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
	"short read": func(t *testing.T, ioctx *rados.IOContext) {
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
	},
	"empty buffers": func(t *testing.T, ioctx *rados.IOContext) {
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
	},
	"truncate nothing": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.Truncate("none", 10))
		_, err := ioctx.Stat("none")
		assert.Equal(t, rados.ErrNotFound, err)
	},
	"too far": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.Create("foo", rados.CreateExclusive))
		for _, offset := range []uint64{1 << 40, 1 << 62, 1<<64 - 1} {
			assert.ErrorIs(t, ioctx.Write("foo", []byte("x"), offset), syscall.EFBIG)
			assert.ErrorIs(t, ioctx.Truncate("foo", offset), syscall.EFBIG)
		}
	},
	"largest object": func(t *testing.T, ioctx *rados.IOContext) {
		const most = 128 << 20 // osd_max_object_size
		require.NoError(t, ioctx.Write("foo", []byte("x"), most-1))
		assert.ErrorIs(t, ioctx.Write("foo", []byte("x"), most), syscall.EFBIG)
		assert.ErrorIs(t, ioctx.Append("foo", []byte("x")), syscall.EFBIG)
		require.NoError(t, ioctx.Truncate("foo", most-1))
		assert.ErrorIs(t, ioctx.Truncate("foo", most), syscall.EFBIG)
	},
	"largest write": func(t *testing.T, ioctx *rados.IOContext) {
		data := make([]byte, 90<<20+1) // osd_max_write_size, and one byte
		assert.ErrorIs(t, ioctx.Write("foo", data, 0), syscall.EMSGSIZE)
		assert.ErrorIs(t, ioctx.WriteFull("foo", data), syscall.EMSGSIZE)
		assert.ErrorIs(t, ioctx.Append("foo", data), syscall.EMSGSIZE)
		assert.NoError(t, ioctx.WriteFull("foo", data[1:]))
	},
	"create": func(t *testing.T, ioctx *rados.IOContext) {
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
	},
	"version": func(t *testing.T, ioctx *rados.IOContext) {
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
	},
	"names": func(t *testing.T, ioctx *rados.IOContext) {
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
	},
	"NUL in a name": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.WriteFull("a", buf))
		for _, oid := range []string{"a\x00b", "\x00", "a\x00", strings.Repeat("n", 300) + "\x00"} {
			for call, err := range onObject(ioctx, oid) {
				assert.Equal(t, rados.ErrNameContainsNUL, err, "%s %q", call, oid)
			}
		}
		assert.Equal(t, buf, content(t, ioctx, "a"))
	},
}

func TestObjectIO(t *testing.T) {
	for name, test := range objectTests {
		t.Run(name, func(t *testing.T) { test(t, namespace(t)) })
	}
}

// onObject calls every method that takes the name of an object.
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

var xattrTests = map[string]func(t *testing.T, ioctx *rados.IOContext){
	"io.XattrsRoundTrip": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.WriteFull("foo", filled(1, 128)))
		got := make([]byte, 128)
		_, err := ioctx.GetXattr("foo", "attr1", got)
		assert.ErrorIs(t, err, syscall.ENODATA)
		require.NoError(t, ioctx.SetXattr("foo", "attr1", []byte("foo bar baz\x00")))
		n, err := ioctx.GetXattr("foo", "attr1", got)
		require.NoError(t, err)
		assert.Equal(t, "foo bar baz\x00", string(got[:n]))
	},
	"io.RmXattr": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.SetXattr("foo", "attr1", []byte("value")))
		require.NoError(t, ioctx.RmXattr("foo", "attr1"))
		_, err := ioctx.GetXattr("foo", "attr1", make([]byte, 8))
		assert.ErrorIs(t, err, syscall.ENODATA)
		assert.NoError(t, ioctx.RmXattr("foo", "attr1"), "again")
		require.NoError(t, ioctx.Delete("foo"))
		assert.Equal(t, rados.ErrNotFound, ioctx.RmXattr("foo", "attr1"))
	},
	"io.XattrIter": func(t *testing.T, ioctx *rados.IOContext) {
		binary := make([]byte, 256)
		for i := range binary {
			binary[i] = byte(i % 255)
		}
		want := map[string][]byte{"attr1": []byte("foo bar baz\x00"), "attr2": binary, "empty": {}}
		require.NoError(t, ioctx.Create("foo", rados.CreateExclusive))
		got, err := ioctx.ListXattrs("foo")
		require.NoError(t, err)
		assert.Equal(t, map[string][]byte{}, got)
		for name, value := range want {
			require.NoError(t, ioctx.SetXattr("foo", name, value))
		}
		got, err = ioctx.ListXattrs("foo")
		require.NoError(t, err)
		assert.Equal(t, want, got)
		_, err = ioctx.ListXattrs("none")
		assert.Equal(t, rados.ErrNotFound, err)
	},
	"many": func(t *testing.T, ioctx *rados.IOContext) {
		want := make(map[string][]byte)
		for i := range 200 {
			name := fmt.Sprintf("attr-%d", i)
			want[name] = filled(byte(i), i*10)
			require.NoError(t, ioctx.SetXattr("foo", name, want[name]))
		}
		got, err := ioctx.ListXattrs("foo")
		require.NoError(t, err)
		assert.Equal(t, want, got)
	},
	"short buffer": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.SetXattr("foo", "x", []byte("value")))
		for _, short := range [][]byte{nil, {}, make([]byte, 4)} {
			_, err := ioctx.GetXattr("foo", "x", short)
			assert.ErrorIs(t, err, syscall.ERANGE)
		}
		n, err := ioctx.GetXattr("foo", "x", make([]byte, 5))
		require.NoError(t, err)
		assert.Equal(t, 5, n)
	},
	"empty value": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.SetXattr("foo", "x", nil))
		n, err := ioctx.GetXattr("foo", "x", nil)
		require.NoError(t, err)
		assert.Zero(t, n)
	},
	"bad names": func(t *testing.T, ioctx *rados.IOContext) {
		require.NoError(t, ioctx.Create("foo", rados.CreateExclusive))
		for name, want := range map[string]error{"": syscall.EINVAL, "a\x00b": rados.ErrNameContainsNUL} {
			assert.ErrorIs(t, ioctx.SetXattr("foo", name, nil), want)
			assert.ErrorIs(t, ioctx.RmXattr("foo", name), want)
			_, err := ioctx.GetXattr("foo", name, nil)
			assert.ErrorIs(t, err, want)
		}
		assert.NoError(t, ioctx.SetXattr("foo", strings.Repeat("x", 100), nil), "osd_max_attr_name_len")
		assert.ErrorIs(t, ioctx.SetXattr("foo", strings.Repeat("x", 101), nil), syscall.ENAMETOOLONG)
	},
}

func TestXattrs(t *testing.T) {
	for name, test := range xattrTests {
		t.Run(name, func(t *testing.T) { test(t, namespace(t)) })
	}
}

func TestNamespaces(t *testing.T) {
	ioctx := open(t, radostest.Conn(t), makePool(t, radostest.Conn(t)))
	got, err := ioctx.GetNamespace()
	require.NoError(t, err)
	assert.Empty(t, got)
	for _, ns := range []string{"ns1", "日本", strings.Repeat("n", 126), strings.Repeat("n", 1000), ""} {
		ioctx.SetNamespace(ns)
		got, err := ioctx.GetNamespace()
		require.NoError(t, err)
		assert.Equal(t, ns, got)
	}
}

func TestLongestNamespace(t *testing.T) {
	ioctx := namespace(t)
	ioctx.SetNamespace(strings.Repeat("n", 256))
	require.NoError(t, ioctx.WriteFull("foo", nil))
	require.NoError(t, ioctx.Delete("foo"))
	ioctx.SetNamespace(strings.Repeat("n", 257))
	assert.ErrorIs(t, ioctx.WriteFull("foo", nil), syscall.ENAMETOOLONG)
}

func TestNamespaceKeepsItsError(t *testing.T) {
	ioctx := namespace(t)
	require.NoError(t, ioctx.WriteFull("foo", []byte("here")))
	ioctx.SetNamespace("bad\x00name")
	for range 2 {
		for call, err := range onObject(ioctx, "foo") {
			assert.Equal(t, rados.ErrNameContainsNUL, err, call)
		}
	}
	ioctx.SetNamespace(unique("other"))
	_, err := ioctx.Stat("foo")
	assert.Equal(t, rados.ErrNotFound, err)
}
