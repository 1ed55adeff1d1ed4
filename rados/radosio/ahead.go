package radosio

import (
	"context"
	"sync"
	"sync/atomic"
)

// ahead reads the next pieces of the object in advance, each in a goroutine. The caller
// of its methods holds the lock of the position, except for close.
type ahead struct {
	object *state
	size   int64 // of a piece; 0 disables reading ahead
	cancel context.CancelFunc
	done   context.Context // ends with close

	// free holds the unused buffers; nil is one that is not allocated yet. The number
	// of buffers is fixed, so that dropped pieces that are still being read count as
	// well, and a program that seeks often cannot accumulate them.
	free chan []byte

	// guess is the assumed end of the object, which may be wrong.
	guess atomic.Int64

	queue []*piece // consecutive

	mu       sync.Mutex
	closed   bool
	fetching sync.WaitGroup // grows only under mu, while not closed
}

// piece is a part of the object that is read in advance.
type piece struct {
	next, to int64 // the offsets of its unread part
	writes   int64 // the number of completed writes when it was started
	buf      []byte
	users    atomic.Int32 // of buf: the reading goroutine and the queue

	done chan struct{} // closed when rest and err are set
	rest []byte        // the unread part
	err  error
}

func newAhead(o *state, guess int64) *ahead {
	a := &ahead{object: o, size: int64(min(o.options.chunk, o.options.window))}
	a.done, a.cancel = context.WithCancel(context.Background())
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

// fill starts pieces from off, or after the last piece, while buffers are free. They end when ctx
// is done. It asks for one byte beyond the guess, so that a short piece shows the end of the
// object.
func (a *ahead) fill(ctx context.Context, off int64) {
	if n := len(a.queue); n > 0 {
		off = a.queue[n-1].to
	}
	guess := a.guess.Load()
	for 0 <= off && off <= guess {
		p := a.start(ctx, off, min(off+a.size, guess+1))
		if p == nil {
			return
		}
		a.queue = append(a.queue, p)
		off = p.to
	}
}

// start starts a piece if a buffer is free and the Object is open.
func (a *ahead) start(ctx context.Context, from, to int64) *piece {
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
	a.fetching.Add(1)
	go func() {
		defer a.fetching.Done()
		a.fetch(ctx, p, from, int(to-from))
		a.release(p) // after fetch, so that there are never more goroutines in it than buffers
	}()
	return p
}

func (a *ahead) fetch(ctx context.Context, p *piece, from int64, size int) {
	if cap(p.buf) < size {
		p.buf = make([]byte, size)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(a.done, cancel)()
	n, err := (&Object{a.object, ctx}).readChunk(p.buf[:size], from)
	if err != nil && ctx.Err() != nil {
		err = errInterrupted
	}
	p.rest, p.err = p.buf[:n], err
	close(p.done)
}

// release frees the buffer of a piece when both of its users have called it.
func (a *ahead) release(p *piece) {
	if p.users.Add(-1) == 0 {
		a.free <- p.buf
	}
}

// at returns the piece that contains pos, or nil.
func (a *ahead) at(pos int64) *piece {
	if len(a.queue) == 0 || a.queue[0].next != pos {
		return nil
	}
	return a.queue[0]
}

// fresh is like at, but drops pieces that were started before a write completed, since
// they may lack the written data.
func (a *ahead) fresh(pos int64) *piece {
	p := a.at(pos)
	if p == nil || p.writes != a.object.writes.Load() {
		a.drop()
		return nil
	}
	return p
}

// pop advances to the next piece.
func (a *ahead) pop() {
	a.release(a.queue[0])
	a.queue[0] = nil
	a.queue = a.queue[1:]
}

// drop drops all pieces.
func (a *ahead) drop() {
	for len(a.queue) > 0 {
		a.pop()
	}
}

// reaches raises the guess to a position that the object has, or may have.
func (a *ahead) reaches(size int64) {
	for {
		guess := a.guess.Load()
		if size <= guess || a.guess.CompareAndSwap(guess, size) {
			return
		}
	}
}

// close cancels the pieces that are being read, blocks until none is, and prevents new ones.
func (a *ahead) close() {
	a.mu.Lock()
	a.closed = true
	a.mu.Unlock()
	a.cancel()
	a.fetching.Wait()
}
