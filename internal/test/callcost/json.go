package main

import (
	"encoding/json"
	"io"
)

// Calls is what is measured, for the command in bench.
type Calls struct {
	// Calls are single ones, from one goroutine; Over is by how many ns they exceed the
	// bare cgo call, Own without what the functions of librados take of that, and Allocs how
	// often they allocate.
	Calls []Call
	// Ops are operations of several calls, and listings, for each entry.
	Ops []Op
}

// Call is in Calls.
type Call struct {
	Name                  string
	NS, Over, Own, Allocs float64
	Compared              bool // it is only there to compare
}

// Op is in Calls.
type Op struct {
	Name                         string
	NS, Allocs                   float64
	CustomaryNS, CustomaryAllocs float64
}

// encoded prints what a program can read.
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
