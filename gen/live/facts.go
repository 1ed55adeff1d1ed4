package live

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Fact says which test reaches a function, and with which release that was measured.
type Fact struct{ Function, Release, Test string }

// Facts are what has been measured, by function.
type Facts map[string]Fact

const head = `# For each function of librados that is bound: the release with which it was measured, and a
# test that had it do something there. Written by make live.
`

// Read reads facts. Where there is no file, nothing has been measured.
func Read(path string) (Facts, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Facts{}, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	facts := Facts{}
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		words := strings.Fields(lines.Text())
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		if len(words) != 3 || facts[words[0]] != (Fact{}) {
			return nil, fmt.Errorf("%s:%d: a line is FUNCTION RELEASE TEST, one for each function", path, n)
		}
		facts[words[0]] = Fact{words[0], words[1], words[2]}
	}
	return facts, lines.Err()
}

// String is what Read reads.
func (f Facts) String() string {
	var b strings.Builder
	b.WriteString(head)
	for _, name := range slices.Sorted(maps.Keys(f)) {
		fmt.Fprintln(&b, name, f[name].Release, f[name].Test)
	}
	return b.String()
}

// Attribute picks, of the tests that had a function do something, the one that is about
// the least besides, and rather a test than an example.
func Attribute(release string, runs map[string]map[string]Count) Facts {
	facts := Facts{}
	for _, test := range slices.SortedFunc(maps.Keys(runs), func(a, b string) int {
		return cmp.Or(-cmp.Compare(a[:1], b[:1]), cmp.Compare(reached(runs[a]), reached(runs[b])), cmp.Compare(a, b))
	}) {
		for function, count := range runs[test] {
			if _, known := facts[function]; !known && count.Succeeded > 0 {
				facts[function] = Fact{function, release, test}
			}
		}
	}
	return facts
}

func reached(counts map[string]Count) (n int) {
	for _, count := range counts {
		if count.Succeeded > 0 {
			n++
		}
	}
	return n
}

var testRE = regexp.MustCompile(`(?m)^func ((?:Test|Example)\w*)\(`)

// Declared are the tests and examples that the package in dir has.
func Declared(dir string) (map[string]bool, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		return nil, err
	}
	tests := make(map[string]bool)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		for _, match := range testRE.FindAllSubmatch(text, -1) {
			tests[string(match[1])] = true
		}
	}
	return tests, nil
}
