package rados

import (
	"iter"
	"sync"
	"syscall"
)

// sliceBatch is how many objects of a slice are fetched at once.
const sliceBatch = 512

// maxSlices is how many slices can differ. With more, librados' arithmetic overflows.
const maxSlices = 1 << 32

// ObjectsSlice goes through the n-th of m slices of the pool, counted from 0, which
// together are the whole pool: each can be listed by another goroutine or machine. The
// slices are of about the same size, since objects are spread by the hash of their
// names. Otherwise it is like Objects. It is EINVAL if n is not below m, or m is beyond
// 2³², the number of hashes there are.
//
// Implements:
//
//	int rados_object_list(rados_ioctx_t io, const rados_object_list_cursor start, const rados_object_list_cursor finish, const size_t result_size, const char *filter_buf, const size_t filter_buf_len, rados_object_list_item *results, rados_object_list_cursor *next)
func (ioctx *IOContext) ObjectsSlice(n, m uint64) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		err := ioctx.visitSlice(n, m, func(o Object) bool { return yield(o, nil) })
		if err != nil {
			yield(Object{}, ioctx.wrap("ObjectsSlice", "", err))
		}
	}
}

// visitSlice calls yield for each object of a slice until it returns false.
func (ioctx *IOContext) visitSlice(n, m uint64, yield func(Object) bool) error {
	lane, err := ioctx.enter() // the cursors are the IOContext's
	if err != nil {
		return err
	}
	defer ioctx.exit(lane)
	if n >= m || m > maxSlices {
		return radosError(-int(syscall.EINVAL))
	}
	begin, end := ioctx.listBegin(), ioctx.listEnd()
	next, finish := ioctx.listBegin(), ioctx.listEnd()
	defer func() {
		for _, cursor := range []uintptr{begin, end, next, finish} {
			ioctx.freeCursor(cursor)
		}
	}()
	if m > 1 {
		ioctx.sliceCursors(begin, end, n, m, next, finish)
	}
	for ioctx.isEnd(next) == 0 && ioctx.compareCursors(next, finish) < 0 {
		names, err := ioctx.nextBatch(next, finish)
		if err != nil {
			return err
		}
		for ; len(names) >= 3; names = names[3:] {
			if !yield(Object{Name: names[0], Namespace: names[1], Locator: names[2]}) {
				return nil
			}
		}
	}
	return nil
}

func (ioctx *IOContext) nextBatch(next, finish uintptr) ([]string, error) {
	_, names, err := ioctx.listSlice(next, finish, sliceBatch, next)
	return names, err
}

// maxWorkers is how many goroutines list at the same time at most. SetMaxBlockingCalls bounds how
// many of them block a thread each.
const maxWorkers = 1024

// ObjectsParallel goes through the objects of the pool in no order, listing so many
// slices of it at the same time, 1024 at most. The loop's body is run for one object
// after the other. Otherwise it is like Objects.
func (ioctx *IOContext) ObjectsParallel(workers int) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		p := parallel{found: make(chan Object, sliceBatch), stop: make(chan struct{})}
		p.list(ioctx, uint64(min(max(workers, 1), maxWorkers)))
		defer p.end()
		for o := range p.found {
			if !yield(o, nil) {
				return
			}
		}
		if err := p.err(); err != nil {
			yield(Object{}, ioctx.wrap("ObjectsParallel", "", err))
		}
	}
}

// parallel is a listing by several workers.
type parallel struct {
	found   chan Object   // closed when all have ended
	stop    chan struct{} // closed when nobody wants more
	workers sync.WaitGroup

	mu    sync.Mutex
	first error
}

func (p *parallel) list(ioctx *IOContext, workers uint64) {
	for n := range workers {
		p.workers.Go(func() { p.fail(ioctx.visitSlice(n, workers, p.put)) })
	}
	go func() {
		p.workers.Wait()
		close(p.found)
	}()
}

// put hands on an object, and returns false if nobody wants it.
func (p *parallel) put(o Object) bool {
	select {
	case p.found <- o:
		return true
	case <-p.stop:
		return false
	}
}

func (p *parallel) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.first == nil {
		p.first = err
	}
}

func (p *parallel) err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.first
}

// end stops the workers, and waits until they are done with the IOContext.
func (p *parallel) end() {
	close(p.stop)
	p.workers.Wait()
}
