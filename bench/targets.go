package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A target is a limit for a measured value.
type target struct {
	name  string
	limit float64
	least bool // whether the limit is a minimum instead of a maximum
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

// result returns "met", or by how much the target was missed.
func (t target) result() string {
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
	return []string{t.name, sign + " " + number(t.limit, t.unit), number(t.got, t.unit), t.result()}
}

// number formats v with three significant digits, or as an integer.
func number(v float64, unit string) string {
	switch {
	case math.IsNaN(v):
		return "–"
	case v >= 100:
		return fmt.Sprintf("%.0f%s", v, unit)
	}
	return fmt.Sprintf("%.3g%s", v, unit)
}

// targets returns all targets with the measured values.
func (r results) targets() []target {
	var list []target
	for _, m := range r.Cases {
		if m.Size == 4<<10 || slices.Contains(extraCases(), m.Case) {
			list = append(list, target{fmt.Sprintf("%s, %s: rate beside %s", m.Case, ours, m.baseline()), 0.95, true, m.ratio(ours, rate), "×"})
		}
		if m.Size != 4<<10 {
			continue
		}
		list = append(list, target{fmt.Sprintf("%s, %s: CPU beside %s", m.Case, ours, m.baseline()), 1.3, false, m.ratio(ours, cpu), "×"})
		if m.Depth == 1024 {
			list = append(list,
				target{fmt.Sprintf("%s, %s: threads", m.Case, ours), 50, false, m.median(ours, threads), ""},
				target{fmt.Sprintf("%s, %s: resident memory", m.Case, ours), 96, false, m.median(ours, resident) / 1e6, " MB"})
		}
		// The goroutines and buffers of a round are allocated as well.
		list = append(list, target{fmt.Sprintf("%s, %s: allocations", m.Case, ours), 0.1, false, m.median(ours, allocs), ""})
	}
	list = append(list, r.Calls.targets()...)
	return append(list, target{fmt.Sprintf("resident memory in the last third of %v, beside the second", r.Soak.Length), maxGrowth, false, r.Soak.growth(), "×"})
}

// targets returns the targets for the cost of a call without a cluster.
func (c Calls) targets() []target {
	var list []target
	for _, call := range c.Calls {
		if !call.Compared {
			list = append(list,
				target{call.Name + ", fake library: over a bare cgo call", 30, false, call.Over, " ns"},
				target{call.Name + ", fake library: without the functions of librados", 20, false, call.Own, " ns"})
		}
	}
	list = append(list, c.target("an asynchronous call", "an asynchronous operation's own cost, fake library", 300))
	list = append(list, c.target("SetOmap of 4", "set 4 omap keys, fake library", 150))
	return append(list, c.target("OmapViews, a key", "list omap as views, fake library, a key", 10))
}

// target returns the target for the operation with that name prefix.
func (c Calls) target(prefix, name string, ns float64) target {
	t := target{name, ns, false, math.NaN(), " ns"}
	for _, o := range c.Ops {
		if strings.HasPrefix(o.Name, prefix) {
			t.got = o.NS
		}
	}
	return t
}
