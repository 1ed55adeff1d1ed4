//go:build cgo

package rados

import (
	"bytes"
	"context"
	"errors"
	"math"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"github.com/go-rados/go-rados/internal/admit"
	"github.com/go-rados/go-rados/internal/background"
	"github.com/go-rados/go-rados/internal/callback"
	"github.com/go-rados/go-rados/internal/ctxerr"
	"github.com/go-rados/go-rados/internal/detach"
	"github.com/go-rados/go-rados/internal/handle"
	"github.com/go-rados/go-rados/internal/notifyreply"
	"github.com/go-rados/go-rados/internal/queue"
	"github.com/go-rados/go-rados/internal/throttle"
)

// WatcherID is the id of a watch, which notifications and their answers carry.
type WatcherID uint64

// NotifyID is the id of a notification.
type NotifyID uint64

// NotifierID is the id of the client that sent a notification, as
// [Conn.GetInstanceID] returns it.
type NotifierID uint64

// Watcher receives the notifications that are sent to one object. It is safe for
// concurrent use.
//
// The caller must close a Watcher with [Watcher.Delete]. A Watcher and its
// channels are also closed with its IOContext or Conn. The garbage collector does
// not close a Watcher, because a goroutine may still read from its channels.
//
// A Watcher whose watch is lost does not watch again. Package rados/radoswatch
// does, and reports when notifications may have been missed.
type Watcher struct {
	ioctx  *IOContext
	object string
	id     WatcherID
	token  uintptr
	handle *handle.Handle

	events *queue.Queue[NotifyEvent]
	errors *queue.Queue[error]

	started chan struct{}         // closed when id and handle are set
	lost    atomic.Pointer[error] // why librados lost the watch, if it did

	mu      sync.RWMutex // held for reading while librados is asked about the watch
	removed bool         // librados must not be asked any more

	unwatched sync.Once
	ended     chan struct{} // closed when err is set
	err       error         // of unwatch
}

// Watch watches object obj with the default timeout of the OSDs
// (osd_client_watch_timeout, default 30 seconds). See
// [IOContext.WatchWithTimeout]. [IOContext.WatchContext] returns when its context
// is done.
func (ioctx *IOContext) Watch(obj string) (*Watcher, error) {
	return ioctx.newWatcher(context.Background(), "Watch", obj, 0)
}

// WatchWithTimeout watches object oid, which must exist, and returns a Watcher
// that receives the notifications sent to the object. If the OSD can't reach the
// client for longer than timeout, it drops the watch, and notifications no longer
// wait for it. timeout is rounded up to whole seconds; 0 selects the default of
// the OSD. librados confirms a watch every 5 seconds (objecter_tick_interval):
// with a timeout of 5 seconds or less the watch is lost without a failure.
//
// It returns [ErrNotFound] if the object does not exist, and EINVAL if timeout is
// negative or too long. It blocks until the OSD answers, or until
// rados_osd_op_timeout elapses if that is configured;
// [IOContext.WatchWithTimeoutContext] returns when its context is done.
//
// Implements: rados_watch3
func (ioctx *IOContext) WatchWithTimeout(oid string, timeout time.Duration) (*Watcher, error) {
	return ioctx.newWatcher(context.Background(), "WatchWithTimeout", oid, timeout)
}

// newWatcher is WatchWithTimeout that returns when ctx is done, for the method op.
func (ioctx *IOContext) newWatcher(ctx context.Context, op, oid string, timeout time.Duration) (_ *Watcher, err error) {
	defer ioctx.trace(&ctx, op, oid, 0).end(nil, &err)
	if err := ioctx.precheck(ctx); err != nil {
		return nil, err
	}
	seconds, err := roundUp(timeout, time.Second, math.MaxUint32)
	if err != nil {
		return nil, err
	}
	shard, err := ioctx.enter()
	if err != nil {
		return nil, err
	}
	defer ioctx.exit(shard)
	w := &Watcher{
		ioctx:   ioctx,
		object:  oid,
		events:  queue.New[NotifyEvent](),
		errors:  queue.New[error](),
		started: make(chan struct{}),
		ended:   make(chan struct{}),
	}
	w.token = callbacks.Add(w.handleEvent)
	cookie, err := ioctx.watch(ctx, oid, uint32(seconds), w.token)
	if err != nil {
		w.stop()
		return nil, err
	}
	w.id = WatcherID(cookie)
	if w.handle, err = ioctx.handle.NewChildAsyncFree(w.release); err != nil {
		return nil, err
	}
	watchers.add(w)
	if w.handle.Err() != nil { // release may have come before
		watchers.remove(w)
	}
	close(w.started)
	return w, nil
}

// WatchContext is Watch with a context; see [IOContext.WatchWithTimeoutContext].
func (ioctx *IOContext) WatchContext(ctx context.Context, oid string) (*Watcher, error) {
	w, err := ioctx.newWatcher(detach.Closable(ctx), "Watch", oid, 0)
	return w, ioctx.wrap("WatchContext", oid, err)
}

// WatchWithTimeoutContext is WatchWithTimeout with a context. When ctx is done, or
// ioctx is closed, while the watch is being registered, it returns an
// [ObjectError] in which errors.Is finds the reason. librados does not cancel the
// registration; if it succeeds later, the watch is deleted. ctx has no effect on a
// Watcher that has been returned. If ctx is done already, it sends nothing.
func (ioctx *IOContext) WatchWithTimeoutContext(ctx context.Context, oid string, timeout time.Duration) (*Watcher, error) {
	w, err := ioctx.newWatcher(detach.Closable(ctx), "WatchWithTimeout", oid, timeout)
	return w, ioctx.wrap("WatchWithTimeoutContext", oid, err)
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

// ID returns the id of the watch.
func (w *Watcher) ID() WatcherID {
	if w == nil {
		return 0
	}
	return w.id
}

// Events returns the channel of the notifications, oldest first. A slow reader
// does not lose notifications: they are kept in memory until they are read. The
// sender of a notification waits until it is answered with [NotifyEvent.Ack], up
// to the timeout of the notification.
//
// The channel is closed when the Watcher is closed. [Watcher.Delete] closes it
// immediately and drops notifications that have not been read. After an error,
// notifications that arrived before it can still be read.
func (w *Watcher) Events() <-chan NotifyEvent {
	if w.isZero() {
		return closedChannel[NotifyEvent]()
	}
	return w.events.C()
}

// Errors returns the channel of the error that ended the watch. It yields at most
// one error, and both channels are closed after it:
//
//   - ENOTCONN or [ErrNotFound] if the object was removed, the OSD dropped the
//     watch, or the client was disconnected for longer than the timeout of the
//     watch
//   - [ErrNotFound] or ENOTCONN if the pool was deleted, which is detected after
//     up to 10 seconds, or by [Watcher.Check]
//   - ENOTCONN or ESHUTDOWN if the client was blocklisted
//   - ETIMEDOUT if the OSD did not answer within rados_osd_op_timeout
//
// The watch is then removed from the OSD in the background, as soon as the OSD
// answers. [Watcher.Delete] must still be called.
func (w *Watcher) Errors() <-chan error {
	if w.isZero() {
		return closedChannel[error]()
	}
	return w.errors.C()
}

// isZero reports whether w was not made by Watch.
func (w *Watcher) isZero() bool { return w == nil || w.token == 0 }

func closedChannel[T any]() <-chan T {
	c := make(chan T)
	close(c)
	return c
}

// Check returns the time since the OSD last confirmed the watch, or the error that
// ended the watch. After an error of [Watcher.Errors] it returns the same error.
// If the pool has been deleted, Check ends the watch with [ErrNotFound]. After
// [Watcher.Delete] it returns [ErrWatcherClosed].
//
// Implements: rados_watch_check
func (w *Watcher) Check() (time.Duration, error) {
	if w.isZero() {
		return 0, ErrWatcherClosed
	}
	shard, err := w.handle.Enter(ErrWatcherClosed)
	if err != nil {
		return 0, err
	}
	defer w.handle.Exit(shard)
	age, err := w.age()
	if err == nil && w.ioctx.poolError() == ErrNotFound {
		w.lose(ErrNotFound)
		err = w.lossError()
	}
	if err != nil {
		return 0, err
	}
	return age, nil
}

// age returns the time since the OSD last confirmed the watch, or the error that
// ended it.
func (w *Watcher) age() (time.Duration, error) {
	if err := w.lossError(); err != nil {
		return 0, err
	}
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.removed { // just now
		return 0, w.lossError()
	}
	ms, err := w.ioctx.checkWatch(uint64(w.id))
	return time.Duration(ms) * time.Millisecond, err
}

// lossError returns the error that ended the watch, or nil.
func (w *Watcher) lossError() error {
	if err := w.lost.Load(); err != nil {
		return *err
	}
	return nil
}

// Delete removes the watch and closes both channels, even if it returns an error,
// such as ErrNotFound or ENOTCONN if the object does not exist. It closes the
// channels immediately, and blocks until the OSD has removed the watch, without
// blocking a thread; [Watcher.DeleteContext] returns when its context is done. If
// rados_osd_op_timeout is configured, Delete returns ETIMEDOUT after that time;
// the OSD then drops the watch after the timeout of the watch. A second Delete
// returns the result of the first.
//
// Implements: rados_unwatch2
func (w *Watcher) Delete() error { return w.delete(context.Background()) }

// DeleteContext is Delete with a context. When ctx is done, or the IOContext or
// Conn is closed, it returns an [ObjectError] in which errors.Is finds the reason.
// The channels are closed, and the watch is removed as soon as the OSD answers. If
// ctx is done already, DeleteContext does nothing, and the watch continues.
func (w *Watcher) DeleteContext(ctx context.Context) error {
	return w.wrap("Watcher.DeleteContext", w.delete(detach.Closable(ctx)))
}

func (w *Watcher) delete(ctx context.Context) (err error) {
	if w.isZero() {
		return ErrWatcherClosed
	}
	defer w.ioctx.trace(&ctx, "Watcher.Delete", w.object, 0).end(nil, &err)
	if err := checkContext(ctx); err != nil {
		return err
	}
	w.stop()
	w.handle.Close(ErrWatcherClosed)
	var closed <-chan struct{} // Delete also waits for the OSD once the IOContext is closed
	if ctx.Done() != nil {
		closed = w.ioctx.handle.Done()
	}
	select {
	case <-w.ended:
	case <-ctx.Done():
		err = ctxerr.Of(ctx)
	case <-closed:
		err = w.ioctx.handle.Err()
	}
	select {
	case <-w.ended: // before the others, or at the same time
		return w.err
	default:
		return err
	}
}

// wrap returns an ObjectError of err, or nil if err is nil.
func (w *Watcher) wrap(op string, err error) error {
	if w.isZero() {
		return (*IOContext)(nil).wrap(op, "", err)
	}
	return w.ioctx.wrap(op, w.object, err)
}

// callbacks has all receivers of callbacks of librados in the process.
var callbacks = callback.NewRegistry(nextEvents, markEvents, &connections)

// watchers are the Watchers of the process, until they are closed. An event only
// has the ID of its Watcher. librados derives the ID from the address of its own
// object, so no two watches have the same ID at the same time.
var watchers = newWatcherSet()

type watcherSet struct {
	byID      sync.Map
	checker   *background.Goroutine
	interrupt chan struct{}
}

func newWatcherSet() *watcherSet {
	s := &watcherSet{interrupt: make(chan struct{}, 1)}
	s.checker = connections.New(s.checkPools, func() {
		select {
		case s.interrupt <- struct{}{}:
		default: // it has been interrupted already
		}
	})
	return s
}

func (s *watcherSet) add(w *Watcher) {
	s.checker.Start()
	s.byID.Store(w.id, w)
}

// each calls f for each Watcher.
func (s *watcherSet) each(f func(*Watcher)) {
	s.byID.Range(func(_, value any) bool {
		f(value.(*Watcher))
		return true
	})
}

// poolCheckInterval is the time between two checks that the pools of Watchers
// exist.
const poolCheckInterval = 10 * time.Second

// checkPools ends the Watchers whose pools have been deleted, until there is no
// connection. librados learns of the deletion from the OSD map, but does not end
// its watches.
func (s *watcherSet) checkPools() {
	ticks := time.Tick(poolCheckInterval)
	for {
		select {
		case <-s.interrupt:
			if s.checker.Done() {
				return
			}
		case <-ticks:
			s.each(func(w *Watcher) {
				if w.ioctx.poolError() == ErrNotFound {
					w.lose(ErrNotFound)
				}
			})
		}
	}
}

// remove removes w, but not a newer Watcher with its ID.
func (s *watcherSet) remove(w *Watcher) { s.byID.CompareAndDelete(w.id, w) }

// get returns the Watcher with that ID, or nil.
func (s *watcherSet) get(id WatcherID) *Watcher {
	w, _ := s.byID.Load(id)
	watcher, _ := w.(*Watcher)
	return watcher
}

// stop closes the channels; later events of the watch are dropped.
func (w *Watcher) stop() {
	callbacks.Remove(w.token)
	watchers.remove(w)
	w.events.Close()
	w.errors.Close()
}

// release ends the watch in librados. The handle calls it once, when no call uses
// the watch: after Delete, or because the IOContext is closed.
func (w *Watcher) release(unsafe.Pointer) {
	w.stop()
	w.unwatch()
}

// unwatch removes the watch from librados and from the OSD, once. Other callers
// wait until it is removed, so that release does not return earlier, and the
// IOContext is not freed.
func (w *Watcher) unwatch() {
	w.unwatched.Do(func() {
		w.err = w.ioctx.unwatch(uint64(w.id))
		close(w.ended)
	})
}

// lose ends the Watcher with err, unless another error came first. The
// watch is then removed in the background: otherwise librados would keep
// confirming it, and notifications of other clients would wait for it.
func (w *Watcher) lose(err error) {
	if !w.lost.CompareAndSwap(nil, &err) {
		return
	}
	w.errors.Put(err)
	w.errors.Finish()
	w.events.Finish()
	go w.removeLost(err)
}

// removeLost removes a watch that was lost with err, as soon as its OSD answers.
func (w *Watcher) removeLost(err error) {
	select {
	case <-w.started:
	case <-w.events.Closed(): // it never came about
		return
	}
	if errors.Is(err, syscall.ETIMEDOUT) && !w.awaitOSD() {
		return // release removes the watch
	}
	w.mu.Lock()
	w.removed = true
	w.mu.Unlock()
	w.unwatch()
}

// probePause is the least time between two attempts to reach an OSD that did not answer.
const probePause = time.Second

// awaitOSD waits until the OSD of the object answers any request, and returns
// false if the Watcher is closed before. With rados_osd_op_timeout the watch can
// only be removed after that: librados forgets a watch that it could not remove in
// time, so a second attempt is not possible.
func (w *Watcher) awaitOSD() bool {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-w.handle.Done():
			cancel()
		case <-ctx.Done():
		}
	}()
	admit.UntilAnswered(ctx, probePause, func() int64 { return int64(errorCode(w.probe(ctx))) })
	return ctx.Err() == nil
}

// probe sends a Stat, which no Tracer sees, to the OSD of the object, and returns its answer.
func (w *Watcher) probe(ctx context.Context) error {
	conn := w.ioctx.conn
	if err := conn.admission.Probes.Enter(ctx, w.handle, 0); err != nil {
		return err
	}
	defer conn.admission.Probes.Exit(0)
	call, err := w.ioctx.startCall(ctx, 0)
	if err != nil {
		return err
	}
	ret := w.ioctx.waitCall(ctx, call, w.ioctx.startStat2(call, w.object))
	return w.ioctx.finish(ctx, call, ret)
}

// handleEvent handles an event of librados.
func (w *Watcher) handleEvent(e callback.Event) {
	if e.Err != nil {
		w.lose(e.Err)
		return
	}
	w.events.Put(NotifyEvent{
		WatcherID:  WatcherID(e.Number[0]),
		ID:         NotifyID(e.Number[1]),
		NotifierID: NotifierID(e.Number[2]),
		Data:       e.Data,
	})
}

// WatcherFlush blocks until all notifications that have arrived have been received
// from the Events channels of the Watchers of the connection. Notifications of a
// Watcher that has been deleted or lost count as received. WatcherFlush needs a
// goroutine that reads Events; the only such goroutine must not call it.
//
// It returns [ErrNotConnected] if the Conn is not connected. It does not wait for
// the network. [Conn.WatcherFlushContext] returns when its context is done.
//
// Implements: rados_watch_flush
func (c *Conn) WatcherFlush() error { return c.flushWatchers(context.Background()) }

// WatcherFlushContext is WatcherFlush with a context. When ctx is done, it returns
// an [ObjectError] in which errors.Is finds ctx.Err().
//
// Implements: rados_watch_flush
func (c *Conn) WatcherFlushContext(ctx context.Context) error {
	return c.wrap("WatcherFlushContext", "", c.flushWatchers(detach.Closable(ctx)))
}

func (c *Conn) flushWatchers(ctx context.Context) (err error) {
	defer c.trace(&ctx, "WatcherFlush", "", 0).end(nil, &err)
	if err := c.precheck(ctx); err != nil {
		return err
	}
	flush := func() (struct{}, error) { return struct{}{}, c.flushCallbacks() }
	if _, _, err := detach.Run(ctx, c.handle, flush, nil); err != nil {
		return err
	}
	if err := callbacks.Sync(ctx); err != nil {
		return err
	}
	var received []<-chan struct{}
	watchers.each(func(w *Watcher) {
		if w.ioctx.conn == c {
			received = append(received, w.events.Received())
		}
	})
	for _, r := range received {
		select {
		case <-r:
		case <-ctx.Done():
			return ctxerr.Of(ctx)
		}
	}
	return nil
}

// NotifyEvent is a notification that a [Watcher] has received. Notifications are
// delivered at least once: after connection failures a Watcher can receive a
// notification twice, with the same ID or another. A receiver that must handle
// each notification only once needs an identifier in the data.
type NotifyEvent struct {
	ID         NotifyID
	WatcherID  WatcherID
	NotifierID NotifierID
	// Data is the data of the notification, nil if it is empty.
	Data []byte
}

// NotifyAck is the answer of a [Watcher] to a notification.
type NotifyAck struct {
	WatcherID WatcherID
	// NotifierID is the id of the client of the Watcher, not of the client that sent
	// the notification.
	NotifierID NotifierID
	// Response is the argument of [NotifyEvent.Ack], nil if it is empty.
	Response []byte
}

// NotifyTimeout is a [Watcher] that has not answered a notification in time.
type NotifyTimeout struct {
	WatcherID WatcherID
	// NotifierID is the id of the client of the Watcher, not of the client that sent
	// the notification.
	NotifierID NotifierID
}

// Ack answers the notification, so that the sender no longer waits for this
// [Watcher]. It must be called once for each notification; response may be nil.
//
// Ack does not wait until the OSD receives the answer, but blocks while librados
// has the maximum number of operations in flight (objecter_inflight_ops);
// [NotifyEvent.AckContext] returns when its context is done.
//
// If the sender does not receive the answer, Ack returns:
//
//   - [ErrWatcherClosed] if the Watcher has been deleted, or closed with its
//     IOContext or Conn
//   - [ErrWatchLost] if an error ended the Watcher, which [Watcher.Check] returns
//   - [ErrInvalidIOContext] if the NotifyEvent has no WatcherID
//
// Implements: rados_notify_ack
func (ne *NotifyEvent) Ack(response []byte) error {
	_, err := ne.ack(context.Background(), response)
	return err
}

// AckContext is Ack with a context. When ctx is done, or the IOContext or Conn is
// closed, while AckContext waits for room, it returns an [ObjectError] in which
// errors.Is finds the reason. errors.Is also finds [ErrOutcomeUnknown] if librados
// has the answer already, which it then sends when it has room. response may be
// used again in any case. If ctx is done already, AckContext sends nothing.
func (ne *NotifyEvent) AckContext(ctx context.Context, response []byte) error {
	w, err := ne.ack(detach.Closable(ctx), bytes.Clone(response)) // the caller may change it once this has returned
	return w.wrap("NotifyEvent.AckContext", err)
}

// ack answers the notification for its Watcher, which it returns if it exists.
func (ne *NotifyEvent) ack(ctx context.Context, response []byte) (w *Watcher, err error) {
	if ne == nil || ne.WatcherID == 0 {
		return nil, ErrInvalidIOContext
	}
	w = watchers.get(ne.WatcherID)
	if w == nil {
		return nil, ErrWatcherClosed
	}
	defer w.ioctx.trace(&ctx, "NotifyEvent.Ack", w.object, len(response)).end(nil, &err)
	switch {
	case w.handle.Err() != nil:
		return w, ErrWatcherClosed
	case w.lossError() != nil:
		return w, ErrWatchLost
	}
	id, cookie := uint64(ne.ID), uint64(ne.WatcherID) // the caller may change them once this has returned
	return w, admit.Run(ctx, w.ioctx.blocking(throttle.Ack).Changing(), func() error {
		return w.ioctx.ackNotify(w.object, id, cookie, response)
	})
}

// Notify sends a notification to all watchers of object obj and returns their
// answers. It waits for them up to the default timeout of the client
// (client_notify_timeout, default 10 seconds). See [IOContext.NotifyWithTimeout].
// [IOContext.NotifyContext] returns when its context is done.
func (ioctx *IOContext) Notify(obj string, data []byte) ([]NotifyAck, []NotifyTimeout, error) {
	return ioctx.notifyUntil(context.Background(), "Notify", obj, data, 0)
}

// NotifyWithTimeout sends a notification to all watchers of object obj, which must
// exist, and blocks until they have answered. It returns the answers, and the
// watchers that did not answer within timeout. timeout is rounded up to whole
// seconds; 0 selects the default of the client. While the OSD itself does not
// answer, NotifyWithTimeout blocks longer; [IOContext.NotifyWithTimeoutContext]
// returns when its context is done.
//
// It returns:
//
//   - ETIMEDOUT if watchers did not answer in time, with the answers of the others
//   - [ErrNotFound] if the object does not exist
//   - EINVAL if timeout is negative or too long
//
// Notifications are delivered at least once; see [NotifyEvent]. After connection
// failures librados can also return the answers to another notification of this
// client. The reply does not name the notification, so this package can't detect
// that. If it matters, put an identifier into data, make the Watchers repeat it in
// their answers, and compare it with the Response of each [NotifyAck].
//
// Implements: rados_notify2
func (ioctx *IOContext) NotifyWithTimeout(obj string, data []byte, timeout time.Duration) ([]NotifyAck, []NotifyTimeout, error) {
	return ioctx.notifyUntil(context.Background(), "NotifyWithTimeout", obj, data, timeout)
}

// notifyUntil is NotifyWithTimeout that returns when ctx is done, for the method op.
func (ioctx *IOContext) notifyUntil(ctx context.Context, op, obj string, data []byte, timeout time.Duration) (_ []NotifyAck, _ []NotifyTimeout, err error) {
	defer ioctx.trace(&ctx, op, obj, len(data)).end(nil, &err)
	if err := ioctx.precheck(ctx); err != nil {
		return nil, nil, err
	}
	// librados takes milliseconds but drops fractions of a second. If that leaves
	// nothing the OSD waits for 30 seconds.
	seconds, err := roundUp(timeout, time.Second, math.MaxUint32)
	if err != nil {
		return nil, nil, err
	}
	reply, err := ioctx.notify(ctx, obj, data, seconds*1000)
	acks, timeouts := decodeReply(reply)
	return acks, timeouts, err
}

// decodeReply returns the answers in a reply, and the watches that have not answered.
func decodeReply(reply []byte) (acks []NotifyAck, timeouts []NotifyTimeout) {
	notifyreply.Decode(reply, func(c notifyreply.Client, response []byte) {
		ack := NotifyAck{WatcherID: WatcherID(c.Watcher), NotifierID: NotifierID(c.Notifier)}
		if len(response) > 0 {
			ack.Response = response
		}
		acks = append(acks, ack)
	}, func(c notifyreply.Client) {
		timeouts = append(timeouts, NotifyTimeout{WatcherID: WatcherID(c.Watcher), NotifierID: NotifierID(c.Notifier)})
	})
	return acks, timeouts
}

// NotifyContext is Notify with a context; see
// [IOContext.NotifyWithTimeoutContext].
func (ioctx *IOContext) NotifyContext(ctx context.Context, oid string, data []byte) ([]NotifyAck, []NotifyTimeout, error) {
	acks, timeouts, err := ioctx.notifyUntil(detach.Closable(ctx), "Notify", oid, data, 0)
	return acks, timeouts, ioctx.wrap("NotifyContext", oid, err)
}

// NotifyWithTimeoutContext is NotifyWithTimeout with a context. When ctx is done,
// or ioctx is closed, it returns an [ObjectError] in which errors.Is finds both
// the reason and [ErrOutcomeUnknown]: the notification may have been sent.
// librados still waits for the answers, which are dropped. data may be used again
// in any case. If ctx is done already, it sends nothing.
func (ioctx *IOContext) NotifyWithTimeoutContext(ctx context.Context, oid string, data []byte, timeout time.Duration) ([]NotifyAck, []NotifyTimeout, error) {
	acks, timeouts, err := ioctx.notifyUntil(detach.Closable(ctx), "NotifyWithTimeout", oid, data, timeout)
	return acks, timeouts, ioctx.wrap("NotifyWithTimeoutContext", oid, err)
}
