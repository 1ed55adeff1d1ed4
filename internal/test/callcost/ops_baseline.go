package main

/*
#include <stdlib.h>
#include <string.h>
#include <rados/librados.h>
*/
import "C"

import "unsafe"

// These are operations as bindings usually implement them: copies made with
// C.CString, and a crossing for each step and each entry. Nothing is checked.

// customarySetOmap sets omap entries from arrays in C memory.
func customarySetOmap(oid string, pairs map[string][]byte) int {
	name := C.CString(oid)
	defer C.free(unsafe.Pointer(name))
	n := len(pairs)
	keys, values := pointers(n), pointers(n)
	defer C.free(unsafe.Pointer(unsafe.SliceData(keys)))
	defer C.free(unsafe.Pointer(unsafe.SliceData(values)))
	keyLens, valueLens := make([]C.size_t, 0, n), make([]C.size_t, 0, n)
	for key, value := range pairs {
		i := len(keyLens)
		keys[i], values[i] = C.CString(key), (*C.char)(C.CBytes(value))
		defer C.free(unsafe.Pointer(keys[i]))
		defer C.free(unsafe.Pointer(values[i]))
		keyLens, valueLens = append(keyLens, C.size_t(len(key))), append(valueLens, C.size_t(len(value)))
	}
	op := C.rados_create_write_op()
	defer C.rados_release_write_op(op)
	C.rados_write_op_omap_set2(op, &keys[0], &values[0], &keyLens[0], &valueLens[0], C.size_t(n))
	return int(C.rados_write_op_operate2(op, nil, name, nil, 0))
}

func pointers(n int) []*C.char {
	return unsafe.Slice((**C.char)(C.calloc(C.size_t(n), C.size_t(unsafe.Sizeof((*C.char)(nil))))), n)
}

// outcome is the memory for the results of a step.
type outcome struct {
	n    C.size_t
	ret  C.int
	more C.uchar
	iter C.rados_omap_iter_t
}

func newOutcome() *outcome { return (*outcome)(C.calloc(1, C.size_t(unsafe.Sizeof(outcome{})))) }

func (o *outcome) free() { C.free(unsafe.Pointer(o)) }

// customaryReadOp reads with an operation into a buffer in C memory.
func customaryReadOp(oid string, buffer []byte) int {
	name := C.CString(oid)
	defer C.free(unsafe.Pointer(name))
	p := (*C.char)(C.malloc(C.size_t(len(buffer))))
	defer C.free(unsafe.Pointer(p))
	o := newOutcome()
	defer o.free()
	op := C.rados_create_read_op()
	defer C.rados_release_read_op(op)
	C.rados_read_op_read(op, 0, C.size_t(len(buffer)), p, &o.n, &o.ret)
	if ret := C.rados_read_op_operate(op, nil, name, 0); ret < 0 {
		return int(ret)
	}
	return copy(buffer, unsafe.Slice((*byte)(unsafe.Pointer(p)), o.n))
}

// customaryAio reads with a completion and blocks its thread until it is complete.
func customaryAio(oid string, buffer []byte) int {
	name := C.CString(oid)
	defer C.free(unsafe.Pointer(name))
	var completion C.rados_completion_t
	if ret := C.rados_aio_create_completion(nil, nil, nil, &completion); ret < 0 {
		return int(ret)
	}
	defer C.rados_aio_release(completion)
	if ret := C.rados_aio_read(nil, name, completion, (*C.char)(unsafe.Pointer(&buffer[0])), C.size_t(len(buffer)), 0); ret < 0 {
		return int(ret)
	}
	C.rados_aio_wait_for_complete(completion)
	return int(C.rados_aio_get_return_value(completion))
}

// customaryOmap calls f for each entry, page by page, with a crossing for each.
func customaryOmap(oid string, f func(key string, value []byte)) int {
	name := C.CString(oid)
	defer C.free(unsafe.Pointer(name))
	var after string
	for more := true; more; {
		if ret := customaryPage(name, &after, &more, f); ret < 0 {
			return ret
		}
	}
	return 0
}

func customaryPage(name *C.char, after *string, more *bool, f func(key string, value []byte)) int {
	start, prefix := C.CString(*after), C.CString("")
	defer C.free(unsafe.Pointer(start))
	defer C.free(unsafe.Pointer(prefix))
	o := newOutcome()
	defer o.free()
	op := C.rados_create_read_op()
	defer C.rados_release_read_op(op)
	C.rados_read_op_omap_get_vals2(op, start, prefix, 1<<62, &o.iter, &o.more, &o.ret)
	ret := C.rados_read_op_operate(op, nil, name, 0)
	defer C.rados_omap_get_end(o.iter)
	if ret < 0 {
		return int(ret)
	}
	*more = o.more != 0
	for {
		var key, value *C.char
		var keyLen, valueLen C.size_t
		if ret := C.rados_omap_get_next2(o.iter, &key, &value, &keyLen, &valueLen); ret < 0 {
			return int(ret)
		}
		if key == nil {
			return 0
		}
		*after = C.GoStringN(key, C.int(keyLen))
		f(*after, C.GoBytes(unsafe.Pointer(value), C.int(valueLen)))
	}
}

// customaryList calls f for each object.
func customaryList(f func(name, locator, namespace string)) int {
	var list C.rados_list_ctx_t
	if ret := C.rados_nobjects_list_open(nil, &list); ret < 0 {
		return int(ret)
	}
	defer C.rados_nobjects_list_close(list)
	for {
		var name, locator, namespace *C.char
		var n [3]C.size_t
		if C.rados_nobjects_list_next2(list, &name, &locator, &namespace, &n[0], &n[1], &n[2]) < 0 {
			return 0
		}
		f(C.GoStringN(name, C.int(n[0])), C.GoStringN(locator, C.int(n[1])), C.GoStringN(namespace, C.int(n[2])))
	}
}
