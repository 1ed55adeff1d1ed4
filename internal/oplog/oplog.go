// Package oplog records the steps of a read or write operation until they are
// performed. It holds nothing of C: a recorded operation can be dropped at any
// time. Arguments are copied, so that the caller may change them afterwards.
//
// C reads the record: the number of steps and the number of bytes that they
// transfer, then for each step its code and its arguments. Numbers have the byte
// order of the machine; bytes follow their number.
package oplog

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"sync"
	"syscall"
	"unsafe"

	"github.com/go-rados/go-rados/internal/wire"
)

// NUL is the code of a name with a NUL byte inside, as the C side has it.
const NUL = math.MinInt32

// State is the state of a Recorder.
type State int

// The states.
const (
	Open      State = iota // steps can be added, and it can be performed
	Performed              // it has been performed
	Released               // it has been released
)

// Recorder holds the steps of one operation. The zero Recorder has none. It is
// safe for concurrent use, though steps of several goroutines mix in any order.
type Recorder struct {
	mu         sync.Mutex
	state      State
	count      int         // of the steps
	rejected   map[int]int // the codes of steps that can't be sent, by number
	memory     *[]byte     // what UseBuffer was called with, or nil
	*recording             // nil before the first step and after the last use

	handle any // that on which it is performed
	object string
}

// recording is the steps that are sent. It is reused for other operations.
type recording struct {
	record  []byte
	items   []item // of the record
	buffers []buffer
	memory  *[]byte // of the caller, for the record and the report, or nil

	// Space for small operations.
	few struct {
		record  [512]byte
		items   [4]item
		buffers [2]buffer
	}
}

// maxRecord is the largest capacity of a record that is kept for other operations.
const maxRecord = 64 << 10

var recordings = sync.Pool{New: func() any { return new(recording).reset() }}

// reset drops the steps, and with them the references to memory of the caller.
func (rec *recording) reset() *recording {
	clear(rec.few.items[:])
	clear(rec.few.buffers[:])
	rec.items, rec.buffers = rec.few.items[:0], rec.few.buffers[:0]
	if rec.record == nil || rec.memory != nil || cap(rec.record) > maxRecord {
		rec.record, rec.memory = rec.few.record[:], nil
	}
	rec.record = rec.record[:head]
	return rec
}

// newRecording returns a recording without steps. The record is in memory if that is not nil.
func newRecording(memory *[]byte) *recording {
	rec := recordings.Get().(*recording)
	if memory == nil {
		return rec
	}
	if cap(*memory) < head {
		*memory = make([]byte, head, 256)
	}
	rec.record, rec.memory = (*memory)[:head], memory
	return rec
}

// item is a part of the record: a step, or a modifier of one.
type item struct {
	step     int      // its number
	receiver Receiver // of the outcome, or nil
	buffer   int      // that C fills: its index plus 1, or 0
}

// Receiver receives the outcome of a step.
type Receiver interface{ Receive(Outcome) }

// buffer is memory that C fills, with the position of its address in the record.
type buffer struct {
	at int
	p  *byte
	n  int // of the caller's bytes; 0 if C fills a byte in their place
}

func (b buffer) bytes() []byte { return unsafe.Slice(b.p, b.n) }

// filled returns the part of b that C has filled, if it says n bytes.
func (b buffer) filled(n uint64) []byte { return b.bytes()[:min(n, uint64(b.n))] }

// NewReleased returns a Recorder that has been released.
func NewReleased() *Recorder { return &Recorder{state: Released} }

// Release drops the steps, unless they are being performed. A second Release has
// no effect.
func (r *Recorder) Release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state == Open {
		r.recording, r.rejected = nil, nil
	}
	r.state = Released
}

// Target returns the arguments of Finish: nil and "" before.
func (r *Recorder) Target() (handle any, object string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.handle, r.object
}

// UseBuffer has an operation that has no steps yet use memory, if it is large enough, instead of
// new memory. After the operation, memory is the report of the steps. The caller can use it
// for another operation when the outcomes are no longer needed.
func (r *Recorder) UseBuffer(memory *[]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.memory = memory
}

// Step is one step while it is being recorded.
type Step struct {
	r        *Recorder
	modifier bool // of the step before
	at       int  // its position in the record
	receiver Receiver
}

// Begin begins a step with that code, whose outcome receiver receives unless it is nil.
// Other goroutines block until End. If r is not open, the step is recorded nowhere.
func (r *Recorder) Begin(code int, receiver Receiver) Step {
	r.mu.Lock()
	if r.state != Open {
		r.mu.Unlock()
		r = new(Recorder) // which is dropped
		r.mu.Lock()
	}
	if r.recording == nil {
		r.recording = newRecording(r.memory)
	}
	s := Step{r: r, at: len(r.record), receiver: receiver}
	s.Number(uint64(code))
	return s
}

// BeginModifier begins a modifier of the last step, which is not a step itself. If
// that step is not sent, or there is no step, the modifier is not sent either:
// librados would abort the process, or modify the step before.
func (r *Recorder) BeginModifier(code int) Step {
	s := r.Begin(code, nil)
	s.modifier = true
	return s
}

// Skip counts a step that need not be sent.
func (r *Recorder) Skip() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state == Open {
		r.count++
	}
}

// End ends the step.
func (s Step) End() {
	switch {
	case !s.modifier:
		s.r.items = append(s.r.items, item{s.r.count, s.receiver, s.filled()})
		s.r.count++
	case s.targetSkipped():
		s.r.record = s.r.record[:s.at]
	default:
		s.r.items = append(s.r.items, item{s.r.count - 1, nil, 0})
	}
	s.r.mu.Unlock()
}

// filled returns the index plus 1 of the buffer that s has recorded, or 0 if it has not.
func (s Step) filled() int {
	n := len(s.r.buffers)
	if n > 0 && s.r.buffers[n-1].at > s.at {
		return n
	}
	return 0
}

// targetSkipped reports whether s modifies a step that is not sent.
func (s Step) targetSkipped() bool {
	n := len(s.r.items)
	return n == 0 || s.r.items[n-1].step != s.r.count-1
}

// sizeLen is the number of bytes of a number in the record, and head the number of bytes
// before the steps.
const (
	sizeLen = 8
	head    = 2 * sizeLen
)

// Number records a number.
func (s Step) Number(v uint64) {
	s.r.record = binary.NativeEndian.AppendUint64(s.r.record, v)
}

// Int records a number that is an int in C.
func (s Step) Int(v int) {
	if v < math.MinInt32 || v > math.MaxInt32 {
		s.reject(-int(syscall.EINVAL))
	}
	s.Number(uint64(v))
}

// Invalid rejects the step, since an argument is invalid.
func (s Step) Invalid() { s.reject(-int(syscall.EINVAL)) }

// Enum records a number that is an enum in C.
func (s Step) Enum(v int) {
	if v < 0 {
		s.reject(-int(syscall.EINVAL))
	}
	s.Int(v)
}

// Bytes records a copy of b.
func (s Step) Bytes(b []byte) {
	s.Number(uint64(len(b)))
	if s.fits(len(b)) {
		s.r.record = append(s.r.record, b...)
	}
}

// Text records a text with a NUL after it, as C needs it. It must not contain another.
func (s Step) Text(text string) {
	s.Number(uint64(len(text)) + 1)
	switch {
	case !s.fits(len(text) + 1):
	case strings.IndexByte(text, 0) >= 0:
		s.reject(NUL)
	default:
		s.r.record = append(append(s.r.record, text...), 0)
	}
}

// Name records a text that must not be empty.
func (s Step) Name(name string) {
	if name == "" {
		s.reject(-int(syscall.EINVAL))
	}
	s.Text(name)
}

// Keys records any number of keys.
func (s Step) Keys(keys []string) {
	size := 0
	for _, key := range keys {
		size += sizeLen + len(key)
	}
	s.items(len(keys), size, func(record []byte) []byte { return wire.AppendItems(record, keys) })
}

// Pairs records any number of keys with their values.
func (s Step) Pairs(pairs map[string][]byte) {
	size := 0
	for key, value := range pairs {
		size += 2*sizeLen + len(key) + len(value)
	}
	s.items(len(pairs), size, func(record []byte) []byte { return wire.AppendPairs(record, pairs) })
}

// items records the items that add appends, after their number and their size in bytes.
func (s Step) items(count, size int, add func([]byte) []byte) {
	s.Number(uint64(count))
	s.Number(uint64(size))
	if !s.fits(size) {
		return
	}
	at := len(s.r.record)
	s.r.record = add(slices.Grow(s.r.record, size))
	if len(s.r.record)-at != size { // another goroutine has changed them meanwhile
		s.reject(-int(syscall.EINVAL))
	}
}

// Buffer records where C stores its answer. b must not be used until the
// operation has completed.
func (s Step) Buffer(b []byte) { s.buffer(b, len(b)) }

// buffer is Buffer with a capacity of size bytes.
func (s Step) buffer(b []byte, size int) {
	if size > 0 {
		s.r.buffers = append(s.r.buffers, buffer{len(s.r.record), unsafe.SliceData(b), len(b)})
	}
	s.Number(0)
	s.Number(uint64(size))
	if size > math.MaxInt32 {
		s.reject(-int(syscall.E2BIG))
	}
}

// NonEmptyBuffer is Buffer that records a byte of its own instead of an empty b: to the OSD, no
// length means the whole object.
func (s Step) NonEmptyBuffer(b []byte) {
	if len(b) == 0 {
		s.buffer(make([]byte, 0, 1), 1)
		return
	}
	s.Buffer(b)
}

// fits reports whether n more bytes can be sent in the same operation: librados
// counts some lengths in 32 bits.
func (s Step) fits(n int) bool {
	if n > math.MaxInt32-len(s.r.record) {
		s.reject(-int(syscall.E2BIG))
		return false
	}
	return true
}

// reject records why the step can't be sent; the first reason is kept.
func (s Step) reject(code int) {
	number := s.r.count
	if s.modifier {
		if number--; s.targetSkipped() {
			return
		}
	}
	if s.r.rejected == nil {
		s.r.rejected = make(map[int]int)
	}
	if s.r.rejected[number] == 0 {
		s.r.rejected[number] = code
	}
}
