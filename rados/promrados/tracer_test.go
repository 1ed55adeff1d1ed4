package promrados_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/promrados"
	"github.com/go-rados/go-rados/rados/radosmem"
)

// TestTracer expects the numbers of calls in memory.
func TestTracer(t *testing.T) {
	pool, err := radosmem.Pool(t).GetPoolName()
	require.NoError(t, err)
	tracer := promrados.NewTracer(prometheus.Labels{"cluster": "main"})
	registry := prometheus.NewPedanticRegistry()
	require.NoError(t, registry.Register(tracer))
	conn := radosmem.Conn(t)
	ioctx, err := conn.OpenIOContext(pool)
	require.NoError(t, err)
	defer ioctx.Destroy()
	conn.SetTracer(tracer)

	require.NoError(t, ioctx.WriteFull("foo", make([]byte, 10)))
	require.NoError(t, ioctx.WriteFull("foo", make([]byte, 100)))
	require.ErrorIs(t, ioctx.Delete("nothing"), rados.ErrNotFound)
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, ioctx.WriteFullContext(canceled, "foo", nil), context.Canceled)

	require.NoError(t, testutil.GatherAndCompare(registry, strings.NewReader(`
# HELP rados_call_bytes_total Bytes that calls have read or written.
# TYPE rados_call_bytes_total counter
rados_call_bytes_total{cluster="main",op="WriteFull",pool="`+pool+`"} 110
`), "rados_call_bytes_total"))
	assert.Equal(t, map[string]uint64{"WriteFull ": 2, "Delete ENOENT": 1, "WriteFull canceled": 1}, counts(t, registry))
}

// counts returns the number of calls for each method and error.
func counts(t *testing.T, registry prometheus.Gatherer) map[string]uint64 {
	t.Helper()
	families, err := registry.Gather()
	require.NoError(t, err)
	list := make(map[string]uint64)
	for _, family := range families {
		if family.GetName() != "rados_call_duration_seconds" {
			continue
		}
		for _, metric := range family.GetMetric() {
			labels := make(map[string]string)
			for _, pair := range metric.GetLabel() {
				labels[pair.GetName()] = pair.GetValue()
			}
			list[labels["op"]+" "+labels["error"]] = metric.GetHistogram().GetSampleCount()
		}
	}
	return list
}

// TestErrorName expects a name for each kind of error.
func TestErrorName(t *testing.T) {
	tracer := promrados.NewTracer(nil)
	registry := prometheus.NewPedanticRegistry()
	require.NoError(t, registry.Register(tracer))
	for op, err := range map[string]error{
		"none": nil, "errno": rados.ErrNotFound, "time": context.DeadlineExceeded,
		"state": rados.ErrNotConnected, "mine": errors.New("mine"),
	} {
		tracer.TraceEnd(tracer.TraceStart(t.Context(), rados.TracedCall{}), rados.TracedCall{Op: op}, rados.TracedResult{Err: err})
	}
	assert.Equal(t, map[string]uint64{
		"none ": 1, "errno ENOENT": 1, "time deadline_exceeded": 1, "state ENOTCONN": 1, "mine other": 1,
	}, counts(t, registry))
}
