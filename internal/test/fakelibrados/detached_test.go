package fakelibrados_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/await"
	"github.com/go-rados/go-rados/internal/test/fakelibrados"
	"github.com/go-rados/go-rados/internal/test/process"
	"github.com/go-rados/go-rados/internal/test/waitsfor"
	"github.com/go-rados/go-rados/rados"
	"github.com/go-rados/go-rados/rados/radosio"
	"github.com/go-rados/go-rados/rados/radoslock"
)

// waitForMap is the C function in which calls wait for the newest OSD map.
const waitForMap = "rados_wait_for_latest_osdmap"

// detachedMethod is a form with a context of a method that blocks its thread.
type detachedMethod struct {
	method
	form    string // the name of the form
	blocks  string // the C function that blocks
	changes bool
}

// call calls the form with a context and ordinary arguments.
func (m detachedMethod) call(o on, ctx context.Context) error {
	recv := reflect.ValueOf(o.conn)
	if !m.ofConn() {
		recv = reflect.ValueOf(o.ioctx)
	}
	f := recv.MethodByName(m.form)
	args := []reflect.Value{reflect.ValueOf(&ctx).Elem()}
	for i := 1; i < f.Type().NumIn(); i++ {
		arg := reflect.New(f.Type().In(i)).Elem()
		switch {
		case arg.Kind() == reflect.String:
			arg.SetString("name")
		case arg.Type() == reflect.TypeFor[[]byte]():
			arg.SetBytes([]byte("data"))
		case arg.Type() == reflect.TypeFor[[][]byte]():
			arg.Set(reflect.ValueOf(list("one", "two")))
		}
		args = append(args, arg)
	}
	results := f.Call(args)
	if made, ok := results[0].Interface().(*rados.IOContext); ok {
		made.Destroy()
	}
	err, _ := results[len(results)-1].Interface().(error)
	return err
}

// prepare makes C return what makes the method block.
func (m detachedMethod) prepare() {
	if m.blocks == waitForMap && m.sends != waitForMap {
		fakelibrados.Return(m.sends, -int(syscall.ENOENT)) // which an old map may cause
	}
}

// functionsThatBlock has the C functions that may block a thread, and those whose methods may wait for
// the newest OSD map; the value is the function that blocks.
func functionsThatBlock() (blocks map[string]string, changes map[string]bool) {
	blocks, changes = make(map[string]string), make(map[string]bool)
	for function := range blocking() {
		blocks[function] = function
	}
	blocks["rados_ioctx_create2"] = "rados_ioctx_create2" // of OpenIOContextByID
	for _, m := range waitsfor.Methods("rados") {
		changes[m.C] = changes[m.C] || m.Changes
		if m.Map && blocks[m.C] == "" {
			blocks[m.C] = waitForMap
		}
	}
	return blocks, changes
}

// detachedMethods lists the forms with a context of all methods that may block a thread, except those
// of contextForms.
func detachedMethods(t *testing.T) (list []detachedMethod) {
	t.Helper()
	blocks, changes := functionsThatBlock()
	listed := make(map[string]bool)
	for _, form := range contextForms {
		listed[strings.TrimSuffix(form.name, "Context")] = true
	}
	for _, m := range methods {
		name := m.word()
		if m.onEngine() || listed[name] || blocks[m.sends] == "" || !m.hasContextForm() {
			continue // TestContextFormsAreThere expects those that must be there
		}
		listed[name] = true
		list = append(list, detachedMethod{method: m, form: name + "Context", blocks: blocks[m.sends], changes: changes[m.sends]})
	}
	return list
}

// word returns the name of the method.
func (m method) word() string {
	word, _, _ := strings.Cut(m.name, " ")
	return word
}

// hasContextForm reports whether the method has a form with a context.
func (m method) hasContextForm() bool {
	recv := reflect.TypeFor[*rados.IOContext]()
	if m.ofConn() {
		recv = reflect.TypeFor[*rados.Conn]()
	}
	form, ok := recv.MethodByName(m.word() + "Context")
	return ok && takesContext(form)
}

// TestContextFormsAreThere expects a form with a context of each method that may block.
func TestContextFormsAreThere(t *testing.T) {
	blocks, _ := functionsThatBlock()
	for _, m := range methods {
		if blocks[m.sends] == "" && !m.onEngine() || m.knowsThePool() {
			continue
		}
		assert.True(t, m.hasContextForm(), "%s may block in %s, and there is no %[1]sContext", m.word(), m.sends)
	}
}

// localMethods are the methods of types other than Conn and IOContext that do not wait for the cluster.
var localMethods = map[reflect.Type][]string{
	reflect.TypeFor[*rados.Iter]():        {"Close", "Err", "Locator", "Namespace", "Value"},
	reflect.TypeFor[*rados.Watcher]():     {"Check", "Close", "Errors", "Events", "ID"}, // Close is Delete
	reflect.TypeFor[*rados.NotifyEvent](): nil,
	reflect.TypeFor[*rados.Task]():        nil, // a Pipeline takes the context
	reflect.TypeFor[*radoslock.Mutex]():   nil,
	reflect.TypeFor[*radoslock.Lease]():   {"AssertLocked", "Context", "Cookie"},
	reflect.TypeFor[*radosio.Object]():    {"Close", "WithContext"},
}

// ofWithContext are the methods of interfaces of the standard library. Their context is that of
// radosio.Object.WithContext.
var ofWithContext = []string{"Read", "ReadAt", "ReadFrom", "Seek", "Write", "WriteAt", "WriteTo"}

// TestContextFormsOfOtherTypes expects each method of localMethods' types that is not listed to take a
// context, or to have a form that does.
func TestContextFormsOfOtherTypes(t *testing.T) {
	for typ, local := range localMethods {
		for i := range typ.NumMethod() {
			m := typ.Method(i)
			form, hasForm := typ.MethodByName(m.Name + "Context")
			switch {
			case takesContext(m), hasForm && takesContext(form), slices.Contains(local, m.Name):
			case typ == reflect.TypeFor[*radosio.Object]() && slices.Contains(ofWithContext, m.Name):
			default:
				assert.Fail(t, "no form with a context", "%v.%s", typ, m.Name)
			}
		}
		for _, name := range local {
			_, ok := typ.MethodByName(name)
			assert.True(t, ok, "%v has no method %s", typ, name)
		}
	}
}

// forEachDetached runs a test for each form with a context of a method that may block a thread.
func forEachDetached(t *testing.T, test func(t *testing.T, m detachedMethod)) {
	for _, m := range detachedMethods(t) {
		t.Run(m.form, func(t *testing.T) { test(t, m) })
	}
}

// unnamed returns err without the ObjectError of the form.
func (m detachedMethod) unnamed(t *testing.T, err error) error {
	t.Helper()
	var of *rados.ObjectError
	require.ErrorAs(t, err, &of)
	assert.Equal(t, m.form, of.Op)
	return of.Err
}

// TestDetachedIsNotCalled calls forms with a context that is nil or done, and while there is no room:
// nothing is sent, so that the outcome is known.
func TestDetachedIsNotCalled(t *testing.T) {
	forEachDetached(t, func(t *testing.T, m detachedMethod) {
		o := prepared(t, m.method)
		reason := errors.New("reason")
		done, cancel := context.WithCancelCause(t.Context())
		cancel(reason)
		sendsNothing(t, func() {
			assert.ErrorIs(t, m.unnamed(t, m.call(o, nil)), syscall.EINVAL)
			err := m.unnamed(t, m.call(o, done))
			assert.ErrorIs(t, err, context.Canceled)
			assert.ErrorIs(t, err, reason)
			assert.NotErrorIs(t, err, rados.ErrOutcomeUnknown)
		})
	})
}

// TestDetachedReturns cancels calls that block in C: they return, keep their room until C does, and
// leave nothing.
func TestDetachedReturns(t *testing.T) {
	forEachDetached(t, func(t *testing.T, m detachedMethod) {
		o := prepared(t, m.method)
		m.prepare()
		before := process.Goroutines()
		reason := errors.New("reason")
		ctx, cancel := context.WithCancelCause(t.Context())
		done := begun(t, m.blocks, func() error { return m.call(o, ctx) })
		cancelled := time.Now()
		cancel(reason)
		err := m.unnamed(t, <-done)
		assert.Less(t, time.Since(cancelled), time.Second, "it waits for nothing else")
		assert.ErrorIs(t, err, context.Canceled)
		assert.ErrorIs(t, err, reason)
		assert.Equal(t, m.changes && m.blocks == m.sends, errors.Is(err, rados.ErrOutcomeUnknown), "%v", err)
		fakelibrados.Proceed(m.sends)
		fakelibrados.Release(m.blocks)
		await.Until(t, func() bool { return process.Goroutines() <= before }, "a goroutine is left")
		require.NoError(t, o.conn.SetMaxBlockingCalls(1))
		if again(m.method) {
			assert.NoError(t, m.call(o, t.Context()), "the room is free")
		}
	})
}

// TestDetachedEndsWithHandle closes the Conn or IOContext of calls that block in C: they return, also
// with a context that is never done, and the C object is freed when C has returned.
func TestDetachedEndsWithHandle(t *testing.T) {
	cancellable, cancel := context.WithCancel(t.Context())
	defer cancel()
	for how, closing := range closings {
		for name, ctx := range map[string]context.Context{"": cancellable, " never done": context.Background()} {
			t.Run(how+name, func(t *testing.T) {
				forEachDetached(t, func(t *testing.T, m detachedMethod) {
					if how == "Destroy" && m.ofConn() {
						return
					}
					o := prepared(t, m.method)
					m.prepare()
					done := begun(t, m.blocks, func() error { return m.call(o, ctx) })
					closing.close(o)
					err := m.unnamed(t, <-done)
					assert.ErrorIs(t, err, closing.err)
					assert.Equal(t, m.changes && m.blocks == m.sends, errors.Is(err, rados.ErrOutcomeUnknown), "%v", err)
					assert.Zero(t, fakelibrados.Calls("rados_shutdown"), "not under a call")
					fakelibrados.Release(m.blocks)
				})
			})
		}
	}
}

// TestLateLockIsReleased cancels calls that take a lock, which they get later.
func TestLateLockIsReleased(t *testing.T) {
	renew := byte(rados.LockMayRenew)
	for name, call := range map[string]func(ctx context.Context, ioctx *rados.IOContext) error{
		"rados_lock_exclusive": func(ctx context.Context, ioctx *rados.IOContext) error {
			return ioctx.LockContext(ctx, "object", "lock", rados.LockOptions{Cookie: "cookie"})
		},
		"rados_lock_shared": func(ctx context.Context, ioctx *rados.IOContext) error {
			return second(ioctx.LockSharedContext(ctx, "object", "lock", "cookie", "tag", "", 0, nil))
		},
	} {
		t.Run(name, func(t *testing.T) {
			ioctx := opened(t)
			cancelled(t, name, func(ctx context.Context) error { return call(ctx, ioctx) })
			await.Until(t, func() bool { return fakelibrados.Calls("rados_unlock") == 1 }, "the lock is kept")
			assert.Equal(t, []any{"object", "lock", "cookie"}, fakelibrados.Args("rados_unlock"))
		})
		for how, closing := range closings {
			t.Run(name+"/"+how, func(t *testing.T) {
				o := both(t)
				r := &recorder{}
				ctx, cancel := context.WithCancel(t.Context())
				done := begun(t, name, func() error { return call(ctx, o.ioctx) })
				cancel()
				assert.ErrorIs(t, <-done, context.Canceled)
				o.conn.SetTracer(r)
				closing.close(o)
				fakelibrados.Release(name)
				await.Until(t, func() bool { return fakelibrados.Calls("rados_unlock") == 1 }, "the lock is kept")
				assert.Empty(t, r.calls(t), "no caller made a call")
			})
		}
	}
	for name, test := range map[string]struct {
		flags *byte
		ret   int
	}{
		"renewed": {&renew, 0},
		"held":    {nil, -int(syscall.EEXIST)},
		"locked":  {nil, -int(syscall.EBUSY)},
	} {
		t.Run(name, func(t *testing.T) {
			ioctx := opened(t)
			before := process.Goroutines()
			fakelibrados.Return("rados_lock_exclusive", test.ret)
			cancelled(t, "rados_lock_exclusive", func(ctx context.Context) error {
				code, err := ioctx.LockExclusiveContext(ctx, "object", "lock", "cookie", "", 0, test.flags)
				assert.Negative(t, code, "the lock was not taken")
				return err
			})
			await.Until(t, func() bool { return process.Goroutines() <= before }, "a goroutine is left")
			assert.Zero(t, fakelibrados.Calls("rados_unlock"))
		})
	}
}

// TestLateSnapshotIsRemoved cancels calls that take a snapshot, which is taken later.
func TestLateSnapshotIsRemoved(t *testing.T) {
	const create, remove = "rados_ioctx_selfmanaged_snap_create", "rados_ioctx_selfmanaged_snap_remove"
	for how, closing := range closings {
		for _, closed := range []bool{false, true} {
			t.Run(fmt.Sprint(how, closed), func(t *testing.T) {
				o := both(t)
				fakelibrados.Answer(create, memory(42))
				ctx, cancel := context.WithCancel(t.Context())
				done := begun(t, create, func() error { return second(o.ioctx.CreateSelfManagedSnapContext(ctx)) })
				cancel()
				err := <-done
				assert.ErrorIs(t, err, context.Canceled)
				assert.NotErrorIs(t, err, rados.ErrOutcomeUnknown)
				if closed {
					closing.close(o)
				}
				fakelibrados.Release(create)
				await.Until(t, func() bool { return fakelibrados.Calls(remove) == 1 }, "the snapshot is kept")
				assert.Equal(t, []any{42}, fakelibrados.Args(remove))
			})
		}
	}
}

// TestLateXattrIsDropped cancels a GetXattr that librados goes on with: it does not fill the buffer of the
// caller, which may be in use again.
func TestLateXattrIsDropped(t *testing.T) {
	ioctx := opened(t)
	buf := []byte("own use")
	fakelibrados.Answer("rados_getxattr", "value")
	cancelled(t, "rados_getxattr", func(ctx context.Context) error {
		n, err := ioctx.GetXattrContext(ctx, "object", "name", buf)
		assert.Zero(t, n)
		assert.NotErrorIs(t, err, rados.ErrOutcomeUnknown)
		return err
	})
	await.Until(t, func() bool { return fakelibrados.Live()["completions"] == 0 }, "the call goes on")
	assert.Equal(t, "own use", string(buf))
	fakelibrados.Answer("rados_getxattr", "value")
	n, err := ioctx.GetXattrContext(t.Context(), "object", "name", buf)
	require.NoError(t, err)
	assert.Equal(t, "value", string(buf[:n]))
}

// TestCancelledBeforeTheStart cancels calls that librados does not cancel while they wait for room: they are
// not sent, and their outcome is known.
func TestCancelledBeforeTheStart(t *testing.T) {
	for name, call := range map[string]func(ctx context.Context, ioctx *rados.IOContext) error{
		"CreateSelfManagedSnap": func(ctx context.Context, ioctx *rados.IOContext) error {
			return second(ioctx.CreateSelfManagedSnapContext(ctx))
		},
		"RemoveSelfManagedSnap": func(ctx context.Context, ioctx *rados.IOContext) error {
			return ioctx.RemoveSelfManagedSnapContext(ctx, 1)
		},
		"Watch": func(ctx context.Context, ioctx *rados.IOContext) error {
			return deleted(ioctx.WatchContext(ctx, "object"))
		},
		"Notify": func(ctx context.Context, ioctx *rados.IOContext) error {
			return third2(ioctx.NotifyContext(ctx, "object", data))
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := both(t)
			other, err := o.conn.OpenIOContext("pool")
			require.NoError(t, err)
			require.NoError(t, call(t.Context(), o.ioctx))
			sent := func() (calls int) {
				for _, function := range []string{
					"rados_ioctx_selfmanaged_snap_create", "rados_ioctx_selfmanaged_snap_remove", "rados_watch3", "rados_notify2",
				} {
					calls += fakelibrados.Calls(function)
				}
				return calls
			}
			require.Equal(t, 1, sent())
			starting := fillSubmit(t, other)
			before := process.Goroutines()
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error)
			for range many {
				go func() { done <- call(ctx, o.ioctx) }()
			}
			awaitGoroutines(t, "throttle.(*Limit).Enter", many)
			cancel()
			for range many {
				err = <-done
				assert.ErrorIs(t, err, context.Canceled)
				assert.NotErrorIs(t, err, rados.ErrOutcomeUnknown)
			}
			await.Until(t, func() bool { return process.Goroutines() <= before }, "a goroutine is left")
			fakelibrados.Release(startOfCalls)
			starting.Wait()
			assert.Equal(t, 1, sent(), "it is sent later")
		})
	}
}

// TestDetachedInputsAreCopied changes the arguments of commands once they have returned because their
// contexts are done: C gets the arguments as they were.
func TestDetachedInputsAreCopied(t *testing.T) {
	const changed = "changed"
	conn := connected(t)
	before := process.Goroutines()
	fakelibrados.CountText(changed)
	for range 500 {
		ctx, cancel := context.WithCancel(t.Context())
		args, input := list("command", "another"), []byte("content")
		go cancel()
		_, _, _ = conn.MgrCommandWithInputBufferContext(ctx, args, input)
		for _, b := range append(args, input) {
			copy(b, changed)
		}
		args[0] = []byte(changed)
	}
	await.Until(t, func() bool { return process.Goroutines() <= before }, "a goroutine is left")
	assert.NotZero(t, fakelibrados.Calls("rados_mgr_command"))
	assert.Zero(t, fakelibrados.TextCount())
}

// TestConnectAgain connects while an attempt goes on whose context is done.
func TestConnectAgain(t *testing.T) {
	for name, ret := range map[string]int{"success": 0, "failure": -int(syscall.ETIMEDOUT)} {
		t.Run(name, func(t *testing.T) {
			conn := unconnected(t)
			require.NoError(t, conn.RegisterService("service", "daemon", nil))
			cancelled(t, "rados_connect", func(ctx context.Context) error {
				err := conn.ConnectContext(ctx)
				fakelibrados.Return("rados_connect", ret)
				return err
			})
			fakelibrados.Proceed("rados_connect")
			assert.NoError(t, conn.Connect())
			assert.NoError(t, third(conn.MonCommand(data)))
			assert.ErrorIs(t, conn.Connect(), syscall.EISCONN)
		})
	}
}

// TestConnectWhileAnAttemptBegins connects while an attempt, whose context is done, has not called
// librados yet.
func TestConnectWhileAnAttemptBegins(t *testing.T) {
	for range 20 {
		conn := unconnected(t)
		ctx, cancel := context.WithCancel(t.Context())
		first := begun(t, "rados_conf_get", func() error { return conn.ConnectContext(ctx) })
		cancel()
		assert.ErrorIs(t, <-first, context.Canceled)
		second := make(chan error, 1)
		go func() { second <- conn.Connect() }()
		require.True(t, fakelibrados.Await("rados_conf_get", 2))
		fakelibrados.Release("rados_conf_get")
		assert.NoError(t, <-second)
		assert.NoError(t, third(conn.MonCommand(data)))
		conn.Shutdown()
	}
}

// TestConnectAfterALateSuccess ends the context of an attempt that has connected, before its caller knows.
func TestConnectAfterALateSuccess(t *testing.T) {
	conn := unconnected(t)
	require.NoError(t, conn.RegisterService("service", "daemon", nil))
	cancelled(t, "rados_service_register", conn.ConnectContext) // which repeats the registration
	assert.NoError(t, conn.Connect(), "the caller learns now that the attempt has succeeded")
	assert.ErrorIs(t, conn.Connect(), syscall.EISCONN)
	assert.Equal(t, 1, fakelibrados.Calls("rados_connect"))
}

// TestConnectFailsWithoutRoom connects a Conn that is connected, or is being connected, while there is no
// room for a call to the monitors.
func TestConnectFailsWithoutRoom(t *testing.T) {
	conn := unconnected(t)
	require.NoError(t, conn.SetMaxBlockingCalls(1))
	first := begun(t, "rados_connect", conn.Connect)
	assert.ErrorIs(t, conn.Connect(), syscall.EINPROGRESS)
	fakelibrados.Release("rados_connect")
	require.NoError(t, <-first)
	command := begun(t, "rados_mon_command", func() error { return third(conn.MonCommand(data)) })
	assert.ErrorIs(t, conn.Connect(), syscall.EISCONN)
	assert.ErrorIs(t, conn.ConnectContext(t.Context()), syscall.EISCONN)
	fakelibrados.Release("rados_mon_command")
	assert.NoError(t, <-command)
	conn.Shutdown()
	assert.Equal(t, rados.ErrNotConnected, conn.Connect())
}

// TestConnectWaits ends the waiting of a Connect for an attempt whose context is done.
func TestConnectWaits(t *testing.T) {
	conn := unconnected(t)
	first, cancel := context.WithCancel(t.Context())
	done := begun(t, "rados_connect", func() error { return conn.ConnectContext(first) })
	assert.ErrorIs(t, conn.Connect(), syscall.EINPROGRESS, "its caller waits for it")
	cancel()
	assert.ErrorIs(t, <-done, context.Canceled)
	second, cancel := context.WithCancel(t.Context())
	waiting := make(chan error)
	go func() { waiting <- conn.ConnectContext(second) }()
	awaitGoroutines(t, "rados.(*Conn).connectUntil", 1)
	cancel()
	assert.ErrorIs(t, <-waiting, context.Canceled)
	go func() { waiting <- conn.Connect() }()
	awaitGoroutines(t, "rados.(*Conn).connectUntil", 1)
	conn.Shutdown()
	assert.ErrorIs(t, <-waiting, rados.ErrNotConnected)
	assert.Equal(t, 1, fakelibrados.Calls("rados_connect"))
	fakelibrados.Release("rados_connect")
}
