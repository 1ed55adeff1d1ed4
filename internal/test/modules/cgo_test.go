package modules

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestWithoutCgo expects one line from the compiler, which names the missing cgo.
func TestWithoutCgo(t *testing.T) {
	for _, folder := range []string{"rados", "rados/striper", "rados/radosio", "examples/quickstart"} {
		cmd := exec.Command("go", "build", "-o", os.DevNull, "./"+folder)
		cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
		out, err := cmd.CombinedOutput()
		assert.Error(t, err)
		for line := range strings.Lines(string(out)) {
			if !strings.HasPrefix(line, "#") {
				assert.Contains(t, line, "nocgo.go:6:9: undefined: this_package_needs_cgo__install_gcc_and_set_CGO_ENABLED_1", folder)
			}
		}
		assert.LessOrEqual(t, strings.Count(string(out), "\n"), 4, "%s", out)
	}
}
