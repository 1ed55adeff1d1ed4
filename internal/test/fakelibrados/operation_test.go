package fakelibrados_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// with is one step that a test adds to an operation, and the arguments that C
// receives.
type with[Op any] struct {
	add  func(Op)
	sent []any
}

var writeSteps = []with[*rados.WriteOp]{
	{func(w *rados.WriteOp) { w.Append([]byte("a\x00b")) }, []any{"rados_write_op_append", "a\x00b"}},
	{func(w *rados.WriteOp) { w.AssertExists() }, []any{"rados_write_op_assert_exists"}},
	{func(w *rados.WriteOp) { w.AssertVersion(math.MaxUint64) }, []any{"rados_write_op_assert_version", -1}},
	{func(w *rados.WriteOp) { w.CleanOmap() }, []any{"rados_write_op_omap_clear"}},
	{func(w *rados.WriteOp) { w.CmpExt([]byte("\x00c"), 1<<40) }, []any{"rados_write_op_cmpext", "\x00c", 1 << 40}},
	{func(w *rados.WriteOp) { w.CmpOmap("k\x00", rados.CompareGT, []byte("\x00")) },
		[]any{"rados_write_op_omap_cmp2", "k\x00", 3, "\x00"}},
	{func(w *rados.WriteOp) { w.CmpXattr("name", rados.CompareEQ, []byte("v\x00")) },
		[]any{"rados_write_op_cmpxattr", "name", 1, "v\x00"}},
	{func(w *rados.WriteOp) { w.Create(rados.CreateExclusive) }, []any{"rados_write_op_create", 1, nil}},
	{func(w *rados.WriteOp) { w.Exec("class", "method", input) },
		[]any{"rados_write_op_exec", "class", "method", "in\x00put"}},
	{func(w *rados.WriteOp) { w.RmOmapKeys([]string{"a", "", "\x00b"}) },
		[]any{"rados_write_op_omap_rm_keys2", 3, "a", "", "\x00b"}},
	{func(w *rados.WriteOp) { w.RmOmapRange("a\x00", "b") }, []any{"rados_write_op_omap_rm_range2", "a\x00", "b"}},
	{func(w *rados.WriteOp) { w.RmXattr("name") }, []any{"rados_write_op_rmxattr", "name"}},
	{func(w *rados.WriteOp) { w.SetAllocationHint(1<<40, 1<<20, 3) },
		[]any{"rados_write_op_set_alloc_hint2", 1 << 40, 1 << 20, 3}},
	{func(w *rados.WriteOp) { w.SetFlags(rados.OpFlagFailOk) }, []any{"rados_write_op_set_flags", 2}},
	{func(w *rados.WriteOp) { w.SetOmap(map[string][]byte{"k\x00": []byte("\x00v")}) },
		[]any{"rados_write_op_omap_set2", 1, "k\x00", "\x00v"}},
	{func(w *rados.WriteOp) { w.SetXattr("name", []byte("\x00")) }, []any{"rados_write_op_setxattr", "name", "\x00"}},
	{func(w *rados.WriteOp) { w.Truncate(1 << 40) }, []any{"rados_write_op_truncate", 1 << 40}},
	{func(w *rados.WriteOp) { w.Write([]byte("\x00w"), 7) }, []any{"rados_write_op_write", "\x00w", 7}},
	{func(w *rados.WriteOp) { w.WriteFull([]byte("f\x00")) }, []any{"rados_write_op_write_full", "f\x00"}},
	{func(w *rados.WriteOp) { w.WriteSame([]byte("ab"), 8, 1<<40) },
		[]any{"rados_write_op_writesame", "ab", 8, 1 << 40}},
	{func(w *rados.WriteOp) { w.Zero(1<<40, 9) }, []any{"rados_write_op_zero", 1 << 40, 9}},
	{func(w *rados.WriteOp) { w.Remove() }, []any{"rados_write_op_remove"}},
}

var readSteps = []with[*rados.ReadOp]{
	{func(r *rados.ReadOp) { r.AssertExists() }, []any{"rados_read_op_assert_exists"}},
	{func(r *rados.ReadOp) { r.AssertVersion(7) }, []any{"rados_read_op_assert_version", 7}},
	{func(r *rados.ReadOp) {
		r.Checksum(rados.ChecksumTypeXXHash64, rados.ChecksumsOptions{Offset: 3, Length: 8, ChunkSize: 4, Seed: 1})
	}, []any{"rados_read_op_checksum", 1, "\x01\x00\x00\x00\x00\x00\x00\x00", 3, 8, 4, 20}},
	{func(r *rados.ReadOp) { r.CmpExt([]byte("\x00c"), 1<<40) }, []any{"rados_read_op_cmpext", "\x00c", 1 << 40}},
	{func(r *rados.ReadOp) { r.CmpOmap("\x00k", rados.CompareLT, nil) },
		[]any{"rados_read_op_omap_cmp2", "\x00k", 5, ""}},
	{func(r *rados.ReadOp) { r.CmpXattr("name", rados.CompareNE, []byte("v")) },
		[]any{"rados_read_op_cmpxattr", "name", 2, "v"}},
	{func(r *rados.ReadOp) { r.Exec("class", "method", input) },
		[]any{"rados_read_op_exec", "class", "method", "in\x00put"}},
	{func(r *rados.ReadOp) { r.ExecInto("class", "method", input, make([]byte, 9)) },
		[]any{"rados_read_op_exec_user_buf", "class", "method", "in\x00put", 9}},
	{func(r *rados.ReadOp) { r.GetXattrs() }, []any{"rados_read_op_getxattrs"}},
	{func(r *rados.ReadOp) { r.GetOmapKeys("after", 5) }, []any{"rados_read_op_omap_get_keys2", "after", 5}},
	{func(r *rados.ReadOp) { r.GetOmapValues("after", "prefix", math.MaxUint64) },
		[]any{"rados_read_op_omap_get_vals2", "after", "prefix", -1}},
	{func(r *rados.ReadOp) { r.GetOmapValuesByKeys([]string{"\x00", "", "k"}) },
		[]any{"rados_read_op_omap_get_vals_by_keys2", 3, "\x00", "", "k"}},
	{func(r *rados.ReadOp) { r.Read(1<<40, make([]byte, 6)) }, []any{"rados_read_op_read", 1 << 40, 6}},
	{func(r *rados.ReadOp) { r.SetFlags(rados.OpFlagFAdviseRandom) }, []any{"rados_read_op_set_flags", 4}},
	{func(r *rados.ReadOp) { r.Stat() }, []any{"rados_read_op_stat2"}},
}

// TestStepsArriveInOrder adds more steps than fit on C's stack, and each
// several times.
func TestStepsArriveInOrder(t *testing.T) {
	ioctx := opened(t)
	var want [][]any
	w := rados.CreateWriteOp()
	for i := range 5 * len(writeSteps) {
		step := writeSteps[(3*i)%len(writeSteps)]
		step.add(w)
		want = append(want, step.sent)
	}
	require.NoError(t, w.Operate(ioctx, "object", rados.OperationFullTry))
	assert.Equal(t, want, fakelibrados.Sent())
	assert.Equal(t, []any{"object", nil, 64}, fakelibrados.Args("rados_write_op_operate"))

	want = nil
	r := rados.CreateReadOp()
	for i := range 5 * len(readSteps) {
		step := readSteps[(2*i)%len(readSteps)]
		step.add(r)
		want = append(want, step.sent)
	}
	require.NoError(t, r.Operate(ioctx, "object", rados.OperationBalanceReads))
	assert.Equal(t, want, fakelibrados.Sent())
	assert.Equal(t, []any{"object", 1}, fakelibrados.Args("rados_read_op_operate"))
}

func TestStepsAreListed(t *testing.T) {
	listed := map[string]bool{}
	for _, step := range writeSteps {
		listed[step.sent[0].(string)] = true
	}
	for _, step := range readSteps {
		listed[step.sent[0].(string)] = true
	}
	assert.Len(t, listed, len(writeSteps)+len(readSteps), "each once")
}

// TestStepsCopyWhatTheyAreGiven changes arguments before Operate.
func TestStepsCopyWhatTheyAreGiven(t *testing.T) {
	ioctx := opened(t)
	b := []byte("before")
	pairs := map[string][]byte{"key": b}
	keys := []string{"key"}
	w := rados.CreateWriteOp()
	w.Write(b, 0)
	w.SetOmap(pairs)
	w.RmOmapKeys(keys)
	copy(b, "behind")
	pairs["other"], keys[0] = nil, "other"
	require.NoError(t, w.Operate(ioctx, "object", 0))
	assert.Equal(t, [][]any{
		{"rados_write_op_write", "before", 0},
		{"rados_write_op_omap_set2", 1, "key", "before"},
		{"rados_write_op_omap_rm_keys2", 1, "key"},
	}, fakelibrados.Sent())
}

func TestOpsWithManyKeys(t *testing.T) {
	ioctx := opened(t)
	for _, n := range []int{0, 1, 15, 16, 17, 1000} {
		pairs := map[string][]byte{}
		var keys []string
		for i := range n {
			key := fmt.Sprintf("key\x00%d", i)
			pairs[key] = []byte(strings.Repeat("v", i))
			keys = append(keys, key)
		}
		w := rados.CreateWriteOp()
		w.SetOmap(pairs)
		w.RmOmapKeys(keys)
		require.NoError(t, w.Operate(ioctx, "object", 0))
		set, rm := fakelibrados.Sent()[0], fakelibrados.Sent()[1]
		assert.Equal(t, n, set[1])
		got := map[string][]byte{}
		for i := 2; i < len(set); i += 2 {
			got[set[i].(string)] = []byte(set[i+1].(string))
		}
		assert.Equal(t, pairs, got)
		assert.Len(t, rm, n+2)
		for i, key := range keys {
			assert.Equal(t, key, rm[i+2])
		}
	}
}

const getterCount = 10

func TestReleasedWriteOps(t *testing.T) {
	ioctx := opened(t)
	callsNothing(t, func() {
		for what, w := range map[string]*rados.WriteOp{"new": rados.CreateWriteOp(), "nil": nil} {
			for _, step := range writeSteps {
				step.add(w)
			}
			w.Release()
			w.Release()
			for _, step := range writeSteps {
				step.add(w)
			}
			assert.Equal(t, rados.ErrOperationReleased, w.Operate(ioctx, "object", 0), what)
			assert.Zero(t, w.CmpExt(nil, 0).Result)
		}
	})
}

// TestOperatedTwice expects the second Operate to send nothing, whatever the
// result of the first.
func TestOperatedTwice(t *testing.T) {
	for _, code := range []int{0, -int(syscall.EIO)} {
		ioctx := opened(t)
		fakelibrados.Return("rados_write_op_operate", code)
		fakelibrados.Return("rados_read_op_operate", code)
		w, r := rados.CreateWriteOp(), rados.CreateReadOp()
		w.WriteFull(data)
		step := r.Stat()
		assert.Equal(t, code < 0, w.Operate(ioctx, "object", 0) != nil)
		assert.Equal(t, code < 0, r.Operate(ioctx, "object", 0) != nil)
		_, before := step.Stat()
		callsNothing(t, func() {
			assert.Equal(t, rados.ErrOperationUsed, w.Operate(ioctx, "object", 0))
			w.WriteFull(data)
			assert.Equal(t, rados.ErrOperationUsed, w.Operate(ioctx, "object", 0))
			assert.Equal(t, rados.ErrOperationUsed, r.Operate(ioctx, "object", 0))
		})
		_, after := step.Stat()
		assert.Equal(t, before, after)
	}
}

// TestNotUsedByARefusal expects an operation that was not sent to be performed
// later.
func TestNotUsedByARefusal(t *testing.T) {
	ioctx := opened(t)
	w := rados.CreateWriteOp()
	w.WriteFull(data)
	assert.Equal(t, rados.ErrInvalidIOContext, w.Operate(nil, "object", 0))
	require.NoError(t, w.Operate(ioctx, "object", 0))
	assert.Equal(t, [][]any{{"rados_write_op_write_full", "data"}}, fakelibrados.Sent())
}

func TestOperatedByMany(t *testing.T) {
	ioctx := opened(t)
	const rounds = 50
	var done atomic.Int64
	for range rounds {
		w := rados.CreateWriteOp()
		w.WriteFull(data)
		var wg await.Group
		for range 4 {
			wg.Go(func() {
				if err := w.Operate(ioctx, "object", 0); err == nil {
					done.Add(1)
				} else {
					assert.Equal(t, rados.ErrOperationUsed, err)
				}
			})
		}
		wg.Wait()
	}
	assert.EqualValues(t, rounds, done.Load())
	assert.Equal(t, rounds, fakelibrados.Calls("rados_write_op_operate"))
}

// TestStepsWhileOperating adds steps during Operate: they are not sent, and do
// not change the results of the others.
func TestStepsWhileOperating(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Answer("rados_read_op_exec", "output")
	r := rados.CreateReadOp()
	var first []*rados.ReadOpExecStep
	for range 100 {
		first = append(first, r.Exec("class", "method", nil))
	}
	finish := held(t, "rados_read_op_operate", func() error { return r.Operate(ioctx, "object", 0) })
	stop := make(chan struct{})
	var late []*rados.ReadOpExecStep
	var wg await.Group
	wg.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
				if step := r.Exec("class", "method", data); n < 1000 {
					late = append(late, step)
				}
			}
		}
	})
	require.NoError(t, finish())
	close(stop)
	wg.Wait()
	assert.Len(t, fakelibrados.Sent(), len(first))
	for _, step := range first {
		b, err := step.Bytes()
		require.NoError(t, err)
		assert.Equal(t, "output", string(b))
	}
	for _, step := range late {
		assert.Equal(t, rados.ErrOperationIncomplete, second(step.Bytes()))
	}
}

func TestReleasedWhileOperating(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Outcomes(answered()...)
	var g getters
	r := rados.CreateReadOp()
	g.addTo(r, make([]byte, 8))
	finish := held(t, "rados_read_op_operate", func() error { return r.Operate(ioctx, "object", 0) })
	r.Release()
	collect()
	require.NoError(t, finish())
	for i, err := range g.errs() {
		assert.NoError(t, err, "step %d", i)
	}
}

// TestIteratorsAreEndedOnce expects iterators to be freed once, whatever fails;
// the fake ends the process at the second time, and fresh finds one that never
// is.
func TestIteratorsAreEndedOnce(t *testing.T) {
	for _, next := range []string{"rados_omap_get_next2", "rados_getxattrs_next"} {
		ioctx := opened(t)
		fakelibrados.Outcomes(answered()...)
		fakelibrados.Return(next, -int(syscall.EIO))
		var g getters
		r := rados.CreateReadOp()
		g.addTo(r, make([]byte, 8))
		err := r.Operate(ioctx, "object", 0)
		assert.ErrorIs(t, err, syscall.EIO, next)
		failed := map[bool][]int{true: {6, 7, 8}, false: {2}}[next == "rados_omap_get_next2"]
		for i, err := range g.errs() {
			if i == failed[0] || len(failed) > 1 && i > 5 {
				assert.ErrorIs(t, err, syscall.EIO, "%s: step %d", next, i)
			} else {
				assert.NoError(t, err, "%s: step %d", next, i)
			}
		}
		assert.Equal(t, 3, fakelibrados.Calls("rados_omap_get_end"))
		assert.Equal(t, 1, fakelibrados.Calls("rados_getxattrs_end"))
	}
}

func TestOpsWithEmptySlices(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Answer("rados_read_op_read", "content")
	for name, empty := range map[string][]byte{"nil": nil, "empty": {}, "end": data[len(data):]} {
		t.Run(name, func(t *testing.T) {
			w := rados.CreateWriteOp()
			w.Append(empty)
			w.Write(empty, 7)
			w.WriteFull(empty)
			w.WriteSame(empty, 0, 0)
			w.SetXattr("name", empty)
			w.CmpXattr("name", rados.CompareEQ, empty)
			w.CmpExt(empty, 0)
			w.CmpOmap("", rados.CompareEQ, empty)
			w.Exec("", "", empty)
			w.SetOmap(map[string][]byte{"": empty})
			w.SetOmap(nil)
			w.RmOmapKeys(nil)
			require.NoError(t, w.Operate(ioctx, "object", 0))
			assert.Equal(t, [][]any{
				{"rados_write_op_append", ""},
				{"rados_write_op_write", "", 7},
				{"rados_write_op_write_full", ""},
				{"rados_write_op_writesame", "", 0, 0},
				{"rados_write_op_setxattr", "name", ""},
				{"rados_write_op_cmpxattr", "name", 1, ""},
				{"rados_write_op_cmpext", "", 0},
				{"rados_write_op_omap_cmp2", "", 1, ""},
				{"rados_write_op_exec", "", "", ""},
				{"rados_write_op_omap_set2", 1, "", ""},
				{"rados_write_op_omap_set2", 0},
				{"rados_write_op_omap_rm_keys2", 0},
			}, fakelibrados.Sent())

			r := rados.CreateReadOp()
			read := r.Read(7, empty)
			exec := r.ExecInto("class", "method", empty, empty)
			keys := r.GetOmapValuesByKeys(nil)
			require.NoError(t, r.Operate(ioctx, "object", 0))
			assert.Equal(t, []any{"rados_read_op_read", 7, 1}, fakelibrados.Sent()[0], "none at all is the whole object")
			assert.Zero(t, read.BytesRead)
			b, err := exec.Bytes()
			require.NoError(t, err)
			assert.Empty(t, b)
			assert.Empty(t, entries(t, keys.Next))
		})
	}
	assert.Equal(t, "data", string(data), "nothing was written behind the end")
	sendsNothing(t, func() {
		require.NoError(t, rados.CreateWriteOp().Operate(ioctx, "object", 0), "no steps at all")
		require.NoError(t, rados.CreateReadOp().Operate(ioctx, "object", 0), "no steps at all")
		assert.Equal(t, rados.ErrNameContainsNUL, rados.CreateReadOp().Operate(ioctx, "\x00", 0))
	})
}

// TestOperateUnderDestroy expects a bare error if nothing was sent, and no call
// on a destroyed IOContext.
func TestOperateUnderDestroy(t *testing.T) {
	fresh(t)
	rounds := 300
	if testing.Short() {
		rounds = 50
	}
	for i := range rounds {
		o := connectedTo(t, "pool")
		var wg await.Group
		for range 3 {
			wg.Go(func() {
				for range 20 {
					w := rados.CreateWriteOp()
					w.WriteFull(data)
					assertGone(t, w.Operate(o.ioctx, "object", 0))
					r := rados.CreateReadOp()
					r.GetXattrs()
					assertGone(t, r.Operate(o.ioctx, "object", 0))
				}
			})
		}
		if i%2 == 0 {
			o.ioctx.Destroy()
		}
		o.conn.Shutdown()
		wg.Wait()
	}
}

func assertGone(t *testing.T, err error) {
	t.Helper()
	var given rados.OperationError // if a call in flight was cancelled
	if err != nil && err != rados.ErrInvalidIOContext && err != rados.ErrNotConnected && !errors.As(err, &given) {
		t.Errorf("not bare: %#v", err)
	}
	if err != nil {
		assert.True(t, errors.Is(err, rados.ErrInvalidIOContext) || errors.Is(err, rados.ErrNotConnected), "%v", err)
	}
}
