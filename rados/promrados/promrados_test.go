package promrados_test

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/promrados"
)

// TestCollector expects the numbers of a connection without calls.
func TestCollector(t *testing.T) {
	conn, err := rados.NewConn()
	require.NoError(t, err)
	defer conn.Shutdown()
	require.NoError(t, conn.SetMaxInFlight(7, 1000))
	require.NoError(t, conn.SetMaxBlockingCalls(16))
	registry := prometheus.NewPedanticRegistry()
	require.NoError(t, registry.Register(promrados.NewCollector(conn, prometheus.Labels{"cluster": "main"})))
	require.NoError(t, testutil.GatherAndCompare(registry, strings.NewReader(`
# HELP rados_blocking_calls_max Bound of the calls that block a thread.
# TYPE rados_blocking_calls_max gauge
rados_blocking_calls_max{cluster="main",target="ack"} 2
rados_blocking_calls_max{cluster="main",target="mgr"} 2
rados_blocking_calls_max{cluster="main",target="mon"} 4
rados_blocking_calls_max{cluster="main",target="osd"} 8
# HELP rados_bytes_max Bound of the bytes in flight and retained.
# TYPE rados_bytes_max gauge
rados_bytes_max{cluster="main"} 1000
# HELP rados_calls Calls in flight, or waiting until fewer are.
# TYPE rados_calls gauge
rados_calls{cluster="main",state="in_flight"} 0
rados_calls{cluster="main",state="waiting"} 0
# HELP rados_calls_max Bound of the calls in flight.
# TYPE rados_calls_max gauge
rados_calls_max{cluster="main"} 7
`), "rados_blocking_calls_max", "rados_bytes_max", "rados_calls", "rados_calls_max"))
	count, err := testutil.GatherAndCount(registry)
	require.NoError(t, err)
	require.Equal(t, 19, count)
}
