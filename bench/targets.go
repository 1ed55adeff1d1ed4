package main

import (
	"fmt"
	"math"
	"strings"
)

// A target is what was aimed at, and what came of it.
type target struct {
	what  string
	limit float64
	least bool // the limit is the least; otherwise it is the most
	got   float64
	unit  string
}

func (t target) met() bool {
	if math.IsNaN(t.got) {
		return false
	}
	if t.least {
		return t.got >= t.limit
	}
	return t.got <= t.limit
}

// verdict is "met", or by how much it was missed.
func (t target) verdict() string {
	switch {
	case t.met():
		return "met"
	case math.IsNaN(t.got):
		return "not measured"
	}
	return fmt.Sprintf("**missed by %.0f %%**", 100*math.Abs(t.got-t.limit)/t.limit)
}

func (t target) cells() []string {
	sign := "≤"
	if t.least {
		sign = "≥"
	}
	return []string{t.what, sign + " " + number(t.limit, t.unit), number(t.got, t.unit), t.verdict()}
}

// number has three digits, or all that are before the point.
func number(v float64, unit string) string {
	switch {
	case math.IsNaN(v):
		return "–"
	case v >= 100:
		return fmt.Sprintf("%.0f%s", v, unit)
	}
	return fmt.Sprintf("%.3g%s", v, unit)
}

// goals lists the targets.
func (r results) goals() []target {
	var list []target
	for _, m := range r.Cases {
		if m.Size != 4<<10 {
			continue
		}
		for _, c := range contenders {
			if !c.aims {
				continue
			}
			list = append(list,
				target{fmt.Sprintf("%s, %s: rate beside %s", m.Case, c.name, baseline), 0.95, true, m.ratio(c.name, rate), "×"},
				target{fmt.Sprintf("%s, %s: CPU beside %s", m.Case, c.name, baseline), 1.3, false, m.ratio(c.name, cpu), "×"})
		}
		if m.Depth == 1024 {
			list = append(list,
				target{fmt.Sprintf("%s, %s: threads", m.Case, ours), 50, false, m.median(ours, threads), ""},
				target{fmt.Sprintf("%s, %s: resident memory", m.Case, ours), 96, false, m.median(ours, resident) / 1e6, " MB"})
		}
		// A few belong to the round, not to its operations: the goroutines and their buffers.
		list = append(list, target{fmt.Sprintf("%s, %s: allocations", m.Case, ours), 0.1, false, m.median(ours, allocs), ""})
	}
	list = append(list, r.Calls.goals()...)
	if len(r.Soak.Resident) > 0 {
		list = append(list, target{fmt.Sprintf("resident memory in the last third of %v, beside the second", r.Soak.Length), slack, false, r.Soak.after() / r.Soak.before(), "×"})
	}
	return list
}

// goals of what calls cost without a cluster.
func (c Calls) goals() []target {
	var list []target
	for _, call := range c.Calls {
		if !call.Compared {
			list = append(list,
				target{call.Name + ", fake library: over a bare cgo call", 30, false, call.Over, " ns"},
				target{call.Name + ", fake library: without what librados' functions take", 20, false, call.Own, " ns"})
		}
	}
	list = append(list, c.goal("a parked call", "an asynchronous operation's own cost, fake library", 300))
	list = append(list, c.goal("SetOmap of 4", "set 4 omap keys, fake library", 150))
	return append(list, c.goal("OmapViews, a key", "list omap as views, fake library, a key", 10))
}

// goal is that of the operation of that name.
func (c Calls) goal(name, what string, ns float64) target {
	t := target{what, ns, false, math.NaN(), " ns"}
	for _, o := range c.Ops {
		if strings.HasPrefix(o.Name, name) {
			t.got = o.NS
		}
	}
	return t
}
