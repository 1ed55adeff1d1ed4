package main

import (
	"bufio"
	"os"
	"regexp"
	"strings"
)

// results maps each test to "passed", "FAILED" or "skipped: REASON".
type results map[string]string

var (
	startLine = regexp.MustCompile(`^=== [A-Z]+ +(\S+)`)
	logLine   = regexp.MustCompile(`^ +[a-z_0-9]+\.go:\d+: (.*)`)
	endLine   = regexp.MustCompile(`^ *--- (PASS|FAIL|SKIP): (\S+) `)
)

// readResults reads the results from the output of go test -v.
func readResults(path string) (results, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	list, logged, test := make(results), make(map[string]string), ""
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<24) // some tests log long lines
	for lines.Scan() {
		if m := startLine.FindStringSubmatch(lines.Text()); m != nil {
			test = m[1]
		} else if m := logLine.FindStringSubmatch(lines.Text()); m != nil {
			logged[test] = m[1]
		} else if m := endLine.FindStringSubmatch(lines.Text()); m != nil {
			list[m[2]] = map[string]string{"PASS": "passed", "FAIL": "FAILED", "SKIP": "skipped: " + strings.ReplaceAll(logged[m[2]], "|", "/")}[m[1]]
		}
	}
	return list, lines.Err()
}
