package rados_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
)

// reading performs a read operation with the steps that add adds.
func reading(ioctx *rados.IOContext, oid string, add func(op *rados.ReadOp)) error {
	op := rados.CreateReadOp()
	defer op.Release()
	add(op)
	return op.Operate(ioctx, oid, rados.OperationNoFlag)
}

// failed asserts that err is an OperationError and returns it.
func failed(t testing.TB, err error) rados.OperationError {
	t.Helper()
	var e rados.OperationError
	require.ErrorAs(t, err, &e)
	return e
}

// castagnoli returns the CRC-32C as the OSD computes it, without the complement
// before and after.
func castagnoli(seed uint32, data []byte) uint64 {
	return uint64(^crc32.Update(^seed, crc32.MakeTable(crc32.Castagnoli), data))
}

const mtime = 1457129052 // some second in the past

// testdata is the content of the object that most tests of a ReadOp read.
const testdata = "testdata"

// withObject opens a namespace in which the object foo has testdata.
func withObject(t testing.TB) *rados.IOContext {
	t.Helper()
	ioctx := namespace(t)
	require.NoError(t, ioctx.WriteFull("foo", []byte(testdata)))
	return ioctx
}

func TestReadOp(t *testing.T) {
	t.Parallel()
	const data = testdata
	for name, test := range map[string]func(t *testing.T, ioctx *rados.IOContext){
		"cread.NewDelete": func(t *testing.T, ioctx *rados.IOContext) {
			op := rados.CreateReadOp()
			require.NotNil(t, op)
			op.Release()
			op.Release()
			assert.Equal(t, rados.ErrOperationReleased, op.Operate(ioctx, "foo", rados.OperationNoFlag))
		},
		"cread.SetOpFlags": func(t *testing.T, ioctx *rados.IOContext) {
			for _, flags := range []rados.OpFlags{rados.OpFlagFailOk, rados.OpFlagNone} {
				var step *rados.ReadOpExecStep
				var read *rados.ReadOpReadStep
				buf := make([]byte, 8)
				err := reading(ioctx, "foo", func(op *rados.ReadOp) {
					step = op.Exec("rbd", "get_id", nil)
					op.SetFlags(flags)
					read = op.Read(0, buf)
				})
				e := failed(t, err)
				assert.Equal(t, map[int]error{0: e.StepErrors[0]}, e.StepErrors)
				assert.ErrorIs(t, e.StepErrors[0], syscall.EIO)
				out, err := step.Bytes()
				assert.ErrorIs(t, err, syscall.EIO)
				assert.Empty(t, out)
				assert.Equal(t, -int(syscall.EIO), step.Code())
				if flags == rados.OpFlagFailOk {
					assert.NoError(t, e.OpError)
					assert.Zero(t, read.Result)
					assert.Equal(t, data, string(buf))
				} else {
					assert.ErrorIs(t, e.OpError, syscall.EIO)
					assert.Equal(t, -int(syscall.EIO), read.Result, "it was not performed")
					assert.Zero(t, read.BytesRead)
				}
			}
		},
		"cread.AssertExists": func(t *testing.T, ioctx *rados.IOContext) {
			assert.NoError(t, reading(ioctx, "foo", (*rados.ReadOp).AssertExists))
			e := failed(t, reading(ioctx, "none", (*rados.ReadOp).AssertExists))
			assert.Equal(t, rados.ErrNotFound, e.OpError)
		},
		"cread.AssertVersion": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("foo", []byte(data)))
			v, err := ioctx.GetLastVersion()
			require.NoError(t, err)
			for ver, want := range map[uint64]error{v + 1: syscall.EOVERFLOW, v - 1: syscall.ERANGE, v: nil} {
				err := reading(ioctx, "foo", func(op *rados.ReadOp) { op.AssertVersion(ver) })
				assert.ErrorIs(t, err, want)
			}
		},
		"cread.CmpXattr": func(t *testing.T, ioctx *rados.IOContext) {
			compareXattr(t, ioctx, func(value []byte, op rados.CompareOp) error {
				return reading(ioctx, "foo", func(r *rados.ReadOp) { r.CmpXattr("x", op, value) })
			})
		},
		"cread.Read": func(t *testing.T, ioctx *rados.IOContext) {
			for _, flags := range []rados.OpFlags{0, rados.OpFlagFAdviseDontNeed, rados.OpFlagFAdviseNoCache | rados.OpFlagFAdviseRandom} {
				buf := make([]byte, 8)
				var step *rados.ReadOpReadStep
				require.NoError(t, reading(ioctx, "foo", func(op *rados.ReadOp) {
					step = op.Read(0, buf)
					op.SetFlags(flags)
				}))
				assert.Equal(t, &rados.ReadOpReadStep{BytesRead: 8}, step)
				assert.Equal(t, data, string(buf))
			}
		},
		"cread.RWOrderedRead": func(t *testing.T, ioctx *rados.IOContext) {
			buf := make([]byte, 8)
			op := rados.CreateReadOp()
			step := op.Read(0, buf)
			op.SetFlags(rados.OpFlagFAdviseDontNeed)
			require.NoError(t, op.Operate(ioctx, "foo", rados.OperationOrderReadsWrites))
			assert.Equal(t, &rados.ReadOpReadStep{BytesRead: 8}, step)
			assert.Equal(t, data, string(buf))
		},
		"cread.ShortRead": func(t *testing.T, ioctx *rados.IOContext) {
			buf, past := filled(0xee, 16), filled(0xee, 4)
			var step, none *rados.ReadOpReadStep
			require.NoError(t, reading(ioctx, "foo", func(op *rados.ReadOp) {
				step = op.Read(0, buf)
				none = op.Read(100, past)
			}))
			assert.Equal(t, &rados.ReadOpReadStep{BytesRead: 8}, step)
			assert.Equal(t, append([]byte(data), filled(0xee, 8)...), buf)
			assert.Equal(t, &rados.ReadOpReadStep{}, none)
			assert.Equal(t, filled(0xee, 4), past)
		},
		"cread.Checksum": func(t *testing.T, ioctx *rados.IOContext) {
			var xx64, crc, xx32, chunks, tail *rados.ReadOpChecksumStep
			require.NoError(t, reading(ioctx, "foo", func(op *rados.ReadOp) {
				xx64 = op.Checksum(rados.ChecksumTypeXXHash64, rados.ChecksumsOptions{Seed: 1<<64 - 1})
				crc = op.Checksum(rados.ChecksumTypeCRC32C, rados.ChecksumsOptions{Seed: 1<<32 - 1})
				xx32 = op.Checksum(rados.ChecksumTypeXXHash32, rados.ChecksumsOptions{Seed: 1<<32 - 1})
				chunks = op.Checksum(rados.ChecksumTypeCRC32C, rados.ChecksumsOptions{Seed: 1<<32 - 1, Length: 8, ChunkSize: 4})
				tail = op.Checksum(rados.ChecksumTypeCRC32C, rados.ChecksumsOptions{Seed: 7, Offset: 3, Length: 4})
			}))
			for step, want := range map[*rados.ReadOpChecksumStep][]uint64{
				crc:    {castagnoli(1<<32-1, []byte(data))},
				chunks: {castagnoli(1<<32-1, []byte("test")), castagnoli(1<<32-1, []byte("data"))},
				tail:   {castagnoli(7, []byte("tdat"))},
			} {
				got, err := step.Sums()
				require.NoError(t, err)
				assert.Equal(t, want, got)
			}
			for _, step := range []*rados.ReadOpChecksumStep{xx64, xx32} {
				got, err := step.Sums()
				require.NoError(t, err)
				assert.Len(t, got, 1)
				assert.NotZero(t, got[0])
			}
		},
		"cread.Exec": func(t *testing.T, ioctx *rados.IOContext) {
			op := rados.CreateReadOp()
			step := op.Exec("rbd", "get_all_features", nil)
			require.NoError(t, op.Operate(ioctx, "foo", rados.OperationNoFlag))
			op.Release()
			out, err := step.Bytes()
			require.NoError(t, err, "it outlives the operation")
			require.Len(t, out, 8)
			assert.NotZero(t, binary.LittleEndian.Uint64(out))
			assert.Zero(t, step.Code())
		},
		"cread.ExecUserBuf": func(t *testing.T, ioctx *rados.IOContext) {
			buf := make([]byte, 8)
			var step *rados.ReadOpExecStep
			require.NoError(t, reading(ioctx, "foo", func(op *rados.ReadOp) {
				step = op.ExecInto("rbd", "get_all_features", buf, buf)
			}))
			out, err := step.Bytes()
			require.NoError(t, err)
			require.Len(t, out, 8)
			assert.Same(t, &buf[0], &out[0])
			assert.NotZero(t, binary.LittleEndian.Uint64(buf))

			e := failed(t, reading(ioctx, "foo", func(op *rados.ReadOp) {
				step = op.ExecInto("rbd", "get_all_features", nil, buf[:7])
			}))
			assert.NoError(t, e.OpError, "the operation as a whole succeeds")
			assert.ErrorIs(t, e.StepErrors[0], syscall.ERANGE)
			out, err = step.Bytes()
			assert.ErrorIs(t, err, syscall.ERANGE)
			assert.Empty(t, out)
		},
		"cread.Stat": func(t *testing.T, ioctx *rados.IOContext) {
			var step *rados.ReadOpStatStep
			stat := func(op *rados.ReadOp) { step = op.Stat() }
			e := failed(t, reading(ioctx, "none", stat))
			assert.Equal(t, rados.ErrNotFound, e.OpError)
			got, err := step.Stat()
			assert.Error(t, err)
			assert.Equal(t, rados.ObjectStat{}, got)

			w := rados.CreateWriteOp()
			w.WriteFull([]byte(data))
			require.NoError(t, w.OperateWithMtime(ioctx, "foo", rados.Timespec{Sec: mtime}, rados.OperationNoFlag))
			require.NoError(t, reading(ioctx, "foo", stat))
			got, err = step.Stat()
			require.NoError(t, err)
			assert.Equal(t, rados.ObjectStat{Size: 8, ModTime: time.Unix(mtime, 0)}, got)
			require.NoError(t, ioctx.Delete("foo"))
			assert.ErrorIs(t, reading(ioctx, "foo", stat), rados.ErrNotFound)
		},
		"cread.Stat2": func(t *testing.T, ioctx *rados.IOContext) {
			w := rados.CreateWriteOp()
			w.WriteFull([]byte(data))
			require.NoError(t, w.OperateWithMtime(ioctx, "foo", rados.Timespec{Sec: mtime, Nsec: 123456789}, rados.OperationNoFlag))
			var step *rados.ReadOpStatStep
			require.NoError(t, reading(ioctx, "foo", func(op *rados.ReadOp) { step = op.Stat() }))
			got, err := step.Stat()
			require.NoError(t, err)
			assert.Equal(t, rados.ObjectStat{Size: 8, ModTime: finest(t, mtime, 123456789)}, got)
		},
		"cread.Omap": func(t *testing.T, ioctx *rados.IOContext) {
			omapReads(t, ioctx, map[string]string{"bar": "", "foo": "\x00", "test1": "abc", "test2": "va\x00lue"})
		},
		"cread.OmapNuls": func(t *testing.T, ioctx *rados.IOContext) {
			omapReads(t, ioctx, map[string]string{"1\x002": "a\x00b", "bar\x00": "bar\x00\x00", "\x00": "\x00", "test1\x00x": "v", "test2": "v2"})
		},
		"cread.GetXattrs": func(t *testing.T, ioctx *rados.IOContext) {
			var step *rados.ReadOpGetXattrsStep
			get := func(op *rados.ReadOp) { step = op.GetXattrs() }
			require.NoError(t, reading(ioctx, "foo", get))
			got, err := step.Xattrs()
			require.NoError(t, err)
			assert.Empty(t, got)
			want := map[string][]byte{"bar": {}, "foo": {0}, "test1": []byte("abc"), "test2": []byte("va\x00lue")}
			for name, value := range want {
				require.NoError(t, ioctx.SetXattr("foo", name, value))
			}
			require.NoError(t, reading(ioctx, "foo", get))
			got, err = step.Xattrs()
			require.NoError(t, err)
			assert.Equal(t, want, got)
		},
		"cread.CmpExt": func(t *testing.T, ioctx *rados.IOContext) {
			buf := make([]byte, 8)
			var cmp *rados.ReadOpCmpExtStep
			var read *rados.ReadOpReadStep
			require.NoError(t, reading(ioctx, "foo", func(op *rados.ReadOp) {
				cmp = op.CmpExt([]byte(data), 0)
				read = op.Read(0, buf)
			}))
			assert.Zero(t, cmp.Result)
			assert.Equal(t, int64(8), read.BytesRead)

			clear(buf)
			err := reading(ioctx, "foo", func(op *rados.ReadOp) {
				cmp = op.CmpExt([]byte("mismatch"), 0)
				read = op.Read(0, buf)
			})
			assert.Equal(t, -4095, code(t, failed(t, err).OpError))
			offset, ok := rados.MismatchOffset(err)
			assert.True(t, ok)
			assert.Zero(t, offset)
			assert.Equal(t, -4095, cmp.Result)
			assert.Equal(t, make([]byte, 8), buf, "the read does not run")
			assert.NotZero(t, read.Result)
		},
		"py.TestIoctx.test_cmpext_op": func(t *testing.T, ioctx *rados.IOContext) {
			for i, given := range []string{"Xestdata", "tXstdata", "teXtdata", "testdatX", "testdataX"} {
				want := uint64([]int{0, 1, 2, 7, 8}[i])
				var read *rados.ReadOpCmpExtStep
				err := reading(ioctx, "foo", func(op *rados.ReadOp) { read = op.CmpExt([]byte(given), 0) })
				offset, ok := rados.MismatchOffset(err)
				assert.True(t, ok, "%v", err)
				assert.Equal(t, want, offset)
				assert.Equal(t, -4095-int(want), read.Result)

				var write *rados.WriteOpCmpExtStep
				err = writing(ioctx, "foo", func(op *rados.WriteOp) {
					write = op.CmpExt([]byte(given), 0)
					op.WriteFull([]byte("changed"))
				})
				offset, ok = rados.MismatchOffset(err)
				assert.True(t, ok, "%v", err)
				assert.Equal(t, want, offset)
				assert.Equal(t, -4095-int(want), write.Result)
				assert.Equal(t, data, string(content(t, ioctx, "foo")))
			}
			require.NoError(t, writing(ioctx, "foo", func(op *rados.WriteOp) {
				op.CmpExt([]byte("data"), 4)
				op.WriteFull([]byte("changed"))
			}))
			assert.Equal(t, "changed", string(content(t, ioctx, "foo")))
			require.NoError(t, reading(ioctx, "foo", func(op *rados.ReadOp) {
				op.CmpExt(nil, 0)
				op.CmpExt([]byte("changed\x00\x00"), 0)
			}), "beyond the end are zeros")
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, withObject(t)) })
	}
}

// TestOperateOnce expects ErrOperationUsed from the second Operate, and no
// results before the first.
func TestOperateOnce(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	require.NoError(t, ioctx.WriteFull("foo", []byte("data")))

	w := rados.CreateWriteOp()
	w.Append([]byte("1"))
	require.NoError(t, w.Operate(ioctx, "foo", rados.OperationNoFlag))
	w.Append([]byte("2"))
	assert.Equal(t, rados.ErrOperationUsed, w.Operate(ioctx, "foo", rados.OperationNoFlag))
	assert.Equal(t, rados.ErrOperationUsed, w.OperateWithMtime(ioctx, "foo", rados.Timespec{}, rados.OperationNoFlag))
	assert.Equal(t, "data1", string(content(t, ioctx, "foo")))

	r := rados.CreateReadOp()
	stat, exec, sums := r.Stat(), r.Exec("hello", "say_hello", nil), r.Checksum(rados.ChecksumTypeCRC32C, rados.ChecksumsOptions{})
	xattrs, values, keys := r.GetXattrs(), r.GetOmapValues("", "", 1), r.GetOmapKeys("", 1)
	byKeys := r.GetOmapValuesByKeys([]string{"a"})
	results := func() map[string]error {
		errs := make(map[string]error)
		_, errs["stat"] = stat.Stat()
		_, errs["exec"] = exec.Bytes()
		_, errs["sums"] = sums.Sums()
		_, errs["xattrs"] = xattrs.Xattrs()
		_, errs["values"] = values.Next()
		_, errs["keys"] = keys.Keys()
		_, errs["byKeys"] = byKeys.Next()
		return errs
	}
	for step, err := range results() {
		assert.ErrorIs(t, err, rados.ErrOperationIncomplete, "%s before Operate", step)
	}
	require.NoError(t, r.Operate(ioctx, "foo", rados.OperationNoFlag))
	assert.Equal(t, rados.ErrOperationUsed, r.Operate(ioctx, "foo", rados.OperationNoFlag))
	r.Release()
	for step, err := range results() {
		assert.NoError(t, err, "%s after Release", step)
	}
	late := r.Stat()
	assert.Equal(t, rados.ErrOperationReleased, r.Operate(ioctx, "foo", rados.OperationNoFlag))
	_, err := late.Stat()
	assert.ErrorIs(t, err, rados.ErrOperationIncomplete, "a step behind Release")

	stat, exec, sums, xattrs, values, keys, byKeys = nil, nil, nil, nil, nil, nil, nil
	for step, err := range results() {
		assert.ErrorIs(t, err, rados.ErrOperationIncomplete, "nil %s", step)
	}

	var noRead *rados.ReadOp
	var noWrite *rados.WriteOp
	noRead.Stat()
	noWrite.Remove()
	assert.Equal(t, rados.ErrOperationReleased, noRead.Operate(ioctx, "foo", rados.OperationNoFlag))
	assert.Equal(t, rados.ErrOperationReleased, noWrite.Operate(ioctx, "foo", rados.OperationNoFlag))
	noRead.Release()
	noWrite.Release()

	ioctx.Destroy()
	assert.Equal(t, rados.ErrInvalidIOContext, reading(ioctx, "foo", (*rados.ReadOp).AssertExists))
	assert.Equal(t, rados.ErrInvalidIOContext, writing(ioctx, "foo", (*rados.WriteOp).AssertExists))
	assert.Equal(t, rados.ErrInvalidIOContext, reading(nil, "foo", (*rados.ReadOp).AssertExists))
}

// compareXattr compares with the xattr "x" of object "foo" with every operator:
// the given value is the left operand, the stored value the right one.
func compareXattr(t *testing.T, ioctx *rados.IOContext, compare func(value []byte, op rados.CompareOp) error) {
	t.Helper()
	set := func(stored []byte) { require.NoError(t, ioctx.SetXattr("foo", "x", stored)) }
	compareAll(t, set, compare, func(stored, given []byte) map[rados.CompareOp]bool { return compared(given, stored) })
}

// compared returns the result of each comparison of a with b.
func compared(a, b []byte) map[rados.CompareOp]bool {
	sign := bytes.Compare(a, b)
	return map[rados.CompareOp]bool{
		rados.CompareEQ: sign == 0, rados.CompareNE: sign != 0,
		rados.CompareGT: sign > 0, rados.CompareGTE: sign >= 0,
		rados.CompareLT: sign < 0, rados.CompareLTE: sign <= 0,
	}
}

// compareAll sets a value and compares it with another with each operator in
// want, which has the results.
func compareAll(t *testing.T, set func(stored []byte), compare func(given []byte, op rados.CompareOp) error, want func(stored, given []byte) map[rados.CompareOp]bool) {
	t.Helper()
	for _, pair := range [][2]string{
		{"\xcc\xcc\xcc\xcc", "\xcc\xcc\xcc\xcc"}, {"\xcc\xcc\xcc\xcc", "\xcc\xcc\xcc"}, {"\xcc\xcc\xcc\xcc", "\xcd\xcd\xcd\xcd"},
		{"\x00\x00", "\x00\xcd"}, {"\x00\x00", "\x00\x00"}, {"\x00\x00", "\x00"}, {"b", "a"}, {"10", "9"}, {"x", ""}, {"", ""}, {"", "x"},
	} {
		stored, given := []byte(pair[0]), []byte(pair[1])
		set(stored)
		for op, holds := range want(stored, given) {
			err := compare(given, op)
			if holds {
				assert.NoError(t, err, "stored %q, given %q, op %d", stored, given, op)
			} else {
				assert.ErrorIs(t, err, syscall.ECANCELED, "stored %q, given %q, op %d", stored, given, op)
			}
		}
	}
	assert.ErrorIs(t, compare(nil, 99), syscall.EINVAL, "no such comparison")
}

// omapReads sets omap entries and reads them in all ways.
func omapReads(t *testing.T, ioctx *rados.IOContext, pairs map[string]string) {
	t.Helper()
	var values, all *rados.GetOmapStep
	var byKeys *rados.ReadOpOmapGetValsByKeysStep
	var keys *rados.ReadOpOmapKeysStep
	wanted := []string{"none"}
	for key := range pairs {
		wanted = append(wanted, key)
	}
	get := func(op *rados.ReadOp) {
		all = op.GetOmapValues("", "", 100)
		keys = op.GetOmapKeys("", 100)
		byKeys = op.GetOmapValuesByKeys(wanted)
		values = op.GetOmapValues("tesu", "", 1)
	}
	assert.ErrorIs(t, reading(ioctx, "none", get), rados.ErrNotFound)
	_, err := all.Next()
	assert.ErrorIs(t, err, rados.ErrOperationIncomplete)
	check := func(want map[string]string) {
		t.Helper()
		require.NoError(t, reading(ioctx, "foo", get))
		for _, step := range []interface {
			Next() (*rados.OmapKeyValue, error)
		}{all, byKeys} {
			got, last := make(map[string]string), ""
			for kv, err := step.Next(); kv != nil; kv, err = step.Next() {
				require.NoError(t, err)
				assert.GreaterOrEqual(t, kv.Key, last)
				got[kv.Key], last = string(kv.Value), kv.Key
			}
			assert.Equal(t, want, got)
			kv, err := step.Next()
			assert.Nil(t, kv, "still at the end")
			assert.NoError(t, err)
		}
		list, err := keys.Keys()
		require.NoError(t, err)
		assert.Equal(t, sortedKeys(want), append([]string{}, list...))
		assert.False(t, keys.More())
		assert.False(t, all.More())
		kv, err := values.Next()
		require.NoError(t, err)
		assert.Nil(t, kv)
	}
	check(map[string]string{})

	set := make(map[string][]byte)
	for key, value := range pairs {
		set[key] = []byte(value)
	}
	require.NoError(t, ioctx.SetOmap("foo", set))
	check(pairs)

	require.NoError(t, reading(ioctx, "foo", func(op *rados.ReadOp) { values = op.GetOmapValues("", "test", 1) }))
	kv, err := values.Next()
	require.NoError(t, err)
	require.NotNil(t, kv)
	assert.Equal(t, "test1", kv.Key[:5])
	assert.True(t, values.More())
	kv, err = values.Next()
	require.NoError(t, err)
	assert.Nil(t, kv)
	require.NoError(t, reading(ioctx, "foo", func(op *rados.ReadOp) { keys = op.GetOmapKeys("test", 1) }))
	list, err := keys.Keys()
	require.NoError(t, err)
	assert.Equal(t, []string{sortedKeys(pairs)[len(pairs)-2]}, list)
	assert.True(t, keys.More())

	require.NoError(t, reading(ioctx, "foo", func(op *rados.ReadOp) {
		for key, value := range set {
			op.CmpOmap(key, rados.CompareEQ, value)
		}
	}))
	doomed := sortedKeys(pairs)[:2]
	err = writing(ioctx, "foo", func(op *rados.WriteOp) {
		op.CmpOmap("test2", rados.CompareLT, set["test2"])
		op.RmOmapKeys(doomed)
	})
	assert.ErrorIs(t, err, syscall.ECANCELED)
	check(pairs)
	require.NoError(t, writing(ioctx, "foo", func(op *rados.WriteOp) {
		op.CmpOmap(doomed[0], rados.CompareEQ, set[doomed[0]])
		op.CmpOmap(doomed[1], rados.CompareEQ, set[doomed[1]])
		op.RmOmapKeys(doomed)
	}))
	left := make(map[string]string)
	for _, key := range sortedKeys(pairs)[2:] {
		left[key] = pairs[key]
	}
	check(left)
	require.NoError(t, writing(ioctx, "foo", (*rados.WriteOp).CleanOmap))
	check(map[string]string{})
}

// TestOperationError expects errors.Is and errors.As to find every error of an
// operation.
func TestOperationError(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	err := reading(ioctx, "none", func(op *rados.ReadOp) { op.Stat() })
	e, ok := err.(rados.OperationError)
	require.True(t, ok, "by value, and bare")
	assert.Equal(t, rados.ErrNotFound, e.OpError)
	assert.ErrorIs(t, err, rados.ErrNotFound)
	assert.ErrorIs(t, err, syscall.ENOENT)
	assert.NotErrorIs(t, err, syscall.EIO)
	assert.Equal(t, -2, code(t, err))
	assert.Contains(t, err.Error(), "read operation")
	assert.Equal(t, rados.ErrNotFound, e.Unwrap()[0])
	err = writing(ioctx, "none", (*rados.WriteOp).Remove)
	assert.Contains(t, err.Error(), "write operation")
	assert.Empty(t, rados.OperationError{}.Unwrap())
}

func TestReadOpExec(t *testing.T) {
	t.Parallel()
	ioctx := withObject(t)
	var world, nose *rados.ReadOpExecStep
	buf := make([]byte, 64)
	require.NoError(t, reading(ioctx, "foo", func(op *rados.ReadOp) {
		world = op.Exec("hello", "say_hello", nil)
		nose = op.ExecInto("hello", "say_hello", []byte("nose"), buf)
	}))
	for step, want := range map[*rados.ReadOpExecStep]string{world: "Hello, world!", nose: "Hello, nose!"} {
		out, err := step.Bytes()
		require.NoError(t, err)
		assert.Equal(t, want, string(out))
	}
}

func TestReadOpExecUnknownMethod(t *testing.T) {
	t.Parallel()
	ioctx := withObject(t)
	for cls, method := range map[string]string{"no_such_class": "x", "hello": "no_such_method"} {
		err := reading(ioctx, "foo", func(op *rados.ReadOp) { op.Exec(cls, method, nil) })
		assert.ErrorIs(t, err, syscall.EOPNOTSUPP, cls)
	}
}

func TestReadOpWithoutSteps(t *testing.T) {
	t.Parallel()
	ioctx := withObject(t)
	assert.NoError(t, reading(ioctx, "foo", func(op *rados.ReadOp) {}))
}

func TestReadOpEmptyBuffers(t *testing.T) {
	t.Parallel()
	ioctx := withObject(t)
	var step, nothing *rados.ReadOpReadStep
	require.NoError(t, reading(ioctx, "foo", func(op *rados.ReadOp) {
		step = op.Read(0, nil)
		nothing = op.Read(3, []byte{})
	}))
	assert.Equal(t, &rados.ReadOpReadStep{}, step)
	assert.Equal(t, &rados.ReadOpReadStep{}, nothing)
	assert.ErrorIs(t, reading(ioctx, "none", func(op *rados.ReadOp) { op.Read(0, nil) }), rados.ErrNotFound)
}

func TestReadOpStopsAtAFailedStep(t *testing.T) {
	t.Parallel()
	ioctx := withObject(t)
	buf := make([]byte, 8)
	var stat *rados.ReadOpStatStep
	var read *rados.ReadOpReadStep
	var keys *rados.ReadOpOmapKeysStep
	err := reading(ioctx, "foo", func(op *rados.ReadOp) {
		stat = op.Stat()
		op.Exec("rbd", "get_id", nil)
		read = op.Read(0, buf)
		keys = op.GetOmapKeys("", 10)
	})
	e := failed(t, err)
	assert.ErrorIs(t, e.OpError, syscall.EIO)
	assert.Equal(t, []int{1}, sortedKeys(e.StepErrors), "the step to blame")
	got, err := stat.Stat()
	require.NoError(t, err, "it came before")
	assert.EqualValues(t, 8, got.Size)
	assert.Equal(t, -int(syscall.EIO), read.Result)
	_, err = keys.Keys()
	assert.ErrorIs(t, err, rados.ErrOperationIncomplete)
}

func TestStepErrorsCountSteps(t *testing.T) {
	t.Parallel()
	ioctx := withObject(t)
	e := failed(t, reading(ioctx, "foo", func(op *rados.ReadOp) {
		op.Exec("rbd", "get_id", nil) // 0
		op.SetFlags(rados.OpFlagFailOk)
		op.Stat()                     // 1
		op.Exec("rbd", "get_id", nil) // 2
		op.SetFlags(rados.OpFlagFailOk)
	}))
	assert.NoError(t, e.OpError)
	assert.Equal(t, []int{0, 2}, sortedKeys(e.StepErrors), "SetFlags is no step")
	assert.Len(t, e.Unwrap(), 2)
	assert.Contains(t, e.Error(), "step 2: ")
}

func TestSetFlagsWithoutAStep(t *testing.T) {
	t.Parallel()
	ioctx := withObject(t)
	// librados would end the process.
	buf := make([]byte, 4)
	require.NoError(t, reading(ioctx, "foo", func(op *rados.ReadOp) {
		op.SetFlags(rados.OpFlagFailOk)
		op.Read(0, buf)
	}))
	assert.Equal(t, "test", string(buf))
	e := failed(t, reading(ioctx, "foo", func(op *rados.ReadOp) {
		op.SetFlags(rados.OpFlagFailOk)
		op.Exec("rbd", "get_id", nil)
	}))
	assert.Error(t, e.OpError, "they are not those of a later step")
	assert.Equal(t, []int{0}, sortedKeys(e.StepErrors))
	require.NoError(t, writing(ioctx, "foo", func(op *rados.WriteOp) { op.SetFlags(rados.OpFlagFailOk) }))
}

func TestReadOpNamesWithNUL(t *testing.T) {
	t.Parallel()
	ioctx := withObject(t)
	var stat *rados.ReadOpStatStep
	e := failed(t, reading(ioctx, "foo", func(op *rados.ReadOp) {
		stat = op.Stat()
		op.CmpXattr("x\x00", rados.CompareEQ, nil)
		op.Exec("hello\x00", "say_hello", nil)
		op.Exec("hello", "say\x00hello", nil)
		op.GetOmapValues("a\x00", "", 1)
		op.CmpXattr("", rados.CompareEQ, nil)
	}))
	assert.NoError(t, e.OpError, "nothing is sent")
	assert.Equal(t, []int{1, 2, 3, 4, 5}, sortedKeys(e.StepErrors))
	assert.Equal(t, rados.ErrNameContainsNUL, e.StepErrors[1])
	assert.ErrorIs(t, e.StepErrors[5], syscall.EINVAL)
	assert.ErrorIs(t, e, rados.ErrNameContainsNUL)
	_, err := stat.Stat()
	assert.ErrorIs(t, err, rados.ErrOperationIncomplete)
	for _, oid := range []string{"a\x00b", "\x00"} {
		err := reading(ioctx, oid, (*rados.ReadOp).AssertExists)
		assert.ErrorIs(t, err, rados.ErrNameContainsNUL)
	}
	assert.ErrorIs(t, reading(ioctx, "", (*rados.ReadOp).AssertExists), syscall.EINVAL)
}

func TestReadOpOfALongName(t *testing.T) {
	t.Parallel()
	ioctx := withObject(t)
	long := strings.Repeat("n", 1500)
	require.NoError(t, ioctx.WriteFull(long, []byte("x")))
	buf := make([]byte, 1)
	require.NoError(t, reading(ioctx, long, func(op *rados.ReadOp) { op.Read(0, buf) }))
	assert.Equal(t, "x", string(buf))
}
