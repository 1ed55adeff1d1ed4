package oplog

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/wire"
)

const (
	einval  = -int(syscall.EINVAL)
	e2big   = -int(syscall.E2BIG)
	enoent  = -int(syscall.ENOENT)
	aborted = -int(syscall.ECANCELED)
)

// A word is how a number is in the record and in the report.
func word(v int) []byte { return binary.NativeEndian.AppendUint64(nil, uint64(v)) }

// record joins numbers (int) and bytes (string).
func record(parts ...any) []byte {
	var b []byte
	for _, part := range parts {
		switch part := part.(type) {
		case int:
			b = append(b, word(part)...)
		case string:
			b = append(b, part...)
		}
	}
	return b
}

// receive is a Receiver that calls a function.
type receive func(Outcome)

func (f receive) Receive(o Outcome) { f(o) }

// add records a step and returns the recorder.
func add(r *Recorder, code int, args func(s Step)) *Recorder {
	s := r.Begin(code, nil)
	if args != nil {
		args(s)
	}
	s.End()
	return r
}

// Perform sends the record of r, which is finished, and returns the codes of the steps that failed.
func (r *Recorder) Perform(send func(record []byte) (report []byte, code int)) map[int]int {
	var e Execution
	e.Begin(r)
	report, code := send(e.Record())
	return e.End(report, code)
}

// finish ends the recording and returns the state until then.
func (r *Recorder) finish() State {
	was, _, _ := r.Finish(nil, "")
	return was
}

// sent seals r and returns what it sends.
func sent(t *testing.T, r *Recorder) []byte {
	t.Helper()
	require.Equal(t, Open, r.finish())
	require.Empty(t, r.rejected)
	var got []byte
	failed := r.Perform(func(record []byte) ([]byte, int) {
		got = withoutBytes(t, record)
		return nil, 0
	})
	assert.Empty(t, failed)
	return got
}

// withoutMoves copies a record but for how much it moves: as much as it has, where the
// steps have no buffers.
func withoutBytes(t *testing.T, record []byte) []byte {
	t.Helper()
	if len(record) == 0 {
		return record
	}
	assert.Equal(t, len(record), Bytes(record))
	return append(bytes.Clone(record[:sizeLen]), record[2*sizeLen:]...)
}

func TestRecord(t *testing.T) {
	for _, c := range []struct {
		name string
		args func(s Step)
		want []byte
	}{
		{"nothing", nil, nil},
		{"number", func(s Step) { s.Number(math.MaxUint64) }, record(-1)},
		{"int", func(s Step) { s.Int(math.MinInt32); s.Int(math.MaxInt32) }, record(math.MinInt32, math.MaxInt32)},
		{"enum", func(s Step) { s.Enum(0); s.Enum(math.MaxInt32) }, record(0, math.MaxInt32)},
		{"bytes", func(s Step) { s.Bytes([]byte("a\x00b")) }, record(3, "a\x00b")},
		{"no bytes", func(s Step) { s.Bytes(nil); s.Bytes([]byte{}) }, record(0, 0)},
		{"text", func(s Step) { s.Text("ab") }, record(3, "ab\x00")},
		{"empty text", func(s Step) { s.Text("") }, record(1, "\x00")},
		{"name", func(s Step) { s.Name("ab") }, record(3, "ab\x00")},
		{"keys", func(s Step) { s.Keys([]string{"a", "", "b\x00c"}) }, record(3, 28, 1, "a", 0, 3, "b\x00c")},
		{"no keys", func(s Step) { s.Keys(nil) }, record(0, 0)},
		{"pairs", func(s Step) { s.Pairs(map[string][]byte{"k\x00": []byte("v")}) }, record(1, 19, 2, 1, "k\x00v")},
		{"no pairs", func(s Step) { s.Pairs(nil) }, record(0, 0)},
		{"empty buffer", func(s Step) { s.Buffer(nil); s.Buffer([]byte{}) }, record(0, 0, 0, 0)},
		{"in order", func(s Step) { s.Number(1); s.Text("x"); s.Number(2) }, record(1, 2, "x\x00", 2)},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, append(record(1, 7), c.want...), sent(t, add(new(Recorder), 7, c.args)))
		})
	}
	t.Run("no step", func(t *testing.T) { assert.Empty(t, sent(t, new(Recorder))) })
	t.Run("steps", func(t *testing.T) {
		var r Recorder
		add(add(&r, 7, nil), 8, func(s Step) { s.Number(9) })
		assert.Equal(t, record(2, 7, 8, 9), sent(t, &r))
	})
}

func TestRecordCopies(t *testing.T) {
	var r Recorder
	b, keys, value := []byte("before"), []string{"before"}, []byte("before")
	add(&r, 7, func(s Step) { s.Bytes(b); s.Keys(keys); s.Pairs(map[string][]byte{"k": value}) })
	copy(b, "after")
	keys[0] = "after"
	copy(value, "after")
	assert.Equal(t, record(1, 7, 6, "before", 1, 14, 6, "before", 1, 23, 1, 6, "kbefore"), sent(t, &r))
}

// TestUseBuffer: the record and the report use the same memory in turn.
func TestUseBuffer(t *testing.T) {
	memory := make([]byte, 0, 1000)
	begin := unsafe.SliceData(memory)
	for i := range 3 {
		var r Recorder
		r.UseBuffer(&memory)
		var told Outcome
		s := r.Begin(7, receive(func(o Outcome) { told = o }))
		s.Number(uint64(i))
		s.End()
		require.Equal(t, Open, r.finish())
		r.Perform(func(got []byte) ([]byte, int) {
			assert.Equal(t, record(1, 7, i), withoutBytes(t, got))
			assert.Equal(t, begin, unsafe.SliceData(got))
			return append(got[:0], report(outcome{data: "data"})...), 0
		})
		assert.Equal(t, "data", string(told.Data))
		assert.Equal(t, begin, unsafe.SliceData(memory), "the report is there")
		assert.Len(t, memory, len(report(outcome{data: "data"})))
	}
}

func TestUseBufferTooLittle(t *testing.T) {
	for _, memory := range [][]byte{nil, make([]byte, 0, head-1), make([]byte, 0, head)} {
		var r Recorder
		r.UseBuffer(&memory)
		add(&r, 7, func(s Step) { s.Number(8) })
		require.Equal(t, Open, r.finish())
		r.Perform(func(got []byte) ([]byte, int) {
			assert.Equal(t, record(1, 7, 8), withoutBytes(t, got))
			return append(got[:0], report(outcome{}, outcome{data: "data"})...), 0
		})
		assert.Len(t, memory, len(report(outcome{}, outcome{data: "data"})), "what was made instead is there to be lent")
	}
}

// TestBuffer has C fill the buffers whose addresses are in the record.
func TestBuffer(t *testing.T) {
	var r Recorder
	one, two := make([]byte, 3), make([]byte, 5)
	add(&r, 7, func(s Step) { s.Buffer(one) })
	add(&r, 8, func(s Step) { s.Number(1); s.Buffer(two) })
	require.Equal(t, Open, r.finish())
	r.Perform(func(got []byte) ([]byte, int) {
		address := func(at int) uintptr { return uintptr(binary.NativeEndian.Uint64(got[at*sizeLen:])) }
		assert.Equal(t, uintptr(unsafe.Pointer(&one[0])), address(3))
		assert.Equal(t, uintptr(unsafe.Pointer(&two[0])), address(7))
		assert.Equal(t, word(3), got[4*sizeLen:5*sizeLen])
		assert.Equal(t, word(5), got[8*sizeLen:])
		assert.Equal(t, len(got)+len(one)+len(two), Bytes(got))
		return nil, 0
	})
}

// TestNonEmptyBuffer has C fill a byte of its own instead of an empty buffer.
func TestNonEmptyBuffer(t *testing.T) {
	for _, c := range []struct {
		name   string
		buffer []byte
		size   int
	}{{"nil", nil, 1}, {"empty", []byte{}, 1}, {"one", make([]byte, 1), 1}, {"several", make([]byte, 5), 5}} {
		t.Run(c.name, func(t *testing.T) {
			var r Recorder
			add(&r, 7, func(s Step) { s.NonEmptyBuffer(c.buffer) })
			require.Equal(t, Open, r.finish())
			r.Perform(func(got []byte) ([]byte, int) {
				require.Len(t, got, 5*sizeLen)
				assert.NotZero(t, binary.NativeEndian.Uint64(got[3*sizeLen:]), "the address")
				assert.Equal(t, word(c.size), got[4*sizeLen:])
				return nil, 0
			})
		})
	}
}

// TestReuse: a recording is used for other operations, unless an outcome refers to its memory, and
// then keeps nothing of the caller.
func TestReuse(t *testing.T) {
	for _, c := range []struct {
		name   string
		report func(record []byte) []byte
		reused bool // it may be
	}{
		{"no report", func([]byte) []byte { return nil }, true},
		{"no data", func(record []byte) []byte { return append(record[:0], report(outcome{})...) }, true},
		{"data elsewhere", func([]byte) []byte { return report(outcome{data: "data"}) }, true},
		{"data in the record", func(record []byte) []byte { return append(record[:0], report(outcome{data: "data"})...) }, false},
	} {
		for _, steps := range []int{1, 100} {
			t.Run(fmt.Sprintf("%s/%d", c.name, steps), func(t *testing.T) {
				var r Recorder
				var told Outcome
				r.Begin(7, receive(func(o Outcome) { told = o })).End()
				for range steps {
					add(&r, 8, func(s Step) { s.Buffer(make([]byte, 10)) })
				}
				used := r.recording
				require.Equal(t, Open, r.finish())
				r.Perform(func(record []byte) ([]byte, int) { return c.report(record), 0 })
				for _, item := range used.items[:cap(used.items)] {
					assert.Zero(t, item)
				}
				for _, b := range used.buffers[:cap(used.buffers)] {
					assert.Zero(t, b)
				}
				if !c.reused {
					assert.Equal(t, "data", string(told.Data))
				}
				next := newRecording(nil)
				assert.Len(t, next.record, head)
				assert.Empty(t, next.items)
				assert.Empty(t, next.buffers)
				if !c.reused {
					assert.NotSame(t, used, next)
				}
			})
		}
	}
}

// TestFilled: the data of a step with a buffer is the part of it that C has filled.
func TestFilled(t *testing.T) {
	for _, c := range []struct {
		name   string
		record func(s Step, b []byte)
		buffer string
		answer outcome
		want   []byte
	}{
		{"in part", Step.Buffer, "buffer", outcome{n: 3}, []byte("buf")},
		{"whole", Step.Buffer, "buffer", outcome{n: 6}, []byte("buffer")},
		{"more than there is", Step.Buffer, "buffer", outcome{n: 7}, []byte("buffer")},
		{"nothing", Step.Buffer, "buffer", outcome{n: 0}, []byte{}},
		{"empty", Step.Buffer, "", outcome{n: 1}, []byte{}},
		{"empty, a byte instead", Step.NonEmptyBuffer, "", outcome{n: 1}, []byte{}},
		{"failed", Step.Buffer, "buffer", outcome{n: 3, code: enoent}, []byte("buf")},
		{"not performed", Step.Buffer, "buffer", outcome{n: 3, code: skipped}, nil},
		{"no buffer", func(Step, []byte) {}, "buffer", outcome{n: 3, data: "data"}, []byte("data")},
	} {
		for _, copied := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%t", c.name, copied), func(t *testing.T) {
				var r Recorder
				var told []Outcome
				add(&r, 6, func(s Step) { s.Buffer(make([]byte, 9)) })
				s := r.Begin(7, receive(func(o Outcome) { told = append(told, o) }))
				s.Number(1)
				c.record(s, []byte(c.buffer))
				s.End()
				add(&r, 8, func(s Step) { s.Buffer(make([]byte, 9)) })
				require.Equal(t, Open, r.finish())
				var e Execution
				e.begin(&r, copied)
				c.answer.step = 1
				e.End(report(outcome{step: 0, n: 9}, c.answer, outcome{step: 2, n: 9}), 0)
				require.Len(t, told, 1)
				assert.Equal(t, c.want, told[0].Data)
			})
		}
	}
}

func TestSucceeded(t *testing.T) {
	for _, c := range []struct {
		outcome Outcome
		want    bool
	}{
		{Outcome{}, false},
		{Outcome{Code: 1}, false},
		{Outcome{Code: aborted}, false},
		{Outcome{Ran: true}, true},
		{Outcome{Ran: true, Code: 1}, true},
		{Outcome{Ran: true, Code: einval}, false},
	} {
		assert.Equal(t, c.want, c.outcome.Succeeded(), "%+v", c.outcome)
	}
}

func TestRejected(t *testing.T) {
	for _, c := range []struct {
		name string
		args func(s Step)
		want int
	}{
		{"NUL in a text", func(s Step) { s.Text("a\x00") }, NUL},
		{"NUL in a name", func(s Step) { s.Name("\x00") }, NUL},
		{"empty name", func(s Step) { s.Name("") }, einval},
		{"int too small", func(s Step) { s.Int(math.MinInt32 - 1) }, einval},
		{"int too large", func(s Step) { s.Int(math.MaxInt32 + 1) }, einval},
		{"enum below zero", func(s Step) { s.Enum(-1) }, einval},
		{"enum too large", func(s Step) { s.Enum(math.MaxInt32 + 1) }, einval},
		{"the first reason", func(s Step) { s.Text("\x00"); s.Name("") }, NUL},
		{"the first reason, the other way round", func(s Step) { s.Name(""); s.Text("\x00") }, einval},
	} {
		t.Run(c.name, func(t *testing.T) {
			var r Recorder
			add(&r, 7, nil)
			add(&r, 8, c.args)
			add(&r, 9, nil)
			assert.Equal(t, map[int]int{1: c.want}, r.rejected)
		})
	}
	t.Run("several", func(t *testing.T) {
		var r Recorder
		add(&r, 7, func(s Step) { s.Name("") })
		add(&r, 8, func(s Step) { s.Text("\x00") })
		_, rejected, empty := r.Finish(nil, "")
		assert.False(t, empty)
		assert.Equal(t, map[int]int{0: einval, 1: NUL}, rejected)
		rejected[5] = 1
		assert.Len(t, r.rejected, 2, "what is handed out is a copy")
	})
}

// TestTooBig has arguments of 2 GiB that are in no memory: they must be rejected
// without being looked at.
func TestTooBig(t *testing.T) {
	if math.MaxInt == math.MaxInt32 {
		t.Skip("there is nothing that big in 32 bits")
	}
	huge, err := syscall.Mmap(-1, 0, 1<<31, syscall.PROT_NONE,
		syscall.MAP_PRIVATE|syscall.MAP_ANON|syscall.MAP_NORESERVE)
	if err != nil {
		t.Skip("can't reserve 2 GiB of address space: ", err)
	}
	defer func() { require.NoError(t, syscall.Munmap(huge)) }()
	text := unsafe.String(unsafe.SliceData(huge), len(huge))
	for _, c := range []struct {
		name string
		args func(s Step)
	}{
		{"bytes", func(s Step) { s.Bytes(huge) }},
		{"text", func(s Step) { s.Text(text) }},
		{"name", func(s Step) { s.Name(text) }},
		{"text with its NUL", func(s Step) { s.Text(text[:math.MaxInt32-16]) }},
		{"keys", func(s Step) { s.Keys([]string{"a", text}) }},
		{"keys together", func(s Step) { s.Keys([]string{text[:1<<30], text[:1<<30]}) }},
		{"value", func(s Step) { s.Pairs(map[string][]byte{"a": huge}) }},
		{"key of a pair", func(s Step) { s.Pairs(map[string][]byte{"a": huge[:1<<30], "b": huge[:1<<30]}) }},
		{"buffer", func(s Step) { s.Buffer(huge) }},
		{"with what is there already", func(s Step) { s.Bytes(huge[:math.MaxInt32]) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			var r Recorder
			add(&r, 7, c.args)
			assert.Equal(t, map[int]int{0: e2big}, r.rejected)
			assert.Less(t, cap(r.record), 1<<10, "nothing of it is kept")
		})
	}
	t.Run("buffer that just fits", func(t *testing.T) {
		var r Recorder
		add(&r, 7, func(s Step) { s.Buffer(huge[:math.MaxInt32]) })
		assert.Empty(t, r.rejected)
	})
}

func TestFinish(t *testing.T) {
	var r Recorder
	assert.Equal(t, Open, r.finish())
	assert.Equal(t, Performed, r.finish())
	r.Release()
	assert.Equal(t, Released, r.finish())
	r.Release()
	assert.Equal(t, Released, r.finish())

	r = Recorder{}
	r.Release()
	assert.Equal(t, Released, r.finish())
	assert.Equal(t, Released, NewReleased().finish())
}

// TestTooLate has steps that come after the end.
func TestTooLate(t *testing.T) {
	late := func(r *Recorder) {
		s := r.Begin(9, receive(func(Outcome) { assert.Fail(t, "an outcome is received") }))
		s.Name("")
		s.Buffer(make([]byte, 1))
		s.End()
	}
	t.Run("sealed", func(t *testing.T) {
		var r Recorder
		add(&r, 7, nil)
		require.Equal(t, Open, r.finish())
		late(&r)
		assert.Empty(t, r.rejected)
		r.Perform(func(got []byte) ([]byte, int) {
			assert.Equal(t, record(1, 7), withoutBytes(t, got))
			late(&r)
			return report(outcome{step: 1}), 0
		})
	})
	t.Run("released", func(t *testing.T) {
		r := NewReleased()
		late(r)
		assert.Empty(t, r.rejected)
		assert.Nil(t, r.recording)
	})
}

// TestReleaseMeanwhile releases an operation that is about to be performed, which is performed
// nevertheless.
func TestReleaseMeanwhile(t *testing.T) {
	var r Recorder
	add(&r, 7, nil)
	require.Equal(t, Open, r.finish())
	r.Release()
	r.Perform(func(got []byte) ([]byte, int) {
		assert.Equal(t, record(1, 7), withoutBytes(t, got))
		return nil, 0
	})
	assert.Nil(t, r.recording, "it is dropped in the end")
	assert.Equal(t, Released, r.finish())
}

func TestReleaseDrops(t *testing.T) {
	var r Recorder
	add(&r, 7, func(s Step) { s.Name(""); s.Buffer(make([]byte, 1)) })
	r.Release()
	assert.Nil(t, r.recording)
	assert.Empty(t, r.rejected)
}

// An outcome is what C reports of one step.
type outcome struct {
	step, code, n, size, sec, nsec, more int
	data                                 string
}

func report(list ...outcome) []byte {
	var b []byte
	for _, o := range list {
		b = append(b, record(o.step, o.code, o.n, o.size, o.sec, o.nsec, o.more, len(o.data), o.data)...)
	}
	return b
}

// perform records that many steps, performs them with that
// report, and returns what each is told and what failed.
func perform(steps int, report []byte, code int) (told map[int]Outcome, failed map[int]int) {
	var r Recorder
	told = make(map[int]Outcome)
	for i := range steps {
		r.Begin(i, receive(func(o Outcome) { told[i] = o })).End()
	}
	r.finish()
	failed = r.Perform(func([]byte) ([]byte, int) { return report, code })
	return told, failed
}

// TestReceived counts the bytes of steps that have succeeded, only if that is asked for.
func TestReceived(t *testing.T) {
	pairs := string(wire.AppendPairs(nil, map[string][]byte{"key": []byte("value"), "k": nil}))
	answer := report(
		outcome{step: 0, n: 5},                    // a buffer
		outcome{step: 1, n: 3, data: "out"},       // memory of C
		outcome{step: 2, data: pairs},             //
		outcome{step: 3, n: 100, code: enoent},    // which is allowed to fail
		outcome{step: 4, n: 1000, code: skipped},  // not performed
		outcome{step: 5, size: 10000, sec: 10000}, // a Stat
	)
	for _, counts := range []bool{true, false} {
		var r Recorder
		for range 6 {
			r.Begin(1, nil).End()
		}
		r.finish()
		e := Execution{Counts: counts}
		e.Begin(&r)
		e.End(answer, 0)
		want := 0
		if counts {
			want = 5 + 3 + len("keyvaluek")
		}
		assert.Equal(t, want, e.Received)
	}
}

func TestPerform(t *testing.T) {
	done := Outcome{Ran: true, Time: time.Unix(0, 0), Data: []byte{}}
	bad := done
	bad.Code = enoent
	for _, c := range []struct {
		name   string
		report []byte
		code   int
		told   map[int]Outcome
		failed map[int]int
	}{
		{"nothing reported", nil, 0, map[int]Outcome{}, nil},
		{
			"everything", report(outcome{1, 5, 1, 2, 3, 4, 1, "data"}, outcome{step: 2}), 0,
			map[int]Outcome{1: {Ran: true, Code: 5, N: 1, Size: 2, Time: time.Unix(3, 4), More: true, Data: []byte("data")}, 2: done},
			nil,
		},
		{
			"a step failed, which was allowed", report(outcome{step: 0, code: enoent}, outcome{step: 1}), 0,
			map[int]Outcome{0: bad, 1: done},
			map[int]int{0: enoent},
		},
		{
			"a step failed, those behind it did not run", report(outcome{step: 0}, outcome{step: 1, code: enoent}, outcome{step: 2}), enoent,
			map[int]Outcome{0: done, 1: bad, 2: {Code: enoent}},
			map[int]int{1: enoent},
		},
		{
			"a step that does not report failed", report(outcome{step: 0}, outcome{step: 2}), aborted,
			map[int]Outcome{0: {Code: aborted}, 1: {Code: aborted}, 2: {Code: aborted}},
			nil,
		},
		{
			"nothing was sent", report(outcome{step: 0, code: skipped}, outcome{step: 1, code: skipped}), aborted,
			map[int]Outcome{0: {Code: aborted}, 1: {Code: aborted}, 2: {Code: aborted}},
			nil,
		},
		{
			"those behind a step that can't be made", report(outcome{step: 0, code: skipped}), aborted,
			map[int]Outcome{0: {Code: aborted}, 1: {Code: aborted}, 2: {Code: aborted}},
			nil,
		},
		{
			"a step was passed over", report(outcome{step: 0, code: skipped}, outcome{step: 1}), 0,
			map[int]Outcome{0: {}, 1: done},
			nil,
		},
		{
			"cut short", report(outcome{step: 0}, outcome{step: 1, data: "data"})[:2*8*sizeLen+2], 0,
			map[int]Outcome{0: done, 1: {Ran: true, Time: time.Unix(0, 0), Data: []byte("da")}},
			nil,
		},
		{"cut shorter", report(outcome{step: 0})[:8*sizeLen-1], 0, map[int]Outcome{}, nil},
		{"a step that there is not", report(outcome{step: 3, code: enoent}), 0, map[int]Outcome{}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			told, failed := perform(3, c.report, c.code)
			assert.Equal(t, c.told, told)
			assert.Equal(t, c.failed, failed)
		})
	}
}

// TestDataIsSeparate appends to the data of one step, which must not write into the
// next.
func TestDataIsSeparate(t *testing.T) {
	told, _ := perform(2, report(outcome{step: 0, data: "one"}, outcome{step: 1, data: "two"}), 0)
	_ = append(told[0].Data, "overwritten overwritten overwritten overwritten overwritten overwritten overwritten"...)
	assert.Equal(t, "two", string(told[1].Data))
}

// TestConcurrent adds, performs and releases from many goroutines: one alone is to
// perform, and what it sends is whole steps.
func TestConcurrent(t *testing.T) {
	for range 50 {
		var r Recorder
		var wg await.Group
		var mu sync.Mutex
		performers := 0
		for i := range 4 {
			wg.Go(func() {
				for range 20 {
					s := r.Begin(i, receive(func(Outcome) {}))
					s.Number(uint64(i))
					s.Text("text")
					s.Buffer(make([]byte, 1))
					s.End()
				}
			})
			wg.Go(func() {
				if r.finish() != Open {
					return
				}
				mu.Lock()
				performers++
				mu.Unlock()
				r.Perform(func(got []byte) ([]byte, int) {
					const step = 4*sizeLen + len("text\x00") + sizeLen
					n := 0
					if len(got) > 0 {
						n = int(binary.NativeEndian.Uint64(got))
						assert.Len(t, got, head+n*step)
					}
					var list []outcome
					for i := range n {
						list = append(list, outcome{step: i})
					}
					return report(list...), 0
				})
			})
		}
		wg.Go(r.Release)
		wg.Wait()
		assert.LessOrEqual(t, performers, 1)
	}
}

// TestNumbers: a remark about a step is no step, and one that is not sent is one.
func TestNumbers(t *testing.T) {
	var r Recorder
	amend := func() {
		s := r.BeginModifier(9)
		s.Int(1 << 40) // which is rejected
		s.End()
	}
	step := func() {
		s := r.Begin(1, nil)
		s.Name("") // rejected, too
		s.End()
	}
	amend() // about nothing
	assert.Empty(t, r.rejected)
	step() // 0
	amend()
	r.Skip() // 1
	amend()  // about a step that is not sent
	r.Skip() // 2
	step()   // 3
	step()   // 4
	amend()
	amend()
	step() // 5
	assert.ElementsMatch(t, []int{0, 3, 4, 5}, slices.Collect(maps.Keys(r.rejected)))
	var about []int
	for _, item := range r.items {
		about = append(about, item.step)
	}
	assert.Equal(t, []int{0, 0, 3, 4, 4, 4, 5}, about)
}

// TestAbandon: what C fills when an operation has been abandoned is none of the caller's.
func TestAbandon(t *testing.T) {
	for _, abandoned := range []bool{false, true} {
		var r Recorder
		var told []Outcome
		buf := []byte("caller's")
		s := r.Begin(7, receive(func(o Outcome) { told = append(told, o) }))
		s.Buffer(buf)
		s.End()
		require.Equal(t, Open, r.finish())
		p := new(Execution)
		p.BeginCopied(&r)
		require.Len(t, p.copies, 1)
		filled := p.copies[0]
		address := binary.NativeEndian.Uint64(p.Record()[head+sizeLen:])
		assert.Equal(t, uint64(uintptr(unsafe.Pointer(&filled[0]))), address, "where C is told to write")
		copy(filled, "library")

		if !abandoned {
			assert.Empty(t, p.End(report(outcome{step: 0, n: 7}), 0))
			assert.Equal(t, "librarys", string(buf))
			require.Len(t, told, 1)
			assert.Equal(t, uint64(7), told[0].N)
			continue
		}
		release := p.Abandon(-5)
		require.Len(t, told, 1)
		assert.Equal(t, Outcome{Code: -5}, told[0])
		copy(filled, "later on")
		release()
		assert.Equal(t, "caller's", string(buf))
		assert.Len(t, told, 1, "it is told once")
	}
}
