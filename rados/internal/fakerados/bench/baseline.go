package main

/*
#cgo CFLAGS: -fPIC
#cgo LDFLAGS: -lrados
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <rados/librados.h>

// Without directives, for there is nothing to say: no call costs less.
static inline void nop(void) {}

#cgo noescape rados_read
#cgo nocallback rados_read
#cgo noescape rados_write
#cgo nocallback rados_write
#cgo noescape rados_write_full
#cgo nocallback rados_write_full
#cgo noescape rados_stat
#cgo nocallback rados_stat
#cgo noescape rados_getxattr
#cgo nocallback rados_getxattr
#cgo noescape rados_setxattr
#cgo nocallback rados_setxattr

// The least that a shim can do: a copy of the name, and the call.
#cgo noescape bare_write
#cgo nocallback bare_write
static inline int bare_write(uintptr_t io, const char *oid, size_t n, const char *buf, size_t len, uint64_t off)
{
	char name[256];

	memcpy(name, oid, n);
	name[n] = 0;
	return rados_write((rados_ioctx_t)io, name, buf, len, off);
}
*/
import "C"

import "unsafe"

// nop is a call into C and nothing else.
func nop() { C.nop() }

// name is a name as C has it, made ahead of the calls that are measured.
type name = *C.char

func nameOf(s string) name { return C.CString(s) }

func start(b []byte) *C.char { return (*C.char)(unsafe.Pointer(unsafe.SliceData(b))) }

// These call librados as it is, with the same arguments as the methods.

func directRead(oid name, data []byte, offset uint64) int {
	return int(C.rados_read(nil, oid, start(data), C.size_t(len(data)), C.uint64_t(offset)))
}

func directWrite(oid name, data []byte, offset uint64) int {
	return int(C.rados_write(nil, oid, start(data), C.size_t(len(data)), C.uint64_t(offset)))
}

func directWriteFull(oid name, data []byte) int {
	return int(C.rados_write_full(nil, oid, start(data), C.size_t(len(data))))
}

func directStat(oid name) (size uint64, modTime int64) {
	var c C.uint64_t
	var t C.time_t
	C.rados_stat(nil, oid, &c, &t)
	return uint64(c), int64(t)
}

func directGetXattr(oid, xattr name, data []byte) int {
	return int(C.rados_getxattr(nil, oid, xattr, start(data), C.size_t(len(data))))
}

func directSetXattr(oid, xattr name, data []byte) int {
	return int(C.rados_setxattr(nil, oid, xattr, start(data), C.size_t(len(data))))
}

// bareWrite is a write without a gate, checks or errors.
func bareWrite(oid string, data []byte, offset uint64) int {
	return int(C.bare_write(0,
		(*C.char)(unsafe.Pointer(unsafe.StringData(oid))), C.size_t(len(oid)),
		(*C.char)(unsafe.Pointer(unsafe.SliceData(data))), C.size_t(len(data)), C.uint64_t(offset)))
}

// customaryWrite is a write as bindings mostly have it.
func customaryWrite(oid string, data []byte, offset uint64) int {
	name := C.CString(oid)
	defer C.free(unsafe.Pointer(name))
	return int(C.rados_write(nil, name,
		(*C.char)(unsafe.Pointer(&data[0])), C.size_t(len(data)), C.uint64_t(offset)))
}
