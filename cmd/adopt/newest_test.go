package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNewestGoCeph runs the script that chooses the newest version for make test-adopt.
func TestNewestGoCeph(t *testing.T) {
	script := filepath.Join(checkout(t), "scripts/newest-go-ceph.sh")
	for name, c := range map[string]struct {
		damage       func(versions string) error
		want, reason string
	}{
		"newest":         {func(string) error { return nil }, "v0.2.0", ""},
		"no list":        {func(versions string) error { return os.Remove(filepath.Join(versions, "list")) }, "v0.0.9", "@v/list"},
		"newest refused": {func(versions string) error { return os.Remove(filepath.Join(versions, "v0.2.0.zip")) }, "v0.0.9", "v0.2.0.zip"},
	} {
		t.Run(name, func(t *testing.T) {
			versions := filepath.Join(offline(t), filepath.FromSlash(cephModule), "@v")
			require.NoError(t, c.damage(versions))
			var stderr strings.Builder
			cmd := exec.Command(script, "v0.0.9")
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			require.NoError(t, err, "%s", &stderr)
			assert.Equal(t, c.want+"\n", string(out))
			if c.reason == "" {
				assert.Empty(t, stderr.String())
				return
			}
			assert.Contains(t, stderr.String(), "newest-go-ceph: taking v0.0.9, since the newest release cannot be had")
			assert.Contains(t, stderr.String(), c.reason)
		})
	}
}
