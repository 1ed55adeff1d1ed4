// Package otelrados reports the calls of package rados to OpenTelemetry: a span for each call, a
// histogram of durations, a counter of bytes, and the rados.Stats of connections as gauges.
//
//	tracer, err := otelrados.NewTracer()
//	// handle err
//	conn.SetTracer(tracer)
//	registration, err := otelrados.ObserveStats(conn)
//	// handle err
//	defer registration.Unregister()
//
// The names of attributes and metrics are those of OpenTelemetry's semantic conventions for
// database clients where one fits, and begin with "rados." otherwise.
//
// Spans have the name of the method and, if the call is about a pool, of the pool: "Write mypool". The
// span of a listing of objects lasts until its loop ends; see [rados.Conn.SetTracer]. The attributes are:
//
//	db.system.name         "rados"
//	db.operation.name      the method without "Context": "Write", "ReadOp.Operate", "Watcher.Delete"
//	rados.pool             the name of the pool
//	rados.namespace        the namespace, unless it is the default one
//	rados.object           the name of the object, if the call is about one
//	rados.bytes            the number of bytes that were read or written
//	rados.version          the version of the object after the call
//	rados.outcome_unknown  true if errors.Is finds rados.ErrOutcomeUnknown in the error
//	error.type             the name of the errno, "ENOENT", "canceled" or "deadline_exceeded", or "_OTHER"
//
// The status of a span is Error if the call has returned an error, ErrNotFound included.
//
// Metrics have the attributes db.system.name, db.operation.name, rados.pool and error.type, and those of
// [ObserveStats] the attributes that are given to it:
//
//	db.client.operation.duration  the duration of calls in seconds, a histogram
//	rados.client.io               the bytes that were read or written, a counter
package otelrados

import (
	"context"
	"errors"
	"syscall"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sys/unix"

	"github.com/go-rados/go-rados/rados"
)

// scope is the name of the instrumentation scope.
const scope = "github.com/go-rados/go-rados/rados/otelrados"

// system is in all spans and metrics.
var system = attribute.String("db.system.name", "rados")

// Option is an option of [NewTracer] or [ObserveStats].
type Option func(*config)

type config struct {
	tracers    trace.TracerProvider
	meters     metric.MeterProvider
	attributes []attribute.KeyValue
}

func newConfig(options []Option) config {
	c := config{tracers: otel.GetTracerProvider(), meters: otel.GetMeterProvider()}
	for _, option := range options {
		option(&c)
	}
	return c
}

// WithTracerProvider makes p provide the tracer, instead of the global provider.
func WithTracerProvider(p trace.TracerProvider) Option { return func(c *config) { c.tracers = p } }

// WithMeterProvider makes p provide the meter, instead of the global provider.
func WithMeterProvider(p metric.MeterProvider) Option { return func(c *config) { c.meters = p } }

// WithAttributes adds attributes to all spans and metrics, such as the name of the cluster.
func WithAttributes(attributes ...attribute.KeyValue) Option {
	return func(c *config) { c.attributes = append(c.attributes, attributes...) }
}

// Tracer is a [rados.Tracer] that makes spans and metrics. It is safe for concurrent use, also by
// several connections.
type Tracer struct {
	tracer     trace.Tracer
	duration   metric.Float64Histogram
	bytes      metric.Int64Counter
	attributes []attribute.KeyValue
}

var _ rados.Tracer = (*Tracer)(nil)

// NewTracer returns a Tracer. It returns an error if the meter can't make the metrics.
func NewTracer(options ...Option) (*Tracer, error) {
	c := newConfig(options)
	t := &Tracer{tracer: c.tracers.Tracer(scope), attributes: append(c.attributes, system)}
	meter := c.meters.Meter(scope)
	var failed [2]error
	t.duration, failed[0] = meter.Float64Histogram("db.client.operation.duration",
		metric.WithUnit("s"), metric.WithDescription("Duration of RADOS calls."),
		metric.WithExplicitBucketBoundaries(0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10))
	t.bytes, failed[1] = meter.Int64Counter("rados.client.io",
		metric.WithUnit("By"), metric.WithDescription("Bytes that RADOS calls read or write."))
	return t, errors.Join(failed[:]...)
}

// startKey is the key of the time at which a call has started.
type startKey struct{}

// TraceStart starts a span. It implements [rados.Tracer].
func (t *Tracer) TraceStart(ctx context.Context, call rados.TracedCall) context.Context {
	name := call.Op
	attributes := t.of(call)
	if call.Object != "" {
		attributes = append(attributes, attribute.String("rados.object", call.Object))
	}
	if call.Pool != "" {
		name += " " + call.Pool
	}
	if call.Namespace != "" {
		attributes = append(attributes, attribute.String("rados.namespace", call.Namespace))
	}
	ctx, _ = t.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attributes...))
	return context.WithValue(ctx, startKey{}, time.Now())
}

// TraceEnd ends the span and records the metrics. It implements [rados.Tracer].
func (t *Tracer) TraceEnd(ctx context.Context, call rados.TracedCall, result rados.TracedResult) {
	attributes := t.of(call)
	span := trace.SpanFromContext(ctx)
	span.SetAttributes(attribute.Int("rados.bytes", result.Bytes))
	if result.Version != 0 {
		span.SetAttributes(attribute.Int64("rados.version", int64(result.Version)))
	}
	if result.Err != nil {
		failure := attribute.String("error.type", errorType(result.Err))
		attributes = append(attributes, failure)
		span.SetAttributes(failure)
		if errors.Is(result.Err, rados.ErrOutcomeUnknown) {
			span.SetAttributes(attribute.Bool("rados.outcome_unknown", true))
		}
		span.SetStatus(codes.Error, result.Err.Error())
	}
	span.End()
	set := metric.WithAttributeSet(attribute.NewSet(attributes...))
	if start, ok := ctx.Value(startKey{}).(time.Time); ok {
		t.duration.Record(ctx, time.Since(start).Seconds(), set)
	}
	if result.Bytes > 0 {
		t.bytes.Add(ctx, int64(result.Bytes), set)
	}
}

// of returns the attributes that spans and metrics have.
func (t *Tracer) of(call rados.TracedCall) []attribute.KeyValue {
	list := make([]attribute.KeyValue, 0, len(t.attributes)+4)
	list = append(list, t.attributes...)
	list = append(list, attribute.String("db.operation.name", call.Op))
	if call.Pool != "" {
		list = append(list, attribute.String("rados.pool", call.Pool))
	}
	return list
}

// errorType returns the value of error.type.
func errorType(err error) string {
	switch {
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, context.DeadlineExceeded):
		return "deadline_exceeded"
	}
	var coded interface{ ErrorCode() int }
	if errors.As(err, &coded) {
		if name := unix.ErrnoName(syscall.Errno(-coded.ErrorCode())); name != "" {
			return name
		}
	}
	return "_OTHER"
}
