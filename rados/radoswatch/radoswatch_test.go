package radoswatch_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radostest"
	"github.com/go-rados/go-rados/rados/radoswatch"
)

func TestMain(m *testing.M) { radostest.Main(m) }

const (
	pool = "radoswatch"
	oid  = "object"
)

var namespaces atomic.Int64

// open opens a namespace of its own, with an object, on a connection.
func open(t testing.TB, conn *rados.Conn) *rados.IOContext {
	t.Helper()
	if err := conn.MakePool(pool); err != nil {
		require.ErrorIs(t, err, rados.ErrObjectExists)
	}
	ioctx, err := conn.OpenIOContext(pool)
	require.NoError(t, err)
	t.Cleanup(ioctx.Destroy)
	ioctx.SetNamespace(fmt.Sprintf("%d-%d", os.Getpid(), namespaces.Add(1)))
	require.NoError(t, ioctx.Create(oid, rados.CreateExclusive))
	return ioctx
}

// loop is an iteration on a goroutine of its own, whose body does what the test says.
type loop struct {
	events chan radoswatch.Event
	body   chan func() bool // the rest of the body of each event: false leaves the loop
	end    chan error       // the error that was yielded, or nil
}

func start(t testing.TB, seq iter.Seq2[radoswatch.Event, error]) *loop {
	l := &loop{make(chan radoswatch.Event), make(chan func() bool), make(chan error, 1)}
	go func() {
		defer close(l.events)
		for event, err := range seq {
			if err != nil {
				l.end <- err
				return
			}
			l.events <- event
			if !(<-l.body)() {
				break
			}
		}
		l.end <- nil
	}()
	return l
}

func next() bool  { return true }
func leave() bool { return false }

// gap receives the start of a watch.
func (l *loop) gap(t testing.TB) radoswatch.Gap {
	t.Helper()
	event := await.Next(t, l.events)
	require.NotNil(t, event.Gap, "%+v", event)
	require.Nil(t, event.Notification)
	require.NoError(t, event.Ack(t.Context(), nil))
	return *event.Gap
}

// notify notifies the watches of the object and returns the channel of the answers.
func notify(t testing.TB, ioctx *rados.IOContext, data string) <-chan []rados.NotifyAck {
	answers := make(chan []rados.NotifyAck, 1)
	go func() {
		acks, late, err := ioctx.NotifyWithTimeout(oid, []byte(data), await.Patience)
		assert.NoError(t, err)
		assert.Empty(t, late)
		answers <- acks
	}()
	return answers
}

// checkWatch notifies the loop, which must receive that, and answers with the loop's end of the body.
func (l *loop) checkWatch(t testing.TB, ioctx *rados.IOContext, data string) {
	t.Helper()
	answers := notify(t, ioctx, data)
	event := await.Next(t, l.events)
	require.NotNil(t, event.Notification, "%+v", event)
	assert.Nil(t, event.Gap)
	assert.Equal(t, data, string(event.Notification.Data))
	assert.Empty(t, answers, "answered before the end of the body")
	l.body <- next
	acks := await.Next(t, answers)
	require.Len(t, acks, 1)
	assert.Empty(t, acks[0].Response)
}

// unwatched makes sure that the object has no watch.
func unwatched(t testing.TB, ioctx *rados.IOContext) {
	t.Helper()
	assert.Empty(t, await.Next(t, notify(t, ioctx, "")))
}

// acks counts the answers that a connection sends.
type acks struct{ atomic.Int64 }

func (a *acks) TraceStart(ctx context.Context, call rados.TracedCall) context.Context {
	if call.Op == "NotifyEvent.Ack" {
		a.Add(1)
	}
	return ctx
}

func (a *acks) TraceEnd(context.Context, rados.TracedCall, rados.TracedResult) {}

func TestEvents(t *testing.T) {
	t.Parallel()
	conn := radostest.Conn(t)
	var sent acks
	conn.SetTracer(&sent)
	ioctx := open(t, conn)
	before := time.Now()
	l := start(t, radoswatch.Events(t.Context(), ioctx, oid))
	gap := l.gap(t)
	assert.Zero(t, gap.From)
	assert.NoError(t, gap.Err)
	assert.WithinRange(t, gap.To, before, time.Now())
	l.body <- next
	l.checkWatch(t, ioctx, "one")
	l.checkWatch(t, ioctx, "")

	answers := notify(t, ioctx, "two")
	event := await.Next(t, l.events)
	require.NoError(t, event.Ack(t.Context(), []byte("answer")))
	acks := await.Next(t, answers) // while the body runs
	require.Len(t, acks, 1)
	assert.Equal(t, "answer", string(acks[0].Response))
	assert.NoError(t, event.Ack(t.Context(), []byte("another answer")))
	l.body <- next

	answers = notify(t, ioctx, "three")
	await.Next(t, l.events)
	l.body <- leave
	assert.Len(t, await.Next(t, answers), 1, "the last notification is answered, too")
	assert.EqualValues(t, 4, sent.Load(), "each notification is answered once")
	assert.NoError(t, await.Next(t, l.end))
	unwatched(t, ioctx)
}

// TestGap loses the watch by a new object with the name of the old one.
func TestGap(t *testing.T) {
	t.Parallel()
	ioctx := open(t, radostest.Conn(t))
	l := start(t, radoswatch.Events(t.Context(), ioctx, oid))
	first := l.gap(t)
	replace := func() { // which ends the watches of the object
		op := rados.CreateWriteOp()
		op.Remove()
		op.Create(rados.CreateExclusive)
		require.NoError(t, op.Operate(ioctx, oid, rados.OperationNoFlag))
	}
	replace()
	l.body <- next
	second := l.gap(t)
	assert.Equal(t, first.To, second.From)
	assert.Greater(t, second.To, second.From)
	assert.ErrorIs(t, second.Err, syscall.ENOTCONN)
	l.body <- next
	l.checkWatch(t, ioctx, "again")

	answers := notify(t, ioctx, "last")
	await.Next(t, l.events)
	replace()
	l.body <- next
	assert.Empty(t, await.Next(t, answers), "the watch of the old object is gone")
	third := l.gap(t)
	assert.GreaterOrEqual(t, third.From, second.To)
	assert.GreaterOrEqual(t, third.To.Sub(second.To), 50*time.Millisecond, "a pause, after two short watches")
	l.body <- leave
	assert.NoError(t, await.Next(t, l.end))
}

// TestEnd ends loops in each way that is documented.
func TestEnd(t *testing.T) {
	t.Parallel()
	reason := errors.New("reason")
	for name, test := range map[string]struct {
		end  func(t *testing.T, ioctx *rados.IOContext, conn *rados.Conn, cancel context.CancelCauseFunc)
		want []error
	}{
		"context": {func(_ *testing.T, _ *rados.IOContext, _ *rados.Conn, cancel context.CancelCauseFunc) { cancel(reason) },
			[]error{context.Canceled, reason}},
		"Destroy": {func(_ *testing.T, ioctx *rados.IOContext, _ *rados.Conn, _ context.CancelCauseFunc) { ioctx.Destroy() },
			[]error{rados.ErrInvalidIOContext}},
		"Shutdown": {func(_ *testing.T, _ *rados.IOContext, conn *rados.Conn, _ context.CancelCauseFunc) { conn.Shutdown() },
			[]error{rados.ErrNotConnected}},
		"removed": {func(t *testing.T, ioctx *rados.IOContext, _ *rados.Conn, _ context.CancelCauseFunc) {
			require.NoError(t, ioctx.Delete(oid))
		}, []error{rados.ErrNotFound}},
		"blocklisted": {func(t *testing.T, _ *rados.IOContext, conn *rados.Conn, _ context.CancelCauseFunc) {
			addresses, err := conn.GetAddrs()
			require.NoError(t, err)
			require.NoError(t, radostest.Conn(t).BlocklistAdd(addresses, 0))
		}, []error{syscall.ESHUTDOWN}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := radostest.Conn(t)
			ioctx := open(t, conn)
			pool, err := ioctx.GetPoolName()
			require.NoError(t, err)
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			l := start(t, radoswatch.Events(ctx, ioctx, oid))
			l.gap(t)
			l.body <- next
			test.end(t, ioctx, conn, cancel)
			err = await.Next(t, l.end)
			for _, want := range test.want {
				assert.ErrorIs(t, err, want)
			}
			var named *rados.ObjectError
			require.ErrorAs(t, err, &named)
			assert.Equal(t, oid, named.Object)
			if name == "context" {
				assert.Equal(t, "Events", named.Op)
				assert.Equal(t, pool, named.Pool)
				unwatched(t, ioctx)
			}
		})
	}
}

// TestNoWatch has arguments with which no watch starts.
func TestNoWatch(t *testing.T) {
	t.Parallel()
	ioctx := open(t, radostest.Conn(t))
	done, cancel := context.WithCancel(t.Context())
	cancel()
	for name, test := range map[string]struct {
		seq  iter.Seq2[radoswatch.Event, error]
		want error
	}{
		"no object":     {radoswatch.Events(t.Context(), ioctx, "none"), rados.ErrNotFound},
		"no IOContext":  {radoswatch.Events(t.Context(), nil, oid), rados.ErrInvalidIOContext},
		"no time":       {radoswatch.Events(t.Context(), ioctx, oid, radoswatch.Timeout(-1)), syscall.EINVAL},
		"done already":  {radoswatch.Events(done, ioctx, oid), context.Canceled},
		"NUL in a name": {radoswatch.Events(t.Context(), ioctx, "a\x00b"), rados.ErrNameContainsNUL},
	} {
		l := start(t, test.seq)
		assert.ErrorIs(t, await.Next(t, l.end), test.want, name)
	}
}

// TestTimeout has a watch that is lost without a failure, since librados confirms watches each 5
// seconds.
func TestTimeout(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("waits some seconds until watches run out")
	}
	ioctx := open(t, radostest.Conn(t))
	l := start(t, radoswatch.Events(t.Context(), ioctx, oid, radoswatch.Timeout(time.Second)))
	last := l.gap(t)
	for range 2 {
		l.body <- next
		gap := l.gap(t)
		assert.Error(t, gap.Err)
		assert.WithinRange(t, gap.From, last.To, gap.To)
		last = gap
	}
	l.body <- leave
	assert.NoError(t, await.Next(t, l.end))
}

// TestUnreachableOSD kills the OSD for a client with a timeout.
func TestUnreachableOSD(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts a cluster of its own and stops a daemon")
	}
	cluster := radostest.Start(t, radostest.OSDs(1), radostest.BlueStore(1<<30))
	conn, err := rados.Open(t.Context(), rados.Config{ConfigFile: cluster.Conf(), Options: map[string]string{"rados_osd_op_timeout": "2"}})
	require.NoError(t, err)
	defer conn.Shutdown()
	ioctx := open(t, conn)
	l := start(t, radoswatch.Events(t.Context(), ioctx, oid))
	first := l.gap(t)
	l.body <- next
	other, err := ioctx.Watch(oid)
	require.NoError(t, err)
	cluster.Kill(t, "osd.0")
	killed := time.Now()
	assert.ErrorIs(t, await.Next(t, other.Errors()), syscall.ETIMEDOUT)
	for range 3 { // while the loop tries to watch again
		_, err = ioctx.Stat(oid)
		require.ErrorIs(t, err, syscall.ETIMEDOUT)
	}
	cluster.Restart(t, "osd.0")
	second := l.gap(t)
	assert.ErrorIs(t, second.Err, syscall.ETIMEDOUT)
	assert.WithinRange(t, second.From, first.To, killed.Add(time.Second))
	l.body <- next
	l.checkWatch(t, ioctx, "again")
}
