package otelrados_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/trace"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/otelrados"
)

// observe reports the calls and the Stats of conn to OpenTelemetry.
func observe(conn *rados.Conn) (stop func() error, err error) {
	tracer, err := otelrados.NewTracer() // of the global providers
	if err != nil {
		return nil, err
	}
	registration, err := otelrados.ObserveStats(conn)
	if err != nil {
		return nil, err
	}
	conn.SetTracer(tracer)
	return registration.Unregister, nil
}

func TestObserve(t *testing.T) {
	l, meters, tracers := newTelemetry(), otel.GetMeterProvider(), otel.GetTracerProvider()
	l.reader = metric.NewManualReader()
	otel.SetMeterProvider(metric.NewMeterProvider(metric.WithReader(l.reader)))
	otel.SetTracerProvider(trace.NewTracerProvider(trace.WithSyncer(l.spans)))
	defer otel.SetMeterProvider(meters)
	defer otel.SetTracerProvider(tracers)

	conn, ioctx := open(t)
	stop, err := observe(conn)
	require.NoError(t, err)
	require.NoError(t, ioctx.Delete("foo"))
	assert.Len(t, l.spans.GetSpans(), 1)
	assert.Contains(t, l.metrics(t), "rados.client.calls")
	assert.NoError(t, stop())
}
