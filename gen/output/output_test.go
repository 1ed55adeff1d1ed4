package output_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/output"
)

func file(path, text string) output.File { return output.File{Path: path, Data: []byte(text)} }

// TestWrite writes a new file in a new directory, a changed file, and one that is up to date, whose
// time stamp must stay.
func TestWrite(t *testing.T) {
	root := t.TempDir()
	files := []output.File{file("b.txt", "old\n"), file("c.txt", "same\n")}
	changed, err := output.Write(root, files)
	require.NoError(t, err)
	assert.Equal(t, []string{"b.txt", "c.txt"}, changed)
	long := time.Now().Add(-time.Hour).Truncate(time.Second)
	require.NoError(t, os.Chtimes(filepath.Join(root, "c.txt"), long, long))

	files = []output.File{file("c.txt", "same\n"), file("b.txt", "new\n"), file("a/deep/a.txt", "a\n")}
	changed, err = output.Write(root, files)
	require.NoError(t, err)
	assert.Equal(t, []string{"a/deep/a.txt", "b.txt"}, changed)
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(root, f.Path))
		require.NoError(t, err)
		assert.Equal(t, string(f.Data), string(data))
		info, err := os.Stat(filepath.Join(root, f.Path))
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o644), info.Mode())
		assert.Equal(t, f.Path == "c.txt", info.ModTime().Equal(long), f.Path)
	}
	assert.NoError(t, output.CheckStale(root, files))
}

// TestWriteFails has directories in the place of files. No temporary file must remain.
func TestWriteFails(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "b.txt", "full"), 0o755))
	changed, err := output.Write(root, []output.File{file("a.txt", "a\n"), file("b.txt", "b\n"), file("c.txt", "c\n")})
	assert.Error(t, err)
	assert.Equal(t, []string{"a.txt"}, changed, "what was written before the error")
	entries, err := os.ReadDir(root)
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	assert.Equal(t, []string{"a.txt", "b.txt"}, names)

	_, err = output.Write(root, []output.File{file("a.txt/below.txt", "")})
	assert.Error(t, err, "a file is in the place of a directory")
}

// TestCheckStale has a file that differs from the one on disk, one that is missing, and one that is
// the same.
func TestCheckStale(t *testing.T) {
	root := t.TempDir()
	_, err := output.Write(root, []output.File{file("b.txt", "one\ntwo\n"), file("same.txt", "")})
	require.NoError(t, err)
	err = output.CheckStale(root, []output.File{file("same.txt", ""), file("b.txt", "one\nthree\n"), file("a.txt", "a\n")})
	require.Error(t, err)
	assert.Equal(t, `a.txt is not what the generator makes of the spec:
there is none: open `+filepath.Join(root, "a.txt")+`: no such file or directory

b.txt is not what the generator makes of the spec:
--- b.txt (on disk)
+++ b.txt (generated)
@@ -1,3 +1,3 @@
 one
-two
+three
 `+`

Run: make generate`, err.Error())
}

// TestCheckStaleLong has a diff of as many lines as are shown, and a longer one.
func TestCheckStaleLong(t *testing.T) {
	root := t.TempDir()
	_, err := output.Write(root, []output.File{file("a.txt", "")})
	require.NoError(t, err)
	check := func(lines int) error {
		var text strings.Builder
		for i := range lines {
			fmt.Fprintf(&text, "line %d\n", i)
		}
		return output.CheckStale(root, []output.File{file("a.txt", text.String())})
	}
	// The head of the diff has three lines, and what follows the last newline is one.
	err = check(56)
	assert.ErrorContains(t, err, "+line 55\n \n\nRun")
	assert.NotContains(t, err.Error(), "more")
	assert.ErrorContains(t, check(100), "+line 56\n… and 44 lines more\n")
}
