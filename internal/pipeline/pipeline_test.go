package pipeline

import (
	"context"
	"errors"
	"iter"
	"slices"
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/admit"
	"github.com/go-rados/go-rados/internal/aio"
	"github.com/go-rados/go-rados/internal/handle"
	"github.com/go-rados/go-rados/internal/test/fakeaio"
)

var (
	errClosed  = errors.New("closed")
	errInUse   = errors.New("in use")
	errInvalid = errors.New("invalid")
)

// task is a task of the tests.
type task struct {
	name     string
	code     int64 // of its call, if completes
	hangs    bool  // the call ends when it is cancelled
	fails    bool  // the call can't be started
	empty    bool  // no task is left
	invalid  bool
	err      error
	inUse    bool
	abandons int
	version  uint64
}

// pipe is where tasks are performed.
type pipe struct {
	caller  admit.Caller
	library *fakeaio.Library
	most    int // the greatest number of calls that were in flight
	now     int
}

func newPipe() *pipe {
	calls, l := fakeaio.New()
	free := func(unsafe.Pointer) {}
	conn := new(handle.Library).New(nil, free, nil)
	h, err := conn.NewChild(nil, free)
	if err != nil {
		panic(err)
	}
	admission := &admit.Conn{}
	admission.Init(conn, calls, &admit.Errors{
		FromCode: func(code int) error { return syscall.Errno(-code) },
		Canceled: syscall.ECANCELED,
		Unknown:  errors.New("unknown"),
	})
	return &pipe{library: l, caller: admit.Caller{Conn: admission, Handle: h}}
}

func (p *pipe) methods() *Methods[task] {
	return &Methods[task]{
		Calls:   p.caller.Conn.Calls,
		Acquire: func(t *task) bool { was := t.inUse; t.inUse = true; return !was },
		Refused: func(t *task) *task { return &task{name: t.name, err: errInUse} },
		Prepare: func(t *task) (int, bool, error) {
			if t.invalid {
				return 0, false, errInvalid
			}
			return 1, t.empty, nil
		},
		Abandon: func(t *task) { t.abandons++ },
		Caller:  func(context.Context, *task) (admit.Caller, error) { return p.caller, nil },
		Start: func(t *task, call *aio.Call) int64 {
			p.now++
			p.most = max(p.most, p.now)
			p.library.Start(call)
			switch {
			case t.fails:
				return t.code
			case !t.hangs:
				p.library.Complete(call, t.code)
			}
			return 0
		},
		Completed: func(t *task, call *aio.Call, _ int64) { t.version = call.Version() },
		Finish: func(ctx context.Context, _ *task, call *aio.Call, code int64) error {
			p.now--
			return p.caller.Finish(ctx, call, code)
		},
		End:     func(t *task, err error) { t.err, t.inUse = err, false },
		Release: func(t *task) { t.inUse = false },
	}
}

// run performs tasks and returns them in the order in which they were yielded, up to n of them.
func (p *pipe) run(ctx context.Context, depth, n int, tasks iter.Seq[*task]) (ended []*task) {
	Run(ctx, depth, tasks, func(t *task) bool {
		ended = append(ended, t)
		return len(ended) < n
	}, p.methods())
	return ended
}

// assertIdle fails t unless no call is in flight and all room has been released.
func (p *pipe) assertIdle(t *testing.T) {
	t.Helper()
	assert.Zero(t, p.now)
	p.caller.Conn.InFlight.SetMax(1, 1)
	assert.True(t, p.caller.Conn.InFlight.TryEnter(1))
}

func TestRun(t *testing.T) {
	for _, depth := range []int{1, 2, 8} {
		p := newPipe()
		var tasks []*task
		for i := range 100 {
			tasks = append(tasks, &task{code: -int64(i % 2)})
		}
		ended := p.run(t.Context(), depth, 1000, slices.Values(tasks))
		assert.ElementsMatch(t, tasks, ended)
		for i, task := range tasks {
			if i%2 == 0 {
				assert.NoError(t, task.err)
			} else {
				assert.Equal(t, syscall.EPERM, task.err)
			}
			assert.False(t, task.inUse)
			assert.EqualValues(t, fakeaio.Version, task.version)
		}
		assert.LessOrEqual(t, p.most, depth)
		p.assertIdle(t)
	}
}

// TestNotStarted: what can't be started is yielded in its turn.
func TestNotStarted(t *testing.T) {
	p := newPipe()
	used := &task{name: "used", inUse: true}
	tasks := []*task{nil, {name: "empty", empty: true}, {name: "invalid", invalid: true}, used, {name: "fails", fails: true, code: -5}}
	ended := p.run(t.Context(), 2, 1000, slices.Values(tasks))
	require.Len(t, ended, 4)
	assert.NoError(t, ended[0].err)
	assert.Equal(t, errInvalid, ended[1].err)
	assert.Equal(t, errInUse, ended[2].err)
	assert.NotSame(t, used, ended[2])
	assert.True(t, used.inUse)
	assert.Equal(t, syscall.EIO, ended[3].err)
	assert.Zero(t, ended[3].version, "that of an earlier call")
	p.assertIdle(t)
}

// TestLeave: when the loop is left, the calls in flight are cancelled and their tasks not yielded.
func TestLeave(t *testing.T) {
	p := newPipe()
	tasks := []*task{{hangs: true}, {hangs: true}, {empty: true}, {}}
	ended := p.run(t.Context(), 4, 1, slices.Values(tasks))
	assert.Equal(t, tasks[2:3], ended)
	assert.Equal(t, syscall.ECANCELED, tasks[0].err)
	assert.False(t, tasks[1].inUse)
	p.assertIdle(t)
}

func TestPanic(t *testing.T) {
	p := newPipe()
	assert.PanicsWithValue(t, "left", func() {
		Run(t.Context(), 4, slices.Values([]*task{{hangs: true}, {empty: true}}), func(*task) bool { panic("left") }, p.methods())
	})
	p.assertIdle(t)
}

// TestPanicOfEnd expects all calls to end if End panics each time.
func TestPanicOfEnd(t *testing.T) {
	p := newPipe()
	methods := p.methods()
	methods.End = func(*task, error) { panic("end") }
	assert.PanicsWithValue(t, "end", func() {
		Run(t.Context(), 4, slices.Values([]*task{{hangs: true}, {hangs: true}, {empty: true}}), func(*task) bool { return true }, methods)
	})
	p.assertIdle(t)
}

func TestContext(t *testing.T) {
	p := newPipe()
	ctx, cancel := context.WithCancel(t.Context())
	asked := 0
	ended := p.run(ctx, 2, 1000, func(yield func(*task) bool) {
		for yield(&task{hangs: true}) {
			if asked++; asked == 1 {
				cancel()
			}
		}
	})
	require.NotEmpty(t, ended)
	for _, task := range ended {
		assert.Equal(t, context.Canceled, task.err)
	}
	p.assertIdle(t)
}

// TestRoom: calls in flight make room for the next ones, and a handle that is closed ends the wait.
func TestRoom(t *testing.T) {
	p := newPipe()
	p.caller.Conn.InFlight.SetMax(1, 0)
	tasks := []*task{{}, {}, {}}
	assert.Len(t, p.run(t.Context(), 3, 1000, slices.Values(tasks)), 3)
	assert.Equal(t, 1, p.most)

	closing := &task{name: "closing"}
	ctx, cancel := context.WithCancel(t.Context())
	ended := p.run(ctx, 3, 1000, func(yield func(*task) bool) {
		_ = yield(&task{hangs: true})
		p.caller.Handle.Close(errClosed)
		_ = yield(closing)
		cancel()
	})
	assert.Contains(t, ended, closing)
	assert.Equal(t, errClosed, closing.err)
	assert.Equal(t, 1, closing.abandons)
}
