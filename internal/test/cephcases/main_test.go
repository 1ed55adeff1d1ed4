package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestBehaviours expects each listed case to have a test or a reason, and each test
// that is named after a case to be listed.
func TestBehaviours(t *testing.T) {
	p, err := load("../../..")
	require.NoError(t, err)
	assert.NoError(t, p.check())
	assert.Len(t, p.cases, 290)
	_, _, all := p.counts()
	assert.Equal(t, count{all: 290, tested: 281, untestable: 9}, all)
}

func TestParse(t *testing.T) {
	cases, err := parse("# a list\n\nio.A\nio.B same as io.A\nio.C Python only\n  aio.D todo: more\n")
	require.NoError(t, err)
	assert.Equal(t, []cephCase{{id: "io.A"}, {id: "io.B", same: "io.A"}, {id: "io.C", reason: "Python only"}, {id: "aio.D", todo: "more"}}, cases)
	for _, bad := range []string{"io.A\nio.A", "io.A too hard", "nothing", "io.A sameas io.B"} {
		_, err := parse(bad)
		assert.Error(t, err, bad)
	}
}

// TestFindTests finds subtests by name, in tables of a test and in table variables.
func TestFindTests(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "rados"), 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(root, "rados", "a_test.go"), []byte(`package rados_test
var table = map[string]func(){"io.A": nil, "else": nil}
func TestOne(t *testing.T) {
	t.Run("io.B", nil)
	for name := range map[string]func(){"io.C": nil} { t.Run(name, nil) }
	_ = map[string]string{"io.data": "no test"}
}
`), 0o666))
	require.NoError(t, os.WriteFile(filepath.Join(root, "rados", "b_test.go"), []byte(`package rados_test
func TestTwo(t *testing.T) { for name, test := range table { t.Run(name, test) } }
func helper(t *testing.T) { t.Run("io.D", nil) }
`), 0o666))
	tests, err := findTests(root)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"io.A": "TestTwo/io.A", "io.B": "TestOne/io.B", "io.C": "TestOne/io.C"}, tests)
}

func TestResults(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	require.NoError(t, os.WriteFile(path, []byte(`=== RUN   TestX
=== RUN   TestX/io.A
=== RUN   TestX/io.B
    x_test.go:12: not | here
=== NAME  TestX/io.C
    y_test.go:1: wrong
--- FAIL: TestX (0.01s)
    --- PASS: TestX/io.A (0.00s)
    --- SKIP: TestX/io.B (0.00s)
    --- FAIL: TestX/io.C (0.00s)
`), 0o666))
	list, err := readResults(path)
	require.NoError(t, err)
	want := results{"TestX": "FAILED", "TestX/io.A": "passed", "TestX/io.B": "skipped: not / here", "TestX/io.C": "FAILED"}
	assert.Equal(t, want, list)

	p := page{
		cases:    []cephCase{{id: "io.A"}, {id: "io.B"}, {id: "io.C"}, {id: "io.D", same: "io.A"}, {id: "io.E", todo: "x"}, {id: "io.F", reason: "C++ only"}},
		tests:    map[string]string{"io.A": "TestX/io.A", "io.B": "TestX/io.B", "io.C": "TestX/io.C"},
		releases: []string{"1.2", "3.4"},
		results:  map[string]results{"3.4": list},
	}
	_, _, all := p.counts()
	assert.Equal(t, count{all: 6, tested: 4, untestable: 1, missing: 1}, all)
	golden, err := os.ReadFile("testdata/page.md")
	require.NoError(t, err)
	assert.Equal(t, string(golden), p.String())
	assert.EqualError(t, p.check(), "TestX/io.C failed with Ceph 3.4")

	p.results = nil
	p.tests["io.E"], p.tests["io.G"] = "TestX/io.E", "TestX/io.G"
	delete(p.tests, "io.B")
	assert.EqualError(t, p.check(), "io.B has neither a test nor a reason why not\n"+
		"io.E has a test, and a reason why not\nTestX/io.G covers a case that is not listed")
}

// TestTraps expects each trap in docs/TRAPS.md to name tests that exist.
func TestTraps(t *testing.T) { checkTable(t, "TRAPS.md", 25) }

// TestMigrating expects the same of each difference in docs/MIGRATING.md.
func TestMigrating(t *testing.T) { checkTable(t, "MIGRATING.md", 20) }

// checkTable expects a table of numbered rows in a document whose last column names tests that exist.
func checkTable(t *testing.T, document string, rows int) {
	t.Helper()
	text, err := os.ReadFile("../../../docs/" + document)
	require.NoError(t, err)
	folders := map[string]string{
		"rados": "../../../rados", "fakelibrados": "../fakelibrados", "handle": "../../handle",
		"radoslock": "../../../rados/radoslock", "striper": "../../../rados/striper", "main": "../../../cmd/adopt",
	}
	found := regexp.MustCompile(`(?m)^\| (\d+) \| .* \| (.*) \|$`).FindAllStringSubmatch(string(text), -1)
	assert.Len(t, found, rows)
	for i, row := range found {
		assert.Equal(t, strconv.Itoa(i+1), row[1])
		tests := regexp.MustCompile("`([a-z]+)\\.(Test[A-Za-z]+)`").FindAllStringSubmatch(row[2], -1)
		assert.NotEmpty(t, tests, row[0])
		for _, test := range tests {
			assert.True(t, exists(t, folders[test[1]], test[2]), "%s.%s", test[1], test[2])
		}
	}
}

// exists reports whether the package in a folder has a test of that name.
func exists(t *testing.T, folder, name string) bool {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	require.NoError(t, err)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		if bytes.Contains(text, []byte("\nfunc "+name+"(t *testing.T)")) {
			return true
		}
	}
	return false
}
