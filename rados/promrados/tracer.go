package promrados

import (
	"context"
	"errors"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sys/unix"

	"github.com/go-rados/go-rados/rados"
)

// Tracer is a [rados.Tracer] that measures calls, and a [prometheus.Collector] of what it has measured. It is safe
// for concurrent use, also by several connections. [rados.Tracers] combines it with others.
type Tracer struct {
	duration *prometheus.HistogramVec
	bytes    *prometheus.CounterVec
}

var (
	_ rados.Tracer         = (*Tracer)(nil)
	_ prometheus.Collector = (*Tracer)(nil)
)

// NewTracer returns a Tracer. Several in one registry need different labels.
func NewTracer(labels prometheus.Labels) *Tracer {
	return &Tracer{
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:        "rados_call_duration_seconds",
			Help:        "Duration of calls.",
			ConstLabels: labels,
			Buckets:     []float64{0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10},
		}, []string{"op", "pool", "error"}),
		bytes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name:        "rados_call_bytes_total",
			Help:        "Bytes that calls have read or written.",
			ConstLabels: labels,
		}, []string{"op", "pool"}),
	}
}

// Describe implements [prometheus.Collector].
func (t *Tracer) Describe(to chan<- *prometheus.Desc) {
	t.duration.Describe(to)
	t.bytes.Describe(to)
}

// Collect implements [prometheus.Collector].
func (t *Tracer) Collect(to chan<- prometheus.Metric) {
	t.duration.Collect(to)
	t.bytes.Collect(to)
}

// startKey is the key of the time at which a call has started.
type startKey struct{}

// TraceStart implements [rados.Tracer].
func (t *Tracer) TraceStart(ctx context.Context, _ rados.TracedCall) context.Context {
	return context.WithValue(ctx, startKey{}, time.Now())
}

// TraceEnd implements [rados.Tracer].
func (t *Tracer) TraceEnd(ctx context.Context, call rados.TracedCall, result rados.TracedResult) {
	if start, ok := ctx.Value(startKey{}).(time.Time); ok {
		t.duration.WithLabelValues(call.Op, call.Pool, errorName(result.Err)).Observe(time.Since(start).Seconds())
	}
	if result.Bytes > 0 {
		t.bytes.WithLabelValues(call.Op, call.Pool).Add(float64(result.Bytes))
	}
}

// errorName returns the value of the label error.
func errorName(err error) string {
	var coded interface{ ErrorCode() int }
	switch {
	case err == nil:
		return ""
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, context.DeadlineExceeded):
		return "deadline_exceeded"
	case errors.As(err, &coded):
		if name := unix.ErrnoName(syscall.Errno(-coded.ErrorCode())); name != "" {
			return name
		}
	}
	return "other"
}
