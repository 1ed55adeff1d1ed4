// Package admit takes asynchronous calls from their admission to their error. It waits until
// the connection has room for a call and enters the handle; when the call has completed, it
// releases the room, leaves the handle and turns the code into an error.
//
// The package does not know C: it is given what starts a call, and package aio waits for it.
package admit

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"syscall"

	"github.com/go-rados/go-rados/internal/aio"
	"github.com/go-rados/go-rados/internal/ctxerr"
	"github.com/go-rados/go-rados/internal/handle"
	"github.com/go-rados/go-rados/internal/throttle"
)

// Limits bound the calls of a connection.
type Limits struct {
	InFlight throttle.Limit    // asynchronous calls, and the bytes that they move
	Submit   throttle.Limit    // calls that are being handed to librados, each of which takes a thread
	Probes   throttle.Limit    // probes of OSDs that did not answer
	Retained throttle.Limit    // probes that follow retained data
	Blocking throttle.Blocking // calls that block their thread
}

// Errors has the errors that calls end with.
type Errors struct {
	FromCode func(code int) error // returns the error of a code below 0
	Canceled error                // that of ECANCELED
	Unknown  error                // is in the error of a change whose outcome is unknown
}

// MarkUncertain returns err with Unknown in it if the call may have changed something, unless err
// is the error of a call that librados has cancelled without having been asked.
func (e *Errors) MarkUncertain(err error, changes bool) error {
	if !changes || errors.Is(err, e.Canceled) {
		return err
	}
	return e.uncertain(err)
}

// uncertain returns err with Unknown in it.
func (e *Errors) uncertain(err error) error { return fmt.Errorf("%w: %w", e.Unknown, err) }

// Interrupted returns the error of a call that has not ended when its context was done or its handle
// was closed, which err is about.
func (e *Errors) Interrupted(err error, changes bool) error {
	if !changes {
		return err
	}
	return e.uncertain(err)
}

// ClosedCause returns the reason for which librados has cancelled a call of h: h was closed.
func (e *Errors) ClosedCause(h *handle.Handle) error {
	if cause, closed := h.Closed(); closed {
		return cause
	}
	return e.Canceled
}

// Conn admits the calls of a connection.
type Conn struct {
	Limits
	Calls         *aio.Pool
	Handle        *handle.Handle
	Errors        *Errors
	RetainedBytes atomic.Int64 // those that count in InFlight after the end of their calls
}

// Init sets what does not change afterwards, and the default limits.
func (c *Conn) Init(h *handle.Handle, calls *aio.Pool, errors *Errors) {
	c.Handle, c.Calls, c.Errors = h, calls, errors
	c.Blocking.SetMax(0)
}

// Caller starts and ends the calls of one handle. It is a value of two words, since each call
// makes one several times.
type Caller struct {
	Conn   *Conn
	Handle *handle.Handle // the owner of the calls
}

// Start blocks until a call that moves bytes bytes is admitted, and enters the handle for it. If
// ctx is done or the handle is closed before, it returns an error.
func (c Caller) Start(ctx context.Context, bytes int) (*aio.Call, error) {
	return c.start(ctx, bytes, true)
}

// StartDetached is Start for a call that librados does not cancel. No thread waits for it.
func (c Caller) StartDetached(ctx context.Context, bytes int) (*aio.Call, error) {
	return c.start(ctx, bytes, false)
}

func (c Caller) start(ctx context.Context, bytes int, trySync bool) (*aio.Call, error) {
	limits := &c.Conn.Limits
	if err := limits.InFlight.Enter(ctx, c.Handle, int64(bytes)); err != nil {
		return nil, err
	}
	if err := limits.Submit.Enter(ctx, c.Handle, 0); err != nil {
		limits.InFlight.Exit(int64(bytes))
		return nil, err
	}
	call, err := c.Admit(ctx, bytes, trySync, nil)
	if err != nil || call.Completed() {
		limits.Submit.Exit(0)
	}
	return call, err
}

// Admit makes a call that InFlight has room for. If trySync, the thread that starts the call may
// wait for it; ctx cancels it then. Otherwise the call is put into queue, unless that is nil.
func (c Caller) Admit(ctx context.Context, bytes int, trySync bool, queue *aio.CompletionQueue) (*aio.Call, error) {
	shard, err := c.Handle.Enter(nil) // now: it may have been closed while others were in flight
	if err != nil {
		c.Conn.InFlight.Exit(int64(bytes))
		return nil, err
	}
	var call *aio.Call
	if trySync {
		call = c.Conn.Calls.AcquireSync(ctx, c.Handle.Refs(), queue)
	} else {
		call = c.Conn.Calls.Acquire(c.Handle.Refs(), queue)
	}
	call.Shard, call.Bytes = shard, int64(bytes)
	return call, nil
}

// StartUntilCallback is Start for a call that librados works on until it calls back, which is
// after its end: a caller that waited only for the end could free the handle too early. Such
// calls wait for clients, which may have to wait for other such calls, so they have no bound.
func (c Caller) StartUntilCallback(ctx context.Context) (*aio.Call, error) {
	if err := c.Conn.Submit.Enter(ctx, c.Handle, 0); err != nil {
		return nil, err
	}
	shard, err := c.Handle.Enter(nil)
	if err != nil {
		c.Conn.Submit.Exit(0)
		return nil, err
	}
	call := c.Conn.Calls.AcquireUncounted(c.Handle.Refs())
	call.Shard = shard
	return call, nil
}

// StartUnguarded starts a call without entering the handle, which the caller keeps from being
// freed. So the call also works while the handle is being closed; that does not cancel it, and
// as with StartUntilCallback it ends when librados calls back. Such calls of a connection wait
// for their turn together, as one owner.
func (c Caller) StartUnguarded(ctx context.Context) (*aio.Call, error) {
	owner := unguarded{c.Conn}
	if err := c.Conn.InFlight.Enter(ctx, owner, 0); err != nil {
		return nil, err
	}
	if err := c.Conn.Submit.Enter(ctx, owner, 0); err != nil {
		c.Conn.InFlight.Exit(0)
		return nil, err
	}
	return c.Conn.Calls.Acquire(nil, nil), nil // no refs: closing the handle does not find the call
}

// unguarded owns the calls of StartUnguarded of a connection. It is never closed.
type unguarded struct{ conn *Conn }

func (unguarded) Done() <-chan struct{} { return nil }
func (unguarded) Err() error            { return nil }

// Wait blocks until a call that has been started ends, and returns its code. If ctx is done
// before, librados is asked to cancel the call, which it does whether or not the OSD answers.
// Only then may the memory be touched that the call was given. A call that has been performed
// nevertheless has its own result.
func (c Caller) Wait(ctx context.Context, call *aio.Call, started int64) int64 {
	if !call.Completed() {
		c.Conn.Submit.Exit(0)
	}
	ret := call.Wait(ctx, started)
	if started >= 0 && ret != -int64(syscall.ECANCELED) {
		c.Handle.SetVersion(call.Version())
	}
	return ret
}

// Finish frees a call that has returned ret, and returns its error.
func (c Caller) Finish(ctx context.Context, call *aio.Call, ret int64) error {
	shard, uncounted, bytes, changes := call.Shard, call.Uncounted(), call.Bytes, call.Changes
	call.Release()
	if !uncounted { // those have no bound
		c.Conn.InFlight.Exit(bytes)
	}
	err := c.failure(ctx, ret, changes)
	if shard != nil { // otherwise the caller keeps the handle
		c.Handle.Exit(shard)
	}
	return err
}

// failure returns the error of a call that has returned ret.
func (c Caller) failure(ctx context.Context, ret int64, changes bool) error {
	switch {
	case ret >= 0:
		return nil
	case ret != -int64(syscall.ECANCELED):
		return c.Conn.Errors.FromCode(int(ret))
	case ctx.Err() != nil:
		return c.Conn.Errors.Interrupted(ctxerr.Of(ctx), changes)
	default:
		return c.Conn.Errors.MarkUncertain(c.Conn.Errors.ClosedCause(c.Handle), changes)
	}
}
