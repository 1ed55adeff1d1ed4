package check_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/cgen"
	"github.com/go-rados/go-rados/gen/check"
	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
)

// TestCompile compiles the C of all goldens with the declarations of both releases, and of one in which
// a parameter, a struct or a constant is another one.
func TestCompile(t *testing.T) {
	inputs := gentest.WithBase(t)
	files, err := cgen.Render(gentest.Plan(t, inputs...), filepath.Join(gentest.Root, "templates"))
	require.NoError(t, err)
	older, newer := gentest.Headers(inputs)
	require.NoError(t, check.Compile(files, "rados/librados.h", []*model.API{parse(t, "14.2", older), parse(t, "16.2", newer)}))
	for _, c := range []struct{ name, old, new, want string }{
		{"parameter", "int rados_go(rados_t cluster);", "int rados_go(rados_t cluster, int how);", "conflicting types for 'rados_go'"},
		{"struct", "uint64_t bytes, objects; }", "uint64_t objects, bytes; }", "struct rados_size_t.bytes has moved"},
		{"larger struct", "uint64_t bytes, objects; }", "uint64_t bytes, objects, omaps; }", "struct rados_size_t is larger than in all known releases"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Contains(t, newer, c.old)
			text := string(bytes.Replace([]byte(newer), []byte(c.old), []byte(c.new), 1))
			err := check.Compile(files, "rados/librados.h", []*model.API{parse(t, "18.2", text)})
			assert.ErrorContains(t, err, "with the declarations of Ceph 18.2: ")
			assert.ErrorContains(t, err, c.want)
		})
	}
	t.Setenv("CC", "/no/such/compiler")
	assert.ErrorIs(t, check.Compile(files, "rados/librados.h", nil), check.ErrNoCompiler)
}

func parse(t *testing.T, name, text string) *model.API {
	t.Helper()
	api, err := gentest.Header.ParseSource("librados.h", []byte(text))
	require.NoError(t, err)
	api.Release = name
	return api
}

// TestHeaderOfRelease parses the header that a snapshot becomes: its declarations must be those of the
// snapshot.
func TestHeaderOfRelease(t *testing.T) {
	for _, name := range gentest.Releases(t) {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(gentest.Root, "spec/api", name+".txt")
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			api, err := release.Read(path, bytes.NewReader(text))
			require.NoError(t, err)
			again := parse(t, name, release.Header(api))
			assert.Empty(t, again.Unsupported)
			for _, f := range again.Funcs {
				f.Deprecated = api.Func(f.Name).Deprecated
			}
			again.LeftOut, api.LeftOut = nil, nil
			assert.Empty(t, release.Diff(api, again).List)
		})
	}
}
