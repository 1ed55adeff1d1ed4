package cgen_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/cgen"
	"github.com/go-rados/go-rados/gen/internal/gentest"
)

// TestHeaders compiles the generated code with the header of each release: it
// must not matter which one is installed.
func TestHeaders(t *testing.T) {
	for _, name := range gentest.Releases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			include := filepath.Dir(filepath.Dir(gentest.HeaderOf(t, name)))
			for _, path := range []string{"rados/zz_shims.h", "rados/" + cgen.DriftFile} {
				gentest.CompileC(t, filepath.Join(gentest.Root, path), include)
			}
			if testing.Short() {
				t.Skip("building the package takes some seconds")
			}
			cmd := exec.Command("go", "build", "-C", gentest.Root, "./rados")
			cmd.Env = append(os.Environ(), "CGO_ENABLED=1", "CGO_CFLAGS=-I"+include)
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s", out)
		})
	}
}

// TestDrift compiles what was generated with a header that says something else:
// the compiler must notice, and say where both stand.
func TestDrift(t *testing.T) {
	declarations := gentest.Render(t, gentest.Plan(t, gentest.Load(t, "base"), gentest.Load(t, "out-struct"))).Drift
	header, _ := gentest.Headers([]gentest.Input{gentest.Load(t, "base"), gentest.Load(t, "out-struct")})
	for _, c := range []struct{ name, old, new, want string }{
		{"parameter", "int rados_go(rados_t cluster);", "int rados_go(rados_t cluster, int how);", "rados_go"},
		{"result", "int rados_go(rados_t cluster);", "void rados_go(rados_t cluster);", "rados_go"},
		{"const", "int rados_peek(rados_t cluster, char **out,", "int rados_peek(rados_t cluster, const char **out,", "rados_peek"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := compileDrifted(t, declarations, header, c.old, c.new)
			assert.Regexp(t, `(?m)^.*rados/zz_drift\.c:\d+:\d+: error: .*`+c.want, out)
			assert.Regexp(t, `(?m)^.*include/rados/librados\.h:\d+:\d+: note: .*`+c.want, out)
		})
	}
	t.Run("struct", func(t *testing.T) {
		out := compileDrifted(t, declarations, header, "{ uint64_t bytes, objects; }", "{ uint64_t objects, bytes; }")
		assert.Contains(t, out, "struct rados_size_t.bytes has moved")
		out = compileDrifted(t, declarations, header, "bytes, objects; }", "bytes, objects, omaps; }")
		assert.Contains(t, out, "struct rados_size_t is larger than in all known releases")
	})
}

// compileDrifted replaces text of a header and returns what the compiler says.
func compileDrifted(t *testing.T, declarations, header, old, new string) string {
	t.Helper()
	require.Contains(t, header, old)
	dir := t.TempDir()
	for path, text := range map[string]string{
		"rados/zz_drift.c":         declarations,
		"include/rados/librados.h": strings.Replace(header, old, new, 1),
	} {
		path = filepath.Join(dir, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
		write(t, path, text)
	}
	out, err := gentest.TryCompileC(t, filepath.Join(dir, "rados/zz_drift.c"), filepath.Join(dir, "include"))
	require.Error(t, err)
	return out
}

func write(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
}
