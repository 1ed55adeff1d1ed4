package main

import (
	"fmt"
	"regexp"
	"strings"
)

const head = `# Behaviours

What Ceph's own test suites assert of librados, case by case, and which test of this
module asserts the same. Subtests have the names of the cases, so that
` + "`go test ./rados -run '/io.RoundTrip$'`" + ` runs one. The cases are listed in
` + "`internal/test/cephcases/behaviours.txt`" + `; this page is written by ` + "`make conformance`" + `,
which runs them with the librados of the machine. The results with other releases are
those of ` + "`make test-releases`" + `.

`

// page is what is known of all cases.
type page struct {
	cases    []listed
	tests    map[string]string // by case
	releases []string
	results  map[string]results // by release
}

// test is the test of a case, or "".
func (p *page) test(c listed) string { return p.tests[c.tested()] }

// count is how many cases a suite has, and what of them.
type count struct{ all, tested, never, missing int }

func (n *count) add(c listed, test string) {
	n.all++
	switch {
	case test != "":
		n.tested++
	case c.reason != "":
		n.never++
	default:
		n.missing++
	}
}

// counts are those of each suite, in order of the list, and of all.
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

// summary says how many cases are tested.
func (n count) summary() string {
	return fmt.Sprintf("%d of %d are tested; of %d there can be no test, %d are missing.", n.tested, n.all, n.never, n.missing)
}

// String is the page as Markdown.
func (p *page) String() string {
	var b strings.Builder
	names, suites, all := p.counts()
	b.WriteString(head + all.summary() + "\n\n| suite | cases | tested | no test possible | missing |\n|---|---|---|---|---|\n")
	for _, name := range names {
		n := suites[name]
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d |\n", name, n.all, n.tested, n.never, n.missing)
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

// cells are what is said about a case.
func (p *page) cells(c listed) []string {
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

var row = regexp.MustCompile("^\\| `[^`]+` \\| `([^`]+)` \\| (.*) \\|$")

// pageResults are the results that a page has.
func pageResults(text string) map[string]results {
	list := make(map[string]results)
	var releases []string
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if names, ok := strings.CutPrefix(line, "| case | test | "); ok {
			releases = strings.Split(strings.TrimSuffix(names, " |"), " | ")
		}
		m := row.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		for i, result := range strings.Split(m[2], "|") {
			if result = strings.TrimSpace(result); result == "" || i >= len(releases) {
				continue
			}
			if list[releases[i]] == nil {
				list[releases[i]] = make(results)
			}
			list[releases[i]][m[1]] = result
		}
	}
	return list
}
