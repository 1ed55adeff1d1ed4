package fakelibrados_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// getters has the steps of a ReadOp that return results.
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

// errs returns the bare errors of the getters, by the number of the step.
func (g *getters) errs() map[int]error {
	errs := map[int]error{}
	errs[1] = wrapped("ReadOpStatStep.Stat", second(g.stat.Stat()))
	errs[2] = wrapped("ReadOpGetXattrsStep.Xattrs", second(g.xattrs.Xattrs()))
	errs[3] = second(g.exec.Bytes())
	errs[4] = second(g.execInto.Bytes())
	errs[5] = wrapped("ReadOpChecksumStep.Sums", second(g.sums.Sums()))
	errs[6] = second(g.omap.Next())
	errs[7] = second(g.byKeys.Next())
	errs[8] = wrapped("ReadOpOmapKeysStep.Keys", second(g.keys.Keys()))
	return errs
}

// assertNothing asserts that steps from first on have no result, and code.
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

// entries returns all entries of next.
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

// TestNoResultBeforeOperate expects no results before Operate, nor after
// Release without it, nor from a zero value.
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

// TestResultsStayAfterRelease expects results to be Go memory.
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

// TestReadOpBuffersStayPut runs the collector and allocates memory while C has
// the addresses of buffers to which only the operation refers.
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

// sumsOf returns n checksums of 32 bits as an OSD sends them: 0, 1, 2...
func sumsOf(n int) string {
	b := binary.LittleEndian.AppendUint32(nil, uint32(n))
	for i := range n {
		b = binary.LittleEndian.AppendUint32(b, uint32(i))
	}
	return string(b)
}

// TestNothingIsWrittenAfterOperate expects the buffers to stay unchanged after
// Operate has returned, also after an error.
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

// TestMethodThatFailsWithOutput expects the output to be freed.
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
