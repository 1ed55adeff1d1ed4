package randomops

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/process"
	"github.com/go-rados/go-rados/rados/radostest"
)

func TestMain(m *testing.M) { radostest.Main(m) }

// TestSameInMemory performs the same operations on a real cluster and, in a process of its own, on the
// one of package radosmem. At night one of the seeds is new.
func TestSameInMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a cluster")
	}
	const n = 500
	seeds := []uint64{1, 2}
	if process.Nightly() {
		seeds = append(seeds, rand.Uint64())
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			want, err := Run(radostest.Pool(t), seed, n)
			require.NoError(t, err)
			got := inMemory(t, seed, n)
			require.Len(t, got, len(want))
			for i, line := range want {
				if line != got[i] {
					for _, before := range want[max(0, i-20):i] {
						t.Log(before)
					}
					t.Fatalf("seed %d, operation %d:\ncluster %s\nmemory  %s", seed, i, line, got[i])
				}
			}
		})
	}
}

func inMemory(t *testing.T, seed uint64, n int) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "results")
	cmd := exec.Command("go", "test", "-count=1", "-vet=off", "-run=^TestRandomOperations$", "../../../rados/radosmem")
	cmd.Env = append(os.Environ(), fmt.Sprintf("RADOSMEM_RANDOM=%d %d %s", seed, n, file))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	results, err := os.ReadFile(file)
	require.NoError(t, err)
	return strings.Split(strings.TrimSuffix(string(results), "\n"), "\n")
}
