package memstore

import (
	"slices"
	"sync"
	"syscall"
	"time"
)

// A Watch receives the notifications of an object.
type Watch struct {
	ID     uint64
	Client uint64

	pool     *Pool
	address  Address
	notified func(notification uint64, client uint64, data []byte)
	lost     func(code int)

	mu    sync.Mutex // of code
	code  int        // why the watch was lost, or 0
	acked time.Time
}

// Notification is a notification that waits for the answers of watches.
type notification struct {
	watches  []*Watch // that have not answered
	answers  []Answer
	answered chan struct{} // is closed when all watches have answered
}

// An Answer is that of a watch to a notification.
type Answer struct {
	Watch, Client uint64
	Data          []byte
}

// pending are the notifications that wait for answers, by their IDs.
var pending sync.Map

// Watch adds a watch of an object, which must exist. notified is called for each notification, and
// lost if the object is removed.
func (p *Pool) Watch(v View, name string, notified func(notification, client uint64, data []byte), lost func(code int)) (*Watch, int) {
	if ret := v.CheckName(name); ret < 0 {
		return nil, ret
	}
	p.cluster.mu.Lock()
	defer p.cluster.mu.Unlock()
	a := v.address(name)
	o := p.objects[a]
	if o == nil || o.head == nil {
		return nil, code(syscall.ENOENT)
	}
	p.cluster.lastID++
	w := &Watch{ID: p.cluster.lastID, Client: v.Client, pool: p, address: a, notified: notified, lost: lost, acked: time.Now()}
	o.watches = append(o.watches, w)
	return w, 0
}

// Remove ends the watch. Notifications no longer wait for it.
func (w *Watch) Remove() {
	w.pool.cluster.mu.Lock()
	if o := w.pool.objects[w.address]; o != nil {
		o.watches = slices.DeleteFunc(o.watches, func(other *Watch) bool { return other == w })
	}
	w.pool.cluster.mu.Unlock()
	pending.Range(func(_, n any) bool {
		w.pool.answer(n.(*notification), w.ID, nil)
		return true
	})
}

// Check returns the time since the watch was confirmed, or why it was lost.
func (w *Watch) Check() (age time.Duration, ret int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.code != 0 {
		return 0, w.code
	}
	return time.Since(w.acked), 0
}

// dropWatches returns the watches of the object, which it loses.
func (o *object) dropWatches() []*Watch {
	lost := o.watches
	o.watches = nil
	return lost
}

// loseAll tells watches that they are lost. The cluster must not be locked.
func loseAll(lost []*Watch) {
	for _, w := range lost {
		w.mu.Lock()
		w.code = code(syscall.ENOTCONN)
		w.mu.Unlock()
		w.lost(w.code)
	}
}

// Notify sends a notification to the watches of an object and returns a channel that is closed when
// all of them have answered. finish returns the answers, and the watches that have not answered.
func (p *Pool) Notify(v View, name string, data []byte) (answered <-chan struct{}, finish func() (answers, missing []Answer), ret int) {
	if ret := v.CheckName(name); ret < 0 {
		return nil, nil, ret
	}
	p.cluster.mu.Lock()
	o := p.objects[v.address(name)]
	if o == nil || o.head == nil {
		p.cluster.mu.Unlock()
		return nil, nil, code(syscall.ENOENT)
	}
	p.cluster.lastID++
	id := p.cluster.lastID
	watches := slices.Clone(o.watches)
	n := &notification{watches: slices.Clone(watches), answered: make(chan struct{})}
	if len(watches) == 0 {
		close(n.answered)
	}
	pending.Store(id, n)
	p.cluster.mu.Unlock()

	for _, w := range watches {
		w.notified(id, v.Client, data)
	}
	return n.answered, func() (answers, missing []Answer) {
		pending.Delete(id)
		p.cluster.mu.Lock()
		defer p.cluster.mu.Unlock()
		for _, w := range n.watches {
			missing = append(missing, Answer{Watch: w.ID, Client: w.Client})
		}
		return n.answers, missing
	}, 0
}

// Ack answers a notification for a watch.
func (p *Pool) Ack(id, watch uint64, data []byte) {
	if n, found := pending.Load(id); found {
		p.answer(n.(*notification), watch, &data)
	}
}

// answer removes a watch from those that a notification waits for, and keeps its answer if there is
// one.
func (p *Pool) answer(n *notification, watch uint64, data *[]byte) {
	p.cluster.mu.Lock()
	defer p.cluster.mu.Unlock()
	i := slices.IndexFunc(n.watches, func(w *Watch) bool { return w.ID == watch })
	if i < 0 {
		return
	}
	if data != nil {
		n.answers = append(n.answers, Answer{watch, n.watches[i].Client, *data})
	}
	if n.watches = slices.Delete(n.watches, i, i+1); len(n.watches) == 0 {
		close(n.answered)
	}
}
