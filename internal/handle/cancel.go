package handle

import (
	"slices"
	"sync"
	"time"
	"unsafe"
)

// canceller cancels the calls inside closed handles until all of them have exited. To cancel them
// one time is not enough: a call may just have entered, and be on its way to librados. One
// goroutine does it for all handles of a library, since CancelCalls occupies a thread.
type canceller struct {
	mu      sync.Mutex
	added   []*closing
	running bool
	wake    chan struct{} // has room for one; made by the first add
}

// closing is a closed handle that has not been freed yet.
type closing struct {
	handle *Handle
	at     time.Time     // when its calls are cancelled next
	wait   time.Duration // from then until the time after that
}

// The least and the longest time between two cancellations of the calls of one handle. It doubles
// each time.
const (
	minWait = time.Millisecond
	maxWait = 100 * time.Millisecond
)

func (c *canceller) add(h *Handle) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.added = append(c.added, &closing{handle: h, wait: minWait})
	if c.wake == nil {
		c.wake = make(chan struct{}, 1)
	}
	if !c.running {
		c.running = true
		go c.run(h.lib.CancelCalls)
	}
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// run returns when all handles have been freed.
func (c *canceller) run(cancelCalls func(refs []uintptr)) {
	var pending []*closing
	for {
		c.mu.Lock()
		pending = append(pending, c.added...)
		c.added = nil
		pending = slices.DeleteFunc(pending, func(p *closing) bool { return p.handle.freed.Load() })
		if len(pending) == 0 {
			c.running = false
			c.mu.Unlock()
			return
		}
		c.mu.Unlock()
		if list := due(pending, time.Now()); len(list) > 0 {
			cancelCalls(list)
		}
		next := slices.MinFunc(pending, func(a, b *closing) int { return a.at.Compare(b.at) })
		select {
		case <-c.wake:
		case <-time.After(max(time.Until(next.at), minWait)):
		}
	}
}

// due returns the sorted refs of the handles whose time has come, and sets their next time.
func due(pending []*closing, now time.Time) (list []uintptr) {
	for _, p := range pending {
		if p.at.After(now) {
			continue
		}
		p.at = now.Add(p.wait)
		p.wait = min(2*p.wait, maxWait)
		list = append(list, uintptr(unsafe.Pointer(&p.handle.refs)))
	}
	slices.Sort(list)
	return list
}
