package rados

import (
	"context"
	"iter"
	"syscall"

	"github.com/go-rados/go-rados/internal/aio"
)

// Pipeline performs tasks, up to depth of them at once, and yields each as it comes to its
// end, in whatever order they do. One goroutine does it all, that of the caller: tasks are
// asked for one by one, and not before there is room for another.
//
//	for task := range rados.Pipeline(ctx, 128, tasks) {
//		if task.Err != nil { … }
//	}
//
// It is an iterator of an iterator, rather than a pair of methods to submit and to collect,
// since so nobody can forget to collect, or wait for room that only collecting makes; and
// what is under way ends with the loop. If the loop is left early, or ctx ends, no more
// tasks are asked for, and those under way are given up, which librados does at once
// whether or not the OSDs answer. When the loop has ended none is under way, and all
// buffers may be used again. A task that was given up has an error in which errors.Is finds
// ctx.Err(), and if it may have changed an object ErrOutcomeUnknown, unless it was performed
// after all; after an early end of the loop nobody is told of it.
//
// A read with OperationBalanceReads or OperationLocalizeReads may not end when it is given up,
// but only when an OSD answers; the loop waits for it.
//
// Calls in flight keep their room on the Conn until the loop goes on, also if they have ended. So a
// call on the same Conn that the body of the loop makes waits for ever, or until its context is
// done, if the calls in flight take the room that it needs: bounds must have room for both.
//
// A depth of less than 1 counts as 1. More than the Conn admits at once (SetMaxInFlight)
// does no harm, but is not reached.
func Pipeline(ctx context.Context, depth int, tasks iter.Seq[*Task]) iter.Seq[*Task] {
	return func(yield func(*Task) bool) {
		p := &pipeline{ctx: ctx, depth: max(depth, 1), yield: yield, open: true}
		p.ended = aio.NewCompletionQueue(p.depth)
		if ctx == nil {
			p.ctx = context.Background()
		}
		defer p.abandon()
		if tasks != nil {
			tasks(p.add)
		}
		p.finish()
	}
}

// pipeline is a Pipeline while it runs.
type pipeline struct {
	ctx      context.Context
	depth    int
	yield    func(*Task) bool
	open     bool // the loop has not been left
	underway []*aio.Call
	ended    *aio.CompletionQueue
}

// add starts a task, and reports whether there is room for another, and one is wanted.
func (p *pipeline) add(t *Task) bool {
	if p.ctx.Err() != nil {
		return false
	}
	if t == nil {
		return true
	}
	p.start(t)
	for p.open && len(p.underway) == p.depth {
		p.collect(nil)
	}
	for p.open {
		select {
		case call := <-p.ended.C:
			p.take(call)
		default:
			return p.ctx.Err() == nil
		}
	}
	return false
}

// start starts a task, or yields it with the reason why it can't be.
func (p *pipeline) start(t *Task) {
	if !t.acquire() {
		p.yields(t.refusal())
		return
	}
	t.N, t.Stat, t.Version, t.Err = 0, ObjectStat{}, 0, nil
	bytes, done, err := t.prepare()
	if done || err != nil {
		p.give(t, err)
		return
	}
	call, err := p.begin(t, bytes)
	if err != nil {
		p.give(t, err)
		return
	}
	call.Changes, call.UserData = t.kind.changes, t
	call.SendTo(p.ended)
	t.at = len(p.underway)
	p.underway = append(p.underway, call)
	switch code := t.kind.start(t, call); {
	case code < 0:
		p.end(call, code)
	case call.Completed():
		p.end(call, call.Wait(p.ctx, code))
	}
}

// begin begins a call, or abandons the task. While the connection has no room for it, it
// collects the calls that are in flight here: they may be what takes the room.
func (p *pipeline) begin(t *Task, bytes int) (call *aio.Call, err error) {
	defer func() {
		if call == nil {
			t.kind.abandon(t)
			if err == nil { // the loop panics, to which what is collected is yielded
				t.release()
			}
		}
	}()
	ioctx := t.ioctx
	if err := ioctx.precheck(p.ctx); err != nil {
		return nil, err
	}
	caller := ioctx.caller()
	limit, size := &ioctx.conn.limits.InFlight, int64(bytes)
	for p.open && p.ctx.Err() == nil {
		if limit.TryEnter(size) {
			return caller.Admit(p.ctx, bytes, p.depth == 1)
		}
		if len(p.underway) == 0 {
			if err := limit.Enter(p.ctx, ioctx.handle, size); err != nil {
				return nil, err
			}
			return caller.Admit(p.ctx, bytes, p.depth == 1)
		}
		if !p.collect(ioctx.handle.Done()) {
			return nil, ioctx.handle.Err()
		}
	}
	if err := p.ctx.Err(); err != nil {
		return nil, err
	}
	return nil, context.Canceled // the loop was left meanwhile
}

// collect waits for a task to end. It returns false if none has when closed is closed, unless
// closed is nil.
func (p *pipeline) collect(closed <-chan struct{}) bool {
	select {
	case call := <-p.ended.C:
		p.take(call)
	case <-closed:
		return false
	case <-p.ctx.Done():
		p.giveUp()
		p.take(<-p.ended.C)
	}
	return true
}

// take takes in a call that has ended.
func (p *pipeline) take(call *aio.Call) { p.end(call, call.Code()) }

// end ends a call that has returned code.
func (p *pipeline) end(call *aio.Call, code int64) {
	t := call.UserData.(*Task)
	last := len(p.underway) - 1
	p.underway[t.at] = p.underway[last]
	p.underway[t.at].UserData.(*Task).at = t.at
	p.underway[last] = nil
	p.underway = p.underway[:last]

	t.Version = call.Version()
	code = t.kind.finish(t, call, code)
	if code != -int64(syscall.ECANCELED) {
		t.ioctx.handle.SetVersion(t.Version)
	}
	var err error
	if t.kind.changes {
		err = t.ioctx.finishSent(p.ctx, call, t.Object, code)
	} else {
		err = t.ioctx.finish(p.ctx, call, code)
	}
	if t.kind.outcome != nil {
		err = t.kind.outcome(t, err)
	}
	p.give(t, err)
}

// give yields a task that has come to its end, unless the loop has been left.
func (p *pipeline) give(t *Task, err error) {
	t.Err = t.wrap(err)
	t.release()
	p.yields(t)
}

func (p *pipeline) yields(t *Task) {
	if p.open {
		p.open = false // unless yield returns, and says otherwise
		p.open = p.yield(t)
	}
}

func (p *pipeline) giveUp() {
	for _, call := range p.underway {
		call.Cancel()
	}
}

// abandon gives up what a panic, or runtime.Goexit, has left under way.
func (p *pipeline) abandon() {
	p.open = false
	p.finish()
}

// finish waits for what is under way.
func (p *pipeline) finish() {
	if !p.open {
		p.giveUp()
	}
	for len(p.underway) > 0 {
		was := p.open
		if p.open {
			p.collect(nil)
		} else {
			p.take(<-p.ended.C)
		}
		if was && !p.open {
			p.giveUp()
		}
	}
}
