//go:build cgo

package rados

import (
	"context"
	"strings"
	"sync/atomic"

	"github.com/go-rados/go-rados/internal/oplog"
)

// Tracer observes the calls of a Conn, such as to log, measure or count them; see [Conn.SetTracer].
// It must be safe for concurrent use.
//
// Its methods run on the goroutine that makes the call, which they delay. They must not make calls
// that are traced on the same Conn. If one panics, the call panics; its room and its memory are
// released nevertheless, but a Watcher that it has made lasts until its IOContext is closed.
type Tracer interface {
	// TraceStart is called before a call waits for room and is sent. The context that it returns
	// replaces ctx in the call, whose cancellation it must pass on, and is passed to TraceEnd. ctx
	// is [context.Background] for methods without a context, and that of the [Pipeline] for a Task,
	// which is not sent if the context that TraceStart returns is done, and is only cancelled with
	// that of the Pipeline.
	TraceStart(ctx context.Context, call TracedCall) context.Context
	// TraceEnd is called once for each call of TraceStart that has returned, when the call ends.
	TraceEnd(ctx context.Context, call TracedCall, result TracedResult)
}

// TracedCall is a call that a [Tracer] observes.
type TracedCall struct {
	Conn *Conn
	// Op is the method without "Context": "Write", "ReadOp.Operate". That of a Task is the method
	// that made it: "Tasks.Write", "WriteOp.Task".
	Op string
	// Pool and Namespace are those of the IOContext when the call starts. Pool is "" if the
	// IOContext is closed or its pool deleted; Namespace is "" for the default one. In a call of a
	// Conn, Pool is the name of the pool that is its argument, or "".
	Pool, Namespace string
	// Object is the name of the object, "" if the call is not about one object.
	Object string
	// Bytes is the number of bytes to be transferred: those of the data, or of the buffer that the
	// call fills. For an operation it is about what its steps and their buffers take.
	Bytes int
}

// TracedResult is the result of a [TracedCall].
type TracedResult struct {
	// Err is the error of the call or nil. It names no method: in an [ObjectError] it is the field Err.
	Err error
	// Bytes is the number of bytes that were read, or that were sent by a call without an error. A
	// ReadOp, and a page of an omap, have read the data, the output of class methods, and the keys and
	// values that all steps together have returned, also if the operation has failed after them.
	Bytes int
	// Version is the version of the object, as [IOContext.GetLastVersion] returns it, or 0 if the
	// call has no version or has failed before the OSD answered.
	Version uint64
}

// SetTracer makes t observe the calls of the connection and of its IOContexts, which start after
// SetTracer. Calls in flight end with the Tracer that they have started with. nil ends the
// observation. It is best set before Connect, so that no call is missed.
//
// Traced are the methods that may wait for the cluster, with and without a context: Connect, those that
// read or change objects, operations, the tasks of a [Pipeline], locks, commands, those about pools and
// snapshots, watches, notifications and listings of objects. Clone is traced as well, also when a method
// such as WithNamespace calls it. Methods that are local are not traced, such as SetNamespace,
// GetPoolName and MonitorLog.
//
// A form such as Lock is traced as the method that it calls, LockExclusive: an answer that this method
// returns as a code, such as that another client holds the lock, is no error of the call.
//
// A listing of objects is one call, from its start to its end, the loop's body included; that of an
// [Iter] ends with Close, or on another goroutine when an Iter that was not closed is garbage collected.
// A listing of an omap is a call for each page that is fetched.
//
// Calls that the package makes on its own are not traced, such as those that undo what succeeds after
// its context is done.
//
// A Tracer makes Read, Write and the like a few hundred nanoseconds slower, even if it does nothing,
// since they then take the path of their forms with a context. Without one they do not allocate.
func (c *Conn) SetTracer(t Tracer) {
	if c == nil {
		return
	}
	if t == nil {
		c.tracer.Store(nil)
		return
	}
	c.tracer.Store(&t)
}

// traced reports whether calls of ioctx are traced. It is inlined.
func (ioctx *IOContext) traced() bool {
	return ioctx != nil && ioctx.conn != nil && ioctx.conn.tracer.Load() != nil
}

// trace starts the span of a call that transfers bytes bytes, if the call is traced, and makes it the
// context of the call.
func (ioctx *IOContext) trace(ctx *context.Context, op, oid string, bytes int) *span {
	if !ioctx.traced() {
		return nil
	}
	return ioctx.startSpan(ctx, op, oid, bytes)
}

// traced reports whether calls of c are traced.
func (c *Conn) traced() bool { return c != nil && c.tracer.Load() != nil }

// trace is [IOContext.trace] for a call about pool, "" for none.
func (c *Conn) trace(ctx *context.Context, op, pool string, bytes int) *span {
	if !c.traced() {
		return nil
	}
	return startSpan(ctx, TracedCall{Conn: c, Op: op, Pool: strings.Clone(pool), Bytes: bytes})
}

// traceOperation is trace for a call that performs what r has recorded.
func (ioctx *IOContext) traceOperation(ctx *context.Context, op, oid string, r *oplog.Recorder) *span {
	if !ioctx.traced() {
		return nil
	}
	return ioctx.startSpan(ctx, op, oid, r.Bytes())
}

// startSpan copies oid: otherwise callers would allocate names that they make on their stacks.
func (ioctx *IOContext) startSpan(ctx *context.Context, op, oid string, bytes int) *span {
	call := TracedCall{Conn: ioctx.conn, Op: op, Object: strings.Clone(oid), Bytes: bytes}
	call.Pool, _ = ioctx.GetPoolName()
	call.Namespace, _ = ioctx.GetNamespace()
	return startSpan(ctx, call)
}

// startSpan starts the span of a call, unless the Tracer has been unset or the context is nil, with
// which no call is made.
func startSpan(ctx *context.Context, call TracedCall) *span {
	tracer := call.Conn.tracer.Load()
	if tracer == nil || *ctx == nil {
		return nil
	}
	s := &span{Context: (*tracer).TraceStart(*ctx, call), tracer: *tracer, call: call}
	if s.Context == nil {
		s.Context = *ctx
	}
	*ctx = s
	return s
}

// span is a call that is traced, or nil for one that is not. It is the context of the call, so that
// the functions which wait for the call can store the version.
type span struct {
	context.Context // of TraceStart
	tracer          Tracer
	call            TracedCall
	version         atomic.Uint64 // a call that goes on after its context is done may store it later
}

// isTraced reports whether ctx is that of a call that is traced.
func isTraced(ctx context.Context) bool {
	_, ok := ctx.(*span)
	return ok
}

// withoutMethod returns the error in an ObjectError, or another error as it is.
func withoutMethod(err error) error {
	if e, ok := err.(*ObjectError); ok {
		return e.Err
	}
	return err
}

// setVersion sets the version of the object.
func (s *span) setVersion(version uint64) {
	if s != nil {
		s.version.Store(version)
	}
}

// end ends the span of a call that has returned *err, and has read *n bytes; n is nil for a call that
// reads none.
func (s *span) end(n *int, err *error) {
	if s == nil {
		return
	}
	result := TracedResult{Err: *err, Version: s.version.Load()}
	switch {
	case n != nil:
		result.Bytes = *n
	case *err == nil:
		result.Bytes = s.call.Bytes
	}
	s.tracer.TraceEnd(s.Context, s.call, result)
}

// endOperation is end for a call that has performed an operation.
func (s *span) endOperation(p *oplog.Execution, err *error) {
	var read *int
	if p.Counts {
		read = &p.Received
	}
	s.end(read, err)
}

// takeSpan returns the span of t, which is no longer in flight, and the number of bytes that were read, or nil if
// the task reads none. t may be in use again when the span ends.
func (t *Task) takeSpan() (s *span, read *int) {
	s, t.span = t.span, nil
	if s == nil {
		return nil, nil
	}
	n := t.N
	switch args := t.args.(type) {
	case interface{ fills() }:
	case *operateArgs:
		if !args.perform.Counts {
			return s, nil
		}
		n = args.perform.Received
	default:
		return s, nil
	}
	return s, &n
}
