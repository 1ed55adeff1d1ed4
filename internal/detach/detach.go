// Package detach makes calls that can't be cancelled on goroutines of their own, so that their
// callers can return as soon as a context is done.
package detach

import (
	"context"
	"sync/atomic"

	"github.com/go-rados/go-rados/internal/ctxerr"
)

// Result has what a call returned.
type Result[T any] struct {
	Value T
	Err   error
}

// Owner owns calls: an IOContext or a Conn. *handle.Handle implements it.
type Owner interface {
	// Done returns a channel that is closed when the owner is.
	Done() <-chan struct{}
	// Err returns why the owner is closed.
	Err() error
}

// Start makes a call on a new goroutine. The channel that it returns receives the result; it has
// room for it.
func Start[T any](call func() (T, error)) <-chan Result[T] {
	results := make(chan Result[T], 1)
	go func() {
		value, err := call()
		results <- Result[T]{value, err}
	}()
	return results
}

// Closable returns ctx for a call that must return when its owner is closed, also if ctx is never done: with
// such a context, Run waits for the call.
func Closable(ctx context.Context) context.Context {
	if ctx == nil || ctx.Done() != nil {
		return ctx
	}
	return endless{ctx}
}

// endless is a context that is never done, but has a channel.
type endless struct{ context.Context }

var never = make(chan struct{})

func (endless) Done() <-chan struct{} { return never }

// AfterFunc never calls f. Without it package context starts a goroutine for each context that is made of ctx.
func (endless) AfterFunc(func()) (stop func() bool) { return func() bool { return true } }

// Run makes a call of owner and returns its result. If ctx is done or owner is closed before the call
// ends, Run returns the error of that, and false. The call goes on, and undo, unless it is nil, is
// called with its value if it succeeds. With a context that is never done, Run makes the call on the
// goroutine of the caller.
func Run[T any](ctx context.Context, owner Owner, call func() (T, error), undo func(T)) (value T, ended bool, err error) {
	if ctx.Done() == nil {
		value, err = call()
		return value, true, err
	}
	results := make(chan Result[T], 1)
	var decided atomic.Bool // whether the call completed in time
	go func() {
		value, err := call()
		switch {
		case decided.CompareAndSwap(false, true):
			results <- Result[T]{value, err}
		case err == nil && undo != nil:
			undo(value)
		}
	}()
	select {
	case r := <-results:
		return r.Value, true, r.Err
	case <-ctx.Done():
		err = ctxerr.Of(ctx)
	case <-owner.Done():
		err = owner.Err()
	}
	if decided.CompareAndSwap(false, true) {
		return value, false, err
	}
	r := <-results // the call completed just now
	return r.Value, true, r.Err
}
