package fakelibrados_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// These pass anything to librados, and have it return anything. The fake ends
// the process if a freed object or one of another kind is used.

// FuzzNames passes any name to any method with a name: C receives it unchanged,
// or nothing is sent.
func FuzzNames(f *testing.F) {
	named := slices.DeleteFunc(slices.Clone(methods), func(m method) bool {
		return !m.named() || !again(m) || strings.HasPrefix(m.name, "Parse") // FuzzCommandLine
	})
	f.Add(uint(0), "näme")
	f.Add(uint(7), "a\x00b")
	f.Add(uint(20), strings.Repeat("x", 256))
	f.Fuzz(func(t *testing.T, row uint, name string) {
		m := named[row%uint(len(named))]
		o := both(t)
		before := sent()
		err := m.call(o, name)
		switch {
		case strings.Contains(name, "\x00"):
			assert.Equal(t, before, sent(), m.name)
			assert.True(t, m.mute || err == rados.ErrNameContainsNUL, "%s: %v", m.name, err)
		case err != nil:
			assert.Equal(t, before, sent(), m.name)
			assert.ErrorIs(t, err, syscall.EINVAL, m.name)
			assert.Empty(t, name, m.name)
		default:
			assert.Equal(t, m.args(name), fakelibrados.Args(m.sends), m.name)
		}
	})
}

// FuzzBuffers writes and reads any bytes, with all methods that take a buffer.
func FuzzBuffers(f *testing.F) {
	f.Add([]byte("a\x00b"), uint64(1<<40), uint16(2))
	f.Add([]byte{}, uint64(0), uint16(0))
	f.Fuzz(func(t *testing.T, data []byte, offset uint64, size uint16) {
		ioctx := opened(t)
		text, at := string(data), int(offset)
		check := func(err error, function string, want ...any) {
			t.Helper()
			require.NoError(t, err, function)
			assert.Equal(t, want, fakelibrados.Args(function))
		}
		check(ioctx.Write("o", data, offset), "rados_write", "o", text, at)
		check(ioctx.WriteFull("o", data), "rados_write_full", "o", text)
		check(ioctx.Append("o", data), "rados_append", "o", text)
		check(ioctx.SetXattr("o", "x", data), "rados_setxattr", "o", "x", text)
		_, _, err := ioctx.Notify("o", data)
		check(err, "rados_notify2", "o", text, 0)

		step := func(err error, want ...any) {
			t.Helper()
			require.NoError(t, err)
			assert.Equal(t, [][]any{want}, fakelibrados.Sent())
		}
		check(ioctx.WriteContext(t.Context(), "o", data, offset), "rados_write", "o", text, at)
		check(ioctx.AppendContext(t.Context(), "o", data), "rados_append", "o", text)
		step(ioctx.SetOmap("o", map[string][]byte{text: data}), "rados_write_op_omap_set2", 1, text, text)
		step(ioctx.RmOmapKeys("o", []string{text, text}), "rados_write_op_omap_rm_keys2", 2, text, text)

		fakelibrados.Answer("rados_read_op_read", text)
		fakelibrados.Answer("rados_getxattr", text)
		buf := bytes.Repeat([]byte{0xee}, int(size)+8)
		n, err := ioctx.Read("o", buf[:size], offset)
		require.NoError(t, err)
		assert.Equal(t, text[:min(len(text), int(size))], string(buf[:n]))
		n, err = ioctx.GetXattr("o", "x", buf[:size])
		if len(text) <= int(size) {
			require.NoError(t, err)
			assert.Equal(t, text, string(buf[:n]))
		} else {
			assert.ErrorIs(t, err, syscall.ERANGE)
		}
		assert.Equal(t, bytes.Repeat([]byte{0xee}, 8), buf[size:], "it was written behind the buffer")

		w := watch(t, ioctx)
		fakelibrados.Notify(0, 1, offset, text)
		event := await.Next(t, w.Events())
		assert.Equal(t, text, string(event.Data))
		assert.EqualValues(t, offset, event.NotifierID)
		require.NoError(t, event.Ack(data))
		assert.Equal(t, text, fakelibrados.Args("rados_notify_ack")[3])
		require.NoError(t, w.Delete())
	})
}

// anyStep adds a step to an operation, and returns the arguments that C
// receives, and the error if it is refused.
func anyStep(w *rados.WriteOp, kind byte, name string, data []byte) (want []any, refused error) {
	text := string(data)
	switch kind % 6 {
	case 0:
		w.SetXattr(name, data)
		want = []any{"rados_write_op_setxattr", name, text}
	case 1:
		w.Exec(name, "method", data)
		want = []any{"rados_write_op_exec", name, "method", text}
	case 2:
		w.SetOmap(map[string][]byte{name: data})
		return []any{"rados_write_op_omap_set2", 1, name, text}, nil
	case 3:
		w.RmOmapKeys([]string{text, name, ""})
		return []any{"rados_write_op_omap_rm_keys2", 3, text, name, ""}, nil
	case 4:
		w.CmpOmap(name, rados.CompareGT, data)
		return []any{"rados_write_op_omap_cmp2", name, 3, text}, nil
	default:
		w.Write(data, uint64(len(name)))
		return []any{"rados_write_op_write", text, len(name)}, nil
	}
	switch {
	case strings.Contains(name, "\x00"):
		refused = rados.ErrNameContainsNUL
	case name == "" && kind%6 == 0:
		refused = syscall.EINVAL
	}
	return want, refused
}

// FuzzSteps performs operations of any steps, one of which may fail: C receives
// them in order, and the number of the failed step is right. If a step cannot
// be sent, none is.
func FuzzSteps(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5}, "name", []byte("a\x00b"), int16(-2), uint8(3))
	f.Add([]byte{2, 0}, "a\x00b", []byte{}, int16(0), uint8(0))
	f.Fuzz(func(t *testing.T, kinds []byte, name string, data []byte, code int16, at uint8) {
		kinds = kinds[:min(len(kinds), 32)] // as many outcomes as there may be
		ioctx := opened(t)
		w := rados.CreateWriteOp()
		defer w.Release()
		want, refused := [][]any(nil), make(map[int]error)
		for i, kind := range kinds {
			step, err := anyStep(w, kind, name, data)
			want = append(want, step)
			if err != nil {
				refused[i] = err
			}
		}
		outcomes := make([]fakelibrados.Outcome, len(kinds))
		fails := code < 0 && int(at) < len(kinds)
		if fails {
			outcomes[at].Code = int(code)
		}
		fakelibrados.Outcomes(outcomes...)
		before := sent()
		err := w.Operate(ioctx, "o", rados.OperationNoFlag)
		var failed rados.OperationError
		switch {
		case len(refused) > 0:
			assert.Equal(t, before, sent())
			require.ErrorAs(t, err, &failed)
			require.Len(t, failed.StepErrors, len(refused))
			for i, want := range refused {
				assert.ErrorIs(t, failed.StepErrors[i], want)
			}
		case fails:
			require.ErrorAs(t, err, &failed)
			assert.Equal(t, int(code), ended(failed.OpError))
		default:
			require.NoError(t, err)
		}
		if len(refused) == 0 && len(want) > 0 {
			assert.Equal(t, want, fakelibrados.Sent())
		}
	})
}

// ended returns the code in an error.
func ended(err error) int {
	var coded interface{ ErrorCode() int }
	if !errors.As(err, &coded) {
		return 0
	}
	return coded.ErrorCode()
}

// FuzzAnswers has librados return any bytes for lists, strings and documents.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte("one\x00two\x00\x00"), []byte(`{"a": 1}`))
	f.Add([]byte{}, []byte("\x00"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		o := both(t)
		answer := func(function string) { fakelibrados.Answer(function, string(a), string(b)) }
		answer("rados_pool_list")
		pools, err := o.conn.ListPools()
		require.NoError(t, err)
		want := strings.Split(string(a), "\x00")
		want = want[:slices.Index(append(want, ""), "")] // an empty one ends the list
		assert.Equal(t, strings.Join(want, "\x00"), strings.Join(pools, "\x00"))

		for function, command := range map[string]func() ([]byte, string, error){
			"rados_mon_command": func() ([]byte, string, error) { return o.conn.MonCommand([]byte("{}")) },
			"rados_osd_command": func() ([]byte, string, error) { return o.conn.OsdCommand(0, words) },
			"rados_mgr_command": func() ([]byte, string, error) { return o.conn.MgrCommand(words) },
			"rados_pg_command":  func() ([]byte, string, error) { return o.conn.PGCommand([]byte("1.0"), words) },
		} {
			answer(function)
			output, status, err := command()
			require.NoError(t, err)
			assert.Equal(t, string(a), string(output))
			assert.Equal(t, string(b), status)
		}

		fakelibrados.Answer("rados_list_lockers", string(a)+"\x00", string(b), string(a), string(b))
		_, err = o.ioctx.ListLockers("o", "lock")
		require.NoError(t, err)
		fakelibrados.Outcomes(fakelibrados.Outcome{Answers: []string{"k" + string(a), string(b)}})
		values, err := o.ioctx.GetOmapValues("o", "", "", 10)
		require.NoError(t, err)
		assert.Equal(t, map[string][]byte{"k" + string(a): b}, nonNil(values))
		for _, text := range texts {
			if text.name != "GetNamespace" && text.name != "GetPoolName" { // which C has been given
				fakelibrados.Answer(text.sends, strings.ReplaceAll(string(a), "\x00", "x"))
				_, err := text.get(o)
				require.NoError(t, err, text.name)
			}
		}
	})
}

// nonNil replaces nil values by empty ones.
func nonNil(values map[string][]byte) map[string][]byte {
	for key, value := range values {
		values[key] = append([]byte{}, value...)
	}
	return values
}

// FuzzNotifyReply has the OSD send any bytes as the reply to a notification.
func FuzzNotifyReply(f *testing.F) {
	f.Add([]byte{}, int16(0))
	f.Add([]byte("\x01\x00\x00\x00aaaaaaaabbbbbbbb\x02\x00\x00\x00xy\x01\x00\x00\x00ccccccccdddddddd"), int16(-110))
	f.Add([]byte("\xff\xff\xff\xffaaaaaaaabbbbbbbb\xff\xff\xff\xff"), int16(0))
	f.Fuzz(func(t *testing.T, reply []byte, code int16) {
		ioctx := opened(t)
		fakelibrados.Answer("rados_notify2", string(reply))
		if code < 0 {
			fakelibrados.Return("rados_notify2", int(code))
		}
		acks, timeouts, err := ioctx.Notify("o", nil)
		assert.Equal(t, min(int(code), 0), ended(err))
		wantAcks, wantTimeouts, whole := reference(reply)
		if !whole {
			return // then it is enough that nothing is made up, which the next line bounds
		}
		assert.Equal(t, wantAcks, acks)
		assert.Equal(t, wantTimeouts, timeouts)
	})
}

// reference decodes a reply, unless it is cut short.
func reference(reply []byte) (acks []rados.NotifyAck, timeouts []rados.NotifyTimeout, whole bool) {
	r := bytes.NewReader(reply)
	read := func(v any) bool { return binary.Read(r, binary.LittleEndian, v) == nil }
	var n, length uint32
	if !read(&n) {
		return nil, nil, false
	}
	for range n {
		var ids [2]uint64
		if !read(&ids) || !read(&length) || int64(length) > int64(r.Len()) {
			return nil, nil, false
		}
		response := make([]byte, length)
		read(response)
		acks = append(acks, rados.NotifyAck{NotifierID: rados.NotifierID(ids[0]), WatcherID: rados.WatcherID(ids[1]), Response: response})
	}
	if !read(&n) {
		return nil, nil, false
	}
	for range n {
		var ids [2]uint64
		if !read(&ids) {
			return nil, nil, false
		}
		timeouts = append(timeouts, rados.NotifyTimeout{NotifierID: rados.NotifierID(ids[0]), WatcherID: rados.WatcherID(ids[1])})
	}
	return acks, timeouts, true
}

// FuzzCommands sends any documents and words as commands.
func FuzzCommands(f *testing.F) {
	f.Add([]byte(`{"prefix": "osd ls"}`), "one,,three", []byte("in\x00put"))
	f.Add([]byte("{}\x00"), "\x00", []byte{})
	f.Fuzz(func(t *testing.T, document []byte, text string, input []byte) {
		conn := connected(t)
		var given []any
		var list [][]byte
		for word := range strings.SplitSeq(text, ",") {
			given, list = append(given, word), append(list, []byte(word))
		}
		given = append([]any{len(list)}, given...)
		given = append(given, string(input))
		_, _, err := conn.MonCommandWithInputBuffer(document, input)
		checkCommand(t, err, "rados_mon_command", string(document), []any{1, string(document), string(input)})
		_, _, err = conn.OsdCommandWithInputBuffer(3, list, input)
		checkCommand(t, err, "rados_osd_command", text, append([]any{3}, given...))
		_, _, err = conn.MgrCommandWithInputBuffer(list, input)
		checkCommand(t, err, "rados_mgr_command", text, given)
		_, _, err = conn.PGCommandWithInputBuffer(document, list, input)
		checkCommand(t, err, "rados_pg_command", string(document)+text, append([]any{string(document)}, given...))
	})
}

// checkCommand expects these arguments in C, unless the text has a NUL.
func checkCommand(t *testing.T, err error, function, text string, want []any) {
	t.Helper()
	if strings.Contains(text, "\x00") {
		assert.Equal(t, rados.ErrNameContainsNUL, err)
		assert.Zero(t, fakelibrados.Calls(function))
		return
	}
	require.NoError(t, err)
	assert.Equal(t, want, fakelibrados.Args(function))
}
