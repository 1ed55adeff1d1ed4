package fakelibrados_test

import (
	"context"
	"errors"
	"iter"
	"reflect"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/fakelibrados"
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
						args = append(args, argument(m.Type.In(j)))
					}
					err := lastError(m.Func.Call(args))
					assert.ErrorIs(t, err, rados.ErrInvalidIOContext, what)
					var of *rados.ObjectError
					require.ErrorAs(t, err, &of)
					assert.Equal(t, m.Name, of.Op)
				})
			}
		})
	}
}

// argument returns a function that does nothing, or otherwise a zero value.
func argument(typ reflect.Type) reflect.Value {
	if typ.Kind() == reflect.Func {
		return reflect.MakeFunc(typ, func([]reflect.Value) []reflect.Value { return nil })
	}
	return reflect.Zero(typ)
}

// lastError returns the error of a call: its last result, or the last error that the iterator yields
// which is its result.
func lastError(results []reflect.Value) (err error) {
	last := results[len(results)-1]
	if last.Kind() != reflect.Func {
		err, _ = last.Interface().(error)
		return err
	}
	for _, e := range last.Seq2() {
		err, _ = e.Interface().(error)
	}
	return err
}

// contextForm is a method with a context that other tests do not call, and the C function that it
// waits for.
type contextForm struct {
	name, sends string
	call        func(ctx context.Context, o on) error
}

// yielded returns the error that a listing yields.
func yielded[T any](list iter.Seq2[T, error]) (last error) {
	for _, err := range list {
		last = err
	}
	return last
}

// deleted deletes a Watcher that was made without an error.
func deleted(w *rados.Watcher, err error) error {
	if err != nil {
		return err
	}
	return w.Delete()
}

var contextForms = []contextForm{
	{"ListOmapValuesContext", "rados_read_op_operate", func(ctx context.Context, o on) error {
		return o.ioctx.ListOmapValuesContext(ctx, "object", "", "", 10, func(string, []byte) {})
	}},
	{"GetOmapValuesByKeysContext", "rados_read_op_operate", func(ctx context.Context, o on) error {
		return second(o.ioctx.GetOmapValuesByKeysContext(ctx, "object", []string{"key"}))
	}},
	{"GetOmapValuesContext", "rados_read_op_operate", func(ctx context.Context, o on) error {
		return second(o.ioctx.GetOmapValuesContext(ctx, "object", "", "", 10))
	}},
	{"GetAllOmapValuesContext", "rados_read_op_operate", func(ctx context.Context, o on) error {
		return second(o.ioctx.GetAllOmapValuesContext(ctx, "object", "", "", 10))
	}},
	{"OmapContext", "rados_read_op_operate", func(ctx context.Context, o on) error {
		return yielded(o.ioctx.OmapContext(ctx, "object", "", ""))
	}},
	{"OmapViewsContext", "rados_read_op_operate", func(ctx context.Context, o on) error {
		return yielded(o.ioctx.OmapViewsContext(ctx, "object", "", ""))
	}},
	{"XattrsContext", "rados_read_op_operate", func(ctx context.Context, o on) error {
		return yielded(o.ioctx.XattrsContext(ctx, "object"))
	}},
	{"ChecksumContext", "rados_read_op_operate", func(ctx context.Context, o on) error {
		return o.ioctx.ChecksumContext(ctx, "object", rados.ChecksumTypeCRC32C, make([]byte, 8), nil)
	}},
	{"ExecContext", "rados_read_op_operate", func(ctx context.Context, o on) error {
		return second(o.ioctx.ExecContext(ctx, "object", "class", "method", data, nil))
	}},
	{"ListObjectsContext", "rados_nobjects_list_next2", func(ctx context.Context, o on) error {
		return o.ioctx.ListObjectsContext(ctx, func(string) {})
	}},
	{"ObjectsContext", "rados_nobjects_list_next2", func(ctx context.Context, o on) error {
		return yielded(o.ioctx.ObjectsContext(ctx))
	}},
	{"ObjectsSliceContext", "rados_object_list", func(ctx context.Context, o on) error {
		return yielded(o.ioctx.ObjectsSliceContext(ctx, 0, 1))
	}},
	{"ObjectsParallelContext", "rados_object_list", func(ctx context.Context, o on) error {
		return yielded(o.ioctx.ObjectsParallelContext(ctx, 1))
	}},
	{"WatchContext", "rados_watch3", func(ctx context.Context, o on) error {
		return deleted(o.ioctx.WatchContext(ctx, "object"))
	}},
	{"WatchWithTimeoutContext", "rados_watch3", func(ctx context.Context, o on) error {
		return deleted(o.ioctx.WatchWithTimeoutContext(ctx, "object", time.Second))
	}},
	{"NotifyContext", "rados_notify2", func(ctx context.Context, o on) error {
		return third2(o.ioctx.NotifyContext(ctx, "object", data))
	}},
	{"NotifyWithTimeoutContext", "rados_notify2", func(ctx context.Context, o on) error {
		return third2(o.ioctx.NotifyWithTimeoutContext(ctx, "object", data, time.Second))
	}},
}

// changes reports whether the outcome of a call that was interrupted is unknown.
func (form contextForm) changes() bool {
	return form.sends == "rados_notify2" || form.name == "ExecContext"
}

// forEachForm runs a test for each of contextForms.
func forEachForm(t *testing.T, test func(*testing.T, contextForm)) {
	for _, form := range contextForms {
		t.Run(form.name, func(t *testing.T) { test(t, form) })
	}
}

// formError asserts that err is the ObjectError of a form, with want in it.
func formError(t *testing.T, form contextForm, err, want error) {
	t.Helper()
	assert.ErrorIs(t, err, want)
	var of *rados.ObjectError
	require.ErrorAs(t, err, &of)
	assert.Equal(t, form.name, of.Op)
}

// TestContextFormsEnd cancels each form while librados is in its C function, and closes the
// IOContext: it returns, although C does not. What it uses is freed later.
func TestContextFormsEnd(t *testing.T) {
	forEachForm(t, func(t *testing.T, form contextForm) {
		o := both(t)
		require.NoError(t, form.call(t.Context(), o))
		for what, end := range map[string]struct {
			end  func(cancel context.CancelFunc)
			want error
		}{
			"cancel":   {func(cancel context.CancelFunc) { cancel() }, context.Canceled},
			"destroy":  {func(context.CancelFunc) { o.ioctx.Destroy() }, rados.ErrInvalidIOContext},
			"shutdown": {func(context.CancelFunc) { o.conn.Shutdown() }, rados.ErrNotConnected},
		} {
			t.Run(what, func(t *testing.T) {
				o = both(t)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				done := begun(t, form.sends, func() error { return form.call(ctx, o) })
				end.end(cancel)
				err := await.Next(t, done)
				formError(t, form, err, end.want)
				assert.Equal(t, form.changes(), errors.Is(err, rados.ErrOutcomeUnknown))
				fakelibrados.Release(form.sends)
				await.Until(t, listingsFreed, "freed")
				await.Until(t, func() bool { return fakelibrados.Live()["watches"] == 0 }, "a late watch is deleted")
			})
		}
	})
}

// TestChangesWithoutRoom cancels changes that wait for room, and closes their IOContext: it is known
// that they are not made.
func TestChangesWithoutRoom(t *testing.T) {
	type change struct {
		sends string
		call  func(ctx context.Context, ioctx *rados.IOContext) error
	}
	for name, change := range map[string]change{
		"Exec": {"rados_read_op_operate", func(ctx context.Context, ioctx *rados.IOContext) error {
			return second(ioctx.ExecContext(ctx, "object", "class", "method", data, nil))
		}},
		"Delete": {"rados_remove", func(ctx context.Context, ioctx *rados.IOContext) error {
			return ioctx.DeleteContext(ctx, "object")
		}},
		"Truncate": {"rados_write_op_operate", func(ctx context.Context, ioctx *rados.IOContext) error {
			return ioctx.TruncateContext(ctx, "object", 0)
		}},
		"WriteOp": {"rados_write_op_operate", func(ctx context.Context, ioctx *rados.IOContext) error {
			w := rados.CreateWriteOp()
			w.Remove()
			return w.OperateContext(ctx, ioctx, "object", 0)
		}},
		"CreateSelfManagedSnap": {"rados_ioctx_selfmanaged_snap_create", func(ctx context.Context, ioctx *rados.IOContext) error {
			return second(ioctx.CreateSelfManagedSnapContext(ctx))
		}},
		"RemoveSelfManagedSnap": {"rados_ioctx_selfmanaged_snap_remove", func(ctx context.Context, ioctx *rados.IOContext) error {
			return ioctx.RemoveSelfManagedSnapContext(ctx, 7)
		}},
	} {
		for how, want := range map[string]error{"cancel": context.Canceled, "destroy": rados.ErrInvalidIOContext} {
			t.Run(name+" "+how, func(t *testing.T) {
				o := both(t)
				require.NoError(t, o.conn.SetMaxInFlight(1, 0))
				own, err := o.conn.OpenIOContext("pool")
				require.NoError(t, err)
				taken := begun(t, "rados_stat2", func() error { return second(o.ioctx.Stat2Context(t.Context(), "object")) })
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				done := make(chan error)
				go func() { done <- change.call(ctx, own) }()
				awaitGoroutines(t, "throttle.(*Limit).Enter", 1)
				if how == "cancel" {
					cancel()
				} else {
					own.Destroy()
				}
				err = await.Next(t, done)
				assert.ErrorIs(t, err, want)
				assert.NotErrorIs(t, err, rados.ErrOutcomeUnknown)
				fakelibrados.Release("rados_stat2")
				require.NoError(t, await.Next(t, taken))
				require.NoError(t, second(o.ioctx.Stat2("object")), "there is room")
				assert.Zero(t, fakelibrados.Calls(change.sends))
			})
		}
	}
}

// TestContextFormsWithoutAContext makes calls with a context that is done, or nil.
func TestContextFormsWithoutAContext(t *testing.T) {
	forEachForm(t, func(t *testing.T, form contextForm) {
		o := both(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		sendsNothing(t, func() {
			err := form.call(ctx, o)
			formError(t, form, err, context.Canceled)
			assert.NotErrorIs(t, err, rados.ErrOutcomeUnknown)
			var none context.Context
			formError(t, form, form.call(none, o), syscall.EINVAL)
		})
	})
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
