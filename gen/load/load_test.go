package load_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/load"
	"github.com/go-rados/go-rados/gen/release"
)

const (
	snapshot = `# librados.h of Ceph 9.2, one declaration per line, sorted by kind and name.
# Written by "go run ./gen snapshot"; not edited by hand.
func int rados_a(int n)
func int rados_b(void *p)
`
	goodSpec = `functions:
  rados_a: {go: A, doc: A does.}
  rados_b: {skip: not needed}
errors:
  ErrMissingFunction: {text: missing, is_errno: ENOSYS, doc: ErrMissingFunction is returned for what is missing.}
`
)

// module writes a module with that spec and that snapshot. It omits a file whose text is "".
func module(t *testing.T, spec, snapshot string) string {
	t.Helper()
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, load.SnapshotDir), 0o777))
	for path, text := range map[string]string{load.SpecFile: spec, filepath.Join(load.SnapshotDir, "9.2.txt"): snapshot} {
		if text != "" {
			require.NoError(t, os.WriteFile(filepath.Join(root, path), []byte(text), 0o666))
		}
	}
	return root
}

// TestPlan makes the plan of a module with two functions.
func TestPlan(t *testing.T) {
	p, in, err := load.Plan(module(t, goodSpec, snapshot))
	require.NoError(t, err)
	require.Len(t, in.APIs, 1)
	assert.Equal(t, []string{"9.2"}, p.Releases)
	require.Len(t, p.Functions, 2)
	require.Len(t, p.Methods, 1)
	assert.Equal(t, "func A(n int) error", p.Methods[0].Signature())
}

// TestPlanLibrados expects the releases of this module, the oldest first.
func TestPlanLibrados(t *testing.T) {
	p, in, err := load.Plan(gentest.Root)
	require.NoError(t, err)
	apis := in.APIs
	require.Len(t, apis, len(p.Releases))
	for i, api := range apis {
		assert.Equal(t, p.Releases[i], api.Release)
		assert.True(t, i == 0 || release.Compare(apis[i-1].Release, api.Release) < 0)
	}
}

// TestAll has a second library in a folder of the first, and a folder that is none.
func TestAll(t *testing.T) {
	root := module(t, goodSpec, snapshot)
	for folder, text := range map[string]string{"other": goodSpec, "notes": ""} {
		dir := filepath.Join(root, load.Folder, folder)
		require.NoError(t, os.CopyFS(filepath.Join(dir, "api"), os.DirFS(filepath.Join(root, load.SnapshotDir))))
		if text != "" {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "bindings.yaml"), []byte(text), 0o666))
		}
	}
	libraries, err := load.All(root)
	require.NoError(t, err)
	var files []string
	for _, l := range libraries {
		assert.Len(t, l.Methods, 1)
		files = append(files, l.SpecFile())
	}
	assert.Equal(t, []string{load.SpecFile, "spec/other/bindings.yaml"}, files)
}

// TestPlanFails has modules whose input cannot be read, and one with a mistake that package resolve
// finds and one that package check finds: both are in one error.
func TestPlanFails(t *testing.T) {
	for name, c := range map[string]struct {
		spec, snapshot string
		want           []string
	}{
		"no spec":      {"", snapshot, []string{"bindings.yaml: no such file"}},
		"no snapshot":  {goodSpec, "", []string{"no snapshot"}},
		"bad spec":     {"functions: []\n", snapshot, []string{"bindings.yaml:1:12: functions must be a mapping"}},
		"bad snapshot": {goodSpec, "# nothing\n", []string{"9.2.txt:1:1: want"}},
		"two mistakes": {
			"functions:\n  rados_a: {go: A}\n  rados_b: {go: B, doc: B does.}\n", snapshot,
			[]string{":2:3: A has no doc", ":3:3: rados_b: what p means for Go can't be inferred"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, _, err := load.Plan(module(t, c.spec, c.snapshot))
			assert.Nil(t, p)
			for _, want := range c.want {
				assert.ErrorContains(t, err, want)
			}
		})
	}
}
