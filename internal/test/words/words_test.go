package words

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/tracked"
)

const root = "../../.."

// clean lists the files and folders without phrases to avoid. The list only grows.
var clean = []string{
	".ci",
	"CONTRIBUTING.md",
	"Makefile",
	"cmd",
	"README.md",
	"bench",
	"docs/BENCHMARKS.md",
	"docs/COMPARISON.md",
	"docs/GUIDE.md",
	"docs/MIGRATING.md",
	"docs/RELIABILITY.md",
	"docs/TRAPS.md",
	"examples",
	"gen",
	"internal",
	"rados/otelrados",
	"rados/promrados",
	"rados/radosio",
	"rados/radoslock",
	"rados/striper",
	"rados/radosmem",
	"rados/radostest",
	"rados/radoswatch",
	"scripts",
	"templates",
	"tools",
	"spec/*.json",
	"spec/*.yaml", // spec/api has the declarations of the C headers
	":(glob)rados/*.go",
}

// TestWords expects the clean files and folders to stay so.
func TestWords(t *testing.T) {
	for _, path := range checked(t) {
		text, err := os.ReadFile(filepath.Join(root, path))
		require.NoError(t, err)
		for _, f := range check(path, text) {
			t.Error(f)
		}
	}
}

// checked returns the files in clean.
func checked(t *testing.T) []string {
	t.Helper()
	var paths []string
	for _, path := range tracked.Files(t, root, clean...) {
		switch {
		case strings.HasPrefix(path, "internal/test/words/"), strings.Contains(path, "/testdata/fuzz/"):
		case filepath.Ext(path) == ".svg", filepath.Base(path) == "go.sum":
		default:
			paths = append(paths, path)
		}
	}
	return paths
}

func TestCheck(t *testing.T) {
	source := "package p\n\n// f gives up.\nvar whoever = \"by itself\" /* Nobody\ncalls it */\n"
	var list []string
	for _, f := range check("p.go", []byte(source)) {
		list = append(list, f.String())
	}
	assert.Equal(t, []string{
		`p.go:3: avoid "gives up"; use: cancel`,
		`p.go:4: avoid "Nobody"; use: no caller, a caller, all callers`,
	}, list, "code is not checked")

	assert.Len(t, check("p.md", []byte("It waits by itself.\nWho? Behind.\n")), 3)
	assert.Empty(t, check("p.md", []byte("It blocks until the whole call completes.\n")))
	assert.Len(t, check("p.yaml", []byte("doc: who\nevent: {texts: [line, who], data: data}\n")), 1, "names of C parameters are not checked")
}
