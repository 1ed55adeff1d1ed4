//go:build cgo

package rados

import (
	"context"
	"errors"
	"syscall"

	"github.com/go-rados/go-rados/internal/admit"
	"github.com/go-rados/go-rados/internal/aio"
	"github.com/go-rados/go-rados/internal/ctxerr"
	"github.com/go-rados/go-rados/internal/handle"
	"github.com/go-rados/go-rados/internal/shared"
)

func init() {
	shared.AsError = asError
	shared.NewError = func(text string, code int) error { return &stateError{text, syscall.Errno(-code)} }
	shared.WrapNone = (*IOContext)(nil).wrap
	shared.NameArgument = nameArgument
	shared.NewTask = func(o shared.Owner, op, object string, bytes int, fills bool, ready func() error, perform func(context.Context) (int, error)) any {
		own, _ := o.(owner)
		args := performArgs{name: op, size: bytes, ready: ready, perform: perform}
		if fills {
			return newTask(own.ioctx, object, fillArgs{args})
		}
		return newTask(own.ioctx, object, args)
	}
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
	if *ctx != nil && (*ctx).Value(performed{}) != nil { // the Task is traced
		return shared.NoSpan{}
	}
	return sharedSpan{o.ioctx.trace(ctx, op, object, bytes)}
}

func (o owner) Wrap(op, object string, err error) error { return o.ioctx.wrap(op, object, err) }

// sharedSpan is a span of a call of another package.
type sharedSpan struct{ span *span }

func (s sharedSpan) End(read *int, err *error) { s.span.end(read, err) }

// performArgs are the arguments of a Task whose call another package performs on a goroutine.
type performArgs struct {
	name    string
	size    int
	ready   func() error
	perform func(ctx context.Context) (int, error)
	n       int
	err     error
}

// fillArgs are the arguments of a call that returns the number of bytes that it has filled.
type fillArgs struct{ performArgs }

func (*fillArgs) fills() {}

// performed is the key of a value in the context of a call that a Task makes.
type performed struct{}

// inGo marks a call that has no version.
func (*performArgs) inGo() {}

// denied returns the reason why the handle of the other package admits no call, or nil.
func (a *performArgs) denied() error { return a.ready() }

func (a *performArgs) op() string { return a.name }
func (a *performArgs) bytes() int { return a.size }

func (a *performArgs) start(_ *Task, call *aio.Call) int64 {
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), performed{}, true))
	call.Perform(func() int64 {
		defer cancel()
		a.n, a.err = a.perform(ctx)
		return 0
	}, cancel)
	return 0
}

func (a *performArgs) finish(ctx context.Context, t *Task, call *aio.Call, ret int64) error {
	t.N = a.n
	if err := t.ioctx.finish(ctx, call, ret); err != nil {
		return err
	}
	if a.err != nil && ctx.Err() != nil && errors.Is(a.err, context.Canceled) { // the context of the Pipeline is done
		return callErrors.Interrupted(ctxerr.Of(ctx), errors.Is(a.err, ErrOutcomeUnknown))
	}
	return a.err
}
