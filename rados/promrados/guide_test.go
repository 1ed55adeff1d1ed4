package promrados_test

import (
	"errors"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/promrados"
)

// register exports the calls and the Stats of conn to Prometheus.
func register(conn *rados.Conn) error {
	tracer := promrados.NewTracer(prometheus.Labels{"cluster": "main"})
	conn.SetTracer(tracer)
	return errors.Join(
		prometheus.Register(tracer),
		prometheus.Register(promrados.NewCollector(conn, prometheus.Labels{"cluster": "main"})))
}

func TestRegister(t *testing.T) {
	conn, err := rados.NewConn()
	require.NoError(t, err)
	defer conn.Shutdown()
	require.NoError(t, register(conn))
	n, err := testutil.GatherAndCount(prometheus.DefaultGatherer, "rados_calls")
	require.NoError(t, err)
	assert.Equal(t, 2, n)
	assert.ErrorIs(t, conn.Ping(t.Context()), rados.ErrNotConnected)
	n, err = testutil.GatherAndCount(prometheus.DefaultGatherer, "rados_call_duration_seconds")
	require.NoError(t, err)
	assert.Equal(t, 1, n)
}
