package fakelibrados

/*
#include "lib/fake.h"
*/
import "C"

import (
	"unsafe"
)

// Notify calls back about the i-th watch since Reset, even if it was freed.
func Notify(i int, id, notifier uint64, data string) {
	C.fake_notify(C.int(i), C.uint64_t(id), C.uint64_t(notifier),
		unsafe.Pointer(unsafe.StringData(data)), C.size_t(len(data)))
}

// WatchError reports to the i-th watch since Reset the error by which it is lost.
func WatchError(i, code int) { C.fake_watch_error(C.int(i), C.int(code)) }

// WatchNumber returns the i, for Notify and WatchError, of the watch with librados's number id.
func WatchNumber(id uint64) int { return int(C.fake_watch_number(C.uint64_t(id))) }

// Log calls back about a line of the cluster's log: the callback that the i-th call of rados_monitor_log2
// since Reset has registered, even if it is no longer registered. The texts are the line, channel, entity,
// name, level and message.
func Log(i int, sec, nsec, number uint64, texts [6]string) {
	var encoded []byte
	for _, text := range texts {
		encoded = append(append(encoded, text...), 0)
	}
	C.fake_log(C.int(i), C.uint64_t(sec), C.uint64_t(nsec), C.uint64_t(number),
		(*C.char)(unsafe.Pointer(unsafe.SliceData(encoded))), C.size_t(len(encoded)))
}
