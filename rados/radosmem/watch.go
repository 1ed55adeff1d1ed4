//go:build cgo

package radosmem

import (
	"context"
	"encoding/binary"
	"strconv"
	"syscall"
	"time"
	"unsafe"

	"github.com/go-rados/go-rados/internal/memstore"
)

// #include "library.h"
import "C"

// watch returns what adds a watch of an object. librados calls its functions on threads of its own.
func (l *library) watch(r *request, io *ioctx, object string) func(context.Context) result {
	view, pool := io.view, io.pool
	at, notified, lost, arg := r.number(3), r.args[4], r.args[5], r.args[7]
	return func(context.Context) result {
		var id uint64
		ready := make(chan struct{}) // is closed when id is set
		defer close(ready)
		w, code := pool.Watch(view, object, func(notification, client uint64, data []byte) {
			<-ready
			C.radosmem_notify(notified, arg, C.uint64_t(notification), C.uint64_t(id), C.uint64_t(client),
				unsafe.Pointer(unsafe.SliceData(data)), C.size_t(len(data)))
		}, func(code int) {
			<-ready
			C.radosmem_fail(lost, arg, C.uint64_t(id), C.int(code))
		})
		if code < 0 {
			return result{ret: int64(code)}
		}
		id = w.ID
		l.mu.Lock()
		l.handles[watchHandle(id)] = w
		l.mu.Unlock()
		return result{store: func() { store(at, id) }}
	}
}

// watchHandle returns the number of the handle of a watch, which is that of no other one.
func watchHandle(id uint64) uint64 { return id<<4 | 1 }

func (l *library) unwatch(id uint64) result {
	w, _ := l.remove(watchHandle(id)).(*memstore.Watch)
	if w == nil {
		return result{ret: errno(syscall.ENOENT)}
	}
	w.Remove()
	if _, code := w.Check(); code < 0 {
		return result{ret: errno(syscall.ENOENT)} // the object is gone
	}
	return result{}
}

// checkWatch returns the milliseconds since a watch was confirmed.
func (l *library) checkWatch(id uint64) int64 {
	w := handle[memstore.Watch](l, watchHandle(id))
	if w == nil {
		return errno(syscall.ENOENT)
	}
	age, code := w.Check()
	if code < 0 {
		return int64(code)
	}
	return age.Milliseconds()
}

// notify returns what sends a notification and waits for the answers.
func notify(r *request, io *ioctx, object string) func(context.Context) result {
	view, pool := io.view, io.pool
	data := r.bytes(3, 4)
	timeout := time.Duration(r.number(5)) * time.Millisecond
	reply, length := r.number(6), r.number(7)
	if timeout == 0 {
		option := io.client.options["client_notify_timeout"]
		if option == "" {
			option = defaults["client_notify_timeout"]
		}
		seconds, _ := strconv.Atoi(option)
		timeout = time.Duration(seconds) * time.Second
	}
	return func(ctx context.Context) result {
		answered, finish, code := pool.Notify(view, object, data)
		if code < 0 {
			return result{ret: int64(code)}
		}
		timer := time.NewTimer(timeout)
		defer timer.Stop()
		select {
		case <-answered:
		case <-timer.C:
		case <-ctx.Done():
		}
		answers, missing := finish()
		encoded := encodeReply(answers, missing)
		res := result{always: true, store: func() {
			store(reply, number(allocate(encoded)))
			store(length, C.size_t(len(encoded)))
		}}
		if len(missing) > 0 {
			res.ret = errno(syscall.ETIMEDOUT)
		}
		return res
	}
}

// encodeReply encodes the answers to a notification as package notifyreply decodes them.
func encodeReply(answers, missing []memstore.Answer) []byte {
	reply := binary.LittleEndian.AppendUint32(nil, uint32(len(answers)))
	for _, a := range answers {
		reply = binary.LittleEndian.AppendUint64(reply, a.Client)
		reply = binary.LittleEndian.AppendUint64(reply, a.Watch)
		reply = binary.LittleEndian.AppendUint32(reply, uint32(len(a.Data)))
		reply = append(reply, a.Data...)
	}
	reply = binary.LittleEndian.AppendUint32(reply, uint32(len(missing)))
	for _, m := range missing {
		reply = binary.LittleEndian.AppendUint64(reply, m.Client)
		reply = binary.LittleEndian.AppendUint64(reply, m.Watch)
	}
	return reply
}
