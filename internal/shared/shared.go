// Package shared gives a package whose handles belong to those of another package, such as a
// Striper to an IOContext, what it needs of that package and users must not see.
//
// The other package registers itself, since this one is imported by both.
package shared

import (
	"context"
	"reflect"
	"sync"
	"unsafe"

	"github.com/go-rados/go-rados/internal/admit"
	"github.com/go-rados/go-rados/internal/handle"
)

// Owner is a handle of another package that outlives the handles made with it.
type Owner interface {
	// Handle returns the life cycle of the owner, or nil if there is no owner.
	Handle() *handle.Handle
	// ClosedError returns the error of calls if Handle returns nil.
	ClosedError() error
	// Admission admits the calls of the owner's connection. It is called if Handle does not
	// return nil.
	Admission() *admit.Conn
	// Traced reports whether calls are traced.
	Traced() bool
	// Trace starts the span of a call that transfers bytes bytes, if calls are traced, and makes
	// it the context of the call.
	Trace(ctx *context.Context, op, object string, bytes int) Span
	// Wrap returns err with the method and the object, or nil if err is nil.
	Wrap(op, object string, err error) error
}

// Span is a call that may be traced.
type Span interface {
	// End ends the call. read, unless it is nil, is the number of bytes that were read.
	End(read *int, err *error)
}

// Functions of package rados, which it sets when it is initialized.
var (
	// AsError returns the error of a code of a C function, or nil if the code is not negative.
	AsError func(code int) error
	// NewError returns an error with that text in which errors.Is finds the errno of that code.
	NewError func(text string, code int) error
	// NewTask returns a *rados.Task that calls perform, which returns the number of the Task; if
	// fills, that of the bytes it has filled. ready returns the reason why the handle of the Task
	// admits no call, or nil. owner may be nil if ready returns an error.
	NewTask func(owner Owner, op, object string, bytes int, fills bool, ready func() error, perform func(ctx context.Context) (int, error)) any
	// WrapNone is Owner.Wrap of a handle without an owner.
	WrapNone func(op, object string, err error) error
	// NameArgument adds an argument, which noun stands for, to an error that Wrap has returned.
	NameArgument func(err error, noun string, value any)
)

// WithArgument adds an argument, which noun stands for, to an error that Wrap has returned, unless err is
// nil.
func WithArgument[T any](err error, noun string, value T) error {
	if err != nil {
		NameArgument(err, noun, value)
	}
	return err
}

// owners has a function for each type of an owner, by type.
var owners sync.Map

// Register makes OwnerOf return what as returns for a *T.
func Register[T any](as func(*T) Owner) { owners.Store(reflect.TypeFor[T](), as) }

// OwnerOf returns object as an Owner. Its type must have been registered.
func OwnerOf[T any](object *T) Owner {
	as, _ := owners.Load(reflect.TypeFor[T]())
	return as.(func(*T) Owner)(object)
}

// Enter admits a call that makes a handle of owner; see [handle.Handle.Enter].
func Enter(owner Owner) (*handle.Shard, error) {
	return owner.Handle().Enter(owner.ClosedError())
}

// Object returns the C object of owner, which has been entered, as a number.
func Object(owner Owner) uintptr {
	return uintptr(unsafe.Pointer(owner.Handle().Pointer()))
}

// NoSpan is a call that is not traced.
type NoSpan struct{}

func (NoSpan) End(*int, *error) {}
