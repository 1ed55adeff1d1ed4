// Package modules tests what a program that imports the library gets with it, and the modules of
// the repository.
package modules

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/goproxy"
)

const (
	root    = "../../.."
	library = "github.com/go-rados/go-rados"
	version = "v0.1.0"
	// importer is the module of a program.
	importer = "example.com/importer"
)

// customary is a program that calls C, reads JSON and prints, as a program with a hand-written binding does.
const customary = `package main

// #include <stdlib.h>
import "C"

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"time"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var numbers []int
	err := json.Unmarshal([]byte(os.Args[1]), &numbers)
	slog.InfoContext(ctx, "numbers", "error", err)
	if errors.Is(err, os.ErrNotExist) {
		log.Fatal(err)
	}
	for _, n := range numbers {
		fmt.Println(C.abs(C.int(n)))
	}
}
`

// TestImporter imports the library into an empty module. The go command finds the library in a folder,
// and nothing but a stub of each module that its tests need. The program and its go.mod get no other
// module, and the program is less than twice as large as another one that calls C.
func TestImporter(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the library")
	}
	proxy := t.TempDir()
	goproxy.Publish(t, proxy, library, version, published(t))
	all := []string{importer, library + " " + version}
	for _, r := range read(t, "go.mod").Require {
		stub(t, proxy, r.Path, r.Version)
		all = append(all, r.Path+" "+r.Version)
	}
	for name, value := range goproxy.Environment(t, proxy) {
		t.Setenv(name, value)
	}
	program := contents(t, filepath.Join(root, "examples/quickstart/main.go"))
	t.Chdir(t.TempDir())
	const module = "module " + importer + "\n\ngo 1.24\n"
	write(t, "go.mod", module)
	write(t, "main.go", program)

	goTool(t, "get", library+"/rados@"+version)
	assert.Equal(t, []string{library}, summed(t), "modules in go.sum")
	ours := size(t, ".")
	assert.Equal(t, []string{importer, library}, fields(goTool(t, "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", ".")))

	goTool(t, "mod", "tidy")
	assert.Equal(t, module+"\nrequire "+library+" "+version+"\n", contents(t, "go.mod"))
	assert.Equal(t, []string{library, "github.com/stretchr/testify"}, summed(t), "tidy looks at the tests of the package")
	assert.ElementsMatch(t, all, strings.Split(strings.TrimSpace(goTool(t, "list", "-m", "all")), "\n"))

	write(t, "customary/main.go", customary)
	theirs := size(t, "./customary")
	t.Logf("the program has %d KiB, the customary one %d KiB", ours>>10, theirs>>10)
	assert.Less(t, ours, 2*theirs)
}

// stub publishes a module with the packages that tests of the library import.
func stub(t *testing.T, proxy, path, version string) {
	t.Helper()
	goproxy.Publish(t, proxy, path, version, map[string][]byte{
		"go.mod":             []byte("module " + path + "\n"),
		"assert/assert.go":   []byte("package assert\n"),
		"require/require.go": []byte("package require\n"),
	})
}

// summed returns the modules in go.sum.
func summed(t *testing.T) []string {
	t.Helper()
	var list []string
	for line := range strings.Lines(contents(t, "go.sum")) {
		list = append(list, strings.Fields(line)[0])
	}
	return fields(strings.Join(list, "\n"))
}

// fields returns the words of a text, sorted and once each.
func fields(text string) []string { return slices.Compact(slices.Sorted(strings.FieldsSeq(text))) }

// size builds a program and returns the size of its file.
func size(t *testing.T, pkg string) int64 {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	goTool(t, "build", "-ldflags=-s -w", "-o", path, pkg)
	info, err := os.Stat(path)
	require.NoError(t, err)
	return info.Size()
}

func goTool(t *testing.T, args ...string) string {
	t.Helper()
	var stderr strings.Builder
	cmd := exec.Command("go", args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "go %s: %s", strings.Join(args, " "), &stderr)
	return string(out)
}

func contents(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
}
