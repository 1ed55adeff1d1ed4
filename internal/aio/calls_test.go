package aio

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLateCancel runs the C half of the engine, as it was generated, under the sanitizers of
// the C compiler, with pauses at each step at which another thread can intervene; see
// testdata/calls.c. It fails, for one, if the completion of a call that ends while it is being
// cancelled is released once its slot may have the next call.
func TestLateCancel(t *testing.T) {
	each := "250" // ms for each step
	if testing.Short() {
		each = "80"
	}
	for _, sanitizer := range []string{"thread", "address"} {
		t.Run(sanitizer, func(t *testing.T) {
			trivial := filepath.Join(t.TempDir(), "trivial.c")
			require.NoError(t, os.WriteFile(trivial, []byte("int main(void) { return 0; }\n"), 0o600))
			if out, err := sanitized(t, sanitizer, trivial).CombinedOutput(); err != nil {
				t.Skipf("the sanitizer does not work here: %v\n%s", err, out)
			}
			run := sanitized(t, sanitizer, filepath.Join("testdata", "calls.c"))
			run.Args = append(run.Args, each)
			out, err := run.CombinedOutput()
			require.NoError(t, err, "%s", out)
			t.Logf("%s", out)
		})
	}
}

// sanitized builds a program and returns the command that runs it, or one that fails.
func sanitized(t *testing.T, sanitizer, source string) *exec.Cmd {
	t.Helper()
	program := filepath.Join(t.TempDir(), "program")
	build := exec.Command("cc", "-std=gnu11", "-g", "-O1", "-fsanitize="+sanitizer,
		"-Wno-tsan",                    // fences: what they order is atomic
		"-Wno-deprecated-declarations", // as in package rados
		"-I", filepath.Join("..", "..", "rados"), "-o", program, source, "-pthread", "-ldl")
	if out, err := build.CombinedOutput(); err != nil {
		require.Equal(t, "trivial.c", filepath.Base(source), "%v\n%s", err, out)
		return exec.Command("false")
	}
	run := exec.Command(program)
	run.Env = append(os.Environ(), "TSAN_OPTIONS=halt_on_error=1")
	return run
}
