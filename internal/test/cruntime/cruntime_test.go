// Package cruntime tests the C run time below the shims (templates/runtime) with drivers in C: under
// the sanitizers of the C compiler, and by exploring all interleavings of few threads.
package cruntime

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/target"
)

const (
	runtimeDir = "../../../templates/runtime"
	radosDir   = "../../../rados"
)

// none is in place of a sanitizer.
const none = "none"

// sanitizers returns the sanitizers that work where the programs run: no sanitizer does under emulation.
func sanitizers(names ...string) []string {
	if target.IsEmulated() {
		return []string{none}
	}
	return names
}

// read reads the files below the tests, which only other processes read otherwise: the go command
// then runs the tests again when one has changed.
func read(t *testing.T) {
	t.Helper()
	for _, pattern := range []string{runtimeDir + "/*.[ch]", radosDir + "/*.[ch]", radosDir + "/*.go", "testdata/*"} {
		paths, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, paths)
		for _, path := range paths {
			_, err := os.ReadFile(path)
			require.NoError(t, err)
		}
	}
}

// run builds a driver in testdata with a sanitizer and returns what it prints. It skips the test if
// the sanitizer does not work on this machine.
func run(t *testing.T, sanitizer, driver string, args ...string) ([]byte, error) {
	t.Helper()
	read(t)
	if err := works(sanitizer); err != nil {
		t.Skipf("the sanitizer does not work here: %v", err)
	}
	program := filepath.Join(t.TempDir(), "program")
	out, err := build(sanitizer, filepath.Join("testdata", driver), program).CombinedOutput()
	require.NoError(t, err, "%s", out)
	cmd := target.Command(program, args...)
	cmd.Env = append(os.Environ(), "TSAN_OPTIONS=halt_on_error=1", "UBSAN_OPTIONS=halt_on_error=1")
	return cmd.CombinedOutput()
}

func build(sanitizer, source, program string) *exec.Cmd {
	flags := []string{"-O1", "-I", runtimeDir, "-I", radosDir}
	if sanitizer != none {
		flags = append(flags, "-fsanitize="+sanitizer, "-fno-sanitize-recover=all",
			"-Wno-tsan") // fences: what they order is atomic
	}
	return compile(source, program, flags...)
}

// compile returns the command that makes a program of a driver.
func compile(source, program string, flags ...string) *exec.Cmd {
	args := []string{"-std=gnu11", "-g", "-Wall", "-Wextra", "-Werror",
		"-Wno-deprecated-declarations", // as in package rados
		"-Wno-unused-function", "-o", program, source, "-pthread", "-ldl"}
	return target.Compiler(slices.Concat(flags, args)...)
}

// copyRados copies the C of package rados, as edit changes the text of each file, and returns the folder.
func copyRados(t *testing.T, edit func(name, text string) string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(radosDir, "*.[ch]"))
	require.NoError(t, err)
	dir := t.TempDir()
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		name := filepath.Base(path)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(edit(name, string(text))), 0o600))
	}
	return dir
}

// replaceOnce replaces old, which is in text once.
func replaceOnce(t *testing.T, text, old, new string) string {
	t.Helper()
	require.Equal(t, 1, strings.Count(text, old), "%s", old)
	return strings.Replace(text, old, new, 1)
}

var (
	workingMu sync.Mutex
	working   = make(map[string]error)
)

// works returns an error if the sanitizer does not work on this machine.
func works(sanitizer string) error {
	workingMu.Lock()
	defer workingMu.Unlock()
	err, known := working[sanitizer]
	if !known {
		err = try(sanitizer)
		working[sanitizer] = err
	}
	return err
}

func try(sanitizer string) error {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	trivial, program := filepath.Join(dir, "trivial.c"), filepath.Join(dir, "program")
	if err := os.WriteFile(trivial, []byte("int main(void) { return 0; }\n"), 0o600); err != nil {
		return err
	}
	if err := build(sanitizer, trivial, program).Run(); err != nil {
		return err
	}
	return target.Command(program).Run()
}

// TestDrivers runs each driver of functions that one thread uses.
func TestDrivers(t *testing.T) {
	drivers, err := filepath.Glob("testdata/*_test.c")
	require.NoError(t, err)
	require.NotEmpty(t, drivers)
	for _, path := range drivers {
		driver := filepath.Base(path)
		t.Run(strings.TrimSuffix(driver, "_test.c"), func(t *testing.T) {
			t.Parallel()
			out, err := run(t, sanitizers("address,undefined")[0], driver)
			require.NoError(t, err, "%s", out)
		})
	}
}

// TestHeadersAlone compiles each file of the C run time alone, without the generated headers.
func TestHeadersAlone(t *testing.T) {
	read(t)
	paths, err := filepath.Glob(filepath.Join(runtimeDir, "*.[ch]"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		out, err := target.Compiler("-std=gnu11", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-fsyntax-only", "-x", "c", path).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
}
