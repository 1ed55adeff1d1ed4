package modelcheck

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Generator makes up the operations of one worker. Equal seeds make equal operations,
// whatever comes of them.
type Generator struct {
	rng    *rand.Rand
	prefix string
	count  int
}

// NewGenerator is for the operations of a worker in one generation of objects.
func NewGenerator(seed uint64, generation, worker int) *Generator {
	return &Generator{
		rng:    rand.New(rand.NewPCG(seed, uint64(generation)<<32|uint64(worker))),
		prefix: fmt.Sprintf("%d.%d", generation, worker),
	}
}

// Choice is an operation that has not met its object yet. Which snapshot it is about, and what
// it wants to find, turns out when it is performed.
type Choice struct {
	Op
	Pool   int  // to be taken modulo the number of pools
	Object int  // to be taken modulo the number of objects
	Snap   int  // which of the snapshots that exist, from the newest; -1: none
	Lag    bool // the newest snapshot is unknown to the writer
	List   int  // by which method to list the pool
}

// share is how many in a thousand operations are of a kind.
type share struct {
	kind  Kind
	parts int
}

var (
	dataShares = []share{
		{Create, 20}, {Write, 90}, {WriteFull, 70}, {WriteSame, 30}, {Append, 90}, {Truncate, 40}, {Zero, 20},
		{Remove, 40}, {SetXattr, 50}, {RmXattr, 20}, {SetOmap, 60}, {RmOmapKeys, 30}, {CleanOmap, 10},
		{Replace, 60}, {Exchange, 50}, {Rollback, 20}, {Snapshot, 10}, {Listed, 5},
		{Read, 60}, {ReadAll, 200}, {Stat, 30}, {GetXattr, 25}, {Xattrs, 20}, {Omap, 20},
	}
	lockShares = []share{{Lock, 450}, {Unlock, 450}, {Lockers, 100}}
)

// Next makes up an operation; locks are for objects that have nothing else done to them.
func (g *Generator) Next(locks bool) Choice {
	g.count++
	c := Choice{Pool: g.rng.IntN(1 << 20), Object: g.rng.IntN(1 << 20), Snap: -1, List: g.rng.IntN(4)}
	shares := dataShares
	if locks {
		shares = lockShares
	}
	c.Kind = g.kind(shares)
	if !c.looks() && c.Kind != Remove && c.Kind != Rollback {
		c.Value = fmt.Sprintf("<%s.%d>", g.prefix, g.count)
	}
	c.Key = string(rune('a' + g.rng.IntN(4)))
	c.Offset = g.rng.IntN(400)
	c.Length = g.length(c.Op)
	if g.rng.IntN(5) == 0 || c.Kind == Rollback {
		c.Snap = g.rng.IntN(3)
	}
	c.Lag = g.rng.IntN(6) == 0
	c.Form = []Form{Plain, Context, Operation}[g.rng.IntN(3)]
	if c.takesContext() {
		c.Budget = g.budget()
	}
	return c
}

// Chance is true once in n times.
func (g *Generator) Chance(n int) bool { return g.rng.IntN(n) == 0 }

func (g *Generator) kind(shares []share) Kind {
	total := 0
	for _, s := range shares {
		total += s.parts
	}
	n := g.rng.IntN(total)
	for _, s := range shares {
		if n -= s.parts; n < 0 {
			return s.kind
		}
	}
	panic("not reached")
}

func (g *Generator) length(op Op) int {
	n := 1 + g.rng.IntN(200)
	if g.rng.IntN(20) == 0 {
		n = g.rng.IntN(16 << 10)
	}
	if op.Kind == WriteSame { // the same bytes once or several times
		return len(op.Value) * (1 + n%20)
	}
	return n
}

// budget is how long a call with a context may take. Most have all the time that they need
// as long as no daemon is missing.
func (g *Generator) budget() time.Duration {
	switch n := g.rng.IntN(100); {
	case n < 50:
		return 0
	case n < 85:
		return time.Second + time.Duration(g.rng.IntN(2000))*time.Millisecond
	case n < 95:
		return time.Duration(50+g.rng.IntN(450)) * time.Millisecond
	case n < 99:
		return time.Duration(500+g.rng.IntN(5000)) * time.Microsecond
	}
	return -1
}
