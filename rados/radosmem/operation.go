//go:build cgo

package radosmem

import (
	"context"
	"encoding/binary"
	"syscall"
	"time"
	"unsafe"

	"github.com/go-rados/go-rados/internal/memstore"
)

// #include "library.h"
import "C"

// operation returns what performs the steps of an operation, which it copies, and describes them in
// call.
func (l *library) operation(r *request, io *ioctx, call *Call) func(context.Context) result {
	steps := decodeSteps(unsafe.Slice((*byte)(r.pointer(3)), int(r.number(4))))
	call.Object, call.Changes = r.text(1), r.number(5) != 0
	list := make([]*memstore.Step, len(steps))
	for i, s := range steps {
		list[i] = &s.Step
		call.Steps = append(call.Steps, s.name)
	}
	var mtime time.Time
	if r.number(6) != 0 {
		mtime = time.Unix(int64(r.number(7)), int64(r.number(8)))
	}
	view, pool := io.view, io.pool
	view.OrderSnap = r.number(9)&flagOrderSnap != 0
	return func(context.Context) result {
		version, code := pool.Operate(view, call.Object, list, mtime)
		ret := int64(code)
		if len(steps) == 1 && steps[0].value && code >= 0 {
			if ret = int64(len(steps[0].Out)); uint64(ret) > steps[0].size {
				ret = errno(syscall.ERANGE)
			}
		}
		return result{ret: ret, version: version, always: true, store: func() {
			for _, s := range steps {
				s.store()
			}
		}}
	}
}

// flagOrderSnap is the flag of an operation that has an effect.
const flagOrderSnap = 1 << 9

// The flags of steps that have an effect.
const (
	flagExcl   = 1 // Create fails if the object exists
	flagFailOK = 2 // the operation continues if the step fails
)

// step is a step with the addresses of its results. An address is 0 if the caller does not need the
// result.
type step struct {
	memstore.Step
	name string // the method of package rados that adds such a step

	code         uint64
	buffer, size uint64 // where Out is copied to
	n            uint64 // for the length of Out
	memory       uint64 // for the address of memory with Out
	iter, more   uint64
	total        uint64 // for the size of the object
	sec, mtime   uint64
	value        bool // the length of Out is the result of the operation
}

// store stores the results of the step.
func (s *step) store() {
	if !s.Ran {
		return
	}
	code := s.Code
	if code >= 0 {
		if s.buffer != 0 && s.memory == 0 && uint64(len(s.Out)) > s.size {
			code = -int(syscall.ERANGE)
		} else {
			s.storeResults()
		}
	}
	store(s.code, C.int(code))
}

func (s *step) storeResults() {
	fill(s.buffer, s.size, s.Out)
	store(s.n, C.size_t(len(s.Out)))
	if s.memory != 0 && len(s.Out) > 0 {
		store(s.memory, number(allocate(s.Out)))
	}
	if s.iter != 0 {
		store(s.iter, number(iterator(s.Found)))
	}
	more := C.uchar(0)
	if s.More {
		more = 1
	}
	store(s.more, more)
	store(s.total, C.uint64_t(s.Size))
	store(s.sec, s.Time.Unix())
	store(s.mtime, [2]int64{s.Time.Unix(), int64(s.Time.Nanosecond())})
}

// iterator returns an iterator of C.
func iterator(pairs []memstore.Pair) unsafe.Pointer {
	var list []byte
	for _, p := range pairs {
		list = appendPart(appendPart(list, []byte(p.Key)), p.Value)
	}
	return C.radosmem_iter(unsafe.Pointer(unsafe.SliceData(list)), C.size_t(len(list)))
}

func appendPart(list, part []byte) []byte {
	list = binary.NativeEndian.AppendUint64(list, uint64(len(part)))
	return append(append(list, part...), 0)
}

// reader takes the parts of steps from the front of a buffer.
type reader struct{ rest []byte }

func (r *reader) number() uint64 {
	n := binary.NativeEndian.Uint64(r.rest)
	r.rest = r.rest[8:]
	return n
}

// bytes returns a copy of the bytes.
func (r *reader) bytes() []byte {
	n := r.number()
	b := append([]byte{}, r.rest[:n]...)
	r.rest = r.rest[n:]
	return b
}

func (r *reader) text() string { return string(r.bytes()) }

func (r *reader) keys() []string {
	keys := make([]string, r.number())
	for i := range keys {
		keys[i] = r.text()
	}
	return keys
}

// decodeSteps returns the steps of an operation, whose flags belong to the step before them.
func decodeSteps(buffer []byte) []*step {
	r := &reader{buffer}
	var steps []*step
	for len(r.rest) > 0 {
		kind := r.number()
		if kind == C.RADOSMEM_SET_FLAGS {
			flags := r.number()
			if len(steps) > 0 {
				last := steps[len(steps)-1]
				last.FailOK = flags&flagFailOK != 0
				last.Exclusive = last.Exclusive || flags&flagExcl != 0
			}
			continue
		}
		s := new(step)
		s.decode(int(kind), r)
		steps = append(steps, s)
	}
	return steps
}

// set sets what the step does, and the method of package rados that adds it.
func (s *step) set(kind memstore.Kind, name string) { s.Kind, s.name = kind, name }

// decode decodes a step; see library.h.
func (s *step) decode(kind int, r *reader) {
	switch kind {
	case C.RADOSMEM_APPEND:
		s.set(memstore.Append, "Append")
		s.Data = r.bytes()
	case C.RADOSMEM_ASSERT_EXISTS:
		s.set(memstore.AssertExists, "AssertExists")
	case C.RADOSMEM_ASSERT_VERSION:
		s.set(memstore.AssertVersion, "AssertVersion")
		s.Version = r.number()
	case C.RADOSMEM_CHECKSUM:
		s.set(memstore.Checksum, "Checksum")
		s.Checksum = memstore.ChecksumType(r.number())
		var seed [8]byte
		copy(seed[:], r.bytes())
		s.Seed = binary.LittleEndian.Uint64(seed[:])
		s.Offset, s.Length, s.Chunk = r.number(), r.number(), r.number()
		s.buffer, s.size, s.code = r.number(), r.number(), r.number()
	case C.RADOSMEM_CMPEXT:
		s.set(memstore.CmpExt, "CmpExt")
		s.Data, s.Offset, s.code = r.bytes(), r.number(), r.number()
	case C.RADOSMEM_CMPOMAP:
		s.set(memstore.CmpOmap, "CmpOmap")
		s.Key, s.Compare, s.Data, s.code = r.text(), byte(r.number()), r.bytes(), r.number()
	case C.RADOSMEM_CMPXATTR:
		s.set(memstore.CmpXattr, "CmpXattr")
		s.Name, s.Compare, s.Data = r.text(), byte(r.number()), r.bytes()
	case C.RADOSMEM_CREATE:
		s.set(memstore.Create, "Create")
		s.Exclusive = r.number() != 0
	case C.RADOSMEM_EXEC:
		s.set(memstore.Exec, "Exec")
		s.Name, s.Key, s.Data = r.text(), r.text(), r.bytes()
		s.code, s.memory, s.buffer, s.size, s.n = r.number(), r.number(), r.number(), r.number(), r.number()
	case C.RADOSMEM_GETXATTR:
		s.set(memstore.GetXattr, "GetXattr")
		s.Name, s.buffer, s.size, s.value = r.text(), r.number(), r.number(), true
	case C.RADOSMEM_GETXATTRS:
		s.set(memstore.GetXattrs, "GetXattrs")
		s.iter, s.code = r.number(), r.number()
	case C.RADOSMEM_READ:
		s.set(memstore.Read, "Read")
		s.Offset, s.Length = r.number(), r.number()
		s.buffer, s.size, s.n, s.code = r.number(), s.Length, r.number(), r.number()
	case C.RADOSMEM_REMOVE:
		s.set(memstore.Remove, "Remove")
	case C.RADOSMEM_RMXATTR:
		s.set(memstore.RmXattr, "RmXattr")
		s.Name = r.text()
	case C.RADOSMEM_SETXATTR:
		s.set(memstore.SetXattr, "SetXattr")
		s.Name, s.Data = r.text(), r.bytes()
	case C.RADOSMEM_STAT:
		s.set(memstore.Stat, "Stat")
		s.total, s.sec, s.mtime, s.code = r.number(), r.number(), r.number(), r.number()
	case C.RADOSMEM_TRUNCATE:
		s.set(memstore.Truncate, "Truncate")
		s.Offset = r.number()
	case C.RADOSMEM_WRITE:
		s.set(memstore.Write, "Write")
		s.Data, s.Offset = r.bytes(), r.number()
	case C.RADOSMEM_WRITE_FULL:
		s.set(memstore.WriteFull, "WriteFull")
		s.Data = r.bytes()
	case C.RADOSMEM_WRITE_HINT:
		s.set(memstore.Hint, "SetAllocationHint")
	case C.RADOSMEM_WRITESAME:
		s.set(memstore.WriteSame, "WriteSame")
		s.Data, s.Length, s.Offset = r.bytes(), r.number(), r.number()
	case C.RADOSMEM_ZERO:
		s.set(memstore.Zero, "Zero")
		s.Offset, s.Length = r.number(), r.number()
	default:
		s.decodeOmap(kind, r)
	}
}

// decodeOmap decodes a step about an omap.
func (s *step) decodeOmap(kind int, r *reader) {
	switch kind {
	case C.RADOSMEM_OMAP_CLEAR:
		s.set(memstore.CleanOmap, "CleanOmap")
	case C.RADOSMEM_OMAP_KEYS:
		s.set(memstore.GetOmapKeys, "GetOmapKeys")
		s.Name, s.Length = r.text(), r.number()
		s.iter, s.more, s.code = r.number(), r.number(), r.number()
	case C.RADOSMEM_OMAP_VALUES:
		s.set(memstore.GetOmapValues, "GetOmapValues")
		s.Name, s.Key, s.Length = r.text(), r.text(), r.number()
		s.iter, s.more, s.code = r.number(), r.number(), r.number()
	case C.RADOSMEM_OMAP_BY_KEYS:
		s.set(memstore.GetOmapValuesByKeys, "GetOmapValuesByKeys")
		s.Keys, s.iter, s.code = r.keys(), r.number(), r.number()
	case C.RADOSMEM_OMAP_RM_KEYS:
		s.set(memstore.RmOmapKeys, "RmOmapKeys")
		s.Keys = r.keys()
	case C.RADOSMEM_OMAP_RM_RANGE:
		s.set(memstore.RmOmapRange, "RmOmapRange")
		s.Name, s.Key = r.text(), r.text()
	case C.RADOSMEM_OMAP_SET:
		s.set(memstore.SetOmap, "SetOmap")
		s.Pairs = make([]memstore.Pair, r.number())
		for i := range s.Pairs {
			s.Pairs[i] = memstore.Pair{Key: r.text(), Value: r.bytes()}
		}
	default:
		panic("radosmem: unknown step")
	}
}

// rollback returns what restores an object.
func rollback(r *request, io *ioctx, object string) func(context.Context) result {
	view, pool := io.view, io.pool
	if r.c.function == C.RADOSMEM_SNAP_ROLLBACK {
		snap := r.text(2)
		return func(context.Context) result { return result{ret: int64(pool.RollbackSnap(view, object, snap))} }
	}
	snap := r.number(2)
	return func(context.Context) result { return result{ret: int64(pool.Rollback(view, object, snap))} }
}
