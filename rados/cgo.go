package rados

import (
	"runtime"
	"sync"
	"unsafe"

	"github.com/go-rados/go-rados/internal/aio"
	"github.com/go-rados/go-rados/internal/background"
	"github.com/go-rados/go-rados/internal/callback"
	"github.com/go-rados/go-rados/internal/handle"
)

/*
#include "zz_shims.h"

#cgo noescape gorados_call_cancel
#cgo nocallback gorados_call_cancel
#cgo noescape gorados_call_finish
#cgo nocallback gorados_call_finish
#cgo noescape gorados_call_new
#cgo nocallback gorados_call_new
#cgo noescape gorados_calls_cancel
#cgo nocallback gorados_calls_cancel
#cgo noescape gorados_completed_wait
#cgo nocallback gorados_completed_wait
#cgo noescape gorados_errno_text
#cgo nocallback gorados_errno_text
#cgo noescape gorados_events_mark
#cgo nocallback gorados_events_mark
#cgo noescape gorados_events_wait
#cgo nocallback gorados_events_wait
#cgo noescape gorados_library_release
#cgo nocallback gorados_library_release
*/
import "C"

// This is the part of the run time of generated methods that needs C and is not the same in every
// generated package. No other hand-written file of the package imports C.

// C has the same struct as package aio: this is no index out of range.
var _ = [1]struct{}{}[aio.HeadSize-C.sizeof_struct_gorados_call_head]

// Threads that wait in C leave half of the processors to other goroutines.
func init() {
	processors := runtime.GOMAXPROCS(0)
	C.gorados_waiters_init(C.uint32_t(min(max(1, processors/2), 8)))
}

// connections are those of the process, with the goroutines that serve them.
var connections background.Connections

// handles makes the handles of the package.
var handles = handle.Library{
	InUseElsewhere: func(refs unsafe.Pointer) bool {
		return C.gorados_waiters_inside(C.uintptr_t(uintptr(refs))) != 0
	},
	CancelCalls: func(closed []uintptr) {
		C.gorados_calls_cancel((*C.uintptr_t)(unsafe.Pointer(unsafe.SliceData(closed))), C.size_t(len(closed)))
	},
	Opened: connections.Add,
	Freed:  connections.Remove,
}

// asError returns the error of a code of a C function, or nil if the code is not negative.
func asError(ret int) error {
	if ret >= 0 {
		return nil
	}
	if err, ok := shimErrors[ret]; ok {
		return err
	}
	if missing, ok := missingFunctions[ret]; ok {
		return missing
	}
	return radosError(ret)
}

// errnoText returns the text of an errno in the C library.
func errnoText(errno int) string {
	var text [256]C.char
	C.gorados_errno_text(C.int(errno), &text[0], C.size_t(len(text)))
	return C.GoString(&text[0])
}

// loadedRelease returns the newest of the releases whose functions the loaded library has.
var loadedRelease = sync.OnceValue(func() string { return releases[C.gorados_library_release()] })

// tooOld returns an error if the loaded library is older than all releases. The loader would end
// the program on the first call of a missing function.
var tooOld = sync.OnceValue(func() error {
	name := C.gorados_missing_symbol()
	if name == nil {
		return nil
	}
	return &MissingFunctionError{Function: C.GoString(name), Since: releases[0]}
})

// nextEvents blocks until librados has called back, and returns the events, oldest first.
func nextEvents() []callback.Event {
	var list []callback.Event
	next := C.gorados_events_wait()
	for next != nil {
		e := next
		list = append(list, callback.Event{
			Token:  uintptr(e.token),
			Number: *(*[3]uint64)(unsafe.Pointer(&e.number)),
			Err:    asError(int(e.err)),
			Data:   ownBytes(unsafe.Slice((*byte)(unsafe.Pointer(e.data)), e.len)),
		})
		next = e.next
		C.free(unsafe.Pointer(e))
	}
	return list
}

// markEvents makes nextEvents return an event with that token after all events so far.
func markEvents(token uintptr) {
	C.gorados_events_mark(C.uintptr_t(token))
}

// calls are the asynchronous calls, and the synchronous ones that can be cancelled.
var calls = aio.New(aio.Library{
	Async: (*uint32)(unsafe.Pointer(&C.gorados_async_calls)),
	Cancel: func(state unsafe.Pointer) {
		C.gorados_call_cancel((*C.struct_gorados_call)(state))
	},
	Completed: (*unsafe.Pointer)(unsafe.Pointer(&C.gorados_completed)),
	MaxSync:   (*uint32)(unsafe.Pointer(&C.gorados_max_sync_calls)),
	New: func(index int) unsafe.Pointer {
		return unsafe.Pointer(C.gorados_call_new(C.uint64_t(index)))
	},
	Sync: (*uint32)(unsafe.Pointer(&C.gorados_sync_calls)),
	WaitCompleted: func() bool {
		return C.gorados_completed_wait() != 0
	},
	Interrupt: func() {
		C.gorados_completed_interrupt()
	},
}, &connections)

// callState returns the C half of a call.
func callState(call *aio.Call) *C.struct_gorados_call {
	return (*C.struct_gorados_call)(call.Pointer())
}

// finishCall makes the operation of a completed call report its results, and returns them and its
// code.
func finishCall(call *aio.Call, ret int64) ([]byte, int64) {
	var report C.struct_gorados_buf
	ret = int64(C.gorados_call_finish(callState(call), &report, C.int64_t(ret)))
	return takeBuffer(&report), ret
}

// filled returns the number of bytes of data that a call with result ret has filled, or ret if it
// is negative.
func filled(call *aio.Call, ret int64, data []byte) int64 {
	if ret < 0 {
		return ret
	}
	return min(int64(callState(call).n), int64(len(data)))
}

// yield yields to other goroutines if C asks for it.
func yield(ret *C.int64_t) {
	if *ret < C.GORADOS_YIELD/2 {
		*ret -= C.GORADOS_YIELD
		runtime.Gosched()
	}
}
