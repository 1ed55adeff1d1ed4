package radoslock

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/go-rados/go-rados/rados"
)

// Lease keeps a lock: it renews the lock in the background, each quarter of its Duration,
// until Unlock or until the lock is lost. It must be ended with Unlock, since otherwise it
// keeps the lock as long as the process runs. It is safe for concurrent use.
type Lease struct {
	mutex  *Mutex
	cookie string

	ctx    context.Context
	cancel context.CancelCauseFunc
	kept   chan struct{} // closed when no goroutine renews the lock any longer

	mu      sync.Mutex
	failure error // of the last renewal

	unlock   sync.Once
	released chan struct{} // closed when err is set
	err      error         // of Unlock
}

// newLease returns a Lease of a lock that is held until until. The values of ctx apply to
// the Lease, but not its end.
func newLease(ctx context.Context, m *Mutex, cookie string, until time.Time) *Lease {
	l := &Lease{mutex: m, cookie: cookie, kept: make(chan struct{}), released: make(chan struct{})}
	l.ctx, l.cancel = context.WithCancelCause(context.WithValue(context.WithoutCancel(ctx), leaseKey{}, l))
	go l.keep(until)
	return l
}

type leaseKey struct{}

// FromContext returns the Lease of the context of Do's function, or of a Lease's Context, or
// of a context derived from these.
func FromContext(ctx context.Context) (*Lease, bool) {
	l, ok := ctx.Value(leaseKey{}).(*Lease)
	return l, ok
}

// Context returns a context that is done as soon as the lock is lost or can no longer be
// proven to be held, or after Unlock. errors.Is finds ErrLost in its context.Cause if the lock
// was lost. It has the values of the context that Lock was called with.
func (l *Lease) Context() context.Context { return l.ctx }

// Cookie returns the cookie of the lock, which is random. rados.IOContext.ListLockers
// displays it, and RevokeLock needs it.
func (l *Lease) Cookie() string { return l.cookie }

// AssertLocked adds a step to op that fails with rados.ErrLocked unless the lock is held:
// the operation then changes nothing. op must be performed on the object that is locked, with
// the same namespace and connection. Such a write is fenced: it cannot take effect after the
// lock was lost, even if the process was paused in between.
func (l *Lease) AssertLocked(op *rados.WriteOp) {
	op.Exec(class, "assert_locked", l.mutex.assertRequest(l.cookie))
}

// Unlock releases the lock and notifies the waiters. It ends the Lease and its Context
// immediately, and blocks until the OSD has released the lock and the waiters have answered, or
// 100 ms longer if one has crashed. It returns
//
//   - ErrLost if the lock was lost before;
//   - ctx.Err(), context.Cause(ctx) and rados.ErrOutcomeUnknown if ctx is done before the OSD
//     answers. The release goes on in the background, for up to a minute;
//   - the error of the OSD. The lock then expires after its Duration.
//
// Later calls return the same result.
func (l *Lease) Unlock(ctx context.Context) error {
	l.unlock.Do(l.end)
	select {
	case <-l.released:
	default:
		select {
		case <-l.released:
		case <-ctx.Done():
			return l.mutex.wrap("Unlock", fmt.Errorf("%w: %w", rados.ErrOutcomeUnknown, ended(ctx)))
		}
	}
	return l.err
}

// end ends the Lease, and releases the lock in the background. If it is lost, there is
// nothing to wait for.
func (l *Lease) end() {
	l.cancel(nil)
	cause := context.Cause(l.ctx)
	if errors.Is(cause, ErrLost) {
		l.err = cause
		close(l.released)
	}
	go func() {
		<-l.kept
		err := l.mutex.release(l.cookie)
		if l.err == nil {
			l.err = l.mutex.wrap("Unlock", err)
			close(l.released)
		}
		if errors.Is(err, rados.ErrOutcomeUnknown) {
			l.mutex.abandon(l.cookie)
		}
	}()
}

// keep renews the lock until it is lost or the Lease ends. until is the time until which the
// lock is certainly held.
func (l *Lease) keep(until time.Time) {
	defer close(l.kept)
	// The timer does not depend on whatever a renewal waits for.
	expiry := time.AfterFunc(time.Until(until), l.expire)
	defer expiry.Stop()
	interval := l.mutex.duration / 4
	for l.sleep(time.Until(until) - 2*interval) {
		renewed, err := l.mutex.renew(l.ctx, l.cookie)
		for err != nil {
			if isLost(err) {
				l.lose(err)
				return
			}
			l.fail(err)
			if !l.sleep(interval / 8) {
				return
			}
			renewed, err = l.mutex.renew(l.ctx, l.cookie)
		}
		until = renewed
		expiry.Reset(time.Until(until))
	}
}

// sleep returns after d, or returns false if the Lease ends before.
func (l *Lease) sleep(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return l.ctx.Err() == nil
	case <-l.ctx.Done():
		return false
	}
}

// fail notes the error of a renewal, after which there is time for another one.
func (l *Lease) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failure = err
}

// expire ends the Lease of a lock that was not renewed in time.
func (l *Lease) expire() {
	l.mu.Lock()
	defer l.mu.Unlock()
	reason := errLate
	if l.failure != nil {
		reason = fmt.Errorf("%w: %w", errLate, l.failure)
	}
	l.lose(reason)
}

// lose ends the Lease of a lock that is lost.
func (l *Lease) lose(reason error) {
	l.cancel(l.mutex.wrap("Renew", fmt.Errorf("%w: %w", ErrLost, reason)))
}
