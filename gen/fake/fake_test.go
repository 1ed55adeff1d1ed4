package fake

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/internal/gentest"
	"github.com/go-rados/go-rados/gen/model"
	"github.com/go-rados/go-rados/gen/release"
	"github.com/go-rados/go-rados/gen/resolve"
	"github.com/go-rados/go-rados/gen/role"
	"github.com/go-rados/go-rados/gen/spec"
)

const golden = "testdata/want.c"

// TestGolden has a function for each rule, in two releases.
func TestGolden(t *testing.T) {
	got := render(t)
	if gentest.Update() {
		require.NoError(t, os.WriteFile(golden, got, 0o666))
	}
	assert.Equal(t, read(t, golden), string(got))
}

// TestGoldenCompiles: each definition compiles beside the helpers that it calls, with the header of
// either release.
func TestGoldenCompiles(t *testing.T) {
	older := read(t, "testdata/input.h")
	for name, text := range map[string]string{"older": older, "newer": older + read(t, "testdata/newer.h")} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "input.h"), text)
			write(t, filepath.Join(dir, "zz_functions.c"), read(t, golden))
			compile(t, dir, "testdata/main.c", "-I"+library(), "-I"+filepath.Join("testdata", "lib"))
		})
	}
}

// TestReleases compiles the whole library with the header of each release.
func TestReleases(t *testing.T) {
	for _, name := range gentest.Releases(t) {
		t.Run(name, func(t *testing.T) {
			include := filepath.Dir(filepath.Dir(gentest.HeaderOf(t, name)))
			compile(t, include, filepath.Join(library(), "librados.c"))
		})
	}
}

// render renders the definitions for testdata.
func render(t *testing.T) []byte {
	t.Helper()
	older := read(t, "testdata/input.h")
	union := release.Merge([]*model.API{api(t, "14.2", older), api(t, "16.2", older+read(t, "testdata/newer.h"))})
	s, err := spec.Load("testdata/spec.yaml")
	require.NoError(t, err)
	root := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(root, filepath.Dir(s.Library.Fake)), os.DirFS("testdata/lib")))
	for _, f := range union.Funcs {
		if !slices.ContainsFunc(s.Functions, func(known *spec.Function) bool { return known.C == f.Name }) {
			s.Functions = append(s.Functions, &spec.Function{C: f.Name, Disposition: spec.Skip, Target: "no rule needs it"})
		}
	}
	plan, diags := resolve.Plan(s, union, role.Vocabulary{})
	require.NoError(t, diags.Err())
	got, err := Render(root, union, plan)
	require.NoError(t, err)
	return got
}

func api(t *testing.T, release, text string) *model.API {
	t.Helper()
	a, err := gentest.Header.ParseSource("librados.h", []byte(text))
	require.NoError(t, err)
	a.Release = release
	return a
}

// library is where the hand-written part of the fake library is.
func library() string { return filepath.Join(gentest.Root, "internal/test/fakelibrados/lib") }

func compile(t *testing.T, include, file string, flags ...string) {
	t.Helper()
	args := append([]string{"-std=gnu11", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-Wno-deprecated-declarations",
		"-I", include}, flags...)
	out, err := exec.Command("cc", append(args, file)...).CombinedOutput()
	require.NoError(t, err, "%s", out)
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(data)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
}
