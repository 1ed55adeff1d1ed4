package rados_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
)

// tracer is a Tracer that keeps the calls that completed.
type tracer struct {
	mu    sync.Mutex
	ended []tracedCall
}

type tracedCall struct {
	rados.TracedCall
	rados.TracedResult
}

func (*tracer) TraceStart(ctx context.Context, _ rados.TracedCall) context.Context { return ctx }

func (tr *tracer) TraceEnd(_ context.Context, call rados.TracedCall, result rados.TracedResult) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.ended = append(tr.ended, tracedCall{call, result})
}

// next returns the only call that completed since the last time.
func (tr *tracer) next(t *testing.T) tracedCall {
	t.Helper()
	tr.mu.Lock()
	defer tr.mu.Unlock()
	require.Len(t, tr.ended, 1)
	call := tr.ended[0]
	tr.ended = nil
	return call
}

// tracedPool returns a namespace of its own with a connection of its own, which may get a Tracer.
func tracedPool(t *testing.T) (*rados.IOContext, *rados.Conn) {
	t.Helper()
	ioctx := namespace(t)
	pool, err := ioctx.GetPoolName()
	require.NoError(t, err)
	namespace, err := ioctx.GetNamespace()
	require.NoError(t, err)
	conn := radostest.Conn(t)
	own, err := conn.OpenIOContext(pool)
	require.NoError(t, err)
	t.Cleanup(own.Destroy)
	own.SetNamespace(namespace)
	return own, conn
}

func TestTracer(t *testing.T) {
	t.Parallel()
	own, conn := tracedPool(t)
	pool, err := own.GetPoolName()
	require.NoError(t, err)
	namespace, err := own.GetNamespace()
	require.NoError(t, err)
	tr := &tracer{}
	conn.SetTracer(tr)
	version := func() uint64 {
		t.Helper()
		v, err := own.GetLastVersion()
		require.NoError(t, err)
		require.NotZero(t, v)
		return v
	}

	require.NoError(t, own.WriteFull("traced", []byte("four")))
	want := rados.TracedCall{Conn: conn, Op: "WriteFull", Pool: pool, Namespace: namespace, Object: "traced", Bytes: 4}
	assert.Equal(t, tracedCall{want, rados.TracedResult{Bytes: 4, Version: version()}}, tr.next(t))

	buf := make([]byte, 100)
	n, err := own.ReadContext(t.Context(), "traced", buf, 1)
	require.NoError(t, err)
	assert.Equal(t, 3, n)
	want.Op, want.Bytes = "Read", 100
	assert.Equal(t, tracedCall{want, rados.TracedResult{Bytes: 3, Version: version()}}, tr.next(t))

	_, err = own.Stat("none")
	require.Equal(t, rados.ErrNotFound, err)
	want.Op, want.Object, want.Bytes = "Stat", "none", 0
	got := tr.next(t)
	assert.Equal(t, want, got.TracedCall)
	assert.Equal(t, rados.ErrNotFound, got.Err)

	for task := range rados.Pipeline(t.Context(), 2, slices.Values([]*rados.Task{own.Tasks().Read("traced", buf, 0)})) {
		require.NoError(t, task.Err)
		want.Op, want.Object, want.Bytes = "Tasks.Read", "traced", 100
		assert.Equal(t, tracedCall{want, rados.TracedResult{Bytes: 4, Version: task.Version}}, tr.next(t))
	}

	w := rados.CreateWriteOp()
	w.WriteFull([]byte("five5"))
	w.SetOmap(map[string][]byte{"key": []byte("value"), "k": {}})
	require.NoError(t, w.Operate(own, "traced", 0))
	got = tr.next(t)
	readAll := func() *rados.ReadOp {
		r := rados.CreateReadOp()
		r.Read(0, make([]byte, 3))
		r.Stat()
		r.Read(3, make([]byte, 100))
		r.GetOmapValues("", "", 10)
		return r
	}
	const all = len("five5" + "keyvalue" + "k")
	require.NoError(t, readAll().Operate(own, "traced", 0))
	assert.Equal(t, all, tr.next(t).TracedResult.Bytes)
	require.NoError(t, readAll().OperateContext(t.Context(), own, "traced", rados.OperationBalanceReads))
	assert.Equal(t, all, tr.next(t).TracedResult.Bytes)
	for task := range rados.Pipeline(t.Context(), 2, slices.Values([]*rados.Task{readAll().Task(own, "traced", 0)})) {
		require.NoError(t, task.Err)
		assert.Equal(t, all, tr.next(t).TracedResult.Bytes)
	}
	for _, err := range own.Omap("traced", "", "") {
		require.NoError(t, err)
	}
	assert.Equal(t, len("keyvalue"+"k"), tr.next(t).TracedResult.Bytes)
	output := make([]byte, 200)
	n, err = own.Exec("traced", "lock", "list_locks", nil, output)
	require.NoError(t, err)
	assert.NotZero(t, n)
	assert.Equal(t, n, tr.next(t).TracedResult.Bytes)
	assert.Equal(t, "WriteOp.Operate", got.Op)
	assert.GreaterOrEqual(t, got.TracedResult.Bytes, 5)
	assert.Equal(t, version(), got.Version)
}

// logTracer logs its calls. All of its values use the same key of contexts.
type logTracer struct {
	name   string
	log    *[]string
	cancel bool
}

type logTracerKey struct{}

func (l logTracer) TraceStart(ctx context.Context, call rados.TracedCall) context.Context {
	before, _ := ctx.Value(logTracerKey{}).(string)
	*l.log = append(*l.log, "start "+l.name+" in "+before+": "+call.Op)
	ctx = context.WithValue(ctx, logTracerKey{}, l.name)
	if l.cancel {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		cancel()
	}
	return ctx
}

func (l logTracer) TraceEnd(ctx context.Context, call rados.TracedCall, result rados.TracedResult) {
	*l.log = append(*l.log, "end "+l.name+" in "+ctx.Value(logTracerKey{}).(string)+": "+call.Op)
	if l.name == "panics" {
		panic("of a Tracer")
	}
}

// TestTracers expects each Tracer to get the contexts of the one before, and its own at the end.
func TestTracers(t *testing.T) {
	t.Parallel()
	own, conn := tracedPool(t)
	var log []string
	one, two := logTracer{name: "one", log: &log}, logTracer{name: "two", log: &log}
	conn.SetTracer(rados.Tracers(one, nil, rados.Tracers(two, two)))
	require.NoError(t, own.WriteFull("traced", nil))
	assert.Equal(t, []string{
		"start one in : WriteFull", "start two in one: WriteFull", "start two in two: WriteFull",
		"end two in two: WriteFull", "end two in two: WriteFull", "end one in one: WriteFull",
	}, log)

	conn.SetTracer(rados.Tracers(one, logTracer{name: "cancels", log: &log, cancel: true}))
	assert.ErrorIs(t, own.WriteFullContext(t.Context(), "traced", nil), context.Canceled)

	log = nil
	conn.SetTracer(rados.Tracers(one, logTracer{name: "panics", log: &log}))
	assert.PanicsWithValue(t, "of a Tracer", func() { _ = own.WriteFull("traced", nil) })
	assert.Equal(t, "end one in one: WriteFull", log[len(log)-1])

	assert.Nil(t, rados.Tracers())
	assert.Nil(t, rados.Tracers(nil, nil))
	assert.Equal(t, one, rados.Tracers(nil, one))
}
