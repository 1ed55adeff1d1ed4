package fakelibrados_test

import (
	"context"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
)

// TestOpenFails lets each function of librados that Open calls fail: nothing leaks.
func TestOpenFails(t *testing.T) {
	t.Setenv("CEPH_ARGS", "--log-file=x")
	for _, function := range []string{"rados_create2", "rados_conf_read_file", "rados_conf_parse_argv", "rados_conf_set", "rados_connect"} {
		t.Run(function, func(t *testing.T) {
			fresh(t)
			fakelibrados.Return(function, -int(syscall.EPERM))
			conn, err := rados.Open(t.Context(), rados.Config{User: "app", MonHost: "m"})
			assert.Nil(t, conn)
			var failed *rados.OpenError
			require.ErrorAs(t, err, &failed)
			assert.ErrorIs(t, err, syscall.EPERM)
			assert.Equal(t, "client.app", failed.User)
			await.Until(t, func() bool { return len(fakelibrados.Live()) == 0 }, "all is freed")
			assert.Equal(t, []any{"ceph", "client.app", 0}, fakelibrados.Args("rados_create2"))
		})
	}
}

// TestOpenCancelled ends the context of Open during rados_connect: Open returns, and the
// connection is freed as soon as librados returns.
func TestOpenCancelled(t *testing.T) {
	fresh(t)
	fakelibrados.Hold("rados_connect")
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() {
		conn, err := rados.Open(ctx, rados.Config{NoConfigFile: true, MonHost: "m"})
		assert.Nil(t, conn)
		result <- err
	}()
	require.True(t, fakelibrados.Await("rados_connect", 1))
	cancel()
	assert.ErrorIs(t, await.Next(t, result), context.Canceled)
	assert.Zero(t, fakelibrados.Calls("rados_shutdown"), "while it is used")
	fakelibrados.Release("rados_connect")
	await.Until(t, func() bool { return fakelibrados.Calls("rados_shutdown") == 1 }, "the connection is freed")
}

// TestOpenLimits expects the limits to apply to the calls of the connection.
func TestOpenLimits(t *testing.T) {
	fresh(t)
	conn, err := rados.Open(t.Context(), rados.Config{NoConfigFile: true, MaxBlockingCalls: 1})
	require.NoError(t, err)
	defer conn.Shutdown()
	const function = "rados_wait_for_latest_osdmap"
	first := begun(t, function, conn.WaitForLatestOSDMap)
	second := make(chan error)
	go func() { second <- conn.WaitForLatestOSDMap() }()
	awaitGoroutines(t, "throttle.(*Limit).Enter", 1)
	assert.Equal(t, 1, fakelibrados.Calls(function))
	fakelibrados.Release(function)
	assert.NoError(t, <-first)
	assert.NoError(t, <-second)
}

// TestOpenTracer expects the Tracer to be that of the connection.
func TestOpenTracer(t *testing.T) {
	fresh(t)
	r := &recorder{}
	conn, err := rados.Open(t.Context(), rados.Config{NoConfigFile: true, Tracer: r})
	require.NoError(t, err)
	defer conn.Shutdown()
	ioctx, err := conn.OpenIOContext("pool")
	require.NoError(t, err)
	r.calls(t)
	require.NoError(t, ioctx.Write("object", data, 0))
	assert.Len(t, r.calls(t), 1)
}
