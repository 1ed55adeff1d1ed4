package modelcheck

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Config says how a run goes.
type Config struct {
	Seed    uint64
	Workers int
	Ops     int // of each worker, in each generation
	Objects int // in each pool, in each generation
	Pools   []Pool
	Rest    int // the number of generations that objects rest before they are read once more

	CheckLimit time.Duration // how long to think about one object
	MaxOverrun time.Duration // how long a call may continue after its context is done
	Quiet      func(Totals)  // called between generations, when no operation is in flight
}

// Run performs operations, generation after generation. The objects of a generation are
// used by all workers, looked at, left alone for a while, looked at again and judged. So
// histories are short, and there is no end to the run.
type Run struct {
	Config
	target Target
	began  time.Time
	stop   atomic.Bool

	ops, unknown, notDone, objects, undecided atomic.Int64
	overrun                                   atomic.Int64

	replays int

	mu       sync.Mutex
	failures []Failure
}

// Totals are what a run has done so far.
type Totals struct {
	Elapsed                                  time.Duration
	Generations                              int
	Ops, Unknown, NotDone, Judged, Undecided int64
	Overrun                                  time.Duration // the longest that a call went on after its context had ended
}

// Failure is something that the run did not explain.
type Failure struct {
	Space  Space
	Object string
	Reason string
	Full   History
	Shrunk History
	Replay History // what goes wrong without faults and concurrency as well, if anything does
}

func (f Failure) String() string {
	text := fmt.Sprintf("object %s in generation %d of the pool with %s snapshots: %s\n", f.Object, f.Space.Generation, f.Space.Pool, f.Reason)
	if len(f.Shrunk) > 0 {
		text += fmt.Sprintf("%d operations, as few as make no sense together:\n%s", len(f.Shrunk), f.Shrunk)
		text += fmt.Sprintf("the last of them could have had the result %s\n", brief(f.Shrunk.expected(time.Minute)))
		text += fmt.Sprintf("all %d that were performed on the object:\n%s", len(f.Full), f.Full)
	}
	if len(f.Replay) > 0 {
		text += fmt.Sprintf("one after the other, and without faults, these do not make sense either:\n%s", f.Replay)
	}
	return text
}

// NewRun prepares a run against a target.
func NewRun(target Target, config Config) *Run {
	return &Run{Config: config, target: target}
}

// generation is the objects that are used at one time.
type generation struct {
	number  int
	objects []*object
	snaps   [3]snapshots // by pool
}

type object struct {
	space  Space
	name   string
	locks  bool
	seen   atomic.Pointer[string] // the latest value of an attribute that a worker has read
	mu     sync.Mutex
	events History
}

// snapshots are those of a pool that a generation has taken.
type snapshots struct {
	taking sync.Mutex // one at a time, so that each history has them in order
	mu     sync.Mutex
	ids    []uint64 // newest first
}

func (s *snapshots) list() []uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ids
}

// Start begins the run; the channel is closed at its end, after Stop or at the first
// failure.
func (r *Run) Start() <-chan struct{} {
	r.began = time.Now()
	over := make(chan struct{})
	go func() {
		defer close(over)
		r.run()
	}()
	return over
}

// Stop lets the run end: what has begun is completed, looked at and judged.
func (r *Run) Stop() { r.stop.Store(true) }

// Failures are what went wrong.
func (r *Run) Failures() []Failure {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.failures)
}

func (r *Run) fail(f Failure) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, f)
	r.stop.Store(true)
}

// Totals are what has been done so far.
func (r *Run) totals(generations int) Totals {
	return Totals{
		Elapsed: time.Since(r.began), Generations: generations,
		Ops: r.ops.Load(), Unknown: r.unknown.Load(), NotDone: r.notDone.Load(),
		Judged: r.objects.Load(), Undecided: r.undecided.Load(),
		Overrun: time.Duration(r.overrun.Load()),
	}
}

func (r *Run) run() {
	var resting []*generation
	last := func() { // the oldest generation is looked at and judged
		r.inspect(resting[0])
		r.judge(resting[0])
		resting = resting[1:]
	}
	for n := 0; !r.stop.Load(); n++ {
		g := r.newGeneration(n)
		r.traffic(g)
		r.inspect(g)
		if resting = append(resting, g); len(resting) > r.Rest {
			last()
		}
		if r.Quiet != nil {
			r.Quiet(r.totals(n + 1))
		}
	}
	for len(resting) > 0 {
		last()
	}
}

func (r *Run) newGeneration(n int) *generation {
	g := &generation{number: n}
	for _, pool := range r.Pools {
		for i := range r.Objects {
			o := &object{space: Space{pool, n}, name: fmt.Sprintf("data-%d", i)}
			if o.locks = i == r.Objects-1; o.locks {
				o.name = "lock"
			}
			g.objects = append(g.objects, o)
		}
	}
	return g
}

// of are the objects of a pool.
func (g *generation) of(pool Pool) (list []*object) {
	for _, o := range g.objects {
		if o.space.Pool == pool {
			list = append(list, o)
		}
	}
	return list
}

// traffic lets all workers perform their operations.
func (r *Run) traffic(g *generation) {
	r.workers(func(worker int) {
		gen := NewGenerator(r.Seed, g.number, worker)
		for range r.Ops {
			r.one(worker, g, gen)
		}
	})
}

func (r *Run) workers(work func(worker int)) {
	var wg sync.WaitGroup
	for worker := range r.Workers {
		wg.Go(func() { work(worker) })
	}
	wg.Wait()
}

// one performs what the generator comes up with.
func (r *Run) one(worker int, g *generation, gen *Generator) {
	locks := gen.Chance(20)
	choice := gen.Next(locks)
	pool := r.Pools[choice.Pool%len(r.Pools)]
	if pool == Erasure && slices.Contains(notErasure, choice.Kind) {
		return
	}
	objects := g.of(pool)
	o := objects[choice.Object%(len(objects)-1)]
	if locks {
		o = objects[len(objects)-1]
	}
	snaps := &g.snaps[pool]
	switch choice.Kind {
	case Snapshot:
		r.snap(worker, g, pool)
	case Listed:
		r.list(worker, g, pool, choice.List)
	default:
		if op, ok := o.meet(choice, snaps.list()); ok {
			op.Owner = r.owner(worker, op)
			r.perform(worker, o, op)
		}
	}
}

// notErasure are the kinds that an erasure-coded pool does not have, or is not tested with.
var notErasure = []Kind{SetOmap, RmOmapKeys, CleanOmap, Omap, Replace, Snapshot, Rollback}

func (r *Run) owner(worker int, op Op) string {
	if op.Kind == Lock || op.Kind == Unlock {
		return r.target.Owner(worker)
	}
	return ""
}

// meet makes an operation on the object of a choice, if there is one now.
func (o *object) meet(choice Choice, snaps []uint64) (Op, bool) {
	op := choice.Op
	if op.Kind == CleanOmap && o.space.Pool == Managed {
		return op, false // whether it makes a snapshot known depends on what a removed object had
	}
	if choice.Snap >= 0 && (op.looks() || op.Kind == Rollback) && !o.locks {
		if choice.Snap < len(snaps) {
			op.Snap = snaps[choice.Snap]
		} else if op.Kind == Rollback {
			return op, false
		}
	}
	if !op.looks() && o.space.Pool == Managed {
		op.Have = snaps
		if choice.Lag && len(snaps) > 0 {
			op.Have = snaps[1:]
		}
	}
	if seen := o.seen.Load(); op.Kind == Exchange {
		op.Key = exchanged
		if seen != nil {
			op.Want = *seen
		}
	}
	return op, true
}

// perform performs the operation and records its result.
func (r *Run) perform(worker int, o *object, op Op) string {
	call := time.Since(r.began)
	result := r.target.Do(worker, o.space, o.name, op)
	rec := Record{worker, op, call, time.Since(r.began), result}
	o.add(rec)
	r.ops.Add(1)
	switch result {
	case Unknown:
		r.unknown.Add(1)
	case NotDone:
		r.notDone.Add(1)
	}
	r.late(o, rec)
	o.remember(op, result)
	return result
}

// remember records the probable value of an attribute, for compare-and-exchange operations.
func (o *object) remember(op Op, result string) {
	switch op.Kind {
	case GetXattr:
	case SetXattr, Replace, Exchange:
		result = op.Value
	default:
		return
	}
	if op.Key == exchanged && valuePattern.MatchString(result) {
		o.seen.Store(&result)
	}
}

// exchanged is the attribute that Exchange is about.
const exchanged = "a"

func (o *object) add(rec Record) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.events = append(o.events, rec)
}

// late notes how long a call went on after its context had ended.
func (r *Run) late(o *object, rec Record) {
	if rec.Op.Budget <= 0 {
		return
	}
	over := rec.Return - rec.Call - rec.Op.Budget
	for {
		most := r.overrun.Load()
		if int64(over) <= most || r.overrun.CompareAndSwap(most, int64(over)) {
			break
		}
	}
	if r.MaxOverrun > 0 && over > r.MaxOverrun {
		r.fail(Failure{Space: o.space, Object: o.name, Reason: fmt.Sprintf("the call went on for %v after its context had ended:\n%s", over, rec)})
	}
}

// snap takes a snapshot of a pool.
func (r *Run) snap(worker int, g *generation, pool Pool) {
	s, space := &g.snaps[pool], Space{pool, g.number}
	s.taking.Lock()
	defer s.taking.Unlock()
	call := time.Since(r.began)
	id, err := r.target.Snap(worker, space)
	if err != nil {
		r.fail(Failure{Space: space, Reason: fmt.Sprintf("taking a snapshot: %v", err)})
		return
	}
	if pool == Named { // objects learn of self-managed ones from their writers
		rec := Record{worker, Op{Kind: Snapshot, Snap: id}, call, time.Since(r.began), Done}
		for _, o := range g.of(pool) {
			o.add(rec)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids = append([]uint64{id}, s.ids...)
}

// list lists the objects of a pool, which tells of each whether it exists.
func (r *Run) list(worker int, g *generation, pool Pool, method int) bool {
	space := Space{pool, g.number}
	call := time.Since(r.began)
	names, err := r.target.List(worker, space, method)
	if err != nil {
		if outcome(err, true) == NotDone {
			return false
		}
		r.fail(Failure{Space: space, Reason: fmt.Sprintf("listing by method %d: %v", method, err)})
		return true
	}
	end := time.Since(r.began)
	listed := map[string]int{}
	for _, name := range names {
		listed[name]++
	}
	for _, o := range g.of(pool) {
		if n := listed[o.name]; n > 1 {
			r.fail(Failure{Space: space, Object: o.name, Reason: fmt.Sprintf("was listed %d times by method %d", n, method)})
		}
		if !o.locks {
			o.add(Record{worker, Op{Kind: Listed}, call, end, fmt.Sprint(listed[o.name] > 0)})
		}
		delete(listed, o.name)
	}
	for name := range listed {
		r.fail(Failure{Space: space, Object: name, Reason: "was listed but never written"})
	}
	return true
}

// inspect looks at all that a generation has: every object as it is and as it was at each
// snapshot, and the listing of each pool.
func (r *Run) inspect(g *generation) {
	r.workers(func(worker int) {
		for i, o := range g.objects {
			if i%r.Workers == worker {
				r.inspectOne(worker, o, g.snaps[o.space.Pool].list())
			}
		}
		for i, pool := range r.Pools {
			if worker == i%r.Workers {
				for !r.list(worker, g, pool, g.number%4) {
				}
			}
		}
	})
}

func (r *Run) inspectOne(worker int, o *object, snaps []uint64) {
	if o.locks {
		for r.perform(worker, o, Op{Kind: Lockers, Form: Plain}) == NotDone {
		}
		return
	}
	for _, snap := range append([]uint64{0}, snaps...) {
		for r.perform(worker, o, Op{Kind: ReadAll, Form: Plain, Snap: snap}) == NotDone {
		}
	}
}

// judge checks the histories of a generation and forgets it. If one of them is not
// explained, the generation is left as it is.
func (r *Run) judge(g *generation) {
	for _, o := range g.objects {
		r.objects.Add(1)
		verdict := o.events.Check(r.CheckLimit)
		switch verdict {
		case Undecided: // too many unknown results at the same time: it is counted
			r.undecided.Add(1)
		case Unexplained:
			full := sorted(o.events)
			r.fail(Failure{
				Space: o.space, Object: o.name, Reason: "its history is " + string(verdict), Full: full,
				Shrunk: o.events.Shrink(r.CheckLimit), Replay: r.Replay(o.space.Pool, full),
			})
		}
	}
	if len(r.Failures()) > 0 {
		return // it is left to be looked at
	}
	for _, pool := range r.Pools {
		var names []string
		for _, o := range g.of(pool) {
			names = append(names, o.name)
		}
		if err := r.target.Forget(Space{pool, g.number}, names, g.snaps[pool].list()); err != nil {
			r.fail(Failure{Space: Space{pool, g.number}, Reason: fmt.Sprintf("removing it: %v", err)})
		}
	}
}
