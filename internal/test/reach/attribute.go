package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
)

// measureEach runs the tests that match pattern one by one and prints, for
// each function that is due, a test that calls it successfully. A test that
// fails is reported and counts for nothing.
func measureEach(tests *tests, due functions, pattern string, out io.Writer) error {
	names, err := tests.list(pattern)
	if err != nil {
		return err
	}
	runs := make(map[string]map[string]count)
	for i, name := range names {
		fmt.Fprintf(os.Stderr, "\r\033[K%d of %d: %s", i+1, len(names), name)
		counts, err := tests.runOne(name)
		if err != nil {
			fmt.Fprintf(os.Stderr, "\n%s fails and is ignored: %v\n", name, err)
			continue
		}
		runs[name] = counts
	}
	fmt.Fprintln(os.Stderr)
	return printTable(out, due, attribute(runs))
}

// printTable prints a function and its test on each line.
func printTable(out io.Writer, due functions, tests map[string]string) error {
	for _, f := range due {
		if _, err := fmt.Fprintln(out, f.name, cmp.Or(tests[f.name], "-")); err != nil {
			return err
		}
	}
	return nil
}

// attribute returns a test for each function that was called successfully: the
// test that reaches the fewest functions, since it is the most specific one,
// and a test rather than an example.
func attribute(runs map[string]map[string]count) map[string]string {
	tests := make(map[string]string)
	for _, test := range slices.SortedFunc(maps.Keys(runs), func(a, b string) int {
		return cmp.Or(-cmp.Compare(a[:1], b[:1]), cmp.Compare(succeeded(runs[a]), succeeded(runs[b])), cmp.Compare(a, b))
	}) {
		for function, c := range runs[test] {
			if tests[function] == "" && c.Succeeded > 0 {
				tests[function] = test
			}
		}
	}
	return tests
}
