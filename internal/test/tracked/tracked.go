// Package tracked lists the files of the repository.
package tracked

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Files returns the files below root that match the patterns and that git knows or would add, without
// those that were removed. The patterns and the paths are relative to root.
func Files(t testing.TB, root string, patterns ...string) []string {
	t.Helper()
	// Otherwise git refuses to list the checkout of another user.
	cmd := exec.Command("git", "-C", root, "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--")
	cmd.Args = append(cmd.Args, patterns...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s", &stderr)
	paths := strings.FieldsFunc(string(out), func(r rune) bool { return r == 0 })
	return slices.DeleteFunc(paths, func(path string) bool {
		_, err := os.Lstat(filepath.Join(root, path))
		return err != nil
	})
}
