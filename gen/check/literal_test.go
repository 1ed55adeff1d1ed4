package check_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/check"
	"github.com/go-rados/go-rados/gen/internal/gentest"
)

func TestLiterals(t *testing.T) {
	t.Chdir(t.TempDir())
	for path, text := range map[string]string{
		"gen/role/a.go":         "package role\n\n// as in rados_read\nvar a = \"rados_reads\"\n",
		"gen/role/a_test.go":    "package role // rados_read\n",
		"gen/role/testdata/a.h": "int rados_read(void);\n",
		"templates/b.tmpl":      "x = gorados_rados_write();\n",
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
		write(t, path, text)
	}
	assert.EqualError(t, check.Literals(".", "spec.yaml", gentest.Librados(t)),
		`gen/role/a.go:3:10: rados_read is named here; what is special about one function belongs in spec.yaml
templates/b.tmpl:1:5: rados_write is named here; what is special about one function belongs in spec.yaml`)
	assert.ErrorIs(t, check.Literals("elsewhere", "spec.yaml", gentest.Librados(t)), fs.ErrNotExist)
}

// TestNoLiterals checks the generator itself.
func TestNoLiterals(t *testing.T) {
	t.Chdir(gentest.Root)
	require.NoError(t, check.Literals(".", "spec/bindings.yaml", gentest.Librados(t)))
}
