package radosio

import (
	"sync"
	"sync/atomic"
)

// ahead fetches what the object has next, each piece in a goroutine of its own. Its
// methods are called under the lock of the position, but for close.
type ahead struct {
	object *Object
	size   int64 // of a piece; 0 turns it all off

	// free are the buffers that nobody uses; nil stands for one that has not been made.
	// There are no others, so that pieces that were dropped on their way count too,
	// and a program that seeks a lot can't pile them up.
	free chan []byte

	// guess is where the object is thought to end, which may be wrong.
	guess atomic.Int64

	queue []*piece // one behind the other

	mu       sync.Mutex
	closed   bool
	fetching sync.WaitGroup // grows only under mu, while not closed
}

// piece is a part of the object that is being fetched, or has been.
type piece struct {
	next, to int64 // where what has not been read of it begins, and where it ends
	writes   int64 // how many writes had ended when it was asked for
	buf      []byte
	users    atomic.Int32 // of buf: the goroutine that fetches, and the queue

	done chan struct{} // closed when what follows is there
	rest []byte        // what has not been read of it
	err  error
}

func newAhead(o *Object, guess int64) *ahead {
	a := &ahead{object: o, size: int64(min(o.options.chunk, o.options.window))}
	a.guess.Store(guess)
	if a.size == 0 {
		return a
	}
	a.free = make(chan []byte, int64(o.options.window)/a.size)
	for range cap(a.free) {
		a.free <- nil
	}
	return a
}

// fill fetches from off on, or behind what is being fetched, as far as it may. It asks for
// a byte beyond the guess: that there is none tells the end, with no other question.
func (a *ahead) fill(off int64) {
	if n := len(a.queue); n > 0 {
		off = a.queue[n-1].to
	}
	guess := a.guess.Load()
	for 0 <= off && off <= guess {
		p := a.start(off, min(off+a.size, guess+1))
		if p == nil {
			return
		}
		a.queue = append(a.queue, p)
		off = p.to
	}
}

// start fetches a piece, if there is a buffer for it and the Object is open.
func (a *ahead) start(from, to int64) *piece {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return nil
	}
	p := &piece{next: from, to: to, writes: a.object.writes.Load(), done: make(chan struct{})}
	select {
	case p.buf = <-a.free:
	default: // so it is if a.free is nil
		return nil
	}
	p.users.Store(2)
	a.fetching.Go(func() { a.fetch(p, from, int(to-from)) })
	return p
}

func (a *ahead) fetch(p *piece, from int64, size int) {
	if cap(p.buf) < size {
		p.buf = make([]byte, size)
	}
	n, err := a.object.readChunk(p.buf[:size], from)
	p.rest, p.err = p.buf[:n], err
	close(p.done)
	a.release(p)
}

// release frees the buffer of a piece, when both its users have called it.
func (a *ahead) release(p *piece) {
	if p.users.Add(-1) == 0 {
		a.free <- p.buf
	}
}

// at is the piece that goes on at pos, nil if there is none.
func (a *ahead) at(pos int64) *piece {
	if len(a.queue) == 0 || a.queue[0].next != pos {
		return nil
	}
	return a.queue[0]
}

// fresh is at without what may be old: what was asked for before a write ended may lack
// what was written. What is of no use is dropped.
func (a *ahead) fresh(pos int64) *piece {
	p := a.at(pos)
	if p == nil || p.writes != a.object.writes.Load() {
		a.drop()
		return nil
	}
	return p
}

// pop goes on to the next piece.
func (a *ahead) pop() {
	a.release(a.queue[0])
	a.queue[0] = nil
	a.queue = a.queue[1:]
}

// drop forgets what is being fetched.
func (a *ahead) drop() {
	for len(a.queue) > 0 {
		a.pop()
	}
}

// reaches raises the guess: the object turned out to be so long, or may be.
func (a *ahead) reaches(size int64) {
	for {
		guess := a.guess.Load()
		if size <= guess || a.guess.CompareAndSwap(guess, size) {
			return
		}
	}
}

// close waits until nothing is being fetched, and lets nothing be fetched any more.
func (a *ahead) close() {
	a.mu.Lock()
	a.closed = true
	a.mu.Unlock()
	a.fetching.Wait()
}
