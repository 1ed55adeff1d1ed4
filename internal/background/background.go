// Package background runs the goroutines that serve all connections of the process, and ends them
// with the last connection.
package background

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Connections counts the connections of the process, and ends its goroutines when the last one is
// removed.
type Connections struct {
	mu         sync.Mutex
	count      int
	goroutines []*Goroutine
}

// Add adds a connection, or another need for the goroutines, until Remove.
func (c *Connections) Add() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count++
}

// Remove removes a connection, which needs the goroutines no longer. It does not wait for their end.
func (c *Connections) Remove() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count--
	if c.count > 0 {
		return
	}
	for _, g := range c.goroutines {
		if g.running.Load() {
			g.interrupt()
		}
	}
}

// Goroutine runs a function on a goroutine from the first Start until the last connection is removed.
type Goroutine struct {
	connections *Connections
	run         func()
	interrupt   func()
	running     atomic.Bool // changed with connections.mu held
}

// New returns a Goroutine for run. interrupt, which must not block, makes run call Done soon, even if
// run begins later. run returns if Done reports true.
func (c *Connections) New(run, interrupt func()) *Goroutine {
	c.mu.Lock()
	defer c.mu.Unlock()
	g := &Goroutine{connections: c, run: run, interrupt: interrupt}
	c.goroutines = append(c.goroutines, g)
	return g
}

// Start starts the goroutine unless it is running. What it is started for must have been added, and may be
// removed once Start has returned.
func (g *Goroutine) Start() {
	if !g.running.Load() {
		g.start()
	}
}

func (g *Goroutine) start() {
	g.connections.mu.Lock()
	defer g.connections.mu.Unlock()
	if !g.running.Swap(true) {
		running.Add(1)
		go g.run()
	}
}

// Done reports whether there is no connection. Then the next Start starts another goroutine.
func (g *Goroutine) Done() bool {
	g.connections.mu.Lock()
	defer g.connections.mu.Unlock()
	if g.connections.count > 0 {
		return false
	}
	g.running.Store(false)
	running.Add(-1)
	return true
}

// Yields is how often a goroutine yields to others before it blocks in C: to block there occupies a thread, and to
// wake that takes a system call, while what the goroutine would wait for often comes soon.
const Yields = 2

// Yield yields that often.
func Yield() {
	for range Yields {
		runtime.Gosched()
	}
}

var running atomic.Int32

// Running returns the number of goroutines that this package has started and that are not done, for tests that
// count all others.
func Running() int { return int(running.Load()) }
