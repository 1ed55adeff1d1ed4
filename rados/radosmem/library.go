//go:build cgo

package radosmem

import (
	"context"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"github.com/go-rados/go-rados/internal/memstore"
)

/*
#cgo CFLAGS: -std=gnu11 -pthread
#cgo LDFLAGS: -rdynamic
#include <stdlib.h>

#include "library.h"
*/
import "C"

// library has the state of the functions that C passes on. Package rados may look functions up by
// name, for which -rdynamic makes the linker export them.
type library struct {
	cluster *memstore.Cluster

	mu         sync.Mutex // of the following
	handles    map[uint64]any
	lastHandle uint64
	flights    map[uint64]*flight // by their completions
	all        map[*flight]bool
	hooks      []*hook
}

var lib = &library{
	cluster: memstore.New(),
	handles: make(map[uint64]any),

	// Go keeps the numbers of handles as pointers, and throws at small ones.
	lastHandle: 1 << 16,

	flights: make(map[uint64]*flight),
	all:     make(map[*flight]bool),
}

// client is a connection.
type client struct {
	id      uint64
	options map[string]string
	ioctxs  map[uint64]bool
}

// ioctx is an I/O context. Only the goroutine that takes requests uses its view.
type ioctx struct {
	client *client
	pool   *memstore.Pool
	view   memstore.View
}

// defaults are the options that exist before they are set.
var defaults = map[string]string{
	"client_mount_timeout":       "300",
	"client_notify_timeout":      "10",
	"ms_async_op_threads":        "3",
	"objecter_inflight_op_bytes": "104857600",
	"objecter_inflight_ops":      "1024",
	"rados_mon_op_timeout":       "0",
	"rados_osd_op_timeout":       "0",
}

// serve performs the requests of C until the process exits.
func (l *library) serve() {
	for {
		r := C.radosmem_next()
		l.dispatch(&request{c: r, args: args(r.args)})
	}
}

// request is a call of a function. The thread that called it waits for the answer.
type request struct {
	c *C.struct_radosmem_request
	args
}

func (r *request) answer(ret int64) { C.radosmem_answer(r.c, C.int64_t(ret)) }

// args are the arguments of a function.
type args [C.RADOSMEM_ARGS]C.uint64_t

func (a *args) number(i int) uint64 { return uint64(a[i]) }

// pointer returns an argument that is an address in C, or in Go where the caller waits for the answer.
func (a *args) pointer(i int) unsafe.Pointer { return address(uint64(a[i])) }

func address(n uint64) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&n)) }

func (a *args) text(i int) string {
	p := (*C.char)(a.pointer(i))
	if p == nil {
		return ""
	}
	return C.GoString(p)
}

// bytes returns a copy of a buffer, whose length is another argument.
func (a *args) bytes(i, length int) []byte {
	return append([]byte(nil), unsafe.Slice((*byte)(a.pointer(i)), int(a.number(length)))...)
}

// number returns an address as C stores it.
func number(p unsafe.Pointer) uint64 { return uint64(uintptr(p)) }

// store stores a value at an address, unless that is NULL.
func store[T any](at uint64, value T) {
	if p := (*T)(address(at)); p != nil {
		*p = value
	}
}

// fill copies data to a buffer, and returns the number of bytes that fit.
func fill(at, size uint64, data []byte) int {
	if at == 0 || size == 0 {
		return 0
	}
	return copy(unsafe.Slice((*byte)(address(at)), size), data)
}

// fillText stores a text with a NUL and returns its length, or -errno if it does not fit.
func fillText(at, size uint64, text string, errno syscall.Errno) int64 {
	if uint64(len(text)) >= size {
		return -int64(errno)
	}
	fill(at, size, append([]byte(text), 0))
	return int64(len(text))
}

// allocate returns memory of C with a copy of data, which the caller frees.
func allocate(data []byte) unsafe.Pointer {
	p := C.malloc(C.size_t(len(data) + 1))
	own := unsafe.Slice((*byte)(p), len(data)+1)
	own[copy(own, data)] = 0
	return p
}

// errno returns the negative of an errno.
func errno(e syscall.Errno) int64 { return -int64(e) }

// add returns a number for a new handle.
func (l *library) add(handle any) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lastHandle += 16
	l.handles[l.lastHandle] = handle
	return l.lastHandle
}

func (l *library) remove(id uint64) any {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := l.handles[id]
	delete(l.handles, id)
	return h
}

// handle returns the handle with that number, or nil if it is none of that type.
func handle[T any](l *library, id uint64) *T {
	l.mu.Lock()
	defer l.mu.Unlock()
	h, _ := l.handles[id].(*T)
	return h
}

// dispatch performs a request.
func (l *library) dispatch(r *request) {
	if l.dispatchCluster(r) || l.dispatchListing(r) {
		return
	}
	io := handle[ioctx](l, r.number(0))
	if io == nil {
		r.answer(errno(syscall.EINVAL))
		return
	}
	l.dispatchIOContext(r, io)
}

// dispatchCluster performs a request about a connection or its pools, and reports whether it is one.
func (l *library) dispatchCluster(r *request) bool {
	var ret int64
	switch r.c.function {
	case C.RADOSMEM_CLUSTER_NEW:
		c := &client{options: make(map[string]string), ioctxs: make(map[uint64]bool)}
		if from := handle[client](l, r.number(0)); from != nil {
			c.options = from.options // the configuration is shared
		}
		c.id = l.add(c)
		ret = int64(c.id)
	case C.RADOSMEM_CLUSTER_SHUTDOWN:
		l.shutdown(handle[client](l, r.number(0)))
	case C.RADOSMEM_CLUSTER_STAT:
		var objects, bytes uint64
		for _, name := range l.cluster.Pools() {
			if p := l.cluster.Pool(name); p != nil {
				n, size := p.Usage()
				objects, bytes = objects+n, bytes+size
			}
		}
		store(r.number(1), [4]uint64{1 << 30, bytes >> 10, 1<<30 - bytes>>10, objects})
	case C.RADOSMEM_CONF_GET:
		c, name := handle[client](l, r.number(0)), r.text(1)
		value, found := c.options[name]
		if !found {
			value, found = defaults[name]
		}
		if ret = errno(syscall.ENOENT); found {
			ret = min(0, fillText(r.number(2), r.number(3), value, syscall.ENAMETOOLONG))
		}
	case C.RADOSMEM_CONF_SET:
		handle[client](l, r.number(0)).options[r.text(1)] = r.text(2)
	case C.RADOSMEM_POOL_CREATE:
		_, code := l.cluster.CreatePool(r.text(1))
		ret = int64(code)
	case C.RADOSMEM_POOL_DELETE:
		ret = int64(l.cluster.DeletePool(r.text(1)))
	case C.RADOSMEM_POOL_LIST:
		var list []byte
		for _, name := range l.cluster.Pools() {
			list = append(append(list, name...), 0)
		}
		list = append(list, 0)
		fill(r.number(1), r.number(2), list)
		ret = int64(len(list))
	case C.RADOSMEM_POOL_LOOKUP:
		if ret = errno(syscall.ENOENT); l.cluster.Pool(r.text(1)) != nil {
			ret = l.cluster.Pool(r.text(1)).ID
		}
	case C.RADOSMEM_POOL_NAME:
		if ret = errno(syscall.ENOENT); l.cluster.PoolByID(int64(r.number(1))) != nil {
			ret = fillText(r.number(2), r.number(3), l.cluster.PoolByID(int64(r.number(1))).Name, syscall.ERANGE)
		}
	case C.RADOSMEM_IOCTX_NEW:
		ret = l.newIOContext(r, l.cluster.Pool(r.text(1)))
	case C.RADOSMEM_IOCTX_NEW_BY_ID:
		ret = l.newIOContext(r, l.cluster.PoolByID(int64(r.number(1))))
	case C.RADOSMEM_CANCEL:
		l.cancel(r.number(0))
	case C.RADOSMEM_UNSUPPORTED:
		ret = errno(syscall.EOPNOTSUPP)
	default:
		return false
	}
	r.answer(ret)
	return true
}

func (l *library) newIOContext(r *request, pool *memstore.Pool) int64 {
	if pool == nil {
		return errno(syscall.ENOENT)
	}
	c := handle[client](l, r.number(0))
	io := &ioctx{client: c, pool: pool, view: memstore.View{Client: c.id, ReadSnap: memstore.Head}}
	id := l.add(io)
	c.ioctxs[id] = true
	return int64(id)
}

// shutdown ends a connection, which has no calls in flight.
func (l *library) shutdown(c *client) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id := range c.ioctxs {
		delete(l.handles, id)
	}
	delete(l.handles, c.id)
}

// dispatchIOContext performs a request about an I/O context.
func (l *library) dispatchIOContext(r *request, io *ioctx) {
	var ret int64
	p := io.pool
	switch r.c.function {
	case C.RADOSMEM_IOCTX_DESTROY:
		l.remove(r.number(0))
		delete(io.client.ioctxs, r.number(0))
	case C.RADOSMEM_IOCTX_LOCATOR:
		io.view.Locator = r.text(1)
	case C.RADOSMEM_IOCTX_NAMESPACE:
		if r.number(1) != 0 {
			io.view.Namespace = r.text(2)
			break
		}
		ret = fillText(r.number(2), r.number(3), io.view.Namespace, syscall.ERANGE)
	case C.RADOSMEM_IOCTX_POOL_ID:
		ret = p.ID
	case C.RADOSMEM_IOCTX_POOL_NAME:
		if ret = errno(syscall.ENOENT); p.Exists() {
			ret = fillText(r.number(1), r.number(2), p.Name, syscall.ERANGE)
		}
	case C.RADOSMEM_IOCTX_READ_SNAP:
		io.view.ReadSnap = r.number(1)
	case C.RADOSMEM_IOCTX_STAT:
		objects, bytes := p.Usage()
		store(r.number(1), bytes)
		store(r.number(2), objects)
	case C.RADOSMEM_IOCTX_WRITE_SNAPS:
		ret = io.setWriteSnaps(r)
	case C.RADOSMEM_SNAP_CREATE:
		ret = int64(p.CreateSnap(r.text(1)))
	case C.RADOSMEM_SNAP_REMOVE:
		ret = int64(p.RemoveSnap(r.text(1)))
	case C.RADOSMEM_SNAP_LIST:
		ret = listSnaps(r, p)
	case C.RADOSMEM_SNAP_LOOKUP:
		s, found := p.Snap(r.text(1))
		if ret = errno(syscall.ENOENT); found {
			store(r.number(2), s.ID)
			ret = 0
		}
	case C.RADOSMEM_SNAP_NAME, C.RADOSMEM_SNAP_STAMP:
		ret = describeSnap(r, p)
	case C.RADOSMEM_CACHE_PIN:
		ret = min(int64(io.view.CheckName(r.text(1))), errno(syscall.EINVAL))
	case C.RADOSMEM_FLUSH:
		l.flush(io, r.number(1))
	case C.RADOSMEM_NOTIFY_ACK:
		p.Ack(r.number(2), r.number(3), r.bytes(4, 5))
	case C.RADOSMEM_WATCH_CHECK:
		ret = l.checkWatch(r.number(1))
	default:
		l.start(r, io)
		return
	}
	r.answer(ret)
}

func (io *ioctx) setWriteSnaps(r *request) int64 {
	seq := r.number(1)
	snaps := append([]uint64(nil), unsafe.Slice((*uint64)(r.pointer(2)), int(r.number(3)))...)
	for i, snap := range snaps {
		if snap > seq || i > 0 && snap >= snaps[i-1] {
			return errno(syscall.EINVAL)
		}
	}
	io.view.SnapSeq, io.view.Snaps = seq, snaps
	return 0
}

func listSnaps(r *request, p *memstore.Pool) int64 {
	snaps := p.Snaps()
	if uint64(len(snaps)) > r.number(2) {
		return errno(syscall.ERANGE)
	}
	for i, s := range snaps {
		store(r.number(1)+8*uint64(i), s.ID)
	}
	return int64(len(snaps))
}

func describeSnap(r *request, p *memstore.Pool) int64 {
	for _, s := range p.Snaps() {
		if s.ID != r.number(1) {
			continue
		}
		if r.c.function == C.RADOSMEM_SNAP_STAMP {
			store(r.number(2), s.Time.Unix())
			return 0
		}
		return min(0, fillText(r.number(2), r.number(3), s.Name, syscall.ERANGE))
	}
	return errno(syscall.ENOENT)
}

// result is that of a call: its code, the version of the object, and how to store what the call
// returns, or nil.
type result struct {
	ret     int64
	version uint64
	store   func()
	always  bool // store has something to store even if the call fails
}

// start starts a call that hooks may delay or fail.
func (l *library) start(r *request, io *ioctx) {
	view, p := io.view, io.pool
	call := &Call{Namespace: view.Namespace}
	var completion uint64
	var perform func(ctx context.Context) result
	waits := false // the call takes time of its own
	switch r.c.function {
	case C.RADOSMEM_OPERATE:
		perform = l.operation(r, io, call)
		completion = r.number(2)
	case C.RADOSMEM_LOCK:
		call.Object, call.Steps, call.Changes = r.text(1), []string{"Lock"}, true
		request := lockRequest(r)
		perform = func(context.Context) result {
			return oneStep(p, view, call.Object, &memstore.Step{Kind: memstore.Lock, Lock: request})
		}
	case C.RADOSMEM_UNLOCK, C.RADOSMEM_BREAK_LOCK:
		call.Object, call.Steps, call.Changes = r.text(1), []string{"Unlock"}, true
		step := &memstore.Step{Kind: memstore.Unlock, Name: r.text(2), Key: r.text(3), Client: memstore.ClientName(view.Client)}
		if r.c.function == C.RADOSMEM_BREAK_LOCK {
			call.Steps[0], step.Client, step.Key = "BreakLock", r.text(3), r.text(4)
		} else {
			completion = r.number(4)
		}
		perform = func(context.Context) result {
			if !isClient(step.Client) {
				return result{ret: errno(syscall.EINVAL)}
			}
			return oneStep(p, view, call.Object, step)
		}
	case C.RADOSMEM_LOCKERS:
		call.Object, call.Steps = r.text(1), []string{"ListLockers"}
		name, args := r.text(2), r.args
		perform = func(context.Context) result { return listLockers(p, view, call.Object, name, args) }
	case C.RADOSMEM_SNAP_ROLLBACK, C.RADOSMEM_SNAP_ROLLBACK_SELF_MANAGED:
		call.Object, call.Steps, call.Changes = r.text(1), []string{"Rollback"}, true
		perform = rollback(r, io, call.Object)
	case C.RADOSMEM_SNAP_NEW_SELF_MANAGED:
		at := r.number(1)
		call.Steps, call.Changes, completion = []string{"CreateSelfManagedSnap"}, true, r.number(2)
		perform = func(context.Context) result {
			id, code := p.CreateManagedSnap()
			return result{ret: int64(code), store: func() { store(at, id) }}
		}
	case C.RADOSMEM_SNAP_REMOVE_SELF_MANAGED:
		id := r.number(1)
		call.Steps, call.Changes, completion = []string{"RemoveSelfManagedSnap"}, true, r.number(2)
		perform = func(context.Context) result { return result{ret: int64(p.RemoveManagedSnap(id))} }
	case C.RADOSMEM_WATCH:
		call.Object, call.Steps, completion = r.text(1), []string{"Watch"}, r.number(2)
		perform = l.watch(r, io, call.Object)
	case C.RADOSMEM_UNWATCH:
		id := r.number(1)
		call.Steps, completion = []string{"Watcher.Delete"}, r.number(2)
		perform = func(context.Context) result { return l.unwatch(id) }
	case C.RADOSMEM_NOTIFY:
		call.Object, call.Steps, completion, waits = r.text(1), []string{"Notify"}, r.number(2), true
		perform = notify(r, io, call.Object)
	default:
		r.answer(errno(syscall.EOPNOTSUPP))
		return
	}
	l.run(r, io, call, completion, perform, waits)
}

func oneStep(p *memstore.Pool, v memstore.View, object string, step *memstore.Step) result {
	version, code := p.Operate(v, object, []*memstore.Step{step}, time.Time{})
	return result{ret: int64(code), version: version}
}

// flight is a call in flight that does not end immediately.
type flight struct {
	io     *ioctx
	cancel context.CancelFunc
	ended  chan struct{}

	mu   sync.Mutex
	done bool
	end  func(ret int64, version uint64)
}

// finish ends the call, once: after a cancellation its results must not be stored.
func (f *flight) finish(r result) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.done {
		return
	}
	f.done = true
	if r.store != nil && (r.always || r.ret >= 0) {
		r.store()
	}
	f.end(r.ret, r.version)
	close(f.ended)
}

// run performs a call, in the background if it takes time.
func (l *library) run(r *request, io *ioctx, call *Call, completion uint64, perform func(context.Context) result, waits bool) {
	f := &flight{io: io, ended: make(chan struct{}), end: func(ret int64, version uint64) {
		if completion == 0 {
			r.answer(ret)
			return
		}
		C.radosmem_complete(C.uint64_t(completion), C.int64_t(ret), C.uint64_t(version))
	}}
	hooks := l.hooksOf(io.pool)
	if len(hooks) == 0 && !waits {
		f.finish(perform(context.Background()))
		if completion != 0 {
			r.answer(0)
		}
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	f.cancel = cancel
	l.mu.Lock()
	if completion != 0 {
		l.flights[completion] = f
	}
	l.all[f] = true
	l.mu.Unlock()
	if completion != 0 {
		r.answer(0)
	}
	go func() {
		defer cancel()
		f.finish(call.intercept(ctx, hooks, perform))
	}()
	go func() {
		<-f.ended
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.all, f)
		if l.flights[completion] == f {
			delete(l.flights, completion)
		}
	}()
}

// cancel cancels a call that is in flight.
func (l *library) cancel(completion uint64) {
	l.mu.Lock()
	f := l.flights[completion]
	l.mu.Unlock()
	if f != nil {
		f.cancel()
		f.finish(result{ret: errno(syscall.ECANCELED)})
	}
}

// flush completes when the calls of an I/O context that are in flight are complete.
func (l *library) flush(io *ioctx, completion uint64) {
	l.mu.Lock()
	var flights []*flight
	for f := range l.all {
		if f.io == io {
			flights = append(flights, f)
		}
	}
	l.mu.Unlock()
	go func() {
		for _, f := range flights {
			<-f.ended
		}
		C.radosmem_complete(C.uint64_t(completion), 0, 0)
	}()
}
