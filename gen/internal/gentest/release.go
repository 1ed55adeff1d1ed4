package gentest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/gen/ir"
	"github.com/go-rados/go-rados/gen/load"
	"github.com/go-rados/go-rados/gen/release"
)

// Root is the root of the repository. It stays valid when a test changes its working directory.
var Root = root()

func root() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			panic("gentest: the test does not run below a go.work")
		}
		dir = parent
	}
}

// HeaderOf is the path of a release's header; tests that need it are skipped
// where it has not been fetched.
func HeaderOf(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(Root, ".cache/headers", name, "include/rados/librados.h")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("needs the header of Ceph %s; make headers fetches it", name)
	}
	return path
}

// Releases returns the releases that are recorded, the oldest first.
func Releases(t testing.TB) []string {
	t.Helper()
	return ReleasesIn(t, filepath.Join(Root, "spec/api"))
}

// ReleasesIn returns the releases that are recorded in dir, the oldest first.
func ReleasesIn(t testing.TB, dir string) []string {
	t.Helper()
	apis, err := release.LoadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, api := range apis {
		names = append(names, api.Release)
	}
	return names
}

// Librados plans the project's own spec.
func Librados(t testing.TB) *ir.Plan {
	t.Helper()
	p, _, err := load.Plan(Root)
	require.NoError(t, err)
	return p
}

// LibradosUnion is what the recorded releases declare together.
func LibradosUnion(t testing.TB) *release.Union {
	t.Helper()
	apis, err := release.LoadDir(filepath.Join(Root, "spec/api"))
	require.NoError(t, err)
	return release.Merge(apis)
}

// EveryPlan returns the plan of all goldens, and that of librados.
func EveryPlan(t testing.TB) map[string]*ir.Plan {
	t.Helper()
	return map[string]*ir.Plan{"goldens": Plan(t, WithBase(t)...), "librados": Librados(t)}
}
