// Package fakelibrados runs a program, usually a test, with a librados that has no cluster. Its functions
// record their arguments, return and hand out what a test has told them to, block until the test
// releases them, and count the objects that have not been freed. The use of an object that was freed
// ends the process.
//
// The fake is a shared library of its own (lib/librados.c), so that the program is linked to it and
// calls it as it does the real one.
package fakelibrados

/*
#include <stdlib.h>
#include <string.h>
#include "lib/fake.h"
*/
import "C"

import (
	"encoding/binary"
	"unsafe"
)

// Reset undoes all that the other functions have set, clears the records, and resets the number of live
// objects, so that a test does not count those that an earlier test has leaked.
func Reset() { C.fake_reset() }

// Quick makes the functions that read and write objects return 0 immediately, so that a benchmark measures
// only the call.
func Quick(on bool) { C.fake_quick(flag(on)) }

// flag returns a bool as C takes it.
func flag(on bool) C.int {
	if on {
		return 1
	}
	return 0
}

// Return makes a C function return ret and do nothing else. Commands still hand out their answers.
func Return(function string, ret int) { ReturnAfter(function, 0, ret) }

// ReturnAfter is Return after that number of calls without it.
func ReturnAfter(function string, calls, ret int) {
	with(function, func(name *C.char) { C.fake_return(name, C.uint64_t(calls), C.int64_t(ret)) })
}

// Proceed undoes Return.
func Proceed(function string) {
	with(function, func(name *C.char) { C.fake_proceed(name) })
}

// Answer appends to the answers that a C function hands out: texts, bytes, or for structs and numbers
// their bytes in memory.
func Answer(function string, answers ...string) {
	for _, a := range answers {
		with(function, func(name *C.char) {
			C.fake_answer(name, unsafe.Pointer(unsafe.StringData(a)), C.size_t(len(a)))
		})
	}
}

// Unterminated makes the functions that return a text fill the whole buffer, without a NUL, until Reset.
func Unterminated() { C.fake_unterminated(1) }

// Hold blocks the calls of a C function until Release.
func Hold(function string) {
	with(function, func(name *C.char) { C.fake_hold(name) })
}

// Release releases the calls that Hold blocks.
func Release(function string) {
	with(function, func(name *C.char) { C.fake_release(name) })
}

// patience is the number of seconds after which Await returns.
const patience = 30

// Await blocks until n calls of a C function are held, and reports whether they are.
func Await(function string, n int) (held bool) {
	with(function, func(name *C.char) { held = int(C.fake_await(name, C.int(n), patience)) == n })
	return held
}

// Calls returns the number of calls of a C function since Reset.
func Calls(function string) (n int) {
	with(function, func(name *C.char) { n = int(C.fake_calls(name)) })
	return n
}

// AllCalls returns the number of calls of all C functions since Reset.
func AllCalls() int { return int(C.fake_calls(nil)) }

// Args returns the arguments of the last call of a C function, without its handle and the pointers to its
// results: strings for texts and bytes, ints for numbers, nil for NULL.
func Args(function string) []any {
	var encoded []byte
	with(function, func(name *C.char) {
		encoded = make([]byte, C.fake_args(name, nil, 0))
		C.fake_args(name, (*C.char)(unsafe.Pointer(unsafe.SliceData(encoded))), C.size_t(len(encoded)))
	})
	return decode(encoded)
}

// decode decodes arguments; see fake_args.
func decode(encoded []byte) (args []any) {
	for len(encoded) > 0 {
		var arg any
		arg, encoded = decodeNext(encoded)
		args = append(args, arg)
	}
	return args
}

func decodeNext(encoded []byte) (arg any, rest []byte) {
	kind, encoded := encoded[0], encoded[1:]
	if kind == 'n' {
		return nil, encoded
	}
	n, encoded := int(binary.NativeEndian.Uint64(encoded)), encoded[8:]
	if kind == 'i' {
		return n, encoded
	}
	return string(encoded[:n]), encoded[n:]
}

// CountText starts to count the arguments of all C functions that equal text.
func CountText(text string) { with(text, func(text *C.char) { C.fake_count_text(text) }) }

// TextCount returns the number of arguments since CountText.
func TextCount() int { return int(C.fake_text_count()) }

// Live returns the number of objects of each kind that were handed out since Reset and not freed.
func Live() map[string]int {
	live := map[string]int{}
	for kind := C.int(0); ; kind++ {
		var name *C.char
		n := C.fake_live(kind, &name)
		if n < 0 {
			return live
		}
		if n > 0 {
			live[C.GoString(name)] = int(n)
		}
	}
}

// Heap returns the number of bytes of C's heap that are in use, without those of the fake's objects.
func Heap() int { return int(C.fake_heap()) }

// Strerror returns the C library's text of an errno.
func Strerror(errno int) string { return C.GoString(C.strerror(C.int(errno))) }

// with passes f a C string with the name of a function.
func with(function string, f func(name *C.char)) {
	name := C.CString(function)
	defer C.free(unsafe.Pointer(name))
	f(name)
}
