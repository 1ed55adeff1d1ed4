package otelrados

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/go-rados/go-rados/rados"
)

// ObserveStats reports the [rados.Stats] of conn whenever the metrics are collected, until Unregister
// is called, which must be done before or after Shutdown:
//
//	rados.client.calls     calls in flight, and calls that wait until fewer are (rados.state: in_flight, waiting)
//	rados.client.memory    the bytes of calls in flight, and those retained (rados.state: in_flight, retained)
//	rados.client.blocking  calls that block a thread for a kind of daemon, and calls that wait until
//	                       fewer do (rados.target: osd, mon, mgr, ack; rados.state: in_flight, waiting)
//	rados.client.watchers  Watchers
//	rados.client.max_calls, rados.client.max_memory  the bounds of calls and memory
//	rados.client.max_blocking  the bound of the calls that block a thread (rados.target: as above)
//
// Several connections need different attributes; see [WithAttributes].
func ObserveStats(conn *rados.Conn, options ...Option) (metric.Registration, error) {
	c := newConfig(options)
	o := &observer{meter: c.meters.Meter(scope), attributes: append(c.attributes, system)}
	calls := o.gauge("rados.client.calls", "{call}", "Calls in flight, or waiting for room.")
	maxCalls := o.gauge("rados.client.max_calls", "{call}", "Bound of the calls in flight.")
	memory := o.gauge("rados.client.memory", "By", "Bytes of calls in flight, or retained after a cancelled write.")
	maxMemory := o.gauge("rados.client.max_memory", "By", "Bound of the bytes of calls in flight.")
	blocking := o.gauge("rados.client.blocking", "{call}", "Calls that block a thread, or wait until fewer do.")
	maxBlocking := o.gauge("rados.client.max_blocking", "{call}", "Bound of the calls that block a thread.")
	watchers := o.gauge("rados.client.watchers", "{watcher}", "Watchers.")
	if o.err != nil {
		return nil, o.err
	}
	return o.meter.RegisterCallback(func(_ context.Context, to metric.Observer) error {
		s := conn.Stats()
		observe := func(g metric.Int64ObservableGauge, value int64, attributes ...attribute.KeyValue) {
			to.ObserveInt64(g, value, metric.WithAttributes(o.attributes...), metric.WithAttributes(attributes...))
		}
		observe(calls, int64(s.Calls), state("in_flight"))
		observe(calls, int64(s.WaitingCalls), state("waiting"))
		observe(maxCalls, int64(s.MaxCalls))
		observe(memory, s.Bytes-s.RetainedBytes, state("in_flight"))
		observe(memory, s.RetainedBytes, state("retained"))
		observe(maxMemory, s.MaxBytes)
		for target, b := range map[string]rados.BlockingStats{
			"osd": s.OSDs, "mon": s.Monitors, "mgr": s.Managers, "ack": s.Acks,
		} {
			of := attribute.String("rados.target", target)
			observe(blocking, int64(b.Calls), of, state("in_flight"))
			observe(blocking, int64(b.Waiting), of, state("waiting"))
			observe(maxBlocking, int64(b.Max), of)
		}
		observe(watchers, int64(s.Watchers))
		return nil
	}, o.gauges...)
}

// observer makes gauges.
type observer struct {
	meter      metric.Meter
	attributes []attribute.KeyValue
	gauges     []metric.Observable
	err        error
}

func (o *observer) gauge(name, unit, description string) metric.Int64ObservableGauge {
	g, err := o.meter.Int64ObservableGauge(name, metric.WithUnit(unit), metric.WithDescription(description))
	o.err = errors.Join(o.err, err)
	o.gauges = append(o.gauges, g)
	return g
}

func state(name string) attribute.KeyValue { return attribute.String("rados.state", name) }
