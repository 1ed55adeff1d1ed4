// Package detach makes calls that can't be cancelled on goroutines of their own, so that their
// callers can return as soon as a context is done.
package detach

import "context"

// Result has what a call returned.
type Result[T any] struct {
	Value T
	Err   error
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

// Run returns the result of call, or the error of ctx if that is done first. undo is then called
// with the value that the call returns later, if it succeeds.
func Run[T any](ctx context.Context, call func() (T, error), undo func(T)) (T, error) {
	if ctx.Done() == nil {
		return call()
	}
	results := Start(call)
	select {
	case r := <-results:
		return r.Value, r.Err
	case <-ctx.Done():
	}
	go func() {
		if r := <-results; r.Err == nil {
			undo(r.Value)
		}
	}()
	var none T
	return none, ctx.Err()
}
