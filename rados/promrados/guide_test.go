package promrados_test

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/promrados"
)

// register exports the Stats of conn to Prometheus.
func register(conn *rados.Conn) error {
	return prometheus.Register(promrados.NewCollector(conn, prometheus.Labels{"cluster": "main"}))
}

func TestRegister(t *testing.T) {
	conn, err := rados.NewConn()
	require.NoError(t, err)
	defer conn.Shutdown()
	require.NoError(t, register(conn))
	n, err := testutil.GatherAndCount(prometheus.DefaultGatherer, "rados_calls")
	require.NoError(t, err)
	assert.Equal(t, 2, n)
}
