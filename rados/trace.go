//go:build cgo

package rados

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/go-rados/go-rados/internal/oplog"
)

// Tracer observes the calls of a [Conn], for instance to log, measure or count
// them; see [Conn.SetTracer]. It must be safe for concurrent use.
//
// Its methods run on the goroutine of the call, which they delay. They must not
// make calls that are traced on the same Conn. If a method panics, the call
// panics. The room and the memory of the call are released nevertheless, but a
// Watcher that it has made lasts until its IOContext is closed.
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

// Tracers returns a Tracer that calls each of tracers: TraceStart in their order, with
// the context that the one before has returned, and TraceEnd in the reverse order, each
// with the context that its own TraceStart has returned. Those that are nil are left out;
// without any other it returns nil. If a TraceStart panics, the TraceEnd of the Tracers
// before it is not called.
func Tracers(tracers ...Tracer) Tracer {
	all := slices.DeleteFunc(slices.Clone(tracers), func(t Tracer) bool { return t == nil })
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return multiTracer(all)
}

// multiTracer is the Tracer that Tracers returns.
type multiTracer []Tracer

// contextsKey is the key of the contexts that the Tracers of a multiTracer have returned.
type contextsKey struct{}

func (m multiTracer) TraceStart(ctx context.Context, call TracedCall) context.Context {
	contexts := make([]context.Context, len(m))
	for i, tracer := range m {
		if next := tracer.TraceStart(ctx, call); next != nil {
			ctx = next
		}
		contexts[i] = ctx
	}
	return context.WithValue(ctx, contextsKey{}, contexts)
}

func (m multiTracer) TraceEnd(ctx context.Context, call TracedCall, result TracedResult) {
	contexts := ctx.Value(contextsKey{}).([]context.Context)
	for i, tracer := range m {
		defer tracer.TraceEnd(contexts[i], call, result) // of all, also if one panics
	}
}

// TracedCall is a call that a [Tracer] observes.
type TracedCall struct {
	Conn *Conn
	// Op is the name of the method without "Context": "Write", "ReadOp.Operate". For a
	// Task it is the method that made the Task: "Tasks.Write", "WriteOp.Task".
	Op string
	// Pool and Namespace are the pool and the namespace of the IOContext when the call
	// starts. Pool is "" if the IOContext is closed or its pool is deleted; Namespace
	// is "" for the default one. For a call of a Conn, Pool is the name of the pool
	// that is its argument, or "".
	Pool, Namespace string
	// Object is the name of the object, "" if the call is not about one object.
	Object string
	// Bytes is the number of bytes to transfer: the size of the data, or of the buffer
	// that the call fills. For an operation it is approximately the size of its steps
	// and their buffers.
	Bytes int
}

// TracedResult is the result of a [TracedCall].
type TracedResult struct {
	// Err is the error of the call or nil. It does not name the method: if the call
	// returns an [ObjectError], it is the field Err of that.
	Err error
	// Bytes is the number of bytes that were read, or that were sent by a call without
	// an error. For a ReadOp, and a page of an omap, it is the size of the data, the
	// output of class methods, and the keys and values that all steps together have
	// returned, even if the operation has failed after them.
	Bytes int
	// Version is the version of the object, as [IOContext.GetLastVersion] returns it, or 0 if the
	// call has no version or has failed before the OSD answered.
	Version uint64
}

// SetTracer sets the [Tracer] that observes the calls of the connection and of its
// IOContexts. It applies to calls that start after SetTracer; calls in flight end
// with the Tracer with which they have started. nil ends the observation. Call
// SetTracer before [Conn.Connect] to observe all calls. [Tracers] combines several.
//
// Methods that may wait for the cluster are traced, with and without a context:
// Connect, methods that read or change objects, operations, the tasks of a
// [Pipeline], locks, commands, methods about pools and snapshots, watches,
// notifications and listings of objects. Clone is traced as well, including the
// Clone of a method such as WithNamespace. Local methods, such as SetNamespace,
// GetPoolName and MonitorLog, are not traced.
//
// A form such as Lock is traced as the method that it calls, LockExclusive: an
// answer that this method returns as a code, for instance that another client
// holds the lock, is not an error of the call.
//
// A listing of objects is one call, from its start to its end, including the body
// of the loop. The call of an [Iter] ends with Close, or on another goroutine when
// the garbage collector closes the Iter. In a listing of an omap, the read of each
// page is a call.
//
// Calls that the package makes on its own are not traced, for instance calls that
// revert a change that succeeds after its context is done.
//
// A Tracer makes Read, Write and similar methods a few hundred nanoseconds slower,
// even if it does nothing, because they then run like their forms with a context.
// Without a Tracer they do not allocate.
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

// traceOperation is trace for a call that performs the steps that r has recorded.
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
	version         atomic.Uint64 // a call that continues after its context is done may store it later
}

// isTraced reports whether ctx is the context of a call that is traced.
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
