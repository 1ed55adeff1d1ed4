package radoslock

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/go-rados/go-rados/rados"
)

// Mutex is a lock on an object. Any number of Mutexes, in any number of processes, can
// stand for the same lock. A Mutex is safe for concurrent use: goroutines that share one
// exclude each other like different clients. It need not be closed.
type Mutex struct {
	options
	ioctx     *rados.IOContext // a clone, so that no caller changes its settings
	oid       string
	name      string
	pool      string
	namespace string
	err       error // of New
}

// New returns a Mutex for the lock called name on object oid. It does not contact the
// cluster. The namespace and locator of ioctx at this time apply; closing ioctx later has no
// effect on the Mutex. If an option is invalid (fs.ErrInvalid) or ioctx is closed
// (rados.ErrInvalidIOContext), the methods of the Mutex return that error.
func New(ioctx *rados.IOContext, oid, name string, opts ...Option) *Mutex {
	m := &Mutex{oid: oid, name: name}
	if m.options, m.err = collect(opts); m.err != nil {
		return m
	}
	clone, err := ioctx.Clone()
	if m.ioctx, m.err = clone, bare(err); err != nil {
		return m
	}
	m.pool, _ = m.ioctx.GetPoolName()
	m.namespace, _ = m.ioctx.GetNamespace()
	m.err = m.ioctx.SetReadSnap(rados.SnapHead) // locks have no snapshots
	return m
}

// Lock blocks until it holds the lock, and returns a Lease that keeps it. The object is
// created if it does not exist. Lock returns
//
//   - ctx.Err() and context.Cause(ctx) if ctx is done before, along with rados.ErrLocked if
//     another client held the lock until then;
//   - fs.ErrPermission if the user may not lock the object;
//   - any other error of the OSD, such as ETIMEDOUT with rados_osd_op_timeout.
//
// ctx does not limit the Lease. If Lock returns an error, the lock is not held afterwards:
// if the OSD may have granted it, which rados.ErrOutcomeUnknown shows, it is released in the
// background.
func (m *Mutex) Lock(ctx context.Context) (*Lease, error) {
	lease, err := m.lock(ctx, m.wait)
	return lease, m.wrap("Lock", err)
}

// TryLock is Lock that does not wait: if another client holds the lock, it returns
// rados.ErrLocked.
func (m *Mutex) TryLock(ctx context.Context) (*Lease, error) {
	lease, err := m.lock(ctx, m.try)
	return lease, m.wrap("TryLock", err)
}

// Do calls f while it holds the lock. It blocks until it holds the lock, like Lock, and
// releases it when f has returned or panicked.
//
// The context of f is done when ctx is, and as soon as the lock is lost or can no longer be
// proven to be held: errors.Is finds ErrLost in its context.Cause then, and f should return
// immediately, since another client may hold the lock after a quarter of its Duration.
//
// Do returns the error of f, unchanged or joined with:
//
//   - ErrLost if the lock was lost while f ran, also if f returned nil;
//   - the error of the release. The lock then expires after its Duration.
//
// If ctx is done, Do waits at most a second for the release, which goes on in the
// background.
func (m *Mutex) Do(ctx context.Context, f func(ctx context.Context) error) (err error) {
	lease, err := m.lock(ctx, m.wait)
	if err != nil {
		return m.wrap("Do", err)
	}
	held, cancel := context.WithCancelCause(context.WithValue(ctx, leaseKey{}, lease))
	stop := context.AfterFunc(lease.ctx, func() { cancel(context.Cause(lease.ctx)) })
	defer func() {
		stop()
		cancel(nil)
		patience, done := outlast(ctx, time.Second)
		defer done()
		err = join(err, lease.Unlock(patience))
	}()
	return f(held)
}

// outlast returns a context that is done some time after ctx is.
func outlast(ctx context.Context, extra time.Duration) (context.Context, func()) {
	longer, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(extra, func() { cancel(ended(ctx)) })
		context.AfterFunc(longer, func() { timer.Stop() })
	})
	return longer, func() {
		stop()
		cancel(nil)
	}
}

// lock returns a Lease of a lock that acquire takes with a new cookie.
func (m *Mutex) lock(ctx context.Context, acquire func(ctx context.Context, cookie string) (time.Time, error)) (*Lease, error) {
	if m.err != nil {
		return nil, m.err
	}
	cookie := rand.Text() // so that EEXIST, or a renewal, can only mean an earlier try
	until, err := acquire(ctx, cookie)
	if err == nil && !time.Now().Before(until) {
		until, err = acquire(ctx, cookie) // the answer was late: the lock may have expired
	}
	if errors.Is(err, rados.ErrOutcomeUnknown) {
		go m.abandon(cookie)
	}
	if err != nil {
		return nil, withCause(ctx, err)
	}
	return newLease(ctx, m, cookie, until), nil
}

// try takes the lock, or renews it if an earlier try has taken it. It returns the time until
// which the lock is certainly held.
func (m *Mutex) try(ctx context.Context, cookie string) (until time.Time, err error) {
	return m.request(ctx, cookie, mayRenew)
}

// renew renews the lock, and fails if it is not held.
func (m *Mutex) renew(ctx context.Context, cookie string) (until time.Time, err error) {
	return m.request(ctx, cookie, mustRenew)
}

// request sends a lock request. The duration of the lock counts from before that: the OSD
// counts it from later on. The last quarter is left to the holder, to finish.
func (m *Mutex) request(ctx context.Context, cookie string, flags byte) (until time.Time, err error) {
	op := rados.CreateWriteOp()
	op.Exec(class, "lock", m.lockRequest(cookie, flags))
	until = time.Now().Add(m.duration - m.duration/4)
	return until, bare(op.OperateContext(ctx, m.ioctx, m.oid, rados.OperationNoFlag))
}

// isFree reports whether a try may succeed. Unlike a failing try it costs the OSD no entry
// in its log.
func (m *Mutex) isFree(ctx context.Context) (bool, error) {
	op := rados.CreateReadOp()
	step := op.Exec(class, "get_info", m.infoRequest())
	err := op.OperateContext(ctx, m.ioctx, m.oid, rados.OperationNoFlag)
	if errors.Is(err, rados.ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, bare(err)
	}
	answer, err := step.Bytes()
	if err != nil {
		return false, bare(err)
	}
	i, err := decodeInfo(answer)
	return i.holders == 0 || m.shared && i.lockType == typeShared && i.tag == m.tag, err
}

// releaseTimeout is how long a release waits for the OSD. It is longer than most locks last.
const releaseTimeout = time.Minute

// releasePause is the pause between two tries to release a lock.
const releasePause = time.Second

// release releases the lock and notifies waiters. It returns ErrLost if the lock is not held.
func (m *Mutex) release(cookie string) error {
	ctx, cancel := context.WithTimeout(context.Background(), releaseTimeout)
	defer cancel()
	code, err := m.ioctx.UnlockContext(ctx, m.oid, m.name, cookie)
	switch {
	case err != nil:
		return bare(err)
	case code < 0: // ENOENT
		return ErrLost
	}
	if m.waiting.watch {
		m.notify()
	}
	return nil
}

// abandon releases the lock if it is held. It tries again while the OSD does not answer within
// rados_osd_op_timeout, since a lock may last for hours.
func (m *Mutex) abandon(cookie string) {
	for began := time.Now(); time.Since(began) < releaseTimeout; time.Sleep(releasePause) {
		if err := m.release(cookie); !errors.Is(err, rados.ErrOutcomeUnknown) {
			return
		}
	}
}
