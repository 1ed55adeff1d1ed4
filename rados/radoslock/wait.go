package radoslock

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/go-rados/go-rados/rados"
)

// waiting is how Lock waits. BenchmarkHandover and BenchmarkWaiting compare the ways.
type waiting struct {
	watch  bool          // whether waiters watch the object, and holders notify them
	first  time.Duration // the first pause, which doubles until it is most
	most   time.Duration
	spread time.Duration // between waiters that receive the same notification
}

// The pauses are for holders that crash, or release the lock without a notification.
var defaultWaiting = waiting{watch: true, first: 20 * time.Millisecond, most: time.Second, spread: 4 * time.Millisecond}

// wait tries until the lock is taken or ctx is done.
func (m *Mutex) wait(ctx context.Context, cookie string) (until time.Time, err error) {
	until, err = m.try(ctx, cookie)
	if !errors.Is(err, rados.ErrLocked) {
		return until, err
	}
	w := waiter{mutex: m, pause: m.waiting.first, look: true}
	defer w.unwatch()
	for {
		w.watch(ctx) // before a try, so that no notification is missed
		if w.look {
			until, err = m.tryIfFree(ctx, cookie)
		} else {
			until, err = m.try(ctx, cookie)
		}
		if !errors.Is(err, rados.ErrLocked) {
			return until, err
		}
		if err := w.sleep(ctx); err != nil {
			return until, err
		}
	}
}

// tryIfFree tries if the lock is free, and returns rados.ErrLocked otherwise.
func (m *Mutex) tryIfFree(ctx context.Context, cookie string) (until time.Time, err error) {
	free, err := m.isFree(ctx)
	switch {
	case err != nil:
		return until, err
	case !free:
		return until, rados.ErrLocked
	}
	return m.try(ctx, cookie)
}

// waiter waits for the release of a lock.
type waiter struct {
	mutex   *Mutex
	watcher *rados.Watcher // or nil
	pause   time.Duration  // the mean of the next pause
	missed  int            // the notifications after which another client was faster
	look    bool           // whether the lock is probably taken
}

// watch watches the object, if possible: without a watch the waiter is only slower.
func (w *waiter) watch(ctx context.Context) {
	if w.mutex.waiting.watch && w.watcher == nil {
		w.watcher, _ = w.mutex.ioctx.WatchContext(ctx, w.mutex.oid)
	}
}

// unwatch ends the watch in the background, since that may block.
func (w *waiter) unwatch() {
	if w.watcher != nil {
		go w.watcher.Delete()
		w.watcher = nil
	}
}

// events returns the notifications, or nil without a watch.
func (w *waiter) events() <-chan rados.NotifyEvent {
	if w.watcher == nil {
		return nil
	}
	return w.watcher.Events()
}

// sleep blocks until it is time for another try: after a pause, or when a holder has
// released the lock. It returns an error if ctx is done before.
func (w *waiter) sleep(ctx context.Context) error {
	timer := time.NewTimer(w.pause/2 + rand.N(w.pause))
	defer timer.Stop()
	w.pause = min(2*w.pause, w.mutex.longestPause())
	w.look = true
	for notified := false; ; {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", rados.ErrLocked, ended(ctx))
		case <-timer.C:
			return nil
		case e, ok := <-w.events():
			if !ok {
				w.unwatch() // the watch is lost, possibly with the object
				timer.Reset(0)
			} else if w.answer(e) && !notified {
				notified = true
				timer.Reset(w.delay())
			}
		}
	}
}

// longestPause returns the longest pause. After a crash the lock expires: shortly afterwards
// a waiter should try.
func (m *Mutex) longestPause() time.Duration {
	return max(m.waiting.first, min(m.waiting.most, m.duration/8))
}

// answer answers a notification, and reports whether it is that of a release.
func (w *waiter) answer(e rados.NotifyEvent) bool {
	_ = e.Ack(nil) // otherwise the notifier waits longer
	return string(e.Data) == w.mutex.name
}

// delay returns the pause before the try after a notification. The first try comes
// immediately. If another client was faster there are several waiters, and their next tries
// are spread, so that most of them see that the lock is taken already.
func (w *waiter) delay() time.Duration {
	w.look = w.missed > 0
	longest := time.Duration(w.missed) * w.mutex.waiting.spread
	w.missed = min(w.missed+1, 16)
	return rand.N(longest + 1)
}

// notify notifies the waiters that the lock is released. It blocks until they have answered, so
// that the program may exit afterwards, but no longer than 100 ms: by then all that can
// have received the notification.
func (m *Mutex) notify() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _, _ = m.ioctx.NotifyWithTimeout(m.oid, []byte(m.name), time.Second)
	}()
	select {
	case <-done:
	case <-time.After(100 * time.Millisecond):
	}
}
