package aio

import "sync"

// inGo is the part of a call that is performed by Go, because the library has no asynchronous
// function for it.
type inGo struct {
	mu        sync.Mutex
	cancel    func() // or nil
	cancelled bool
}

func (g *inGo) reset() { g.cancel, g.cancelled = nil, false }

// doCancel cancels the call and returns true, or returns false if Go does not perform it, yet.
func (g *inGo) doCancel() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.cancelled = true
	if g.cancel == nil {
		return false
	}
	g.cancel()
	return true
}

// Perform starts the call: it has perform called, whose result is the code of the call. cancel, which
// Cancel calls, makes perform return soon. If c is synchronous, Perform returns when perform has.
func (c *Call) Perform(perform func() int64, cancel func()) {
	g := &c.inGo
	g.mu.Lock()
	g.cancel = cancel
	if g.cancelled {
		cancel()
	}
	g.mu.Unlock()
	c.head.version = 0
	if c.sync {
		c.head.ret = perform()
		return
	}
	go func() {
		c.head.ret = perform()
		c.complete()
	}()
}
