package oplog

import (
	"encoding/binary"
	"maps"
	"runtime"
	"slices"
	"syscall"
	"time"
	"unsafe"
)

// Outcome is what came of one step.
type Outcome struct {
	// Ran says whether the step was performed. One before it may have failed.
	Ran bool
	// Code is what the step returned; below zero it failed.
	Code int
	// N is a number of bytes.
	N uint64
	// Size and Time are those of the object.
	Size uint64
	Time time.Time
	// More says that there is more than Data has.
	More bool
	// Data is what the step returned, pairs or bytes.
	Data []byte
}

// Seal ends the recording for good and says what it was until then: who is told
// Open, and nobody else ever, may perform the operation.
func (r *Recorder) Seal() State {
	r.mu.Lock()
	defer r.mu.Unlock()
	was := r.state
	if was == Open {
		r.state = Used
	}
	return was
}

// Empty reports whether r has no steps, none that are skipped either.
func (r *Recorder) Empty() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.items) == 0 && len(r.refused) == 0
}

// Refused lists the codes of the steps that can't be sent, by their number.
func (r *Recorder) Refused() map[int]int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.refused)
}

// bytes is how much data the operation moves, about.
func (rec *recording) bytes() int {
	n := len(rec.record)
	for _, b := range rec.buffers {
		n += b.n
	}
	return n
}

// Moves is how much data the operation of a record moves, about.
func Moves(record []byte) int {
	if len(record) < head {
		return 0
	}
	return int(binary.NativeEndian.Uint64(record[sizeLen:]))
}

// Perform sends the record, tells each step what came of it, and returns the
// codes of those that failed, by their number. It is for who has sealed r. send
// returns the code of the whole operation and what the steps reported, for which it may
// use the memory of the record.
func (r *Recorder) Perform(send func(record []byte) (report []byte, code int)) map[int]int {
	var p Performance
	p.Begin(r)
	report, code := send(p.Record())
	return p.End(report, code)
}

// Performance is what Perform does, for who can't wait until the record has been sent.
type Performance struct {
	recording
	recorder *Recorder
	pinner   runtime.Pinner
	own      [][]byte // memory that C fills instead of the buffers, if it does
}

// Begin takes over what r has recorded. The buffers stay where they are until End, which
// must follow.
func (p *Performance) Begin(r *Recorder) { p.begin(r, false) }

// BeginCopied is Begin that has C fill copies of the buffers, which End copies back. So
// Abandon may come instead of End, while C still fills them.
func (p *Performance) BeginCopied(r *Recorder) { p.begin(r, true) }

func (p *Performance) begin(r *Recorder, copied bool) {
	r.mu.Lock()
	p.recording, p.recorder = r.recording, r
	r.recording = recording{}
	r.mu.Unlock()

	for _, b := range p.buffers {
		filled := b.p
		if copied {
			own := slices.Clone(b.bytes())
			p.own, filled = append(p.own, own), &own[0]
		}
		p.pinner.Pin(filled)
		address := uintptr(unsafe.Pointer(filled))
		binary.NativeEndian.PutUint64(p.record[b.at:], uint64(address))
	}
	if p.record != nil {
		binary.NativeEndian.PutUint64(p.record, uint64(len(p.items)))
		binary.NativeEndian.PutUint64(p.record[sizeLen:], uint64(p.bytes()))
	}
}

// Record is what is to be sent.
func (p *Performance) Record() []byte { return p.record }

// End tells each step what came of it, and returns the codes of those that failed.
func (p *Performance) End(report []byte, code int) map[int]int {
	p.pinner.Unpin()
	for i, own := range p.own {
		copy(p.buffers[i].bytes(), own)
	}
	var few [4]reported
	reported := outcomes(few[:0], report)
	failed := p.tell(reported, code)
	p.giveBack(report, reported)
	p.recording = recording{}
	p.recorder.forget()
	return failed
}

// Abandon tells each step that the operation ended with code, though C still fills the
// buffers. The caller must call release once C is done with them.
func (p *Performance) Abandon(code int) (release func()) {
	p.tell(nil, code)
	p.recorder.forget()
	p.items, p.buffers, p.recorder = nil, nil, nil
	return func() {
		p.pinner.Unpin()
		if p.packed != nil {
			p.giveBack(nil, nil)
		}
	}
}

// giveBack gives back the memory of the record, in which the report may be.
func (p *Performance) giveBack(report []byte, reported []reported) {
	switch {
	case p.lent == nil:
	case p.packed == nil:
		*p.lent = report
	case !slices.ContainsFunc(reported, hasData): // else somebody has it
		p.packed.Bytes = p.record
		p.packed.Free()
	}
}

func hasData(r reported) bool { return len(r.Data) > 0 }

// tell passes on what came of the steps. Those that C did not get to, for want of memory
// or because one before them can't be made, it does not report.
func (rec *recording) tell(reported []reported, code int) map[int]int {
	var failed map[int]int
	ran := performed(reported, code)
	for i, step := range reported {
		if step.number < 0 || step.number >= len(rec.items) {
			continue
		}
		item := &rec.items[step.number]
		step.Ran = step.Ran && i < ran
		if !step.Ran {
			step.Outcome = Outcome{Code: code}
		} else if step.Code < 0 {
			if failed == nil {
				failed = make(map[int]int)
			}
			failed[item.step] = step.Code
		}
		if done := item.done; done != nil {
			item.done = nil
			done(step.Outcome)
		}
	}
	for _, item := range rec.items {
		if code < 0 && item.done != nil {
			item.done(Outcome{Code: code})
		}
	}
	return failed
}

// performed is how many of the steps that report have been performed. The OSD
// stops at the first that fails, and answers for the others as if they had
// succeeded with nothing, of which librados makes EIO where it can't decode that. A
// step that may fail, and did so before, can have the same code: so the last one is to
// blame, but for EIO. If none is, one that does not report failed, and which came
// before it can't be told.
func performed(reported []reported, code int) int {
	if code >= 0 {
		return len(reported)
	}
	ran := 0
	for i, step := range reported {
		if step.Code != code {
			continue
		}
		ran = i + 1
		if code == -int(syscall.EIO) {
			break
		}
	}
	return ran
}

// reported is the outcome of the item of the record of that number.
type reported struct {
	number int
	Outcome
}

// skipped is the code of a step that librados did not even touch.
const skipped = NUL + 1

// outcomes appends to list what the report of the C side says: for each step eight
// numbers, the last of which counts the bytes that follow.
func outcomes(list []reported, report []byte) []reported {
	const fields = 8
	for len(report) >= fields*sizeLen {
		var v [fields]uint64
		for i := range v {
			v[i] = binary.NativeEndian.Uint64(report[i*sizeLen:])
		}
		report = report[fields*sizeLen:]
		n := min(v[7], uint64(len(report)))
		list = append(list, reported{int(v[0]), Outcome{
			Ran:  int(v[1]) != skipped,
			Code: int(v[1]),
			N:    v[2],
			Size: v[3],
			Time: time.Unix(int64(v[4]), int64(v[5])),
			More: v[6] != 0,
			Data: report[:n:n],
		}})
		report = report[n:]
	}
	return list
}
