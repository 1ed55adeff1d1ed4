package main

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed behaviours.txt
var behaviours string

// reasons are why there can be no test of a case.
var reasons = []string{"C++ only", "Python only", "cache tier", "in none of the four releases"}

// listed is a case of Ceph's own suites.
type listed struct {
	id     string
	same   string // the case whose test is this one's as well
	reason string // why there can be no test
	todo   string // what a test waits for
}

func (c listed) suite() string {
	suite, _, _ := strings.Cut(c.id, ".")
	return suite
}

// tested is the case whose test is that of c.
func (c listed) tested() string {
	if c.same != "" {
		return c.same
	}
	return c.id
}

// parse reads the list.
func parse(text string) (cases []listed, err error) {
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

func parseLine(line string) (c listed, err error) {
	var rest string
	c.id, rest, _ = strings.Cut(line, " ")
	same, isSame := strings.CutPrefix(rest, "same as ")
	todo, isTodo := strings.CutPrefix(rest, "todo: ")
	switch {
	case !isCase.MatchString(c.id):
		return c, fmt.Errorf("%q is no name of a case", c.id)
	case isSame:
		c.same = same
	case isTodo:
		c.todo = todo
	case rest != "" && !slices.Contains(reasons, rest):
		return c, fmt.Errorf("%s: %q is none of the reasons: %s", c.id, rest, strings.Join(reasons, ", "))
	default:
		c.reason = rest
	}
	return c, nil
}
