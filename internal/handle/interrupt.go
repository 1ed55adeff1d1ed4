package handle

import (
	"slices"
	"sync"
	"time"
	"unsafe"
)

// interrupter has the calls inside closed handles cancelled until none is left. Once is not
// enough: a call may just have entered, and be on its way to librados. One goroutine does it for
// all handles, since Interrupt takes a thread.
type interrupter struct {
	mu      sync.Mutex
	added   []*interruption
	running bool
	wake    chan struct{} // has room for one
}

var interrupting = interrupter{wake: make(chan struct{}, 1)}

// interruption is a closed handle that was not freed yet.
type interruption struct {
	handle *Handle
	at     time.Time
	wait   time.Duration // until the next time
}

// How long an interruption is apart from the next one of the same handle: it is doubled each time.
const (
	leastWait = time.Millisecond
	mostWait  = 100 * time.Millisecond
)

func (in *interrupter) add(h *Handle) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.added = append(in.added, &interruption{handle: h, wait: leastWait})
	if !in.running {
		in.running = true
		go in.run()
	}
	select {
	case in.wake <- struct{}{}:
	default:
	}
}

// run ends when all handles have been freed.
func (in *interrupter) run() {
	var pending []*interruption
	for {
		in.mu.Lock()
		pending = append(pending, in.added...)
		in.added = nil
		pending = slices.DeleteFunc(pending, func(i *interruption) bool { return i.handle.freed.Load() })
		if len(pending) == 0 {
			in.running = false
			in.mu.Unlock()
			return
		}
		in.mu.Unlock()
		if gates := due(pending, time.Now()); len(gates) > 0 {
			Interrupt(gates)
		}
		next := slices.MinFunc(pending, func(a, b *interruption) int { return a.at.Compare(b.at) })
		select {
		case <-in.wake:
		case <-time.After(max(time.Until(next.at), leastWait)):
		}
	}
}

// due returns the gates whose time has come, and sets the next time.
func due(pending []*interruption, now time.Time) (gates []uintptr) {
	for _, i := range pending {
		if i.at.After(now) {
			continue
		}
		i.at = now.Add(i.wait)
		i.wait = min(2*i.wait, mostWait)
		gates = append(gates, uintptr(unsafe.Pointer(&i.handle.gate)))
	}
	slices.Sort(gates)
	return gates
}
