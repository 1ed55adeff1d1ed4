// Package promrados exports the calls of package rados, and the rados.Stats of a connection, to Prometheus.
//
//	tracer := promrados.NewTracer(prometheus.Labels{"cluster": "main"})
//	conn.SetTracer(tracer)
//	registry.MustRegister(tracer, promrados.NewCollector(conn, prometheus.Labels{"cluster": "main"}))
//
// The metrics of a [Tracer] are, for each method without "Context" in its name, each pool, and each error:
//
//	rados_call_duration_seconds{op, pool, error}  the duration of calls, a histogram
//	rados_call_bytes_total{op, pool}              the bytes that were read or written, a counter
//
// error is "", the name of the errno, "canceled", "deadline_exceeded" or "other".
//
// The metrics of a [Collector] are gauges:
//
//	rados_calls{state}             calls in_flight, or waiting until fewer are
//	rados_calls_max                the bound of the calls in flight
//	rados_bytes{state}             bytes of calls in_flight, or retained after a cancelled write
//	rados_bytes_max                the bound of both together
//	rados_blocking_calls{target, state}  calls that block a thread each for osd, mon, mgr or ack: in_flight, or waiting
//	rados_blocking_calls_max{target}  the bound of the calls that block a thread for that target
//	rados_watchers                 Watchers
package promrados

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/go-rados/go-rados/rados"
)

// Collector is a [prometheus.Collector] of the [rados.Stats] of a connection.
type Collector struct {
	conn                                                              *rados.Conn
	calls, maxCalls, bytes, maxBytes, blocking, maxBlocking, watchers *prometheus.Desc
}

var _ prometheus.Collector = (*Collector)(nil)

// NewCollector returns a Collector. Several connections in one registry need different labels.
func NewCollector(conn *rados.Conn, labels prometheus.Labels) *Collector {
	desc := func(name, help string, variable ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, variable, labels)
	}
	return &Collector{
		conn:        conn,
		calls:       desc("rados_calls", "Calls in flight, or waiting until fewer are.", "state"),
		maxCalls:    desc("rados_calls_max", "Bound of the calls in flight."),
		bytes:       desc("rados_bytes", "Bytes of calls in flight, or retained after a cancelled write.", "state"),
		maxBytes:    desc("rados_bytes_max", "Bound of the bytes in flight and retained."),
		blocking:    desc("rados_blocking_calls", "Calls that block a thread, or wait until fewer do.", "target", "state"),
		maxBlocking: desc("rados_blocking_calls_max", "Bound of the calls that block a thread.", "target"),
		watchers:    desc("rados_watchers", "Watchers."),
	}
}

// Describe implements [prometheus.Collector].
func (c *Collector) Describe(to chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, to) }

// Collect implements [prometheus.Collector].
func (c *Collector) Collect(to chan<- prometheus.Metric) {
	gauge := func(desc *prometheus.Desc, value int64, labels ...string) {
		to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(value), labels...)
	}
	s := c.conn.Stats()
	gauge(c.calls, int64(s.Calls), "in_flight")
	gauge(c.calls, int64(s.WaitingCalls), "waiting")
	gauge(c.maxCalls, int64(s.MaxCalls))
	gauge(c.bytes, s.Bytes-s.RetainedBytes, "in_flight")
	gauge(c.bytes, s.RetainedBytes, "retained")
	gauge(c.maxBytes, s.MaxBytes)
	for target, b := range map[string]rados.BlockingStats{
		"osd": s.OSDs, "mon": s.Monitors, "mgr": s.Managers, "ack": s.Acks,
	} {
		gauge(c.blocking, int64(b.Calls), target, "in_flight")
		gauge(c.blocking, int64(b.Waiting), target, "waiting")
		gauge(c.maxBlocking, int64(b.Max), target)
	}
	gauge(c.watchers, int64(s.Watchers))
}
