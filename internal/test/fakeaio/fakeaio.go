// Package fakeaio stands in for the C half of package aio, for tests without C.
package fakeaio

import (
	"sync/atomic"
	"syscall"
	"unsafe"

	"github.com/go-rados/go-rados/internal/aio"
	"github.com/go-rados/go-rados/internal/background"
)

// Canceled is the code of a call that was cancelled.
const Canceled = -int64(syscall.ECANCELED)

// Version is the version of the object of each call.
const Version = 7

// head is the part of the C half of a call that package aio reads.
type head struct {
	_       uintptr
	next    unsafe.Pointer
	ret     int64
	version uint64
	index   uint64
	_       [aio.HeadSize - 40]byte

	completed atomic.Bool
}

// Library stands in for librados: a call completes when Complete is called, or when it is
// cancelled.
type Library struct {
	completed            unsafe.Pointer // the list of completed calls
	more                 chan struct{}
	async, sync, maxSync uint32
}

// New returns a pool of calls and the library that completes them.
func New() (*aio.Pool, *Library) {
	l := &Library{more: make(chan struct{}, 1)}
	return aio.New(aio.Library{
		New:    func(index int) unsafe.Pointer { return unsafe.Pointer(&head{index: uint64(index)}) },
		Cancel: func(p unsafe.Pointer) { l.complete((*head)(p), Canceled) },
		WaitCompleted: func() bool {
			for atomic.LoadPointer(&l.completed) == nil {
				<-l.more
			}
			return false
		},
		Completed: &l.completed,
		Async:     &l.async, Sync: &l.sync, MaxSync: &l.maxSync,
	}, new(background.Connections)), l
}

// Start starts a call whose half may have been used before.
func (l *Library) Start(call *aio.Call) { (*head)(call.Pointer()).completed.Store(false) }

// Complete completes a call with the code ret, unless it has completed.
func (l *Library) Complete(call *aio.Call, ret int64) { l.complete((*head)(call.Pointer()), ret) }

func (l *Library) complete(h *head, ret int64) {
	if h.completed.Swap(true) {
		return
	}
	h.ret, h.version = ret, Version
	for {
		h.next = atomic.LoadPointer(&l.completed)
		if atomic.CompareAndSwapPointer(&l.completed, h.next, unsafe.Pointer(h)) {
			break
		}
	}
	select {
	case l.more <- struct{}{}:
	default:
	}
}
