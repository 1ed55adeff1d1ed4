// Command cephcases runs the tests that cover the cases of Ceph's own librados
// test suites, with the installed librados, and writes a table of all cases to
// out/behaviours.md. It fails if a case has neither a test nor a reason why it
// cannot be tested, or if a test fails.
//
// The table has the results with other releases as well, if
// scripts/test-releases.sh has left logs in .cache/releases.
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
	pageFile    = "out/behaviours.md"
	ownLogs     = ".cache/conformance"
	releaseLogs = ".cache/releases"
)

func main() {
	run := flag.Bool("run", true, "run the tests first")
	flag.Parse()
	if err := conformance(*run); err != nil {
		fmt.Fprintln(os.Stderr, "cephcases:", err)
		os.Exit(1)
	}
}

func conformance(run bool) error {
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
	if err := os.MkdirAll(filepath.Dir(pageFile), 0o777); err != nil {
		return err
	}
	if err := os.WriteFile(pageFile, []byte(p.String()), 0o666); err != nil {
		return err
	}
	p.report(os.Stdout)
	return errors.Join(failure, p.check())
}

// load reads the list of cases and finds their tests below root.
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
	return &page{cases, tests, releases, make(map[string]results)}, nil
}

// run runs the tests of the cases with the installed release.
func (p *page) run(progress io.Writer) error {
	release, err := installed()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(ownLogs, 0o777); err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(ownLogs, release+".log"))
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

// installed returns the installed release of Ceph, such as 16.2.
func installed() (string, error) {
	out, err := exec.Command("ceph", "--version").Output()
	if err != nil {
		return "", fmt.Errorf("ceph --version: %w", err)
	}
	m := regexp.MustCompile(`^ceph version (\d+\.\d+)\.`).FindSubmatch(out)
	if m == nil {
		return "", fmt.Errorf("ceph --version: unexpected output %q", out)
	}
	return string(m[1]), nil
}

// collect reads the newest log of each release.
func (p *page) collect() error {
	for _, release := range p.releases {
		paths := []string{filepath.Join(releaseLogs, "own-build-"+release+".log"), filepath.Join(ownLogs, release+".log")}
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

// newest returns the path of the file that was written last, or "" if none exists.
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

// report prints the counts and the cases without a test.
func (p *page) report(w io.Writer) {
	names, suites, all := p.counts()
	for _, name := range names {
		n := suites[name]
		fmt.Fprintf(w, "%-10s %3d of %3d tested, %d cannot be tested, %d missing\n", name, n.tested, n.all, n.untestable, n.missing)
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

// check returns the errors in the list, the tests and the results.
func (p *page) check() error {
	var errs []error
	known := make(map[string]bool)
	for _, c := range p.cases {
		known[c.id] = true
		test := p.test(c)
		switch {
		case test == "" && c.reason == "" && c.todo == "":
			errs = append(errs, fmt.Errorf("%s has neither a test nor a reason why not", c.id))
		case test != "" && c.reason+c.todo != "":
			errs = append(errs, fmt.Errorf("%s has a test, and a reason why not", c.id))
		case c.same != "" && p.tests[c.id] != "":
			errs = append(errs, fmt.Errorf("%s has a test of its own and is listed as the same as %s", c.id, c.same))
		}
		for _, release := range p.releases {
			if test != "" && p.results[release][test] == "FAILED" {
				errs = append(errs, fmt.Errorf("%s failed with Ceph %s", test, release))
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(p.tests)) {
		if !known[id] {
			errs = append(errs, fmt.Errorf("%s covers a case that is not listed", p.tests[id]))
		}
	}
	return errors.Join(errs...)
}
