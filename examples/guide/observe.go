package guide

import (
	"context"
	"log/slog"
	"time"

	"github.com/go-rados/go-rados/rados"
)

// slowLog is a rados.Tracer that logs the calls that take longer than limit, or fail.
type slowLog struct {
	log   *slog.Logger
	limit time.Duration
}

type startKey struct{}

func (s slowLog) TraceStart(ctx context.Context, call rados.TracedCall) context.Context {
	return context.WithValue(ctx, startKey{}, time.Now())
}

func (s slowLog) TraceEnd(ctx context.Context, call rados.TracedCall, result rados.TracedResult) {
	took := time.Since(ctx.Value(startKey{}).(time.Time))
	if result.Err != nil || took > s.limit {
		s.log.WarnContext(ctx, "rados", "op", call.Op, "pool", call.Pool, "object", call.Object,
			"bytes", result.Bytes, "took", took, "err", result.Err)
	}
}

func connectObserved(ctx context.Context, log *slog.Logger) (*rados.Conn, error) {
	return rados.Open(ctx, rados.Config{
		Tracer: slowLog{log, time.Second},
		Logger: log.With("source", "librados"),
	})
}
