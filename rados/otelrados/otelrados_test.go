package otelrados_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	oteltrace "go.opentelemetry.io/otel/trace"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/otelrados"
)

func TestMain(m *testing.M) {
	if err := fakelibrados.Load(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	m.Run()
	fakelibrados.Unload()
}

// telemetry records spans and metrics.
type telemetry struct {
	spans   *tracetest.InMemoryExporter
	reader  *metric.ManualReader
	options []otelrados.Option
}

func newTelemetry() *telemetry {
	l := &telemetry{spans: tracetest.NewInMemoryExporter(), reader: metric.NewManualReader()}
	l.options = []otelrados.Option{
		otelrados.WithTracerProvider(trace.NewTracerProvider(trace.WithSyncer(l.spans))),
		otelrados.WithMeterProvider(metric.NewMeterProvider(metric.WithReader(l.reader))),
		otelrados.WithAttributes(attribute.String("cluster", "main")),
	}
	return l
}

// metrics returns the data of the metrics by their names.
func (l *telemetry) metrics(t *testing.T) map[string]metricdata.Aggregation {
	t.Helper()
	var all metricdata.ResourceMetrics
	require.NoError(t, l.reader.Collect(context.Background(), &all))
	byName := make(map[string]metricdata.Aggregation)
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			byName[m.Name] = m.Data
		}
	}
	return byName
}

// open returns a connection to the fake and a pool.
func open(t *testing.T) (*rados.Conn, *rados.IOContext) {
	t.Helper()
	fakelibrados.Reset()
	conn, err := rados.NewConn()
	require.NoError(t, err)
	t.Cleanup(conn.Shutdown)
	require.NoError(t, conn.Connect())
	ioctx, err := conn.OpenIOContext("mypool")
	require.NoError(t, err)
	return conn, ioctx
}

func TestTracer(t *testing.T) {
	conn, ioctx := open(t)
	l := newTelemetry()
	tracer, err := otelrados.NewTracer(l.options...)
	require.NoError(t, err)
	conn.SetTracer(tracer)

	ioctx.SetNamespace("blue")
	require.NoError(t, ioctx.Write("object", []byte("data"), 0))
	fakelibrados.Return("rados_stat", -int(syscall.ENOENT))
	_, err = ioctx.Stat("none")
	require.Equal(t, rados.ErrNotFound, err)
	ctx, cancel := context.WithCancel(t.Context())
	fakelibrados.Hold("rados_remove")
	done := make(chan error)
	go func() { done <- ioctx.DeleteContext(ctx, "object") }()
	require.True(t, fakelibrados.Await("rados_remove", 1))
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	fakelibrados.Release("rados_remove")

	spans := l.spans.GetSpans()
	require.Len(t, spans, 3)
	common := []attribute.KeyValue{
		attribute.String("cluster", "main"), attribute.String("db.system.name", "rados"),
		attribute.String("rados.pool", "mypool"), attribute.String("rados.namespace", "blue"),
	}
	for _, span := range spans {
		assert.Subset(t, span.Attributes, common)
	}
	version, err := ioctx.GetLastVersion()
	require.NoError(t, err)
	assert.Equal(t, "Write mypool", spans[0].Name)
	assert.Subset(t, spans[0].Attributes, []attribute.KeyValue{
		attribute.String("db.operation.name", "Write"), attribute.String("rados.object", "object"),
		attribute.Int("rados.bytes", 4),
	})
	assert.Equal(t, codes.Unset, spans[0].Status.Code)
	assert.NotZero(t, version)
	assert.Equal(t, "Stat mypool", spans[1].Name)
	assert.Contains(t, spans[1].Attributes, attribute.String("error.type", "ENOENT"))
	assert.Equal(t, codes.Error, spans[1].Status.Code)
	assert.Subset(t, spans[2].Attributes, []attribute.KeyValue{
		attribute.String("error.type", "canceled"), attribute.Bool("rados.outcome_unknown", true),
	})

	metrics := l.metrics(t)
	durations := metrics["db.client.operation.duration"].(metricdata.Histogram[float64]).DataPoints
	require.Len(t, durations, 3)
	for _, d := range durations {
		assert.EqualValues(t, 1, d.Count)
	}
	bytes := metrics["rados.client.io"].(metricdata.Sum[int64]).DataPoints
	require.Len(t, bytes, 1)
	assert.EqualValues(t, 4, bytes[0].Value)
}

func TestObserveStats(t *testing.T) {
	conn, ioctx := open(t)
	l := newTelemetry()
	registration, err := otelrados.ObserveStats(conn, l.options...)
	require.NoError(t, err)
	fakelibrados.Hold("rados_lock_shared")
	done := make(chan error)
	go func() {
		_, err := ioctx.LockShared("object", "lock", "cookie", "", "", 0, nil)
		done <- err
	}()
	require.True(t, fakelibrados.Await("rados_lock_shared", 1))
	values := make(map[string]int64)
	for _, p := range l.metrics(t)["rados.client.blocking"].(metricdata.Gauge[int64]).DataPoints {
		target, _ := p.Attributes.Value("rados.target")
		state, _ := p.Attributes.Value("rados.state")
		values[target.AsString()+" "+state.AsString()] = p.Value
	}
	assert.Equal(t, map[string]int64{
		"osd in_flight": 1, "osd waiting": 0, "mon in_flight": 0, "mon waiting": 0,
		"mgr in_flight": 0, "mgr waiting": 0, "ack in_flight": 0, "ack waiting": 0,
	}, values)
	fakelibrados.Release("rados_lock_shared")
	require.NoError(t, <-done)
	assert.Contains(t, l.metrics(t), "rados.client.max_calls")
	require.NoError(t, registration.Unregister())
	assert.NotContains(t, l.metrics(t), "rados.client.max_calls")
}

// TestNames expects the names of spans of a connection, watches, notifications and listings, and of
// their objects.
func TestNames(t *testing.T) {
	fakelibrados.Reset()
	l := newTelemetry()
	tracer, err := otelrados.NewTracer(l.options...)
	require.NoError(t, err)
	conn, err := rados.NewConn()
	require.NoError(t, err)
	t.Cleanup(conn.Shutdown)
	conn.SetTracer(tracer)
	require.NoError(t, conn.Connect())
	require.NoError(t, conn.WaitForLatestOSDMap())
	ioctx, err := conn.OpenIOContext("mypool")
	require.NoError(t, err)
	for _, err := range ioctx.Objects() {
		require.NoError(t, err)
	}
	_, err = ioctx.CreateSelfManagedSnap()
	require.NoError(t, err)
	require.NoError(t, ioctx.RemoveSelfManagedSnap(1)) // the fake makes snapshot 0, which does not exist
	w, err := ioctx.Watch("object")
	require.NoError(t, err)
	_, _, err = ioctx.Notify("object", []byte("data"))
	require.NoError(t, err)
	fakelibrados.Notify(0, 1, 1, "news")
	event := <-w.Events()
	require.NoError(t, event.Ack([]byte("seen")))
	require.NoError(t, w.Delete())

	var names []string
	for _, span := range l.spans.GetSpans() {
		names = append(names, span.Name)
		assert.Equal(t, oteltrace.SpanKindClient, span.SpanKind)
		assert.Equal(t, codes.Unset, span.Status.Code)
		assert.Contains(t, span.Attributes, attribute.String("db.operation.name", strings.TrimSuffix(span.Name, " mypool")))
		if ofObject := strings.HasPrefix(span.Name, "Watch") || strings.HasPrefix(span.Name, "Notify"); ofObject {
			assert.Contains(t, span.Attributes, attribute.String("rados.object", "object"))
		}
		if strings.HasPrefix(span.Name, "Notify") {
			assert.Contains(t, span.Attributes, attribute.Int("rados.bytes", 4))
		}
	}
	assert.Equal(t, []string{
		"Connect", "WaitForLatestOSDMap", "OpenIOContext mypool", "Objects mypool",
		"CreateSelfManagedSnap mypool", "RemoveSelfManagedSnap mypool",
		"Watch mypool", "Notify mypool", "NotifyEvent.Ack mypool", "Watcher.Delete mypool",
	}, names)
}
