package guide

import (
	"context"
	"errors"
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

// ready returns nil if the monitors and the OSD of one object answer.
func ready(ctx context.Context, conn *rados.Conn, ioctx *rados.IOContext) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := conn.Ping(ctx); err != nil {
		return err
	}
	_, err := ioctx.Stat2Context(ctx, "ready") // which need not exist
	if errors.Is(err, rados.ErrNotFound) {
		return nil
	}
	return err
}
