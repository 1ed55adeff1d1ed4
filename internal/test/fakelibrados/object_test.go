package fakelibrados_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

func TestRead(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Answer("rados_read_op_read", "con\x00tent")
	for size, want := range map[int]string{1: "c", 8: "con\x00tent", 20: "con\x00tent"} {
		buf := make([]byte, size)
		n, err := ioctx.Read("object", buf, 0)
		require.NoError(t, err)
		assert.Equal(t, want, string(buf[:n]))
	}
	buf := []byte("untouched")
	n, err := ioctx.Read("object", buf[:3], 0)
	require.NoError(t, err)
	assert.Equal(t, 3, n)
	assert.Equal(t, "conouched", string(buf))
}

// TestReadOfNothing reads 0 bytes, which to an OSD means the whole object.
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

// TestReadInPieces reads replies that arrive in pieces, as on encrypted
// connections, in all ways.
func TestReadInPieces(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Pieces()
	for size := range 40 {
		content := strings.Repeat("content ", 5)[:size]
		fakelibrados.Outcomes(fakelibrados.Outcome{Answers: []string{content}})
		read := func(call func(buf []byte) (int, error)) {
			t.Helper()
			buf := make([]byte, 50)
			n, err := call(buf)
			require.NoError(t, err, size)
			assert.Equal(t, content, string(buf[:n]))
			assert.Equal(t, make([]byte, 50-n), buf[n:])
		}
		read(func(buf []byte) (int, error) { return ioctx.Read("object", buf, 0) })
		read(func(buf []byte) (int, error) { return ioctx.ReadContext(t.Context(), "object", buf, 0) })
		read(func(buf []byte) (int, error) {
			for task := range rados.Pipeline(t.Context(), 4, slices.Values([]*rados.Task{ioctx.Tasks().Read("object", buf, 0)})) {
				return task.N, task.Err
			}
			return 0, errors.New("no task was yielded")
		})
		read(func(buf []byte) (int, error) {
			op := rados.CreateReadOp()
			step := op.ExecInto("class", "method", nil, buf)
			if err := op.Operate(ioctx, "object", 0); err != nil {
				return 0, err
			}
			out, err := step.Bytes()
			return len(out), err
		})
		fakelibrados.Reset()
		fakelibrados.Pieces()
	}
}

func TestStat(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Answer("rados_stat", memory(1<<63+1), memory(1457129052))
	stat, err := ioctx.Stat("object")
	require.NoError(t, err)
	assert.Equal(t, rados.ObjectStat{Size: 1<<63 + 1, ModTime: time.Unix(1457129052, 0)}, stat)
	fakelibrados.Return("rados_stat", -int(syscall.ENOENT))
	stat, err = ioctx.Stat("object")
	assert.Equal(t, rados.ErrNotFound, err)
	assert.Zero(t, stat)
}

func TestStat2(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Answer("rados_stat2", memory(1<<63+1), memory(1457129052, 123456789))
	stat, err := ioctx.Stat2("object")
	require.NoError(t, err)
	assert.Equal(t, rados.ObjectStat{Size: 1<<63 + 1, ModTime: time.Unix(1457129052, 123456789)}, stat)
	assert.Zero(t, fakelibrados.Calls("rados_stat"))
	fakelibrados.Return("rados_stat2", -int(syscall.ENOENT))
	stat, err = ioctx.Stat2("object")
	assert.Equal(t, rados.ErrNotFound, wrapped("Stat2", err))
	assert.Zero(t, stat)
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

func TestMismatchOffset(t *testing.T) {
	ioctx := opened(t)
	for ret, want := range map[int]struct {
		offset uint64
		ok     bool
	}{
		-4095: {0, true}, -4096: {1, true}, -4095 - 1<<20: {1 << 20, true},
		-4094: {}, -int(syscall.ENOENT): {}, 0: {}, 1: {},
	} {
		fakelibrados.Return("rados_cmpext", ret)
		err := ioctx.CmpExt("object", data, 0)
		assert.Equal(t, ret < 0, err != nil, ret)
		for _, err := range []error{err, fmt.Errorf("wrapped: %w", err)} {
			offset, ok := rados.MismatchOffset(err)
			assert.Equal(t, want.ok, ok, ret)
			assert.Equal(t, want.offset, offset, ret)
		}
	}
	for _, err := range []error{nil, errors.New("other"), rados.ErrNotConnected, rados.ErrNameContainsNUL, syscall.Errno(5000)} {
		_, ok := rados.MismatchOffset(err)
		assert.False(t, ok, "%v", err)
	}
}

func TestExec(t *testing.T) {
	ioctx := opened(t)
	fakelibrados.Answer("rados_read_op_exec_user_buf", "out\x00put")
	for _, size := range []int{7, 100} {
		output := make([]byte, size)
		n, err := ioctx.Exec("object", "class", "method", nil, output)
		require.NoError(t, err)
		assert.Equal(t, "out\x00put", string(output[:n]))
	}
	for _, short := range [][]byte{nil, {}, make([]byte, 6)} {
		_, err := ioctx.Exec("object", "class", "method", input, short)
		assert.ErrorIs(t, err, syscall.ERANGE)
	}
	ioctx = opened(t)
	fakelibrados.Outcomes(fakelibrados.Outcome{Code: 42})
	n, err := ioctx.Exec("object", "class", "method", nil, nil)
	require.NoError(t, err)
	assert.Equal(t, 42, n, "the method's own")
}

// TestLastVersion expects the version of the last call of any goroutine.
func TestLastVersion(t *testing.T) {
	ioctx := opened(t)
	version, err := ioctx.GetLastVersion()
	require.NoError(t, err)
	assert.Zero(t, version, "there was no call yet")
	for range 3 {
		before := version
		require.NoError(t, ioctx.Write("object", data, 0))
		version, err = ioctx.GetLastVersion()
		require.NoError(t, err)
		assert.Greater(t, version, before)
		require.NoError(t, ioctx.WriteContext(t.Context(), "object", data, 0))
		parked, err := ioctx.GetLastVersion()
		require.NoError(t, err)
		assert.Greater(t, parked, version)
		version = parked
	}
	ioctx.Destroy()
	_, err = ioctx.GetLastVersion()
	assert.Equal(t, rados.ErrInvalidIOContext, err)
}
