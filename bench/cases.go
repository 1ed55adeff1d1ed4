package main

import (
	"fmt"
	"regexp"
	"slices"
)

// A Case is what all contenders do in turn: one kind of operation, of one size, with so
// many in flight.
type Case struct {
	Kind    string // see kinds
	Size    int    // in bytes, of reads and writes; otherwise 0
	Depth   int    // operations in flight
	Objects int    // that they are about, by turns
}

// The kinds of operations, as contenders are told.
const (
	read     = "read"
	write    = "write"
	stat     = "stat"
	setOmap  = "setomap"  // of four keys
	listOmap = "listomap" // of an omap of omapEntries keys, which fit on a page
)

const omapEntries = 1000

// most is how many bytes may be in flight, to stay within the memory of small machines and
// below the limit of librados (objecter_inflight_op_bytes, 100 MiB).
const most = 64 << 20

// cases lists what is measured.
func cases() []Case {
	var list []Case
	for _, size := range []int{4 << 10, 64 << 10, 4 << 20} {
		for _, kind := range []string{read, write} {
			for _, depth := range []int{1, 16, 128, 1024} {
				if size*depth <= most {
					list = append(list, Case{kind, size, depth, min(1024, most/size)})
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

// quickCases has one of everything.
func quickCases() []Case {
	return []Case{
		{read, 4 << 10, 1, 16}, {read, 4 << 10, 128, 16}, {write, 4 << 10, 16, 16},
		{stat, 0, 16, 16}, {setOmap, 0, 1, 16}, {listOmap, 0, 16, 4},
	}
}

// matching picks those that pattern matches.
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

// object is the name of object i; C has it alike.
func (c Case) object(i int) string {
	prefix := map[string]string{setOmap: "set", listOmap: "list"}[c.Kind]
	if prefix == "" {
		prefix = "data"
	}
	return fmt.Sprintf("%s-%d-%d", prefix, c.Size, i)
}

// what is the case without its depth: a table of its own.
func (c Case) what() string {
	switch c.Kind {
	case setOmap:
		return "set 4 omap keys"
	case listOmap:
		return fmt.Sprintf("list %d omap keys", omapEntries)
	case stat:
		return "stat"
	}
	return c.Kind + " " + bytes(c.Size)
}

func (c Case) String() string { return fmt.Sprintf("%s, depth %d", c.what(), c.Depth) }

func bytes(n int) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprint(n>>20, " MiB")
	case n >= 1<<10:
		return fmt.Sprint(n>>10, " KiB")
	}
	return fmt.Sprint(n, " bytes")
}
