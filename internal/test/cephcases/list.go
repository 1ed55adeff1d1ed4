package main

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed behaviours.txt
var behaviours string

// reasons lists the reasons why a case cannot be tested.
var reasons = []string{"C++ only", "Python only", "cache tier", "in none of the four releases"}

// cephCase is a case of Ceph's own test suites.
type cephCase struct {
	id     string
	same   string // another case whose test covers this one
	reason string // why it cannot be tested
	todo   string // a note on a missing test
}

func (c cephCase) suite() string {
	suite, _, _ := strings.Cut(c.id, ".")
	return suite
}

// tested returns the name of the case whose test covers c.
func (c cephCase) tested() string {
	if c.same != "" {
		return c.same
	}
	return c.id
}

// parse parses the list of cases.
func parse(text string) (cases []cephCase, err error) {
	seen := make(map[string]bool)
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		c, err := parseLine(line)
		switch {
		case err != nil:
			return nil, err
		case seen[c.id]:
			return nil, fmt.Errorf("%s is listed twice", c.id)
		}
		seen[c.id] = true
		cases = append(cases, c)
	}
	return cases, nil
}

func parseLine(line string) (c cephCase, err error) {
	var rest string
	c.id, rest, _ = strings.Cut(line, " ")
	same, isSame := strings.CutPrefix(rest, "same as ")
	todo, isTodo := strings.CutPrefix(rest, "todo: ")
	switch {
	case !isCase.MatchString(c.id):
		return c, fmt.Errorf("%q is not the name of a case", c.id)
	case isSame:
		c.same = same
	case isTodo:
		c.todo = todo
	case rest != "" && !slices.Contains(reasons, rest):
		return c, fmt.Errorf("%s: unknown reason %q; the reasons are %s", c.id, rest, strings.Join(reasons, ", "))
	default:
		c.reason = rest
	}
	return c, nil
}
