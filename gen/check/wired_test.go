package check_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/internal/gentest"
)

// TestNoLibraryIsWiredIn expects the sources of the generator and the templates to name neither
// librados nor what belongs to it: all that is special about one library is in its spec. The path
// of the module and the beginning of C names, which is replaced by that of the library, are no such
// names.
func TestNoLibraryIsWiredIn(t *testing.T) {
	own := regexp.MustCompile(`go-?rados|GORADOS`)
	for _, dir := range []string{"gen", "templates"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(gentest.Root, dir), func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && (d.Name() == "testdata" || path == filepath.Join(gentest.Root, "gen/internal")):
				return filepath.SkipDir
			case d.IsDir() || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			src, err := os.ReadFile(path)
			for i, line := range strings.Split(string(src), "\n") {
				assert.NotContains(t, strings.ToLower(own.ReplaceAllString(line, "")), "rados", "%s:%d", path, i+1)
			}
			return err
		}))
	}
}
