//go:build asan

package fakelibrados_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/fakelibrados"
)

// faultVar names the fault that the process of TestSanitizers makes.
const faultVar = "FAKERADOS_FAULT"

// TestSanitizers expects each sanitizer to find a fault, also at the end of the process, where leaks
// are looked for.
func TestSanitizers(t *testing.T) {
	if fault := os.Getenv(faultVar); fault != "" {
		fakelibrados.Faults[fault]()
		return
	}
	program, err := os.Executable()
	require.NoError(t, err)
	for report := range fakelibrados.Faults {
		t.Run(report, func(t *testing.T) {
			cmd := exec.Command(program, "-test.run=^TestSanitizers$")
			cmd.Env = append(os.Environ(), faultVar+"="+report)
			out, err := cmd.CombinedOutput()
			assert.Error(t, err)
			assert.Contains(t, string(out), report)
		})
	}
}
