package radosio

import (
	"context"
	"sync"

	"github.com/go-rados/go-rados/internal/ctxerr"
)

// rwLock is like a sync.RWMutex, but a wait for it ends when a context is done.
type rwLock struct {
	mu      sync.Mutex
	holders int           // the number of readers, or -1 for a writer
	writers int           // the number of writers that wait: no reader comes before them
	changed chan struct{} // closed when any of these has changed, if a waiter has made it
}

func (l *rwLock) lock(ctx context.Context) error {
	l.addWriter(1)
	defer l.addWriter(-1)
	return l.wait(ctx, func() bool { return l.holders == 0 }, -1)
}

func (l *rwLock) rLock(ctx context.Context) error {
	return l.wait(ctx, func() bool { return l.holders >= 0 && l.writers == 0 }, 1)
}

func (l *rwLock) unlock() { l.release(-1) }

func (l *rwLock) rUnlock() { l.release(1) }

func (l *rwLock) addWriter(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writers += n
	l.wake()
}

func (l *rwLock) release(holders int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.holders -= holders
	l.wake()
}

// wake wakes all that wait. l.mu is held.
func (l *rwLock) wake() {
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}

// wait adds to the holders as soon as free reports true.
func (l *rwLock) wait(ctx context.Context, free func() bool, holders int) error {
	for {
		l.mu.Lock()
		if free() {
			l.holders += holders
			l.mu.Unlock()
			return nil
		}
		if l.changed == nil {
			l.changed = make(chan struct{})
		}
		changed := l.changed
		l.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return ctxerr.Of(ctx)
		}
	}
}
