package callback

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/background"
	"github.com/go-rados/go-rados/internal/test/await"
)

// newRegistry returns a Registry with the channel that its events come from, and a connection that lasts.
func newRegistry() (*Registry, chan Event) {
	var connections background.Connections
	connections.Add()
	events := make(chan Event, 8)
	next := func() []Event { return []Event{<-events} }
	return NewRegistry(next, func(token uintptr) { events <- Event{Token: token} }, &connections), events
}

func TestDeliver(t *testing.T) {
	r, events := newRegistry()
	a, b := make(chan Event, 1), make(chan Event, 1)
	first := r.Add(func(e Event) { a <- e })
	second := r.Add(func(e Event) { b <- e })
	require.NotEqual(t, first, second)
	require.NotZero(t, first)
	events <- Event{Token: second, Data: []byte("b")}
	events <- Event{Token: first, Data: []byte("a")}
	assert.Equal(t, Event{Token: first, Data: []byte("a")}, <-a)
	assert.Equal(t, Event{Token: second, Data: []byte("b")}, <-b)
	r.Remove(first)
	events <- Event{Token: first}
	require.NoError(t, r.Sync(t.Context()))
	assert.Empty(t, a, "it comes too late")
}

// TestYieldsBeforeBlocking has a goroutine that an event has woken run before the library is asked for the
// next event, which may block the only thread.
func TestYieldsBeforeBlocking(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var answered atomic.Bool
	asked := make(chan bool)
	events := make(chan []Event, 1)
	next := func() []Event {
		select {
		case list := <-events:
			return list
		default:
		}
		asked <- answered.Load()
		return <-events
	}
	var connections background.Connections
	connections.Add()
	r := NewRegistry(next, func(token uintptr) { events <- []Event{{Token: token}} }, &connections)
	woken := make(chan struct{}, 1)
	token := r.Add(func(Event) { woken <- struct{}{} })
	assert.False(t, await.Next(t, asked))
	go func() {
		<-woken
		answered.Store(true)
	}()
	events <- []Event{{Token: token}}
	assert.True(t, await.Next(t, asked))
}

func TestFinish(t *testing.T) {
	r, events := newRegistry()
	n := 0
	token := r.Add(func(Event) { n++ })
	events <- Event{Token: token}
	events <- Event{Token: token}
	r.Finish(token)
	assert.Equal(t, 2, n)
	events <- Event{Token: token}
	require.NoError(t, r.Sync(t.Context()))
	assert.Equal(t, 2, n, "it comes too late")
}

func TestSync(t *testing.T) {
	r, events := newRegistry()
	n := 0
	token := r.Add(func(Event) { n++ })
	events <- Event{Token: token}
	events <- Event{Token: token}
	require.NoError(t, r.Sync(t.Context()))
	assert.Equal(t, 2, n)

	r = NewRegistry(func() []Event { select {} }, func(uintptr) {}, new(background.Connections))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Equal(t, context.Canceled, r.Sync(ctx))
}

// TestSyncWithoutConnection adds a mark after the event that ends the dispatcher, which it takes together, and
// when there is no dispatcher.
func TestSyncWithoutConnection(t *testing.T) {
	var (
		connections background.Connections
		r           *Registry
		events      = make(chan Event, 8)
		gate        = make(chan struct{})
		running     = background.Running()
	)
	next := func() (list []Event) {
		<-gate
		for list = append(list, <-events); len(events) > 0; list = append(list, <-events) {
		}
		return list
	}
	r = NewRegistry(next, func(token uintptr) {
		events <- Event{Token: token}
		if token != noToken {
			close(gate)
		}
	}, &connections)
	connections.Add()
	r.Remove(r.Add(func(Event) {}))
	connections.Remove()
	require.Len(t, events, 1, "the dispatcher is interrupted")
	require.NoError(t, r.Sync(t.Context()))
	await.Until(t, func() bool { return background.Running() == running }, "the end of the dispatcher")

	gate = make(chan struct{})
	require.NoError(t, r.Sync(t.Context()))
	await.Until(t, func() bool { return background.Running() == running }, "the end of the dispatcher")
}
