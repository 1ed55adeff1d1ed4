package rados_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"maps"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
)

// writing performs a write operation with the steps that add adds.
func writing(ioctx *rados.IOContext, oid string, add func(op *rados.WriteOp)) error {
	op := rados.CreateWriteOp()
	defer op.Release()
	add(op)
	return op.Operate(ioctx, oid, rados.OperationNoFlag)
}

func TestWriteOp(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(t *testing.T, ioctx *rados.IOContext){
		"cwrite.NewDelete": func(t *testing.T, ioctx *rados.IOContext) {
			op := rados.CreateWriteOp()
			require.NotNil(t, op)
			op.Release()
			op.Release()
			assert.Equal(t, rados.ErrOperationReleased, op.Operate(ioctx, "foo", rados.OperationNoFlag))
		},
		"cwrite.assertExists": func(t *testing.T, ioctx *rados.IOContext) {
			err := writing(ioctx, "test", func(op *rados.WriteOp) {
				op.AssertExists()
				op.WriteFull([]byte("x"))
			})
			assert.Equal(t, rados.ErrNotFound, failed(t, err).OpError)
			_, err = ioctx.Stat("test")
			assert.Equal(t, rados.ErrNotFound, err)
			require.NoError(t, ioctx.WriteFull("test", nil))
			require.NoError(t, writing(ioctx, "test", (*rados.WriteOp).AssertExists))
		},
		"cwrite.WriteOpAssertVersion": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, writing(ioctx, "test", func(op *rados.WriteOp) {
				op.Create(rados.CreateExclusive)
				op.WriteFull([]byte("hi"))
			}))
			require.NoError(t, writing(ioctx, "test", func(op *rados.WriteOp) { op.WriteFull([]byte("hi")) }))
			v, err := ioctx.GetLastVersion()
			require.NoError(t, err)
			for ver, want := range map[uint64]error{v + 1: syscall.EOVERFLOW, v - 1: syscall.ERANGE, 0: syscall.EINVAL, v: nil} {
				err := writing(ioctx, "test", func(op *rados.WriteOp) { op.AssertVersion(ver) })
				assert.ErrorIs(t, err, want, "%d", ver)
			}
		},
		"cwrite.Xattrs": func(t *testing.T, ioctx *rados.IOContext) {
			value := []byte("value")
			require.NoError(t, writing(ioctx, "test", func(op *rados.WriteOp) {
				op.Create(rados.CreateExclusive)
				op.SetXattr("key", value)
			}))
			require.NoError(t, writing(ioctx, "test", func(op *rados.WriteOp) {
				op.Create(rados.CreateIdempotent)
				op.CmpXattr("key", rados.CompareEQ, value)
				op.RmXattr("key")
			}))
			err := writing(ioctx, "test", func(op *rados.WriteOp) {
				op.CmpXattr("key", rados.CompareEQ, value)
				op.SetXattr("key", value)
			})
			assert.ErrorIs(t, err, syscall.ECANCELED)
			xattrs, err := ioctx.ListXattrs("test")
			require.NoError(t, err)
			assert.Empty(t, xattrs)
		},
		"cwrite.Write": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, writing(ioctx, "test", func(op *rados.WriteOp) {
				op.Create(rados.CreateExclusive)
				op.Write([]byte("four"), 0)
				op.WriteFull([]byte("hi"))
			}))
			assert.Equal(t, "hi", string(content(t, ioctx, "test")))
			require.NoError(t, writing(ioctx, "test", func(op *rados.WriteOp) {
				op.WriteFull([]byte("ceph"))
				op.SetFlags(rados.OpFlagFAdviseNoCache)
			}))
			assert.Equal(t, "ceph", string(content(t, ioctx, "test")))
			require.NoError(t, writing(ioctx, "test", func(op *rados.WriteOp) {
				op.Truncate(1)
				op.Append([]byte("hi"))
			}))
			assert.Equal(t, "chi", string(content(t, ioctx, "test")))
			require.NoError(t, writing(ioctx, "test", func(op *rados.WriteOp) {
				op.Zero(0, 3)
				op.Remove()
			}))
			_, err := ioctx.Stat("test")
			assert.Equal(t, rados.ErrNotFound, err)
		},
		"cwrite.Exec": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, writing(ioctx, "test", func(op *rados.WriteOp) { op.Exec("hello", "record_hello", []byte("test")) }))
			assert.Equal(t, "Hello, test!", string(content(t, ioctx, "test")))
		},
		"cwrite.WriteSame": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, writing(ioctx, "test", func(op *rados.WriteOp) {
				op.Create(rados.CreateExclusive)
				op.WriteSame([]byte("four"), 16, 0)
			}))
			assert.Equal(t, "fourfourfourfour", string(content(t, ioctx, "test")))
			for _, length := range []uint64{15, 3, 1} {
				err := writing(ioctx, "test", func(op *rados.WriteOp) { op.WriteSame([]byte("four"), length, 0) })
				assert.ErrorIs(t, err, syscall.EINVAL, "%d", length)
			}
			require.NoError(t, writing(ioctx, "test", (*rados.WriteOp).Remove))
		},
		"cwrite.CmpExt": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.WriteFull("test", []byte("four")))
			var step *rados.WriteOpCmpExtStep
			five := func(op *rados.WriteOp) {
				step = op.CmpExt([]byte("four"), 0)
				op.Write([]byte("five"), 0)
			}
			require.NoError(t, writing(ioctx, "test", five))
			assert.Zero(t, step.Result)
			for range 100 {
				e := failed(t, writing(ioctx, "test", five))
				require.Equal(t, -4096, code(t, e.OpError))
				require.Equal(t, -4096, step.Result)
			}
			assert.Equal(t, "five", string(content(t, ioctx, "test")))
			e := failed(t, writing(ioctx, "none", five))
			assert.Equal(t, -4095, code(t, e.OpError), "what is not there is zeros")
			assert.Equal(t, -4095, step.Result)
		},
		"io.ZeroLenZero": func(t *testing.T, ioctx *rados.IOContext) {
			// OSDs of Ceph 16.2 would abort if that was sent to them.
			nothing := func(op *rados.WriteOp) { op.Zero(0, 0) }
			assert.NoError(t, writing(ioctx, "foo", nothing))
			_, err := ioctx.Stat("foo")
			assert.Equal(t, rados.ErrNotFound, err)
			require.NoError(t, ioctx.WriteFull("foo", []byte("data")))
			assert.NoError(t, writing(ioctx, "foo", nothing))
			assert.NoError(t, writing(ioctx, "foo", func(op *rados.WriteOp) { op.Zero(500<<30, 0) }))
			assert.Equal(t, "data", string(content(t, ioctx, "foo")))
		},
		"py.TestIoctx.test_write_ops": func(t *testing.T, ioctx *rados.IOContext) {
			for _, step := range []struct {
				add  func(op *rados.WriteOp)
				want string
			}{
				{func(op *rados.WriteOp) { op.Create(rados.CreateIdempotent) }, ""},
				{func(op *rados.WriteOp) { op.WriteFull([]byte("1")); op.Append([]byte("2")) }, "12"},
				{func(op *rados.WriteOp) { op.WriteFull([]byte("12345")); op.Write([]byte("x"), 2) }, "12x45"},
				{func(op *rados.WriteOp) { op.Zero(2, 2) }, "12\x00\x005"},
				{func(op *rados.WriteOp) { op.Truncate(2) }, "12"},
			} {
				require.NoError(t, writing(ioctx, "foo", step.add))
				assert.Equal(t, step.want, string(content(t, ioctx, "foo")))
			}
			require.NoError(t, writing(ioctx, "foo", (*rados.WriteOp).Remove))
			_, err := ioctx.Read("foo", make([]byte, 1), 0)
			assert.Equal(t, rados.ErrNotFound, err)
			assert.ErrorIs(t, writing(ioctx, "foo", (*rados.WriteOp).Remove), rados.ErrNotFound)
		},
		"py.TestIoctx.test_execute_op": func(t *testing.T, ioctx *rados.IOContext) {
			hello := func(op *rados.WriteOp) { op.Exec("hello", "record_hello", []byte("ebs")) }
			require.NoError(t, writing(ioctx, "foo", hello))
			assert.Equal(t, "Hello, ebs!", string(content(t, ioctx, "foo")))
			err := writing(ioctx, "foo", hello)
			assert.ErrorIs(t, err, syscall.EEXIST, "an error of the method")
			require.NoError(t, writing(ioctx, "foo", func(op *rados.WriteOp) {
				op.Exec("hello", "turn_it_to_11", nil)
			}))
			assert.Equal(t, "HELLO, EBS!", string(content(t, ioctx, "foo")))
			assert.ErrorIs(t, writing(ioctx, "foo", func(op *rados.WriteOp) { op.Exec("no_such_class", "x", nil) }), syscall.EOPNOTSUPP)
		},
		"py.TestIoctx.test_writesame_op": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, writing(ioctx, "foo", func(op *rados.WriteOp) { op.WriteSame([]byte("rzx"), 9, 0) }))
			assert.Equal(t, "rzxrzxrzx", string(content(t, ioctx, "foo")))
		},
		"py.TestIoctx.test_clear_omap": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, ioctx.SetOmap("foo", map[string][]byte{"1": []byte("a"), "2": nil}))
			require.NoError(t, ioctx.SetXattr("foo", "x", []byte("stays")))
			require.NoError(t, writing(ioctx, "foo", (*rados.WriteOp).CleanOmap))
			pairs, err := ioctx.GetOmapValues("foo", "", "", 10)
			require.NoError(t, err)
			assert.Empty(t, pairs)
			xattrs, err := ioctx.ListXattrs("foo")
			require.NoError(t, err)
			assert.Len(t, xattrs, 1)
		},
		"py.TestIoctx.test_remove_omap_ramge2": func(t *testing.T, ioctx *rados.IOContext) {
			for _, r := range []struct{ begin, end, left string }{
				{"1", "4", "04"}, {"", "2", "234"}, {"3", "", "01234"}, {"1\x00", "4", "014"}, {"2", "2", "01234"}, {"3", "2", "01234"}, {"2", "\xff", "01"},
			} {
				require.NoError(t, ioctx.Create("foo", rados.CreateIdempotent))
				require.NoError(t, ioctx.CleanOmap("foo"))
				require.NoError(t, ioctx.SetOmap("foo", map[string][]byte{"0": nil, "1": nil, "2": nil, "3": nil, "4": nil}))
				err := writing(ioctx, "foo", func(op *rados.WriteOp) { op.RmOmapRange(r.begin, r.end) })
				if release(t) < 16 && r.begin < r.end {
					assert.ErrorIs(t, err, rados.ErrMissingFunction)
					continue
				}
				require.NoError(t, err)
				pairs, err := ioctx.GetOmapValues("foo", "", "", 10)
				require.NoError(t, err)
				left := ""
				for _, key := range sortedKeys(pairs) {
					left += key
				}
				assert.Equal(t, r.left, left, "%+v", r)
				assert.Error(t, writing(ioctx, "none", func(op *rados.WriteOp) { op.RmOmapRange(r.begin, r.end) }))
			}
		},
		"py.TestIoctx.test_omap_cmp": func(t *testing.T, ioctx *rados.IOContext) {
			set := func(value string) func(op *rados.WriteOp) {
				return func(op *rados.WriteOp) { op.SetOmap(map[string][]byte{"key": []byte(value)}) }
			}
			require.NoError(t, writing(ioctx, "foo", set("1")))
			for _, step := range []struct {
				op    rados.CompareOp
				given string
				then  string
				err   error
			}{
				{rados.CompareEQ, "1", "2", nil}, {rados.CompareGT, "1", "3", nil}, {rados.CompareLT, "4", "4", nil},
				{rados.CompareEQ, "1", "5", syscall.ECANCELED},
			} {
				err := writing(ioctx, "foo", func(op *rados.WriteOp) {
					op.CmpOmap("key", step.op, []byte(step.given))
					set(step.then)(op)
				})
				assert.ErrorIs(t, err, step.err)
			}
			pairs, err := ioctx.GetOmapValues("foo", "", "", 10)
			require.NoError(t, err)
			assert.Equal(t, map[string][]byte{"key": []byte("4")}, pairs)
		},
		"py.TestIoctx.test_xattrs_op": func(t *testing.T, ioctx *rados.IOContext) {
			require.NoError(t, writing(ioctx, "foo", func(op *rados.WriteOp) { op.Create(rados.CreateExclusive) }))
			assert.ErrorIs(t, writing(ioctx, "foo", func(op *rados.WriteOp) { op.Create(rados.CreateExclusive) }), rados.ErrObjectExists)
			want := map[string][]byte{"a": []byte("1"), "b": []byte("2"), "c": {}, "d": []byte("4\x005"), "e": {0}}
			for name, value := range want {
				require.NoError(t, writing(ioctx, "foo", func(op *rados.WriteOp) { op.SetXattr(name, value) }))
			}
			got, err := ioctx.ListXattrs("foo")
			require.NoError(t, err)
			assert.Equal(t, want, got)
			for name := range want {
				require.NoError(t, writing(ioctx, "foo", func(op *rados.WriteOp) { op.RmXattr(name) }))
			}
			got, err = ioctx.ListXattrs("foo")
			require.NoError(t, err)
			assert.Empty(t, got)
			assert.NoError(t, writing(ioctx, "foo", func(op *rados.WriteOp) { op.RmXattr("none") }))
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, namespace(t)) })
	}
}

// compareOmap compares with the omap entry "k" of object "foo" with every
// operator: the stored value is the left operand, the given value the right
// one.
func compareOmap(t *testing.T, ioctx *rados.IOContext, compare func(value []byte, op rados.CompareOp) error) {
	t.Helper()
	set := func(stored []byte) { require.NoError(t, ioctx.SetOmap("foo", map[string][]byte{"k": stored})) }
	compareAll(t, set, compare, func(stored, given []byte) map[rados.CompareOp]bool {
		if bytes.ContainsAny(given, "\xcc\xcd") || bytes.ContainsAny(stored, "\xcc\xcd") {
			return map[rados.CompareOp]bool{rados.CompareEQ: bytes.Equal(stored, given)}
		}
		all := compared(stored, given)
		maps.DeleteFunc(all, func(op rados.CompareOp, _ bool) bool {
			return op != rados.CompareEQ && op != rados.CompareGT && op != rados.CompareLT
		})
		return all
	})
	for _, op := range []rados.CompareOp{rados.CompareNE, rados.CompareGTE, rados.CompareLTE} {
		assert.ErrorIs(t, compare(nil, op), syscall.EINVAL)
	}
}

func TestAssertVersionErrors(t *testing.T) {
	ioctx := namespace(t)
	require.NoError(t, ioctx.WriteFull("a", []byte("1")))
	require.NoError(t, ioctx.WriteFull("a", []byte("2")))
	version, err := ioctx.GetLastVersion()
	require.NoError(t, err)
	for ver, want := range map[uint64]error{
		version:     nil,
		version - 1: syscall.ERANGE,
		version + 1: syscall.EOVERFLOW,
		0:           syscall.EINVAL,
	} {
		read, write := rados.CreateReadOp(), rados.CreateWriteOp()
		read.AssertVersion(ver)
		read.Stat()
		write.AssertVersion(ver)
		for _, err := range []error{
			read.Operate(ioctx, "a", rados.OperationNoFlag),
			write.Operate(ioctx, "a", rados.OperationNoFlag),
		} {
			require.True(t, errors.Is(err, want), "asked for %d of %d: %v", ver, version, err)
		}
	}
}

func TestWriteOpCmpExtOfAMissingObject(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	require.NoError(t, writing(ioctx, "new", func(op *rados.WriteOp) {
		op.CmpExt(make([]byte, 4), 0)
		op.Write([]byte("five"), 0)
	}))
	assert.Equal(t, "five", string(content(t, ioctx, "new")))
}

func TestWriteOpCmpXattr(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	compareXattr(t, ioctx, func(value []byte, op rados.CompareOp) error {
		return writing(ioctx, "foo", func(w *rados.WriteOp) { w.CmpXattr("x", op, value) })
	})
}

func TestWriteOpCmpOmap(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	compareOmap(t, ioctx, func(value []byte, op rados.CompareOp) error {
		return writing(ioctx, "foo", func(w *rados.WriteOp) { w.CmpOmap("k", op, value) })
	})
}

func TestReadOpCmpOmap(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	compareOmap(t, ioctx, func(value []byte, op rados.CompareOp) error {
		return reading(ioctx, "foo", func(r *rados.ReadOp) { r.CmpOmap("k", op, value) })
	})
}

func TestComparisonsWithMissingValues(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	require.NoError(t, ioctx.Create("foo", rados.CreateExclusive))
	for op, want := range map[rados.CompareOp]bool{rados.CompareEQ: true, rados.CompareGT: false} {
		for i, err := range []error{
			writing(ioctx, "foo", func(w *rados.WriteOp) { w.CmpXattr("none", op, nil) }),
			reading(ioctx, "foo", func(r *rados.ReadOp) { r.CmpXattr("none", op, nil) }),
			writing(ioctx, "foo", func(w *rados.WriteOp) { w.CmpOmap("none", op, nil) }),
			reading(ioctx, "foo", func(r *rados.ReadOp) { r.CmpOmap("none", op, nil) }),
		} {
			if want {
				assert.NoError(t, err, "%d", i)
			} else {
				assert.ErrorIs(t, err, syscall.ECANCELED, "%d", i)
			}
		}
	}
}

func TestWriteOpIsAtomic(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	require.NoError(t, ioctx.WriteFull("foo", []byte("old")))
	err := writing(ioctx, "foo", func(op *rados.WriteOp) {
		op.WriteFull([]byte("new"))
		op.SetXattr("x", []byte("value"))
		op.SetOmap(map[string][]byte{"k": []byte("v")})
		op.Create(rados.CreateExclusive)
	})
	assert.ErrorIs(t, err, rados.ErrObjectExists)
	assert.Equal(t, "old", string(content(t, ioctx, "foo")))
	xattrs, err := ioctx.ListXattrs("foo")
	require.NoError(t, err)
	assert.Empty(t, xattrs)
	pairs, err := ioctx.GetOmapValues("foo", "", "", -1)
	require.NoError(t, err)
	assert.Empty(t, pairs)
	err = writing(ioctx, "none", func(op *rados.WriteOp) {
		op.WriteFull([]byte("new"))
		op.AssertExists()
	})
	assert.NoError(t, err, "the steps before count")
}

func TestStepErrorsCountUnsentSteps(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	require.NoError(t, ioctx.WriteFull("foo", []byte("data")))
	err := writing(ioctx, "foo", func(op *rados.WriteOp) {
		op.CmpExt([]byte("dat"), 0)         // 0
		op.Zero(0, 0)                       // 1
		op.SetFlags(rados.OpFlagFailOk)     // not that of step 0
		op.Exec("hello", "no\x00such", nil) // 2
		op.SetXattr("", nil)                // 3
	})
	assert.Equal(t, []int{2, 3}, sortedKeys(failed(t, err).StepErrors))
	err = writing(ioctx, "foo", func(op *rados.WriteOp) {
		op.Zero(0, 0)
		op.CmpExt([]byte("xxx"), 0)
		op.Zero(0, 0)
		op.SetFlags(rados.OpFlagFailOk)
	})
	e := failed(t, err)
	assert.Equal(t, -4095, code(t, e.OpError))
	assert.Equal(t, []int{1}, sortedKeys(e.StepErrors))
}

func TestWriteOpFailOk(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	require.NoError(t, ioctx.WriteFull("foo", []byte("data")))
	err := writing(ioctx, "foo", func(op *rados.WriteOp) {
		op.Append([]byte("1"))
		op.CmpXattr("x", rados.CompareEQ, []byte("other"))
		op.SetFlags(rados.OpFlagFailOk)
		op.Append([]byte("2"))
	})
	assert.NoError(t, err)
	assert.Equal(t, "data12", string(content(t, ioctx, "foo")))
}

func TestWriteOpCreateWithFlags(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	require.NoError(t, ioctx.Create("foo", rados.CreateExclusive))
	err := writing(ioctx, "foo", func(op *rados.WriteOp) {
		op.Create(rados.CreateIdempotent)
		op.SetFlags(rados.OpFlagExcl)
	})
	assert.ErrorIs(t, err, rados.ErrObjectExists)
}

func TestWriteOpCopiesArguments(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	buf, pairs := []byte("data"), map[string][]byte{"k": []byte("v")}
	op := rados.CreateWriteOp()
	op.WriteFull(buf)
	op.SetOmap(pairs)
	op.SetXattr("x", buf)
	copy(buf, "XXXX")
	pairs["k"][0], pairs["l"] = 'X', nil
	require.NoError(t, op.Operate(ioctx, "foo", rados.OperationNoFlag))
	assert.Equal(t, "data", string(content(t, ioctx, "foo")))
	got, err := ioctx.GetOmapValues("foo", "", "", 10)
	require.NoError(t, err)
	assert.Equal(t, map[string][]byte{"k": []byte("v")}, got)
}

func TestSetAllocationHint(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	require.NoError(t, writing(ioctx, "foo", func(op *rados.WriteOp) {
		op.SetAllocationHint(1<<20, 4096, rados.AllocHintSequentialWrite|rados.AllocHintCompressible)
		op.WriteFull([]byte("data"))
	}))
	assert.Equal(t, "data", string(content(t, ioctx, "foo")))
	require.NoError(t, ioctx.SetAllocationHint("hinted", 4<<20, 1<<16, rados.AllocHintImmutable|rados.AllocHintLog))
	assert.Empty(t, content(t, ioctx, "hinted"), "it is created")
	require.NoError(t, ioctx.SetAllocationHint("foo", 0, 0, rados.AllocHintNoHint))
}

func TestOperateWithMtime(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	op := rados.CreateWriteOp()
	op.Create(rados.CreateIdempotent)
	require.NoError(t, op.OperateWithMtime(ioctx, "foo", rados.Timespec{Sec: mtime, Nsec: 5}, rados.OperationNoFlag))
	stat, err := ioctx.Stat("foo")
	require.NoError(t, err)
	assert.Equal(t, time.Unix(mtime, 0), stat.ModTime)
	require.NoError(t, ioctx.WriteFull("foo", []byte("x")))
	stat, err = ioctx.Stat("foo")
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now(), stat.ModTime, time.Minute)

	data := bytes.Repeat([]byte("data"), 5000)
	op = rados.CreateWriteOp()
	op.WriteFull(data)
	require.NoError(t, op.OperateWithMtimeContext(t.Context(), ioctx, "foo", rados.Timespec{Sec: mtime}, rados.OperationNoFlag))
	assert.Equal(t, data, content(t, ioctx, "foo"))
}

func TestGetLastVersionOfOperations(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	require.NoError(t, writing(ioctx, "foo", func(op *rados.WriteOp) { op.WriteFull([]byte("x")) }))
	first, err := ioctx.GetLastVersion()
	require.NoError(t, err)
	require.NoError(t, writing(ioctx, "foo", func(op *rados.WriteOp) { op.WriteFull([]byte("x")) }))
	second, err := ioctx.GetLastVersion()
	require.NoError(t, err)
	assert.Greater(t, second, first)
	require.NoError(t, reading(ioctx, "foo", (*rados.ReadOp).AssertExists))
	third, err := ioctx.GetLastVersion()
	require.NoError(t, err)
	assert.Equal(t, second, third)
}

func TestWriteOpWithManySteps(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	require.NoError(t, writing(ioctx, "foo", func(op *rados.WriteOp) {
		op.Create(rados.CreateExclusive)
		op.Write([]byte("data"), 0)
		op.SetXattr("x", []byte("value"))
		op.Truncate(0)
		op.RmXattr("none")
		op.SetOmap(map[string][]byte{"k": nil})
		op.RmOmapKeys([]string{"k"})
		op.SetOmap(nil)
		op.RmOmapKeys(nil)
		op.Append(nil)
	}))
	stat, err := ioctx.Stat("foo")
	require.NoError(t, err)
	assert.Zero(t, stat.Size)
}

func TestWriteOpWithoutSteps(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	require.NoError(t, writing(ioctx, "foo", func(op *rados.WriteOp) {}))
	_, err := ioctx.Stat("foo")
	assert.Equal(t, rados.ErrNotFound, err)
}

func TestWriteOpEmptyBuffers(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	for i, add := range []func(op *rados.WriteOp){
		func(op *rados.WriteOp) { op.Write(nil, 0) },
		func(op *rados.WriteOp) { op.WriteFull(nil) },
		func(op *rados.WriteOp) { op.Append(nil) },
	} {
		oid := string(rune('a' + i))
		require.NoError(t, writing(ioctx, oid, add))
		assert.Empty(t, content(t, ioctx, oid))
	}
	require.NoError(t, writing(ioctx, "far", func(op *rados.WriteOp) { op.Write([]byte{}, 100) }))
	assert.Contains(t, []int{0, 100}, len(content(t, ioctx, "far")), "Ceph 16.2 extends it")
	assert.ErrorIs(t, writing(ioctx, "same", func(op *rados.WriteOp) { op.WriteSame(nil, 10, 0) }), syscall.EINVAL)
	require.NoError(t, writing(ioctx, "foo", func(op *rados.WriteOp) { op.SetXattr("x", nil) }))
}

func TestWriteOpTooFar(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	for i, add := range []func(op *rados.WriteOp){
		func(op *rados.WriteOp) { op.Write([]byte("x"), 500<<30) },
		func(op *rados.WriteOp) { op.Truncate(500 << 30) },
		func(op *rados.WriteOp) { op.Zero(0, 500<<30) },
		func(op *rados.WriteOp) { op.Write([]byte("x"), 1<<64-1) },
	} {
		require.NoError(t, ioctx.WriteFull("foo", nil))
		assert.ErrorIs(t, writing(ioctx, "foo", add), syscall.EFBIG, "%d", i)
	}
}

func TestWriteOpNamesWithNUL(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	e := failed(t, writing(ioctx, "foo", func(op *rados.WriteOp) {
		op.WriteFull([]byte("data"))
		op.SetXattr("x\x00", nil)
		op.RmXattr("x\x00")
		op.Exec("hello", "\x00", nil)
		op.SetXattr("", nil)
	}))
	assert.NoError(t, e.OpError)
	assert.Equal(t, []int{1, 2, 3, 4}, sortedKeys(e.StepErrors))
	_, err := ioctx.Stat("foo")
	assert.Equal(t, rados.ErrNotFound, err, "nothing is sent")
	assert.ErrorIs(t, writing(ioctx, "a\x00", (*rados.WriteOp).CleanOmap), rados.ErrNameContainsNUL)
}

func TestWriteOpManyOmapEntries(t *testing.T) {
	t.Parallel()
	ioctx := namespace(t)
	pairs, keys := make(map[string][]byte), make([]string, 0, 1000)
	for i := range 1000 {
		key := string(binary.BigEndian.AppendUint16(nil, uint16(i)))
		pairs[key], keys = filled(byte(i), i), append(keys, key)
	}
	require.NoError(t, writing(ioctx, "foo", func(op *rados.WriteOp) { op.SetOmap(pairs) }))
	got, err := ioctx.GetAllOmapValues("foo", "", "", 0)
	require.NoError(t, err)
	assert.Equal(t, pairs, got)
	require.NoError(t, writing(ioctx, "foo", func(op *rados.WriteOp) { op.RmOmapKeys(keys) }))
	got, err = ioctx.GetAllOmapValues("foo", "", "", 0)
	require.NoError(t, err)
	assert.Empty(t, got)
}
