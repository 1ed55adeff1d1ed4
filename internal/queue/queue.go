// Package queue has a queue without a limit, which is read from a channel. Put
// never blocks, and no item is dropped because the reader is slow.
package queue

import "sync"

// Queue is a queue of any number of items.
type Queue[T any] struct {
	out     chan T
	changed chan struct{} // has room for one: the fields below have changed
	stop    chan struct{} // closed by Close

	mu       sync.Mutex
	items    []T
	received uint64 // items
	marks    []mark // of Received, by position
	finished bool   // nothing more is put in
	closed   bool
}

// mark is a position in a queue.
type mark struct {
	position uint64        // how many items come before it
	reached  chan struct{} // closed when those have been received
}

// New makes a queue. It must be ended with Close, or with Finish and be read to
// its end.
func New[T any]() *Queue[T] {
	q := &Queue[T]{
		out:     make(chan T),
		changed: make(chan struct{}, 1),
		stop:    make(chan struct{}),
	}
	go q.feed()
	return q
}

// C returns the channel of the items. It is closed when the queue is closed and empty.
func (q *Queue[T]) C() <-chan T { return q.out }

// Put appends an item. After Finish or Close it is dropped.
func (q *Queue[T]) Put(item T) {
	q.mu.Lock()
	if !q.finished && !q.pass(item) {
		q.items = append(q.items, item)
		q.wake()
	}
	q.mu.Unlock()
}

// pass passes an item to a receiver that waits, which spares waking feed, and returns whether it did. The
// caller holds the lock.
func (q *Queue[T]) pass(item T) bool {
	if len(q.items) > 0 {
		return false
	}
	select {
	case q.out <- item: // feed has nothing to send, and closes the channel only after Finish or Close
		q.received++
		q.reach()
		return true
	default:
		return false
	}
}

// Finish ends the queue once the items that are in it have been read.
func (q *Queue[T]) Finish() {
	q.mu.Lock()
	q.finished = true
	q.reach()
	q.mu.Unlock()
	q.wake()
}

// Received returns a channel that is closed when the items that are in the queue now have been
// received from C, or the queue has been ended by Finish or Close. Calls between which no item
// is added return the same channel: a caller that stops waiting leaves nothing that
// adds up.
func (q *Queue[T]) Received() <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	end := q.received + uint64(len(q.items))
	if n := len(q.marks); n > 0 && q.marks[n-1].position == end {
		return q.marks[n-1].reached
	}
	m := mark{end, make(chan struct{})}
	q.marks = append(q.marks, m)
	q.reach()
	return m.reached
}

// reach closes the channels of the marks that have been reached. The caller holds the lock.
func (q *Queue[T]) reach() {
	for len(q.marks) > 0 && (q.finished || q.marks[0].position <= q.received) {
		close(q.marks[0].reached)
		q.marks = q.marks[1:]
	}
}

// Close ends the queue immediately and drops the items that are in it. A second Close is
// a no-op.
func (q *Queue[T]) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.finished, q.items = true, nil
	q.reach()
	if !q.closed {
		q.closed = true
		close(q.stop)
	}
}

// Closed returns a channel that is closed by Close.
func (q *Queue[T]) Closed() <-chan struct{} { return q.stop }

func (q *Queue[T]) wake() {
	select {
	case q.changed <- struct{}{}:
	default: // it has been woken already, and will look at all there is
	}
}

// feed hands out the items until the queue ends.
func (q *Queue[T]) feed() {
	defer close(q.out)
	for {
		item, ok, finished := q.first()
		var out chan T
		switch {
		case ok:
			out = q.out
		case finished:
			return
		}
		select {
		case out <- item:
			q.drop()
		case <-q.changed:
		case <-q.stop:
			return
		}
	}
}

func (q *Queue[T]) first() (item T, ok, finished bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) > 0 {
		return q.items[0], true, false
	}
	return item, false, q.finished
}

// drop removes the first item, and the memory of a long queue once it is empty.
func (q *Queue[T]) drop() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return
	}
	q.received++
	q.reach()
	var zero T
	q.items[0] = zero
	if q.items = q.items[1:]; len(q.items) == 0 {
		q.items = nil
	}
}
