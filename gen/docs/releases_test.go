package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/release"
)

// TestReleases expects the documents to name the releases of which there are snapshots.
func TestReleases(t *testing.T) {
	all, err := release.LoadDir(filepath.Join(gentest.Root, "spec/api")) // the oldest first
	require.NoError(t, err)
	read := func(path string) string {
		text, err := os.ReadFile(filepath.Join(gentest.Root, path))
		require.NoError(t, err)
		return string(text)
	}
	between := "Ceph " + all[0].Release + " to " + all[len(all)-1].Release
	breaks := regexp.MustCompile(`\n(// )?\s*`)
	for _, path := range []string{"README.md", "rados/doc.go", "docs/GUIDE.md", "docs/COMPARISON.md"} {
		assert.Contains(t, breaks.ReplaceAllString(read(path), " "), between, path)
	}
	for _, api := range all {
		assert.Contains(t, read("README.md"), "\n| "+api.Release+" | ", "README.md: the table of releases")
	}
}
