package main

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/handwritten"
	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/load"
)

var generatedFiles = []string{
	"rados/zz_aio.c", "rados/zz_aio.h", "rados/zz_buffer.h", "rados/zz_callbacks.c", "rados/zz_callbacks.h", "rados/zz_codes.h",
	"rados/zz_convert.h", "rados/zz_drift.c", "rados/zz_events.c", "rados/zz_events.h", "rados/zz_generated.go", "rados/zz_library.h", "rados/zz_library.c",
	"rados/zz_memory.h", "rados/zz_name.h", "rados/zz_operation.h", "rados/zz_record.h", "rados/zz_refs.h", "rados/zz_runtime.go", "rados/zz_shims.h", "rados/zz_strerror.c", "rados/zz_strerror.h",
	"rados/striper/zz_buffer.h", "rados/striper/zz_codes.h", "rados/striper/zz_convert.h", "rados/striper/zz_drift.c", "rados/striper/zz_generated.go",
	"rados/striper/zz_library.h", "rados/striper/zz_name.h", "rados/striper/zz_record.h", "rados/striper/zz_refs.h", "rados/striper/zz_runtime.go",
	"rados/striper/zz_shims.h", "docs/COVERAGE-STRIPER.md",
	"internal/test/misuse/zz_striper.go", "internal/test/waitsfor/zz_striper.go", "internal/test/fakelibrados/lib/zz_striper.c",
	"internal/test/misuse/zz_functions.go", "internal/test/waitsfor/zz_methods.go",
	"internal/test/fakelibrados/lib/zz_functions.c", "docs/COVERAGE.md", referenceFile, schemaFile,
}

// enterTree makes a copy of what the generator reads, with nothing generated in
// it, and works there until the test ends. It has the hand-written files of rados.
func enterTree(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	for _, sub := range []string{"spec", "templates"} {
		require.NoError(t, os.CopyFS(filepath.Join(dir, sub), os.DirFS(filepath.Join(gentest.Root, sub))))
	}
	require.NoError(t, os.Remove(filepath.Join(dir, schemaFile)))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "gen"), 0o777))
	for _, pkg := range []string{"rados", "rados/striper"} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, pkg), 0o777))
		copyHandwritten(t, dir, pkg)
	}
	t.Chdir(dir)
	system := systemHeaders
	t.Cleanup(func() { systemHeaders = system })
	systemHeaders = filepath.Join(dir, "include")
}

// enterGenerated is enterTree with the generated files.
func enterGenerated(t *testing.T) {
	t.Helper()
	enterTree(t)
	generateOnce.Do(func() {
		gen(t, "generate")
		generatedOnce = generated(t)
	})
	require.NotEmpty(t, generatedOnce, "gen generate failed in another test")
	for path, text := range generatedOnce {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
		write(t, path, text)
	}
}

// What the generator makes of the spec of the repository. To generate it takes a second.
var (
	generateOnce  sync.Once
	generatedOnce map[string]string
)

// copyHandwritten copies the hand-written files of a package to the tree in root.
func copyHandwritten(t *testing.T, root, pkg string) {
	t.Helper()
	dir := filepath.Join(root, pkg)
	paths, err := handwritten.Files(filepath.Join(gentest.Root, pkg))
	require.NoError(t, err)
	for _, path := range paths {
		write(t, filepath.Join(dir, filepath.Base(path)), read(t, path))
	}
}

// newest is the newest release that is recorded where the test works.
func newest(t *testing.T) string {
	t.Helper()
	names := gentest.ReleasesIn(t, load.SnapshotDir)
	return names[len(names)-1]
}

func gen(t *testing.T, args ...string) string {
	t.Helper()
	out, err := tryGen(args...)
	require.NoError(t, err)
	return out
}

func tryGen(args ...string) (string, error) {
	var out strings.Builder
	err := run(args, &out)
	return out.String(), err
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(data)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
}

// edit replaces text in a file.
func edit(t *testing.T, path, old, new string) {
	t.Helper()
	text := read(t, path)
	require.Contains(t, text, old)
	write(t, path, strings.Replace(text, old, new, 1))
}

func generated(t *testing.T) map[string]string {
	t.Helper()
	files := make(map[string]string)
	for _, path := range generatedFiles {
		files[path] = read(t, path)
	}
	return files
}
