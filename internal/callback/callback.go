// Package callback hands the events with which a library calls back to the functions that they
// are for. The library is given a number only, so that an event that comes too late finds no
// function.
package callback

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/go-rados/go-rados/internal/background"
	"github.com/go-rados/go-rados/internal/ctxerr"
)

// Event has what the library passed to a callback.
type Event struct {
	Token  uintptr // what the callback was registered with
	Number [3]uint64
	Err    error // why there will be no other events
	Data   []byte
}

// Registry finds the function that handles an event by the event's token.
type Registry struct {
	next func() []Event
	mark func(token uintptr)

	handlers    sync.Map // token → func(Event)
	last        atomic.Uintptr
	connections *background.Connections
	dispatcher  *background.Goroutine
}

// noToken is the token of events that have dispatch look whether there are connections.
const noToken = 0

// NewRegistry returns a Registry without handlers, for events of the connections. next blocks until
// there are events and returns them, oldest first. mark makes an event with that token, after all
// events so far.
func NewRegistry(next func() []Event, mark func(token uintptr), connections *background.Connections) *Registry {
	r := &Registry{next: next, mark: mark, connections: connections}
	r.dispatcher = connections.New(r.dispatch, func() { mark(noToken) })
	return r
}

// Add registers handle and returns the token of its events. handle must not block.
func (r *Registry) Add(handle func(Event)) (token uintptr) {
	r.dispatcher.Start()
	token = r.last.Add(1)
	r.handlers.Store(token, handle)
	return token
}

// Remove drops later events with that token.
func (r *Registry) Remove(token uintptr) { r.handlers.Delete(token) }

// Sync blocks until the events so far have been delivered, or ctx is done. The last connection may be removed
// before and meanwhile.
func (r *Registry) Sync(ctx context.Context) error {
	r.connections.Add() // Sync needs the dispatcher
	defer r.connections.Remove()
	reached := make(chan struct{})
	token := r.Add(func(Event) { close(reached) })
	defer r.Remove(token)
	r.mark(token)
	select {
	case <-reached:
		return nil
	case <-ctx.Done():
		return ctxerr.Of(ctx)
	}
}

// Finish blocks until the events so far have been delivered, and drops later ones with that token. A handler
// must not call it.
func (r *Registry) Finish(token uintptr) {
	_ = r.Sync(context.Background()) // which is never done
	r.Remove(token)
}

// dispatch delivers events, until there is no connection. A library often calls back several times in
// succession, as for all watchers of an object: so dispatch first yields to those that answer.
func (r *Registry) dispatch() {
	for {
		background.Yield()
		for _, e := range r.next() {
			if e.Token == noToken && r.dispatcher.Done() {
				return
			}
			if handle, ok := r.handlers.Load(e.Token); ok {
				handle.(func(Event))(e)
			}
		}
	}
}
