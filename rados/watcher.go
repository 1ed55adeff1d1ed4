package rados

import (
	"math"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"github.com/go-rados/go-rados/rados/internal/handle"
	"github.com/go-rados/go-rados/rados/internal/queue"
)

// WatcherID is the number of a watch, which notifications and their answers carry.
type WatcherID uint64

// NotifyID is the number of a notification.
type NotifyID uint64

// NotifierID is the number of the client that sent a notification, that of its
// Conn.GetInstanceID.
type NotifierID uint64

// Watcher receives the notifications that are sent to one object. It is safe for
// concurrent use.
//
// A Watcher must be ended with Delete. It also ends, with its channels, when its
// IOContext or Conn does; being garbage collected does not end it, since someone may
// still read from its channels.
type Watcher struct {
	ioctx  *IOContext
	object string
	id     WatcherID
	token  uintptr
	handle *handle.Handle

	events *queue.Queue[NotifyEvent]
	errors *queue.Queue[error]

	ended chan struct{} // closed when librados knows the watch no more
	err   error         // of ending it
}

// Watch watches object obj with the timeout that the OSDs are configured with
// (osd_client_watch_timeout, 30 seconds): see WatchWithTimeout.
func (ioctx *IOContext) Watch(obj string) (*Watcher, error) {
	return ioctx.WatchWithTimeout(obj, 0)
}

// WatchWithTimeout watches object oid, which must exist: from now on the Watcher
// receives the notifications sent to it. If the client can't be reached for longer than
// timeout, the OSD drops the watch, and notifications no more wait for it. timeout
// counts in whole seconds and is rounded up; 0 stands for the OSD's default.
//
// It returns ErrNotFound if the object does not exist, and EINVAL for a timeout that
// is negative or too long. It waits for the OSD for as long as it takes, unless
// rados_osd_op_timeout is configured.
//
// Implements:
//
//	int rados_watch3(rados_ioctx_t io, const char *o, uint64_t *cookie, rados_watchcb2_t watchcb, rados_watcherrcb_t watcherrcb, uint32_t timeout, void *arg)
func (ioctx *IOContext) WatchWithTimeout(oid string, timeout time.Duration) (*Watcher, error) {
	seconds, err := roundUp(timeout, time.Second, math.MaxUint32)
	if err != nil {
		return nil, err
	}
	lane, err := ioctx.enter()
	if err != nil {
		return nil, err
	}
	defer ioctx.exit(lane)
	w := &Watcher{
		ioctx:  ioctx,
		object: oid,
		events: queue.New[NotifyEvent](),
		errors: queue.New[error](),
		ended:  make(chan struct{}),
	}
	w.token = listeners.add(w)
	cookie, err := ioctx.watch(oid, uint32(seconds), w.token)
	if err != nil {
		w.stop()
		return nil, err
	}
	w.id = WatcherID(cookie)
	if w.handle, err = ioctx.handle.NewSlowChild(w.end); err != nil {
		return nil, err
	}
	watchers.add(w)
	if w.handle.Err() != nil { // end may have come before
		watchers.remove(w)
	}
	return w, nil
}

// roundUp counts d in units, up to most.
func roundUp(d, unit time.Duration, most uint64) (uint64, error) {
	n := uint64(d / unit)
	if d%unit > 0 {
		n++
	}
	if d < 0 || n > most {
		return 0, radosError(-int(syscall.EINVAL))
	}
	return n, nil
}

// ID returns the number of the watch.
func (w *Watcher) ID() WatcherID {
	if w == nil {
		return 0
	}
	return w.id
}

// Events returns the channel of the notifications, oldest first. None is dropped
// because the reader is slow; they are kept until they are read, so that a reader who
// stays away costs memory. Who sent a notification waits until it has been answered
// with Ack, up to the notification's timeout.
//
// The channel is closed when the Watcher ends. After Delete that is at once: what
// has not been read by then is dropped. After an error what came before it can still
// be read.
func (w *Watcher) Events() <-chan NotifyEvent {
	if w.missing() {
		return closedChannel[NotifyEvent]()
	}
	return w.events.C()
}

// Errors returns the channel of the Watcher's error: there is at most one, since the
// watch is lost with it. ENOTCONN and ErrNotFound are what comes when the object was
// removed, the OSD dropped the watch, or the client was cut off for too long; ENOTCONN or
// ESHUTDOWN, when the client was blocklisted. Both channels are closed behind it; Delete
// is still needed.
func (w *Watcher) Errors() <-chan error {
	if w.missing() {
		return closedChannel[error]()
	}
	return w.errors.C()
}

// missing tells that there never was a watch.
func (w *Watcher) missing() bool { return w == nil || w.token == 0 }

func closedChannel[T any]() <-chan T {
	c := make(chan T)
	close(c)
	return c
}

// Check returns how long ago the OSD last confirmed the watch, or the error by which
// the watch was lost. After Delete it returns ErrWatcherClosed.
//
// Implements:
//
//	int rados_watch_check(rados_ioctx_t io, uint64_t cookie)
func (w *Watcher) Check() (time.Duration, error) {
	if w.missing() {
		return 0, ErrWatcherClosed
	}
	lane, err := w.handle.Enter(ErrWatcherClosed)
	if err != nil {
		return 0, err
	}
	defer w.handle.Exit(lane)
	ms, err := w.ioctx.checkWatch(uint64(w.id))
	return time.Duration(ms) * time.Millisecond, err
}

// Delete ends the watch and closes both channels, whatever comes of it: if the object
// is gone, for instance, it returns ErrNotFound or ENOTCONN. It waits for the OSD for
// as long as it takes, unless rados_osd_op_timeout is configured; the channels are
// closed at once. A second Delete returns what the first did.
//
// Implements:
//
//	int rados_unwatch2(rados_ioctx_t io, uint64_t cookie)
func (w *Watcher) Delete() error {
	if w.missing() {
		return ErrWatcherClosed
	}
	w.stop()
	w.handle.Close(ErrWatcherClosed)
	<-w.ended
	return w.err
}

// watchers are the Watchers of the process, until they are deleted or end with their IOContext.
// An event has only the ID of its Watcher. librados makes that of the address of its own object,
// so no two watches have the same one at the same time.
var watchers watcherSet

type watcherSet struct{ byID sync.Map }

func (s *watcherSet) add(w *Watcher) { s.byID.Store(w.id, w) }

// remove removes w, but not a newer Watcher with its ID.
func (s *watcherSet) remove(w *Watcher) { s.byID.CompareAndDelete(w.id, w) }

// get returns the Watcher with that ID, or nil.
func (s *watcherSet) get(id WatcherID) *Watcher {
	w, _ := s.byID.Load(id)
	watcher, _ := w.(*Watcher)
	return watcher
}

// stop closes the channels; what librados still says about the watch is dropped.
func (w *Watcher) stop() {
	listeners.remove(w.token)
	watchers.remove(w)
	w.events.Close()
	w.errors.Close()
}

// end ends the watch in librados. The handle calls it, once, when nobody uses the
// watch any more: after Delete, or because the IOContext ends.
func (w *Watcher) end(unsafe.Pointer) {
	w.stop()
	w.err = w.ioctx.unwatch(uint64(w.id))
	close(w.ended)
}

// receive takes in what librados said.
func (w *Watcher) receive(e event) {
	if e.err != nil {
		w.errors.Put(e.err)
		w.errors.Finish()
		w.events.Finish()
		return
	}
	w.events.Put(NotifyEvent{
		WatcherID:  WatcherID(e.number[0]),
		ID:         NotifyID(e.number[1]),
		NotifierID: NotifierID(e.number[2]),
		Data:       e.data,
	})
}
