package rados

import (
	"errors"
	"sync/atomic"
	"syscall"

	"github.com/go-rados/go-rados/internal/aio"
	"github.com/go-rados/go-rados/internal/oplog"
)

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
	at     int    // among those under way
	inUse  uint32 // atomic; a Task may be copied
}

// acquire reports whether t was free, and takes it into use.
func (t *Task) acquire() bool { return atomic.CompareAndSwapUint32(&t.inUse, 0, 1) }

// release ends the use of t: what t has is its owner's again.
func (t *Task) release() { atomic.StoreUint32(&t.inUse, 0) }

// refusal returns the Task that is yielded in place of t, which is in use.
func (t *Task) refusal() *Task {
	return &Task{Tag: t.Tag, Object: t.Object, Err: t.wrap(ErrTaskInUse)}
}

// taskKind is what tasks of one kind do.
type taskKind struct {
	name    string
	changes bool // it may change an object
	// start starts the call, and finish takes the results from it, where there are any, and
	// returns its code.
	start  func(*Task, *aio.Call) int64
	finish func(*Task, *aio.Call, int64) int64
	// outcome makes the error of the task of that of the call.
	outcome func(*Task, error) error
	// abandon ends a task that was not started.
	abandon func(*Task)
}

func justCode(_ *Task, _ *aio.Call, code int64) int64 { return code }
func nothing(*Task)                                   {}

var (
	readTask = &taskKind{
		name:  "ReadTask",
		start: func(t *Task, c *aio.Call) int64 { return t.ioctx.startRead(c, t.Object, t.data, t.offset) },
		finish: func(t *Task, c *aio.Call, code int64) int64 {
			code = filled(c, code, t.data)
			t.N = int(max(0, code))
			return code
		},
		abandon: nothing,
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
		abandon: nothing,
	}
	writeTask = changing("WriteTask", func(t *Task, c *aio.Call) int64 {
		return t.ioctx.startWrite(c, t.Object, t.data, t.offset)
	})
	writeFullTask = changing("WriteFullTask", func(t *Task, c *aio.Call) int64 {
		return t.ioctx.startWriteFull(c, t.Object, t.data)
	})
	appendTask = changing("AppendTask", func(t *Task, c *aio.Call) int64 {
		return t.ioctx.startAppend(c, t.Object, t.data)
	})
	deleteTask = changing("DeleteTask", func(t *Task, c *aio.Call) int64 {
		return t.ioctx.startDelete(c, t.Object)
	})
)

func changing(name string, start func(*Task, *aio.Call) int64) *taskKind {
	return &taskKind{name: name, changes: true, start: start, finish: justCode, abandon: nothing}
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
	readOpTask = operating("ReadOp.Task", false, func(t *Task, c *aio.Call) int64 {
		return t.ioctx.startOperateRead(c, t.op.perform.Record(), t.Object, t.op.flags)
	})
	writeOpTask = operating("WriteOp.Task", true, func(t *Task, c *aio.Call) int64 {
		return t.ioctx.startOperateWrite(c, t.op.perform.Record(), t.Object, t.op.flags)
	})
)

func operating(name string, changes bool, start func(*Task, *aio.Call) int64) *taskKind {
	return &taskKind{
		name: name, changes: changes, start: start,
		finish: func(t *Task, c *aio.Call, code int64) int64 {
			report, code := finishCall(c, code)
			t.op.failed = t.op.perform.End(report, int(code))
			return code
		},
		outcome: func(t *Task, err error) error {
			if err == nil && len(t.op.failed) == 0 {
				return nil
			}
			return OperationError{kind: t.op.kind, OpError: err, StepErrors: stepErrors(t.op.failed)}
		},
		abandon: func(t *Task) { t.op.perform.End(nil, -int(syscall.ECANCELED)) },
	}
}

// prepare makes a task ready to be started, and tells how many bytes it moves, or that there
// is nothing to be done.
func (t *Task) prepare() (bytes int, done bool, err error) {
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
	if done, err := seal(t.op.kind, t.Object, t.op.steps); done || err != nil {
		return 0, done, err
	}
	t.op.perform.Begin(t.op.steps)
	return oplog.Bytes(t.op.perform.Record()), false, nil
}

var errNoTask = errors.New("rados: a Task must be made by an IOContext or an operation")

// wrap says of err what was to be done to what.
func (t *Task) wrap(err error) error {
	if err == nil || t.kind == nil {
		return err
	}
	return t.ioctx.wrap(t.kind.name, t.Object, err)
}
