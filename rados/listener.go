package rados

import (
	"context"
	"sync"
	"sync/atomic"
)

// listener is whom librados calls back.
type listener interface {
	// receive takes in what librados said. It must not wait for anybody.
	receive(event)
}

// listeners are all those of the process.
var listeners registry

// registry finds the listener that something librados said is for. librados has just
// a number, so that what it says too late finds nobody.
type registry struct {
	list  sync.Map // token → listener
	last  atomic.Uintptr
	start sync.Once
}

func (r *registry) add(l listener) (token uintptr) {
	r.start.Do(func() { go r.listen() })
	token = r.last.Add(1)
	r.list.Store(token, l)
	return token
}

// sync waits until the listeners have received all that librados has said so far, or ctx is done.
func (r *registry) sync(ctx context.Context) error {
	f := make(fence)
	token := r.add(f)
	defer r.remove(token)
	markEvents(token)
	select {
	case <-f:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// fence is a listener for one event, which closes it.
type fence chan struct{}

func (f fence) receive(event) { close(f) }

func (r *registry) remove(token uintptr) { r.list.Delete(token) }

// listen hands on what librados says, for as long as the process runs.
func (r *registry) listen() {
	for {
		for _, e := range nextEvents() {
			if l, ok := r.list.Load(e.token); ok {
				l.(listener).receive(e)
			}
		}
	}
}
