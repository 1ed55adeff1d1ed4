package admit

import (
	"context"
	"errors"
	"strconv"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/aio"
	"github.com/go-rados/go-rados/internal/handle"
	"github.com/go-rados/go-rados/internal/test/fakeaio"
)

var (
	errClosed  = errors.New("closed")
	errUnknown = errors.New("unknown")
)

const timedOut = -int64(syscall.ETIMEDOUT)

// newCaller returns a Caller of a handle of a connection, with a library.
func newCaller() (Caller, *fakeaio.Library) {
	calls, l := fakeaio.New()
	free := func(unsafe.Pointer) {}
	conn := new(handle.Library).New(nil, free, nil)
	h, err := conn.NewChild(nil, free)
	if err != nil {
		panic(err)
	}
	admission := &Conn{}
	admission.Init(conn, calls, &Errors{
		FromCode: func(code int) error { return syscall.Errno(-code) },
		Canceled: syscall.ECANCELED,
		Unknown:  errUnknown,
	})
	admission.Submit.SetMax(1, 0)
	return Caller{Conn: admission, Handle: h}, l
}

// assertIdle fails t unless all room has been released.
func assertIdle(t *testing.T, c Caller) {
	t.Helper()
	c.Conn.InFlight.SetMax(1, 1)
	if assert.True(t, c.Conn.InFlight.TryEnter(1), "room in InFlight") {
		c.Conn.InFlight.Exit(1)
	}
	if assert.True(t, c.Conn.Submit.TryEnter(0), "room in Submit") {
		c.Conn.Submit.Exit(0)
	}
}

func TestFinish(t *testing.T) {
	for name, test := range map[string]struct {
		ret  int64
		want error
	}{
		"success": {3, nil},
		"errno":   {-2, syscall.ENOENT},
	} {
		t.Run(name, func(t *testing.T) {
			c, l := newCaller()
			c.Conn.InFlight.SetMax(1, 0)
			call, err := c.Start(t.Context(), 10)
			require.NoError(t, err)
			assert.False(t, c.Conn.InFlight.TryEnter(0), "the call counts")
			assert.False(t, c.Conn.Submit.TryEnter(0), "the call is being handed over")
			l.Complete(call, test.ret)
			assert.Equal(t, test.ret, c.Wait(t.Context(), call, 0))
			assert.EqualValues(t, fakeaio.Version, c.Handle.Version())
			assert.Equal(t, test.want, c.Finish(t.Context(), call, test.ret))
			assertIdle(t, c)
		})
	}
}

// TestNotAdmitted: a call that waits for admission ends with its context or the handle.
func TestNotAdmitted(t *testing.T) {
	for name, full := range map[string]func(Caller){
		"in flight": func(c Caller) { c.Conn.InFlight.SetMax(1, 0); c.Conn.InFlight.TryEnter(0) },
		"submit":    func(c Caller) { c.Conn.Submit.TryEnter(0) },
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := newCaller()
			full(c)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			_, err := c.Start(ctx, 1)
			assert.Equal(t, context.Canceled, err)
			c.Handle.Close(errClosed)
			_, err = c.Start(t.Context(), 1)
			assert.Equal(t, errClosed, err)
		})
	}
	c, _ := newCaller()
	c.Handle.Close(errClosed)
	_, err := c.Start(t.Context(), 1)
	assert.Equal(t, errClosed, err)
	_, err = c.StartUntilCallback(t.Context())
	assert.Equal(t, errClosed, err)
	assertIdle(t, c)
}

// TestCanceled: the error is the reason, and for a change also that its outcome is unknown.
func TestCanceled(t *testing.T) {
	for _, changes := range []bool{false, true} {
		c, _ := newCaller()
		ctx, cancel := context.WithCancel(t.Context())
		call, err := c.Start(ctx, 0)
		require.NoError(t, err)
		call.Changes = changes
		cancel()
		ret := c.Wait(ctx, call, 0)
		assert.Equal(t, fakeaio.Canceled, ret)
		assert.Zero(t, c.Handle.Version())
		err = c.Finish(ctx, call, ret)
		assert.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, changes, errors.Is(err, errUnknown))

		call, err = c.Start(t.Context(), 0)
		require.NoError(t, err)
		call.Changes = changes
		c.Handle.Close(errClosed)
		err = c.Finish(t.Context(), call, c.Wait(t.Context(), call, fakeaio.Canceled))
		assert.ErrorIs(t, err, errClosed)
		assert.Equal(t, changes, errors.Is(err, errUnknown))
		assertIdle(t, c)
	}
	c, _ := newCaller()
	call, err := c.Start(t.Context(), 0)
	require.NoError(t, err)
	call.Changes = true
	assert.Equal(t, syscall.ECANCELED, c.Finish(t.Context(), call, fakeaio.Canceled), "it was not asked for")
}

// TestUntilCallback: such calls have no bound.
func TestUntilCallback(t *testing.T) {
	c, l := newCaller()
	c.Conn.InFlight.SetMax(1, 0)
	require.True(t, c.Conn.InFlight.TryEnter(0))
	call, err := c.StartUntilCallback(t.Context())
	require.NoError(t, err)
	l.Complete(call, 0)
	require.Zero(t, c.Wait(t.Context(), call, 0))
	require.NoError(t, c.Finish(t.Context(), call, 0))
	c.Conn.InFlight.Exit(0)
	assertIdle(t, c)
}

// TestUnguarded: the call works though the handle is closed.
func TestUnguarded(t *testing.T) {
	c, l := newCaller()
	c.Handle.Close(errClosed)
	call, err := c.StartUnguarded(t.Context())
	require.NoError(t, err)
	l.Complete(call, -2)
	ret := c.Wait(t.Context(), call, 0)
	assert.Equal(t, syscall.ENOENT, c.Finish(t.Context(), call, ret))
	assertIdle(t, c)
}

func TestRetains(t *testing.T) {
	c, _ := newCaller()
	call := &aio.Call{Bytes: MinRetained}
	assert.True(t, c.Retains(call, fakeaio.Canceled))
	assert.True(t, c.Retains(call, timedOut))
	assert.False(t, c.Retains(call, -2), "the OSD has answered")
	assert.False(t, c.Retains(&aio.Call{Bytes: MinRetained - 1}, fakeaio.Canceled), "little data")
	c.Conn.Handle.Close(errClosed)
	assert.False(t, c.Retains(call, fakeaio.Canceled), "the connection is closed")
}

// TestFinishRetained: the bytes of a call count until a probe is answered.
func TestFinishRetained(t *testing.T) {
	c, l := newCaller()
	c.Conn.InFlight.SetMax(1, MinRetained)
	call, err := c.Start(t.Context(), MinRetained)
	require.NoError(t, err)
	l.Complete(call, fakeaio.Canceled)
	ret := c.Wait(t.Context(), call, 0)
	probes := make(chan *aio.Call)
	err = c.FinishRetained(t.Context(), call, ret, func(probe *aio.Call) int64 {
		l.Start(probe)
		probes <- probe
		return 0
	})
	assert.Equal(t, syscall.ECANCELED, err)
	first := <-probes
	assert.False(t, c.Conn.InFlight.TryEnter(1))
	assert.EqualValues(t, MinRetained, c.Conn.RetainedBytes.Load())
	assert.True(t, c.Conn.InFlight.TryEnter(0), "the call does not count any longer")
	c.Conn.InFlight.Exit(0)
	l.Complete(first, timedOut)
	l.Complete(<-probes, 0)
	require.NoError(t, c.Conn.InFlight.Enter(t.Context(), c.Handle, MinRetained))
	assert.Zero(t, c.Conn.RetainedBytes.Load())
	c.Conn.InFlight.Exit(MinRetained)
}

func TestUntilAnswered(t *testing.T) {
	n := 0
	UntilAnswered(t.Context(), time.Microsecond, func() int64 {
		if n++; n < 3 {
			return timedOut
		}
		return -2
	})
	assert.Equal(t, 3, n)
	ctx, cancel := context.WithCancel(t.Context())
	UntilAnswered(ctx, time.Hour, func() int64 {
		cancel()
		return timedOut
	})
	UntilAnswered(ctx, 0, func() int64 {
		assert.Fail(t, "ctx is done")
		return 0
	})
}

// config is a configuration.
type config map[string]string

func (c config) GetConfigOption(name string) (string, error) { return c[name], nil }

func (c config) SetConfigOption(name, value string) error {
	c[name] = value
	return nil
}

// TestConfigure: librados admits more than InFlight does, whichever of them was configured.
func TestConfigure(t *testing.T) {
	for _, test := range []struct{ configured, after, wanted, calls int }{
		{1024, 1088, 0, 1024}, {1024, 1024, 100, 100}, {1024, 5064, 5000, 5000},
		{500, 500, 0, 436}, {500, 500, 100, 100}, {10, 10, 0, 5}, {0, 0, 2000, 2000},
	} {
		c := config{callsOption.name: strconv.Itoa(test.configured), bytesOption.name: strconv.Itoa(100 << 20)}
		var l Conn
		l.InFlight.SetMax(test.wanted, 0)
		for range 2 {
			l.Configure(c)
			calls, bytes := l.InFlight.Max()
			assert.Equal(t, test.calls, calls, "%v", test)
			assert.EqualValues(t, 100<<20, bytes)
			assert.Equal(t, strconv.Itoa(test.after), c[callsOption.name], "%v", test)
			assert.Equal(t, strconv.Itoa(132<<20), c[bytesOption.name])
		}
	}
}
