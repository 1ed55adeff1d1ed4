// Package steps records the steps of a read or write operation until they are
// performed. Nothing of C is held meanwhile: a recorded operation can be dropped
// at any time, and what it is given is copied, so that it may be changed at once.
//
// The record is what the C side reads: the number of steps and how many bytes they move,
// then each step as its
// code and its arguments, numbers as they are in memory and bytes behind their
// number.
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

// State says what can be done with a Recorder.
type State int

// The states.
const (
	Open State = iota // more steps can be added, and it can be performed
	Used              // it has been performed
	Gone              // it has been released
)

// Recorder holds the steps of one operation. The zero Recorder has none. It is
// safe for concurrent use, though steps of several goroutines mix in any order.
type Recorder struct {
	mu    sync.Mutex
	state State
	recording
	few few
}

// few is room for an operation with no more of them.
type few struct {
	items   [2]item
	buffers [1]buffer
}

// recording is what a Recorder holds until it is performed or released.
type recording struct {
	record  []byte
	count   int         // of the steps
	items   []item      // of the record
	refused map[int]int // the codes of steps that can't be sent, by number
	buffers []buffer
	lent    *[]byte      // memory for the record and the report
	packed  *wire.Packed // what has it, unless it is a caller's
}

// item is a part of the record: a step, or what is said about one.
type item struct {
	step int           // its number
	done func(Outcome) // who wants to know what comes of it, if anybody
}

// buffer is memory that C fills, and where in the record its address belongs.
type buffer struct {
	at int
	p  *byte
	n  int
}

func (b buffer) bytes() []byte { return unsafe.Slice(b.p, b.n) }

// Released is a Recorder that is of no more use.
func Released() *Recorder { return &Recorder{state: Gone} }

// Release drops the steps, unless somebody is about to perform them. A second Release
// is a no-op.
func (r *Recorder) Release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state == Open {
		r.recording, r.few = recording{}, few{}
	}
	r.state = Gone
}

// forget drops what steps of an operation hold that has been performed: it may be kept for
// long.
func (r *Recorder) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.few = few{}
}

// Lend lends memory to an operation that has no steps yet: it is used instead of new
// memory, where it is enough, and afterwards memory is what the steps reported. So it
// can be lent again, once nobody needs their outcomes any more.
func (r *Recorder) Lend(memory *[]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lent = memory
}

// room is where the record begins, behind its head.
func (rec *recording) room() []byte {
	if rec.lent == nil {
		rec.packed = wire.NewPacked()
		rec.lent = &rec.packed.Bytes
	}
	if cap(*rec.lent) < head {
		*rec.lent = make([]byte, head, 256)
	}
	return (*rec.lent)[:head]
}

// Step is one step while it is being recorded.
type Step struct {
	r      *Recorder
	amends bool
	at     int // where it begins in the record
	done   func(Outcome)
}

// Begin starts a step of that code; done, if it is not nil, is told what comes of
// it. Until End other goroutines wait. A step that comes too late, when what there is
// may be on its way, is recorded for nothing.
func (r *Recorder) Begin(code int, done func(Outcome)) Step {
	r.mu.Lock()
	if r.state != Open {
		r.mu.Unlock()
		r = new(Recorder) // which nobody will ever look at
		r.mu.Lock()
	}
	if r.record == nil {
		r.record = r.room()
		r.items, r.buffers = r.few.items[:0], r.few.buffers[:0]
	}
	s := Step{r: r, at: len(r.record), done: done}
	s.Number(uint64(code))
	return s
}

// Amend starts something that is said about the last step, and is no step itself.
// If that is not sent, or there is none, this is not sent either: librados would
// end the process, or take it for something about the step before.
func (r *Recorder) Amend(code int) Step {
	s := r.Begin(code, nil)
	s.amends = true
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
	case !s.amends:
		s.r.items = append(s.r.items, item{s.r.count, s.done})
		s.r.count++
	case s.lost():
		s.r.record = s.r.record[:s.at]
	default:
		s.r.items = append(s.r.items, item{s.r.count - 1, s.done})
	}
	s.r.mu.Unlock()
}

// lost reports whether s is about a step that is not sent.
func (s Step) lost() bool {
	n := len(s.r.items)
	return n == 0 || s.r.items[n-1].step != s.r.count-1
}

// sizeLen is how many bytes a number takes in the record, and head how many come before
// the steps.
const (
	sizeLen = 8
	head    = 2 * sizeLen
)

// Number records a number.
func (s Step) Number(v uint64) {
	s.r.record = binary.NativeEndian.AppendUint64(s.r.record, v)
}

// Int records a number that C keeps in an int.
func (s Step) Int(v int) {
	if v < math.MinInt32 || v > math.MaxInt32 {
		s.refuse(-int(syscall.EINVAL))
	}
	s.Number(uint64(v))
}

// Invalid notes that an argument is none that there may be.
func (s Step) Invalid() { s.refuse(-int(syscall.EINVAL)) }

// Enum records a number that C keeps in an enum.
func (s Step) Enum(v int) {
	if v < 0 {
		s.refuse(-int(syscall.EINVAL))
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

// Text records a text as C wants it, with a NUL behind and none inside.
func (s Step) Text(text string) {
	s.Number(uint64(len(text)) + 1)
	switch {
	case !s.fits(len(text) + 1):
	case strings.IndexByte(text, 0) >= 0:
		s.refuse(NUL)
	default:
		s.r.record = append(append(s.r.record, text...), 0)
	}
}

// Name records a text that must not be empty.
func (s Step) Name(name string) {
	if name == "" {
		s.refuse(-int(syscall.EINVAL))
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

// items records what add appends, behind their number and their size in bytes.
func (s Step) items(count, size int, add func([]byte) []byte) {
	s.Number(uint64(count))
	s.Number(uint64(size))
	if !s.fits(size) {
		return
	}
	at := len(s.r.record)
	s.r.record = add(slices.Grow(s.r.record, size))
	if len(s.r.record)-at != size { // somebody changes them meanwhile
		s.refuse(-int(syscall.EINVAL))
	}
}

// Buffer records where C puts its answer. b must not be touched until the
// operation is over.
func (s Step) Buffer(b []byte) {
	if len(b) > 0 {
		s.r.buffers = append(s.r.buffers, buffer{len(s.r.record), &b[0], len(b)})
	}
	s.Number(0)
	s.Number(uint64(len(b)))
	if len(b) > math.MaxInt32 {
		s.refuse(-int(syscall.E2BIG))
	}
}

// fits reports whether n more bytes can be sent, with the rest: librados counts
// some lengths in 32 bits.
func (s Step) fits(n int) bool {
	if n > math.MaxInt32-len(s.r.record) {
		s.refuse(-int(syscall.E2BIG))
		return false
	}
	return true
}

// refuse notes why the step can't be sent; the first reason counts.
func (s Step) refuse(code int) {
	number := s.r.count
	if s.amends {
		if number--; s.lost() {
			return
		}
	}
	if s.r.refused == nil {
		s.r.refused = make(map[int]int)
	}
	if s.r.refused[number] == 0 {
		s.r.refused[number] = code
	}
}
