package main

/*
#cgo CFLAGS: -fPIC
#cgo LDFLAGS: -lrados
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <rados/librados.h>

#cgo noescape nop
#cgo nocallback nop
static inline void nop(void) {}

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
