package modules

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/tracked"
)

// goMod is a go.mod or a go.work as go mod edit -json and go work edit -json print it.
type goMod struct {
	Go      string
	Require []struct {
		Path, Version string
		Indirect      bool
	}
	Replace []struct{ Old, New struct{ Path string } }
	Use     []struct{ DiskPath string }
}

func parse(t *testing.T, what, path string) (m goMod) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(goTool(t, what, "edit", "-json", filepath.Join(root, path))), &m))
	return m
}

func read(t *testing.T, path string) goMod { return parse(t, "mod", path) }

// TestLibrary expects that the library needs Go 1.24, and testify for its tests. Package go vet, which
// make lint runs, reports what Go 1.24 lacks.
func TestLibrary(t *testing.T) {
	m := read(t, "go.mod")
	assert.Equal(t, "1.24", m.Go)
	assert.Empty(t, m.Replace, "go run cmd/adopt@latest would refuse it")
	for _, r := range m.Require {
		assert.True(t, r.Indirect || r.Path == "github.com/stretchr/testify", r.Path)
	}
}

// TestWorkspace expects all modules in go.work, which is how make finds them. A module replaces
// those of the repository that it requires.
func TestWorkspace(t *testing.T) {
	var used []string
	for _, use := range parse(t, "work", "go.work").Use {
		used = append(used, filepath.Clean(use.DiskPath))
	}
	assert.ElementsMatch(t, folders(t), used)
	for _, folder := range used {
		m := read(t, filepath.Join(folder, "go.mod"))
		for _, r := range m.Require {
			if !strings.HasPrefix(r.Path, library) {
				continue
			}
			path := strings.TrimPrefix(strings.TrimPrefix(r.Path, library), "/")
			replaced := false
			for _, replace := range m.Replace {
				replaced = replaced || replace.Old.Path == r.Path && filepath.Join(folder, replace.New.Path) == filepath.Join(".", path)
			}
			assert.True(t, replaced, "%s/go.mod requires %s and does not replace it", folder, r.Path)
		}
	}
}

// folders returns the folders of the modules.
func folders(t *testing.T) (list []string) {
	t.Helper()
	for _, path := range tracked.Files(t, root, "go.mod", "*/go.mod") {
		if !strings.Contains(path, "testdata/") {
			list = append(list, filepath.Dir(path))
		}
	}
	return list
}

// published returns the files of the library as the go command downloads them, without the other modules.
func published(t *testing.T) map[string][]byte {
	t.Helper()
	others := slices.DeleteFunc(folders(t), func(folder string) bool { return folder == "." })
	files := make(map[string][]byte)
	for _, path := range tracked.Files(t, root) {
		inside := func(folder string) bool { return strings.HasPrefix(path, folder+"/") }
		if slices.ContainsFunc(others, inside) || strings.Contains(path, "testdata/") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, path))
		require.NoError(t, err)
		files[path] = text
	}
	return files
}
