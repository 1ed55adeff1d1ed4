package fakelibrados_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// with is one step that a test adds to an operation, and what C gets to see of it.
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

// TestStepsArriveInOrder: more of them than there is room for on C's stack, and each
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

// TestStepsCopyWhatTheyAreGiven: it may be changed before Operate.
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

// getters asks all steps of a ReadOp for their results.
type getters struct {
	read     *rados.ReadOpReadStep
	stat     *rados.ReadOpStatStep
	xattrs   *rados.ReadOpGetXattrsStep
	exec     *rados.ReadOpExecStep
	execInto *rados.ReadOpExecStep
	sums     *rados.ReadOpChecksumStep
	omap     *rados.GetOmapStep
	byKeys   *rados.ReadOpOmapGetValsByKeysStep
	keys     *rados.ReadOpOmapKeysStep
	cmp      *rados.ReadOpCmpExtStep
}

const getterCount = 10

// addTo adds one step of each kind that reports, in this order.
func (g *getters) addTo(r *rados.ReadOp, buffer []byte) {
	g.read = r.Read(0, buffer)
	g.stat = r.Stat()
	g.xattrs = r.GetXattrs()
	g.exec = r.Exec("class", "method", nil)
	g.execInto = r.ExecInto("class", "method", nil, make([]byte, 8))
	g.sums = r.Checksum(rados.ChecksumTypeCRC32C, rados.ChecksumsOptions{})
	g.omap = r.GetOmapValues("", "", 10)
	g.byKeys = r.GetOmapValuesByKeys([]string{"key"})
	g.keys = r.GetOmapKeys("", 10)
	g.cmp = r.CmpExt(nil, 0)
}

// answered has the fake answer all of them.
func answered() []fakelibrados.Outcome {
	return []fakelibrados.Outcome{
		{Answers: []string{"con\x00tent"}},
		{Answers: []string{memory(7), memory(1457129052, 123456789)}},
		{Answers: []string{"name", "va\x00lue", "", ""}},
		{Answers: []string{"out\x00put"}},
		{Answers: []string{"o\x00"}},
		{Answers: []string{"\x01\x00\x00\x00\xff\xff\xff\xff"}},
		{Answers: []string{"a", "1", "b\x00", "\x00"}, More: true},
		{Answers: []string{"key", ""}},
		{Answers: []string{"a", "", "\x00b", ""}},
		{},
	}
}

// errs are the errors of the getters that have one, by the number of the step.
func (g *getters) errs() map[int]error {
	errs := map[int]error{}
	_, errs[1] = g.stat.Stat()
	_, errs[2] = g.xattrs.Xattrs()
	_, errs[3] = g.exec.Bytes()
	_, errs[4] = g.execInto.Bytes()
	_, errs[5] = g.sums.Sums()
	_, errs[6] = g.omap.Next()
	_, errs[7] = g.byKeys.Next()
	_, errs[8] = g.keys.Keys()
	return errs
}

// assertNothing asserts that steps from the first on have nothing, and code.
func (g *getters) assertNothing(t *testing.T, first, code int) {
	t.Helper()
	for i, err := range g.errs() {
		if i >= first {
			assert.Equal(t, rados.ErrOperationIncomplete, err, "step %d", i)
		}
	}
	if first <= 0 {
		assert.Zero(t, g.read.BytesRead)
		assert.Equal(t, code, g.read.Result)
	}
	if first <= 1 {
		stat, _ := g.stat.Stat()
		assert.Zero(t, stat)
	}
	if first <= 2 {
		xattrs, _ := g.xattrs.Xattrs()
		assert.Nil(t, xattrs)
	}
	if first <= 3 {
		b, _ := g.exec.Bytes()
		assert.Nil(t, b)
	}
	if first <= 4 {
		b, _ := g.execInto.Bytes()
		assert.Nil(t, b)
	}
	if first <= 5 {
		sums, _ := g.sums.Sums()
		assert.Nil(t, sums)
	}
	if first <= 6 {
		kv, _ := g.omap.Next()
		assert.Nil(t, kv)
		assert.False(t, g.omap.More())
	}
	if first <= 7 {
		kv, _ := g.byKeys.Next()
		assert.Nil(t, kv)
	}
	if first <= 8 {
		keys, _ := g.keys.Keys()
		assert.Nil(t, keys)
		assert.False(t, g.keys.More())
	}
	if first <= 9 {
		assert.Equal(t, code, g.cmp.Result)
	}
}

func TestReadOpResults(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Outcomes(answered()...)
	var g getters
	r := rados.CreateReadOp()
	buffer := []byte("________untouched")
	g.addTo(r, buffer[:8])
	require.NoError(t, r.Operate(ioctx, "object", 0))

	assert.Equal(t, rados.ReadOpReadStep{BytesRead: 8}, *g.read)
	assert.Equal(t, "con\x00tentuntouched", string(buffer))
	stat, err := g.stat.Stat()
	require.NoError(t, err)
	assert.Equal(t, rados.ObjectStat{Size: 7, ModTime: time.Unix(1457129052, 123456789)}, stat)
	xattrs, err := g.xattrs.Xattrs()
	require.NoError(t, err)
	assert.Equal(t, map[string][]byte{"name": []byte("va\x00lue"), "": {}}, xattrs)
	b, err := g.exec.Bytes()
	require.NoError(t, err)
	assert.Equal(t, "out\x00put", string(b))
	b, err = g.execInto.Bytes()
	require.NoError(t, err)
	assert.Equal(t, "o\x00", string(b))
	sums, err := g.sums.Sums()
	require.NoError(t, err)
	assert.Equal(t, []uint64{math.MaxUint32}, sums)
	assert.Equal(t, []string{"a=1", "b\x00=\x00"}, entries(t, g.omap.Next))
	assert.True(t, g.omap.More())
	assert.Equal(t, []string{"key="}, entries(t, g.byKeys.Next))
	keys, err := g.keys.Keys()
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "\x00b"}, keys)
	assert.False(t, g.keys.More())
	assert.Zero(t, g.cmp.Result)
}

// entries takes all entries that next returns.
func entries(t *testing.T, next func() (*rados.OmapKeyValue, error)) (list []string) {
	t.Helper()
	for {
		kv, err := next()
		require.NoError(t, err)
		if kv == nil {
			again, err := next()
			require.NoError(t, err)
			assert.Nil(t, again, "the end stays the end")
			return list
		}
		list = append(list, kv.Key+"="+string(kv.Value))
	}
}

// TestNoResultBeforeOperate, nor after Release without it, nor from nothing at all.
func TestNoResultBeforeOperate(t *testing.T) {
	ioctx := opened(t)
	callsNothing(t, func() {
		for what, r := range map[string]*rados.ReadOp{"new": rados.CreateReadOp(), "zero": {}, "nil": nil} {
			t.Run(what, func(t *testing.T) {
				var g getters
				g.addTo(r, make([]byte, 8))
				g.assertNothing(t, 0, 0)
				r.Release()
				g.assertNothing(t, 0, 0)
				g.addTo(r, make([]byte, 8)) // too late
				g.assertNothing(t, 0, 0)
				assert.Equal(t, rados.ErrOperationReleased, r.Operate(ioctx, "object", 0))
				g.assertNothing(t, 0, 0)
				r.Release()
			})
		}
		zero := getters{&rados.ReadOpReadStep{}, &rados.ReadOpStatStep{}, &rados.ReadOpGetXattrsStep{},
			&rados.ReadOpExecStep{}, &rados.ReadOpExecStep{}, &rados.ReadOpChecksumStep{}, &rados.GetOmapStep{},
			&rados.ReadOpOmapGetValsByKeysStep{}, &rados.ReadOpOmapKeysStep{}, &rados.ReadOpCmpExtStep{}}
		zero.assertNothing(t, 0, 0)
		for i, err := range new(getters).errs() {
			assert.Equal(t, rados.ErrOperationIncomplete, err, "step %d, nil", i)
		}
	})
}

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

// TestResultsStayAfterRelease: they are Go's.
func TestResultsStayAfterRelease(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Outcomes(answered()...)
	var g getters
	r := rados.CreateReadOp()
	g.addTo(r, make([]byte, 8))
	require.NoError(t, r.Operate(ioctx, "object", 0))
	r.Release()
	for i, err := range g.errs() {
		assert.NoError(t, err, "step %d", i)
	}
	assert.Equal(t, rados.ErrOperationReleased, r.Operate(ioctx, "object", 0))
}

// TestOperatedTwice: the second time nothing is sent, whatever came of the first.
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

// TestNotUsedByARefusal: what never was sent can be sent yet.
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
		var wg sync.WaitGroup
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

// TestStepsWhileOperating: steps that are added too late are not sent, and do not
// get in the way of those that are told what came of them.
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
	var wg sync.WaitGroup
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
		_, err := step.Bytes()
		assert.Equal(t, rados.ErrOperationIncomplete, err)
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

// TestAnsweredBeforeAnyStep: librados leaves all results untouched then, and iterators
// are none yet.
func TestAnsweredBeforeAnyStep(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Return("rados_read_op_operate", -int(syscall.ENOENT))
	fakelibrados.Outcomes(answered()...)
	var g getters
	r := rados.CreateReadOp()
	buffer := []byte("________")
	g.addTo(r, buffer)
	err := r.Operate(ioctx, "object", 0)
	var e rados.OperationError
	require.ErrorAs(t, err, &e)
	assert.Equal(t, rados.ErrNotFound, e.OpError)
	assert.Empty(t, e.StepErrors)
	g.assertNothing(t, 0, -int(syscall.ENOENT))
	assert.Equal(t, "________", string(buffer))
	assert.Equal(t, 1, fakelibrados.Calls("rados_getxattrs_end"))
	assert.Equal(t, 3, fakelibrados.Calls("rados_omap_get_end"))
	assert.Zero(t, fakelibrados.Calls("rados_omap_get_next2"))
}

// TestFailedAtAStep: those before it have their results, those behind have none,
// though they are answered as if they had succeeded.
func TestFailedAtAStep(t *testing.T) {
	for i := range 2 * getterCount {
		n, errno := i/2, []syscall.Errno{syscall.EIO, syscall.ENODATA}[i%2]
		t.Run(fmt.Sprint(n, errno), func(t *testing.T) {
			ioctx := opened(t)
			outcomes := answered()
			outcomes[n].Code = -int(errno)
			fakelibrados.Outcomes(outcomes...)
			var g getters
			r := rados.CreateReadOp()
			g.addTo(r, make([]byte, 8))
			err := r.Operate(ioctx, "object", 0)
			var e rados.OperationError
			require.ErrorAs(t, err, &e)
			assert.ErrorIs(t, e.OpError, errno)
			require.Len(t, e.StepErrors, 1)
			assert.ErrorIs(t, e.StepErrors[n], errno)
			for i, err := range g.errs() {
				switch {
				case i < n:
					assert.NoError(t, err, "step %d", i)
				case i == n:
					assert.ErrorIs(t, err, errno, "step %d", i)
				}
			}
			g.assertNothing(t, n+1, -int(errno))
		})
	}
}

// TestStepErrorsInTheCallersOrder: steps that report nothing count as well, also
// those of which C knows less than Go.
func TestStepErrorsInTheCallersOrder(t *testing.T) {
	ioctx := opened(t)
	outcome := func(code syscall.Errno) fakelibrados.Outcome { return fakelibrados.Outcome{Code: -int(code)} }
	fakelibrados.Outcomes(outcome(0), outcome(0), outcome(4095+3), outcome(0), outcome(0), outcome(syscall.ERANGE))
	w := rados.CreateWriteOp()
	w.AssertExists()
	w.SetOmap(nil)
	cmp := w.CmpExt([]byte("four"), 0)
	w.SetFlags(rados.OpFlagFailOk)
	w.Remove()
	w.Exec("class", "method", nil)
	w.CmpExt(nil, 0)
	err := w.Operate(ioctx, "object", 0)
	var e rados.OperationError
	require.ErrorAs(t, err, &e)
	assert.ErrorIs(t, e.OpError, syscall.ERANGE)
	assert.Len(t, e.StepErrors, 2)
	assert.ErrorIs(t, e.StepErrors[2], syscall.Errno(4095+3))
	assert.ErrorIs(t, e.StepErrors[4], syscall.ERANGE)
	assert.Equal(t, -4095-3, cmp.Result)
	assert.Equal(t, []error{e.OpError, e.StepErrors[2], e.StepErrors[4]}, e.Unwrap())
	assert.Regexp(t, `^rados: write operation failed: .*; step 2: .*; step 4: .*$`, err.Error())
}

// TestFailOk: the operation succeeds, and the step's error is told all the same.
func TestFailOk(t *testing.T) {
	ioctx := opened(t)
	outcomes := make([]fakelibrados.Outcome, 3)
	outcomes[0].Code = -int(syscall.ENODATA)
	outcomes[2].Answers = []string{memory(7), memory(8, 9)}
	fakelibrados.Outcomes(outcomes...)
	r := rados.CreateReadOp()
	xattrs := r.GetXattrs()
	r.SetFlags(rados.OpFlagFailOk)
	stat := r.Stat()
	err := r.Operate(ioctx, "object", 0)
	var e rados.OperationError
	require.ErrorAs(t, err, &e)
	assert.NoError(t, e.OpError)
	assert.Len(t, e.StepErrors, 1)
	assert.ErrorIs(t, err, syscall.ENODATA)
	_, err = xattrs.Xattrs()
	assert.ErrorIs(t, err, syscall.ENODATA)
	got, err := stat.Stat()
	require.NoError(t, err)
	assert.EqualValues(t, 7, got.Size)
}

// TestFailOkBeforeAFailure: the step that was allowed to fail is not to blame for one
// that fails with the same code.
func TestFailOkBeforeAFailure(t *testing.T) {
	ioctx := opened(t)
	outcomes := make([]fakelibrados.Outcome, 5)
	outcomes[0].Code = -int(syscall.ENODATA)
	outcomes[2].Answers = []string{"output"}
	outcomes[3].Code = -int(syscall.ENODATA)
	fakelibrados.Outcomes(outcomes...)
	r := rados.CreateReadOp()
	r.GetXattrs()
	r.SetFlags(rados.OpFlagFailOk)
	exec := r.Exec("class", "method", nil)
	r.GetXattrs()
	stat := r.Stat()
	err := r.Operate(ioctx, "object", 0)
	var e rados.OperationError
	require.ErrorAs(t, err, &e)
	assert.ErrorIs(t, e.OpError, syscall.ENODATA)
	assert.Len(t, e.StepErrors, 2)
	assert.ErrorIs(t, e.StepErrors[0], syscall.ENODATA)
	assert.ErrorIs(t, e.StepErrors[2], syscall.ENODATA)
	b, err := exec.Bytes()
	require.NoError(t, err)
	assert.Equal(t, "output", string(b))
	_, err = stat.Stat()
	assert.Equal(t, rados.ErrOperationIncomplete, err)
}

// TestPositiveCodesOfSteps: what a class method returns means what it likes.
func TestPositiveCodesOfSteps(t *testing.T) {
	ioctx := opened(t)
	outcomes := answered()
	for i := range outcomes {
		outcomes[i].Code = 42
	}
	fakelibrados.Outcomes(outcomes...)
	fakelibrados.Return("rados_write_op_operate", 42)
	var g getters
	r := rados.CreateReadOp()
	g.addTo(r, make([]byte, 8))
	require.NoError(t, r.Operate(ioctx, "object", 0))
	for i, err := range g.errs() {
		assert.NoError(t, err, "step %d", i)
	}
	assert.Equal(t, 42, g.exec.Code())
	b, err := g.exec.Bytes()
	require.NoError(t, err)
	assert.Equal(t, "out\x00put", string(b))
	w := rados.CreateWriteOp()
	w.Exec("class", "method", nil)
	assert.NoError(t, w.Operate(ioctx, "object", 0))
}

// TestMethodThatFailsWithOutput: the output is freed all the same.
func TestMethodThatFailsWithOutput(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Outcomes(fakelibrados.Outcome{Code: -int(syscall.EINVAL), Answers: []string{"output"}})
	r := rados.CreateReadOp()
	step := r.Exec("class", "method", nil)
	assert.ErrorIs(t, r.Operate(ioctx, "object", 0), syscall.EINVAL)
	b, err := step.Bytes()
	assert.ErrorIs(t, err, syscall.EINVAL)
	assert.Nil(t, b)
	assert.Equal(t, -int(syscall.EINVAL), step.Code())
	assert.Equal(t, 1, fakelibrados.Calls("rados_buffer_free"))
}

func TestExecIntoTooShort(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Answer("rados_read_op_exec_user_buf", "12345")
	for _, size := range []int{0, 4, 5, 6} {
		buffer := []byte("________")
		r := rados.CreateReadOp()
		step := r.ExecInto("class", "method", nil, buffer[:size])
		err := r.Operate(ioctx, "object", 0)
		b, stepErr := step.Bytes()
		if size < 5 {
			assert.ErrorIs(t, err, syscall.ERANGE)
			assert.ErrorIs(t, stepErr, syscall.ERANGE)
			assert.Equal(t, "________", string(buffer))
			continue
		}
		require.NoError(t, err)
		require.NoError(t, stepErr)
		assert.Equal(t, "12345", string(b))
		assert.Same(t, &buffer[0], &b[0])
	}
}

// TestStepsThatCannotBeSent: nothing of the operation is, and each is named.
func TestStepsThatCannotBeSent(t *testing.T) {
	ioctx := opened(t)
	refused := func(op interface {
		Operate(*rados.IOContext, string, rados.OperationFlags) error
	}, want map[int]error) {
		t.Helper()
		callsNothing(t, func() {
			var e rados.OperationError
			require.ErrorAs(t, op.Operate(ioctx, "object", 0), &e)
			assert.NoError(t, e.OpError)
			assert.Len(t, e.StepErrors, len(want))
			for i, err := range want {
				assert.ErrorIs(t, e.StepErrors[i], err, "step %d", i)
			}
		})
	}
	nul := rados.ErrNameContainsNUL
	w := rados.CreateWriteOp()
	w.AssertExists()
	w.SetXattr("a\x00", data)
	w.RmXattr("")
	w.CmpXattr("\x00", rados.CompareEQ, nil)
	w.Exec("a\x00b", "method", nil)
	w.Exec("class", "a\x00b", nil)
	w.Create(1 << 40)
	w.Write(data, 0)
	refused(w, map[int]error{1: nul, 2: syscall.EINVAL, 3: nul, 4: nul, 5: nul, 6: syscall.EINVAL})

	r := rados.CreateReadOp()
	r.CmpXattr("a\x00", rados.CompareEQ, nil)
	step := r.Stat()
	r.Exec("\x00", "method", nil)
	r.ExecInto("class", "\x00", nil, nil)
	omap := r.GetOmapValues("a\x00b", "", 1)
	r.GetOmapValues("", "a\x00b", 1)
	r.GetOmapKeys("a\x00b", 1)
	r.Read(0, huge(t, math.MaxInt32+1))
	refused(r, map[int]error{0: nul, 2: nul, 3: nul, 4: nul, 5: nul, 6: nul, 7: syscall.E2BIG})
	_, err := step.Stat()
	assert.Equal(t, rados.ErrOperationIncomplete, err)
	_, err = omap.Next()
	assert.Equal(t, rados.ErrOperationIncomplete, err)
}

// TestOperateOnANameWithNUL: the steps have no code of librados to show, but that of
// a name that is none.
func TestOperateOnANameWithNUL(t *testing.T) {
	ioctx := opened(t)
	r := rados.CreateReadOp()
	var g getters
	g.addTo(r, make([]byte, 8))
	err := r.Operate(ioctx, "a\x00b", 0)
	assert.ErrorIs(t, err, rados.ErrNameContainsNUL)
	assert.Zero(t, fakelibrados.Calls("rados_read_op_operate"))
	g.assertNothing(t, 0, -int(syscall.EINVAL))
}

// TestNoMemoryForAnOp: no op, no operation.
func TestNoMemoryForAnOp(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Return("rados_create_write_op", 0)
	fakelibrados.Return("rados_create_read_op", 0)
	w, r := rados.CreateWriteOp(), rados.CreateReadOp()
	w.Remove()
	var g getters
	g.addTo(r, make([]byte, 8))
	assert.ErrorIs(t, w.Operate(ioctx, "object", 0), syscall.ENOMEM)
	assert.ErrorIs(t, r.Operate(ioctx, "object", 0), syscall.ENOMEM)
	g.assertNothing(t, 0, -int(syscall.ENOMEM))
	assert.Zero(t, fakelibrados.Calls("rados_write_op_operate"))
	assert.Zero(t, fakelibrados.Calls("rados_read_op_operate"))
}

// TestMissingFunctionInAnOp: the fake lacks the one that removes a range of keys, as
// librados did before Ceph 16. Nothing of the operation is sent.
func TestMissingFunctionInAnOp(t *testing.T) {
	ioctx := opened(t)
	w := rados.CreateWriteOp()
	w.Write(data, 0)
	w.RmOmapRange("a", "b\x00")
	w.Remove()
	assert.ErrorIs(t, w.Operate(ioctx, "object", 0), rados.ErrMissingFunction)
	assert.Zero(t, fakelibrados.Calls("rados_write_op_operate"))
}

// TestIteratorsAreEndedOnce, whatever else goes wrong; the fake ends the process if
// one is ended twice, and fresh notices one that never is.
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

// TestReadOpBuffersStayPut has the collector run, and other memory used, while C holds
// the addresses of buffers that only the operation knows of.
func TestReadOpBuffersStayPut(t *testing.T) {
	ioctx := opened(t)
	content := strings.Repeat("content\x00", 512)
	fakelibrados.Answer("rados_read_op_read", content)
	fakelibrados.Answer("rados_read_op_exec_user_buf", content)
	fakelibrados.Answer("rados_read_op_checksum", sumsOf(1000))
	var reads []*rados.ReadOpReadStep
	var execs []*rados.ReadOpExecStep
	var sums []*rados.ReadOpChecksumStep
	finish := held(t, "rados_read_op_operate", func() error {
		r := rados.CreateReadOp()
		for range 20 {
			reads = append(reads, r.Read(0, make([]byte, len(content))))
			execs = append(execs, r.ExecInto("class", "method", nil, make([]byte, len(content))))
			opts := rados.ChecksumsOptions{Length: 4000, ChunkSize: 4}
			sums = append(sums, r.Checksum(rados.ChecksumTypeCRC32C, opts))
		}
		return r.Operate(ioctx, "object", 0)
	})
	var others [][]byte
	for range 2000 {
		others = append(others, bytes.Repeat([]byte{'x'}, len(content)))
		if len(others)%200 == 0 {
			runtime.GC()
		}
	}
	require.NoError(t, finish())
	for i := range reads {
		assert.EqualValues(t, len(content), reads[i].BytesRead)
		b, err := execs[i].Bytes()
		require.NoError(t, err)
		assert.True(t, content == string(b))
		list, err := sums[i].Sums()
		require.NoError(t, err)
		assert.Len(t, list, 1000)
		assert.EqualValues(t, 999, list[999])
	}
	for _, other := range others {
		require.True(t, bytes.Count(other, []byte{'x'}) == len(content), "C wrote elsewhere")
	}
}

// sumsOf is n checksums of 32 bits as an OSD sends them: 0, 1, 2...
func sumsOf(n int) string {
	b := binary.LittleEndian.AppendUint32(nil, uint32(n))
	for i := range n {
		b = binary.LittleEndian.AppendUint32(b, uint32(i))
	}
	return string(b)
}

// TestNothingIsWrittenAfterOperate: when it has returned, the buffers are the
// caller's, also after an error.
func TestNothingIsWrittenAfterOperate(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Answer("rados_read_op_read", "content")
	for _, code := range []int{0, -int(syscall.ETIMEDOUT)} {
		if code < 0 {
			fakelibrados.Return("rados_read_op_operate", code)
		}
		buffer := make([]byte, 7)
		r := rados.CreateReadOp()
		r.Read(0, buffer)
		r.Operate(ioctx, "object", 0)
		copy(buffer, "my own!")
		collect()
		for range 100 {
			other := rados.CreateReadOp()
			other.Read(0, make([]byte, 7))
			other.Operate(ioctx, "object", 0)
		}
		assert.Equal(t, "my own!", string(buffer))
	}
}

// TestOperateUnderDestroy: what was not sent is told bare, and nothing is sent to what
// is gone.
func TestOperateUnderDestroy(t *testing.T) {
	fresh(t)
	rounds := 300
	if testing.Short() {
		rounds = 50
	}
	for i := range rounds {
		o := connectedTo(t, "pool")
		var wg sync.WaitGroup
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
	var given rados.OperationError // one that was under way has been given up
	if err != nil && err != rados.ErrInvalidIOContext && err != rados.ErrNotConnected && !errors.As(err, &given) {
		t.Errorf("not bare: %#v", err)
	}
	if err != nil {
		assert.True(t, errors.Is(err, rados.ErrInvalidIOContext) || errors.Is(err, rados.ErrNotConnected), "%v", err)
	}
}

// TestOpsLeaveNoMemoryBehind in C's heap, however they end.
func TestOpsLeaveNoMemoryBehind(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Outcomes(answered()...)
	noGrowth(t, 3000, func() {
		for _, code := range []int{0, -int(syscall.EIO)} {
			fakelibrados.ReturnAfter("rados_read_op_operate", 1, code)
			for range 2 {
				var g getters
				r := rados.CreateReadOp()
				g.addTo(r, make([]byte, 8))
				err := r.Operate(ioctx, "object", 0)
				if code == 0 {
					require.NoError(t, err)
				}
			}
		}
		w := rados.CreateWriteOp()
		for _, step := range writeSteps {
			step.add(w)
		}
		w.Operate(ioctx, "a\x00b", 0)
		w = rados.CreateWriteOp()
		w.RmOmapRange("a", "b")
		w.Operate(ioctx, "object", 0)
	})
}

// noGrowth has f run many times, once to warm up C's caches and then once more. After
// that hardly more of C's heap must be in use: less than the smallest piece of it for
// each time.
func noGrowth(t *testing.T, times int, f func()) {
	t.Helper()
	if testing.Short() {
		times /= 10
	}
	runtime.LockOSThread() // each thread has caches of its own
	defer runtime.UnlockOSThread()
	for range times {
		f()
	}
	before := fakelibrados.Heap()
	for range times {
		f()
	}
	assert.Less(t, fakelibrados.Heap()-before, 24*times, "C's heap grows")
}

// TestOperationErrorHoldsAll: errors.Is and errors.As look into it.
func TestOperationErrorHoldsAll(t *testing.T) {
	e := rados.OperationError{OpError: rados.ErrNotFound, StepErrors: map[int]error{3: syscall.EIO, 1: rados.ErrObjectExists}}
	for _, err := range []error{rados.ErrNotFound, syscall.ENOENT, syscall.EIO, rados.ErrObjectExists} {
		assert.ErrorIs(t, e, err)
	}
	assert.NotErrorIs(t, e, rados.ErrPermissionDenied)
	var code interface{ ErrorCode() int }
	require.True(t, errors.As(error(e), &code))
	assert.Equal(t, -int(syscall.ENOENT), code.ErrorCode())
}
