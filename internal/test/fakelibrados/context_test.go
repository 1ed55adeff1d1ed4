package fakelibrados_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados"
)

func takesContext(m reflect.Method) bool {
	return m.Type.NumIn() > 1 && m.Type.In(1) == reflect.TypeFor[context.Context]()
}

// TestContextFormsOfNothing calls each form with a context on an IOContext that
// is nil, zero or destroyed: it returns an error and calls nothing.
func TestContextFormsOfNothing(t *testing.T) {
	destroyed := opened(t)
	destroyed.Destroy()
	typ := reflect.TypeFor[*rados.IOContext]()
	for i := range typ.NumMethod() {
		m := typ.Method(i)
		if !takesContext(m) {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			for what, ioctx := range map[string]*rados.IOContext{"nil": nil, "zero": {}, "destroyed": destroyed} {
				callsNothing(t, func() {
					args := []reflect.Value{reflect.ValueOf(ioctx), reflect.ValueOf(t.Context())}
					for j := 2; j < m.Type.NumIn(); j++ {
						args = append(args, reflect.Zero(m.Type.In(j)))
					}
					results := m.Func.Call(args)
					err, _ := results[len(results)-1].Interface().(error)
					assert.ErrorIs(t, err, rados.ErrInvalidIOContext, what)
					var of *rados.ObjectError
					require.ErrorAs(t, err, &of)
					assert.Equal(t, m.Name, of.Op)
				})
			}
		})
	}
}

// TestContextThatHasEnded makes calls with an ended context: they send nothing,
// and an operation can be performed later.
func TestContextThatHasEnded(t *testing.T) {
	ioctx := opened(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := rados.CreateWriteOp()
	w.Remove()
	r := rados.CreateReadOp()
	for _, err := range []error{
		w.OperateContext(ctx, ioctx, "object", 0),
		r.OperateContext(ctx, ioctx, "object", 0),
		ioctx.DeleteContext(ctx, "object"),
		second(ioctx.StatContext(ctx, "object")),
	} {
		assert.ErrorIs(t, err, context.Canceled)
		assert.NotErrorIs(t, err, rados.ErrOutcomeUnknown)
	}
	require.NoError(t, w.Operate(ioctx, "object", 0))
	require.NoError(t, r.Operate(ioctx, "object", 0))
}
