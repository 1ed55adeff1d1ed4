// Package ctxerr turns a context that is done into an error.
package ctxerr

import (
	"context"
	"fmt"
)

// Of returns the error of a context that is done, or nil if it is not. errors.Is finds ctx.Err() in
// it, and context.Cause(ctx) if that is another error.
func Of(ctx context.Context) error {
	err := ctx.Err()
	if err == nil {
		return nil
	}
	if cause := context.Cause(ctx); cause != err {
		return fmt.Errorf("%w: %w", err, cause)
	}
	return err
}
