// Package checkout tests the Makefile and the scripts where a checkout, its user or the environment is
// unusual.
package checkout

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/tracked"
)

const root = "../../.."

// script writes a program for the shell, whose result it returns.
func script(t *testing.T, path, text string) string {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o777))
	return path
}

// TestSetupWithoutRoot runs scripts/setup.sh as a user that can't install packages. It prints one line, with the
// missing packages and the command for root.
func TestSetupWithoutRoot(t *testing.T) {
	bin := t.TempDir()
	for _, name := range []string{"go", "gcc", "cat", "mktemp", "paste", "sort", "tail", "tr"} {
		path, err := exec.LookPath(name)
		require.NoError(t, err)
		require.NoError(t, os.Symlink(path, filepath.Join(bin, name)))
	}
	script(t, filepath.Join(bin, "id"), "echo 1000")
	script(t, filepath.Join(bin, "apt-get"), "exit 100")
	cmd := exec.Command("/bin/sh", filepath.Join(root, "scripts/setup.sh"), "no-such-program=such-a-package")
	cmd.Env = append(os.Environ(), "PATH="+bin)
	out, err := cmd.CombinedOutput()
	assert.Error(t, err)
	assert.Regexp(t, `^setup: these packages are missing; run as root: apt-get update && apt-get install .*\bsuch-a-package\b.*\n$`, string(out))
}

// TestMakeEnvironment runs make where the environment names another workspace, a folder vendor and a flag. Only the
// flag reaches the go command.
func TestMakeEnvironment(t *testing.T) {
	_, err := os.ReadFile(filepath.Join(root, "Makefile")) // the go command then runs the test again when it changes
	require.NoError(t, err)
	goCommand := script(t, filepath.Join(t.TempDir(), "go"), `[ "$1" = env ] || set -- env GOWORK GOFLAGS; exec go "$@"`)
	cmd := exec.Command("make", "-s", "-C", root, "build", "GO="+goCommand)
	cmd.Env = append(os.Environ(), "GOWORK=/nonexistent/go.work", "GOFLAGS=-mod=vendor -tags=some -buildvcs=true", "MAKEFLAGS=")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	work, err := filepath.Abs(filepath.Join(root, "go.work"))
	require.NoError(t, err)
	assert.Equal(t, work+"\n-tags=some -buildvcs=false\n", string(out))
}

// TestSlowTests expects the tests that make quick leaves out to exist: others would take their names.
func TestSlowTests(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	require.NoError(t, err)
	list := regexp.MustCompile(`(?m)^SLOW = (.+)$`).FindSubmatch(makefile)
	require.NotNil(t, list)
	var tests strings.Builder
	for _, path := range tracked.Files(t, root, "gen/*_test.go", "internal/*_test.go") {
		text, err := os.ReadFile(filepath.Join(root, path))
		require.NoError(t, err)
		tests.Write(text)
	}
	for _, name := range strings.Split(string(list[1]), "|") {
		assert.True(t, strings.Contains(tests.String(), "\nfunc "+name+"("), "SLOW in the Makefile has %s, which does not exist", name)
	}
}

// TestOtherOwner lists tests in the checkout of another user, in a folder with a space.
func TestOtherOwner(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give files away")
	}
	dir := filepath.Join(t.TempDir(), "check out")
	require.NoError(t, os.CopyFS(filepath.Join(dir, "scripts"), os.DirFS(filepath.Join(root, "scripts"))))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a_test.go"), []byte("package a\n\nfunc TestLong(t *testing.T) {\n\tif testing.Short() {\n"), 0o666))
	git := exec.Command("git", "init", "-q", dir)
	out, err := git.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.NoError(t, filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		require.NoError(t, err)
		return os.Lchown(path, 65534, 65534)
	}))
	cmd := exec.Command("sh", filepath.Join(dir, "scripts/long-tests.sh"))
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull)
	out, err = cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Equal(t, "^(TestLong)$", strings.TrimSpace(string(out)))
}
