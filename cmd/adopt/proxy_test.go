package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/go-rados/go-rados/internal/test/goproxy"
)

// offline makes the go command of the test use a module cache of its own, and a folder with the modules of
// testdata instead of a proxy.
func offline(t *testing.T) (proxy string) {
	proxy = t.TempDir()
	goproxy.Publish(t, proxy, cephModule, "v0.1.0", files(t, "testdata/go-ceph-v0.1.0", ""))
	goproxy.Publish(t, proxy, cephModule, "v0.2.0", files(t, "testdata/go-ceph-v0.2.0", ""))
	goproxy.Publish(t, proxy, radosModule, "v0.5.0", files(t, "testdata/go-rados", ""))
	withStriper := files(t, "testdata/go-rados", "")
	for name, text := range files(t, "testdata/go-rados-striper", "rados/striper") {
		withStriper[name] = text
	}
	goproxy.Publish(t, proxy, radosModule, "v0.6.0", withStriper)
	for name, value := range goproxy.Environment(t, proxy) {
		t.Setenv(name, value)
	}
	return proxy
}

// files returns the files of a folder by their paths there, below prefix.
func files(t *testing.T, dir, prefix string) map[string][]byte {
	found := map[string][]byte{}
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(name)
		found[path.Join(prefix, filepath.ToSlash(rel))] = text
		return err
	})
	require.NoError(t, err)
	require.NotEmpty(t, found)
	return found
}

// inProgram makes a program in a temporary folder, with the go.mod given or that of testdata, and changes to it.
func inProgram(t *testing.T, goMod string) (dir string) {
	source, err := filepath.Abs("testdata/program")
	require.NoError(t, err)
	dir, err = filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(dir, os.DirFS(source)))
	if goMod != "" {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte(goMod), 0o644))
	}
	t.Chdir(dir)
	return dir
}

// adoptIn runs the command in the working directory.
func adoptIn(args ...string) (out string, err error) {
	var stdout, stderr strings.Builder
	err = run(args, &stdout, &stderr)
	return stdout.String() + stderr.String(), err
}

// goRun runs the go command in the working directory and returns its standard output.
func goRun(t *testing.T, args ...string) string {
	t.Helper()
	return goRunIn(t, "", args...)
}

func goRunIn(t *testing.T, dir string, args ...string) string {
	t.Helper()
	var stderr strings.Builder
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "go %s: %s", strings.Join(args, " "), &stderr)
	return string(out)
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}
