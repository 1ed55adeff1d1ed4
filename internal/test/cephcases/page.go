package main

import (
	"fmt"
	"strings"
)

const head = `# Behaviours

The cases of Ceph's own librados test suites, and the test of this module that covers each.
Subtests are named after the cases, so that ` + "`go test ./rados -run '/io.RoundTrip$'`" + ` runs
one. ` + "`make conformance`" + ` runs them with the installed librados and writes this page; the
results with other releases are those of ` + "`make test-releases`" + `.

`

// page holds all cases, their tests and results.
type page struct {
	cases    []cephCase
	tests    map[string]string // by case
	releases []string
	results  map[string]results // by release
}

// test returns the test that covers a case, or "".
func (p *page) test(c cephCase) string { return p.tests[c.tested()] }

// count counts the cases of a suite.
type count struct{ all, tested, untestable, missing int }

func (n *count) add(c cephCase, test string) {
	n.all++
	switch {
	case test != "":
		n.tested++
	case c.reason != "":
		n.untestable++
	default:
		n.missing++
	}
}

// counts returns the counts of each suite, in order of the list, and of all suites.
func (p *page) counts() (names []string, suites map[string]*count, all count) {
	suites = make(map[string]*count)
	for _, c := range p.cases {
		if suites[c.suite()] == nil {
			names, suites[c.suite()] = append(names, c.suite()), &count{}
		}
		suites[c.suite()].add(c, p.test(c))
		all.add(c, p.test(c))
	}
	return names, suites, all
}

// summary describes the counts in a sentence.
func (n count) summary() string {
	return fmt.Sprintf("%d of %d cases are tested, %d cannot be tested, %d are missing.", n.tested, n.all, n.untestable, n.missing)
}

// String returns the page as Markdown.
func (p *page) String() string {
	var b strings.Builder
	names, suites, all := p.counts()
	b.WriteString(head + all.summary() + "\n\n| suite | cases | tested | untestable | missing |\n|---|---|---|---|---|\n")
	for _, name := range names {
		n := suites[name]
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d |\n", name, n.all, n.tested, n.untestable, n.missing)
	}
	b.WriteString("\n| case | test |")
	for _, release := range p.releases {
		fmt.Fprintf(&b, " %s |", release)
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(p.releases)) + "\n")
	for _, c := range p.cases {
		fmt.Fprintf(&b, "| `%s` |", c.id)
		for _, cell := range p.cells(c) {
			fmt.Fprintf(&b, " %s |", cell)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// cells returns the columns of a case.
func (p *page) cells(c cephCase) []string {
	test := p.test(c)
	cells := make([]string, 1+len(p.releases))
	switch {
	case test != "":
		cells[0] = "`" + test + "`"
	case c.reason != "":
		cells[0] = c.reason
	default:
		cells[0] = "missing: " + c.todo
	}
	for i, release := range p.releases {
		if test != "" {
			cells[i+1] = p.results[release][test]
		}
	}
	return cells
}
