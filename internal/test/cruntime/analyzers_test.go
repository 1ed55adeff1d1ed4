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
		"-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling"}, // it wants memcpy_s
	"cppcheck": {"cppcheck", "--quiet", "--error-exitcode=1", "--enable=warning,portability,performance", "--std=c11",
		"--suppress=uninitvar:*zz_convert.h"}, // it takes an array whose items are set for one that is read
}

// analyze runs an analyzer on the C of package rados, in which old is replaced by new in a file.
func analyze(t *testing.T, name, file, old, new string) ([]byte, error) {
	t.Helper()
	command := analyzers[name]
	if _, err := exec.LookPath(command[0]); err != nil {
		t.Skipf("%v: apt-get install %s", err, name)
	}
	paths, err := filepath.Glob(filepath.Join(radosDir, "*.[ch]"))
	require.NoError(t, err)
	dir := t.TempDir()
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		if filepath.Base(path) == file {
			require.Equal(t, 1, strings.Count(string(text), old), "%s in %s", old, file)
			text = []byte(strings.Replace(string(text), old, new, 1))
		}
		// The analyzers skip static functions that nothing calls.
		text = []byte(strings.Replace(string(text), "#define GORADOS_SHIM static inline __attribute__((always_inline))", "#define GORADOS_SHIM", 1))
		require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.Base(path)), text, 0o600))
	}
	all := "#include \"zz_shims.h\"\n\n#include \"zz_aio.c\"\n\n#include \"zz_callbacks.c\"\n\n#include \"zz_events.c\"\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "all.c"), []byte(all), 0o600))
	args := append(command[1:len(command):len(command)], "all.c")
	if name == "clang-tidy" {
		args = append(args, "--", "-std=gnu11")
	}
	cmd := exec.Command(command[0], args...)
	cmd.Dir = dir
	return cmd.CombinedOutput()
}

// TestAnalyzers expects analyzers of C to find nothing, and those that look at the flow of a function to
// find a fault.
func TestAnalyzers(t *testing.T) {
	if testing.Short() {
		t.Skip("gcc takes 20 s")
	}
	read(t)
	for name := range analyzers {
		t.Run(name, func(t *testing.T) {
			out, err := analyze(t, name, "", "", "")
			require.NoError(t, err, "%s", out)
			if name == "clang" {
				return
			}
			out, err = analyze(t, name, "zz_events.c", "\te->len = len;\n\treturn e;", "\tfree(e);\n\te->len = len;\n\treturn e;")
			require.Error(t, err, "a use after free")
			assert.Regexp(t, `zz_events\.c:2[34]:`, string(out))
		})
	}
}
