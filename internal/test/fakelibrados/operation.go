package fakelibrados

/*
#include "lib/fake.h"
*/
import "C"

import (
	"unsafe"
)

// Outcome is the result of one step of an operation.
type Outcome struct {
	// Code is the return value of the step. If it is below zero the operation ends with it, unless the
	// step is flagged FAILOK; the steps after it return no bytes.
	Code int
	// Answers replace those that Answer has appended for the function.
	Answers []string
	// More makes the step report that more omap entries follow.
	More bool
}

// Outcomes sets the results of the steps, in order, of all operations that follow.
func Outcomes(list ...Outcome) {
	for i, o := range list {
		C.fake_outcome(C.int(i), C.int(o.Code), flag(o.More))
		for _, a := range o.Answers {
			C.fake_outcome_answer(C.int(i), unsafe.Pointer(unsafe.StringData(a)), C.size_t(len(a)))
		}
	}
}

// Sent lists the steps of the operation that was sent last: for each the function and the arguments, as
// in Args.
func Sent() (steps [][]any) {
	for i := C.int(0); ; i++ {
		encoded := make([]byte, C.fake_sent(i, nil, 0))
		if len(encoded) == 0 {
			return steps
		}
		C.fake_sent(i, (*C.char)(unsafe.Pointer(unsafe.SliceData(encoded))), C.size_t(len(encoded)))
		steps = append(steps, decode(encoded))
	}
}

// OmapPage limits the number of omap entries that a step returns, as OSDs do; 0 means no limit.
func OmapPage(most int) { C.fake_omap_page(C.uint64_t(most)) }

// Pieces makes replies arrive in pieces until Reset, as on encrypted connections: rados_aio_read and
// rados_aio_exec fail with ERANGE unless the length is a multiple of 16.
func Pieces() { C.fake_pieces(1) }

// Bounces makes replicas bounce reads that are balanced or localized until Reset: these cannot be
// cancelled.
func Bounces() { C.fake_bounces(1) }
