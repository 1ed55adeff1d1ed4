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

// Pipeline performs tasks, up to depth of them at the same time, and yields each when it
// completes, in any order. It uses the goroutine of the caller only: tasks are asked for one
// by one, and not before there is room for another.
//
//	for task := range rados.Pipeline(ctx, 128, tasks) {
//		if task.Err != nil { … }
//	}
//
// It is an iterator of an iterator, rather than a pair of methods to submit and to collect, so
// that a program can neither forget to collect nor wait for room that only collecting makes, and
// no call outlives the loop. If the loop is left early, or ctx is done, no further tasks are
// asked for, and the calls in flight are cancelled, which librados does immediately, whether or
// not the OSDs answer. After the loop no call is in flight, and all buffers may be used again. A
// task that was cancelled has an error in which errors.Is finds ctx.Err(), and if it may have
// changed an object ErrOutcomeUnknown, unless it was performed nevertheless; after an early end
// of the loop it is not yielded.
//
// A read with OperationBalanceReads or OperationLocalizeReads may not end when it is cancelled,
// but only when an OSD answers; the loop waits for it.
//
// Calls in flight keep their room on the Conn until the loop goes on, also if they have completed. So a
// call on the same Conn that the body of the loop makes waits for ever, or until its context is
// done, if the calls in flight take the room that it needs: bounds must have room for both.
//
// A depth of less than 1 counts as 1. More than the Conn admits (SetMaxInFlight)
// does no harm, but is not reached.
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

// taskMethods are what a Pipeline does with a Task.
var taskMethods = pipeline.Methods[Task]{
	Acquire: (*Task).acquire,
	Refused: (*Task).refusal,
	Prepare: (*Task).prepare,
	Abandon: func(t *Task) { t.kind.abandon(t) },
	Caller:  taskCaller,
	Start:   func(t *Task, call *aio.Call) int64 { return t.kind.start(t, call) },
	Finish:  finishTask,
	End: func(t *Task, err error) {
		t.Err = t.wrap(err)
		span, read := t.takeSpan()
		t.release()
		span.end(read, &err)
	},
	Release: (*Task).release,
}

// Task is one operation for a Pipeline, and its result. A Task is not safe for concurrent use.
//
// A Task is in use from when it is given to a Pipeline until the Pipeline yields it, or ends.
// Afterwards it can be given to a Pipeline again, except one of a ReadOp or WriteOp. A Pipeline
// that is given a Task that is in use, there or in another Pipeline, does not touch it: it yields
// another Task with the same Tag and Object, in whose Err errors.Is finds ErrTaskInUse, and which
// can't be performed. The Task that is in use is yielded once, where it was given first.
type Task struct {
	// Tag is for the caller; it is left alone.
	Tag any
	// Object is the name of the object.
	Object string

	// N is how many bytes were read.
	N int
	// Stat is the object's size and time, of a StatTask.
	Stat ObjectStat
	// Version is that of the object, as GetLastVersion has it.
	Version uint64
	// Err is an ObjectError, or nil. In that of a ReadOp or WriteOp errors.As finds the
	// OperationError.
	Err error

	kind   *taskKind
	ioctx  *IOContext
	data   []byte
	offset uint64
	op     *opTask
	span   *span
	inUse  uint32 // atomic; a Task may be copied
}

// acquire reports whether t was not in use, and marks it as in use.
func (t *Task) acquire() bool { return atomic.CompareAndSwapUint32(&t.inUse, 0, 1) }

// release ends the use of t.
func (t *Task) release() { atomic.StoreUint32(&t.inUse, 0) }

// refusal returns the Task that is yielded in place of t, which is in use.
func (t *Task) refusal() *Task {
	return &Task{Tag: t.Tag, Object: t.Object, Err: t.wrap(ErrTaskInUse)}
}

// taskKind has what the tasks of one kind do.
type taskKind struct {
	name    string
	changes bool // it may change an object
	// start starts the call, and finish takes the results from it, where there are any, and
	// returns its code.
	start  func(*Task, *aio.Call) int64
	finish func(*Task, *aio.Call, int64) int64
	// toError returns the error of a task from that of its call; nil if they are the same.
	toError func(*Task, error) error
	// abandon ends a task that was not started.
	abandon func(*Task)
}

func returnCode(_ *Task, _ *aio.Call, code int64) int64 { return code }
func noop(*Task)                                        {}

var (
	readTask = &taskKind{
		name:  "ReadTask",
		start: func(t *Task, c *aio.Call) int64 { return t.ioctx.startRead(c, t.Object, t.data, t.offset) },
		finish: func(t *Task, c *aio.Call, code int64) int64 {
			code = filled(c, code, t.data)
			t.N = int(max(0, code))
			return code
		},
		abandon: noop,
	}
	statTask = &taskKind{
		name:  "StatTask",
		start: func(t *Task, c *aio.Call) int64 { return t.ioctx.startStat2(c, t.Object) },
		finish: func(t *Task, c *aio.Call, code int64) int64 {
			if code >= 0 {
				t.Stat = ObjectStat{Size: c.Number(), ModTime: c.Time()}
			}
			return code
		},
		abandon: noop,
	}
	writeTask = writeKind("WriteTask", func(t *Task, c *aio.Call) int64 {
		return t.ioctx.startWrite(c, t.Object, t.data, t.offset)
	})
	writeFullTask = writeKind("WriteFullTask", func(t *Task, c *aio.Call) int64 {
		return t.ioctx.startWriteFull(c, t.Object, t.data)
	})
	appendTask = writeKind("AppendTask", func(t *Task, c *aio.Call) int64 {
		return t.ioctx.startAppend(c, t.Object, t.data)
	})
	deleteTask = writeKind("DeleteTask", func(t *Task, c *aio.Call) int64 {
		return t.ioctx.startDelete(c, t.Object)
	})
)

func writeKind(name string, start func(*Task, *aio.Call) int64) *taskKind {
	return &taskKind{name: name, changes: true, start: start, finish: returnCode, abandon: noop}
}

// ReadTask is Read for a Pipeline: data must be left alone until the task is yielded.
func (ioctx *IOContext) ReadTask(oid string, data []byte, offset uint64) *Task {
	return &Task{kind: readTask, ioctx: ioctx, Object: oid, data: data, offset: offset}
}

// StatTask is Stat2 for a Pipeline.
func (ioctx *IOContext) StatTask(oid string) *Task {
	return &Task{kind: statTask, ioctx: ioctx, Object: oid}
}

// WriteTask is Write for a Pipeline: data may be changed again once the Pipeline asks for
// the next task.
func (ioctx *IOContext) WriteTask(oid string, data []byte, offset uint64) *Task {
	return &Task{kind: writeTask, ioctx: ioctx, Object: oid, data: data, offset: offset}
}

// WriteFullTask is WriteFull for a Pipeline; see WriteTask.
func (ioctx *IOContext) WriteFullTask(oid string, data []byte) *Task {
	return &Task{kind: writeFullTask, ioctx: ioctx, Object: oid, data: data}
}

// AppendTask is Append for a Pipeline; see WriteTask. In which order the tasks of one
// object are performed is settled by the order in which they are given.
func (ioctx *IOContext) AppendTask(oid string, data []byte) *Task {
	return &Task{kind: appendTask, ioctx: ioctx, Object: oid, data: data}
}

// DeleteTask is Delete for a Pipeline.
func (ioctx *IOContext) DeleteTask(oid string) *Task {
	return &Task{kind: deleteTask, ioctx: ioctx, Object: oid}
}

// opTask is a task that performs a ReadOp or WriteOp.
type opTask struct {
	kind    string
	steps   *oplog.Recorder
	flags   OperationFlags
	perform oplog.Execution
	failed  map[int]int
}

// Task is Operate for a Pipeline. Like Operate it performs the ReadOp once.
func (r *ReadOp) Task(ioctx *IOContext, oid string, flags OperationFlags) *Task {
	return &Task{kind: readOpTask, ioctx: ioctx, Object: oid, op: &opTask{kind: "read", steps: r.recorder(), flags: flags}}
}

// Task is Operate for a Pipeline. Like Operate it performs the WriteOp once.
func (w *WriteOp) Task(ioctx *IOContext, oid string, flags OperationFlags) *Task {
	return &Task{kind: writeOpTask, ioctx: ioctx, Object: oid, op: &opTask{kind: "write", steps: w.recorder(), flags: flags}}
}

var (
	readOpTask = operateKind("ReadOp.Task", false, func(t *Task, c *aio.Call) int64 {
		return t.ioctx.startOperateRead(c, t.op.perform.Record(), t.Object, t.op.flags)
	})
	writeOpTask = operateKind("WriteOp.Task", true, func(t *Task, c *aio.Call) int64 {
		return t.ioctx.startOperateWrite(c, t.op.perform.Record(), t.Object, t.op.flags)
	})
)

func operateKind(name string, changes bool, start func(*Task, *aio.Call) int64) *taskKind {
	return &taskKind{
		name: name, changes: changes, start: start,
		finish: func(t *Task, c *aio.Call, code int64) int64 {
			report, code := finishCall(c, code)
			t.op.failed = t.op.perform.End(report, int(code))
			return code
		},
		toError: func(t *Task, err error) error { return operationError(t.op.kind, err, t.op.failed) },
		abandon: func(t *Task) { t.op.perform.End(nil, -int(syscall.ECANCELED)) },
	}
}

// taskCaller returns the Caller of the task's calls.
func taskCaller(ctx context.Context, t *Task) (admit.Caller, error) {
	if err := t.ioctx.precheck(ctx); err != nil {
		return admit.Caller{}, err
	}
	bytes := len(t.data)
	if t.op != nil {
		bytes = oplog.Bytes(t.op.perform.Record())
	}
	t.span = t.ioctx.trace(&ctx, t.kind.name, t.Object, bytes)
	return t.ioctx.caller(), nil
}

// finishTask stores the results of a call that has returned code, frees it and returns the task's
// error.
func finishTask(ctx context.Context, t *Task, call *aio.Call, code int64) (err error) {
	t.Version = call.Version()
	code = t.kind.finish(t, call, code)
	if code != -int64(syscall.ECANCELED) {
		t.ioctx.handle.SetVersion(t.Version)
		t.span.setVersion(t.Version)
	}
	if call.Changes = t.kind.changes; call.Changes {
		err = t.ioctx.finishSent(ctx, call, t.Object, code)
	} else {
		err = t.ioctx.finish(ctx, call, code)
	}
	if t.kind.toError != nil {
		err = t.kind.toError(t, err)
	}
	return err
}

// prepare resets the results of a task and returns the number of bytes that its call transfers, or
// reports that nothing must be sent.
func (t *Task) prepare() (bytes int, done bool, err error) {
	t.N, t.Stat, t.Version, t.Err = 0, ObjectStat{}, 0, nil
	if t.kind == nil {
		return 0, false, errNoTask
	}
	if t.op == nil {
		return len(t.data), false, nil
	}
	shard, err := t.ioctx.enter() // an operation that can't be sent can be performed elsewhere
	if err != nil {
		return 0, false, err
	}
	defer t.ioctx.exit(shard)
	if done, err := finishRecording(t.op.kind, t.Object, t.op.steps); done || err != nil {
		return 0, done, err
	}
	t.op.perform.Begin(t.op.steps)
	return oplog.Bytes(t.op.perform.Record()), false, nil
}

var errNoTask = errors.New("rados: a Task must be made by an IOContext or an operation")

// wrap adds to err the method and the object of the task.
func (t *Task) wrap(err error) error {
	if err == nil || t.kind == nil {
		return err
	}
	return t.ioctx.wrap(t.kind.name, t.Object, err)
}
