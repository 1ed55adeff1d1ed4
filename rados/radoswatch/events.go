package radoswatch

import (
	"context"
	"errors"
	"iter"
	"math/rand/v2"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/go-rados/go-rados/internal/ctxerr"
	"github.com/go-rados/go-rados/rados"
)

const (
	// The pauses between attempts to watch, which double.
	shortestPause = 100 * time.Millisecond
	longestPause  = 5 * time.Second
	// confirmInterval is the time between two questions when the OSD last confirmed the watch.
	confirmInterval = 5 * time.Second
	// deleteTimeout bounds the wait for the end of a watch.
	deleteTimeout = 2 * time.Second
)

// Event is a notification, or the start of a watch. One of Notification and Gap is not nil.
type Event struct {
	// Notification is a notification that the watch has received.
	Notification *rados.NotifyEvent
	// Gap is the time before a watch started.
	Gap *Gap

	answered *atomic.Bool // not nil with Notification
}

// Gap is a time in which notifications may have been sent that were not received.
type Gap struct {
	// From is the last known time at which the OSD confirmed the previous watch, or the zero
	// Time if the iteration has had no watch yet.
	From time.Time
	// To is the time at which the new watch started.
	To time.Time
	// Err is the error that ended the previous watch, or nil if there was none.
	Err error
}

// Ack answers the notification with response, which may be nil; see
// [rados.NotifyEvent.AckContext]. It is needed for an answer with data, or while the loop body
// still runs: [Events] answers a notification when its loop body ends, unless Ack was called.
// At the start of a watch, Ack does nothing.
func (e Event) Ack(ctx context.Context, response []byte) error {
	if e.Notification == nil || e.answered.Swap(true) {
		return nil
	}
	return e.Notification.AckContext(ctx, response)
}

// Option is an option of [Events].
type Option func(*options)

type options struct{ timeout time.Duration }

// Timeout sets the time for which a client that can't be reached keeps its watch, and for which
// a notification waits for it. The default is that of the OSDs (osd_client_watch_timeout, 30
// seconds). A watch with 5 seconds or less is lost without a failure; see
// [rados.IOContext.WatchWithTimeout].
func Timeout(d time.Duration) Option {
	return func(o *options) { o.timeout = d }
}

// Events returns an iterator over the notifications that are sent to object oid, which must
// exist, and over the starts of its watches. It watches the object when the iteration begins,
// and again whenever the watch is lost, after pauses between 100 milliseconds and 5 seconds if
// that happens again soon. The first Event of each watch has a [Gap]. An error is yielded last;
// the documentation of the package lists the errors.
//
// The sender of a notification waits for the answers of all watches. Events answers when the
// loop body ends, so that a sender can rely on its work; a loop body that takes long calls
// [Event.Ack] first. Notifications that arrive meanwhile wait in memory. They are delivered at
// least once; see [rados.NotifyEvent].
//
// When the loop ends, for whatever reason, Events removes the watch. It blocks until the OSD has
// removed it, but not longer than 2 seconds; the watch is then removed in the background. The
// iterator can be used again, also at the same time, and holds no thread.
func Events(ctx context.Context, ioctx *rados.IOContext, oid string, opts ...Option) iter.Seq2[Event, error] {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	return func(yield func(Event, error) bool) {
		f := &follower{ioctx: ioctx, oid: oid, timeout: o.timeout, yield: yield}
		if err := f.run(ctx); err != nil && err != errLeft {
			yield(Event{}, err)
		}
	}
}

// errLeft is the error of a loop that was left.
var errLeft = errors.New("loop was left")

// follower is an iteration over events.
type follower struct {
	ioctx   *rados.IOContext
	oid     string
	timeout time.Duration
	yield   func(Event, error) bool
	pause   time.Duration // before the next attempt to watch
}

// run delivers the events of one watch after the other.
func (f *follower) run(ctx context.Context) error {
	var gap Gap
	for {
		w, err := f.watch(ctx)
		if err != nil {
			return err
		}
		gap.To = time.Now()
		if gap, err = f.deliver(ctx, w, gap); err != nil {
			return err
		}
	}
}

// watch watches the object. It tries again while an OSD does not answer in time.
func (f *follower) watch(ctx context.Context) (*rados.Watcher, error) {
	for {
		if err := f.sleep(ctx); err != nil {
			return nil, err
		}
		w, err := f.ioctx.WatchWithTimeoutContext(ctx, f.oid, f.timeout)
		if err == nil || ctx.Err() != nil || !errors.Is(err, syscall.ETIMEDOUT) {
			return w, err
		}
	}
}

// sleep pauses, and makes the next pause longer.
func (f *follower) sleep(ctx context.Context) error {
	pause := f.pause
	f.pause = min(max(2*f.pause, shortestPause), longestPause)
	if pause == 0 {
		return nil
	}
	select {
	case <-time.After(pause/2 + rand.N(pause/2)):
		return nil
	case <-ctx.Done():
		return f.ended(ctx)
	}
}

// deliver yields the events of w until it is lost, and removes it. It returns the gap that
// begins then.
func (f *follower) deliver(ctx context.Context, w *rados.Watcher, before Gap) (Gap, error) {
	defer remove(ctx, w)
	confirmed := before.To
	defer func() {
		if time.Since(before.To) > longestPause {
			f.pause = 0
		}
	}()
	if !f.yield(Event{Gap: &before}, nil) {
		return Gap{}, errLeft
	}
	tick := time.NewTicker(confirmInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return Gap{}, f.ended(ctx)
		case <-tick.C:
			if age, err := w.Check(); err == nil {
				confirmed = time.Now().Add(-age)
			}
		case n, open := <-w.Events():
			if !open { // without an error the IOContext is closed, which watch finds out
				return Gap{From: confirmed, Err: <-w.Errors()}, nil
			}
			if err := f.handle(ctx, n); err != nil {
				return Gap{}, err
			}
		}
	}
}

// handle yields a notification and answers it.
func (f *follower) handle(ctx context.Context, n rados.NotifyEvent) error {
	event := Event{Notification: &n, answered: new(atomic.Bool)}
	more := f.yield(event, nil)
	ctx, cancel := withTimeout(ctx)
	defer cancel()
	_ = event.Ack(ctx, nil) // if the watch is lost, nothing waits for an answer
	if !more {
		return errLeft
	}
	return nil
}

// remove removes a watch.
func remove(ctx context.Context, w *rados.Watcher) {
	ctx, cancel := withTimeout(ctx)
	defer cancel()
	_ = w.DeleteContext(ctx) // the watch ends in any case
}

// withTimeout returns a context for calls that are made also when ctx is done.
func withTimeout(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), deleteTimeout)
}

// ended returns the error of a loop that ctx ends.
func (f *follower) ended(ctx context.Context) error {
	e := &rados.ObjectError{Op: "Events", Object: f.oid, Err: ctxerr.Of(ctx)}
	e.Pool, _ = f.ioctx.GetPoolName()
	e.Namespace, _ = f.ioctx.GetNamespace()
	return e
}
