package callback

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/background"
)

// newRegistry returns a Registry with the channel that its events come from.
func newRegistry() (*Registry, chan Event) {
	events := make(chan Event, 8)
	next := func() []Event { return []Event{<-events} }
	return NewRegistry(next, func(token uintptr) { events <- Event{Token: token} }, new(background.Connections)), events
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
