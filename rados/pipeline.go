//go:build cgo

package rados

import (
	"context"
	"errors"
	"iter"
	"sync/atomic"
	"syscall"

	"github.com/go-rados/go-rados/internal/admit"
	"github.com/go-rados/go-rados/internal/aio"
	"github.com/go-rados/go-rados/internal/oplog"
	"github.com/go-rados/go-rados/internal/pipeline"
)

// Pipeline performs tasks, up to depth of them at the same time, and yields each
// when it completes, in any order. It uses only the goroutine of the caller, and
// requests a task from tasks only when there is room for it.
//
//	for task := range rados.Pipeline(ctx, 128, tasks) { // each made by ioctx.Tasks()
//		if task.Err != nil { … }
//	}
//
// Pipeline is an iterator over an iterator, not a pair of methods that submit and
// collect. So a program can't forget to collect results, can't wait for room that
// only collecting frees, and no call outlives the loop.
//
// If the loop is left early, or ctx is done, Pipeline requests no further tasks,
// and cancels the calls in flight, which librados does immediately, even if the
// OSDs do not answer. After the loop no call is in flight, and all buffers may be
// used again. A task that was cancelled has an error in which errors.Is finds
// ctx.Err(), and also [ErrOutcomeUnknown] if it may have changed an object, unless
// it was performed nevertheless. After an early end of the loop, cancelled tasks
// are not yielded.
//
// GetXattr, and reads with [OperationBalanceReads] or [OperationLocalizeReads],
// may not return when they are cancelled, but only when an OSD answers; the loop
// waits for them.
//
// Calls keep their room on the Conn until the next iteration, even when they have
// completed. So a call on the same Conn in the body of the loop blocks forever, or
// until its context is done, if the tasks take the room that it needs: the limits
// must have room for both.
//
// A nil ctx means context.Background(). A depth of less than 1 means 1. A depth
// above the limit of the Conn (see [Conn.SetMaxInFlight]) is permitted, but is not
// reached.
func Pipeline(ctx context.Context, depth int, tasks iter.Seq[*Task]) iter.Seq[*Task] {
	if ctx == nil { // here, since the iterator may be used by several goroutines
		ctx = context.Background()
	}
	return func(yield func(*Task) bool) {
		if tasks != nil {
			pipeline.Run(ctx, max(depth, 1), tasks, yield, &taskMethods)
		}
	}
}

// taskMethods are the functions by which a Pipeline uses a Task.
var taskMethods = pipeline.Methods[Task]{
	Calls:     calls,
	Acquire:   (*Task).acquire,
	Refused:   (*Task).refusal,
	Prepare:   (*Task).prepare,
	Abandon:   (*Task).abandon,
	Caller:    taskCaller,
	Start:     func(t *Task, call *aio.Call) int64 { return t.args.start(t, call) },
	Completed: (*Task).completed,
	Finish: func(ctx context.Context, t *Task, call *aio.Call, code int64) error {
		return t.args.finish(ctx, t, call, code)
	},
	End: func(t *Task, err error) {
		t.Err = t.wrap(err)
		t.end(err)
	},
	Release: func(t *Task) { t.end(context.Canceled) },
}

// Tasks makes tasks for a [Pipeline]. It has a method for each asynchronous method
// of an [IOContext] that is about one object and calls librados once. The
// parameters are the same, and the result and the error are in fields of the Task.
// For Exec, checksums, omaps and several steps, [ReadOp.Task] and [WriteOp.Task]
// make tasks of operations.
//
// The Pipeline reads the arguments when it takes the Task: the caller may change
// their memory when the Pipeline requests the next task, except a buffer to fill,
// which must not be used until the Task is yielded.
//
// Tasks is safe for concurrent use.
type Tasks struct{ ioctx *IOContext }

// Tasks returns the Tasks of ioctx, whose methods make a [Task] each.
func (ioctx *IOContext) Tasks() Tasks { return Tasks{ioctx} }

// Task is one call for a [Pipeline], and its result. A method of [Tasks],
// [ReadOp.Task] or [WriteOp.Task] makes it. A Task is not safe for concurrent use.
//
// A Task is in use from the time when a Pipeline takes it until the Pipeline
// yields it or ends. Afterwards it can be passed to a Pipeline again, except a
// Task of a ReadOp or WriteOp. If a Pipeline takes a Task that is in use, there or
// in another Pipeline, it does not change the Task. It yields another Task with
// the same Tag and Object, in whose Err errors.Is finds [ErrTaskInUse], and which
// can't be performed. The Task that is in use is yielded once, by the Pipeline
// that took it first.
type Task struct {
	_ [0]func() // it can't be compared

	// Tag is for use by the caller; this package does not change it.
	Tag any
	// Object is the name of the object.
	Object string

	// N is the number that the method returns, such as the number of bytes read.
	N int
	// Stat is the result of [Tasks.Stat] and [Tasks.Stat2].
	Stat ObjectStat
	// Version is the version of the object, as [IOContext.GetLastVersion] returns it.
	Version uint64
	// Err is an [ObjectError], or nil. In the error of a ReadOp or WriteOp errors.As
	// finds the [OperationError].
	Err error

	ioctx   *IOContext
	args    taskArgs
	span    *span
	inUse   uint32 // atomic; a Task may be copied
	isOlder bool   // a deprecated method made it
}

// taskArgs are the arguments of the call of a Task, without the object.
type taskArgs interface {
	// op returns the name that errors have.
	op() string
	// bytes returns the number of bytes that the call transfers.
	bytes() int
	// start starts the call and returns a code, which is below 0 if that failed.
	start(t *Task, call *aio.Call) int64
	// finish frees a call that has returned ret, stores its results in t and returns its error.
	finish(ctx context.Context, t *Task, call *aio.Call, ret int64) error
}

// newTask returns a Task of args, in one allocation with them.
func newTask[A any, P interface {
	*A
	taskArgs
}](ioctx *IOContext, oid string, args A) *Task {
	t := &struct {
		own A // first: if A has no size, it takes no memory
		Task
	}{args, Task{Object: oid, ioctx: ioctx}}
	t.args = P(&t.own)
	return &t.Task
}

// older marks t as made by the deprecated method, which its errors name.
func (t *Task) older() *Task {
	t.isOlder = true
	return t
}

// acquire reports whether t was not in use, and marks it as in use.
func (t *Task) acquire() bool { return atomic.CompareAndSwapUint32(&t.inUse, 0, 1) }

// end ends the use of t, and its span. The span ends last: t may be in use again then.
func (t *Task) end(err error) {
	span, read := t.takeSpan()
	atomic.StoreUint32(&t.inUse, 0)
	span.end(read, &err)
}

// refusal returns the Task that is yielded in place of t, which is in use.
func (t *Task) refusal() *Task {
	return &Task{Tag: t.Tag, Object: t.Object, Err: t.wrap(ErrTaskInUse)}
}

// prepare resets the results of a task and returns the number of bytes that its call transfers, or
// reports that nothing must be sent.
func (t *Task) prepare() (bytes int, done bool, err error) {
	t.N, t.Stat, t.Version, t.Err = 0, ObjectStat{}, 0, nil
	if t.args == nil {
		return 0, false, errNoTask
	}
	if a, ok := t.args.(*operateArgs); ok {
		if done, err = a.begin(t); done || err != nil {
			return 0, done, err
		}
	}
	return t.args.bytes(), false, nil
}

var errNoTask = errors.New("rados: a Task must be made by a method of Tasks or an operation")

// abandon ends a task that was prepared, but not started.
func (t *Task) abandon() {
	if a, ok := t.args.(*operateArgs); ok {
		a.perform.End(nil, -int(syscall.ECANCELED))
	}
}

// taskCaller returns the Caller of the task's calls.
func taskCaller(ctx context.Context, t *Task) (admit.Caller, error) {
	err := t.ioctx.precheck(ctx)
	if a, ok := t.args.(interface{ denied() error }); ok && checkContext(ctx) == nil {
		if denied := a.denied(); denied != nil { // that of its own handle comes first
			err = denied
		}
	}
	if err != nil {
		return admit.Caller{}, err
	}
	t.span = t.ioctx.trace(&ctx, t.op(), t.Object, t.args.bytes())
	return t.ioctx.caller(), checkContext(ctx) // which may be that of TraceStart
}

// completed stores the version of the object after a call that has completed with code.
func (t *Task) completed(call *aio.Call, code int64) {
	if _, ok := t.args.(interface{ inGo() }); ok {
		return
	}
	t.Version = call.Version()
	if code != -int64(syscall.ECANCELED) {
		t.ioctx.handle.SetVersion(t.Version)
		t.span.setVersion(t.Version)
	}
}

// wrap adds to err the method and the object of the task.
func (t *Task) wrap(err error) error {
	if err == nil || t.args == nil {
		return err
	}
	err = t.ioctx.wrap(t.op(), t.Object, err)
	if args, ok := t.args.(interface{ named(error) error }); ok {
		return args.named(err)
	}
	return err
}

// op returns the name of the method that made t.
func (t *Task) op() string {
	op := t.args.op()
	if t.isOlder {
		op = olderTasks[op]
	}
	return op
}

// operateArgs are the arguments of Operate in a Task.
type operateArgs struct {
	kind    string // "read" or "write"
	steps   *oplog.Recorder
	flags   OperationFlags
	perform oplog.Execution
}

// Task returns a [Task] that performs [ReadOp.Operate] in a [Pipeline]. The ReadOp
// is performed once.
func (r *ReadOp) Task(ioctx *IOContext, oid string, flags OperationFlags) *Task {
	return newTask(ioctx, oid, operateArgs{kind: "read", steps: r.recorder(), flags: flags})
}

// Task returns a [Task] that performs [WriteOp.Operate] in a [Pipeline]. The
// WriteOp is performed once.
func (w *WriteOp) Task(ioctx *IOContext, oid string, flags OperationFlags) *Task {
	return newTask(ioctx, oid, operateArgs{kind: "write", steps: w.recorder(), flags: flags})
}

// begin ends the recording of the steps, or reports that nothing must be sent.
func (a *operateArgs) begin(t *Task) (done bool, err error) {
	shard, err := t.ioctx.enter() // an operation that can't be sent can be performed elsewhere
	if err != nil {
		return false, err
	}
	defer t.ioctx.exit(shard)
	if done, err := t.ioctx.finishRecording(a.kind, t.Object, a.steps); done || err != nil {
		return done, err
	}
	a.perform.Begin(a.steps)
	return false, nil
}

func (a *operateArgs) op() string {
	if a.kind == "read" {
		return "ReadOp.Task"
	}
	return "WriteOp.Task"
}

func (a *operateArgs) bytes() int { return oplog.Bytes(a.perform.Record()) }

func (a *operateArgs) start(t *Task, call *aio.Call) int64 {
	if a.kind == "read" {
		return t.ioctx.startOperateRead(call, a.perform.Record(), t.Object, a.flags)
	}
	return t.ioctx.startOperateWrite(call, a.perform.Record(), t.Object, a.flags)
}

func (a *operateArgs) finish(ctx context.Context, t *Task, call *aio.Call, ret int64) error {
	report, ret := finishCall(call, ret)
	a.perform.Counts = a.kind == "read" && t.span != nil
	failed := a.perform.End(report, int(ret))
	if a.kind == "read" {
		return operationError(a.kind, t.ioctx.finish(ctx, call, ret), failed)
	}
	return operationError(a.kind, t.ioctx.finishSent(ctx, call, t.Object, ret), failed)
}
