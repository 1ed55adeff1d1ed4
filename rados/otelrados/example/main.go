// Command example writes and reads an object, and prints the spans and metrics of its calls:
//
//	go run ./rados/radostest/cluster run -- go -C rados/otelrados run ./example POOL
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"

	"go.opentelemetry.io/otel/exporters/stdout/stdoutmetric"
	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/trace"

	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/otelrados"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: example POOL")
	}
	conn, err := rados.Open(context.Background(), rados.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Shutdown()
	if err := run(conn, os.Args[1], os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// run prints to w the telemetry of a few calls.
func run(conn *rados.Conn, pool string, w io.Writer) (err error) {
	ctx := context.Background()
	spans, err := stdouttrace.New(stdouttrace.WithWriter(w))
	if err != nil {
		return err
	}
	tracers := trace.NewTracerProvider(trace.WithBatcher(spans))
	defer func() { err = errors.Join(err, tracers.Shutdown(ctx)) }()
	metrics, err := stdoutmetric.New(stdoutmetric.WithWriter(w))
	if err != nil {
		return err
	}
	meters := metric.NewMeterProvider(metric.WithReader(metric.NewPeriodicReader(metrics)))
	defer func() { err = errors.Join(err, meters.Shutdown(ctx)) }()

	options := []otelrados.Option{otelrados.WithTracerProvider(tracers), otelrados.WithMeterProvider(meters)}
	tracer, err := otelrados.NewTracer(options...)
	if err != nil {
		return err
	}
	conn.SetTracer(tracer)
	defer conn.SetTracer(nil)
	if _, err := otelrados.ObserveStats(conn, options...); err != nil {
		return err
	}

	ioctx, err := conn.OpenIOContext(pool)
	if err != nil {
		return err
	}
	defer ioctx.Destroy()
	ctx, parent := tracers.Tracer("example").Start(ctx, "greet")
	defer parent.End()
	if err := ioctx.WriteFullContext(ctx, "greeting", []byte("Hello, RADOS!")); err != nil {
		return err
	}
	n, err := ioctx.ReadContext(ctx, "greeting", make([]byte, 100), 0)
	if err != nil {
		return err
	}
	if n != 13 {
		return fmt.Errorf("read %d bytes", n)
	}
	return ioctx.DeleteContext(ctx, "greeting")
}
