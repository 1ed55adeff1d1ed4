// Conformance counts the behaviours that Ceph's own suites assert of librados and that
// are tested here, runs these tests with the machine's librados, and writes
// docs/BEHAVIOURS.md. It fails if a case has neither a test nor a reason why there can be
// none, or if a test fails.
//
// The results with other releases are those that scripts/test-releases.sh leaves in
// .cache/releases; where there are none, the page keeps those that it has.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const (
	document = "docs/BEHAVIOURS.md"
	logs     = ".cache/conformance"
	others   = ".cache/releases"
)

func main() {
	run := flag.Bool("run", true, "run the tests first")
	flag.Parse()
	if err := conform(*run); err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(1)
	}
}

func conform(run bool) error {
	p, err := load(".")
	if err != nil {
		return err
	}
	var failure error
	if run {
		failure = p.run(os.Stderr)
	}
	if err := p.collect(); err != nil {
		return err
	}
	if err := os.WriteFile(document, []byte(p.String()), 0o666); err != nil {
		return err
	}
	p.report(os.Stdout)
	return errors.Join(failure, p.check())
}

// load reads the list, the sources of the tests and the page that there is.
func load(root string) (*page, error) {
	cases, err := parse(behaviours)
	if err != nil {
		return nil, err
	}
	tests, err := findTests(root)
	if err != nil {
		return nil, err
	}
	snapshots, err := filepath.Glob(filepath.Join(root, "spec/api/*.txt"))
	if err != nil {
		return nil, err
	}
	var releases []string
	for _, path := range snapshots {
		releases = append(releases, strings.TrimSuffix(filepath.Base(path), ".txt"))
	}
	text, err := os.ReadFile(filepath.Join(root, document))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return &page{cases, tests, releases, pageResults(string(text))}, nil
}

// run runs the tests of cases with the machine's own release.
func (p *page) run(progress io.Writer) error {
	release, err := installed()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(logs, 0o777); err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(logs, release+".log"))
	if err != nil {
		return err
	}
	defer log.Close()
	parents := make(map[string]bool)
	for _, test := range p.tests {
		parent, _, _ := strings.Cut(test, "/")
		parents[parent] = true
	}
	args := []string{"test", "-v", "-count=1", "-timeout=20m",
		"-run", "^(" + strings.Join(slices.Sorted(maps.Keys(parents)), "|") + `)$/^(` + suites + `)\.`}
	for _, dir := range packages {
		args = append(args, "./"+dir)
	}
	fmt.Fprintf(progress, "running the tests with Ceph %s; their output is in %s\n", release, log.Name())
	cmd := exec.Command("go", args...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go test: %w: see %s", err, log.Name())
	}
	return nil
}

// installed is the release whose programs the machine has, such as 16.2.
func installed() (string, error) {
	out, err := exec.Command("ceph", "--version").Output()
	if err != nil {
		return "", fmt.Errorf("ceph --version: %w", err)
	}
	m := regexp.MustCompile(`^ceph version (\d+\.\d+)\.`).FindSubmatch(out)
	if m == nil {
		return "", fmt.Errorf("which release is %q?", out)
	}
	return string(m[1]), nil
}

// collect takes over the newest results that there are of each release.
func (p *page) collect() error {
	for _, release := range p.releases {
		paths := []string{filepath.Join(others, "own-build-"+release+".log"), filepath.Join(logs, release+".log")}
		path := newest(paths)
		if path == "" {
			continue
		}
		list, err := readResults(path)
		if err != nil {
			return err
		}
		p.results[release] = list
	}
	return nil
}

// newest is the file that was written last, or "" if there is none.
func newest(paths []string) (path string) {
	var last os.FileInfo
	for _, one := range paths {
		info, err := os.Stat(one)
		if err == nil && (last == nil || info.ModTime().After(last.ModTime())) {
			path, last = one, info
		}
	}
	return path
}

// report prints the counts, and what is not tested.
func (p *page) report(w io.Writer) {
	names, suites, all := p.counts()
	for _, name := range names {
		n := suites[name]
		fmt.Fprintf(w, "%-10s %3d of %3d tested, %d can't be, %d missing\n", name, n.tested, n.all, n.never, n.missing)
	}
	for _, release := range p.releases {
		n := make(map[string]int)
		for _, c := range p.cases {
			word, _, _ := strings.Cut(p.results[release][p.test(c)], ":")
			n[word]++
		}
		fmt.Fprintf(w, "Ceph %s: %d passed, %d skipped, %d failed\n", release, n["passed"], n["skipped"], n["FAILED"])
	}
	for _, c := range p.cases {
		if p.test(c) == "" {
			fmt.Fprintf(w, "not tested: %-45s %s\n", c.id, p.cells(c)[0])
		}
	}
	fmt.Fprintln(w, all.summary())
}

// check says what is wrong with the list, the tests or the results.
func (p *page) check() error {
	var wrong []error
	known := make(map[string]bool)
	for _, c := range p.cases {
		known[c.id] = true
		test := p.test(c)
		switch {
		case test == "" && c.reason == "" && c.todo == "":
			wrong = append(wrong, fmt.Errorf("%s has neither a test nor a reason why not", c.id))
		case test != "" && c.reason+c.todo != "":
			wrong = append(wrong, fmt.Errorf("%s has a test, and a reason why not", c.id))
		case c.same != "" && p.tests[c.id] != "":
			wrong = append(wrong, fmt.Errorf("%s has a test of its own, and that of %s", c.id, c.same))
		}
		for _, release := range p.releases {
			if test != "" && p.results[release][test] == "FAILED" {
				wrong = append(wrong, fmt.Errorf("%s failed with Ceph %s", test, release))
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(p.tests)) {
		if !known[id] {
			wrong = append(wrong, fmt.Errorf("%s is not about a case that is listed", p.tests[id]))
		}
	}
	return errors.Join(wrong...)
}
