package gentest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/internal/txtar"
)

// A BadInput is an archive of testdata/bad: files that a package refuses, and want.txt, which has
// all diagnostics.
type BadInput struct {
	Name    string            // of the archive, without .txtar
	Files   map[string]string // without want.txt
	path    string
	archive *txtar.Archive
}

// BadInputs reads the archives of testdata/bad. It fails the test if one has no want.txt, or a file
// whose name is not among names.
func BadInputs(t testing.TB, names ...string) []*BadInput {
	t.Helper()
	return Archives(t, "testdata/bad", names...)
}

// Archives reads the archives of a folder like [BadInputs]; want.txt has what a test expects.
func Archives(t testing.TB, dir string, names ...string) []*BadInput {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	var inputs []*BadInput
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		b := &BadInput{
			Name:    strings.TrimSuffix(filepath.Base(path), ".txtar"),
			Files:   make(map[string]string),
			path:    path,
			archive: txtar.Parse(string(text)),
		}
		for _, f := range b.archive.Files {
			if f.Name != wantFile {
				require.Contains(t, names, f.Name, "%s: unknown file", path)
				b.Files[f.Name] = f.Data
			}
		}
		require.NotNil(t, b.archive.File(wantFile), "%s has no want.txt; add an empty one and run go test -update", path)
		inputs = append(inputs, b)
	}
	return inputs
}

const wantFile = "want.txt"

// Want returns the diagnostics.
func (b *BadInput) Want() string { return b.archive.File(wantFile).Data }

// Compare compares err with want.txt. With -update it writes want.txt.
func (b *BadInput) Compare(t testing.TB, err error) {
	t.Helper()
	require.Error(t, err)
	b.CompareText(t, err.Error()+"\n")
}

// CompareText compares got with want.txt, like [BadInput.Compare].
func (b *BadInput) CompareText(t testing.TB, got string) {
	t.Helper()
	if Update() {
		b.archive.File(wantFile).Data = got
		require.NoError(t, os.WriteFile(b.path, b.archive.Format(), 0o666))
	}
	assert.Equal(t, b.Want(), got)
}
