package main

import (
	"bufio"
	"os"
	"regexp"
	"strings"
)

// results are what became of each test: "passed", "FAILED" or "skipped: why".
type results map[string]string

var (
	begins = regexp.MustCompile(`^=== [A-Z]+ +(\S+)`)
	says   = regexp.MustCompile(`^ +[a-z_0-9]+\.go:\d+: (.*)`)
	ends   = regexp.MustCompile(`^ *--- (PASS|FAIL|SKIP): (\S+) `)
)

// readResults reads the output of go test -v.
func readResults(path string) (results, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	list, said, test := make(results), make(map[string]string), ""
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<24) // some tests say a lot
	for lines.Scan() {
		if m := begins.FindStringSubmatch(lines.Text()); m != nil {
			test = m[1]
		} else if m := says.FindStringSubmatch(lines.Text()); m != nil {
			said[test] = m[1]
		} else if m := ends.FindStringSubmatch(lines.Text()); m != nil {
			list[m[2]] = map[string]string{"PASS": "passed", "FAIL": "FAILED", "SKIP": "skipped: " + strings.ReplaceAll(said[m[2]], "|", "/")}[m[1]]
		}
	}
	return list, lines.Err()
}
