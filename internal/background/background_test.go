package background

import (
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/go-rados/go-rados/internal/test/await"
)

// looper is a Goroutine that waits for interrupts, and counts its starts.
type looper struct {
	*Goroutine
	connections         Connections
	starts              atomic.Int32
	interrupts, returns chan struct{}
	checked             chan bool // what Done reported
}

func newLooper() *looper {
	l := &looper{interrupts: make(chan struct{}, 1), returns: make(chan struct{}, 100), checked: make(chan bool, 200)}
	l.Goroutine = l.connections.New(l.loop, func() {
		select {
		case l.interrupts <- struct{}{}:
		default:
		}
	})
	return l
}

func (l *looper) loop() {
	l.starts.Add(1)
	for range l.interrupts {
		done := l.Done()
		l.checked <- done
		if done {
			l.returns <- struct{}{}
			return
		}
	}
}

func TestLastConnection(t *testing.T) {
	l := newLooper()
	l.connections.Add()
	l.connections.Remove()
	assert.Empty(t, l.interrupts, "it is not running")

	for range 2 {
		l.connections.Add()
		l.connections.Add()
		l.Start()
		l.Start()
		l.connections.Remove()
		assert.Empty(t, l.interrupts, "there is another connection")
		l.connections.Remove()
		assert.True(t, await.Next(t, l.checked))
		await.Next(t, l.returns)
	}
	assert.EqualValues(t, 2, l.starts.Load())
}

// TestNextConnection adds a connection between the end of the last one and the moment when the
// goroutine looks.
func TestNextConnection(t *testing.T) {
	l := newLooper()
	l.connections.Add()
	l.Start()
	l.connections.mu.Lock() // Remove and Add, without a chance to look between them
	l.interrupt()
	l.connections.mu.Unlock()
	assert.False(t, await.Next(t, l.checked), "there is a connection")
	assert.True(t, l.running.Load())
	l.connections.Remove()
	assert.True(t, await.Next(t, l.checked))
	await.Next(t, l.returns)
	assert.EqualValues(t, 1, l.starts.Load())
}

// TestManyConnections comes and goes on several goroutines. The goroutine runs while there is a connection.
func TestManyConnections(t *testing.T) {
	l := newLooper()
	var users await.Group
	for range 4 {
		users.Go(func() {
			for range 25 {
				l.connections.Add()
				l.Start()
				assert.True(t, l.running.Load())
				l.connections.Remove()
			}
		})
	}
	users.Wait()
	await.Until(t, func() bool { return !l.running.Load() }, "the end of the goroutine")
}
