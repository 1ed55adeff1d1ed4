package fakelibrados_test

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// observed is a call that a recorder has seen from its start to its end.
type observed struct {
	call   rados.TracedCall
	result rados.TracedResult
}

// recorder is a Tracer that records calls.
type recorder struct {
	mu      sync.Mutex
	started int
	ended   []observed
	unknown int // ends without a start
}

type recorderKey struct{}

func (r *recorder) TraceStart(ctx context.Context, call rados.TracedCall) context.Context {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.started++
	return context.WithValue(ctx, recorderKey{}, call)
}

func (r *recorder) TraceEnd(ctx context.Context, call rados.TracedCall, result rados.TracedResult) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if ctx.Value(recorderKey{}) != call {
		r.unknown++
	}
	r.ended = append(r.ended, observed{call, result})
}

// calls returns the calls since the last time, all of which must be completed.
func (r *recorder) calls(t *testing.T) []observed {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	assert.Len(t, r.ended, r.started, "each call ends once")
	assert.Zero(t, r.unknown, "the context of TraceStart is that of TraceEnd")
	calls := r.ended
	r.started, r.ended = 0, nil
	return calls
}

// untraced lists the methods that no Tracer observes, since they are local.
var untraced = map[string]bool{
	"GetAddrs": true, "GetConfigOption": true, "GetFSID": true, "GetInstanceID": true, "ParseCmdLineArgs": true,
	"ParseConfigArgv": true, "ParseConfigArgvRemainder": true, "ParseDefaultConfigEnv": true,
	"ReadConfigFile": true, "ReadDefaultConfigFile": true, "RegisterService": true, "SetConfigOption": true,
	"UpdateServiceStatus": true, "Alignment": true, "GetNamespace": true, "GetPoolID": true,
	"GetPoolName": true, "RequiresAlignment": true, "SetLocator": true, "SetNamespace": true,
	"SetPoolFullTry": true, "SetReadSnap": true, "SetSelfManagedSnapContext": true, "SetSnapContext": true, "UnsetPoolFullTry": true,
	"MonitorLog": true,
}

// tracedAs maps rows of methods to the names of their calls, where these are different.
var tracedAs = map[string]string{
	"Write op": "WriteOp.OperateWithMtime", "Read op": "ReadOp.Operate",
	"GetAllOmapValues": "ListOmapValues", "GetOmapValues": "ListOmapValues", "Omap": "ListOmapValues", "OmapViews": "ListOmapValues",
	"ReleaseLock": "Unlock", "Lock": "LockExclusive", "RLock": "LockShared", "RevokeLock": "BreakLock",
	"Xattrs": "ListXattrs",
}

// TestTracer calls each method, with success and with an error: it starts and ends once, with its
// name, pool and object.
func TestTracer(t *testing.T) {
	forEach(t, all, func(t *testing.T, m method) {
		r := &recorder{}
		op, _, _ := strings.Cut(m.name, " ")
		if other, ok := tracedAs[m.name]; ok {
			op = other
		} else if other, ok := tracedAs[op]; ok {
			op = other
		}
		for _, code := range []int{0, -int(syscall.EIO)} {
			o := prepared(t, m)
			o.conn.SetTracer(r)
			if code != 0 {
				fakelibrados.Return(m.sends, code)
			}
			err := m.call(o, "name")
			calls := r.calls(t)
			if err == nil && strings.HasPrefix(op, "Watch") && len(calls) == 2 { // the row deletes its Watcher
				assert.Equal(t, "Watcher.Delete", calls[1].call.Op)
				calls = calls[:1]
			}
			if untraced[op] {
				assert.Empty(t, calls)
				continue
			}
			require.Len(t, calls, 1)
			call, result := calls[0].call, calls[0].result
			assert.Equal(t, op, call.Op)
			assert.Same(t, o.conn, call.Conn)
			if m.named() && m.onEngine() {
				assert.Contains(t, []string{"name", "object"}, call.Object)
			}
			if err == nil {
				assert.NoError(t, result.Err)
			} else {
				assert.ErrorIs(t, result.Err, syscall.EIO)
				assert.Zero(t, result.Bytes)
			}
			if again(m) {
				o.conn.SetTracer(nil)
				_ = m.call(o, "name")
				assert.Empty(t, r.calls(t))
			}
		}
	})
}

// TestTracerOfData expects the pool, the namespace, the number of bytes and the version.
func TestTracerOfData(t *testing.T) {
	o := both(t)
	r := &recorder{}
	o.conn.SetTracer(r)
	o.ioctx.SetNamespace("blue")
	fakelibrados.Answer("rados_read_op_read", "abc")
	n, err := o.ioctx.Read("object", make([]byte, 8), 0)
	require.NoError(t, err)
	require.NoError(t, o.ioctx.Write("object", make([]byte, 1<<20), 0))
	calls := r.calls(t)
	require.Len(t, calls, 2)
	version, err := o.ioctx.GetLastVersion()
	require.NoError(t, err)
	want := rados.TracedCall{Conn: o.conn, Op: "Read", Pool: "pool", Namespace: "blue", Object: "object", Bytes: 8}
	assert.Equal(t, want, calls[0].call)
	assert.Equal(t, n, calls[0].result.Bytes)
	want.Op, want.Bytes = "Write", 1<<20
	assert.Equal(t, want, calls[1].call)
	assert.Equal(t, rados.TracedResult{Bytes: 1 << 20, Version: version}, calls[1].result)
}

// TestTracerOfPipeline expects a call for each task.
func TestTracerOfPipeline(t *testing.T) {
	o := both(t)
	r := &recorder{}
	o.conn.SetTracer(r)
	w := rados.CreateWriteOp()
	w.WriteFull(data)
	fakelibrados.Return("rados_stat2", -int(syscall.EIO))
	tasks := []*rados.Task{
		o.ioctx.Tasks().Write("write", data, 0), o.ioctx.Tasks().Stat2("stat"), w.Task(o.ioctx, "op", 0), w.Task(o.ioctx, "again", 0),
	}
	for range rados.Pipeline(t.Context(), 1, slices.Values(tasks)) {
	}
	calls := r.calls(t)
	require.Len(t, calls, 3, "an operation that was performed is not sent again")
	assert.Equal(t, "Tasks.Write", calls[0].call.Op)
	assert.Equal(t, "write", calls[0].call.Object)
	assert.Equal(t, rados.TracedResult{Bytes: len(data), Version: tasks[0].Version}, calls[0].result)
	assert.Equal(t, "Tasks.Stat2", calls[1].call.Op)
	assert.ErrorIs(t, calls[1].result.Err, syscall.EIO)
	assert.Equal(t, "WriteOp.Task", calls[2].call.Op)
	assert.GreaterOrEqual(t, calls[2].call.Bytes, len(data))
}

// TestTracerOfCancelledCalls expects the error of a call that was cancelled, and the values of its context.
func TestTracerOfCancelledCalls(t *testing.T) {
	o := both(t)
	r := &recorder{}
	o.conn.SetTracer(r)
	for name, call := range map[string]func(ctx context.Context) error{
		"Write": func(ctx context.Context) error { return o.ioctx.WriteContext(ctx, "object", data, 0) },
		"WriteOp.Operate": func(ctx context.Context) error {
			w := rados.CreateWriteOp()
			w.Write(data, 0)
			return w.OperateContext(ctx, o.ioctx, "object", 0)
		},
		"Tasks.Write": func(ctx context.Context) error {
			return failed(rados.Pipeline(ctx, 2, slices.Values([]*rados.Task{o.ioctx.Tasks().Write("object", data, 0)})))
		},
	} {
		function := "rados_write"
		if name == "WriteOp.Operate" {
			function = "rados_write_op_operate"
		}
		cancelled(t, function, call)
		calls := r.calls(t)
		require.Len(t, calls, 1)
		assert.Equal(t, name, calls[0].call.Op)
		assert.ErrorIs(t, calls[0].result.Err, context.Canceled)
		assert.ErrorIs(t, calls[0].result.Err, rados.ErrOutcomeUnknown)
		assert.Zero(t, calls[0].result.Bytes)
		assert.Zero(t, calls[0].result.Version)
	}
}

// canceller is a Tracer whose context is done.
type canceller struct{ recorder }

func (c *canceller) TraceStart(ctx context.Context, call rados.TracedCall) context.Context {
	ctx, cancel := context.WithCancel(c.recorder.TraceStart(ctx, call))
	cancel()
	return ctx
}

// TestContextOfTracer expects the context of TraceStart to be that of the call.
func TestContextOfTracer(t *testing.T) {
	o := both(t)
	o.conn.SetTracer(&canceller{})
	callsBefore := fakelibrados.Calls("rados_write")
	assert.ErrorIs(t, o.ioctx.WriteContext(t.Context(), "object", data, 0), context.Canceled)
	assert.Equal(t, callsBefore, fakelibrados.Calls("rados_write"), "nothing is sent")
}

// panicker is a Tracer that panics.
type panicker struct{ start, end bool }

var errPanic = errors.New("a Tracer panics")

func (p panicker) TraceStart(context.Context, rados.TracedCall) context.Context {
	if p.start {
		panic(errPanic)
	}
	return nil // the context stays as it is
}

func (p panicker) TraceEnd(context.Context, rados.TracedCall, rados.TracedResult) {
	if p.end {
		panic(errPanic)
	}
}

// TestPanicOfTracer expects a call whose Tracer panics to release all that it has taken.
func TestPanicOfTracer(t *testing.T) {
	for _, p := range []panicker{{start: true}, {end: true}, {}} {
		forEach(t, func(m method) bool { op, _, _ := strings.Cut(m.name, " "); return !untraced[op] }, func(t *testing.T, m method) {
			o := prepared(t, m)
			o.conn.SetTracer(p)
			call := func() { _ = m.call(o, "name") }
			if p.start || p.end {
				assert.PanicsWithError(t, errPanic.Error(), call)
			} else {
				call()
			}
			want := idle()
			if p.end && strings.HasPrefix(m.name, "Watch") && m.opens {
				want.Watchers = 1
			}
			assert.Equal(t, want, o.conn.Stats())
			o.conn.Shutdown()
			await.Until(t, nothingLives, "no handle is in use")
		})
	}
}

// TestPanicOfTracerInPipeline expects a Pipeline whose Tracer panics at each end to end all calls.
func TestPanicOfTracerInPipeline(t *testing.T) {
	for _, p := range []panicker{{start: true}, {end: true}} {
		o := both(t)
		o.conn.SetTracer(p)
		assert.PanicsWithError(t, errPanic.Error(), func() {
			_ = failed(rados.Pipeline(t.Context(), 4, func(yield func(*rados.Task) bool) {
				for range 4 {
					if !yield(o.ioctx.Tasks().Write("object", data, 0)) {
						return
					}
				}
			}))
		})
		assert.Equal(t, idle(), o.conn.Stats())
		o.conn.Shutdown()
		assert.True(t, nothingLives(), "a handle is still in use")
	}
}

// TestSetTracerDuringCalls sets and unsets Tracers while calls are in flight: each call ends with the
// Tracer that has seen its start.
func TestSetTracerDuringCalls(t *testing.T) {
	o := both(t)
	var recorders [2]recorder
	done := make(chan struct{})
	var wg await.Group
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					_ = o.ioctx.Write("object", data, 0)
					_, _ = o.ioctx.StatContext(t.Context(), "object")
				}
			}
		})
	}
	for i := range 1000 {
		switch i % 3 {
		case 2:
			o.conn.SetTracer(nil)
		default:
			o.conn.SetTracer(&recorders[i%3])
		}
	}
	close(done)
	wg.Wait()
	for i := range recorders {
		recorders[i].calls(t)
	}
}

// TestSetTracerOfNothing sets the Tracer of a Conn that is nil or zero.
func TestSetTracerOfNothing(t *testing.T) {
	var none *rados.Conn
	none.SetTracer(&recorder{})
	(&rados.Conn{}).SetTracer(&recorder{})
	var ioctx rados.IOContext
	assert.Equal(t, rados.ErrInvalidIOContext, second(ioctx.Stat("object")))
}

// TestUntracedCallsDoNotAllocate measures calls without a Tracer.
func TestUntracedCallsDoNotAllocate(t *testing.T) {
	o := both(t)
	fakelibrados.Quick(true)
	defer fakelibrados.Quick(false)
	buffer := make([]byte, 8)
	for name, call := range map[string]func() error{
		"Read":  func() error { return second(o.ioctx.Read("object", buffer, 0)) },
		"Write": func() error { return o.ioctx.Write("object", buffer, 0) },
		"Stat":  func() error { return second(o.ioctx.Stat("object")) },
	} {
		require.NoError(t, call())
		assert.Zero(t, testing.AllocsPerRun(100, func() { _ = call() }), name)
	}
}

// TestContextOfTracerInPipeline expects a Task to be sent unless the context of TraceStart is done,
// and TraceEnd to get that context.
func TestContextOfTracerInPipeline(t *testing.T) {
	o := both(t)
	c := &canceller{}
	o.conn.SetTracer(c)
	callsBefore := fakelibrados.Calls("rados_write")
	tasks := []*rados.Task{o.ioctx.Tasks().Write("first", data, 0), o.ioctx.Tasks().Write("second", data, 0)}
	for task := range rados.Pipeline(t.Context(), 2, slices.Values(tasks)) {
		assert.ErrorIs(t, task.Err, context.Canceled)
		assert.NotErrorIs(t, task.Err, rados.ErrOutcomeUnknown, "it was not sent")
	}
	assert.Equal(t, callsBefore, fakelibrados.Calls("rados_write"), "nothing is sent")
	assert.Len(t, c.calls(t), 2)
	assert.Equal(t, idle(), o.conn.Stats())
}

// TestTracerOfTaskWithoutRoom expects the call of a Task that waits for room to end when the loop
// does, however that ends.
func TestTracerOfTaskWithoutRoom(t *testing.T) {
	for how, leave := range map[string]func(){
		"panic":  func() { panic("left") },
		"Goexit": runtime.Goexit,
		"break":  nil,
	} {
		t.Run(how, func(t *testing.T) {
			o := both(t)
			require.NoError(t, o.conn.SetMaxInFlight(1, 0))
			r := &recorder{}
			o.conn.SetTracer(r)
			tasks := []*rados.Task{o.ioctx.Tasks().Stat2("first"), o.ioctx.Tasks().Stat2("second")}
			left := make(chan struct{})
			fakelibrados.Hold("rados_stat2")
			go func() {
				defer close(left)
				defer func() { _ = recover() }()
				for range rados.Pipeline(t.Context(), 2, slices.Values(tasks)) {
					if leave == nil {
						break
					}
					leave()
				}
			}()
			awaitGoroutines(t, "pipeline.(*pipeline[...]).collect", 1)
			fakelibrados.Release("rados_stat2")
			<-left
			calls := r.calls(t)
			require.Len(t, calls, 2)
			assert.Equal(t, "first", calls[0].call.Object)
			assert.NoError(t, calls[0].result.Err)
			assert.Equal(t, "second", calls[1].call.Object)
			assert.ErrorIs(t, calls[1].result.Err, context.Canceled)
			o.conn.SetTracer(nil)
			require.NoError(t, failed(rados.Pipeline(t.Context(), 2, slices.Values(tasks))), "both can be used again")
		})
	}
}

// only returns the single call since the last time.
func (r *recorder) only(t *testing.T) observed {
	t.Helper()
	calls := r.calls(t)
	require.Len(t, calls, 1)
	return calls[0]
}

// TestTracerOfContextForms makes calls with a context, with success and with an error: each is traced
// once, with its name, and TraceEnd gets the context.
func TestTracerOfContextForms(t *testing.T) {
	forms := append(slices.Clone(contextForms),
		contextForm{"CreateSelfManagedSnapContext", "rados_ioctx_selfmanaged_snap_create", func(ctx context.Context, o on) error {
			return second(o.ioctx.CreateSelfManagedSnapContext(ctx))
		}},
		contextForm{"RemoveSelfManagedSnapContext", "rados_ioctx_selfmanaged_snap_remove", func(ctx context.Context, o on) error {
			return o.ioctx.RemoveSelfManagedSnapContext(ctx, 7)
		}},
		contextForm{"OpenIOContextByIDContext", "rados_ioctx_create2", func(ctx context.Context, o on) error {
			ioctx, err := o.conn.OpenIOContextByIDContext(ctx, 7)
			ioctx.Destroy()
			return err
		}},
		contextForm{"WaitForLatestOSDMapContext", "rados_wait_for_latest_osdmap", func(ctx context.Context, o on) error {
			return o.conn.WaitForLatestOSDMapContext(ctx)
		}},
		contextForm{"Ping", "rados_wait_for_latest_osdmap", func(ctx context.Context, o on) error { return o.conn.Ping(ctx) }},
		contextForm{"WatcherFlushContext", "rados_watch_flush", func(ctx context.Context, o on) error {
			return o.conn.WatcherFlushContext(ctx)
		}},
	)
	for _, form := range forms {
		t.Run(form.name, func(t *testing.T) {
			op := strings.TrimSuffix(form.name, "Context")
			if other, ok := tracedAs[op]; ok {
				op = other
			}
			o := both(t)
			r := &recorder{}
			o.conn.SetTracer(r)
			ctx, cancel := context.WithCancel(t.Context())
			require.NoError(t, form.call(ctx, o))
			first := r.calls(t)
			if strings.HasPrefix(op, "Watch") && len(first) == 2 { // the form deletes its Watcher
				assert.Equal(t, "Watcher.Delete", first[1].call.Op)
				assert.Equal(t, "object", first[1].call.Object)
				first = first[:1]
			}
			require.Len(t, first, 1)
			assert.Equal(t, op, first[0].call.Op)
			fakelibrados.Return(form.sends, -int(syscall.EIO))
			assert.ErrorIs(t, form.call(ctx, o), syscall.EIO)
			call := r.only(t)
			assert.Equal(t, op, call.call.Op)
			assert.ErrorIs(t, call.result.Err, syscall.EIO)
			assert.NotErrorAs(t, call.result.Err, new(*rados.ObjectError), "it names no method")
			cancel()
			assert.ErrorIs(t, form.call(ctx, o), context.Canceled)
			assert.ErrorIs(t, r.only(t).result.Err, context.Canceled)
		})
	}
}

// TestTracerOfConnect traces a ConnectContext that is cancelled, and the Connect after it.
func TestTracerOfConnect(t *testing.T) {
	conn := unconnected(t)
	r := &recorder{}
	conn.SetTracer(r)
	cancelled(t, "rados_connect", conn.ConnectContext)
	call := r.only(t)
	assert.Equal(t, rados.TracedCall{Conn: conn, Op: "Connect"}, call.call)
	assert.ErrorIs(t, call.result.Err, context.Canceled)
	require.NoError(t, conn.Connect())
	assert.Equal(t, rados.TracedResult{}, r.only(t).result)
}

// TestTracerOfWatches traces an acknowledgement, a notification that is cancelled, and the end of a
// watch.
func TestTracerOfWatches(t *testing.T) {
	o := both(t)
	w := watch(t, o.ioctx)
	fakelibrados.Notify(0, 1, 1, "news")
	e := await.Next(t, w.Events())
	r := &recorder{}
	o.conn.SetTracer(r)
	require.NoError(t, e.Ack(data))
	want := rados.TracedCall{Conn: o.conn, Op: "NotifyEvent.Ack", Pool: "pool", Object: "object", Bytes: len(data)}
	assert.Equal(t, observed{want, rados.TracedResult{Bytes: len(data)}}, r.only(t))
	require.NoError(t, e.AckContext(t.Context(), nil))
	assert.Equal(t, "NotifyEvent.Ack", r.only(t).call.Op)

	cancelled(t, "rados_notify2", func(ctx context.Context) error {
		return third2(o.ioctx.NotifyContext(ctx, "object", data))
	})
	call := r.only(t)
	want.Op = "Notify"
	assert.Equal(t, want, call.call)
	assert.ErrorIs(t, call.result.Err, rados.ErrOutcomeUnknown)
	assert.Zero(t, call.result.Bytes)

	require.NoError(t, w.DeleteContext(t.Context()))
	want.Op, want.Bytes = "Watcher.Delete", 0
	assert.Equal(t, observed{want, rados.TracedResult{}}, r.only(t))
	assert.Equal(t, rados.ErrWatcherClosed, e.Ack(nil))
	assert.Empty(t, r.calls(t), "there is no Watcher that has a Conn")
	assert.Equal(t, rados.ErrWatcherClosed, (&rados.Watcher{}).Delete())
}

// TestTracerOfIter traces an Iter from its start to its end: Close or the garbage collector.
func TestTracerOfIter(t *testing.T) {
	o := both(t)
	r := &recorder{}
	o.conn.SetTracer(r)
	ended := func() int {
		r.mu.Lock()
		defer r.mu.Unlock()
		return len(r.ended)
	}
	iter, err := o.ioctx.Iter()
	require.NoError(t, err)
	for iter.Next() {
	}
	require.NoError(t, iter.Err())
	iter.Seek(0)
	assert.Zero(t, ended(), "Close ends it")
	iter.Close()
	iter.Close()
	want := rados.TracedCall{Conn: o.conn, Op: "Iter", Pool: "pool"}
	assert.Equal(t, observed{want, rados.TracedResult{}}, r.only(t))

	iter, err = o.ioctx.Iter()
	require.NoError(t, err)
	fakelibrados.Return("rados_nobjects_list_next2", -int(syscall.EIO))
	assert.False(t, iter.NextContext(t.Context()))
	iter.Close()
	call := r.only(t)
	assert.ErrorIs(t, call.result.Err, syscall.EIO)
	assert.NotErrorAs(t, call.result.Err, new(*rados.ObjectError))

	_, err = o.ioctx.Iter()
	require.NoError(t, err)
	await.Until(t, func() bool { runtime.GC(); return ended() == 1 }, "the garbage collector ends it")
	assert.Equal(t, observed{want, rados.TracedResult{}}, r.only(t))
}

// TestTracerOfListing expects one call for a listing, which ends with the loop.
func TestTracerOfListing(t *testing.T) {
	o := both(t)
	r := &recorder{}
	o.conn.SetTracer(r)
	pool("object", "", "")
	fakelibrados.Answer("rados_object_list", "object", "", "")
	for op, list := range map[string]iter.Seq2[rados.Object, error]{
		"Objects": o.ioctx.Objects(), "ObjectsSlice": o.ioctx.ObjectsSlice(0, 1), "ObjectsParallel": o.ioctx.ObjectsParallel(3),
	} {
		for _, err := range list {
			require.NoError(t, err)
		}
		assert.Equal(t, op, r.only(t).call.Op)
		assert.PanicsWithValue(t, "left", func() {
			for range list {
				panic("left")
			}
		})
		assert.Equal(t, rados.TracedResult{}, r.only(t).result)
	}
}

// TestTracerOfClones expects Clone and the methods that call it to be traced as Clone.
func TestTracerOfClones(t *testing.T) {
	o := both(t)
	r := &recorder{}
	o.conn.SetTracer(r)
	for _, w := range withs {
		clone, err := w.with(o.ioctx)
		require.NoError(t, err)
		clone.Destroy()
		assert.Equal(t, rados.TracedCall{Conn: o.conn, Op: "Clone", Pool: "pool"}, r.only(t).call, w.name)
	}
}
