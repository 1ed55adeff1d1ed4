package main

/*
#cgo CFLAGS: -fPIC
#cgo LDFLAGS: -lrados
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <rados/librados.h>

// Without directives: this is the cheapest call.
static inline void nop(void) {}

// All librados functions of a call, n times, without Go.
#define LIBRARY(name, ...)                                                                         \
	static void library_##name(size_t n, const char *oid, const char *xattr, char *buf, size_t len) \
	{                                                                                          \
		uint64_t size;                                                                     \
		time_t time;                                                                       \
		(void)xattr, (void)buf, (void)len, (void)size, (void)time;                         \
		while (n--) {                                                                      \
			rados_completion_t c;                                                      \
			rados_aio_create_completion(NULL, NULL, NULL, &c);                         \
			__VA_ARGS__;                                                               \
			if (!rados_aio_is_complete(c))                                             \
				rados_aio_wait_for_complete(c);                                    \
			rados_aio_get_return_value(c);                                             \
			rados_aio_get_version(c);                                                  \
			rados_aio_release(c);                                                      \
		}                                                                                  \
	}
LIBRARY(read, {
	size_t n;
	rados_read_op_t op = rados_create_read_op();
	rados_read_op_read(op, 0, len, buf, &n, NULL);
	rados_aio_read_op_operate(op, NULL, c, oid, 0);
	rados_release_read_op(op);
})
LIBRARY(write, rados_aio_write(NULL, oid, c, buf, len, 0))
LIBRARY(write_full, rados_aio_write_full(NULL, oid, c, buf, len))
LIBRARY(stat, rados_aio_stat(NULL, oid, c, &size, &time))
LIBRARY(getxattr, rados_aio_getxattr(NULL, oid, c, xattr, buf, len))
LIBRARY(setxattr, rados_aio_setxattr(NULL, oid, c, xattr, buf, len))

// The minimum of a shim: a copy of the name, and the call.
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

// nop calls an empty C function.
func nop() { C.nop() }

// arguments holds the arguments of the calls as C values.
type arguments struct {
	oid, xattr *C.char
	buf        *C.char
	len        C.size_t
}

func newArguments(oid, xattr string, data []byte) arguments {
	return arguments{C.CString(oid), C.CString(xattr), (*C.char)(C.CBytes(data)), C.size_t(len(data))}
}

// These call the librados functions of a method n times, in one crossing.

func (a arguments) read(n int)      { C.library_read(C.size_t(n), a.oid, a.xattr, a.buf, a.len) }
func (a arguments) write(n int)     { C.library_write(C.size_t(n), a.oid, a.xattr, a.buf, a.len) }
func (a arguments) writeFull(n int) { C.library_write_full(C.size_t(n), a.oid, a.xattr, a.buf, a.len) }
func (a arguments) stat(n int)      { C.library_stat(C.size_t(n), a.oid, a.xattr, a.buf, a.len) }
func (a arguments) getXattr(n int)  { C.library_getxattr(C.size_t(n), a.oid, a.xattr, a.buf, a.len) }
func (a arguments) setXattr(n int)  { C.library_setxattr(C.size_t(n), a.oid, a.xattr, a.buf, a.len) }

// bareWrite writes without a handle, checks or errors.
func bareWrite(oid string, data []byte, offset uint64) int {
	return int(C.bare_write(0,
		(*C.char)(unsafe.Pointer(unsafe.StringData(oid))), C.size_t(len(oid)),
		(*C.char)(unsafe.Pointer(unsafe.SliceData(data))), C.size_t(len(data)), C.uint64_t(offset)))
}

// customaryWrite writes as bindings usually do.
func customaryWrite(oid string, data []byte, offset uint64) int {
	name := C.CString(oid)
	defer C.free(unsafe.Pointer(name))
	return int(C.rados_write(nil, name,
		(*C.char)(unsafe.Pointer(&data[0])), C.size_t(len(data)), C.uint64_t(offset)))
}
