package modelcheck

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-rados/go-rados/rados"
)

// Order finds out whether what one goroutine sends without waiting is performed in the order
// in which it is sent, and once: it appends numbers to an object by a Pipeline, and reads them
// through another connection.
type Order struct {
	write, read *rados.IOContext
	name        string
	rounds      atomic.Int64
	appends     atomic.Int64
	unknown     atomic.Int64
}

// NewOrder appends to objects whose names begin with name. Both contexts are of the same pool.
func NewOrder(write, read *rados.IOContext, name string) *Order {
	return &Order{write: write, read: read, name: name}
}

func (o *Order) String() string {
	return fmt.Sprintf("%d appends in order, %d of unknown outcome, to %d objects", o.appends.Load(), o.unknown.Load(), o.rounds.Load())
}

// Run appends to one object after the other until ctx is done, and returns the first contradiction.
func (o *Order) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		oid := fmt.Sprint(o.name, "-", o.rounds.Add(1))
		results := o.round(oid)
		content, err := retried(func() ([]byte, error) { return readAll(o.read, oid) })
		if err != nil && !errors.Is(err, rados.ErrNotFound) {
			return fmt.Errorf("reading %s: %w", oid, err)
		}
		if err := CheckOrder(results, string(content)); err != nil {
			return fmt.Errorf("object %s: %w", oid, err)
		}
	}
	return nil
}

// round appends numbers to an object, and returns the result of each, "" if it was not sent.
func (o *Order) round(oid string) []string {
	const appends, depth = 100, 16
	results := make([]string, appends)
	tasks := func(yield func(*rados.Task) bool) {
		for i := range appends {
			task := o.write.Tasks().Append(oid, []byte(orderLine(i)))
			task.Tag = i
			if !yield(task) {
				return
			}
		}
	}
	ctx, cancel := context.Background(), context.CancelFunc(func() {})
	if rand.IntN(3) == 0 { // otherwise all are acknowledged, sooner or later
		ctx, cancel = context.WithTimeout(ctx, time.Duration(rand.IntN(200))*time.Millisecond)
	}
	defer cancel()
	for task := range rados.Pipeline(ctx, depth, iter.Seq[*rados.Task](tasks)) {
		results[task.Tag.(int)] = outcome(task.Err, false)
		o.appends.Add(1)
		if results[task.Tag.(int)] == Unknown {
			o.unknown.Add(1)
		}
	}
	return results
}

func orderLine(i int) string { return fmt.Sprintf("%03d\n", i) }

// CheckOrder returns an error unless the content of an object is explained by the results of appends
// that were sent one after the other: those that were done are there, once and in order; of those
// with an unknown outcome there are any; there are no others.
func CheckOrder(results []string, content string) error {
	seen := make([]bool, len(results))
	last := -1
	for line := range strings.Lines(content) {
		i, err := strconv.Atoi(strings.TrimSpace(line))
		switch {
		case err != nil || i >= len(results) || line != orderLine(i):
			return fmt.Errorf("no append wrote %q", line)
		case seen[i]:
			return fmt.Errorf("append %d was performed twice", i)
		case i < last:
			return fmt.Errorf("append %d was performed before append %d", last, i)
		case results[i] != Done && results[i] != Unknown:
			return fmt.Errorf("append %d was performed, but its result is %q", i, results[i])
		}
		seen[i], last = true, i
	}
	for i, result := range results {
		if result == Done && !seen[i] {
			return fmt.Errorf("append %d was acknowledged, and is not there", i)
		}
	}
	return nil
}

// readAll reads an object that is small.
func readAll(ioctx *rados.IOContext, oid string) ([]byte, error) {
	buf := make([]byte, 64<<10)
	n, err := ioctx.Read(oid, buf, 0)
	return buf[:max(n, 0)], err
}

// patience is how long an operation that changes nothing is tried: daemons may be away for a while.
const patience = 2 * time.Minute

// retried calls f until it succeeds, or fails for another reason than a timeout.
func retried[T any](f func() (T, error)) (value T, err error) {
	for began := time.Now(); time.Since(began) < patience; {
		if value, err = f(); err == nil || outcome(err, true) != NotDone {
			break
		}
	}
	return value, err
}

// Gaps finds out whether a watch misses a notification without saying so.
type Gaps struct {
	watch, notify *rados.IOContext
	oid           string

	mu       sync.Mutex
	received []int // the numbers of notifications, and lost
	answered []int // the notifications that succeeded
}

// lost stands for an error of the watch between notifications.
const lost = -1

// NewGaps makes the object, and watches it through one context; it notifies through the other.
func NewGaps(watch, notify *rados.IOContext, oid string) (*Gaps, error) {
	return &Gaps{watch: watch, notify: notify, oid: oid}, watch.Create(oid, rados.CreateIdempotent)
}

func (g *Gaps) String() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	gaps := 0
	for _, n := range g.received {
		if n == lost {
			gaps++
		}
	}
	return fmt.Sprintf("%d notifications succeeded, %d were received, and %d losses of the watch told", len(g.answered), len(g.received)-gaps, gaps)
}

// watchTimeout is how long the OSD keeps the watch of a client that it cannot reach: shorter than the longest
// faults, but not than objecter_tick_interval, after which librados confirms its watches.
const watchTimeout = 7 * time.Second

// Run watches and notifies until ctx is done, and then once more until a notification is received. It
// returns the first contradiction.
func (g *Gaps) Run(ctx context.Context) error {
	watching, stop := context.WithCancel(context.Background())
	ready, over := make(chan struct{}), make(chan error, 1)
	go func() { over <- g.receive(watching, ready) }()
	select {
	case <-ready:
	case err := <-over:
		stop()
		return err
	}
	n := 0
	for ; ctx.Err() == nil; n++ {
		g.send(n)
	}
	err := g.settle(n)
	stop()
	return errors.Join(err, <-over, CheckGaps(g.received, g.answered))
}

// settle notifies until a notification is received: the watch works, or its loss has been told.
func (g *Gaps) settle(n int) error {
	for began := time.Now(); time.Since(began) < patience; n++ {
		g.send(n)
		g.mu.Lock()
		received := slices.Contains(g.received, n)
		g.mu.Unlock()
		if received {
			return nil
		}
	}
	return fmt.Errorf("the watch of %s receives nothing, and no loss of it is told", g.oid)
}

// send sends notification n, and notes whether all watchers answered.
func (g *Gaps) send(n int) {
	_, timeouts, err := g.notify.NotifyWithTimeout(g.oid, []byte(strconv.Itoa(n)), 5*time.Second)
	if err == nil && len(timeouts) == 0 {
		g.mu.Lock()
		g.answered = append(g.answered, n)
		g.mu.Unlock()
	}
	time.Sleep(5 * time.Millisecond) // without watchers a notification takes no time
}

// receive watches until ctx is done, anew each time the watch is lost. It closes ready when it watches.
func (g *Gaps) receive(ctx context.Context, ready chan struct{}) error {
	for {
		w, err := retried(func() (*rados.Watcher, error) { return g.watch.WatchWithTimeout(g.oid, watchTimeout) })
		if err != nil {
			return fmt.Errorf("watching %s: %w", g.oid, err)
		}
		if ready != nil {
			close(ready)
			ready = nil
		}
		again := g.drain(ctx, w)
		w.Delete() // an error means that the OSD drops the watch later
		if !again {
			return nil
		}
		g.note(lost)
	}
}

// drain receives what a watch yields, and returns true when it is lost.
func (g *Gaps) drain(ctx context.Context, w *rados.Watcher) bool {
	for {
		select {
		case event, ok := <-w.Events():
			if !ok {
				return true // after an error
			}
			if n, err := strconv.Atoi(string(event.Data)); err == nil {
				g.note(n)
			}
			event.Ack(event.Data) // an error is one of the watch
		case <-ctx.Done():
			return false
		}
	}
}

func (g *Gaps) note(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.received = append(g.received, n)
}

// CheckGaps returns an error unless each notification that succeeded was received, or the watch was lost
// between one that was sent before it and one that was sent later.
func CheckGaps(received, answered []int) error {
	has := map[int]bool{}
	for _, n := range received {
		has[n] = true
	}
	for _, n := range answered {
		if !has[n] && !lostAround(received, n) {
			return fmt.Errorf("notification %d succeeded but was not received, and no loss of the watch was told", n)
		}
	}
	return nil
}

// lostAround reports whether the watch was lost between the last notification before n and the first
// one after it.
func lostAround(received []int, n int) bool {
	wasLost, last := false, lost
	for _, m := range received {
		switch {
		case m == lost:
			wasLost = true
		case m > n:
			return wasLost
		case m > last: // and not one that comes again
			wasLost, last = false, m
		}
	}
	return wasLost
}
