//go:build cgo

package radosmem

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/go-rados/go-rados/internal/memstore"
	"github.com/go-rados/go-rados/rados"
)

func init() {
	if !testing.Testing() {
		panic("radosmem: the package replaces librados, and must only be imported by tests")
	}
	go lib.serve()
}

// Conn returns a connection to the cluster in memory, which is shut down when the test ends.
// [rados.Open] and [rados.NewConn] connect to the same cluster.
func Conn(t testing.TB) *rados.Conn {
	t.Helper()
	conn, err := rados.NewConn()
	if err == nil {
		err = conn.Connect()
	}
	if err != nil {
		t.Fatalf("radosmem: %v", err)
	}
	t.Cleanup(conn.Shutdown)
	return conn
}

// pools counts the pools of Pool, for their names.
var pools atomic.Int64

// Pool returns an IOContext of a new pool, which is deleted when the test ends. The pool is
// empty, and no other test uses it, so that tests can run in parallel.
func Pool(t testing.TB) *rados.IOContext {
	t.Helper()
	conn := Conn(t)
	name := fmt.Sprintf("radosmem-%d", pools.Add(1))
	err := conn.MakePool(name)
	var ioctx *rados.IOContext
	if err == nil {
		ioctx, err = conn.OpenIOContext(name)
	}
	if err != nil {
		t.Fatalf("radosmem: %v", err)
	}
	t.Cleanup(func() {
		ioctx.Destroy()
		if err := conn.DeletePool(name); err != nil {
			t.Errorf("radosmem: deleting pool %s: %v", name, err)
		}
	})
	return ioctx
}

// A Call is a call that is about to reach the cluster. Several goroutines must not use it at the same
// time.
type Call struct {
	// Namespace and Object are those of the object. Object is "" for a call that is not about one.
	Namespace, Object string
	// Steps are the names of the methods of [rados.WriteOp] or [rados.ReadOp] that add the steps of
	// the call. A method of IOContext has one: Write has "Write", Delete has "Remove". Other
	// calls have the name of their method: "Lock" for each method that takes a lock, "Unlock", "BreakLock",
	// "ListLockers", "Rollback", "CreateSelfManagedSnap", "RemoveSelfManagedSnap", "Watch",
	// "Watcher.Delete" and "Notify".
	Steps []string
	// Changes reports whether the call may change the object.
	Changes bool

	performed *result
	perform   func() result
}

// Has reports whether the call has that step.
func (c *Call) Has(step string) bool { return slices.Contains(c.Steps, step) }

// Perform performs the call, once, and returns its error: the errno, or nil. A function that
// returns an error afterwards makes a call that was performed fail, as when the reply of an OSD
// gets lost.
func (c *Call) Perform() error {
	if c.performed == nil {
		r := c.perform()
		c.performed = &r
	}
	if ret := c.performed.ret; ret < 0 {
		return syscall.Errno(-ret)
	}
	return nil
}

// hook is a function that Intercept has added.
type hook struct {
	pool      *memstore.Pool
	intercept func(context.Context, *Call) error
	ctx       context.Context // is done when the test ends
}

// Intercept has f called before each call on the pool of ioctx, through any IOContext, until the
// test ends. f may block, which delays the call, and runs on a goroutine of its own for each call, so that
// calls that are in flight at the same time can be performed in any order.
//
// The call is performed when f returns nil, and not if f returns an error: then the call
// fails with the errno in it, or with EIO if it has no errno. See [Call.Perform] for a call that is performed and
// fails. Of several functions, each is called after the one that was added before it has returned nil.
//
// ctx is done when the call is cancelled, since the context of the method is done or the IOContext is
// closed, and when the test ends. A call that was cancelled before it was performed is not
// performed.
func Intercept(t testing.TB, ioctx *rados.IOContext, f func(ctx context.Context, call *Call) error) {
	t.Helper()
	pool := lib.cluster.PoolByID(ioctx.GetPoolID())
	if pool == nil {
		t.Fatal("radosmem: the IOContext is closed, or its pool deleted")
	}
	ctx, cancel := context.WithCancel(context.Background())
	h := &hook{pool: pool, intercept: f, ctx: ctx}
	lib.mu.Lock()
	lib.hooks = append(lib.hooks, h)
	lib.mu.Unlock()
	t.Cleanup(func() {
		lib.mu.Lock()
		lib.hooks = slices.DeleteFunc(lib.hooks, func(other *hook) bool { return other == h })
		lib.mu.Unlock()
		cancel()
	})
}

// hooksOf returns the hooks of a pool.
func (l *library) hooksOf(pool *memstore.Pool) []*hook {
	l.mu.Lock()
	defer l.mu.Unlock()
	var hooks []*hook
	for _, h := range l.hooks {
		if h.pool == pool {
			hooks = append(hooks, h)
		}
	}
	return hooks
}

// intercept calls the hooks and performs the call.
func (c *Call) intercept(ctx context.Context, hooks []*hook, perform func(context.Context) result) result {
	var once sync.Once
	var r result
	c.perform = func() result {
		once.Do(func() {
			if r.ret = errno(syscall.ECANCELED); ctx.Err() == nil {
				r = perform(ctx)
			}
		})
		return r
	}
	for _, h := range hooks {
		if err := h.call(ctx, c); err != nil {
			return result{ret: int64(codeOf(err))}
		}
	}
	return c.perform()
}

// call calls the function of the hook, with a context that is done when ctx is or the test ends.
func (h *hook) call(ctx context.Context, c *Call) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(h.ctx, cancel)()
	return h.intercept(ctx, c)
}

// codeOf returns the negative errno of an error.
func codeOf(err error) int {
	var coded interface{ ErrorCode() int }
	var number syscall.Errno
	switch {
	case errors.As(err, &number) && number != 0:
		return -int(number)
	case errors.As(err, &coded) && coded.ErrorCode() < 0:
		return coded.ErrorCode()
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return -int(syscall.ECANCELED)
	}
	return -int(syscall.EIO)
}
