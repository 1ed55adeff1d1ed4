package oplog

import (
	"encoding/binary"
	"maps"
	"runtime"
	"slices"
	"syscall"
	"time"
	"unsafe"

	"github.com/go-rados/go-rados/internal/wire"
)

// Outcome is the outcome of one step.
type Outcome struct {
	// Ran reports whether the step was performed. It was not if one before it failed.
	Ran bool
	// Code is the code that the step returned; it is negative if the step failed.
	Code int
	// N is a number of bytes.
	N uint64
	// Size and Time are those of the object.
	Size uint64
	Time time.Time
	// More reports whether there is more than Data has.
	More bool
	// Data is the pairs or bytes that the step returned, or the part of its buffer that C has filled.
	Data []byte
}

// Succeeded reports whether the step was performed and did not fail.
func (o *Outcome) Succeeded() bool { return o.Ran && o.Code >= 0 }

// received returns the number of bytes that the step has returned: those in a buffer or in Data, or
// those of keys and values.
func (o *Outcome) received() int {
	if o.N > 0 {
		return int(o.N)
	}
	return wire.PairsSize(o.Data)
}

// Finish ends the recording, in order to perform the operation on an object by a handle; see
// [Recorder.Target]. It returns the state until then: only the caller to which it returns Open may perform the
// operation. rejected has the codes of the steps that can't be sent, by their number; empty reports that there
// are no steps, not even those.
func (r *Recorder) Finish(handle any, object string) (was State, rejected map[int]int, empty bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if was = r.state; was != Open {
		return was, nil, false
	}
	r.state, r.handle, r.object = Performed, handle, object
	return was, maps.Clone(r.rejected), (r.recording == nil || len(r.items) == 0) && len(r.rejected) == 0
}

// bytes returns about how many bytes the operation transfers.
func (rec *recording) bytes() int {
	if rec == nil {
		return 0
	}
	n := len(rec.record)
	for _, b := range rec.buffers {
		n += b.n
	}
	return n
}

// Bytes returns about how many bytes the operation transfers.
func (r *Recorder) Bytes() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state != Open {
		return 0 // the steps belong to the execution
	}
	return r.bytes()
}

// Bytes returns about how many bytes the operation of a record transfers.
func Bytes(record []byte) int {
	if len(record) < head {
		return 0
	}
	return int(binary.NativeEndian.Uint64(record[sizeLen:]))
}

// Execution is one execution of an operation. The caller calls Finish of the Recorder, Begin, and
// after it has sent the record End.
type Execution struct {
	Counts   bool // End sets Received
	Received int  // the number of bytes that the steps have returned

	*recording // nil if there are no steps, and after End
	pinner     runtime.Pinner
	copies     [][]byte // the copies of the buffers that C fills, after BeginCopied
}

// Begin moves the recording of r to the execution and pins the buffers. The caller must call End. Only
// the caller to which Finish returned Open may call it, so it needs no lock.
func (e *Execution) Begin(r *Recorder) { e.begin(r, false) }

// BeginCopied is Begin that has C fill copies of the buffers, which End copies back. So the
// caller may call Abandon instead of End while C still fills them.
func (e *Execution) BeginCopied(r *Recorder) { e.begin(r, true) }

func (e *Execution) begin(r *Recorder, copied bool) {
	e.recording, r.recording = r.recording, nil
	if e.recording == nil {
		return
	}
	for _, b := range e.buffers {
		filled := b.p
		if copied {
			own := append(make([]byte, 0, max(b.n, 1)), b.bytes()...)
			e.copies, filled = append(e.copies, own), unsafe.SliceData(own)
		}
		e.pinner.Pin(filled)
		address := uintptr(unsafe.Pointer(filled))
		binary.NativeEndian.PutUint64(e.record[b.at:], uint64(address))
	}
	binary.NativeEndian.PutUint64(e.record, uint64(len(e.items)))
	binary.NativeEndian.PutUint64(e.record[sizeLen:], uint64(e.bytes()))
}

// Record returns the record to send, or nil if there are no steps.
func (e *Execution) Record() []byte {
	if e.recording == nil {
		return nil
	}
	return e.record
}

// End delivers its outcome to each step, and returns the codes of the steps that failed, by their
// number. code is that of the operation. report is that of the steps, which may use the memory of
// the record.
func (e *Execution) End(report []byte, code int) map[int]int {
	if e.recording == nil {
		return nil
	}
	e.pinner.Unpin()
	for i, own := range e.copies {
		copy(e.buffers[i].bytes(), own)
	}
	var few [4]reported
	reported := outcomes(few[:0], report)
	failed := e.deliver(reported, code)
	switch {
	case e.memory != nil:
		*e.memory = report
		e.recycle()
	case unsafe.SliceData(report) == unsafe.SliceData(e.record) && slices.ContainsFunc(reported, hasData):
		e.reset() // but does not recycle it: an outcome refers to its memory
		e.drop()
	default:
		e.recycle()
	}
	return failed
}

// Abandon delivers code to each step while C still fills the buffers. The caller must call
// release when C no longer uses them.
func (e *Execution) Abandon(code int) (release func()) {
	e.deliver(nil, code)
	clear(e.items)
	clear(e.buffers)
	return func() {
		e.pinner.Unpin()
		e.recycle()
	}
}

// recycle ends the use of the recording, and makes it available to other operations.
func (e *Execution) recycle() {
	recordings.Put(e.reset())
	e.drop()
}

// drop ends the use of the recording.
func (e *Execution) drop() { e.recording, e.copies = nil, nil }

func hasData(r reported) bool { return len(r.Data) > 0 }

// deliver has the receivers of the steps receive their outcomes. C does not report steps that it
// did not reach, because memory was short or an earlier step could not be made.
func (e *Execution) deliver(reported []reported, code int) map[int]int {
	var failed map[int]int
	ran := executedSteps(reported, code)
	for i, step := range reported {
		if step.number < 0 || step.number >= len(e.items) {
			continue
		}
		item := &e.items[step.number]
		step.Ran = step.Ran && i < ran
		if !step.Ran {
			step.Outcome = Outcome{Code: code}
		} else if step.Code < 0 {
			if failed == nil {
				failed = make(map[int]int)
			}
			failed[item.step] = step.Code
		} else if e.Counts {
			e.Received += step.received()
		}
		if item.buffer > 0 && step.Ran {
			step.Data = e.buffers[item.buffer-1].filled(step.N)
		}
		if receiver := item.receiver; receiver != nil {
			item.receiver = nil
			receiver.Receive(step.Outcome)
		}
	}
	for _, item := range e.items {
		if code < 0 && item.receiver != nil {
			item.receiver.Receive(Outcome{Code: code})
		}
	}
	return failed
}

// executedSteps returns how many of the steps that report were performed. The OSD stops at the first
// step that fails and answers for the later ones as if they had succeeded without a result; librados
// makes EIO of that where it can't decode it. An earlier step that is allowed to fail may have the
// same code: so the last step with the code of the operation is the one that failed, or the first
// if the code is EIO. If no step has that code, a step that does not report has failed, and the
// result is 0, since its position is unknown.
func executedSteps(reported []reported, code int) int {
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

// reported is the outcome of one item of the record.
type reported struct {
	number int
	Outcome
}

// skipped is the code of a step whose code librados did not set.
const skipped = NUL + 1

// outcomes appends the outcomes in the report of C to list: for each step eight numbers, the last of
// which is the number of bytes that follow.
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
