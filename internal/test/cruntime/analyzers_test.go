package cruntime

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// analyzers are commands that report nothing about the C of package rados.
var analyzers = map[string][]string{
	"gcc":   {"gcc", "-fanalyzer", "-Werror", "-Wall", "-Wextra", "-Wno-unused-function", "-Wno-deprecated-declarations", "-std=gnu11", "-O1", "-o", "/dev/null", "-c"},
	"clang": {"clang", "-Werror", "-Wall", "-Wextra", "-Wno-unused-function", "-Wno-deprecated-declarations", "-std=gnu11", "-fsyntax-only"},
	"clang-tidy": {"clang-tidy", "--quiet", "--warnings-as-errors=*", "--header-filter=zz_", "--checks=bugprone-*,clang-analyzer-*,concurrency-*," +
		"-bugprone-suspicious-include," + // the file includes those of package rados
		"-bugprone-reserved-identifier," + // _GNU_SOURCE
		"-bugprone-easily-swappable-parameters," + // those of librados
		"-bugprone-sizeof-expression," + // arrays of pointers
		"-clang-analyzer-core.CallAndMessage," + // it forgets that a function that may be NULL has set ret
		"-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling"}, // it wants memcpy_s
	"cppcheck": {"cppcheck", "--quiet", "--error-exitcode=1", "--enable=warning,portability,performance", "--std=c11",
		"--suppress=uninitvar:*zz_convert.h"}, // it takes an array whose items are set for one that is read
}

// analyze runs an analyzer on files of package rados, in the last of which old is replaced by new.
func analyze(t *testing.T, name string, files []string, old, new string) ([]byte, error) {
	t.Helper()
	command := analyzers[name]
	if _, err := exec.LookPath(command[0]); err != nil {
		t.Skipf("%v: apt-get install %s", err, name)
	}
	dir := copyRados(t, func(name, text string) string {
		if old != "" && name == files[len(files)-1] {
			text = replaceOnce(t, text, old, new)
		}
		if name != "zz_shims.h" {
			return text
		}
		// The analyzers skip static functions that nothing calls.
		return replaceOnce(t, text, "#define GORADOS_SHIM static inline __attribute__((always_inline))", "#define GORADOS_SHIM")
	})
	all := "#include \"" + strings.Join(files, "\"\n#include \"") + "\"\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "all.c"), []byte(all), 0o600))
	args := append(command[1:len(command):len(command)], "all.c")
	if name == "clang-tidy" {
		args = append(args, "--", "-std=gnu11", "-Xclang", "-analyzer-opt-analyze-headers")
	}
	cmd := exec.Command(command[0], args...)
	cmd.Dir = dir
	return cmd.CombinedOutput()
}

// TestAnalyzers expects analyzers of C to find nothing, and those that look at the flow of a function to
// find a fault.
func TestAnalyzers(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a minute")
	}
	read(t)
	for name := range analyzers {
		t.Run(name, func(t *testing.T) {
			out, err := analyze(t, name, []string{"zz_shims.h", "zz_aio.c", "zz_callbacks.c", "zz_events.c"}, "", "")
			require.NoError(t, err, "%s", out)
			if name == "clang" {
				return
			}
			out, err = analyze(t, name, []string{"zz_events.c"}, "\te->len = len;\n\treturn e;", "\tfree(e);\n\te->len = len;\n\treturn e;")
			require.Error(t, err, "a use after free")
			assert.Regexp(t, `zz_events\.c:2[34]:`, string(out))
		})
	}
}

// TestClang expects clang to find nothing in the C of the tests, which is compiled by gcc otherwise.
func TestClang(t *testing.T) {
	if testing.Short() {
		t.Skip("make test-all installs clang")
	}
	command := analyzers["clang"]
	if _, err := exec.LookPath(command[0]); err != nil {
		t.Skipf("%v: apt-get install clang", err)
	}
	const fake = "../fakelibrados/lib/"
	drivers, err := filepath.Glob("testdata/*.c")
	require.NoError(t, err)
	require.NotEmpty(t, drivers)
	for _, path := range append(drivers, fake+"librados.c", fake+"memory.c") {
		_, err := os.ReadFile(path) // see read
		require.NoError(t, err)
		args := append(command[1:len(command):len(command)], "-I", runtimeDir, "-I", radosDir, path)
		out, err := exec.Command(command[0], args...).CombinedOutput()
		assert.NoError(t, err, "%s", out)
	}
}
