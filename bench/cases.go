package main

import (
	"fmt"
	"regexp"
	"slices"
)

// A Case is a workload: one kind of operation, of one size, at one depth.
type Case struct {
	Kind    string // see kinds
	Size    int    // in bytes; 0 unless Kind is read or write
	Depth   int    // operations in flight
	Objects int    // the number of objects that the operations use in turn
}

// The kinds of operations, as in the commands to subjects.
const (
	read     = "read"
	write    = "write"
	stat     = "stat"
	setOmap  = "setomap"  // of four keys
	listOmap = "listomap" // of omapEntries keys, which fit on a page
)

const omapEntries = 1000

// maxInFlight is the maximum number of bytes in flight. It suits small machines and is below
// the limit of librados (objecter_inflight_op_bytes, 100 MiB).
const maxInFlight = 64 << 20

// cases returns the cases of a full measurement.
func cases() []Case {
	var list []Case
	for _, size := range []int{4 << 10, 64 << 10, 4 << 20} {
		for _, kind := range []string{read, write} {
			for _, depth := range []int{1, 16, 128, 1024} {
				if size*depth <= maxInFlight {
					list = append(list, Case{kind, size, depth, min(1024, maxInFlight/size)})
				}
			}
		}
	}
	for _, depth := range []int{1, 16, 128, 1024} {
		list = append(list, Case{stat, 0, depth, 256})
	}
	for _, depth := range []int{1, 16, 128} {
		list = append(list, Case{setOmap, 0, depth, 256})
	}
	for _, depth := range []int{1, 16} {
		list = append(list, Case{listOmap, 0, depth, 16})
	}
	return list
}

// caseSet returns the cases that the flag -set names.
func caseSet(name string) ([]Case, error) {
	switch name {
	case "common", "":
		return cases(), nil
	case "extra":
		return extraCases(), nil
	case "all":
		return append(cases(), extraCases()...), nil
	}
	return nil, fmt.Errorf("-set is not common, extra or all: %q", name)
}

// quickCases returns a case of each kind.
func quickCases() []Case {
	return []Case{
		{read, 4 << 10, 1, 16}, {read, 4 << 10, 128, 16}, {write, 4 << 10, 16, 16},
		{stat, 0, 16, 16}, {setOmap, 0, 1, 16}, {listOmap, 0, 16, 4}, {notify, 0, 4, 2}, {get, 64 << 20, 1, 1},
	}
}

// matching returns the cases that match pattern.
func matching(list []Case, pattern string) ([]Case, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(c Case) bool { return !re.MatchString(c.String()) })
	if len(list) == 0 {
		return nil, fmt.Errorf("no case matches %q", pattern)
	}
	return list, nil
}

// object returns the name of object i. bench/c/worker.h uses the same names.
func (c Case) object(i int) string {
	prefix := map[string]string{setOmap: "set", listOmap: "list", scanOmap: "scan"}[c.Kind]
	if prefix == "" {
		prefix = "data"
	}
	return fmt.Sprintf("%s-%d-%d", prefix, c.Size, i)
}

// workload returns the name of the case without its depth. Cases of the same workload
// share a chart.
func (c Case) workload() string {
	switch c.Kind {
	case setOmap:
		return "set 4 omap keys"
	case listOmap:
		return fmt.Sprintf("list %d omap keys", omapEntries)
	case stat:
		return "stat"
	}
	if name := wholes[c.Kind]; name != "" {
		return name
	}
	return c.Kind + " " + bytes(c.Size)
}

func (c Case) String() string { return fmt.Sprintf("%s, depth %d", c.workload(), c.Depth) }

func bytes(n int) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprint(n>>20, " MiB")
	case n >= 1<<10:
		return fmt.Sprint(n>>10, " KiB")
	}
	return fmt.Sprint(n, " bytes")
}
