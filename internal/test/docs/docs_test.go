// Package docs tests the documents of the repository: links resolve, the tables of
// CONTRIBUTING.md are complete, and its walks work.
package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/tracked"
)

const root = "../../.."

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	require.NoError(t, err)
	return string(text)
}

// section returns the text below a heading of CONTRIBUTING.md, to the next heading.
func section(t *testing.T, heading string) string {
	t.Helper()
	_, text, found := strings.Cut(read(t, "CONTRIBUTING.md"), "\n## "+heading+"\n")
	require.True(t, found, heading)
	text, _, _ = strings.Cut(text, "\n## ")
	return text
}

// rows returns the first column of the table in a section, without quotes.
func rows(t *testing.T, heading string) []string {
	t.Helper()
	var list []string
	for _, m := range regexp.MustCompile("(?m)^\\| `?([^|`]+?)`? \\|").FindAllStringSubmatch(section(t, heading), -1) {
		list = append(list, m[1])
	}
	require.NotEmpty(t, list)
	return list[1:] // without the head
}

// compare fails with the differences between a table and the repository.
func compare(t *testing.T, want, table []string) {
	t.Helper()
	for _, name := range want {
		assert.True(t, slices.Contains(table, name), "CONTRIBUTING.md: %s is missing in the table", name)
	}
	for _, name := range table {
		assert.True(t, slices.Contains(want, name), "CONTRIBUTING.md: %s does not exist", name)
	}
	assert.Len(t, slices.Compact(slices.Sorted(slices.Values(table))), len(table), "CONTRIBUTING.md: a row is repeated")
}

// TestFolders compares the table of folders with the folders at the top, in gen, in
// internal and in internal/test.
func TestFolders(t *testing.T) {
	var want []string
	for _, path := range tracked.Files(t, root) {
		parts := strings.Split(filepath.Dir(path), "/")
		for i := range parts {
			dir := strings.Join(parts[:i+1], "/")
			parent := filepath.Dir(dir)
			listed := parent == "." || parent == "gen" || parent == "internal" || parent == "internal/test"
			if listed && !strings.HasPrefix(dir, ".") && !slices.Contains(want, dir) {
				want = append(want, dir)
			}
		}
	}
	compare(t, want, rows(t, "Folders"))
}

// TestHandwrittenFiles compares the table of hand-written files with the files of rados and rados/striper.
func TestHandwrittenFiles(t *testing.T) {
	var want []string
	for _, path := range tracked.Files(t, root, "rados/*.go") {
		name, inRados := strings.CutPrefix(path, "rados/")
		folder, base := filepath.Split(name)
		if inRados && (folder == "" || folder == "striper/") && !strings.HasPrefix(base, "zz_") && !strings.HasSuffix(name, "_test.go") {
			want = append(want, name)
		}
	}
	compare(t, want, rows(t, "Files written by hand"))
}

// TestGlossary expects a short list in alphabetical order.
func TestGlossary(t *testing.T) {
	terms := rows(t, "Glossary")
	assert.LessOrEqual(t, len(terms), 25)
	assert.True(t, slices.IsSorted(terms), "%v", terms)
}

// TestLinks expects relative links to name existing files, and headings of documents.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	for _, path := range tracked.Files(t, root, "*.md") {
		if strings.Contains(path, "testdata") {
			continue
		}
		for _, m := range link.FindAllStringSubmatch(read(t, path), -1) {
			target := filepath.Join(filepath.Dir(path), m[1])
			_, err := os.Stat(filepath.Join(root, target))
			assert.NoError(t, err, "%s: link to %s", path, m[1])
			if m[2] != "" && err == nil {
				assert.Contains(t, anchors(read(t, target)), m[2], "%s: link to %s", path, m[1])
			}
		}
	}
}

// anchors returns the anchors of the headings of a document.
func anchors(text string) []string {
	var list []string
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		list = append(list, "#"+strings.ReplaceAll(strings.ToLower(m[1]), " ", "-"))
	}
	return list
}

// A block is a fenced block of CONTRIBUTING.md.
type block struct {
	info string
	text string
}

// blocks returns the fenced blocks of a document, without their indentation.
func blocks(text string) []block {
	var list []block
	fence := regexp.MustCompile("(?ms)^( *)```([^\n]+)\n(.*?)^ *```$")
	for _, m := range fence.FindAllStringSubmatch(text, -1) {
		var b strings.Builder
		for line := range strings.Lines(m[3]) {
			b.WriteString(strings.TrimPrefix(line, m[1]))
		}
		list = append(list, block{m[2], b.String()})
	}
	return list
}

// TestWalks runs the blocks "sh walk" of CONTRIBUTING.md one after the other in a copy of
// the repository. A block "sh walk fails" must fail. The lines of a block "text output"
// must appear, in this order, in the output of the block before it.
func TestWalks(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs the generator several times")
	}
	if _, err := os.Stat("/usr/include/rados/librados.h"); err != nil {
		t.Skip("needs the header of librados")
	}
	dir := t.TempDir()
	for _, path := range tracked.Files(t, root) {
		target := filepath.Join(dir, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(target), 0o777))
		data, err := os.ReadFile(filepath.Join(root, path))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(target, data, 0o777))
	}
	output, walks := "", 0
	for _, b := range blocks(read(t, "CONTRIBUTING.md")) {
		switch b.info {
		case "sh walk", "sh walk fails":
			walks++
			cmd := exec.Command("bash", "-euo", "pipefail", "-c", b.text)
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			output = string(out)
			if b.info == "sh walk" {
				require.NoError(t, err, "%s\n%s", b.text, output)
			} else {
				require.Error(t, err, "%s\n%s", b.text, output)
			}
		case "text output":
			rest := output
			for line := range strings.Lines(b.text) {
				_, after, found := strings.Cut(rest, line)
				require.True(t, found, "%q is missing in this output:\n%s", line, output)
				rest = after
			}
		}
	}
	assert.Equal(t, 9, walks)
}
