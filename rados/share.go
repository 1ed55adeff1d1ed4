package rados

import (
	"context"
	"syscall"

	"github.com/go-rados/go-rados/internal/admit"
	"github.com/go-rados/go-rados/internal/handle"
	"github.com/go-rados/go-rados/internal/shared"
)

func init() {
	shared.AsError = asError
	shared.NewError = func(text string, code int) error { return &stateError{text, syscall.Errno(-code)} }
	shared.WrapNone = (*IOContext)(nil).wrap
	shared.Register(func(ioctx *IOContext) shared.Owner { return owner{ioctx} })
}

// owner is an IOContext as the owner of the handles of other packages.
type owner struct{ ioctx *IOContext }

func (o owner) Handle() *handle.Handle {
	if o.ioctx == nil || o.ioctx.conn == nil {
		return nil
	}
	return o.ioctx.handle
}

func (o owner) ClosedError() error     { return ErrInvalidIOContext }
func (o owner) Admission() *admit.Conn { return &o.ioctx.conn.admission }
func (o owner) Traced() bool           { return o.ioctx.traced() }

func (o owner) Trace(ctx *context.Context, op, object string, bytes int) shared.Span {
	return sharedSpan{o.ioctx.trace(ctx, op, object, bytes)}
}

func (o owner) Wrap(op, object string, err error) error { return o.ioctx.wrap(op, object, err) }

// sharedSpan is a span of a call of another package.
type sharedSpan struct{ span *span }

func (s sharedSpan) End(read *int, err *error) { s.span.end(read, err) }
