package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/rados/radostest"
)

// versions are those of go-ceph to test with. They are downloaded, so that the tests are part of make test-adopt only.
var versions = flag.String("versions", "", "test with these `versions` of go-ceph, separated by commas; the first is that of the program")

func needVersions(t *testing.T) []string {
	if *versions == "" {
		t.Skip("downloads go-ceph: run make test-adopt, which sets -versions")
	}
	var list []string
	for version := range strings.SplitSeq(*versions, ",") {
		module, err := download(cephModule, version) // latest, for example
		require.NoError(t, err)
		list = append(list, module.Version)
	}
	return list
}

// release returns the name of the installed release of Ceph, which is a build tag of go-ceph.
func release(t *testing.T) string {
	out, err := exec.Command("ceph", "--version").Output()
	require.NoError(t, err)
	m := regexp.MustCompile(`\) (\w+) \(\w+\)`).FindSubmatch(out)
	require.NotNil(t, m, "no name in %s", out)
	return string(m[1])
}

// checkout returns the root of this repository.
func checkout(t *testing.T) string {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	return root
}

// TestProgram moves a program with rados, rbd and cephfs by the two commands, and back.
func TestProgram(t *testing.T) {
	version, root := needVersions(t)[0], checkout(t)
	source := read(t, "testdata/ceph-program/main.go")
	cluster := radostest.Start(t, radostest.MDS())
	t.Setenv("CEPH_CONF", cluster.Conf())
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("main.go", []byte(source), 0o644))
	require.NoError(t, os.WriteFile("go.mod", []byte("module example.com/program\n\ngo 1.21\n\nrequire "+cephModule+" "+version+"\n"), 0o644))
	goRun(t, "mod", "tidy")
	goMod := read(t, "go.mod")

	// program returns the output of the program, and whether this module is in it.
	program := func() (out string, ours bool) {
		goRun(t, "build", "-o", "program", ".")
		text, err := exec.Command("./program").CombinedOutput()
		require.NoError(t, err, "%s", text)
		return string(text), strings.Contains(goRun(t, "version", "-m", "program"), radosModule)
	}
	const want = "rados: an object, true\nrbd: an image, true, %[1]v\ncephfs: a file, true, %[1]v\n"
	out, ours := program()
	related := strings.Contains(out, "an image, true, true") // go-ceph before v0.30 has a type of error for each package
	assert.Equal(t, fmt.Sprintf(want, related), out)
	assert.False(t, ours)

	_, err := adoptIn("-rados", root)
	require.NoError(t, err)
	goRun(t, "mod", "tidy")
	out, ours = program()
	assert.Equal(t, fmt.Sprintf(want, related), out)
	assert.True(t, ours)

	_, err = adoptIn("-undo")
	require.NoError(t, err)
	goRun(t, "mod", "tidy")
	assert.Equal(t, goMod, read(t, "go.mod"))
	out, ours = program()
	assert.Equal(t, fmt.Sprintf(want, related), out)
	assert.False(t, ours)
}

// suites are the packages of go-ceph whose tests run.
var suites = []string{"rbd", "cephfs", "rados/striper"}

// untested are tests that measure librbd's key derivation for 14 seconds each.
const untested = "^TestEncrypt"

// TestGoCeph builds all packages of go-ceph with the overlay, and expects the same of their tests to pass
// with and without it.
func TestGoCeph(t *testing.T) {
	list, root, tag := needVersions(t), checkout(t), release(t)
	overlays := map[string]string{}
	for _, version := range list {
		overlays[version] = overlayOf(t, version, root)
	}
	for _, version := range list {
		t.Run(version, func(t *testing.T) {
			t.Parallel() // tests mostly wait, while those of another version are built
			overlay, base := overlays[version], filepath.Join(t.TempDir(), "go-ceph")
			module, err := download(cephModule, version)
			require.NoError(t, err)
			require.NoError(t, copyFolder(module.Dir, base, func(string) bool { return false }))
			addStriperTests(t, module.Dir, overlay)
			goRunIn(t, overlay, "mod", "tidy")
			for _, tags := range []string{tag, tag + ",ceph_preview"} {
				goRunIn(t, overlay, "build", "-tags", tags, "./...")
			}
			results := map[string]map[string]string{"without": {}, "with": {}}
			t.Run("tests", func(t *testing.T) { // returns when both are done
				for name, dir := range map[string]string{"without": base, "with": overlay} {
					buildSuites(t, dir, tag)
					t.Run(name, func(t *testing.T) {
						t.Parallel()
						runSuites(t, dir, tag, results[name])
					})
				}
			})
			compare(t, results["without"], results["with"])
		})
	}
}

// overlayOf returns the folder of a new overlay.
func overlayOf(t *testing.T, version, root string) string {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("go.mod", []byte("module example.com/program\n\nrequire "+cephModule+" "+version+"\n"), 0o644))
	out, err := adoptIn("-rados", root)
	require.NoError(t, err)
	assert.NotContains(t, out, "warning", "a name of go-ceph is missing")
	dir, err := filepath.Abs(defaultFolder)
	require.NoError(t, err)
	return dir
}

// addStriperTests copies the tests of go-ceph's package, which adopt removes, since tests of a package may use
// its unexported names. These use one.
func addStriperTests(t *testing.T, from, to string) {
	tests, err := filepath.Glob(filepath.Join(from, "rados/striper/*_test.go"))
	require.NoError(t, err)
	if len(tests) == 0 {
		return // the version has no striper
	}
	for _, path := range tests {
		require.NoError(t, os.WriteFile(filepath.Join(to, "rados/striper", filepath.Base(path)), []byte(read(t, path)), 0o644))
	}
	const name = "package striper\n\ntype radosStriperError = interface{ ErrorCode() int }\n"
	require.NoError(t, os.WriteFile(filepath.Join(to, "rados/striper/error_test.go"), []byte(name), 0o644))
}

// buildSuites builds the tests of suites.
func buildSuites(t *testing.T, dir, tag string) {
	goRunIn(t, dir, "mod", "tidy")
	for _, suite := range suites {
		if _, err := os.Stat(filepath.Join(dir, suite)); err == nil {
			goRunIn(t, dir, "test", "-c", "-vet=off", "-tags", tag+",ceph_preview", "-o", testBinary(dir, suite), "./"+suite)
		}
	}
}

func testBinary(dir, suite string) string {
	return filepath.Join(dir, strings.ReplaceAll(suite, "/", "-")+".test")
}

// runSuites runs the tests of a copy of go-ceph on a cluster and adds how each of them ended: with pass, fail or
// skip and its output.
func runSuites(t *testing.T, dir, tag string, results map[string]string) {
	cluster := radostest.Start(t, radostest.MDS())
	for _, suite := range suites {
		binary := testBinary(dir, suite)
		if _, err := os.Stat(binary); err != nil {
			continue
		}
		cmd := exec.Command("go", "tool", "test2json", binary, "-test.v=test2json", "-test.timeout=3m", "-test.skip="+untested)
		cmd.Dir = filepath.Join(dir, suite)
		cmd.Env = append(os.Environ(), "CEPH_CONF="+cluster.Conf(), "CEPH_VERSION="+tag)
		began := time.Now()
		out, _ := cmd.CombinedOutput() // an error means that a test has failed
		passed := readResults(t, suite, out, results)
		assert.Positive(t, passed, "%s", out)
		t.Logf("%s: %d tests passed in %.0f s", suite, passed, time.Since(began).Seconds())
	}
}

// readResults adds the results in the output of test2json.
func readResults(t *testing.T, suite string, out []byte, results map[string]string) (passed int) {
	output := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		var event struct{ Action, Test, Output string }
		if json.Unmarshal(lines.Bytes(), &event) != nil {
			continue // written by a library to the standard error
		}
		name := suite + "." + event.Test
		switch event.Action {
		case "output":
			output[name] += event.Output
		case "pass", "fail", "skip":
			if event.Test == "" {
				continue // the package
			}
			results[name] = event.Action + "\n" + output[name]
			if event.Action == "pass" {
				passed++
			}
		}
	}
	require.NoError(t, lines.Err())
	return passed
}

// compare expects the tests that pass without the overlay to pass with it, and the others not to.
func compare(t *testing.T, without, with map[string]string) {
	passes := func(result string) bool { return strings.HasPrefix(result, "pass") }
	for _, name := range slices.Sorted(maps.Keys(without)) {
		assert.Equal(t, passes(without[name]), passes(with[name]), "%s\nwithout the overlay: %s\nwith it: %s", name, without[name], with[name])
	}
	for name := range with {
		assert.Contains(t, without, name, "a test that does not run without the overlay")
	}
}
