// Package pipeline keeps several asynchronous calls in flight from one goroutine.
package pipeline

import (
	"context"
	"iter"

	"github.com/go-rados/go-rados/internal/admit"
	"github.com/go-rados/go-rados/internal/aio"
	"github.com/go-rados/go-rados/internal/ctxerr"
)

// Methods are what a pipeline does with a task.
type Methods[T any] struct {
	// Calls has the calls of the tasks.
	Calls *aio.Pool
	// Acquire reports whether t was not in use, and marks it as in use. Otherwise Refused returns the
	// task that is yielded in its place.
	Acquire func(t *T) bool
	Refused func(t *T) *T
	// Prepare resets the results of t and returns the number of bytes that its call transfers, or
	// reports that no task is left.
	Prepare func(t *T) (bytes int, done bool, err error)
	// Abandon ends a task that was prepared but can't be started.
	Abandon func(t *T)
	// Caller returns the Caller of the task's calls.
	Caller func(ctx context.Context, t *T) (admit.Caller, error)
	// Start starts the call and returns a code, which is below 0 if that failed.
	Start func(t *T, call *aio.Call) int64
	// Completed stores what a call that was started has apart from its results, if it needs to be kept.
	Completed func(t *T, call *aio.Call, code int64)
	// Finish frees a call that has returned code, also one whose start has, and returns the task's error.
	Finish func(ctx context.Context, t *T, call *aio.Call, code int64) error
	// End ends the use of t, which has completed with err. Release ends the use of a task that is
	// neither started nor yielded.
	End     func(t *T, err error)
	Release func(t *T)
}

// Run performs tasks, up to depth of them at the same time, and yields each when it ends. It
// returns when no call is in flight, also if yield panics.
func Run[T any](ctx context.Context, depth int, tasks iter.Seq[*T], yield func(*T) bool, methods *Methods[T]) {
	p := &pipeline[T]{Methods: methods, ctx: ctx, depth: depth, yield: yield, open: true}
	p.completed = methods.Calls.NewCompletionQueue()
	defer p.completed.Close()
	defer p.close()
	tasks(p.submit)
	p.drain()
}

// pipeline is a call of Run.
type pipeline[T any] struct {
	*Methods[T]
	ctx       context.Context
	depth     int
	yield     func(*T) bool
	open      bool // the loop has not been left
	inFlight  []*aio.Call
	completed *aio.CompletionQueue
}

// submit starts a task, and reports whether there is room for another one and the loop goes on.
func (p *pipeline[T]) submit(t *T) bool {
	if p.ctx.Err() != nil {
		return false
	}
	if t == nil {
		return true
	}
	p.start(t)
	for p.open && len(p.inFlight) == p.depth {
		p.collect(nil, p.ctx.Done())
	}
	for p.open {
		call := p.completed.Next()
		if call == nil {
			return p.ctx.Err() == nil
		}
		p.complete(call, call.Code())
	}
	return false
}

// start starts a task, or yields it with an error.
func (p *pipeline[T]) start(t *T) {
	if !p.Acquire(t) {
		p.emit(p.Refused(t))
		return
	}
	bytes, done, err := p.Prepare(t)
	if done || err != nil {
		p.end(t, err)
		return
	}
	call, err := p.admit(t, bytes)
	if err != nil {
		p.end(t, err)
		return
	}
	call.UserData = t
	call.Position = len(p.inFlight)
	p.inFlight = append(p.inFlight, call)
	switch code := p.Start(t, call); {
	case code < 0:
		p.finish(call, code)
	case call.Completed():
		p.complete(call, call.Wait(p.ctx, code))
	}
}

// admit starts a call of t, or abandons t. While the connection has no room for the call, admit
// collects the calls that are in flight here: they may be what takes the room.
func (p *pipeline[T]) admit(t *T, bytes int) (call *aio.Call, err error) {
	defer func() {
		if call == nil {
			p.Abandon(t)
			if err == nil { // the loop panics, to which a task is yielded
				p.Release(t)
			}
		}
	}()
	caller, err := p.Caller(p.ctx, t)
	if err != nil {
		return nil, err
	}
	limit, size := &caller.Conn.InFlight, int64(bytes)
	for p.open && p.ctx.Err() == nil {
		if limit.TryEnter(size) {
			return caller.Admit(p.ctx, bytes, p.depth == 1, p.completed)
		}
		if len(p.inFlight) == 0 {
			if err := limit.Enter(p.ctx, caller.Handle, size); err != nil {
				return nil, err
			}
			return caller.Admit(p.ctx, bytes, p.depth == 1, p.completed)
		}
		if !p.collect(caller.Handle.Done(), p.ctx.Done()) {
			return nil, caller.Handle.Err()
		}
	}
	if err := ctxerr.Of(p.ctx); err != nil {
		return nil, err
	}
	return nil, context.Canceled // the loop was left meanwhile
}

// collect blocks until a call completes. It returns false if closed is closed before. If done is closed
// before, it cancels the calls. Both may be nil.
func (p *pipeline[T]) collect(closed, done <-chan struct{}) bool {
	for {
		if call := p.completed.Next(); call != nil {
			p.complete(call, call.Code())
			return true
		}
		select {
		case <-p.completed.Changed:
		case <-closed:
			return false
		case <-done:
			p.cancel()
			closed, done = nil, nil
		}
	}
}

// complete ends the task of a call that has completed with code.
func (p *pipeline[T]) complete(call *aio.Call, code int64) {
	p.Completed(call.UserData.(*T), call, code)
	p.finish(call, code)
}

// finish ends the task of a call that has returned code.
func (p *pipeline[T]) finish(call *aio.Call, code int64) {
	t := call.UserData.(*T)
	i, last := call.Position, len(p.inFlight)-1
	p.inFlight[i] = p.inFlight[last]
	p.inFlight[i].Position = i
	p.inFlight[last] = nil
	p.inFlight = p.inFlight[:last]
	p.end(t, p.Finish(p.ctx, t, call, code))
}

// end yields a task that has completed, unless the loop has been left.
func (p *pipeline[T]) end(t *T, err error) {
	p.End(t, err)
	p.emit(t)
}

func (p *pipeline[T]) emit(t *T) {
	if p.open {
		p.open = false // unless yield returns, and says otherwise
		p.open = p.yield(t)
	}
}

// cancel cancels the calls in flight.
func (p *pipeline[T]) cancel() {
	for _, call := range p.inFlight {
		call.Cancel()
	}
}

// close cancels the calls that a panic, or runtime.Goexit, has left in flight. If a method panics
// again, the others are still in flight.
func (p *pipeline[T]) close() {
	p.open = false
	defer func() {
		if len(p.inFlight) > 0 {
			p.close()
		}
	}()
	p.drain()
}

// drain blocks until no call is in flight.
func (p *pipeline[T]) drain() {
	if !p.open {
		p.cancel()
	}
	for len(p.inFlight) > 0 {
		if !p.open {
			p.collect(nil, nil)
			continue
		}
		if p.collect(nil, p.ctx.Done()); !p.open {
			p.cancel()
		}
	}
}
