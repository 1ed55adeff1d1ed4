package fakelibrados

/*
#include <stdlib.h>
#include "lib/fake.h"
*/
import "C"

import (
	"unsafe"
)

// Outcome is what comes of one step of an operation.
type Outcome struct {
	// Code is what the step returns. Below zero the operation ends with it, unless
	// the step is flagged FAILOK; the steps behind are answered with nothing.
	Code int
	// Answers are handed out instead of those that Answer has for the function.
	Answers []string
	// More says that there are more omap entries, however many are handed out.
	More bool
}

// Outcomes says what comes of the steps, in order, of all operations that follow.
func Outcomes(list ...Outcome) {
	for i, o := range list {
		var more C.int
		if o.More {
			more = 1
		}
		C.fake_outcome(C.int(i), C.int(o.Code), more)
		for _, a := range o.Answers {
			C.fake_outcome_answer(C.int(i), unsafe.Pointer(unsafe.StringData(a)), C.size_t(len(a)))
		}
	}
}

// Pieces has replies arrive in pieces until Reset, as on encrypted connections:
// rados_aio_read and rados_aio_exec fail with ERANGE then, for most lengths.
func Pieces() { C.fake_pieces(1) }

// Bounces has replicas bounce reads that are balanced or localized until Reset: these are not
// cancelled any more.
func Bounces() { C.fake_bounces(1) }

// Sent lists the steps of the operation that was sent last: each as its function and
// the arguments, as Args has them.
func Sent() (steps [][]any) {
	for i := C.int(0); ; i++ {
		flat := make([]byte, C.fake_sent(i, nil, 0))
		if len(flat) == 0 {
			return steps
		}
		C.fake_sent(i, (*C.char)(unsafe.Pointer(unsafe.SliceData(flat))), C.size_t(len(flat)))
		steps = append(steps, arguments(flat))
	}
}

// OmapPage limits how many omap entries a step returns, as OSDs do; 0 ends that.
func OmapPage(most int) { C.fake_omap_page(C.uint64_t(most)) }

// Notify calls back about the i-th watch since Reset, whether it is still there or
// not.
func Notify(i int, id, notifier uint64, data string) {
	C.fake_notify(C.int(i), C.uint64_t(id), C.uint64_t(notifier),
		unsafe.Pointer(unsafe.StringData(data)), C.size_t(len(data)))
}

// WatchNumber is the i, for Notify and WatchError, of the watch that librados knows by that
// number.
func WatchNumber(id uint64) int { return int(C.fake_watch_number(C.uint64_t(id))) }

// WatchError tells the i-th watch since Reset the error by which it is lost.
func WatchError(i, code int) { C.fake_watch_error(C.int(i), C.int(code)) }

// Log calls back about a line of the cluster's log: what the i-th call of
// rados_monitor_log2 since Reset has registered, whether it is still in force or not.
// The texts are the line, channel, who, name, level and message.
func Log(i int, sec, nsec, number uint64, texts [6]string) {
	var flat []byte
	for _, text := range texts {
		flat = append(append(flat, text...), 0)
	}
	C.fake_log(C.int(i), C.uint64_t(sec), C.uint64_t(nsec), C.uint64_t(number),
		(*C.char)(unsafe.Pointer(unsafe.SliceData(flat))), C.size_t(len(flat)))
}

// Heap is how many bytes of C's heap are in use, without what the fake keeps.
func Heap() int { return int(C.fake_heap()) }
