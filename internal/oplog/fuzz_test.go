package oplog

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tape gives out bytes as whatever is wanted. At its end there are zeros.
type tape struct{ rest []byte }

func (t *tape) byte() byte {
	if len(t.rest) == 0 {
		return 0
	}
	b := t.rest[0]
	t.rest = t.rest[1:]
	return b
}

func (t *tape) number() int {
	var word [8]byte
	n := copy(word[:], t.rest)
	t.rest = t.rest[n:]
	return int(binary.NativeEndian.Uint64(word[:]))
}

func (t *tape) text() string {
	n := min(int(t.byte()), len(t.rest))
	text := string(t.rest[:n])
	t.rest = t.rest[n:]
	return text
}

// model is what a Recorder is to make of the same.
type model struct {
	record   []byte
	items    int
	count    int
	last     int // the step that the last item is, or is about
	rejected map[int]int
}

func (m *model) refuse(step, code int) {
	if m.rejected[step] == 0 {
		m.rejected[step] = code
	}
}

// step records one step, or something about the last one, on both.
func (m *model) step(r *Recorder, t *tape) {
	kind, code := t.byte(), int(t.byte())
	if kind%8 == 0 {
		r.Skip()
		m.count++
		return
	}
	amends := kind%8 == 1
	lost := amends && (m.items == 0 || m.last != m.count-1)
	number, part := m.count, []any{code}
	var s Step
	if amends {
		number--
		s = r.BeginModifier(code)
	} else {
		s = r.Begin(code, nil)
	}
	if bad := m.argument(s, t, kind, &part); bad != 0 && !lost {
		m.refuse(number, bad)
	}
	s.End()
	if lost {
		return
	}
	m.record = append(m.record, record(part...)...)
	m.items++
	m.last = number
	if !amends {
		m.count++
	}
}

// argument records one on s, adds it to the expected ones, and returns the code for which
// it is to be rejected.
func (m *model) argument(s Step, t *tape, kind byte, part *[]any) (bad int) {
	add := func(parts ...any) { *part = append(*part, parts...) }
	switch kind / 8 % 6 {
	case 0:
		n := t.number()
		s.Number(uint64(n))
		add(n)
	case 1:
		n := t.number()
		s.Int(n)
		add(n)
		if int(int32(n)) != n {
			return einval
		}
	case 2:
		text := t.text()
		s.Bytes([]byte(text))
		add(len(text), text)
	case 3:
		text := t.text()
		s.Name(text)
		for i := range len(text) {
			if text[i] == 0 {
				add(len(text) + 1)
				return NUL
			}
		}
		add(len(text)+1, text+"\x00")
		if text == "" {
			return einval
		}
	case 4:
		keys := []string{t.text(), t.text()}
		s.Keys(keys)
		add(2, 16+len(keys[0])+len(keys[1]), len(keys[0]), keys[0], len(keys[1]), keys[1])
	case 5:
		key, value := t.text(), t.text()
		s.Pairs(map[string][]byte{key: []byte(value)})
		add(1, 16+len(key)+len(value), len(key), len(value), key, value)
	}
	return 0
}

// FuzzRecord records any steps: what C gets is what was recorded, and what can't be sent
// is known by its number.
func FuzzRecord(f *testing.F) {
	f.Add([]byte(nil))
	f.Add([]byte("\x02\x07\x01\x00\x00\x00\x00\x00\x00\x00\x12\x08\x03abc"))
	f.Add([]byte("\x01\x01\x00\x00\x01\x01\x1a\x05\x02a\x00\x01\x09"))
	f.Fuzz(func(t *testing.T, program []byte) {
		var r Recorder
		m, on := model{rejected: make(map[int]int)}, &tape{program}
		for len(on.rest) > 0 {
			m.step(&r, on)
		}
		was, rejected, empty := r.Finish(nil, "")
		require.Equal(t, Open, was)
		assert.Equal(t, m.items+len(rejected) == 0, empty)
		for step, code := range m.rejected {
			assert.Equal(t, code, rejected[step], "step %d", step)
		}
		assert.Len(t, rejected, len(m.rejected))
		if len(rejected) > 0 {
			return // nothing will be sent
		}
		r.Perform(func(got []byte) ([]byte, int) {
			if got == nil && m.items == 0 {
				return nil, 0
			}
			want := record(m.items, 2*sizeLen+len(m.record), string(m.record)) // its length is in it
			assert.Equal(t, want, got)
			return nil, 0
		})
	})
}

// FuzzReport has C report anything: each step receives its result once at most, and
// once for sure if the whole failed.
func FuzzReport(f *testing.F) {
	f.Add(record(0, 0, 3, 0, 0, 0, 0, 2, "ab", 1, -5, 0, 0, 0, 0, 1, 0), -5, uint8(3))
	f.Add(record(0, 0, 0, 0, 0, 0, 0, -1, 7, 0), 0, uint8(1))
	f.Fuzz(func(t *testing.T, report []byte, code int, n uint8) {
		var r Recorder
		told := make([]int, n)
		for i := range told {
			r.Begin(i, receive(func(o Outcome) {
				told[i]++
				if !o.Ran {
					assert.Equal(t, code, o.Code)
				}
				assert.LessOrEqual(t, len(o.Data), len(report))
			})).End()
		}
		require.Equal(t, Open, r.finish())
		failed := r.Perform(func([]byte) ([]byte, int) { return report, code })
		for step, code := range failed {
			assert.Negative(t, code)
			assert.Less(t, step, int(n))
			assert.GreaterOrEqual(t, step, 0)
		}
		for i, times := range told {
			assert.LessOrEqual(t, times, 1, "step %d", i)
			if code < 0 {
				assert.Equal(t, 1, times, "step %d", i)
			}
		}
	})
}
