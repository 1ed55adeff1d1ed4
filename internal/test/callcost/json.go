package main

import (
	"encoding/json"
	"io"
)

// Calls holds the results, for the command in bench.
type Calls struct {
	// Calls holds single calls of one goroutine. Over is the time in ns beyond the bare
	// cgo call, Own is Over without the time of the librados functions, and Allocs is
	// the number of allocations.
	Calls []Call
	// Ops holds operations of several calls, and listings, for each entry.
	Ops []Op
}

// Call is an element of Calls.
type Call struct {
	Name                  string
	NS, Over, Own, Allocs float64
	Compared              bool // others are compared with it
}

// Op is an element of Calls.Ops.
type Op struct {
	Name                         string
	NS, Allocs                   float64
	CustomaryNS, CustomaryAllocs float64
}

// encoded prints JSON.
func encoded(w io.Writer, calls []result, ops []sides) error {
	var all Calls
	bare := find(calls, bareCall)
	for _, c := range calls {
		over := median(compare(c.alone, bare.alone, minus))
		call := Call{Name: c.name, NS: median(c.alone), Over: over, Allocs: c.allocs, Compared: c.library == nil}
		if !call.Compared {
			call.Own = c.own(bare)
		}
		all.Calls = append(all.Calls, call)
	}
	for _, o := range ops {
		all.Ops = append(all.Ops, Op{o.name, median(o.ours), o.oursAllocs, median(o.customary), o.customaryAllocs})
	}
	return json.NewEncoder(w).Encode(all)
}
