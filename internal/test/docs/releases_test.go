package docs

import (
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// releases are those of which there are snapshots, oldest first.
func releases(t *testing.T) (list []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "spec/api/*.txt"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		list = append(list, strings.TrimSuffix(filepath.Base(file), ".txt"))
	}
	major := func(release string) int {
		text, _, _ := strings.Cut(release, ".")
		n, err := strconv.Atoi(text)
		require.NoError(t, err)
		return n
	}
	slices.SortFunc(list, func(a, b string) int { return major(a) - major(b) })
	return list
}

// TestReleases expects the documents to name the releases that there are.
func TestReleases(t *testing.T) {
	all := releases(t)
	between := "Ceph " + all[0] + " to " + all[len(all)-1]
	breaks := regexp.MustCompile(`\n(// )?\s*`)
	for _, path := range []string{"README.md", "rados/doc.go", "docs/GUIDE.md", "docs/COMPARISON.md"} {
		text := breaks.ReplaceAllString(read(t, path), " ")
		assert.Contains(t, text, between, path)
	}
	for _, release := range all {
		assert.Contains(t, read(t, "README.md"), "\n| "+release+" | ", "README.md: the table of releases")
	}
}
